"""A call is handed on to another system, and both sides tell each other what becomes of it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError

from qiying.kernel import events
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.tenancy import operation
from qiying.slices.calls import public as calls
from qiying.slices.channels import queries
from qiying.slices.channels.models import Delivery, Endpoint, Forward, Update
from qiying.slices.channels.operations import _deliveries
from qiying.slices.channels.operations._shape import begin, clean, end
from qiying.slices.channels.rules.codes import (
    DeliveryKind,
    DeliveryState,
    Direction,
    EndpointKind,
    ForwardState,
)
from qiying.slices.channels.rules.tables import FORWARD

FINAL = frozenset({"declined", "withdrawn", "archived"})
LISTENING = frozenset({ForwardState.WAITING, ForwardState.TOKEN, ForwardState.FILED})


@operation
def forward_call(
    actor: Actor,
    call_id: int,
    *,
    endpoint_id: UUID,
    reason: str,
    now: datetime,
    service_code: str = "",
    is_with_contact: bool = False,
) -> Forward:
    """Hand an open call with a place on to another system, once; kept as it was sent."""
    actor.require(Role.DESK)
    file = calls.file_of(actor, call_id)
    endpoint = queries.get_endpoint(actor, endpoint_id)
    _require_fit(actor, file, endpoint)
    code = _service(file, endpoint, service_code)
    row = Forward.objects.create(
        tenant_id=actor.tenant_id,
        call_id=call_id,
        endpoint=endpoint,
        service_code=code,
        reason=clean(reason, name="reason", most=400),
        made_at=now,
        made_by_id=actor.person_id,
    )
    _deliveries.make(
        actor,
        DeliveryKind.REQUEST,
        effect_key=f"request:{row.pk}",
        body=_request(file, code, is_with_contact=is_with_contact),
        now=now,
        endpoint=endpoint,
        forward=row,
    )
    events.record("channels.forwarded", subject=row, actor=actor, now=now, call=call_id)
    return row


def _require_fit(actor: Actor, file: calls.CallFile, endpoint: Endpoint) -> None:
    """The call is open, has a place, and is not there already."""
    if endpoint.kind != EndpointKind.OPEN311 or not endpoint.is_active:
        raise Invalid("input.invalid", {"endpoint": "input.choice"})
    if file.card.is_secret:
        raise Refused("calls.secret")
    if file.card.state in FINAL:
        raise Refused("channels.call_over")
    if file.longitude is None and not file.address:
        raise Refused("channels.no_place")
    if queries.find_forward(system(actor.tenant_id), file.card.id, endpoint.pk) is not None:
        raise Refused("channels.forwarded_already")


def _service(file: calls.CallFile, endpoint: Endpoint, given: str) -> str:
    """The service there: what was given, what the connection says, or the matter here."""
    code = clean(given, name="service_code", is_needed=False, most=40)
    code = code or endpoint.service_code or file.card.matter_code
    if not code:
        raise Invalid("input.invalid", {"service_code": "input.required"})
    return code


def _request(file: calls.CallFile, code: str, *, is_with_contact: bool) -> dict[str, Any]:
    """What is told: words and place; who asked only when the desk says so."""
    text = file.text or file.card.title
    body = {"service_code": code, "description": f"{text}\n[{file.card.number}]"[:4000]}
    if file.longitude is not None:
        body |= {"lat": repr(file.latitude), "long": repr(file.longitude)}
    if file.address:
        body["address_string"] = file.address
    if is_with_contact and file.contact_name:
        body |= {"last_name": file.contact_name, "phone": file.contact_phone}
    return body


@operation
def say(actor: Actor, public_id: UUID, *, text: str, now: datetime, status: str = "") -> Update:
    """Tell the other side something about a call that was handed on to it."""
    row = queries.get_forward(actor, public_id, for_update=True)
    step = begin(actor, FORWARD, row, "say", {})
    said = tell_on(actor, row, text=clean(text), status=status or "OPEN", now=now)
    end(actor, row, step, now=now, codes={"update": said.pk})
    return said


def tell_on(actor: Actor, row: Forward, *, text: str, status: str, now: datetime) -> Update:
    """Keep what is told and put it down to be sent, inside an operation."""
    said = Update(
        tenant_id=actor.tenant_id,
        direction=Direction.OUT,
        call_id=row.call_id,
        forward=row,
        status=status,
        text=text,
        at=now,
        heard_at=now,
        by_id=actor.person_id,
    )
    said.update_id = str(said.public_id)
    said.save()
    _deliveries.make(
        actor,
        DeliveryKind.UPDATE,
        effect_key=f"update:{said.pk}",
        body={"update_id": said.update_id, "status": status, "description": text},
        now=now,
        endpoint=row.endpoint,
        forward=row,
        update=said,
    )
    return said


@operation
def withdraw_forward(actor: Actor, public_id: UUID, *, now: datetime) -> Forward:
    """Not handed on after all, as long as nothing went out."""
    row = queries.get_forward(actor, public_id, for_update=True)
    waiting = Delivery.objects.filter(tenant_id=actor.tenant_id, forward=row)
    is_free = not waiting.filter(leased_until__gt=now).exists() and not row.remote_id
    is_free = is_free and not waiting.filter(error__in=("timeout", "unreadable")).exists()
    step = begin(actor, FORWARD, row, "withdraw", {"nothing_sent": is_free})
    end(actor, row, step, now=now, codes={})
    waiting.exclude(state=DeliveryState.SENT).update(state=DeliveryState.DROPPED)
    return row


@operation
def settle_check(actor: Actor, public_id: UUID, *, now: datetime, number: str = "") -> Forward:
    """A person looked at the other side: it is there under ``number``, or is sent once more."""
    row = queries.get_forward(actor, public_id, for_update=True)
    step = begin(actor, FORWARD, row, "found" if number else "resend", {})
    found = clean(number, name="number", is_needed=False, most=64)
    taken = Forward.objects.filter(tenant_id=actor.tenant_id, endpoint_id=row.endpoint_id)
    if found and taken.filter(remote_id=found).exists():
        raise Invalid("input.invalid", {"number": "channels.number_taken"})
    values: dict[str, Any] = {"remote_id": found, "filed_at": now} if found else {}
    end(actor, row, step, now=now, codes={"call": row.call_id}, **values)
    waiting = Delivery.objects.filter(
        tenant_id=actor.tenant_id, forward=row, state=DeliveryState.CHECK
    )
    if found:
        waiting.update(state=DeliveryState.SENT, sent_at=now, answer=found)
    else:
        waiting.update(state=DeliveryState.WAITING, error="", tries=0, next_at=now)
    return row


@operation
def hear(
    actor: Actor,
    forward_id: int,
    *,
    update_id: str,
    status: str,
    text: str,
    at: datetime,
    now: datetime,
) -> bool:
    """Keep one update that the other side told of a call; False when it is known already."""
    actor.require(Role.SYSTEM)
    row = queries.get_forward_row(actor, forward_id, for_update=True)
    known = queries.updates_of_forward(actor, row).filter(direction=Direction.IN)
    if known.filter(update_id=update_id).exists():
        return False
    last = known.order_by("-at", "-id").first()
    said = Update.objects.create(
        tenant_id=actor.tenant_id,
        direction=Direction.IN,
        call_id=row.call_id,
        forward=row,
        update_id=update_id,
        status=status[:40],
        text=text[:4000],
        at=at,
        heard_at=now,
    )
    row.heard_at = now
    if last is None or at >= last.at:
        row.remote_status = status[:40]
    row.save(update_fields=["remote_status", "heard_at"])
    name = _moves_to(row, row.remote_status)
    if name:
        step = begin(actor, FORWARD, row, name, {})
        end(actor, row, step, now=now, codes={}, done_at=now if name == "done" else None)
    codes: dict[str, Any] = {"update": said.pk, "call": row.call_id}
    events.record("channels.update_heard", subject=row, actor=actor, now=now, **codes)
    return True


def _moves_to(row: Forward, status: str) -> str:
    is_done = status in calls.DONE_STATUS
    if row.state == ForwardState.FILED and is_done:
        return "done"
    return "reopened" if row.state == ForwardState.DONE and not is_done else ""


def take_update(actor: Actor, said: calls.Said, *, now: datetime) -> str:
    """An update that another system sends us of a call it filed with us; repeated, the same id.

    Its words become a message on the call; ``REOPEN`` opens a closed call again.
    """
    try:
        return _take_update(actor, said, now=now)
    except IntegrityError as error:
        if "update_once_by_key" not in str(error):
            raise
    # the same update came twice at once: the first one is there now
    return _take_update(actor, said, now=now)


@operation
def _take_update(actor: Actor, said: calls.Said, *, now: datetime) -> str:
    actor.require(Role.MACHINE)
    known = Update.objects.filter(
        tenant_id=actor.tenant_id, forward=None, key_id=actor.key_id, update_id=said.update_id
    ).first()
    if known is not None:
        return str(known.public_id)
    card = calls.find_by_number(actor, said.number)
    if card is None:
        raise NotFound("not_found")
    if calls.file_of(actor, card.id).raised_by_key_id != actor.key_id:
        raise Denied("channels.not_your_request")
    row = Update.objects.create(
        tenant_id=actor.tenant_id,
        direction=Direction.IN,
        call_id=card.id,
        key_id=actor.key_id,
        update_id=said.update_id,
        status=said.status,
        text=said.text,
        at=min(said.at, now),
        heard_at=now,
    )
    _follow(actor, card, said, now)
    events.record("channels.update_taken", subject=row, actor=actor, now=now, call=card.id)
    return str(row.public_id)


def _follow(actor: Actor, card: calls.CallCard, said: calls.Said, now: datetime) -> None:
    if said.status == "REOPEN" and card.state == "closed":
        calls.take(actor, card.id, "reopen", now=now, text=said.text or "REOPEN")
    elif said.text and card.state not in FINAL:
        calls.take(actor, card.id, "message", now=now, text=said.text)


@operation
def follow_call(actor: Actor, call_id: int, *, status: str, text: str, now: datetime) -> int:
    """What the firm does with its call is told to every system it was handed on to."""
    actor.require(Role.SYSTEM)
    rows = queries.open_forwards_of(actor, call_id, for_update=True)
    for row in rows:
        tell_on(actor, row, text=text, status=status, now=now)
    return len(rows)
