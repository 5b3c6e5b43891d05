"""The seed agrees with two independent libraries, and the index with plain counting."""

import json
from datetime import date, time, timedelta
from importlib.resources import files

import chinese_calendar
import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines.worktime import (
    BusinessHours,
    Calendar,
    add_working_days,
    subtract_working_days,
    working_days_between,
)

DAYS = [date(2024, 1, 1) + timedelta(days=n) for n in range(1096)]
near = st.dates(date(2023, 10, 1), date(2027, 4, 1))


def test_the_seed_says_of_each_day_of_three_years_what_both_libraries_say(
    calendar: Calendar,
) -> None:
    peer = holidays.country_holidays("CN", years=(2024, 2025, 2026))

    assert DAYS[-1] == date(2026, 12, 31)
    for day in DAYS:
        assert calendar.is_working_day(day) == chinese_calendar.is_workday(day), day
        assert calendar.is_working_day(day) == peer.is_working_day(day), day
        assert calendar.is_known(day)


def test_the_seed_names_its_sources_and_holds_no_superfluous_day() -> None:
    seed = files("qiying.slices.registry") / "seeds" / "work_calendar.json"
    notices = json.loads(seed.read_text(encoding="utf-8"))["notices"]

    assert [row["year"] for row in notices] == [2024, 2025, 2026]
    for row in notices:
        assert row["name_zh"]
        assert row["name_en"]
        assert row["number"].startswith("国办发明电")
        assert {row["grade"], row["number_grade"]} <= {"A", "B", "C", "K"}
        assert date.fromisoformat(row["issued_on"]).year == row["year"] - 1
        rest, work = ([date.fromisoformat(d) for d in row[k]] for k in ("rest_days", "work_days"))
        assert rest == sorted(set(rest))
        assert work == sorted(set(work))
        assert {day.year for day in rest + work} == {row["year"]}
        assert all(day.isoweekday() <= 5 for day in rest)
        assert all(day.isoweekday() > 5 for day in work)


def test_a_year_without_notice_works_from_monday_to_friday_and_is_not_known(
    calendar: Calendar,
) -> None:
    for day in (date(2027, 1, 1), date(2027, 10, 1), date(2031, 5, 1)):
        assert not calendar.is_known(day)
        assert calendar.is_working_day(day) == (day.isoweekday() <= 5)


def test_a_day_cannot_both_rest_and_work() -> None:
    day = frozenset({date(2026, 2, 14)})

    with pytest.raises(ValueError, match="both"):
        Calendar("x", day, day, frozenset())


def test_a_weekend_day_among_the_rest_days_changes_nothing() -> None:
    saturday = date(2026, 3, 7)
    plain = Calendar("x", frozenset(), frozenset(), frozenset())
    noisy = Calendar("x", frozenset({saturday}), frozenset(), frozenset())

    assert add_working_days(date(2026, 3, 6), 3, noisy) == add_working_days(
        date(2026, 3, 6), 3, plain
    )


@pytest.mark.parametrize(
    "spans",
    [
        (),
        ((time(9, 0), time(9, 0)),),
        ((time(9, 0), time(12, 0)), (time(11, 0), time(17, 0))),
        ((time(13, 0), time(17, 0)), (time(9, 0), time(12, 0))),
    ],
)
def test_business_hours_that_are_empty_or_overlap_are_refused(
    spans: tuple[tuple[time, time], ...],
) -> None:
    with pytest.raises(ValueError, match="business hours"):
        BusinessHours(spans)


def test_the_usual_business_hours_open_at_half_past_eight_and_close_at_half_past_five() -> None:
    hours = BusinessHours()

    assert (hours.opening, hours.closing) == (time(8, 30), time(17, 30))
    assert timedelta(microseconds=hours.length) == timedelta(hours=7, minutes=30)


@given(st.from_type(Calendar), near, near)
def test_the_count_between_two_days_is_what_plain_counting_gives(
    calendar: Calendar, one: date, other: date
) -> None:
    start_on, end_on = min(one, other), max(one, other)
    days = [start_on + timedelta(days=n + 1) for n in range((end_on - start_on).days)]
    counted = sum(map(calendar.is_working_day, days))

    assert working_days_between(start_on, end_on, calendar) == counted
    assert working_days_between(end_on, start_on, calendar) == -counted


@given(st.from_type(Calendar), near, st.integers(1, 300))
def test_the_nth_working_day_is_what_walking_finds(
    calendar: Calendar, day: date, amount: int
) -> None:
    found = day
    for _ in range(amount):
        found += timedelta(days=1)
        while not calendar.is_working_day(found):
            found += timedelta(days=1)

    assert add_working_days(day, amount, calendar) == found


@given(st.from_type(Calendar), near, st.integers(0, 300))
def test_adding_and_subtracting_undo_each_other_on_working_days(
    calendar: Calendar, day: date, amount: int
) -> None:
    working = add_working_days(day, 1, calendar)

    there = add_working_days(working, amount, calendar)
    back = subtract_working_days(working, amount, calendar)
    assert subtract_working_days(there, amount, calendar) == working
    assert add_working_days(back, amount, calendar) == working


@given(st.from_type(Calendar), near)
def test_nothing_added_is_the_same_day_and_less_than_nothing_is_refused(
    calendar: Calendar, day: date
) -> None:
    assert add_working_days(day, 0, calendar) == day
    assert subtract_working_days(day, 0, calendar) == day
    for count in (add_working_days, subtract_working_days):
        with pytest.raises(ValueError, match="negative"):
            count(day, -1, calendar)


def test_the_day_before_a_rest_day_is_one_working_day_back(calendar: Calendar) -> None:
    assert subtract_working_days(date(2026, 2, 20), 1, calendar) == date(2026, 2, 14)
