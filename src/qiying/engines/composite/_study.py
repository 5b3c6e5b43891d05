"""What a table is like: statistics, correlations, consistency, components.

Tables are [unit, member] of one year, NaN missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qiying.engines.composite._cube import Floats
from qiying.engines.composite._moments import kurtosis, skewness
from qiying.engines.composite._weights import correlations

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Limits:
    """From where on something is flagged."""

    available: float = 0.65
    not_zero: float = 0.5
    unique: float = 0.5
    skew: float = 2.0
    kurtosis: float = 3.5


@dataclass(frozen=True, slots=True)
class Statistics:
    """One column. ``quantiles`` are at `QUANTILES`; shares are of all units; NaN is unknown.

    ``flags``: ``missing``, ``zeros``, ``few_values``, ``outliers`` (skewness and kurtosis both).
    """

    code: str
    known: int
    not_zero: int
    unique: int
    mean: float
    deviation: float
    skew: float
    kurtosis: float
    quantiles: tuple[float, ...]
    flags: tuple[str, ...]


def statistics(
    table: Floats, codes: Sequence[str], limits: Limits | None = None
) -> tuple[Statistics, ...]:
    """Statistics of every column; the shares of known, not nought and distinct of all rows."""
    bars = limits or Limits()
    return tuple(_of_column(code, x, bars) for code, x in zip(codes, table.T, strict=True))


def _of_column(code: str, column: Floats, bars: Limits) -> Statistics:
    x = column[~np.isnan(column)]
    rows, known = column.size, x.size
    not_zero, unique = int((x != 0).sum()), int(np.unique(x).size)
    skew, kurt = skewness(x), kurtosis(x)
    checks = (
        ("missing", known < bars.available * rows),
        ("zeros", not_zero < bars.not_zero * rows),
        ("few_values", unique < bars.unique * rows),
        ("outliers", abs(skew) > bars.skew and kurt > bars.kurtosis),
    )
    return Statistics(
        code=code,
        known=known,
        not_zero=not_zero,
        unique=unique,
        mean=float(x.mean()) if known else np.nan,
        deviation=float(x.std(ddof=1)) if known > 1 else np.nan,
        skew=skew,
        kurtosis=kurt,
        quantiles=tuple(np.quantile(x, QUANTILES).tolist())
        if known
        else (np.nan,) * len(QUANTILES),
        flags=tuple(name for name, is_so in checks if is_so),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Correlations:
    """``r`` [member, member] over the units that have both, ``n`` how many, ``p`` of no
    correlation (two-sided, t distribution). NaN where one is constant."""

    codes: tuple[str, ...]
    r: Floats
    n: NDArray[np.int32]
    p: Floats


def correlate(table: Floats, codes: Sequence[str], kind: str = "pearson") -> Correlations:
    """Correlations of all pairs: ``pearson``, or ``spearman`` of the ranks that each pair has.

    Raises
    ------
    ValueError
        ``kind`` is neither.
    """
    if kind not in {"pearson", "spearman"}:
        raise ValueError(kind)
    known = (~np.isnan(table)).astype(np.int32)
    n = known.T @ known
    r = correlations(table) if kind == "pearson" else _by_ranks(table)
    return Correlations(tuple(codes), r, n, _chance(r, n))


def _by_ranks(table: Floats) -> Floats:
    from scipy.stats import rankdata

    width = table.shape[1]
    found = np.full((width, width), np.nan)
    for one in range(width):
        for other in range(one, width):
            pair = table[:, [one, other]]
            pair = pair[~np.isnan(pair).any(axis=1)]
            if len(pair) > 1:
                found[one, other] = found[other, one] = correlations(rankdata(pair, axis=0))[0, 1]
    return found


def _chance(r: Floats, n: NDArray[np.int32]) -> Floats:
    from scipy.stats import t

    free = n - 2
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.abs(r) * np.sqrt(np.maximum(free, 0) / (1 - r**2))
        p = 2 * t.sf(size, np.maximum(free, 1))
    return np.where((free > 0) & ~np.isnan(r), p, np.nan)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two members whose correlation deserves a look: ``redundant``, ``contrary`` or ``weak``."""

    one: str
    other: str
    r: float
    p: float
    flag: str


def flagged(
    found: Correlations,
    groups: Sequence[str] | None = None,
    *,
    high: float = 0.9,
    low: float = -0.3,
    weak: float = 0.1,
) -> tuple[Pair, ...]:
    """Pairs, of one group if groups are given (the parents), that stand out, strongest first.

    ``redundant``: r >= `high`; ``contrary``: r <= `low`, so that their mean evens out what they
    say; ``weak``: |r| < `weak`, so that one group says two things.
    """
    kept = []
    for one in range(len(found.codes)):
        for other in range(one + 1, len(found.codes)):
            r = float(found.r[one, other])
            if np.isnan(r) or (groups is not None and groups[one] != groups[other]):
                continue
            flag = _flag(r, high, low, weak)
            if flag:
                p = float(found.p[one, other])
                kept.append(Pair(found.codes[one], found.codes[other], r, p, flag))
    return tuple(sorted(kept, key=lambda pair: -abs(pair.r)))


def _flag(r: float, high: float, low: float, weak: float) -> str:
    if r >= high:
        return "redundant"
    if r <= low:
        return "contrary"
    return "weak" if abs(r) < weak else ""


def cronbach(table: Floats) -> float:
    """k / (k - 1) (1 - sum of variances / sum of covariances), each over the pairs there are.

    NaN for fewer than two members or when the sum of covariances is not above nought.
    Source: L. J. Cronbach, Psychometrika 16 (1951).
    """
    k = table.shape[1]
    if k < 2:
        return float("nan")
    cov = _covariances(table)
    whole = float(cov.sum())
    return float(k / (k - 1) * (1 - np.trace(cov) / whole)) if whole > 0 else float("nan")


def _covariances(table: Floats) -> Floats:
    """Sample covariance of each pair over the rows that have both."""
    known = ~np.isnan(table)
    k = known.astype(np.float64)
    middle = np.where(known, table, 0.0).sum(axis=0) / np.maximum(k.sum(axis=0), 1)
    x = np.where(known, table - middle, 0.0)
    n = k.T @ k
    sums = x.T @ k
    with np.errstate(divide="ignore", invalid="ignore"):
        cov = (x.T @ x - sums * sums.T / n) / (n - 1)
    return np.where(n > 1, cov, np.nan)


@dataclass(frozen=True, slots=True, eq=False)
class Components:
    """Principal components of the correlations, largest first.

    ``shares`` [component] of the variance; ``loadings`` [member, component] are correlations of
    members with components, the largest of each component above nought; ``scores`` [unit,
    component], NaN for units with a gap; ``used`` units.
    """

    values: Floats
    shares: Floats
    loadings: Floats
    scores: Floats
    used: int

    @property
    def kept(self) -> int:
        """Components with an eigenvalue of one and more (Kaiser)."""
        return int((self.values >= 1 - 1e-12).sum())


def components(table: Floats) -> Components:
    """Components of the complete rows; a constant column loads on none."""
    whole = ~np.isnan(table).any(axis=1)
    x = table[whole]
    spread = x.std(axis=0, ddof=1) if len(x) > 1 else np.zeros(x.shape[1])
    safe = np.where(spread > 0, spread, 1.0)
    z = np.where(spread > 0, (x - x.mean(axis=0) if len(x) else x) / safe, 0.0)
    found, vectors = np.linalg.eigh(z.T @ z / max(len(x) - 1, 1))
    values, vectors = np.maximum(found[::-1], 0.0), vectors[:, ::-1]
    largest = np.abs(vectors).argmax(axis=0)
    sign = np.sign(vectors[largest, np.arange(len(values))])
    vectors = vectors * sign
    scores = np.full(table.shape, np.nan)
    scores[whole] = z @ vectors
    total = values.sum()
    shares = values / total if total > 0 else np.zeros_like(values)
    return Components(values, shares, vectors * np.sqrt(values), scores, int(whole.sum()))
