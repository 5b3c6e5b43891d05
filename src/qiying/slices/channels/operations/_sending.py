"""Sending what was put down: take a lease, ask outside any transaction, write what came of it.

A sender that dies leaves a lease that runs out; the next one sends the same words under the same
key (``Idempotency-Key``, or the id of the update), so the other side takes them once. A request
that may have arrived is asked for first: not every system keeps the key.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from qiying.kernel import events, outgoing, sealing, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.lifecycle import Lifecycle
from qiying.kernel.outgoing import OutgoingError, Reply
from qiying.slices.channels import queries
from qiying.slices.channels.models import Delivery, Endpoint, Forward
from qiying.slices.channels.operations._asking import ask_for
from qiying.slices.channels.operations._shape import begin, end
from qiying.slices.channels.rules import sending
from qiying.slices.channels.rules.codes import DeliveryKind, DeliveryState, ForwardState
from qiying.slices.channels.rules.sending import Asked
from qiying.slices.channels.rules.tables import FORWARD

AT_ONCE = 20
NOT_YET: Final = timedelta(seconds=30)
"""An update waits until its request has a number at the other side."""
PATHS = {
    DeliveryKind.ORDER_SIGN: "sign",
    DeliveryKind.ORDER_RETURN: "return",
    DeliveryKind.ORDER_EXTENSION: "extension",
    DeliveryKind.ORDER_REPLY: "reply",
}


@dataclass(frozen=True, slots=True)
class Leased:
    """A delivery that is ours to send now."""

    id: int
    kind: str
    key: str
    body: Mapping[str, Any]
    endpoint: Endpoint
    remote_id: str
    made_at: datetime
    is_uncertain: bool
    """A request that was tried before and may have arrived."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a try; ``error`` is "" when it is there."""

    error: str
    status: int | None = None
    number: str = ""
    token: str = ""


def deliver_due(actor: Actor, *, now: datetime, is_all: bool = False) -> int:
    """Send what is due, the oldest first; ``is_all`` does not wait for the next try."""
    actor.require(Role.SYSTEM)
    with tenancy.reading(actor):
        ids = queries.due_deliveries(actor, now, is_all=is_all)[:AT_ONCE]
    return sum(deliver(actor, delivery_id, now=now, is_now=is_all) for delivery_id in ids)


def deliver(actor: Actor, delivery_id: int, *, now: datetime, is_now: bool = False) -> bool:
    """Send one thing once; whether it is there now."""
    leased = _lease(actor, delivery_id, now=now, is_now=is_now)
    if leased is None:
        return False
    outcome = _ask_first(leased, now) or _send(leased)
    return _settle(actor, leased, outcome, now=now)


@tenancy.operation
def _lease(actor: Actor, delivery_id: int, *, now: datetime, is_now: bool) -> Leased | None:
    rows = Delivery.objects.filter(
        tenant_id=actor.tenant_id,
        pk=delivery_id,
        state=DeliveryState.WAITING,
        endpoint__isnull=False,
    )
    row = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None or (row.next_at > now and not is_now):
        return None
    if row.leased_until is not None and row.leased_until > now:
        return None
    endpoint = Endpoint.objects.get(tenant_id=actor.tenant_id, pk=row.endpoint_id or 0)
    remote_id = ""
    if row.kind == DeliveryKind.UPDATE and row.forward_id is not None:
        forward = Forward.objects.get(tenant_id=actor.tenant_id, pk=row.forward_id)
        remote_id = forward.remote_id
        if not remote_id:
            row.next_at = now + NOT_YET
            row.save(update_fields=["next_at"])
            return None
    was_leased = row.leased_until is not None
    row.leased_until = now + sending.LEASE
    row.save(update_fields=["leased_until"])
    may_be_there = row.kind == DeliveryKind.REQUEST and (
        was_leased or row.error in sending.UNCERTAIN
    )
    return Leased(
        row.pk,
        row.kind,
        str(row.public_id),
        row.body,
        endpoint,
        remote_id,
        row.made_at,
        may_be_there,
    )


def _ask_first(leased: Leased, now: datetime) -> Outcome | None:
    """What the other side says to a request that may have arrived; None: it is to be sent."""
    endpoint = leased.endpoint
    if not leased.is_uncertain or not endpoint.is_active:
        return None
    try:
        secret = sealing.unseal(endpoint.sealed_key, purpose=sending.SEALED_FOR)
        url, body = endpoint.url.rstrip("/"), dict(leased.body)
        window = {"start": leased.made_at, "end": now}
        said, number = ask_for(url, secret, endpoint.jurisdiction, body, **window)
    except sealing.BrokenSealError:
        return Outcome("sealed")
    except OutgoingError as error:
        return Outcome(error.code)
    return {
        Asked.THERE: Outcome("", 200, number),
        Asked.NOT_THERE: None,
        Asked.LATER: Outcome("unavailable"),
        Asked.UNSURE: Outcome("unsure"),
    }[said]


def _send(leased: Leased) -> Outcome:
    """One request; no transaction is open."""
    if not leased.endpoint.is_active:
        return Outcome("no_connection")
    try:
        secret = sealing.unseal(leased.endpoint.sealed_key, purpose=sending.SEALED_FOR)
        reply = _ask(leased, secret)
    except sealing.BrokenSealError:
        return Outcome("sealed")
    except OutgoingError as error:
        return Outcome(error.code)
    if not reply.is_good:
        return Outcome("refused" if reply.status < 500 else "unavailable", reply.status)
    if leased.kind == DeliveryKind.REQUEST:
        return _taken(reply)
    return Outcome("", reply.status)


def _ask(leased: Leased, secret: str) -> Reply:
    base = leased.endpoint.url.rstrip("/")
    headers = {"Idempotency-Key": leased.key, "User-Agent": "Qiying"}
    if leased.kind in PATHS:
        path = f"{base}/orders/{leased.body['order_number']}/{PATHS[DeliveryKind(leased.kind)]}"
        headers["Authorization"] = f"Bearer {secret}"
        return outgoing.ask("POST", path, json=dict(leased.body), headers=headers)
    form = {k: str(v) for k, v in leased.body.items() if v not in (None, "")}
    form["api_key"] = secret
    if leased.endpoint.jurisdiction:
        form["jurisdiction_id"] = leased.endpoint.jurisdiction
    if leased.kind == DeliveryKind.REQUEST:
        return outgoing.ask("POST", f"{base}/requests.json", form=form, headers=headers)
    form["service_request_id"] = leased.remote_id
    return outgoing.ask("POST", f"{base}/servicerequestupdates.json", form=form, headers=headers)


def _taken(reply: Reply) -> Outcome:
    """The number, or the token, under which the other side took a request."""
    row = first_row(reply.text)
    number, token = str(row.get("service_request_id") or ""), str(row.get("token") or "")
    if not (number or token):
        return Outcome("unreadable", reply.status)
    return Outcome("", reply.status, number[:64], token[:64])


def first_row(text: str) -> dict[str, Any]:
    """The first row of a list in JSON; empty when it is none."""
    found = rows_of(text)
    return found[0] if found else {}


def rows_of(text: str) -> list[dict[str, Any]]:
    """The rows of a list in JSON; what is no row is left out."""
    return sending.rows_of(text) or []


@tenancy.operation
def _settle(actor: Actor, leased: Leased, outcome: Outcome, *, now: datetime) -> bool:
    rows = Delivery.objects.select_for_update(of=("self",))
    row = rows.get(tenant_id=actor.tenant_id, pk=leased.id)
    if row.state != DeliveryState.WAITING:
        return row.state == DeliveryState.SENT
    row.tries += 1
    row.leased_until, row.status, row.error = None, outcome.status, outcome.error
    if not outcome.error:
        row.state, row.sent_at, row.answer = DeliveryState.SENT, now, outcome.number
        topic = "channels.delivery_sent"
    elif outcome.error == "unsure":
        row.state, topic = DeliveryState.CHECK, "channels.delivery_unsure"
    elif _is_over(row, outcome):
        row.state, topic = DeliveryState.GIVEN_UP, "channels.delivery_given_up"
    else:
        row.next_at, topic = now + sending.wait_after(row.tries), "channels.delivery_failed"
    row.save()
    events.record(
        topic, subject=row, actor=actor, now=now, kind=row.kind, tries=row.tries, error=row.error
    )
    if row.kind == DeliveryKind.REQUEST and row.forward_id is not None:
        _move_forward(actor, row.forward_id, row.state, outcome, now)
    return row.state == DeliveryState.SENT


def _is_over(row: Delivery, outcome: Outcome) -> bool:
    if outcome.error in {"forbidden_address", "no_connection", "sealed"}:
        return True
    is_final = outcome.status is not None and sending.is_final(outcome.status)
    return is_final or row.tries >= sending.MOST_TRIES


def _move_forward(
    actor: Actor, forward_id: int, state: str, outcome: Outcome, now: datetime
) -> None:
    forward = Forward.objects.select_for_update(of=("self",)).get(
        tenant_id=actor.tenant_id, pk=forward_id
    )
    if state == DeliveryState.CHECK:
        _step(actor, FORWARD, forward, "unsure", now)
    elif state == DeliveryState.GIVEN_UP:
        _step(actor, FORWARD, forward, "stuck", now)
    elif state == DeliveryState.SENT and forward.state != ForwardState.FILED:
        found = {"remote_id": outcome.number, "remote_token": outcome.token, "filed_at": now}
        _step(actor, FORWARD, forward, "filed" if outcome.number else "token", now, **found)


def _step(
    actor: Actor, table: Lifecycle, row: Forward, name: str, now: datetime, **values: Any
) -> None:
    step = begin(actor, table, row, name, {})
    end(actor, row, step, now=now, codes={"call": row.call_id}, **values)


@tenancy.operation
def resolve_token(actor: Actor, forward_id: int, number: str, *, now: datetime) -> None:
    """The other side has given a number for a token."""
    actor.require(Role.SYSTEM)
    row = queries.get_forward_row(actor, forward_id, for_update=True)
    if row.state == ForwardState.TOKEN:
        _step(actor, FORWARD, row, "filed", now, remote_id=number[:64])


@tenancy.operation
def try_again(actor: Actor, *, now: datetime, endpoint_id: int | None = None) -> int:
    """Take up everything that was given up, of one connection or of all."""
    actor.require(Role.DESK, Role.ADMINISTRATOR, Role.SYSTEM)
    rows = Delivery.objects.filter(tenant_id=actor.tenant_id, state=DeliveryState.GIVEN_UP)
    if endpoint_id is not None:
        rows = rows.filter(endpoint_id=endpoint_id)
    found = list(rows.select_for_update(of=("self",)).order_by("id")[:500])
    for row in found:
        row.state, row.tries, row.next_at = DeliveryState.WAITING, 0, now
        row.save(update_fields=["state", "tries", "next_at"])
        if row.kind == DeliveryKind.REQUEST and row.forward_id is not None:
            forward = Forward.objects.get(tenant_id=actor.tenant_id, pk=row.forward_id)
            if forward.state == ForwardState.STUCK:
                _step(actor, FORWARD, forward, "again", now)
        events.record("channels.delivery_made", subject=row, actor=actor, now=now, kind=row.kind)
    return len(found)
