"""Four clocks behind one measure, so that due times and elapsed times share their arithmetic.

A clock maps a tick (microseconds of wall time) to how much of it has passed. A clock in days
passes one unit at the close of each day that counts; a clock in hours passes continuously. A
pause therefore takes away exactly what would have passed between its two ends, and a deadline is
the earliest moment at which the wanted amount has passed.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from qiying.engines.worktime._calendar import DAY, HOUR, MINUTE, SECOND, Calendar, of_day
from qiying.engines.worktime._problem import Rule, require_aware

SHANGHAI = ZoneInfo("Asia/Shanghai")

Span = tuple[int, int]


def to_tick(at: datetime, zone: tzinfo) -> int:
    """Return the wall time of a zone as microseconds since the first day."""
    if at.tzinfo is not zone:
        at = require_aware(at).astimezone(zone)
    seconds = at.hour * 3600 + at.minute * 60 + at.second
    return at.toordinal() * DAY + seconds * SECOND + at.microsecond


def from_tick(tick: int, zone: tzinfo) -> datetime:
    """Return the moment of a tick; inverse of `to_tick`."""
    day, rest = divmod(tick, DAY)
    hours, rest = divmod(rest, HOUR)
    minutes, rest = divmod(rest, MINUTE)
    found = date.fromordinal(day)
    seconds, micros = divmod(rest, SECOND)
    return datetime(
        found.year, found.month, found.day, hours, minutes, seconds, micros, tzinfo=zone
    )


class NaturalDays:
    """One unit at the close of each day after the day of the event."""

    unit = 1

    def __init__(self, calendar: Calendar, zone: tzinfo, *, closes_at_business_end: bool) -> None:
        self.zone = zone
        self.index = calendar.index
        self.hours = calendar.hours
        self.close = of_day(calendar.hours.closing) if closes_at_business_end else DAY

    def closed_before(self, tick: int) -> int:
        """Return the last day that closed strictly before a tick."""
        return (tick - self.close - 1) // DAY

    def base(self, tick: int) -> int:
        """Return what stands on the clock when it starts: the day of the event is not counted."""
        return tick // DAY

    def passed(self, tick: int) -> int:
        """Return what has passed strictly before a tick, on the same scale as `base`."""
        return self.closed_before(tick)

    def passed_at(self, tick: int) -> int:
        """Return what has passed when a tick is reached."""
        return self.passed(tick + 1)

    def day_of(self, target: int) -> int:
        """Return the day at whose close this much has passed."""
        return target

    def amount(self, passed: int) -> float:
        """Return whole days."""
        return passed

    def wait_after(self, _start: int) -> int:
        """Return 0: a day clock does not mind the time of day."""
        return 0


class WorkingDays(NaturalDays):
    """One unit at the close of each working day after the day of the event."""

    def base(self, tick: int) -> int:
        """Return the rank of the last working day that is not after the day of the event."""
        return self.index.rank(tick // DAY)

    def passed(self, tick: int) -> int:
        """Return the rank of the last working day that closed strictly before a tick."""
        return self.index.rank(self.closed_before(tick))

    def day_of(self, target: int) -> int:
        """Return the working day at whose close this much has passed."""
        return self.index.select(target)

    def opening_of(self, rank: int) -> int:
        """Return the tick at which a working day opens."""
        return self.index.select(rank) * DAY + of_day(self.hours.opening)


class WorkingHours:
    """Time within business hours of working days, in microseconds."""

    unit = HOUR

    def __init__(self, calendar: Calendar, zone: tzinfo) -> None:
        self.zone = zone
        self.index = calendar.index
        self.hours = calendar.hours

    def base(self, tick: int) -> int:
        """Return what has been worked before the clock starts."""
        return self.passed(tick)

    def passed(self, tick: int) -> int:
        """Return what has been worked before a tick."""
        day, moment = divmod(tick, DAY)
        before, until = self.index.rank(day - 1), self.index.rank(day)
        today = self.hours.worked_before(moment) if until > before else 0
        return before * self.hours.length + today

    passed_at = passed

    def tick_of(self, target: int) -> int:
        """Return the earliest tick at which this much has been worked."""
        rank, worked = divmod(target - 1, self.hours.length)
        return self.index.select(rank + 1) * DAY + self.hours.moment_of(worked + 1)

    def amount(self, passed: int) -> float:
        """Return hours."""
        return passed / HOUR

    def wait_after(self, start: int) -> int:
        """Return the microseconds from a tick until somebody works: 0 in business hours."""
        return self.tick_of(self.passed(start) + 1) - 1 - start


class Hours:
    """Every hour of every day, in microseconds; told in UTC, so that no hour is ever lost."""

    unit = HOUR
    zone = UTC

    def base(self, tick: int) -> int:
        """Return the tick itself."""
        return tick

    passed = passed_at = tick_of = base

    def amount(self, passed: int) -> float:
        """Return hours."""
        return passed / HOUR

    def wait_after(self, _start: int) -> int:
        """Return 0: this clock never waits."""
        return 0


TimeClock = WorkingHours | Hours
Clock = NaturalDays | TimeClock


def clock_for(rule: Rule, calendar: Calendar, zone: tzinfo) -> Clock:
    """Return the clock that measures a rule's kind of period."""
    closes_early = rule.closes_at_business_end
    if rule.kind == "working_days":
        return WorkingDays(calendar, zone, closes_at_business_end=closes_early)
    if rule.kind == "natural_days":
        return NaturalDays(calendar, zone, closes_at_business_end=closes_early)
    return WorkingHours(calendar, zone) if rule.kind == "working_hours" else Hours()


def excluded_between(clock: Clock, low: int, high: int, spans: Sequence[Span]) -> int:
    """Return how much of low…high (on the clock's scale) passed during disjoint spans."""
    total = 0
    for start, end in spans:
        first, last = max(low, clock.passed(start)), min(high, clock.passed(end))
        total += max(0, last - first)
    return total
