"""What the screen in the hall shows: figures, a coarse map and a course of events without names.

Visitors read it. It names no firm, no person, no address and no words of a call; complaints about
a unit are left out whole; places are cells of some 500 m, so that no plot can be told.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from qiying.kernel import events
from qiying.kernel.access import Actor
from qiying.kernel.models import Event
from qiying.slices.calls.models import Call
from qiying.slices.calls.queries import units
from qiying.slices.calls.queries._board import totals
from qiying.slices.calls.queries._case import local_day
from qiying.slices.calls.queries._figures import Figure
from qiying.slices.calls.queries._filters import AGES, aged, lit
from qiying.slices.calls.queries._lights import light
from qiying.slices.calls.queries._measures import midnight
from qiying.slices.calls.rules import OPEN, RELAPSE_WITHIN, CallState, Nature

CELL_DEGREES = 0.005
"""About 550 m from south to north."""
MONTHS = 12
RECENT_DAYS = 30
MOST_TOLD = 14
SHOWN = (
    *("calls.received", "calls.accepted", "calls.dispatched", "calls.signed"),
    *("calls.contacted", "calls.answered", "calls.review_passed", "calls.closed"),
)
LIGHTS = ("purple", "red", "yellow", "green", "grey")
WORST = {name: rank for rank, name in enumerate(LIGHTS)}
STAGES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("accept", (CallState.SUBMITTED, CallState.NEED_INFO, CallState.REFUSAL)),
    ("dispatch", (CallState.TRIAGE, CallState.DISPUTED)),
    ("work", (CallState.DISPATCHED, CallState.WORKING, CallState.REOPENED)),
    ("plan", (CallState.SCHEDULED, CallState.SUSPENDED)),
    ("review", (CallState.ANSWERED,)),
    ("callback", (CallState.CALLBACK,)),
)


@dataclass(frozen=True, slots=True)
class Cell:
    """Open calls in one cell of the grid: its middle, how many, the worst light among them."""

    longitude: float
    latitude: float
    count: int
    light: str


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the course of events."""

    at: datetime
    topic: str
    matter_code: str
    township_code: str
    closure: str


@dataclass(frozen=True, slots=True)
class Hall:
    """Everything on the screen at one moment. ``start``, ``end`` bound the settled months."""

    start: date
    end: date
    settled: Mapping[str, Figure]
    recent: Mapping[str, Figure]
    months: Sequence[units.Month]
    lights: Mapping[str, int]
    stages: tuple[tuple[str, int], ...]
    ages: tuple[tuple[str, int], ...]
    matters: tuple[tuple[str, int], ...]
    """Calls of the last twelve months by matter, most first."""
    received_today: int
    closed_today: int
    closed_recently: int
    cells: tuple[Cell, ...]
    told: tuple[Told, ...]

    @property
    def open_count(self) -> int:
        return sum(self.lights.values())


def hall(actor: Actor, *, now: datetime) -> Hall:
    """The figures of the zone; what was due in months whose 30 days are over, and the last 30 days."""
    today = local_day(now)
    start, end = settled_months(now)
    day_start = midnight(today)
    rows = _showable(actor)
    still_open = rows.filter(state__in=sorted(OPEN))
    counts = {f"l_{c}": Count("id", filter=lit(c, now)) for c in LIGHTS}
    counts |= {f"s_{n}": Count("id", filter=Q(state__in=states)) for n, states in STAGES}
    counts |= {f"a_{key}": Count("id", filter=aged(key, now)) for key in AGES}
    counted = still_open.order_by().aggregate(**counts)
    flow = rows.order_by().aggregate(
        received=Count("id", filter=Q(received_at__gte=day_start)),
        closed=Count("id", filter=Q(closed_at__gte=day_start)),
        lately=Count("id", filter=Q(closed_at__gte=now - timedelta(days=RECENT_DAYS))),
    )
    recent_start = today - timedelta(days=RECENT_DAYS)
    tomorrow = today + timedelta(days=1)
    return Hall(
        start,
        end,
        totals(actor, start=start, end=end, now=now),
        totals(actor, start=recent_start, end=tomorrow, now=now),
        units.months(actor, start=start, end=end, now=now),
        {c: counted[f"l_{c}"] for c in LIGHTS},
        tuple((n, counted[f"s_{n}"]) for n, _states in STAGES),
        tuple((key, counted[f"a_{key}"]) for key in AGES),
        _matters(rows, midnight(start)),
        flow["received"],
        flow["closed"],
        flow["lately"],
        _cells(still_open, now),
        _told(actor, now),
    )


def settled_months(now: datetime) -> tuple[date, date]:
    """The last twelve whole months in which nothing changes any more."""
    end = local_day(now - RELAPSE_WITHIN).replace(day=1)
    return end.replace(year=end.year - 1), end


def _showable(actor: Actor) -> QuerySet[Call]:
    """What a visitor may be shown traces of: no complaint about a unit."""
    rows = Call.objects.visible_to(actor).filter(complained_unit=None)
    return rows.exclude(nature=Nature.COMPLAINT)


def _matters(rows: QuerySet[Call], since: datetime) -> tuple[tuple[str, int], ...]:
    counted = (
        rows.filter(received_at__gte=since)
        .exclude(matter_code="")
        .order_by()
        .values_list("matter_code")
        .annotate(n=Count("id"))
        .order_by("-n", "matter_code")
    )
    return tuple(counted[:8])


def _cells(rows: QuerySet[Call], now: datetime) -> tuple[Cell, ...]:
    near = rows.filter(longitude__isnull=False).only(
        "longitude", "latitude", "state", "due_at", "yellow_at", "supervision_level"
    )
    found: Counter[tuple[int, int]] = Counter()
    worst: dict[tuple[int, int], str] = {}
    for call in near:
        key = (
            round((call.longitude or 0.0) / CELL_DEGREES),
            round((call.latitude or 0.0) / CELL_DEGREES),
        )
        found[key] += 1
        worst[key] = min(worst.get(key, "grey"), light(call, now) or "grey", key=WORST.__getitem__)
    return tuple(
        Cell(x * CELL_DEGREES, y * CELL_DEGREES, n, worst[x, y])
        for (x, y), n in sorted(found.items())
    )


def _told(actor: Actor, now: datetime) -> tuple[Told, ...]:
    """The last steps of calls that may be shown, newest first."""
    rows = Event.objects.filter(
        tenant_id=actor.tenant_id,
        subject_type=events.subject_type(Call),
        topic__in=SHOWN,
        occurred_at__lte=now,
    )
    # ``data`` is not read: where it happened and what it was about stands in the call
    newest = list(rows.order_by("-sequence").defer("data")[: MOST_TOLD * 6])
    showable = _showable(actor).filter(id__in={e.subject_id for e in newest})
    calls = {
        c.pk: c for c in showable.only("matter_code", "township_code", "closure_type", "nature")
    }
    told = [
        Told(e.occurred_at, e.topic, c.matter_code, c.township_code, c.closure_type)
        for e in newest
        if (c := calls.get(e.subject_id)) is not None and c.matter_code
    ]
    return tuple(sorted(told, key=lambda t: t.at, reverse=True)[:MOST_TOLD])
