"""Endpoints that listen, and what was sent to them."""

from typing import Any

from qiying.kernel import tenancy, webhooks
from qiying.kernel.access import Actor
from qiying.kernel.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from tests.receiver import Receiver
from tests.slices.world import NOW, World

JOBS = ("kernel.handle_event", "kernel.deliver_webhook")
TOPICS = ("calls.received", "calls.accepted", "calls.dispatched")


def listen(admin: Actor, receiver: Receiver, **more: Any) -> WebhookEndpoint:
    given = {"name": "OA", "url": receiver.url, "topics": TOPICS, "now": NOW, **more}
    row, receiver.secret = webhooks.create(admin, **given)
    return row


def deliveries(world: World) -> list[WebhookDelivery]:
    with tenancy.reading(world.system):
        return list(WebhookDelivery.objects.order_by("id"))


def attempts(world: World) -> list[WebhookAttempt]:
    with tenancy.reading(world.system):
        return list(WebhookAttempt.objects.order_by("id"))


def fresh(admin: Actor, row: WebhookEndpoint) -> WebhookEndpoint:
    with tenancy.reading(admin):
        return WebhookEndpoint.objects.get(id=row.pk)
