"""How far readers agree: Krippendorff's alpha and intraclass correlation.

Sources: K. Krippendorff, "Computing Krippendorff's alpha-reliability" (2011); P. E. Shrout and
J. L. Fleiss, "Intraclass correlations: uses in assessing rater reliability", Psychological
Bulletin 86 (1979) 420-428.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from qiying.engines.selection._problem import Score
from qiying.engines.selection._result import Agreement, Icc

Floats = NDArray[np.float64]
TOLD = 5
CONFIDENCE = 0.95


def krippendorff(
    table: Sequence[Sequence[float | None]], *, level: str = "interval"
) -> float | None:
    """Alpha of a table of units (rows) by readers (columns); None stands for no value.

    ``level`` is ``nominal`` or ``interval``. None when fewer than two values can be paired or
    nothing varies.
    """
    units = [[float(v) for v in row if v is not None] for row in table]
    return _alpha([np.array(row) for row in units if len(row) > 1], level)


def _alpha(units: Sequence[Floats], level: str) -> float | None:
    if not units:
        return None
    values = np.concatenate(units)
    expected = _distance(values, level) / (len(values) * (len(values) - 1))
    if expected <= 0:
        return None
    seen = sum(_distance(u, level) / (len(u) - 1) for u in units) / len(values)
    return float(1 - seen / expected)


def _distance(values: Floats, level: str) -> float:
    """The sum of distances over all ordered pairs."""
    if level == "nominal":
        _kinds, counts = np.unique(values, return_counts=True)
        return float(len(values) ** 2 - (counts**2).sum())
    centred = values - values.mean()
    return float(2 * len(values) * (centred**2).sum())


def icc(table: Sequence[Sequence[float]]) -> Icc:
    """Intraclass correlations of entries (rows) by readers (columns), complete.

    Raises
    ------
    ValueError
        Fewer than two rows or columns, or rows of different lengths.
    """
    values = np.array(table, float)
    if values.ndim != 2 or min(values.shape) < 2:
        raise ValueError("two entries and two readers at least")
    n, k = values.shape
    whole = values.mean()
    rows, columns = values.mean(axis=1), values.mean(axis=0)
    between = k * ((rows - whole) ** 2).sum() / (n - 1)
    within = ((values - rows[:, None]) ** 2).sum() / (n * (k - 1))
    judges = n * ((columns - whole) ** 2).sum() / (k - 1)
    rest = values - rows[:, None] - columns[None, :] + whole
    error = (rest**2).sum() / ((n - 1) * (k - 1))
    low, high = _interval(between, within, n, k)
    return Icc(
        one=_share(between - within, between + (k - 1) * within),
        one_mean=_share(between - within, between),
        two=_share(between - error, between + (k - 1) * error + k * (judges - error) / n),
        two_mean=_share(between - error, between + (judges - error) / n),
        three=_share(between - error, between + (k - 1) * error),
        three_mean=_share(between - error, between),
        low=low,
        high=high,
    )


def _share(above: float, below: float) -> float | None:
    return float(above / below) if abs(below) > 1e-12 else None


def _interval(between: float, within: float, n: int, k: int) -> tuple[float | None, float | None]:
    """The interval of ICC(1,1) by the F distribution."""
    if within <= 1e-12:
        return None, None
    from scipy import stats

    ratio, tail = between / within, 1 - (1 - CONFIDENCE) / 2
    low = ratio / stats.f.ppf(tail, n - 1, n * (k - 1))
    high = ratio * stats.f.ppf(tail, n * (k - 1), n - 1)
    return float((low - 1) / (low + k - 1)), float((high - 1) / (high + k - 1))


def agreement(scores: Iterable[Score]) -> Agreement:
    """How far readers agree on entries, each read by readers of its own.

    Correlation is one-way, over the entries read by as many as most are; alpha is over all that
    two or more read.
    """
    rows = sorted(scores, key=lambda s: (s.entry, s.reviewer))
    groups = {e: [s.value for s in g] for e, g in groupby(rows, key=lambda s: s.entry)}
    units = {e: np.array(v) for e, v in groups.items() if len(v) > 1}
    spans = sorted(((e, float(np.ptp(v))) for e, v in units.items()), key=lambda p: (-p[1], p[0]))
    found = _one_way(list(units.values()))
    return Agreement(
        alpha=_alpha(list(units.values()), "interval"),
        icc=found.one if found else None,
        icc_mean=found.one_mean if found else None,
        low=found.low if found else None,
        high=found.high if found else None,
        entries=len(units),
        scores=sum(map(len, units.values())),
        widest=tuple(spans[:TOLD]),
    )


def _one_way(units: Sequence[Floats]) -> Icc | None:
    sizes = [len(u) for u in units]
    if not sizes:
        return None
    usual = max(sorted(set(sizes)), key=sizes.count)
    whole = [u.tolist() for u in units if len(u) == usual]
    return icc(whole) if len(whole) > 1 else None
