"""A mail becomes a call, joins one, or waits for the desk. Nothing is ever sent back by itself."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError

from qiying.kernel import events, files
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.errors import Invalid, Problem, Refused
from qiying.kernel.tenancy import operation
from qiying.slices.calls import public as calls
from qiying.slices.channels import queries
from qiying.slices.channels.models import Mail, Sender
from qiying.slices.channels.operations._shape import begin, chosen, end
from qiying.slices.channels.rules import mails
from qiying.slices.channels.rules.codes import DismissReason, MailState
from qiying.slices.channels.rules.tables import MAIL
from qiying.slices.registry import public as registry

OVER = frozenset({"declined", "withdrawn", "archived", "closed"})
MOST_AN_HOUR = 10
"""Calls that one address makes in an hour by itself; more of its mails wait for the desk."""


def take_mail(
    actor: Actor, content: bytes, *, now: datetime, own_addresses: tuple[str, ...] = ()
) -> Mail:
    """Take one mail in; the same Message-ID again answers with the first.

    Raises
    ------
    Invalid
        ``channels.mail_unreadable`` for what is no mail or is larger than 25 MB.
    """
    actor.require(Role.SYSTEM, Role.ADMINISTRATOR, Role.DESK)
    try:
        found = mails.read(content, own_addresses)
    except mails.UnreadableMailError as error:
        raise Invalid("channels.mail_unreadable") from error
    platform = system(actor.tenant_id)
    try:
        return _take(platform, found, now=now)
    except IntegrityError as error:
        if "mail_once" not in str(error):
            raise
    # two readers of one mailbox: the first one has it
    return _take(platform, found, now=now)


@operation
def _take(actor: Actor, found: mails.Read, *, now: datetime) -> Mail:
    known = queries.find_mail_by_message(actor, found.message_id)
    if known is not None:
        return known
    sender = Sender.objects.filter(tenant_id=actor.tenant_id, address=found.address).first()
    firm_id = sender.enterprise_id if sender else None
    row = Mail.objects.create(
        tenant_id=actor.tenant_id,
        message_id=found.message_id,
        address=found.address,
        name=found.name,
        subject=found.subject,
        text=found.text,
        sent_at=found.sent_at,
        taken_at=now,
        state=MailState.AUTOMATIC if found.automatic else MailState.WAITING,
        automatic=found.automatic,
        enterprise_id=firm_id,
    )
    events.record(
        "channels.mail_taken", subject=row, actor=actor, now=now, automatic=found.automatic
    )
    if found.automatic:
        return row
    kept = _keep(actor, row, found, now)
    if firm_id is None or _is_flood(actor, found.address, now):
        files.attach(actor, kept, subject=row)
        return row
    call_id = _call_meant(actor, found, firm_id)
    if call_id is not None:
        files.attach(actor, kept, subject=row)
        return _join(actor, row, call_id, now)
    return _register(actor, row, firm_id, now, kept)


def _keep(actor: Actor, row: Mail, found: mails.Read, now: datetime) -> list[int]:
    """The files that may be kept; of the others the names and why not."""
    kept: list[int] = []
    for part in found.parts:
        try:
            upload = SimpleUploadedFile(part.name, part.content)
            kept.append(files.store(actor, upload, purpose="mail", now=now).pk)
        except Problem as problem:
            row.refused_files = [*row.refused_files, [part.name, problem.code]]
    if row.refused_files:
        row.save(update_fields=["refused_files"])
    return kept


def _is_flood(actor: Actor, address: str, now: datetime) -> bool:
    recent = Mail.objects.filter(
        tenant_id=actor.tenant_id, address=address, taken_at__gt=now - timedelta(hours=1)
    )
    return recent.count() > MOST_AN_HOUR


def _call_meant(actor: Actor, found: mails.Read, firm_id: int) -> int | None:
    """The open call of this firm that the mail answers: by its number, or by the mail before."""
    for number in found.numbers:
        card = calls.find_by_number(actor, number)
        if card is not None and card.enterprise_id == firm_id and card.state not in OVER:
            return card.id
    before = queries.mails_named(actor, found.references)
    for call_id in before:
        card = calls.card(actor, call_id)
        if card.enterprise_id == firm_id and card.state not in OVER:
            return card.id
    return None


def _register(
    actor: Actor, row: Mail, firm_id: int | None, now: datetime, kept: list[int]
) -> Mail:
    step = begin(actor, MAIL, row, "register", {})
    text = row.text or row.subject or "—"
    firm: dict[str, Any] = {}
    if firm_id is not None:
        firm = {"enterprise_id": firm_id, "firm": registry.enterprise(actor, firm_id)}
    card = calls.receive(
        actor,
        title=row.subject[:80],
        text=text,
        now=now,
        channel=calls.Channel.EMAIL,
        contact_name=row.name,
        attachments=kept,
        **firm,
    )
    end(actor, row, step, now=now, codes={"call": card.id}, **_decided(actor, card.id, now))
    return row


def _join(actor: Actor, row: Mail, call_id: int, now: datetime) -> Mail:
    step = begin(actor, MAIL, row, "join", {})
    end(actor, row, step, now=now, codes={"call": call_id}, **_decided(actor, call_id, now))
    return row


def _decided(actor: Actor, call_id: int | None, now: datetime) -> dict[str, Any]:
    return {"call_id": call_id, "decided_at": now, "decided_by_id": actor.person_id}


@operation
def register_mail(
    actor: Actor,
    public_id: UUID,
    *,
    now: datetime,
    enterprise_id: int | None = None,
    is_remembered: bool = False,
) -> Mail:
    """The desk makes a call of a mail that waits, and may keep the address as the firm's."""
    row = queries.get_mail(actor, public_id, for_update=True)
    if enterprise_id is not None:
        registry.enterprise(actor, enterprise_id)
        row.enterprise_id = enterprise_id
        row.save(update_fields=["enterprise"])
        if is_remembered:
            _remember(actor, row.address, enterprise_id, now)
    return _register(actor, row, enterprise_id, now, [])


def _remember(actor: Actor, address: str, enterprise_id: int, now: datetime) -> None:
    rows = Sender.objects.select_for_update(of=("self",))
    known = rows.filter(tenant_id=actor.tenant_id, address=address).first()
    if known is None:
        known = Sender(tenant_id=actor.tenant_id, address=address)
    known.enterprise_id = enterprise_id
    known.recorded_by_id, known.recorded_at = actor.person_id, now
    known.save()
    events.record("channels.sender_recorded", subject=known, actor=actor, now=now)


@operation
def record_sender(actor: Actor, address: str, enterprise_id: int, *, now: datetime) -> None:
    """Keep an address as a firm's."""
    actor.require(Role.DESK, Role.ADMINISTRATOR, Role.SYSTEM)
    registry.enterprise(actor, enterprise_id)
    _remember(actor, address.strip().lower()[:254], enterprise_id, now)


@operation
def join_mail(actor: Actor, public_id: UUID, *, number: str, now: datetime) -> Mail:
    """The desk adds a mail to a call that is there already."""
    row = queries.get_mail(actor, public_id, for_update=True)
    card = calls.find_by_number(actor, number.strip().upper())
    if card is None:
        raise Invalid("input.invalid", {"number": "channels.call_unknown"})
    if card.state in OVER - {"closed"}:
        raise Refused("channels.call_over")
    return _join(actor, row, card.id, now)


@operation
def dismiss_mail(actor: Actor, public_id: UUID, *, reason: str, now: datetime) -> Mail:
    """The desk puts a mail aside, with the reason."""
    row = queries.get_mail(actor, public_id, for_update=True)
    step = begin(actor, MAIL, row, "dismiss", {})
    code = chosen(reason, DismissReason, "reason")
    values = {**_decided(actor, None, now), "dismissed_as": code}
    end(actor, row, step, now=now, codes={"reason": code}, **values)
    return row


@operation
def wake_mail(actor: Actor, public_id: UUID, *, now: datetime) -> Mail:
    """A mail that was put aside, or taken for a machine's, waits for the desk again."""
    row = queries.get_mail(actor, public_id, for_update=True)
    step = begin(actor, MAIL, row, "wake", {})
    values = {"dismissed_as": "", "decided_at": None, "decided_by_id": None}
    end(actor, row, step, now=now, codes={}, **values)
    return row
