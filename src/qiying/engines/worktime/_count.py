"""Counting working days; the day of the event is never counted."""

from datetime import date

from qiying.engines.worktime._calendar import Calendar


def add_working_days(day: date, amount: int, calendar: Calendar) -> date:
    """Return the amount-th working day after a day; the day itself for 0.

    Raises ValueError for a negative amount.
    """
    if _require_natural(amount) == 0:
        return day
    index = calendar.index
    return date.fromordinal(index.select(index.rank(day.toordinal()) + amount))


def subtract_working_days(day: date, amount: int, calendar: Calendar) -> date:
    """Return the amount-th working day before a day; the day itself for 0.

    On working days it undoes `add_working_days`. Raises ValueError for a negative amount.
    """
    if _require_natural(amount) == 0:
        return day
    index = calendar.index
    return date.fromordinal(index.select(index.rank(day.toordinal() - 1) + 1 - amount))


def working_days_between(start_on: date, end_on: date, calendar: Calendar) -> int:
    """Count the working days after one day up to and including another; negative if earlier."""
    index = calendar.index
    return index.rank(end_on.toordinal()) - index.rank(start_on.toordinal())


def _require_natural(amount: int) -> int:
    if amount < 0:
        raise ValueError("a number of days cannot be negative")
    return amount
