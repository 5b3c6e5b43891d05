"""Does the problem come back? Like calls in equal spans before and after the measure; pure.

Counts of rare events in equal spans are compared by the exact conditional test: given the total,
the count after is binomial with a half if nothing changed. Its interval (C. J. Clopper and
E. S. Pearson, Biometrika 26, 1934) becomes that of the ratio of the two rates; the rate itself has
F. Garwood's interval (Biometrika 28, 1936). Both by bisection on exact sums, no library needed.

A class is raised because calls were many just then; some of a fall would come without any measure.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from qiying.slices.class_issues.rules.codes import Trend

LEVEL = 0.95
PER_DAYS = 30.0
STEPS = 80
BINS = 6
"""Bars on either side of the day on which the measure landed."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Calls in a span, as calls per 30 days with its 95 % interval."""

    count: int
    days: float
    rate: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Recurrence:
    """Before and after; ``after`` and the ratio are None until the span after is over."""

    window_days: int
    landed_at: datetime
    ends_at: datetime
    elapsed_days: float
    so_far: int
    before: Rate
    after: Rate | None
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    trend: Trend
    bars: tuple[int, ...]
    """Counts in ``2 × BINS`` equal spans, the first half before the landing."""

    @property
    def is_over(self) -> bool:
        return self.after is not None

    @property
    def is_fewer(self) -> bool:
        return self.after is not None and self.after.count < self.before.count


def recurrence(
    moments: Iterable[datetime], *, landed_at: datetime, window_days: int, now: datetime
) -> Recurrence:
    """Count like calls in ``window_days`` before the landing and as many after it.

    A call at the very moment of landing counts as after; one at the end of the span not at all.
    """
    span = timedelta(days=window_days)
    starts_at, ends_at = landed_at - span, landed_at + span
    inside = [at for at in moments if starts_at <= at < ends_at and at <= now]
    earlier = sum(at < landed_at for at in inside)
    later = len(inside) - earlier
    is_over = now >= ends_at
    low, high = ratio_interval(earlier, later) if is_over else (None, None)
    return Recurrence(
        window_days=window_days,
        landed_at=landed_at,
        ends_at=ends_at,
        elapsed_days=max(0.0, min(window_days, (now - landed_at) / timedelta(days=1))),
        so_far=later,
        before=rate(earlier, window_days),
        after=rate(later, window_days) if is_over else None,
        ratio=later / earlier if is_over and earlier else None,
        ratio_low=low,
        ratio_high=high,
        trend=_trend(low, high, is_over=is_over),
        bars=_bars(inside, starts_at, 2 * span),
    )


def _trend(low: float | None, high: float | None, *, is_over: bool) -> Trend:
    if not is_over:
        return Trend.TOO_EARLY
    if high is not None and high < 1:
        return Trend.FELL
    if low is not None and low > 1:
        return Trend.ROSE
    return Trend.UNCLEAR


def _bars(moments: Iterable[datetime], starts_at: datetime, whole: timedelta) -> tuple[int, ...]:
    counts = [0] * (2 * BINS)
    for at in moments:
        counts[int((at - starts_at) / whole * 2 * BINS)] += 1
    return tuple(counts)


def rate(count: int, days: float) -> Rate:
    """Calls per 30 days with Garwood's interval for a count of rare events."""
    low, high = poisson_interval(count)
    scale = PER_DAYS / days
    return Rate(count, days, count * scale, low * scale, high * scale)


def poisson_interval(count: int) -> tuple[float, float]:
    """Exact 95 % interval of the mean behind a count."""
    tail = (1 - LEVEL) / 2
    top = 20.0 + 4 * count
    low = _root(lambda mean: 1 - _poisson_up_to(count - 1, mean) - tail, top) if count else 0.0
    high = _root(lambda mean: tail - _poisson_up_to(count, mean), top)
    return low, high


def ratio_interval(before: int, after: int) -> tuple[float | None, float | None]:
    """Exact 95 % interval of the rate after over the rate before, in equal spans.

    The upper end is None when nothing was counted before, both when nothing was counted at all.
    """
    whole = before + after
    if not whole:
        return None, None
    tail = (1 - LEVEL) / 2
    low = _root(lambda p: 1 - _binomial_up_to(after - 1, whole, p) - tail, 1.0) if after else 0.0
    high = _root(lambda p: tail - _binomial_up_to(after, whole, p), 1.0) if before else 1.0
    return low / (1 - low), high / (1 - high) if before else None


def _root(rising: Callable[[float], float], top: float) -> float:
    """Where a rising function crosses zero between 0 and ``top``."""
    low, high = 0.0, top
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if rising(middle) > 0 else (middle, high)
    return (low + high) / 2


def _poisson_up_to(count: int, mean: float) -> float:
    """Probability of at most ``count`` events."""
    if mean <= 0:
        return 1.0
    return math.fsum(
        math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(count + 1)
    )


def _binomial_up_to(count: int, whole: int, share: float) -> float:
    """Probability of at most ``count`` of ``whole``."""
    if share <= 0:
        return 1.0
    if share >= 1:
        return 1.0 if count >= whole else 0.0
    return math.fsum(
        math.exp(
            math.lgamma(whole + 1)
            - math.lgamma(k + 1)
            - math.lgamma(whole - k + 1)
            + k * math.log(share)
            + (whole - k) * math.log1p(-share)
        )
        for k in range(count + 1)
    )
