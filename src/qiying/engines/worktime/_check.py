"""A second opinion on a deadline: count day by day and span by span, without any index.

Written from the law, not from `_solve`: it shares only the plain types.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from qiying.engines.worktime._calendar import Calendar
from qiying.engines.worktime._clock import SHANGHAI
from qiying.engines.worktime._params import DEFAULTS, Params
from qiying.engines.worktime._problem import Pause, Rule
from qiying.engines.worktime._result import Deadline, Violation

ONE_DAY = timedelta(days=1)
ONE_HOUR = timedelta(hours=1)
Stop = tuple[datetime, datetime]


def check(
    start_at: datetime,
    rule: Rule,
    calendar: Calendar,
    pauses: Sequence[Pause],
    deadline: Deadline,
    *,
    extension: float | None = None,
    params: Params = DEFAULTS,
    zone: tzinfo = SHANGHAI,
) -> tuple[Violation, ...]:
    """Return what a naive count finds wrong with a deadline; nothing when all of it holds.

    Takes what `due` takes, and time in proportion to the days of the period.
    """
    full = rule.amount + (extension or 0)
    walk = _Walk(start_at.astimezone(zone), rule, calendar, params, zone)
    legal, promised = walk.end(full, walk.stops(pauses))
    due_at = promised if rule.closes_at_business_end else legal
    resumes = walk.resumes_before(due_at)
    unknown = tuple(sorted(walk.years - calendar.known_years))
    expected: dict[str, object] = {
        "due_at": due_at,
        "legal_due_at": legal,
        "promised_due_at": promised,
        "due_on": promised.date(),
        "unknown_years": unknown,
        "is_provisional": bool(unknown),
        "paused_until": max(resumes, default=None),
        "gross": walk.gross,
        "net": full,
        "calendar_version": calendar.version,
    }
    return tuple(
        Violation(name, value, found)
        for name, value in expected.items()
        if not _same(value, found := getattr(deadline, name))
    )


def _same(expected: object, found: object) -> bool:
    if isinstance(expected, float) and isinstance(found, float | int):
        return abs(expected - found) < 1e-6  # hours as sums of fractions
    return expected == found


@dataclass(slots=True)
class _Walk:
    """One walk through the days of a period; remembers what it asked and what it passed."""

    start: datetime
    rule: Rule
    calendar: Calendar
    params: Params
    zone: tzinfo
    years: set[int] = field(default_factory=set)
    gross: float = 0
    running: list[tuple[datetime, datetime, set[int]]] = field(default_factory=list)

    def works(self, day: date) -> bool:
        calendar = self.calendar
        return (day in calendar.work_days) or (
            day.isoweekday() <= 5 and day not in calendar.rest_days
        )

    def at(self, day: date, moment: time) -> datetime:
        return datetime.combine(day, moment, self.zone)

    def close(self, day: date) -> datetime:
        if self.rule.closes_at_business_end:
            return self.at(day, self.calendar.hours.spans[-1][1])
        return self.at(day + ONE_DAY, time.min)

    def stops(self, pauses: Iterable[Pause]) -> list[Stop]:
        """Return the excluded pauses, with the expected end of each open one."""
        rows = [row for row in pauses if row.is_excluded]
        ended = [(row.from_at, row.to_at) for row in rows if row.to_at is not None]
        for row in rows:
            if row.to_at is None:
                start = max(row.from_at.astimezone(self.zone), self.start)
                end = row.expected_to_at
                years = set[int]()
                if end is None:
                    end = self.end_by_cap(start, ended, years)
                self.running.append((start, max(start, end.astimezone(self.zone)), years))
        return ended + [(start, end) for start, end, _ in self.running]

    def end_by_cap(self, start: datetime, ended: Sequence[Stop], years: set[int]) -> datetime:
        """Return the opening of the first working day after the cap on paused days is used up."""
        last = max((end for _, end in ended), default=self.start)
        used, day = 0, self.start.date() + ONE_DAY
        while day <= last.astimezone(self.zone).date():
            used += self.works(day) and self.is_stopped(self.close(day), ended)
            day += ONE_DAY
        left = max(1, self.params.max_paused_days - used)
        day = start.date()
        while left or not self.works(day):
            years.add(day.year)
            if self.works(day) and day > self.start.date() and self.close(day) >= start:
                left -= 1
            day += ONE_DAY
        years.add(day.year)
        return self.at(day, self.calendar.hours.spans[0][0])

    def resumes_before(self, due_at: datetime) -> list[datetime]:
        """Return when the open pauses that hold this deadline end; note the years they asked."""
        holding = [row for row in self.running if row[0] < due_at]
        for _, _, years in holding:
            self.years |= years
        return [end for _, end, _ in holding]

    @staticmethod
    def is_stopped(at: datetime, stops: Iterable[Stop]) -> bool:
        return any(start <= at < end for start, end in stops)

    def end(self, amount: float, stops: Sequence[Stop]) -> tuple[datetime, datetime]:
        """Return the legal and the promised end."""
        if self.rule.is_in_days:
            last = self.last_day(amount, stops)
            return self.at(last + ONE_DAY, time.min), self.at(last, self.calendar.hours.closing)
        spans = self.business() if self.rule.kind == "working_hours" else self.around_the_clock()
        moment = self.moment(round(amount * 3_600_000_000), spans, stops).astimezone(self.zone)
        return moment, moment

    def last_day(self, amount: float, stops: Sequence[Stop]) -> date:
        is_natural = self.rule.kind == "natural_days"
        day, left = self.start.date(), amount
        while left:
            day += ONE_DAY
            if not is_natural:
                self.years.add(day.year)
            if is_natural or self.works(day):
                self.gross += 1
                left -= not self.is_stopped(self.close(day), stops)
        self.years.add(day.year)
        while not self.works(day) or self.is_stopped(self.close(day), stops):
            day += ONE_DAY
            self.years.add(day.year)
        return day

    def moment(self, micros: int, spans: Iterator[Stop], stops: Sequence[Stop]) -> datetime:
        """Return when so many microseconds of the spans have run outside the stops."""
        left = timedelta(microseconds=micros)
        while True:
            opens, closes = next(spans)
            edges = {edge for stop in stops for edge in stop if opens < edge < closes}
            cuts = sorted({opens, closes} | edges)
            for start, end in pairwise(cuts):
                length = end - start
                if not self.is_stopped(start, stops):
                    if length >= left:
                        self.gross += left / ONE_HOUR
                        return start + left
                    left -= length
                self.gross += length / ONE_HOUR

    def business(self) -> Iterator[Stop]:
        day = self.start.date()
        while True:
            self.years.add(day.year)
            for opens, closes in self.calendar.hours.spans:
                span = max(self.at(day, opens), self.start), self.at(day, closes)
                if self.works(day) and span[0] < span[1]:
                    yield span
            day += ONE_DAY

    def around_the_clock(self) -> Iterator[Stop]:
        at = self.start.astimezone(UTC)
        while True:
            yield at, at + ONE_DAY
            at += ONE_DAY
