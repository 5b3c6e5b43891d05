"""Calls handed on to other systems, what does not get through, calls about the same problem."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.web import actor_of
from qiying.slices.calls import public as calls
from qiying.slices.channels import operations, queries
from qiying.slices.channels.api._fields import (
    ChannelQuery,
    Cursor,
    Name,
    Plain,
    Size,
    Strict,
    Words,
)
from qiying.slices.channels.models import Delivery, Forward, Update
from qiying.slices.channels.rules.tables import AT_DESK, FORWARD, READERS

router = Router(tags=["channels"])
WATCHERS = (*AT_DESK, Role.ADMINISTRATOR)
RETRIERS = (Role.DESK, Role.ADMINISTRATOR)
LINKERS = (Role.DESK, Role.SUPERVISOR)
BY_DESK = frozenset({"say", "found", "resend", "withdraw"})
"""The steps that a person takes; the others are the sender's."""
Reason = Annotated[str, Field(min_length=1, max_length=400), Plain]


class ForwardIn(Strict):
    """Which open call goes to which connection; who asked is told only ``with_contact``."""

    call: UUID
    endpoint: UUID
    reason: Reason
    service_code: Annotated[str, Field(max_length=40), Plain] = ""
    with_contact: bool = False


class ForwardOut(Schema):
    """A call that was handed on; ``remote_id`` and ``remote_status`` are the other side's."""

    id: UUID
    call: str
    endpoint: str
    state: str
    service_code: str
    reason: str
    remote_id: str
    remote_status: str
    made_at: datetime
    filed_at: datetime | None
    heard_at: datetime | None
    done_at: datetime | None


class ForwardPage(Schema):
    items: list[ForwardOut]
    next: str
    previous: str


class ForwardUpdateOut(Schema):
    """What one side told the other: ``out`` is ours."""

    direction: str
    status: str
    text: str
    at: datetime


class ForwardDetailOut(ForwardOut):
    updates: list[ForwardUpdateOut]
    steps: list[str]


class ForwardStepIn(Strict):
    """``say`` takes ``text``; ``found`` takes the ``number`` that it has there; ``resend`` and
    ``withdraw`` take nothing."""

    step: Annotated[str, Field(max_length=12)]
    text: Words = ""
    number: Name = ""


class StuckOut(Schema):
    """One thing that was tried and is not there."""

    id: UUID
    endpoint: str
    kind: str
    state: str
    made_at: datetime
    next_at: datetime
    tries: int
    status: int | None
    error: str


class StuckPage(Schema):
    items: list[StuckOut]
    next: str
    previous: str


class StuckQuery(Schema):
    cursor: Cursor = ""
    size: Size = 25


class StuckSystemOut(Schema):
    """What does not get through to one system, since when, and why."""

    endpoint: str
    failing: int
    given_up: int
    oldest_at: datetime | None
    tries: int
    errors: list[str]


class RetriedOut(Schema):
    count: int


class SameOut(Schema):
    """A call beside the first call about its problem, the others linked to it, and likely ones."""

    call: str
    main: str
    linked: list[str]
    likely: list[str]


class SameStepIn(Strict):
    """``link`` takes ``main``, the number of the earlier call; ``unlink`` takes ``text``."""

    step: Annotated[str, Field(max_length=8)]
    main: Annotated[str, Field(max_length=24), Plain] = ""
    text: Annotated[str, Field(max_length=400), Plain] = ""


OWN = {"id", "call", "endpoint"}


def _plain(row: Forward, number: str) -> ForwardOut:
    return ForwardOut(
        id=row.public_id,
        call=number,
        endpoint=row.endpoint.code,
        **{name: getattr(row, name) for name in ForwardOut.model_fields if name not in OWN},
    )


def _detail(actor: Actor, public_id: UUID) -> ForwardDetailOut:
    row = queries.get_forward(actor, public_id)
    said = queries.updates_of_forward(actor, row).order_by("at", "id")
    return ForwardDetailOut(
        **_plain(row, calls.card(actor, row.call_id).number).dict(),
        updates=[_update(u) for u in said],
        steps=[s for s in FORWARD.open_to(row.state, actor.roles) if s in BY_DESK],
    )


def _update(row: Update) -> ForwardUpdateOut:
    return ForwardUpdateOut(direction=row.direction, status=row.status, text=row.text, at=row.at)


@router.get("/forwards", response=ForwardPage, summary="Calls handed on")
@roles(*READERS)
def list_forwards(request: HttpRequest, query: Query[ChannelQuery]) -> ForwardPage:
    page = paging.paginate(
        queries.list_forwards(actor_of(request), tab=query.state),
        order=("-made_at", "-id"),
        cursor=query.cursor,
        size=query.size,
    )
    items = [_plain(row, row.call.number) for row in page]
    return ForwardPage(items=items, next=page.next, previous=page.previous)


@router.post("/forwards", response={201: ForwardDetailOut}, summary="Hand a call on")
@roles(Role.DESK)
@idempotent
def forward_call(request: HttpRequest, body: ForwardIn) -> tuple[int, ForwardDetailOut]:
    actor = actor_of(request)
    with tenancy.acting(actor):
        row = operations.forward_call(
            actor,
            calls.card_by_public_id(actor, body.call).id,
            endpoint_id=body.endpoint,
            reason=body.reason,
            service_code=body.service_code,
            is_with_contact=body.with_contact,
            now=timezone.now(),
        )
        return 201, _detail(actor, row.public_id)


@router.get("/forwards/{uuid:forward_id}", response=ForwardDetailOut, summary="One call handed on")
@roles(*READERS)
def get_forward(request: HttpRequest, forward_id: UUID) -> ForwardDetailOut:
    return _detail(actor_of(request), forward_id)


@router.post(
    "/forwards/{uuid:forward_id}/steps",
    response=ForwardDetailOut,
    summary="Take a step with a call handed on",
)
@roles(Role.DESK)
@idempotent
def take_forward_step(
    request: HttpRequest, forward_id: UUID, body: ForwardStepIn
) -> tuple[int, ForwardDetailOut]:
    actor, now = actor_of(request), timezone.now()
    with tenancy.acting(actor):
        if body.step == "say":
            operations.say(actor, forward_id, text=body.text, now=now)
        elif body.step == "found":
            operations.settle_check(actor, forward_id, number=body.number, now=now)
        elif body.step == "resend":
            operations.settle_check(actor, forward_id, now=now)
        elif body.step == "withdraw":
            operations.withdraw_forward(actor, forward_id, now=now)
        else:
            raise NotFound("not_found")
        return 200, _detail(actor, forward_id)


# --- what does not get through ---


@router.get("/stuck", response=StuckPage, summary="What does not get through")
@roles(*WATCHERS)
def list_stuck(request: HttpRequest, query: Query[StuckQuery]) -> StuckPage:
    """The oldest first."""
    page = paging.paginate(
        queries.list_stuck(actor_of(request)),
        order=("made_at", "id"),
        cursor=query.cursor,
        size=query.size,
    )
    return StuckPage(items=[_stuck(row) for row in page], next=page.next, previous=page.previous)


def _stuck(row: Delivery) -> StuckOut:
    names = ("kind", "state", "made_at", "next_at", "tries", "status", "error")
    return StuckOut(
        id=row.public_id,
        endpoint=row.endpoint.code if row.endpoint else "",
        **{name: getattr(row, name) for name in names},
    )


@router.get(
    "/stuck/systems", response=list[StuckSystemOut], summary="What is stuck, system by system"
)
@roles(*WATCHERS)
def list_stuck_systems(request: HttpRequest) -> list[StuckSystemOut]:
    names = set(StuckSystemOut.model_fields) - {"endpoint"}
    return [
        StuckSystemOut(endpoint=s.endpoint.code, **{name: getattr(s, name) for name in names})
        for s in queries.stuck_summary(actor_of(request))
    ]


@router.post("/stuck/retries", response={201: RetriedOut}, summary="Send again what was given up")
@roles(*RETRIERS)
@idempotent
def retry_stuck(request: HttpRequest) -> tuple[int, RetriedOut]:
    count = operations.try_again(actor_of(request), now=timezone.now())
    return 201, RetriedOut(count=count)


# --- the same problem ---


@router.get("/same/{uuid:call_id}", response=SameOut, summary="Calls about the same problem")
@roles(*READERS)
def get_same(request: HttpRequest, call_id: UUID) -> SameOut:
    return _same(actor_of(request), call_id)


def _same(actor: Actor, call_id: UUID) -> SameOut:
    card = calls.card_by_public_id(actor, call_id)
    link = queries.link_of(actor, card.id)
    main_id = link.main_id if link is not None else card.id
    ids = [main_id, *queries.followers_of(actor, main_id)]
    cards = calls.cards(actor, ids)
    likes = queries.likes_of(actor, card.id, limit=6)
    return SameOut(
        call=card.number,
        main=cards[main_id].number if main_id in cards else "",
        linked=[cards[i].number for i in ids if i in cards and i != card.id],
        likely=[like.card.number for like in likes if like.card.id not in ids],
    )


@router.post(
    "/same/{uuid:call_id}/steps", response=SameOut, summary="Link a call to an earlier one, or not"
)
@roles(*LINKERS)
@idempotent
def take_same_step(request: HttpRequest, call_id: UUID, body: SameStepIn) -> tuple[int, SameOut]:
    """A link closes nothing and changes no rate: every call is answered."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.acting(actor):
        card = calls.card_by_public_id(actor, call_id)
        if body.step == "link":
            main = calls.find_by_number(actor, body.main.strip().upper())
            if main is None:
                raise Invalid("input.invalid", {"main": "channels.call_unknown"})
            operations.link_same(actor, card.id, main.id, now=now)
        elif body.step == "unlink":
            operations.unlink_same(actor, card.id, text=body.text, now=now)
        else:
            raise NotFound("not_found")
        return 200, _same(actor, call_id)
