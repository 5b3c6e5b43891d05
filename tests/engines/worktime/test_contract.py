"""The contract that every engine keeps."""

import copy
import doctest
import inspect
from dataclasses import FrozenInstanceError, fields, replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines import worktime
from qiying.engines.worktime import REASON_CODES, Calendar, Pause, Rule, check, due

ledgers = st.lists(st.from_type(Pause), max_size=6)


@given(st.from_type(datetime), st.from_type(Rule), st.from_type(Calendar), ledgers)
def test_the_same_input_gives_the_same_deadline_and_stays_as_it_was(
    start_at: datetime, rule: Rule, calendar: Calendar, pauses: list[Pause]
) -> None:
    before = copy.deepcopy((start_at, rule, calendar, pauses))
    first = due(start_at, rule, calendar, pauses=pauses)
    afresh = due(*before[:3], pauses=before[3])

    assert first == due(start_at, rule, calendar, pauses=pauses) == afresh
    assert (start_at, rule, calendar, pauses) == before
    assert repr(first) == repr(afresh)


@given(st.from_type(datetime), st.from_type(Rule), st.from_type(Calendar), ledgers)
def test_every_reason_has_a_published_code_and_they_come_in_that_order(
    start_at: datetime, rule: Rule, calendar: Calendar, pauses: list[Pause]
) -> None:
    reasons = due(start_at, rule, calendar, pauses=pauses).reasons
    places = [REASON_CODES.index(reason.code) for reason in reasons]

    assert places == sorted(places)
    for reason in reasons:
        assert all(isinstance(value, int | float) for _, value in reason.numbers)


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("due_at", lambda value: value + timedelta(minutes=1)),
        ("legal_due_at", lambda value: value - timedelta(days=1)),
        ("promised_due_at", lambda value: value + timedelta(days=1)),
        ("due_on", lambda value: value + timedelta(days=1)),
        ("is_provisional", lambda value: not value),
        ("unknown_years", lambda value: (*value, 2031)),
        ("paused_until", lambda _: datetime(2026, 3, 1, tzinfo=worktime.SHANGHAI)),
        ("gross", lambda value: value + 1),
        ("net", lambda value: value - 1),
        ("calendar_version", lambda value: f"{value}?"),
    ],
)
def test_the_checker_sees_each_single_falsehood(
    calendar: Calendar, name: str, change: Any
) -> None:
    start_at = datetime(2026, 2, 13, 10, tzinfo=worktime.SHANGHAI)
    rule = Rule("working_days", 5)
    deadline = due(start_at, rule, calendar)
    false = replace(deadline, **{name: change(getattr(deadline, name))})

    assert [row.code for row in check(start_at, rule, calendar, (), false)] == [name]


def test_the_checker_judges_everything_but_the_reasons() -> None:
    judged = {
        "due_at", "legal_due_at", "promised_due_at", "due_on", "is_provisional",
        "unknown_years", "paused_until", "gross", "net", "calendar_version",
    }  # fmt: skip

    assert {field.name for field in fields(worktime.Deadline)} - judged == {"reasons"}


def test_all_public_names_are_exported_and_documented() -> None:
    public = {
        name
        for name, value in vars(worktime).items()
        if not name.startswith("_") and not inspect.ismodule(value)
    }

    assert set(worktime.__all__) == public
    assert len(set(worktime.__all__)) == len(worktime.__all__)
    for name in public:
        value = getattr(worktime, name)
        if inspect.isclass(value) or inspect.isfunction(value):
            assert value.__doc__, name


def test_the_example_in_the_package_runs() -> None:
    assert doctest.testmod(worktime).failed == 0


def test_plain_values_are_frozen_and_a_copy_is_as_good(calendar: Calendar) -> None:
    deadline = due(
        datetime(2026, 2, 13, 10, tzinfo=worktime.SHANGHAI), Rule("working_days", 5), calendar
    )

    for value in (calendar, calendar.hours, deadline, *deadline.reasons, worktime.Params()):
        assert copy.deepcopy(value) == value
        with pytest.raises(FrozenInstanceError):
            setattr(value, fields(value)[0].name, None)
    again = copy.deepcopy(calendar)
    assert hash(calendar) == hash(again)
    assert worktime.add_working_days(date(2026, 2, 13), 5, again) == date(2026, 2, 27)


def test_the_version_is_a_plain_string() -> None:
    assert worktime.VERSION.count(".") == 2
