"""Connections, calls handed on, what both sides say, and what does not get through."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.channels.models import Delivery, Endpoint, Forward, Update
from qiying.slices.channels.rules.codes import DeliveryState, EndpointKind, ForwardState

FOLLOWED_FOR = timedelta(days=60)
"""How long a call that is done elsewhere may still be opened again there."""
STUCK = Q(state__in=[DeliveryState.GIVEN_UP, DeliveryState.CHECK]) | Q(
    state=DeliveryState.WAITING, tries__gt=0
)
NOTHING = {"failing": 0, "given_up": 0, "oldest_at": None, "tries": 0}
LISTENING = (ForwardState.WAITING, ForwardState.TOKEN, ForwardState.FILED)


def list_endpoints(actor: Actor, kind: str = "") -> QuerySet[Endpoint]:
    rows = Endpoint.objects.visible_to(actor).order_by("code", "id")
    return rows.filter(kind=kind) if kind else rows


def get_endpoint(actor: Actor, public_id: UUID, *, for_update: bool = False) -> Endpoint:
    rows = Endpoint.objects.visible_to(actor).filter(public_id=public_id)
    row = (rows.select_for_update(of=("self",)) if for_update else rows).first()
    if row is None:
        raise NotFound("not_found")
    return row


def endpoints_to_pull(actor: Actor, now: datetime, *, is_all: bool) -> list[Endpoint]:
    """The systems that have something of ours and whose time has come."""
    busy = _followed(actor, now).values("endpoint_id")
    rows = Endpoint.objects.visible_to(actor).filter(
        kind=EndpointKind.OPEN311, is_active=True, pk__in=busy
    )
    if not is_all:
        rows = rows.filter(Q(next_pull_at=None) | Q(next_pull_at__lte=now))
    return list(rows.order_by("id"))


def _followed(actor: Actor, now: datetime) -> QuerySet[Forward]:
    rows = Forward.objects.visible_to(actor)
    is_recent = Q(state=ForwardState.DONE, done_at__gt=now - FOLLOWED_FOR)
    return rows.filter(Q(state__in=[ForwardState.FILED, ForwardState.TOKEN]) | is_recent)


def forwards_of_endpoint(actor: Actor, endpoint_id: int) -> list[Forward]:
    states = [ForwardState.FILED, ForwardState.TOKEN, ForwardState.DONE]
    rows = Forward.objects.visible_to(actor)
    return list(rows.filter(endpoint_id=endpoint_id, state__in=states))


def list_forwards(actor: Actor, *, tab: str = "") -> QuerySet[Forward]:
    rows = Forward.objects.visible_to(actor).select_related("endpoint", "call")
    return rows.filter(state=tab) if tab in set(ForwardState) else rows


def get_forward(actor: Actor, public_id: UUID, *, for_update: bool = False) -> Forward:
    rows = Forward.objects.visible_to(actor).filter(public_id=public_id)
    rows = rows.select_for_update(of=("self",)) if for_update else rows.select_related("endpoint")
    row = rows.first()
    if row is None:
        raise NotFound("not_found")
    return row


def get_forward_row(actor: Actor, forward_id: int, *, for_update: bool = False) -> Forward:
    rows = Forward.objects.visible_to(actor).filter(pk=forward_id)
    row = (rows.select_for_update(of=("self",)) if for_update else rows).first()
    if row is None:
        raise NotFound("not_found")
    return row


def find_forward(actor: Actor, call_id: int, endpoint_id: int) -> Forward | None:
    rows = Forward.objects.visible_to(actor).filter(call_id=call_id, endpoint_id=endpoint_id)
    return rows.exclude(state=ForwardState.WITHDRAWN).first()


def forwards_of_call(actor: Actor, call_id: int) -> list[Forward]:
    rows = Forward.objects.visible_to(actor).filter(call_id=call_id)
    return list(rows.select_related("endpoint").order_by("id"))


def open_forwards_of(actor: Actor, call_id: int, *, for_update: bool = False) -> list[Forward]:
    """The forwards of a call on which both sides still talk."""
    states = [*LISTENING, ForwardState.DONE]
    rows = Forward.objects.visible_to(actor).filter(call_id=call_id, state__in=states)
    return list((rows.select_for_update(of=("self",)) if for_update else rows).order_by("id"))


def updates_of_forward(actor: Actor, forward: Forward) -> QuerySet[Update]:
    return Update.objects.visible_to(actor).filter(forward_id=forward.pk)


def updates_of_call(actor: Actor, call_id: int) -> list[Update]:
    """What was said of a call, oldest first."""
    rows = Update.objects.visible_to(actor).filter(call_id=call_id)
    return list(rows.select_related("forward__endpoint", "key").order_by("at", "id"))


def due_deliveries(actor: Actor, now: datetime, *, is_all: bool) -> list[int]:
    """What is to be sent now, the oldest first; what somebody is sending is left out."""
    rows = Delivery.objects.visible_to(actor).filter(
        state=DeliveryState.WAITING, endpoint__isnull=False
    )
    rows = rows.filter(Q(leased_until=None) | Q(leased_until__lte=now))
    if not is_all:
        rows = rows.filter(next_at__lte=now)
    return list(rows.order_by("next_at", "id").values_list("pk", flat=True)[:200])


@dataclass(frozen=True, slots=True)
class Stuck:
    """What does not get through to one system."""

    endpoint: Endpoint
    failing: int
    given_up: int
    oldest_at: datetime | None
    tries: int
    errors: Sequence[str]


def stuck_summary(actor: Actor) -> list[Stuck]:
    """Systems that something did not get through to, and those that could not be asked."""
    rows = Delivery.objects.visible_to(actor).filter(STUCK, endpoint__isnull=False).order_by()
    counted = rows.values("endpoint_id").annotate(
        failing=Count("id", filter=Q(state=DeliveryState.WAITING)),
        given_up=Count("id", filter=~Q(state=DeliveryState.WAITING)),
        oldest_at=Min("made_at"),
        tries=Max("tries"),
    )
    by_id = {row["endpoint_id"]: row for row in counted}
    faults: dict[int, set[str]] = {}
    for endpoint_id, error in rows.values_list("endpoint_id", "error").distinct():
        faults.setdefault(endpoint_id, set()).add(error)
    found = []
    for endpoint in list_endpoints(actor):
        row = by_id.get(endpoint.pk)
        if row is None and not endpoint.pull_fails:
            continue
        given: dict[str, Any] = dict(row) if row else dict(NOTHING)
        errors = faults.get(endpoint.pk, set()) | {endpoint.pull_error}
        numbers = (given["failing"], given["given_up"], given["oldest_at"], given["tries"])
        found.append(Stuck(endpoint, *numbers, sorted(errors - {""})))
    return found


def list_stuck(actor: Actor) -> QuerySet[Delivery]:
    """What was tried and is not there, the oldest first."""
    rows = Delivery.objects.visible_to(actor).filter(STUCK, endpoint__isnull=False)
    return rows.select_related("endpoint", "forward", "order")


def count_stuck(actor: Actor) -> int:
    rows = Delivery.objects.visible_to(actor).filter(STUCK, endpoint__isnull=False)
    return rows[:99].count()
