"""What administrators do with endpoints."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from qiying.kernel import directory, events, outgoing, revisions, sealing, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.models import DeliveryState
from qiying.kernel.models import WebhookDelivery as Delivery
from qiying.kernel.models import WebhookEndpoint as Endpoint
from qiying.kernel.webhooks import _body, _deliver, _queries
from qiying.kernel.webhooks._rules import (
    ACTIVE,
    EARLIER_FOR,
    LIFECYCLE,
    MAX_TRIES,
    PING,
    new_secret,
    require_secret,
)

PURPOSE = "webhook"
MAX_NAME = 80


@tenancy.operation
def create(
    actor: Actor,
    *,
    name: str,
    url: str,
    topics: Iterable[str],
    now: datetime,
    unit_id: int | None = None,
    secret: str = "",
) -> tuple[Endpoint, str]:
    """Make an endpoint; its secret is returned this once.

    Parameters
    ----------
    topics
        Codes out of ``published()``.
    unit_id
        The unit whose system listens; complaints about it are kept from it.
    secret
        What the receiver chose (``whsec_…``); made here when empty.
    """
    actor.require(Role.ADMINISTRATOR)
    secret = require_secret(secret) if secret else new_secret()
    row = Endpoint.objects.create(
        tenant_id=actor.tenant_id,
        name=_name(name),
        url=outgoing.require_address(url),
        topics=_topics(topics),
        unit_id=_unit(actor, unit_id),
        state=LIFECYCLE.initial,
        secret=sealing.seal(secret, purpose=PURPOSE),
        created_at=now,
        created_by_id=actor.person_id,
    )
    revisions.bump(actor, _deliver.REVISION)
    events.record("kernel.webhook_created", subject=row, actor=actor, now=now, topics=row.topics)
    return row, secret


def _name(name: str) -> str:
    name = name.strip()
    if not name or len(name) > MAX_NAME or not name.isprintable():
        raise Invalid("webhooks.name", {"name": "webhooks.name"})
    return name


def _topics(topics: Iterable[str]) -> list[str]:
    wanted = set(topics)
    found = [topic for topic in _body.published() if topic in wanted]
    if not found or len(found) < len(wanted):
        raise Invalid("webhooks.topics", {"topics": "webhooks.topics"})
    return found


def _unit(actor: Actor, unit_id: int | None) -> int | None:
    if unit_id is not None and unit_id not in directory.names_of(actor, "unit", [unit_id]):
        raise Invalid("webhooks.unit", {"unit": "webhooks.unit"})
    return unit_id


@tenancy.operation
def change(
    actor: Actor,
    public_id: UUID,
    *,
    name: str,
    url: str,
    topics: Iterable[str],
    now: datetime,
    unit_id: int | None = None,
) -> Endpoint:
    """Another name, address or choice of topics; what is under way goes to the new address."""
    actor.require(Role.ADMINISTRATOR)
    row = _queries.get_endpoint(actor, public_id, for_update=True)
    row.name, row.url = _name(name), outgoing.require_address(url)
    row.topics, row.unit_id = _topics(topics), _unit(actor, unit_id)
    row.save(update_fields=["name", "url", "topics", "unit_id"])
    revisions.bump(actor, _deliver.REVISION)
    events.record("kernel.webhook_changed", subject=row, actor=actor, now=now, topics=row.topics)
    return row


@tenancy.operation
def move(actor: Actor, public_id: UUID, step: str, *, now: datetime) -> Endpoint:
    """``pause``, ``resume``, ``remove``; what waits is kept while paused, and ends with removal."""
    row = _queries.get_endpoint(actor, public_id, for_update=True)
    line = LIFECYCLE.step(row.state, step, actor.roles)
    row.state = line.target or row.state
    if step == "resume":
        row.failing_since = None
    row.save(update_fields=["state", "failing_since"])
    revisions.bump(actor, _deliver.REVISION)
    if step == "remove":
        _deliver.give_up_all(row)
    events.record(line.event, subject=row, actor=actor, now=now)
    if step == "resume":
        _deliver.wake(actor, row, now=now)
    return row


@tenancy.operation
def rotate(actor: Actor, public_id: UUID, *, now: datetime, secret: str = "") -> str:
    """A new secret, returned this once; for a day both sign, so that no message is refused."""
    actor.require(Role.ADMINISTRATOR)
    secret = require_secret(secret) if secret else new_secret()
    row = _queries.get_endpoint(actor, public_id, for_update=True)
    row.earlier_secret, row.earlier_until = row.secret, now + EARLIER_FOR
    row.secret = sealing.seal(secret, purpose=PURPOSE)
    row.save(update_fields=["secret", "earlier_secret", "earlier_until"])
    events.record("kernel.webhook_rotated", subject=row, actor=actor, now=now)
    return secret


@tenancy.operation
def drop_earlier_secret(actor: Actor, public_id: UUID, *, now: datetime) -> None:
    """End the earlier secret at once: it leaked, or the receiver has changed over."""
    actor.require(Role.ADMINISTRATOR)
    row = _queries.get_endpoint(actor, public_id, for_update=True)
    if not row.earlier_secret:
        raise Refused("webhooks.no_earlier")
    row.earlier_secret, row.earlier_until = "", None
    row.save(update_fields=["earlier_secret", "earlier_until"])
    events.record("kernel.webhook_rotated", subject=row, actor=actor, now=now, only=True)


@tenancy.operation
def ping(actor: Actor, public_id: UUID, *, now: datetime) -> Delivery:
    """Send a message that means nothing, once, to see whether it is received and verified."""
    actor.require(Role.ADMINISTRATOR)
    row = _queries.get_endpoint(actor, public_id, for_update=True)
    _require_active(row)
    sent = Delivery.objects.create(
        tenant_id=actor.tenant_id,
        endpoint=row,
        topic=PING,
        body=_body.envelope(PING, now, {"endpoint": str(row.public_id)}),
        state=DeliveryState.WAITING,
        created_at=now,
        next_at=now,
    )
    events.record("kernel.webhook_pinged", subject=row, actor=actor, now=now)
    _deliver.defer(actor, [sent.pk])
    return sent


@tenancy.operation
def ask_again(actor: Actor, public_id: UUID, delivery_id: UUID, *, now: datetime) -> Delivery:
    """Send a message again, the same words under the same id, whatever became of it."""
    actor.require(Role.ADMINISTRATOR)
    endpoint = _queries.get_endpoint(actor, public_id, for_update=True)
    _require_active(endpoint)
    row = _queries.get_delivery(actor, endpoint, delivery_id)
    if row.state == DeliveryState.DROPPED:
        raise Refused("webhooks.dropped")
    row.state, row.next_at, row.tries = DeliveryState.WAITING, now, min(row.tries, MAX_TRIES - 1)
    row.save(update_fields=["state", "next_at", "tries"])
    events.record("kernel.webhook_resent", subject=endpoint, actor=actor, now=now, delivery=row.pk)
    _deliver.defer(actor, [row.pk])
    return row


def _require_active(row: Endpoint) -> None:
    if row.state != ACTIVE:
        raise Refused("webhooks.not_active")
