"""Before and after the measure: counts against a naive recount, intervals against the library."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from qiying.slices.class_issues.rules import BINS, Trend, recurrence
from qiying.slices.class_issues.rules.recurrence import poisson_interval, rate, ratio_interval

LANDED = datetime(2026, 6, 1, 2, 0, tzinfo=UTC)
moments = st.lists(
    st.integers(-60 * 24, 60 * 24).map(lambda h: LANDED + timedelta(hours=h)), max_size=40
)


@given(moments, st.integers(14, 50), st.integers(0, 70))
def test_the_counts_are_those_of_a_naive_recount(
    given_moments: Sequence[datetime], window: int, passed: int
) -> None:
    now = LANDED + timedelta(days=passed)
    found = recurrence(given_moments, landed_at=LANDED, window_days=window, now=now)
    before = after = 0
    for at in given_moments:
        hours = (at - LANDED).total_seconds() / 3600
        if at > now:
            continue
        if -window * 24 <= hours < 0:
            before += 1
        elif 0 <= hours < window * 24:
            after += 1

    assert (found.before.count, found.so_far) == (before, after)
    assert (sum(found.bars[:BINS]), sum(found.bars[BINS:])) == (before, after)
    assert found.is_over == (passed >= window)
    if found.is_over:
        assert found.after is not None
        assert found.after.count == after
        assert found.is_fewer == (after < before)
    else:
        assert (found.after, found.ratio, found.trend) == (None, None, Trend.TOO_EARLY)
        assert not found.is_fewer


@pytest.mark.parametrize("count", [0, 1, 2, 7, 30, 200])
def test_the_interval_of_a_rate_is_garwoods(count: int) -> None:
    low, high = poisson_interval(count)
    assert low == pytest.approx(stats.chi2.ppf(0.025, 2 * count) / 2 if count else 0, abs=1e-6)
    assert high == pytest.approx(stats.chi2.ppf(0.975, 2 * count + 2) / 2, rel=1e-6)
    found = rate(count, 60)
    assert (found.rate, found.low) == pytest.approx((count / 2, low / 2))


@pytest.mark.parametrize(("before", "after"), [(6, 0), (8, 1), (5, 5), (1, 9), (0, 4), (40, 11)])
def test_the_interval_of_the_ratio_is_clopper_and_pearsons(before: int, after: int) -> None:
    low, high = ratio_interval(before, after)
    exact = stats.binomtest(after, before + after).proportion_ci(method="exact")
    assert low == pytest.approx(exact.low / (1 - exact.low), rel=1e-6, abs=1e-9)
    if before:
        assert high == pytest.approx(exact.high / (1 - exact.high), rel=1e-6)
    else:
        assert high is None


def _said(before: int, after: int) -> Trend:
    made = [LANDED - timedelta(days=n % 29 + 1) for n in range(before)]
    made += [LANDED + timedelta(days=n % 29) for n in range(after)]
    later = LANDED + timedelta(days=30)
    return recurrence(made, landed_at=LANDED, window_days=30, now=later).trend


def test_what_may_be_chance_is_not_called_a_fall() -> None:
    assert _said(3, 1) == Trend.UNCLEAR
    assert _said(6, 0) == Trend.FELL
    assert _said(9, 1) == Trend.FELL
    assert _said(1, 9) == Trend.ROSE
    assert _said(0, 0) == Trend.UNCLEAR


def test_nothing_is_said_until_the_last_hour_of_the_window() -> None:
    made = [LANDED - timedelta(days=n) for n in range(1, 9)]
    ends = LANDED + timedelta(days=30)
    early = recurrence(made, landed_at=LANDED, window_days=30, now=ends - timedelta(seconds=1))
    assert early.trend == Trend.TOO_EARLY
    assert recurrence(made, landed_at=LANDED, window_days=30, now=ends).trend == Trend.FELL
