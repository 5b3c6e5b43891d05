"""What the worker does: a delivery for each endpoint, then attempts until it is received.

An attempt is claimed in one transaction, sent outside of any, and written down in another. A worker
that dies in between leaves a claim that runs out, so a message may come twice; its id says so.
"""

import json
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random
from typing import Any

from django.db import connection
from django.urls import reverse
from django.utils import timezone
from procrastinate.contrib.django import app
from standardwebhooks.webhooks import Webhook

from qiying.kernel import events, jobs, notifications, outgoing, revisions, sealing, tenancy
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.models import DeliveryState, EndpointState, Event, WebhookAttempt
from qiying.kernel.models import WebhookDelivery as Delivery
from qiying.kernel.models import WebhookEndpoint as Endpoint
from qiying.kernel.outgoing import OutgoingError, Reply
from qiying.kernel.people import SHANGHAI, people_with
from qiying.kernel.queueing import queueing
from qiying.kernel.sealing import BrokenSealError
from qiying.kernel.webhooks import _body
from qiying.kernel.webhooks._rules import (
    ACTIVE,
    GIVE_UP_AFTER,
    LEASE,
    LIFECYCLE,
    LONGEST_ASKED,
    MAX_TRIES,
    PING,
    delay_before,
)

AGENT = "Qiying/1 webhooks"
PURPOSE = "webhook"
GONE = 410
MOST_BYTES = 2048
FAULTS = {
    "outgoing.private": "blocked",
    "outgoing.https": "refused",
    "outgoing.url": "refused",
    "timeout": "timeout",
}
SWEEP_AFTER = timedelta(seconds=90)
MOST_AT_ONCE = 200
REVISION = "webhooks"
"""Bumped when an endpoint, its topics or its state change."""
_listening: revisions.Kept[frozenset[str]] = revisions.Kept()
_chance = Random()  # noqa: S311  spreads retries, hides nothing


def _wanted(tenant_id: int, topics: frozenset[str]) -> frozenset[str]:
    """Which of these topics some endpoint waits for; no query when none is ever told."""
    told = topics.intersection(_body.published())
    if not told:
        return told
    revision = revisions.current(system(tenant_id)).get(REVISION, 0)
    return told & _listening.get(tenant_id, revision, lambda: _topics_of(tenant_id))


def _topics_of(tenant_id: int) -> frozenset[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT topics FROM kernel_webhookendpoint WHERE tenant_id = %s AND state = 'active'",
            [tenant_id],
        )
        rows = cursor.fetchall()
    return frozenset(topic for (listed,) in rows for topic in _listed(listed))


def _listed(value: str | list[str]) -> list[str]:
    """JSON comes as text or as a list, as the driver was told by others."""
    found: list[str] = json.loads(value) if isinstance(value, str) else value
    return found


@events.tap(_wanted)
def tell_endpoints(event: Event) -> None:
    """The worker's part for one event."""
    fan_out(system(event.tenant_id), event, now=timezone.now())


@tenancy.operation
def fan_out(actor: Actor, event: Event, *, now: datetime) -> int:
    """Write a delivery for every endpoint that waits for this event; once, however often asked."""
    subject = _body.subject_of(actor, event)
    if subject is None:
        return 0
    endpoints = Endpoint.objects.filter(
        tenant_id=actor.tenant_id, state=ACTIVE, topics__contains=event.topic
    )
    rows = [
        Delivery(
            tenant_id=actor.tenant_id,
            endpoint=endpoint,
            event=event,
            topic=event.topic,
            body=_body.body_of(event, subject),
            state=DeliveryState.WAITING,
            created_at=now,
            next_at=now,
        )
        for endpoint in endpoints.order_by("id")
        if endpoint.unit_id not in subject.hidden_from
    ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)
    made = Delivery.objects.filter(tenant_id=actor.tenant_id, event=event, tries=0)
    ids = list(made.filter(state=DeliveryState.WAITING).values_list("id", flat=True))
    defer(actor, ids)
    return len(ids)


def defer(actor: Actor, delivery_ids: Iterable[int], *, at: datetime | None = None) -> None:
    """Queue attempts through the connection of the operation."""
    lines: list[dict[str, Any]] = [
        {"tenant_id": actor.tenant_id, "delivery_id": pk} for pk in delivery_ids
    ]
    if lines and not events.is_muted():
        task = deliver.configure(schedule_at=at) if at else deliver.configure()
        with queueing():
            task.batch_defer(*lines)


@app.task(name="kernel.deliver_webhook", pass_context=False)
def deliver(*, tenant_id: int, delivery_id: int) -> None:
    """One attempt; what follows from it is queued by the attempt itself."""
    attempt(system(tenant_id), delivery_id, now=timezone.now())


def attempt(actor: Actor, delivery_id: int, *, now: datetime) -> int | None:
    """Send one message now if it is due; the status that came back, None when nothing was sent."""
    claimed = _claim(actor, delivery_id, now=now)
    if claimed is None:
        return None
    row, endpoint = claimed
    began = time.monotonic()
    status, fault, answer = _send(row, endpoint, now)
    took = round((time.monotonic() - began) * 1000)
    settle(actor, row.pk, status, fault, now=now, took_ms=took, pause=_asked(answer))
    return status


@tenancy.operation
def _claim(actor: Actor, delivery_id: int, *, now: datetime) -> tuple[Delivery, Endpoint] | None:
    rows = Delivery.objects.filter(
        tenant_id=actor.tenant_id, id=delivery_id, state=DeliveryState.WAITING
    )
    row = rows.select_for_update(skip_locked=True, of=("self",)).first()
    if row is None or (row.next_at is not None and row.next_at > now):
        return None
    endpoint = Endpoint.objects.get(tenant_id=actor.tenant_id, id=row.endpoint_id)
    if endpoint.state != ACTIVE:
        return None
    if not _may_still_go(actor, row, endpoint):
        row.state, row.next_at = DeliveryState.DROPPED, None
        row.save(update_fields=["state", "next_at"])
        return None
    row.tries, row.next_at = row.tries + 1, now + LEASE
    row.save(update_fields=["tries", "next_at", "body"])
    return row, endpoint


def _may_still_go(actor: Actor, row: Delivery, endpoint: Endpoint) -> bool:
    """What became hidden since is not sent, or only as an id."""
    if row.event_id is None:
        return True
    event = Event.objects.get(tenant_id=actor.tenant_id, id=row.event_id)
    subject = _body.subject_of(actor, event)
    if subject is None or endpoint.unit_id in subject.hidden_from:
        return False
    if subject.is_hidden:
        row.body = _body.body_of(event, subject)
    return True


def _send(
    row: Delivery, endpoint: Endpoint, now: datetime
) -> tuple[int | None, str, Reply | None]:
    try:
        headers = headers_of(row, endpoint, now=now)
        answer = outgoing.ask(
            "POST",
            endpoint.url,
            content=row.body.encode(),
            headers=headers,
            most=MOST_BYTES,
            is_beginning_enough=True,
        )
    except OutgoingError as error:
        return None, FAULTS.get(error.reason or error.code, "line"), None
    except BrokenSealError:
        return None, "sealed", None
    return answer.status, "", answer


def headers_of(row: Delivery, endpoint: Endpoint, *, now: datetime) -> dict[str, str]:
    """Id, time and a signature by every secret that counts now."""
    message_id = f"msg_{row.public_id.hex}"
    sealed = [endpoint.secret]
    if endpoint.earlier_until is not None and endpoint.earlier_until > now:
        sealed.append(endpoint.earlier_secret)
    signed = [
        Webhook(sealing.unseal(text, purpose=PURPOSE)).sign(message_id, now, row.body)
        for text in sealed
    ]
    return {
        "Content-Type": "application/json",
        "User-Agent": AGENT,
        "webhook-id": message_id,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signed),
    }


def _asked(answer: Reply | None) -> timedelta:
    """How long the receiver asked us to wait (``Retry-After`` in seconds), at most a day."""
    text = answer.headers.get("retry-after", "") if answer else ""
    is_count = text.isascii() and text.isdecimal() and len(text) < 7
    return min(timedelta(seconds=int(text)), LONGEST_ASKED) if is_count else timedelta()


@tenancy.operation
def settle(
    actor: Actor,
    delivery_id: int,
    status: int | None,
    fault: str,
    *,
    now: datetime,
    took_ms: int,
    pause: timedelta,
) -> None:
    """Write down what came back, and what follows."""
    row = Delivery.objects.select_for_update().get(tenant_id=actor.tenant_id, id=delivery_id)
    WebhookAttempt.objects.create(
        tenant_id=actor.tenant_id,
        delivery=row,
        at=now,
        status=status,
        fault=fault,
        took_ms=took_ms,
    )
    endpoint = Endpoint.objects.select_for_update().get(id=row.endpoint_id)
    if status is not None and 200 <= status < 300:
        _received(row, endpoint, now)
        return
    _missed(actor, row, now=now, pause=pause)
    if endpoint.failing_since is None:
        endpoint.failing_since = now
        endpoint.save(update_fields=["failing_since"])
    if endpoint.state == ACTIVE and (
        status == GONE or now - endpoint.failing_since >= GIVE_UP_AFTER
    ):
        _disable(actor, endpoint, now=now)


def _received(row: Delivery, endpoint: Endpoint, now: datetime) -> None:
    row.state, row.next_at = DeliveryState.DELIVERED, None
    row.save(update_fields=["state", "next_at"])
    endpoint.failing_since, endpoint.delivered_at = None, now
    endpoint.save(update_fields=["failing_since", "delivered_at"])


def _missed(actor: Actor, row: Delivery, *, now: datetime, pause: timedelta) -> None:
    if row.topic == PING or row.tries >= MAX_TRIES:
        row.state, row.next_at = DeliveryState.GIVEN_UP, None
    else:
        row.next_at = now + max(pause, delay_before(row.tries, _chance))
        defer(actor, [row.pk], at=row.next_at)
    row.save(update_fields=["state", "next_at"])


def give_up_all(endpoint: Endpoint) -> None:
    """End what is under way to an endpoint that is told no more."""
    waiting = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.WAITING)
    waiting.update(state=DeliveryState.GIVEN_UP, next_at=None)


def _disable(actor: Actor, endpoint: Endpoint, *, now: datetime) -> None:
    """Nobody received for days: stop, and tell every administrator."""
    line = LIFECYCLE.step(endpoint.state, "disable", actor.roles)
    endpoint.state = EndpointState.DISABLED
    endpoint.save(update_fields=["state"])
    revisions.bump(actor, REVISION)
    give_up_all(endpoint)
    events.record(line.event, subject=endpoint, actor=actor, now=now)
    on = now.astimezone(SHANGHAI).date()
    notifications.notify(
        actor,
        [p.pk for p in people_with(actor, Role.ADMINISTRATOR, on=on)],
        kind="kernel.webhook_disabled",
        subject=endpoint,
        url=reverse("kernel:webhook", args=[endpoint.public_id]),
        params={"name": endpoint.name},
        effect_key=f"webhook-off:{endpoint.pk}:{int(now.timestamp())}",
        now=now,
    )


def wake(actor: Actor, endpoint: Endpoint, *, now: datetime) -> int:
    """Send at once what waited while the endpoint was paused."""
    waiting = Delivery.objects.filter(endpoint=endpoint, state=DeliveryState.WAITING)
    ids = list(waiting.order_by("id").values_list("id", flat=True))
    waiting.update(next_at=now)
    defer(actor, ids)
    return len(ids)


@jobs.sweeper("webhooks")
def send_again(actor: Actor, now: datetime) -> int:
    """Queue again what is long due: its job was lost, or its worker died."""
    with tenancy.acting(actor):
        due = Delivery.objects.filter(
            tenant_id=actor.tenant_id,
            state=DeliveryState.WAITING,
            next_at__lte=now - SWEEP_AFTER,
            endpoint__state=ACTIVE,
        )
        ids = list(due.order_by("next_at").values_list("id", flat=True)[:MOST_AT_ONCE])
        defer(actor, ids)
    return len(ids)
