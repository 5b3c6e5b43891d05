"""What a promise costs: the fewest person-hours that cover a share of the calls."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from qiying.engines.dispatch.roster._cells import Cells, Ints, cells_of
from qiying.engines.dispatch.roster._greedy import LEAST, cover
from qiying.engines.dispatch.roster._problem import CoverPlan, CoverProblem, Profile

TARGETS = (0.90, 0.95, 0.99, 0.999)


@dataclass(frozen=True, slots=True)
class PricePoint:
    """A share of calls, and the person-hours and people a day that cover it; none if nobody can."""

    target: float
    covered: float
    hours: float | None
    people: int | None
    cost_cny: float | None


def price_of_promise(
    problem: CoverProblem, targets: Sequence[float] = TARGETS, *, cny_per_hour: float = 0.0
) -> tuple[PricePoint, ...]:
    """Return the price of each share, from one growing roster without a limit of hours.

    The roster grows by the largest gain an hour and is then thinned: whoever can be spared without
    falling below the share is.
    """
    cells = cells_of(replace(problem, hours=1e9))
    total = max(float(cells.rates.sum()), 1e-12)
    count = np.zeros(len(cells.duties), dtype=np.int64)
    found = []
    for target in sorted(targets):
        reached = _grow(cells, count, target * total)
        thinned = _thin(cells, count.copy(), target * total) if reached else count
        hours = float(cells.hours @ thinned)
        found.append(
            PricePoint(
                target,
                round(cells.value(thinned) / total, 6),
                hours if reached else None,
                int(thinned.sum()) if reached else None,
                round(hours * cny_per_hour, 2) if reached else None,
            )
        )
    return tuple(found)


def _grow(cells: Cells, count: Ints, wanted: float) -> bool:
    while cells.value(count) < wanted - LEAST:
        gains = np.where(cells.room(count), cells.gains(count), 0.0) / cells.hours
        best = int(np.argmax(gains)) if len(gains) else 0
        if not len(gains) or gains[best] <= LEAST:
            return False
        count[best] += 1
    return True


def _thin(cells: Cells, count: Ints, wanted: float) -> Ints:
    for duty in np.flatnonzero(count):
        while count[duty]:
            count[duty] -= 1
            if cells.value(count) < wanted - LEAST:
                count[duty] += 1
                break
    return count


def what_if(problem: CoverProblem, more: Sequence[Profile]) -> tuple[CoverPlan, CoverPlan]:
    """Return the roster of now and the one with more people, such as a new provider's."""
    return cover(problem), cover(replace(problem, profiles=(*problem.profiles, *more)))
