"""Cases worked out by hand from the notices and the Civil Code."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from qiying.engines.worktime import (
    SHANGHAI,
    Calendar,
    Deadline,
    Pause,
    Rule,
    add_working_days,
    check,
    due,
)

GOLDEN = [
    ("2026-02-13", 1, "2026-02-14"),
    ("2026-02-13", 5, "2026-02-27"),
    ("2026-02-12", 3, "2026-02-24"),
    ("2026-01-01", 1, "2026-01-04"),
    ("2026-01-02", 2, "2026-01-05"),
    ("2026-04-30", 3, "2026-05-08"),
    ("2026-05-08", 1, "2026-05-09"),
    ("2026-09-18", 2, "2026-09-21"),
    ("2026-09-24", 3, "2026-09-30"),
    ("2026-09-30", 5, "2026-10-13"),
    ("2026-10-09", 1, "2026-10-10"),
    ("2025-01-24", 5, "2025-02-07"),
    ("2025-09-26", 10, "2025-10-16"),
    ("2024-02-02", 5, "2024-02-08"),
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def pause(from_at: str, to_at: str | None, **more: Any) -> Pause:
    return Pause(at(from_at), at(to_at) if to_at else None, "awaiting_enterprise", **more)


def numbers(deadline: Deadline, code: str) -> dict[str, float]:
    return next(dict(reason.numbers) for reason in deadline.reasons if reason.code == code)


def codes(deadline: Deadline) -> list[str]:
    return [reason.code for reason in deadline.reasons]


@pytest.mark.parametrize(("start", "amount", "expected"), GOLDEN)
def test_the_statutory_working_day_is_met(
    calendar: Calendar, start: str, amount: int, expected: str
) -> None:
    for clock in ("00:00", "10:00", "23:59"):
        start_at = at(f"{start}T{clock}")
        rule = Rule("working_days", amount)
        deadline = due(start_at, rule, calendar)

        assert deadline.due_on.isoformat() == expected
        assert deadline.due_at == at(f"{expected}T17:30")
        assert not deadline.is_provisional
        assert check(start_at, rule, calendar, (), deadline) == ()
    found = add_working_days(date.fromisoformat(start), amount, calendar)
    assert found.isoformat() == expected


def test_both_ends_of_the_last_day_are_kept_and_the_rule_chooses(calendar: Calendar) -> None:
    start_at = at("2026-02-13T10:00")
    promised = due(start_at, Rule("working_days", 5), calendar)
    legal = due(start_at, Rule("working_days", 5, closes_at_business_end=False), calendar)

    assert promised.promised_due_at == legal.promised_due_at == at("2026-02-27T17:30")
    assert promised.legal_due_at == legal.legal_due_at == at("2026-02-28T00:00")
    assert promised.due_at == promised.promised_due_at
    assert legal.due_at == legal.legal_due_at
    assert legal.due_on == date(2026, 2, 27)


def test_a_deadline_tells_the_holidays_it_skipped_and_the_make_up_days_it_counted(
    calendar: Calendar,
) -> None:
    deadline = due(at("2026-02-13T10:00"), Rule("working_days", 5), calendar)

    assert codes(deadline) == [
        "start_day_not_counted",
        "holidays_skipped",
        "make_up_days_counted",
    ]
    assert numbers(deadline, "holidays_skipped") == {"days": 6}
    assert numbers(deadline, "make_up_days_counted") == {"days": 1}


@pytest.mark.parametrize(
    ("start", "amount", "expected", "rolled"),
    [
        ("2026-09-24", 7, "2026-10-08", 7),  # 1 October: to the end of the holiday
        ("2026-09-30", 10, "2026-10-10", 0),  # a Saturday that works
        ("2026-03-02", 5, "2026-03-09", 2),  # an ordinary Saturday
        ("2026-03-02", 7, "2026-03-09", 0),
        ("2026-02-10", 15, "2026-02-25", 0),
    ],
)
def test_natural_days_that_end_on_a_rest_day_end_on_the_next_working_day(
    calendar: Calendar, start: str, amount: int, expected: str, rolled: int
) -> None:
    deadline = due(at(f"{start}T10:00"), Rule("natural_days", amount), calendar)

    assert deadline.due_on.isoformat() == expected
    assert ("rolled_to_working_day" in codes(deadline)) == bool(rolled)
    if rolled:
        assert numbers(deadline, "rolled_to_working_day") == {"days": rolled}


def test_hours_run_from_the_minute_around_the_clock_through_holidays(calendar: Calendar) -> None:
    deadline = due(at("2026-02-15T23:47"), Rule("hours", 24), calendar)

    assert deadline.due_at == deadline.legal_due_at == at("2026-02-16T23:47")
    assert deadline.reasons == ()


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2026-03-02T09:00", 2, "2026-03-02T11:00"),
        ("2026-03-02T08:30", 3.5, "2026-03-02T12:00"),  # the morning, to the minute
        ("2026-03-02T11:00", 4, "2026-03-02T16:30"),  # lunch does not count
        ("2026-03-02T12:30", 1, "2026-03-02T14:30"),
        ("2026-03-02T16:30", 4, "2026-03-03T11:30"),
        ("2026-03-06T19:00", 4, "2026-03-09T14:00"),  # Friday evening: Monday's opening
        ("2026-02-14T16:30", 4, "2026-02-24T11:30"),  # across the Spring Festival
        ("2026-02-27T18:00", 1, "2026-02-28T09:30"),  # a Saturday that works
    ],
)
def test_working_hours_run_only_while_the_offices_are_open(
    calendar: Calendar, start: str, amount: float, expected: str
) -> None:
    assert due(at(start), Rule("working_hours", amount), calendar).due_at == at(expected)


def test_what_comes_out_of_hours_is_received_at_the_next_opening(calendar: Calendar) -> None:
    rule = Rule("working_hours", 4)
    late = due(at("2026-03-06T19:00"), rule, calendar)
    opening = due(at("2026-03-09T08:30"), rule, calendar)

    assert late.due_at == opening.due_at
    assert numbers(late, "received_at_next_opening") == {"minutes": (5 + 48 + 8.5) * 60}
    assert opening.reasons == ()


def test_the_hour_of_arrival_does_not_matter_to_a_clock_in_days(calendar: Calendar) -> None:
    rule = Rule("working_days", 3)
    early, late = (due(at(f"2026-03-06T{hour}"), rule, calendar) for hour in ("00:01", "23:59"))

    assert early == late


def test_the_day_of_the_event_is_the_day_in_shanghai(calendar: Calendar) -> None:
    evening_in_utc = datetime.fromisoformat("2026-03-05T16:30+00:00")

    deadline = due(evening_in_utc, Rule("working_days", 1), calendar)
    assert deadline.due_on == date(2026, 3, 9)
    assert deadline.due_at.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("from_at", "to_at", "expected", "days"),
    [
        ("2026-03-04T10:00", "2026-03-06T15:00", "2026-03-11", 2),
        ("2026-03-04T10:00", "2026-03-04T16:00", "2026-03-09", 0),  # back before the close
        ("2026-03-04T10:00", "2026-03-04T18:00", "2026-03-10", 1),
        ("2026-03-06T18:00", "2026-03-09T08:00", "2026-03-09", 0),  # only a weekend
        ("2026-03-09T10:00", "2026-03-14T10:00", "2026-03-16", 5),  # from the last day on
        ("2026-03-09T18:00", "2026-03-20T10:00", "2026-03-09", 0),  # after it was due
        ("2026-02-20T00:00", "2026-03-03T00:00", "2026-03-09", 0),  # before the first day counts
    ],
)
def test_a_pause_stops_the_days_at_whose_close_it_runs(
    calendar: Calendar, from_at: str, to_at: str, expected: str, days: int
) -> None:
    start_at, rule = at("2026-03-02T10:00"), Rule("working_days", 5)
    ledger = [pause(from_at, to_at)]
    deadline = due(start_at, rule, calendar, pauses=ledger)

    assert deadline.due_on.isoformat() == expected
    assert (deadline.net, deadline.gross) == (5, 5 + days)
    assert check(start_at, rule, calendar, ledger, deadline) == ()


def test_an_open_pause_without_a_planned_end_lasts_until_its_cap_is_used_up(
    calendar: Calendar,
) -> None:
    start_at, rule = at("2026-03-02T10:00"), Rule("working_days", 5)
    deadline = due(start_at, rule, calendar, pauses=[pause("2026-03-04T10:00", None)])

    assert deadline.paused_until == at("2026-04-01T08:30")
    assert deadline.due_on == date(2026, 4, 7)
    assert numbers(deadline, "paused") == {"amount": 20, "pauses": 1}
    assert numbers(deadline, "pause_running") == {"pauses": 1}


def test_an_open_pause_with_a_planned_end_lasts_until_then(calendar: Calendar) -> None:
    row = pause("2026-03-04T10:00", None, expected_to_at=at("2026-03-05T10:00"))
    deadline = due(at("2026-03-02T10:00"), Rule("hours", 72), calendar, pauses=[row])

    assert deadline.paused_until == at("2026-03-05T10:00")
    assert deadline.due_at == at("2026-03-06T10:00")
    assert (deadline.net, deadline.gross) == (72, 96)


def test_a_pause_that_is_only_visible_changes_nothing(calendar: Calendar) -> None:
    start_at, rule = at("2026-03-02T10:00"), Rule("working_days", 5)
    row = pause("2026-03-04T10:00", None, is_excluded=False)

    assert due(start_at, rule, calendar, pauses=[row]) == due(start_at, rule, calendar)


def test_more_pauses_than_the_cap_are_reported(calendar: Calendar) -> None:
    rows = [pause(f"2026-03-{day:02}T16:00", f"2026-03-{day:02}T18:00") for day in (3, 4, 5, 6)]
    deadline = due(at("2026-03-02T10:00"), Rule("working_days", 9), calendar, pauses=rows)

    assert numbers(deadline, "pause_cap_exceeded") == {"pauses": 4, "working_days": 4}


def test_an_extension_adds_in_the_unit_of_the_rule(calendar: Calendar) -> None:
    start_at, rule = at("2026-02-13T10:00"), Rule("working_days", 5)
    deadline = due(start_at, rule, calendar, extension=10)

    assert deadline.due_on == due(start_at, Rule("working_days", 15), calendar).due_on
    assert deadline.net == 15
    assert numbers(deadline, "extended") == {"amount": 10}
    assert check(start_at, rule, calendar, (), deadline, extension=10) == ()


@pytest.mark.parametrize(
    ("start", "rule", "years"),
    [
        ("2026-11-22", Rule("working_days", 30), (2027,)),
        ("2026-12-30", Rule("working_days", 1), ()),
        ("2026-12-31", Rule("working_days", 1), (2027,)),
        ("2023-12-31", Rule("working_days", 1), ()),  # the day of the event is not asked for
        ("2026-12-31", Rule("hours", 72), ()),  # nobody asks the calendar
        ("2026-12-30", Rule("natural_days", 1), ()),
        ("2026-12-30", Rule("natural_days", 3), (2027,)),
        ("2023-12-20", Rule("natural_days", 20), ()),
        ("2023-12-31", Rule("working_hours", 4), (2023,)),
    ],
)
def test_a_deadline_that_looked_at_a_year_without_notice_is_provisional(
    calendar: Calendar, start: str, rule: Rule, years: tuple[int, ...]
) -> None:
    start_at = at(f"{start}T10:00")
    deadline = due(start_at, rule, calendar)

    assert deadline.unknown_years == years
    assert deadline.is_provisional == bool(years)
    assert ("year_unknown" in codes(deadline)) == bool(years)
    assert check(start_at, rule, calendar, (), deadline) == ()


def test_an_open_pause_into_an_unknown_year_makes_even_hours_provisional(
    calendar: Calendar,
) -> None:
    deadline = due(
        at("2026-12-21T10:00"),
        Rule("hours", 24),
        calendar,
        pauses=[pause("2026-12-21T12:00", None)],
    )

    assert deadline.unknown_years == (2027,)


@pytest.mark.parametrize(
    ("kind", "amount"),
    [
        ("weeks", 1),
        ("working_days", 0),
        ("working_days", -1),
        ("working_days", 1.5),
        ("hours", 0.0),
        ("hours", 1_000_001),
        ("hours", float("nan")),
    ],
)
def test_a_rule_that_means_nothing_is_refused(kind: Any, amount: float) -> None:
    with pytest.raises(ValueError, match=r"kind|amount"):
        Rule(kind, amount)


def test_moments_without_a_zone_and_impossible_pauses_are_refused(calendar: Calendar) -> None:
    naive = datetime.fromisoformat("2026-03-02T10:00")

    with pytest.raises(ValueError, match="time zone"):
        due(naive, Rule("working_days", 1), calendar)
    with pytest.raises(ValueError, match="time zone"):
        Pause(naive, None, "x")
    with pytest.raises(ValueError, match="end before"):
        pause("2026-03-04T10:00", "2026-03-04T09:00")
    with pytest.raises(ValueError, match="positive"):
        due(at("2026-03-02T10:00"), Rule("working_days", 1), calendar, extension=0)
