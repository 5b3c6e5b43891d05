"""Mails: the desk's inbox, and what becomes of each."""

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
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of
from qiying.slices.channels import operations, queries
from qiying.slices.channels.api._fields import ChannelQuery, Credit, Plain, Strict
from qiying.slices.channels.models import Mail
from qiying.slices.channels.rules.tables import AT_DESK, MAIL, READERS

router = Router(tags=["channels"])


class MailOut(Schema):
    """A mail in the inbox; ``call`` is the number of the call that it became or joined."""

    id: UUID
    state: str
    address: str
    name: str
    subject: str
    sent_at: datetime | None
    taken_at: datetime
    automatic: str
    dismissed_as: str
    firm: str
    call: str


class MailPage(Schema):
    items: list[MailOut]
    next: str
    previous: str


class MailDetailOut(MailOut):
    """The words, the names of files that were not kept, and the steps that are open."""

    text: str
    refused_files: list[list[str]]
    steps: list[str]


class MailStepIn(Strict):
    """``register`` may take ``credit_code`` and ``is_remembered`` (the address is the firm's),
    ``join`` takes ``number`` of a call, ``dismiss`` takes ``reason``, ``wake`` nothing."""

    step: Annotated[str, Field(max_length=12)]
    credit_code: Credit = ""
    is_remembered: bool = False
    number: Annotated[str, Field(max_length=24), Plain] = ""
    reason: Annotated[str, Field(max_length=20), Plain] = ""


OWN = {"id", "firm", "call"}


def _plain(row: Mail) -> MailOut:
    return MailOut(
        id=row.public_id,
        firm=row.enterprise.credit_code if row.enterprise else "",
        call=row.call.number if row.call else "",
        **{name: getattr(row, name) for name in MailOut.model_fields if name not in OWN},
    )


def _detail(actor: Actor, public_id: UUID) -> MailDetailOut:
    row = queries.get_mail(actor, public_id)
    steps = MAIL.open_to(row.state, actor.roles) if actor.has(Role.DESK) else ()
    return MailDetailOut(
        **_plain(row).dict(), text=row.text, refused_files=row.refused_files, steps=list(steps)
    )


@router.get("/mails", response=MailPage, summary="Mails")
@roles(*AT_DESK)
def list_mails(request: HttpRequest, query: Query[ChannelQuery]) -> MailPage:
    page = paging.paginate(
        queries.list_mails(actor_of(request), tab=query.state),
        order=("-taken_at", "-id"),
        cursor=query.cursor,
        size=query.size,
    )
    return MailPage(items=[_plain(row) for row in page], next=page.next, previous=page.previous)


@router.get("/mails/{uuid:mail_id}", response=MailDetailOut, summary="One mail")
@roles(*READERS)
def get_mail(request: HttpRequest, mail_id: UUID) -> MailDetailOut:
    return _detail(actor_of(request), mail_id)


@router.post(
    "/mails/{uuid:mail_id}/steps", response=MailDetailOut, summary="Take a step with a mail"
)
@roles(Role.DESK)
@idempotent
def take_mail_step(
    request: HttpRequest, mail_id: UUID, body: MailStepIn
) -> tuple[int, MailDetailOut]:
    actor, now = actor_of(request), timezone.now()
    with tenancy.acting(actor):
        if body.step == "register":
            _register(actor, mail_id, body, now)
        elif body.step == "join":
            operations.join_mail(actor, mail_id, number=body.number, now=now)
        elif body.step == "dismiss":
            operations.dismiss_mail(actor, mail_id, reason=body.reason, now=now)
        elif body.step == "wake":
            operations.wake_mail(actor, mail_id, now=now)
        else:
            raise NotFound("not_found")
        return 200, _detail(actor, mail_id)


def _register(actor: Actor, mail_id: UUID, body: MailStepIn, now: datetime) -> None:
    firm = operations.firm_by_code(actor, body.credit_code) if body.credit_code else None
    operations.register_mail(
        actor,
        mail_id,
        enterprise_id=firm.id if firm else None,
        is_remembered=body.is_remembered,
        now=now,
    )
