"""Deadlines of suggestions: months by the calendar, a last day of rest rolls on."""

from datetime import date, datetime, time, timedelta

from qiying.engines.worktime import SHANGHAI, Calendar, Rule, due
from qiying.kernel.law import months_after
from qiying.slices.council.rules.law import REMINDERS

MORNING = time(9)


def ends_on(last_on: date, calendar: Calendar) -> datetime:
    """The end of a period whose last day is this one; 24:00, after rest days when it is one."""
    rule = Rule("natural_days", 1, closes_at_business_end=False)
    start_at = datetime.combine(last_on - timedelta(days=1), time(12), SHANGHAI)
    return due(start_at, rule, calendar).due_at


def ends_after_months(start_on: date, months: int, calendar: Calendar) -> datetime:
    return ends_on(months_after(start_on, months), calendar)


def ends_after_days(start_on: date, days: int, calendar: Calendar) -> datetime:
    return ends_on(start_on + timedelta(days=days), calendar)


def last_day(moment: datetime) -> date:
    """The last day of a period that ends at this moment."""
    return (moment.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()


def reminders(due_at: datetime) -> tuple[tuple[datetime, int], ...]:
    """When a unit is reminded of an answer, and how many days are then left; 0: overdue."""
    last = last_day(due_at)
    found = [(_morning(last - timedelta(days=left)), left) for left in REMINDERS]
    return tuple(sorted([*found, (_morning(last + timedelta(days=1)), 0)]))


def next_reminder(due_at: datetime, after: datetime) -> datetime | None:
    return next((at for at, _left in reminders(due_at) if at > after), None)


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, SHANGHAI)
