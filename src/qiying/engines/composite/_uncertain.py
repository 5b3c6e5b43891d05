"""How firm is it: every choice tried, together with errors of weights and data."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qiying.engines.composite._cube import Cube, Fault, Floats, Unusable
from qiying.engines.composite._design import crossed, every, exact_indices, sampled_indices, spread
from qiying.engines.composite._judge import judge
from qiying.engines.composite._many import Many
from qiying.engines.composite._plan import Plan
from qiying.engines.composite._ranks import Ranks, competition, rank_into
from qiying.engines.composite._run import run

ENUMERATED = 200_000
SIXTEEN_BITS = 65_536
BESIDE = 256
"""Units whose quantiles are found at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Uncertainty:
    """Replicates of a plan and what came of each.

    ``parameters`` [replicate, factor] are numbers of settings; ``scores`` and ``ranks`` [replicate,
    year, unit] are of one node, rank 0 without a score; ``nominal`` the plan's own scores. Where
    scores are not kept, their first axis is empty and ranks have sixteen bits. When
    ``is_exact``, every combination is there once, in order. ``failed`` counts missing scores that
    the plan itself has.
    """

    node: str
    factors: tuple[str, ...]
    sizes: tuple[int, ...]
    is_exact: bool
    parameters: NDArray[np.int32]
    scores: Floats
    ranks: Ranks
    nominal: Floats
    nominal_ranks: NDArray[np.int32]
    failed: int

    def quantiles(self, shares: tuple[float, ...] = (0.05, 0.5, 0.95)) -> Floats:
        """Quantiles of the rank [share, year, unit]; NaN for a unit that never has one."""
        found = np.empty((len(shares), *self.ranks.shape[1:]))
        for year in range(found.shape[1]):
            for start in range(0, found.shape[2], BESIDE):
                part = slice(start, start + BESIDE)
                found[:, year, part] = _quantiles(self.ranks[:, year, part], shares)
        return found

    def rank_shares(self) -> Floats:
        """How often each unit has each rank [year, unit, rank - 1]."""
        count = self.ranks.shape[2]
        return np.stack([(self.ranks == n + 1).mean(axis=0) for n in range(count)], axis=-1)

    def above(self) -> Floats:
        """How often one unit is above another [year, one, other], equal ones half."""
        return np.stack([self._above(self.ranks[:, year]) for year in range(self.ranks.shape[1])])

    @staticmethod
    def _above(ranks: Ranks) -> Floats:
        known = ranks > 0
        beats = [
            ((one[:, None] < ranks) & known & (one > 0)[:, None]).mean(axis=0) for one in ranks.T
        ]
        equal = [((one[:, None] == ranks) & known).mean(axis=0) for one in ranks.T]
        return np.asarray(np.stack(beats) + np.stack(equal) / 2)

    def tied(self, confidence: float = 0.9) -> NDArray[np.int32]:
        """Groups [year, unit] from 1: by nominal rank, a group ends where its first is firmly above.

        A unit is in the group of its first while that one is above it less often than `confidence`.
        """
        above, found = self.above(), np.zeros(self.nominal.shape, dtype=np.int32)
        for year, ranks in enumerate(self.nominal_ranks):
            group, first = 0, -1
            for unit in np.argsort(np.where(ranks > 0, ranks, ranks.size + 1), kind="stable"):
                if ranks[unit] == 0:
                    continue
                if first < 0 or above[year, first, unit] >= confidence:
                    group, first = group + 1, int(unit)
                found[year, unit] = group
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Sensitivity:
    """First and total indices of each factor.

    ``shift`` [2, factor] is of the mean change of rank in the last year; ``units`` [2, factor,
    year, unit] of each score; ``change`` [2, factor, unit] of the difference between the last year
    and the first, empty for one year. The first axis is first, total.
    """

    sample: Uncertainty
    shift: Floats
    units: Floats
    change: Floats


def uncertainty(
    plan: Plan,
    cube: Cube,
    *,
    replicates: int = 1000,
    seed: int = 0,
    node: str = "",
    keeps_scores: bool = True,
) -> Uncertainty:
    """Compute replicates of a plan: all combinations of its factors if they are no more than asked.

    Otherwise a scrambled Sobol sequence of as many. `node` is the highest one unless named. Without
    its scores a large analysis needs a quarter of the memory; `variant` gives any of them again.

    Raises
    ------
    Unusable
        With every fault of the plan, or when it has no factors.
    """
    sizes = _sizes(plan, cube, node)
    is_exact = math.prod(sizes) <= replicates
    rows = every(sizes) if is_exact else spread(sizes, replicates, seed)
    return _sample(
        plan, cube, rows, is_exact=is_exact, seed=seed, node=node, keeps_scores=keeps_scores
    )


def sensitivity(
    plan: Plan,
    cube: Cube,
    *,
    seed: int = 0,
    node: str = "",
    most: int = ENUMERATED,
    base: int = 512,
) -> Sensitivity:
    """Which factor moves ranks and scores: exact if there are at most `most` combinations.

    Otherwise `base` x (factors + 2) replicates of a scrambled Sobol sequence, centred.
    """
    sizes = _sizes(plan, cube, node)
    is_exact = math.prod(sizes) <= most
    rows = every(sizes) if is_exact else crossed(sizes, base, seed)
    sample = _sample(plan, cube, rows, is_exact=is_exact, seed=seed, node=node)

    def indices(values: Floats) -> Floats:
        found = exact_indices(values, sizes) if is_exact else sampled_indices(values, len(sizes))
        return np.stack(found)

    moved = np.abs(sample.ranks[:, -1] - sample.nominal_ranks[-1]).mean(axis=1, dtype=np.float64)
    scores = sample.scores
    change = scores[:, -1] - scores[:, 0] if scores.shape[1] > 1 else scores[:, 0, :0]
    return Sensitivity(sample, indices(moved), indices(scores), indices(change))


def variant(
    plan: Plan, cube: Cube, parameters: NDArray[np.int32], *, seed: int = 0
) -> tuple[Plan, Cube]:
    """Plan and data of one replicate, for a run by itself."""
    return Many(plan, cube, seed).variant(tuple(int(n) for n in parameters))


def _sizes(plan: Plan, cube: Cube, node: str) -> tuple[int, ...]:
    faults = list(judge(plan, cube))
    if not plan.factors:
        faults.append(Fault("no_factor", "plan.factor"))
    if node and node not in {n.code for n in cube.aggregates}:
        faults.append(Fault("unknown_node", "plan", value=node))
    if faults:
        raise Unusable(tuple(faults))
    return tuple(factor.size for factor in plan.factors)


def _sample(
    plan: Plan,
    cube: Cube,
    rows: NDArray[np.int32],
    *,
    is_exact: bool,
    seed: int,
    node: str,
    keeps_scores: bool = True,
) -> Uncertainty:
    own = run(plan, cube)
    place = own.nodes.index(node) if node else len(own.nodes) - 1
    nominal = own.scores[:, :, place]
    is_large = not keeps_scores and nominal.shape[1] < SIXTEEN_BITS
    scores = np.empty((len(rows) if keeps_scores else 0, *nominal.shape))
    ranks: Ranks = np.empty((len(rows), *nominal.shape), np.uint16 if is_large else np.int32)
    failed = 0
    for block, found in Many(plan, cube, seed).blocks(rows, place):
        if keeps_scores:
            scores[block] = found
        is_row = block[-1] - block[0] + 1 == len(block)
        some = ranks[block[0] : block[-1] + 1] if is_row else np.empty(found.shape, ranks.dtype)
        rank_into(some, found)
        if not is_row:
            ranks[block] = some
        if some.min() == 0:
            failed += int(((some == 0) & ~np.isnan(nominal)).sum())
    return Uncertainty(
        node=own.nodes[place],
        factors=tuple(factor.name for factor in plan.factors),
        sizes=tuple(factor.size for factor in plan.factors),
        is_exact=is_exact,
        parameters=rows,
        scores=scores,
        ranks=ranks,
        nominal=nominal,
        nominal_ranks=competition(nominal),
        failed=failed,
    )


def _quantiles(ranks: Ranks, shares: tuple[float, ...]) -> Floats:
    """Quantiles [share, unit] of ranks [replicate, unit], between neighbours by a line."""
    if (ranks > 0).all():
        return np.asarray(np.quantile(ranks, shares, axis=0))
    known = np.where(ranks > 0, ranks, np.nan)
    empty = np.isnan(known).all(axis=0)
    found = np.nanquantile(np.where(empty, 0.0, known), shares, axis=0)
    return np.asarray(np.where(empty, np.nan, found))


def flip(one: Floats, other: Floats, weights: Floats) -> Floats:
    """The smallest change of weights (by length) that brings two arithmetic means level.

    With d = one - other and d' = d less its mean, the change is -(w.d) d' / (d'.d'), which keeps
    the sum of weights. NaN where the members differ by one amount throughout: no weights level it.
    A weight below nought in the sum says that no allowed change does.
    """
    d = one - other
    across = d - d.mean()
    square = float(across @ across)
    if square <= 1e-24 * max(1.0, float(d @ d)):
        return np.full(d.shape, np.nan)
    return np.asarray(-(weights @ d) / square * across)
