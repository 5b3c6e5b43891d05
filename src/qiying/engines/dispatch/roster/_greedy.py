"""The roster by greedy choice and exchange.

The expected cover is monotone and submodular in the set of duties, so choosing the largest gain each
time is at least 1 - 1/e of the best under a limit of people (Nemhauser, Wolsey, Fisher 1978); moving
one person at a time then closes most of the rest. Maximal expected covering: Daskin 1983.
"""

from collections.abc import Callable
from itertools import combinations_with_replacement

import numpy as np

from qiying.engines.dispatch.roster._cells import Cells, Ints, cells_of
from qiying.engines.dispatch.roster._problem import CoverPlan, CoverProblem

LEAST = 1e-12
PASSES = 20
TRIED = 3
PROMISING = 12
FEW, VERY_FEW = 60, 24


def cover(problem: CoverProblem, *, stop: Callable[[], bool] | None = None) -> CoverPlan:
    """Plan a roster that covers as many expected calls as the people and hours allow.

    Maximises the sum over cells of rate (1 - busy^n), n people on duty who cover the cell, subject to
    the people of each profile and the person-hours. ``stop`` is asked once a pass of exchanges.
    """
    cells = cells_of(problem)
    starts = [greedy(cells, first) for first in _firsts(len(cells.duties))]
    starts.sort(key=cells.value, reverse=True)
    best = max((exchange(cells, count, stop) for count in starts[:TRIED]), key=cells.value)
    return cells.plan(best)


def _firsts(duties: int) -> list[tuple[int, ...]]:
    """With what rosters begin: nothing; in small cases also each duty and each pair of duties.

    Trying beginnings is what keeps greedy choice good where shifts of different lengths share a
    budget of hours (Sviridenko 2004).
    """
    found: list[tuple[int, ...]] = [()]
    if duties <= FEW:
        found += [(k,) for k in range(duties)]
    if duties <= VERY_FEW:
        found += list(combinations_with_replacement(range(duties), 2))
    return found


def greedy(cells: Cells, first: tuple[int, ...] = ()) -> Ints:
    """Begin with some duties, then add where the gain, or the gain an hour, is largest."""
    count = np.zeros(len(cells.duties), dtype=np.int64)
    for duty in first:
        if cells.room(count)[duty]:
            count[duty] += 1
    return max((_filled(cells, count, by_hour=h) for h in (True, False)), key=cells.value)


def _filled(cells: Cells, count: Ints, *, by_hour: bool) -> Ints:
    count = count.copy()
    while len(count) and (best := _best(cells, count, by_hour=by_hour)) >= 0:
        count[best] += 1
    return count


def _best(cells: Cells, count: Ints, *, by_hour: bool) -> int:
    gains = np.where(cells.room(count), cells.gains(count), 0.0)
    best = int(np.argmax(gains / cells.hours if by_hour else gains))
    return best if gains[best] > LEAST else -1


def exchange(cells: Cells, count: Ints, stop: Callable[[], bool] | None = None) -> Ints:
    """Move one person at a time to a better duty, as long as that helps."""
    count = count.copy()
    for _pass in range(PASSES):
        if stop is not None and stop():
            break
        moved = [_move(cells, count, int(k)) for k in np.flatnonzero(count)]
        if not any(moved):
            break
    return count


def _move(cells: Cells, count: Ints, duty: int) -> bool:
    """Take one from a duty, put one on the most promising others and fill up; keep what is better."""
    value = cells.value(count)
    less = count.copy()
    less[duty] -= 1
    gains = np.where(cells.room(less), cells.gains(less), 0.0)
    for other in np.argsort(-gains, kind="stable")[:PROMISING]:
        if gains[other] <= LEAST:
            break
        more = less.copy()
        more[other] += 1
        more = max((_filled(cells, more, by_hour=h) for h in (True, False)), key=cells.value)
        if cells.value(more) > value + LEAST:
            count[:] = more
            return True
    return False
