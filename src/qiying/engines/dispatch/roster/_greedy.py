"""The roster by greedy choice and exchange.

The expected cover is monotone and submodular in the set of duties, so choosing the largest gain each
time is at least 1 - 1/e of the best under a limit of people (Nemhauser, Wolsey, Fisher 1978); moving
one person at a time then closes most of the rest. Maximal expected covering: Daskin 1983.
"""

from collections.abc import Callable

import numpy as np

from qiying.engines.dispatch.roster._cells import Cells, Ints, cells_of
from qiying.engines.dispatch.roster._problem import CoverPlan, CoverProblem

LEAST = 1e-12
PASSES = 20


def cover(problem: CoverProblem, *, stop: Callable[[], bool] | None = None) -> CoverPlan:
    """Plan a roster that covers as many expected calls as the people and hours allow.

    Maximises the sum over cells of rate (1 - busy^n), n people on duty who cover the cell, subject to
    the people of each profile and the person-hours. ``stop`` is asked once a pass of exchanges.
    """
    cells = cells_of(problem)
    starts = [greedy(cells, by_hour=True), greedy(cells, by_hour=False)]
    best = max((exchange(cells, count, stop) for count in starts), key=cells.value)
    return cells.plan(best)


def greedy(cells: Cells, *, by_hour: bool) -> Ints:
    """Add one person after the other where the gain, or the gain an hour, is largest."""
    count = np.zeros(len(cells.duties), dtype=np.int64)
    while len(count):
        best = _best(cells, count, by_hour=by_hour)
        if best < 0:
            break
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
    """Take one from a duty and add greedily; undo it where that is no better."""
    before, value = count.copy(), cells.value(count)
    count[duty] -= 1
    while (best := _best(cells, count, by_hour=False)) >= 0:
        count[best] += 1
    if cells.value(count) > value + LEAST:
        return True
    count[:] = before
    return False
