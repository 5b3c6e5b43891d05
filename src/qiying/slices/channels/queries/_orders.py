"""12345 orders, their extensions and what goes back."""

from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.channels.models import Delivery, Extension, WorkOrder
from qiying.slices.channels.rules.codes import ORDER_OPEN, DeliveryState, OrderState


def list_orders(actor: Actor, *, tab: str = "", q: str = "") -> QuerySet[WorkOrder]:
    """Visible orders: open ones, those of a state, or all; found by number."""
    rows = WorkOrder.objects.visible_to(actor).select_related(
        "endpoint", "call", "call__enterprise"
    )
    if tab == "open":
        rows = rows.filter(state__in=sorted(ORDER_OPEN))
    elif tab in set(OrderState):
        rows = rows.filter(state=tab)
    return rows.filter(Q(order_number__icontains=q) | Q(call__number=q)) if q else rows


def order_counts(actor: Actor) -> dict[str, int]:
    """How many visible orders stand in each state; one query."""
    rows = WorkOrder.objects.visible_to(actor).order_by().values_list("state")
    return dict(rows.annotate(n=Count("id")))


def get_order(actor: Actor, public_id: UUID, *, for_update: bool = False) -> WorkOrder:
    """A visible order; NotFound otherwise."""
    rows = WorkOrder.objects.visible_to(actor).filter(public_id=public_id)
    rows = rows.select_for_update(of=("self",)) if for_update else rows.select_related("endpoint")
    row = rows.first()
    if row is None:
        raise NotFound("not_found")
    return row


def find_order_by_number(
    actor: Actor, number: str, *, for_update: bool = False
) -> WorkOrder | None:
    rows = WorkOrder.objects.visible_to(actor).filter(order_number=number)
    return (rows.select_for_update(of=("self",)) if for_update else rows).first()


def find_order_of_call(actor: Actor, call_id: int) -> WorkOrder | None:
    return WorkOrder.objects.visible_to(actor).filter(call_id=call_id).first()


def extensions_of(actor: Actor, order: WorkOrder) -> QuerySet[Extension]:
    rows = Extension.objects.visible_to(actor).filter(order_id=order.pk)
    return rows.select_related("asked_by", "decided_by").order_by("id")


def deliveries_of(actor: Actor, order: WorkOrder) -> QuerySet[Delivery]:
    return Delivery.objects.visible_to(actor).filter(order_id=order.pk).order_by("id")


def replies_by_file(actor: Actor) -> QuerySet[Delivery]:
    """What goes to 12345 and has no connection to go by: it waits for the next file."""
    rows = Delivery.objects.visible_to(actor).filter(
        endpoint=None, state=DeliveryState.WAITING, order__isnull=False
    )
    return rows.order_by("id")


def list_sent_by_file(actor: Actor, at: datetime) -> list[Delivery]:
    """What left in the file that was made at this moment."""
    rows = Delivery.objects.visible_to(actor).filter(endpoint=None, sent_at=at)
    return list(rows.order_by("id"))
