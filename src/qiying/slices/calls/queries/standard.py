"""Calls as a standard interface asks for them: by number, service, time and base status."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet

from qiying.kernel.access import Actor
from qiying.slices.calls.models import Call
from qiying.slices.calls.rules import OPEN, STOPPED

STATES = {"open": OPEN, "closed": STOPPED}


def list_standard(
    actor: Actor,
    *,
    limit: int,
    offset: int = 0,
    numbers: Sequence[str] = (),
    codes: Sequence[str] = (),
    statuses: Sequence[str] = (),
    start: datetime | None = None,
    end: datetime | None = None,
    updated_after: datetime | None = None,
    updated_before: datetime | None = None,
) -> list[Call]:
    """The visible calls with a matter, oldest first, in an order that paging can rely on.

    Numbers override every other filter; an unknown status matches nothing.
    """
    rows: QuerySet[Call] = Call.objects.visible_to(actor).exclude(matter_code="")
    if numbers:
        rows = rows.filter(number__in=numbers)
    else:
        rows = _between(rows, start, end, updated_after, updated_before)
        if codes:
            rows = rows.filter(matter_code__in=codes)
        if statuses:
            wanted = Q(pk__in=[])
            for status in statuses:
                wanted |= Q(state__in=STATES.get(status, ()))
            rows = rows.filter(wanted)
    return list(rows.order_by("received_at", "id")[offset : offset + limit])


def _between(
    rows: QuerySet[Call],
    start: datetime | None,
    end: datetime | None,
    updated_after: datetime | None,
    updated_before: datetime | None,
) -> QuerySet[Call]:
    bounds = {
        "received_at__gte": start,
        "received_at__lte": end,
        "updated_at__gte": updated_after,
        "updated_at__lte": updated_before,
    }
    return rows.filter(**{name: value for name, value in bounds.items() if value is not None})
