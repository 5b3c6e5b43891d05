"""What administrators read: endpoints, deliveries, attempts."""

from uuid import UUID

from django.db.models import QuerySet

from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import NotFound
from qiying.kernel.models import DeliveryState, EndpointState, WebhookAttempt
from qiying.kernel.models import WebhookDelivery as Delivery
from qiying.kernel.models import WebhookEndpoint as Endpoint

READERS = (Role.ADMINISTRATOR, Role.SYSTEM)


def list_endpoints(actor: Actor) -> QuerySet[Endpoint]:
    """Endpoints that were not removed; none for who is no administrator."""
    rows = Endpoint.objects.filter(tenant_id=actor.tenant_id)
    rows = rows.exclude(state=EndpointState.REMOVED)
    return rows if actor.has(*READERS) else rows.none()


def get_endpoint(actor: Actor, public_id: UUID, *, for_update: bool = False) -> Endpoint:
    rows = list_endpoints(actor).filter(public_id=public_id)
    row = (rows.select_for_update() if for_update else rows).first()
    if row is None:
        raise NotFound("not_found")
    return row


def list_deliveries(
    actor: Actor, endpoint: Endpoint, *, state: str = "", topic: str = ""
) -> QuerySet[Delivery]:
    rows = Delivery.objects.filter(tenant_id=actor.tenant_id, endpoint=endpoint)
    if state in DeliveryState.values:
        rows = rows.filter(state=state)
    if topic:
        rows = rows.filter(topic=topic)
    return rows


def get_delivery(actor: Actor, endpoint: Endpoint, public_id: UUID) -> Delivery:
    row = list_deliveries(actor, endpoint).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


def attempts_of(actor: Actor, delivery_ids: list[int]) -> dict[int, list[WebhookAttempt]]:
    """The attempts of some deliveries, oldest first, in one query."""
    rows = WebhookAttempt.objects.filter(tenant_id=actor.tenant_id, delivery_id__in=delivery_ids)
    found: dict[int, list[WebhookAttempt]] = {}
    for row in rows.order_by("id"):
        found.setdefault(row.delivery_id, []).append(row)
    return found


def count_waiting(actor: Actor) -> dict[int, int]:
    """Messages under way by endpoint."""
    waiting = Delivery.objects.filter(tenant_id=actor.tenant_id, state=DeliveryState.WAITING)
    found: dict[int, int] = {}
    for endpoint_id in waiting.values_list("endpoint_id", flat=True):
        found[endpoint_id] = found.get(endpoint_id, 0) + 1
    return found
