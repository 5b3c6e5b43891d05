"""Stories are stopped on the way, and waits become moments of the work calendar."""

from collections import Counter
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.config.cli.worktime import seed_calendar
from qiying.demo.clock import Clock
from qiying.demo.plan import FIRST_DAY, LAST_DAY, DayError, make_plan, nearest_day
from qiying.demo.story_rhythm import SHANGHAI
from qiying.demo.story_steps import Wait

CLOCK = Clock(seed_calendar())
FIRST = datetime(2024, 11, 20, tzinfo=SHANGHAI)
MOMENTS = st.integers(0, 760 * 24 * 3600).map(lambda seconds: FIRST + timedelta(seconds=seconds))


def test_a_plan_is_the_same_every_time() -> None:
    one, other = (make_plan(7, date(2026, 11, 22), is_small=True) for _ in range(2))
    assert one == other


def test_the_last_weeks_stop_at_every_kind_of_step() -> None:
    plan = make_plan(7, date(2026, 11, 22))
    live = [story for story in plan.stories if story.fate == "live"]
    last = Counter(story.steps[-1].name if story.steps else "" for story in live)
    assert last.keys() >= {
        *("", "ask_info", "accept", "dispatch", "dispute", "contact", "schedule"),
        *("propose_pause", "approve_pause", "answer", "review_return", "review_pass"),
        *("attempt_callback", "callback_reject"),
    }
    assert len(live) == 32
    first = min(story.submitted_at for story in live)
    assert first > plan.ends_at - timedelta(days=60)


@pytest.mark.parametrize("day", [FIRST_DAY, date(2026, 10, 8), date(2027, 2, 18), LAST_DAY])
def test_other_days_and_holidays_have_open_calls_too(day: date) -> None:
    plan = make_plan(7, day)
    assert sum(story.fate == "live" for story in plan.stories) == 32


@pytest.mark.parametrize("day", [FIRST_DAY - timedelta(days=1), LAST_DAY + timedelta(days=1)])
def test_days_without_both_reforms_in_sight_are_refused(day: date) -> None:
    with pytest.raises(DayError):
        make_plan(7, day)
    assert FIRST_DAY <= nearest_day(day) <= LAST_DAY


@given(after=MOMENTS, minutes=st.floats(1, 6000), share=st.floats(0.05, 2))
def test_no_step_comes_before_the_one_before(
    after: datetime, minutes: float, share: float
) -> None:
    started_at, due_at = after - timedelta(days=3), after + timedelta(days=4)
    for wait in (Wait("working", minutes), Wait("clock", minutes), Wait("share", share)):
        assert CLOCK.moment(wait, after, started_at, due_at) > after


def test_a_share_of_the_time_is_counted_in_working_time() -> None:
    friday = datetime(2026, 11, 20, 8, 30, tzinfo=SHANGHAI)
    tuesday = datetime(2026, 11, 24, 17, 30, tzinfo=SHANGHAI)
    half = CLOCK.moment(Wait("share", 0.5), friday, friday, tuesday)
    assert half.date() == date(2026, 11, 23)
    assert CLOCK.moment(Wait("share", 1.2), friday, friday, tuesday) > tuesday


def test_a_short_time_on_a_sunday_runs_by_the_clock() -> None:
    sunday = datetime(2026, 11, 22, 9, 0, tzinfo=SHANGHAI)
    half = CLOCK.moment(Wait("share", 0.5), sunday, sunday, sunday + timedelta(hours=2))
    assert half >= sunday + timedelta(hours=1)
