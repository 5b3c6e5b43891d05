"""Scores of one unit counted again by other formulas, in plain numbers."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from qiying.engines.composite._cube import Floats
from qiying.engines.composite._plan import Aggregate

Pairs = list[tuple[float, float]]
"""(value, weight) of the members that are there."""


def present(z: Sequence[float], w: Sequence[float]) -> Pairs:
    """Members that are there."""
    return [(x, v) for x, v in zip(z, w, strict=True) if not math.isnan(x)]


def arithmetic(pairs: Pairs, _step: Aggregate) -> float:
    """Exactly rounded sums."""
    return math.fsum(x * v for x, v in pairs) / math.fsum(v for _, v in pairs)


def geometric(pairs: Pairs, _step: Aggregate) -> float:
    """A product of powers, no logarithm."""
    total = math.fsum(v for _, v in pairs)
    if any(x <= 0 < v for x, v in pairs):
        return math.nan
    return float(math.prod(x ** (v / total) for x, v in pairs if v > 0))


def harmonic(pairs: Pairs, _step: Aggregate) -> float:
    """The reciprocal of the mean of reciprocals."""
    if any(x <= 0 < v for x, v in pairs):
        return math.nan
    return math.fsum(v for _, v in pairs) / math.fsum(v / x for x, v in pairs if v > 0)


def general(pairs: Pairs, step: Aggregate) -> float:
    """The mean of a power through logarithms."""
    p, total = step.power, math.fsum(v for _, v in pairs)
    if p == 1:
        return arithmetic(pairs, step)
    if any(x <= 0 < v for x, v in pairs):
        return math.nan
    if p == 0:
        return math.exp(math.fsum(v * math.log(x) for x, v in pairs if v > 0) / total)
    terms = [p * math.log(x) + math.log(v / total) for x, v in pairs if v > 0]
    top = max(terms)
    return math.exp((top + math.log(math.fsum(math.exp(t - top) for t in terms))) / p)


def uneven(pairs: Pairs, step: Aggregate) -> float:
    """M (1 - cv^2) with the variance from the differences of all pairs."""
    total, middle = math.fsum(v for _, v in pairs), arithmetic(pairs, step)
    twice = math.fsum(v * u * (x - y) ** 2 for x, v in pairs for y, u in pairs)
    if middle <= 0:
        return math.nan
    sign = 1 if step.toward == "high" else -1
    return middle * (1 + sign * twice / (2 * total**2) / middle**2)


OF_ONE: Mapping[str, Callable[[Pairs, Aggregate], float]] = {
    "amean": arithmetic,
    "gmean": geometric,
    "hmean": harmonic,
    "genmean": general,
    "mpi": uneven,
}


def duels(z: Floats, w: Floats) -> list[float]:
    """Copeland scores [unit] of one year: every duel by itself, weights for and against."""
    score = [0.0] * len(z)
    for one in range(len(z)):
        for other in range(len(z)):
            if one != other:
                score[one] += _duel(z[one], z[other], w[one], w[other])
    return score


def _duel(a: Floats, b: Floats, w: Floats, v: Floats) -> int:
    won = [min(p, q) for x, y, p, q in zip(a, b, w, v, strict=True) if x > y]
    lost = [min(p, q) for x, y, p, q in zip(a, b, w, v, strict=True) if x < y]
    ahead, behind = math.fsum(won), math.fsum(lost)
    if math.isclose(ahead, behind, rel_tol=1e-11, abs_tol=1e-12):
        return 0
    return 1 if ahead > behind else -1


def nearness(z: Floats, w: Floats, pool: Floats) -> list[float]:
    """TOPSIS closeness [unit] by hypotenuses; `pool` are the rows of best and worst."""
    best = [max((x for x in c if not math.isnan(x)), default=math.nan) for c in pool.T.tolist()]
    worst = [min((x for x in c if not math.isnan(x)), default=math.nan) for c in pool.T.tolist()]
    found = []
    for row, weights in zip(z.tolist(), w.tolist(), strict=True):
        there = [j for j, x in enumerate(row) if not math.isnan(x) and weights[j] > 0]
        far = math.hypot(*(weights[j] * (best[j] - row[j]) for j in there))
        near = math.hypot(*(weights[j] * (row[j] - worst[j]) for j in there))
        found.append(math.nan if not there else near / (far + near) if far + near else 0.5)
    return found


def enveloped(z: Floats, least: float, most: float) -> list[float]:
    """Benefit of the doubt [unit] by the dual programme: the smallest sum of peers that covers.

    min sum_k a_k subject to sum_k a_k z_kj + (shares) >= z_ij, a >= 0. Equal to the primal optimum.
    """
    from scipy.optimize import linprog

    fit = [not np.isnan(row).any() and (row >= 0).all() for row in z]
    peers = z[fit]
    found = []
    for row, good in zip(z, fit, strict=True):
        if not good:
            found.append(math.nan)
            continue
        rules = np.vstack([peers, least * row - np.diag(row), np.diag(row) - most * row])
        cost = np.concatenate([np.ones(len(peers)), np.zeros(2 * len(row))])
        answer = linprog(cost, A_ub=-rules.T, b_ub=-row, method="highs")
        found.append(float(answer.fun) if answer.status == 0 else math.nan)
    return found
