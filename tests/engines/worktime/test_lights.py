"""Elapsed time, shares and lights."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines.worktime import (
    SHANGHAI,
    Calendar,
    Params,
    Pause,
    Rule,
    due,
    elapsed,
    light,
    net_share,
)

TEN_DAYS = Rule("working_days", 10)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


START = at("2026-03-02T10:00")


def pause(from_at: str, to_at: str | None, *, is_excluded: bool = True) -> Pause:
    return Pause(at(from_at), at(to_at) if to_at else None, "x", is_excluded)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-02T10:00", "green"),
        ("2026-03-10T17:29", "green"),  # six of ten
        ("2026-03-11T17:29", "green"),
        ("2026-03-11T17:30", "yellow"),  # the seventh has closed
        ("2026-03-16T17:30", "yellow"),  # the very end is still in time
        ("2026-03-16T17:31", "red"),
    ],
)
def test_a_clock_of_ten_days_turns_yellow_at_seventy_per_cent_and_red_after_its_end(
    calendar: Calendar, now: str, expected: str
) -> None:
    deadline = due(START, TEN_DAYS, calendar)

    assert light(at(now), START, TEN_DAYS, deadline, calendar) == expected


@pytest.mark.parametrize("kind", ["working_days", "natural_days"])
def test_a_clock_in_days_is_yellow_with_one_working_day_left(
    calendar: Calendar, kind: Any
) -> None:
    rule = Rule(kind, 3)
    deadline = due(START, rule, calendar)
    patient = Params(yellow_share=1.0)

    def shown(now: str) -> str:
        return light(at(now), START, rule, deadline, calendar, params=patient)

    assert shown("2026-03-04T17:29") == "green"
    assert shown("2026-03-04T17:30") == "yellow"


def test_a_clock_in_hours_is_not_yellow_only_because_it_is_short(calendar: Calendar) -> None:
    rule = Rule("working_hours", 4)
    deadline = due(START, rule, calendar)

    def shown(now: str) -> str:
        return light(at(now), START, rule, deadline, calendar)

    assert deadline.due_at == at("2026-03-02T15:30")
    assert shown("2026-03-02T10:01") == "green"
    assert shown("2026-03-02T13:30") == "green"
    assert shown("2026-03-02T14:18") == "yellow"
    assert shown("2026-03-02T15:31") == "red"


def test_a_running_pause_is_grey_and_only_a_visible_one_is_not(calendar: Calendar) -> None:
    rows = [pause("2026-03-04T10:00", None)]
    shown_only = [pause("2026-03-04T10:00", None, is_excluded=False)]
    now = at("2026-03-05T10:00")

    for ledger, expected in ((rows, "grey"), (shown_only, "green")):
        deadline = due(START, TEN_DAYS, calendar, pauses=ledger)
        assert light(now, START, TEN_DAYS, deadline, calendar, pauses=ledger) == expected
    ended = [pause("2026-03-04T10:00", "2026-03-05T10:00")]
    deadline = due(START, TEN_DAYS, calendar, pauses=ended)
    assert light(now, START, TEN_DAYS, deadline, calendar, pauses=ended) == "green"


def test_a_pause_that_begins_after_the_end_does_not_hide_the_red(calendar: Calendar) -> None:
    rows = [pause("2026-03-17T10:00", None)]
    deadline = due(START, TEN_DAYS, calendar, pauses=rows)
    now = at("2026-03-18T10:00")

    assert light(now, START, TEN_DAYS, deadline, calendar, pauses=rows) == "red"


def test_a_pause_that_outlasts_its_planned_end_turns_red_when_the_promise_passes(
    calendar: Calendar,
) -> None:
    row = Pause(at("2026-03-04T10:00"), None, "x", expected_to_at=at("2026-03-06T10:00"))
    deadline = due(START, TEN_DAYS, calendar, pauses=[row])

    def shown(now: datetime) -> str:
        return light(now, START, TEN_DAYS, deadline, calendar, pauses=[row])

    assert shown(deadline.due_at) == "grey"
    assert shown(deadline.due_at + timedelta(minutes=1)) == "red"


def test_what_is_listed_for_supervision_is_purple_whatever_the_clock_says(
    calendar: Calendar,
) -> None:
    deadline = due(START, TEN_DAYS, calendar)

    for now in (START, at("2026-04-30T10:00")):
        shown = light(now, START, TEN_DAYS, deadline, calendar, is_listed=True)
        assert shown == "purple"


def test_a_pause_gives_back_its_share_of_the_net_clock(calendar: Calendar) -> None:
    rows = [pause("2026-03-04T10:00", "2026-03-09T10:00")]
    deadline = due(START, TEN_DAYS, calendar, pauses=rows)
    now = at("2026-03-11T20:00")

    assert net_share(now, START, TEN_DAYS, deadline, calendar) == 0.7
    assert net_share(now, START, TEN_DAYS, deadline, calendar, pauses=rows) == 0.4
    assert light(now, START, TEN_DAYS, deadline, calendar, pauses=rows) == "green"


def test_gross_and_net_durations_are_told_together_to_the_minute(calendar: Calendar) -> None:
    rows = [
        pause("2026-03-03T09:00", "2026-03-03T11:00"),
        pause("2026-03-03T10:00", "2026-03-03T15:00"),
        pause("2026-03-03T12:10", "2026-03-03T12:20", is_excluded=False),
    ]
    found = elapsed(START, at("2026-03-04T09:30"), "working_hours", calendar, rows)

    assert found.gross == 2 + 4 + 7.5 + 1
    assert found.net == found.gross - 4.5


def test_an_open_pause_runs_on_while_elapsed_time_is_read(calendar: Calendar) -> None:
    rows = [pause("2026-03-04T10:00", None)]

    for now in ("2026-03-04T17:30", "2026-03-20T10:00"):
        assert elapsed(START, at(now), "working_days", calendar, rows).net == 1


@given(st.from_type(datetime), st.from_type(Rule), st.from_type(Calendar), st.data())
def test_without_pauses_the_light_only_ever_goes_from_green_to_yellow_to_red(
    start_at: datetime, rule: Rule, calendar: Calendar, data: st.DataObject
) -> None:
    deadline = due(start_at, rule, calendar)
    length = (deadline.due_at - start_at) / timedelta(minutes=1)
    minutes = data.draw(st.lists(st.floats(0, 1.5), min_size=2, max_size=6).map(sorted))
    order = ["green", "yellow", "red"]

    shown = [
        light(start_at + timedelta(minutes=share * length), start_at, rule, deadline, calendar)
        for share in minutes
    ]
    assert shown == sorted(shown, key=order.index)


@pytest.mark.parametrize(
    "wrong",
    [
        {"yellow_share": 0.0},
        {"yellow_share": 1.1},
        {"max_pauses": -1},
        {"max_paused_days": -1},
        {"yellow_working_days": -1},
    ],
)
def test_parameters_without_meaning_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"yellow_share|negative"):
        Params(**wrong)
