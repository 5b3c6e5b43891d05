"""How well scores tell good from bad, how well probabilities fit, how stable a population is."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from qiying.engines.scorecard.statistical._sample import Flags, Floats

STABLE, SHIFTED = 0.10, 0.25
"""Bounds of the population stability index: below the first nothing moved, above the second much."""


@dataclass(frozen=True, slots=True)
class Power:
    """Area under the curve, greatest distance of the two distributions, mean squared error,
    and the mean distance of forecast and outcome over tenths of the cases (0 to 1 all of them)."""

    auc: float
    ks: float
    brier: float
    calibration: float


def power(risk: Floats, bad: Flags) -> Power:
    """Judge probabilities of turning bad against what happened."""
    return Power(
        auc(risk, bad), ks(risk, bad), float(((risk - bad) ** 2).mean()), error(risk, bad)
    )


def auc(risk: NDArray[np.floating] | NDArray[np.integer], bad: Flags) -> float:
    """Chance that a bad case has the higher risk than a good one, ties by half."""
    ranks, many = rankdata(risk), float(bad.sum())
    others = len(bad) - many
    return float((ranks[bad].sum() - many * (many + 1) / 2) / (many * others))


def ks(risk: Floats, bad: Flags) -> float:
    """Greatest distance between the distributions of risk of bad and good cases."""
    order = np.argsort(risk, kind="stable")
    turned, others = bad[order].cumsum() / bad.sum(), (~bad[order]).cumsum() / (~bad).sum()
    is_last = np.append(np.diff(risk[order]) > 0, True)
    return float(np.abs(turned - others)[is_last].max())


def error(risk: Floats, bad: Flags, *, groups: int = 10) -> float:
    """Expected calibration error: |forecast - outcome| over groups of like risk, by their size."""
    order = np.argsort(risk, kind="stable")
    parts = [part for part in np.array_split(order, groups) if len(part)]
    return float(
        sum(abs(risk[part].mean() - bad[part].mean()) * len(part) for part in parts) / len(risk)
    )


def stability(expected: NDArray[np.integer], actual: NDArray[np.integer]) -> float:
    """Population stability index of counts by bin: sum of (a - e) ln(a / e) over their shares.

    A bin that is empty on one side counts as half a case there.
    """
    e, a = (np.maximum(n, 0.5) / np.maximum(n, 0.5).sum() for n in (expected, actual))
    return float(((a - e) * np.log(a / e)).sum())
