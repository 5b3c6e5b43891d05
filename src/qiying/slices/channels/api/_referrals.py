"""Deputies', proposals' and leaders' referrals with their reply duty, and signals in the data."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of
from qiying.slices.calls import public as calls
from qiying.slices.channels import operations, queries
from qiying.slices.channels.api._fields import (
    ChannelQuery,
    Credit,
    Cursor,
    Day,
    Line,
    Name,
    Plain,
    Size,
    Strict,
    Words,
)
from qiying.slices.channels.models import Referral, Signal
from qiying.slices.channels.rules.codes import ReferralKind, SignalKind
from qiying.slices.channels.rules.tables import READERS, REFERRAL

router = Router(tags=["channels"])
STEPPERS = (Role.DESK, Role.SUPERVISOR)
Source = Annotated[str, Field(min_length=1, max_length=120), Plain]
Text = Annotated[str, Field(min_length=1, max_length=4000), Plain]


class ReferralIn(Strict):
    """What was referred; without ``due_on`` the limit of the law, or five working days."""

    kind: ReferralKind
    referrer: Annotated[Name, Field(min_length=1)]
    text: Text
    title: Annotated[str, Field(max_length=80), Plain] = ""
    office: Annotated[str, Field(max_length=120), Plain] = ""
    reference: Name = ""
    referred_on: Day | None = None
    due_on: Day | None = None
    is_complex: bool = False
    credit_code: Credit = ""
    address: Line = ""
    contact_name: Name = ""
    contact_phone: Annotated[str, Field(max_length=40), Plain] = ""


class ReferralOut(Schema):
    """A referral and the reply that is owed; ``steps`` are open to the asker."""

    id: UUID
    call: str
    kind: str
    state: str
    referrer: str
    office: str
    reference: str
    referred_on: date
    due_on: date
    is_complex: bool
    reply: str
    reply_document: str
    replied_at: datetime | None
    is_on_time: bool | None
    waived_text: str
    redone: int
    steps: list[str]


class ReferralPage(Schema):
    items: list[ReferralOut]
    next: str
    previous: str


class ReferralStepIn(Strict):
    """``reply`` takes ``text`` and ``document``, ``waive`` takes ``text``, ``not_content`` nothing."""

    step: Annotated[str, Field(max_length=12)]
    text: Words = ""
    document: Name = ""


class SignalIn(Strict):
    """What data show about a firm."""

    kind: SignalKind
    source: Source
    text: Text
    title: Annotated[str, Field(max_length=80)] = ""
    reference: Annotated[str, Field(max_length=64)] = ""
    seen_on: Day | None = None
    credit_code: Annotated[str, Field(max_length=18)] = ""


class SignalOut(Schema):
    call: str


class SignalRowOut(SignalOut):
    """A signal and the call that was made of it."""

    kind: str
    source: str
    reference: str
    seen_on: date
    recorded_at: datetime


class SignalPage(Schema):
    items: list[SignalRowOut]
    next: str
    previous: str


class SignalQuery(Schema):
    cursor: Cursor = ""
    size: Size = 25


OWN = {"id", "call", "steps"}


def _shown(actor: Actor, row: Referral, number: str) -> ReferralOut:
    plain = {n: getattr(row, n) for n in ReferralOut.model_fields if n not in OWN}
    steps = list(REFERRAL.open_to(row.state, actor.roles))
    return ReferralOut(id=row.public_id, call=number, steps=steps, **plain)


def _one(actor: Actor, public_id: UUID) -> ReferralOut:
    row = queries.get_referral(actor, public_id)
    return _shown(actor, row, calls.card(actor, row.call_id).number)


@router.get("/referrals", response=ReferralPage, summary="Referrals")
@roles(*READERS)
def list_referrals(request: HttpRequest, query: Query[ChannelQuery]) -> ReferralPage:
    """The visible ones; ``state=owed`` for every one that is owed a reply."""
    actor = actor_of(request)
    page = paging.paginate(
        queries.list_referrals(actor, tab=query.state),
        order=("due_on", "id"),
        cursor=query.cursor,
        size=query.size,
    )
    items = [_shown(actor, row, row.call.number) for row in page]
    return ReferralPage(items=items, next=page.next, previous=page.previous)


@router.post("/referrals", response={201: ReferralOut}, summary="Record a referral")
@roles(Role.DESK)
@idempotent
def record_referral(request: HttpRequest, body: ReferralIn) -> tuple[int, ReferralOut]:
    """代表建议、委员提案、领导交办: it becomes a call with a reply duty."""
    actor = actor_of(request)
    with tenancy.acting(actor):
        given = _given(actor, body.dict(exclude={"credit_code"}), body.credit_code)
        row = operations.record_referral(actor, now=timezone.now(), **given)
        return 201, _one(actor, row.public_id)


def _given(actor: Actor, values: Mapping[str, Any], credit_code: str) -> dict[str, Any]:
    """What was said, with the firm of the credit code."""
    given = {k: v for k, v in values.items() if v not in (None, "")}
    if credit_code:
        firm = operations.firm_by_code(actor, credit_code)
        given |= {"firm": firm, "enterprise_id": firm.id}
    return given


@router.get("/referrals/{uuid:referral_id}", response=ReferralOut, summary="One referral")
@roles(*READERS)
def get_referral(request: HttpRequest, referral_id: UUID) -> ReferralOut:
    return _one(actor_of(request), referral_id)


@router.post(
    "/referrals/{uuid:referral_id}/steps",
    response=ReferralOut,
    summary="Take a step with a referral",
)
@roles(*STEPPERS)
@idempotent
def take_referral_step(
    request: HttpRequest, referral_id: UUID, body: ReferralStepIn
) -> tuple[int, ReferralOut]:
    actor, now = actor_of(request), timezone.now()
    with tenancy.acting(actor):
        if body.step == "reply":
            operations.reply_referral(
                actor, referral_id, text=body.text, document=body.document, now=now
            )
        elif body.step == "not_content":
            operations.referrer_not_content(actor, referral_id, now=now)
        elif body.step == "waive":
            operations.waive_reply(actor, referral_id, text=body.text, now=now)
        else:
            raise NotFound("not_found")
        return 200, _one(actor, referral_id)


# --- found by us ---


@router.get("/signals", response=SignalPage, summary="What the zone found by data")
@roles(*READERS)
def list_signals(request: HttpRequest, query: Query[SignalQuery]) -> SignalPage:
    page = paging.paginate(
        queries.list_signals(actor_of(request)),
        order=("-recorded_at", "-id"),
        cursor=query.cursor,
        size=query.size,
    )
    items = [_signal(row) for row in page]
    return SignalPage(items=items, next=page.next, previous=page.previous)


def _signal(row: Signal) -> SignalRowOut:
    names = ("kind", "source", "reference", "seen_on", "recorded_at")
    return SignalRowOut(call=row.call.number, **{name: getattr(row, name) for name in names})


@router.post("/signals", response={201: SignalOut}, summary="Report a signal")
@roles(Role.MACHINE, Role.DESK)
@idempotent
def report(request: HttpRequest, body: SignalIn) -> tuple[int, SignalOut]:
    """主动发现: a signal becomes a call that counts as found by the zone."""
    actor = actor_of(request)
    given = _given(actor, body.dict(exclude={"credit_code"}), body.credit_code)
    row = operations.record_signal(actor, now=timezone.now(), **given)
    return 201, SignalOut(call=calls.card(actor, row.call_id).number)
