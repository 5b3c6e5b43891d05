"""Inequality between units: Gini, Theil with its parts, Dagum with its parts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from qiying.engines.composite._cube import Floats


@dataclass(frozen=True, slots=True)
class Parts:
    """An index and what it is made of; `overlap` is of Dagum alone (超变密度)."""

    total: float
    within: float
    between: float
    overlap: float = 0.0


def gini(x: Floats, population: Floats | None = None) -> float:
    """Half the mean difference of two draws over the mean: sum_ij p_i p_j |x_i - x_j| / (2 m).

    `population` weighs the units; without it all count the same. By sorting, not by pairs.
    """
    p = _shares(x, population)
    order = np.argsort(x, kind="stable")
    p, y = p[order], (p * x)[order]
    before = np.cumsum(p) - p / 2
    return float(2 * (before * y).sum() / y.sum() - 1)


def theil(
    x: Floats, groups: Sequence[str], population: Floats | None = None, *, kind: str = "T"
) -> Parts:
    """Theil's T (weights by income) or L (by population) with the parts between and within groups.

    T = sum y_i ln(y_i / p_i), L = sum p_i ln(p_i / y_i), y and p the shares of income and people;
    both are exactly the sum of the index of the groups' means and the groups' own, weighted.
    """
    p = _shares(x, population)
    y = p * x / (p * x).sum()
    names = np.asarray(groups)
    between = within = 0.0
    for name in np.unique(names):
        own = names == name
        pg, yg = float(p[own].sum()), float(y[own].sum())
        weight, inner = (
            (yg, _theil(p[own] / pg, y[own] / yg, kind))
            if kind == "T"
            else (
                pg,
                _theil(p[own] / pg, y[own] / yg, kind),
            )
        )
        within += weight * inner
        between += yg * np.log(yg / pg) if kind == "T" else pg * np.log(pg / yg)
    return Parts(_theil(p, y, kind), within, float(between))


def dagum(x: Floats, groups: Sequence[str], population: Floats | None = None) -> Parts:
    """Gini within groups, net between groups, and from the overlap of groups; the sum is Gini.

    With G_jh the mean difference between groups over the sum of their means and D_jh their
    relative affluence (d - p) / (d + p): net = sum G_jh (p_j s_h + p_h s_j) D_jh, overlap the same
    with 1 - D_jh. Source: C. Dagum, Empirical Economics 22 (1997).
    """
    p = _shares(x, population)
    mean = float((p * x).sum())
    names = np.asarray(groups)
    kinds = [names == name for name in np.unique(names)]
    within = between = overlap = 0.0
    for place, one in enumerate(kinds):
        within += _distance(x, p, one, one)[0] / (2 * mean)
        for other in kinds[:place]:
            gap, ahead = _distance(x, p, one, other)
            between += abs(ahead) / mean
            overlap += (gap - abs(ahead)) / mean
    return Parts(within + between + overlap, within, between, overlap)


def _distance(x: Floats, p: Floats, one: Floats, other: Floats) -> tuple[float, float]:
    """Sum over pairs of shares x |difference|, and of shares x difference."""
    difference = x[one][:, None] - x[other][None, :]
    weight = p[one][:, None] * p[other][None, :]
    return float((weight * np.abs(difference)).sum()), float((weight * difference).sum())


def _theil(p: Floats, y: Floats, kind: str) -> float:
    top, below = (y, p) if kind == "T" else (p, y)
    there = top > 0
    return float((top[there] * np.log(top[there] / below[there])).sum())


def _shares(x: Floats, population: Floats | None) -> Floats:
    raw = np.ones(len(x)) if population is None else np.asarray(population, dtype=np.float64)
    return np.asarray(raw / raw.sum())
