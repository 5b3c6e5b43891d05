"""Why rounds do not count as closed, and what moved closure from one year to the next.

Each round below the line of a measure has exactly one cause, so the change of a share is, to the
last digit, the sum of what its causes gave up or took: no part is left unexplained.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count

from qiying.kernel.access import Actor
from qiying.slices.calls import rules
from qiying.slices.calls.queries._case import local_day
from qiying.slices.calls.queries._measures import (
    CAUSES,
    COUNTED,
    RoundFilters,
    population,
    with_cause,
)
from qiying.slices.registry import public as registry

YEAR = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause in two periods; ``query`` lists the rounds behind each at ``list_rounds``."""

    name: str
    before: int
    after: int
    points: float
    """What it adds to the share, from 0 to 1; negative where it takes away."""
    queries: tuple[Mapping[str, str], Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Moved:
    """A share in two periods and the causes that moved it; their points add up to its change."""

    measure: str
    periods: tuple[tuple[date, date], tuple[date, date]]
    counted: tuple[int, int]
    bases: tuple[int, int]
    causes: tuple[Cause, ...]
    """Those that moved anything, what moved it most first."""

    @property
    def shares(self) -> tuple[float | None, float | None]:
        found = (c / b if b else None for c, b in zip(self.counted, self.bases, strict=True))
        return next(found), next(found)

    @property
    def change(self) -> float:
        before, after = self.shares
        return 0.0 if before is None or after is None else after - before


def settled_years(now: datetime) -> tuple[tuple[date, date], tuple[date, date]]:
    """The last two years whose 30 days are over, the earlier first; ends exclusive."""
    end = local_day(now) - rules.RELAPSE_WITHIN
    return (end - 2 * YEAR, end - YEAR), (end - YEAR, end)


def compared(actor: Actor, *, now: datetime) -> tuple[tuple[date, date], tuple[date, date]]:
    """The year before the zone changed how it handles calls and the time since, as far as it is
    settled; the last two settled years where nothing changed or it is too early to tell."""
    reform_on = registry.zone(actor).call_reform_on
    years = settled_years(now)
    settled_on = years[1][1]
    if reform_on is None or reform_on >= settled_on:
        return years
    is_leap_day = (reform_on.month, reform_on.day) == (2, 29)
    year_before = (reform_on.year - 1, reform_on.month, 28 if is_leap_day else reform_on.day)
    return (date(*year_before), reform_on), (reform_on, settled_on)


def moved(
    actor: Actor, measure: str, *, now: datetime, periods: tuple[tuple[date, date], ...] = ()
) -> Moved:
    """What moved a share from one period to the next, in one query each."""
    before, after = periods or compared(actor, now=now)
    counts = [_counts(actor, measure, *period, now=now) for period in (before, after)]
    bases = sum(counts[0].values()), sum(counts[1].values())
    found = []
    for name in CAUSES:
        first, second = counts[0].get(name, 0), counts[1].get(name, 0)
        points = _share(first, bases[0]) - _share(second, bases[1])
        lists = tuple(_query(measure, period, name) for period in (before, after))
        if first or second:
            found.append(Cause(name, first, second, points, (lists[0], lists[1])))
    found.sort(key=lambda cause: -abs(cause.points))
    counted = counts[0].get(COUNTED, 0), counts[1].get(COUNTED, 0)
    return Moved(measure, (before, after), counted, bases, tuple(found))


def _share(count: int, base: int) -> float:
    return count / base if base else 0.0


def _query(measure: str, period: tuple[date, date], cause: str) -> dict[str, str]:
    filters = RoundFilters(*period, measure=measure, missed=True, cause=cause)
    return filters.as_query()


def _counts(
    actor: Actor, measure: str, start: date, end: date, *, now: datetime
) -> dict[str, int]:
    rows = with_cause(population(actor, start, end, now=now), actor.tenant_id, measure)
    return dict(rows.order_by().values_list("cause").annotate(n=Count("id")))
