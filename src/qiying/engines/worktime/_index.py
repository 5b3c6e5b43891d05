"""Ranks of working days by arithmetic: weeks count themselves, only the exceptions are stored."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date

WEEK = 7
WORKING_WEEK = 5


class WorkingDayIndex:
    """Rank and select over all working days, in O(log exceptions), for any year.

    Days are proleptic Gregorian ordinals (``date.toordinal``); day 1 is a Monday, so the number of
    Mondays to Fridays up to a day is plain arithmetic. What a notice changes (a weekday that
    rests, a weekend day that works) shifts the rank by one from that day on.
    """

    __slots__ = ("_days", "_ranks", "_rests", "_shifts")

    def __init__(self, rest_days: Iterable[date], work_days: Iterable[date]) -> None:
        rests = {day.toordinal(): -1 for day in rest_days if day.weekday() < WORKING_WEEK}
        works = {day.toordinal(): 1 for day in work_days if day.weekday() >= WORKING_WEEK}
        changes = sorted((rests | works).items())
        self._days = [day for day, _ in changes]
        self._shifts, self._rests, self._ranks = [0], [0], list[int]()
        for day, step in changes:
            self._shifts.append(self._shifts[-1] + step)
            self._rests.append(self._rests[-1] + (step < 0))
            self._ranks.append(_weekdays_to(day) + self._shifts[-1])

    def rank(self, day: int) -> int:
        """Count the working days up to and including a day."""
        return _weekdays_to(day) + self._shifts[bisect_right(self._days, day)]

    def select(self, rank: int) -> int:
        """Return the working day that has this rank; inverse of `rank` on working days."""
        at = bisect_left(self._ranks, rank)
        weeks, rest = divmod(rank - self._shifts[at] - 1, WORKING_WEEK)
        day = WEEK * weeks + rest + 1
        if at < len(self._days) and day > self._days[at]:
            return self._days[at]  # the wanted rank is a make-up day at a weekend
        return day

    def on_or_after(self, day: int) -> int:
        """Return the first working day that is not before this day."""
        return self.select(self.rank(day - 1) + 1)

    def exceptions(self, after: int, until: int) -> tuple[int, int]:
        """Count (weekdays that rest, weekend days that work) in the days after…until."""
        low, high = bisect_right(self._days, after), bisect_right(self._days, until)
        rests = self._rests[high] - self._rests[low]
        return rests, high - low - rests


def _weekdays_to(day: int) -> int:
    weeks, rest = divmod(day, WEEK)
    return WORKING_WEEK * weeks + min(rest, WORKING_WEEK)
