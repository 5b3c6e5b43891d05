"""Which days work, and during which hours."""

from dataclasses import dataclass, field
from datetime import date, time

from qiying.engines.worktime._index import WORKING_WEEK, WorkingDayIndex

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def of_day(at: time) -> int:
    """Return a time of day as microseconds after midnight."""
    return at.hour * HOUR + at.minute * MINUTE + at.second * SECOND + at.microsecond


@dataclass(frozen=True, slots=True)
class BusinessHours:
    """Opening hours of a working day as (from, to) pairs of local times, in order.

    Raises ValueError when there is no span, or when spans are empty, out of order or overlap.
    """

    spans: tuple[tuple[time, time], ...] = (
        (time(8, 30), time(12, 0)),
        (time(13, 30), time(17, 30)),
    )
    length: int = field(init=False, repr=False, compare=False)
    """Working time of one day in microseconds."""
    _cuts: tuple[tuple[int, int, int], ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        cuts: list[tuple[int, int, int]] = []
        worked = previous = 0
        for opens, closes in self.spans:
            start, end = of_day(opens), of_day(closes)
            if start < previous or end <= start:
                raise ValueError("business hours must be in order and must not overlap")
            cuts.append((start, end, worked))
            worked, previous = worked + end - start, end
        if not cuts:
            raise ValueError("business hours need at least one span")
        object.__setattr__(self, "length", worked)
        object.__setattr__(self, "_cuts", tuple(cuts))

    @property
    def opening(self) -> time:
        """When the working day opens."""
        return self.spans[0][0]

    @property
    def closing(self) -> time:
        """When the working day closes: the moment that is promised as the end of a day."""
        return self.spans[-1][1]

    def worked_before(self, moment: int) -> int:
        """Return the working microseconds of a day that lie before a moment of that day."""
        for start, end, worked in reversed(self._cuts):
            if moment > start:
                return worked + min(moment, end) - start
        return 0

    def moment_of(self, worked: int) -> int:
        """Return the earliest moment of a day at which this much of it is worked (0 < worked)."""
        for start, _, before in reversed(self._cuts):
            if worked > before:
                return start + worked - before
        return self._cuts[0][0]


STANDARD_HOURS = BusinessHours()


@dataclass(frozen=True, slots=True)
class Calendar:
    """The statutory working days that one set of State Council notices gives.

    Parameters
    ----------
    version
        Name of this edition; it is stored with each deadline.
    rest_days
        Days that rest although they are a Monday to Friday. A weekend day here changes nothing.
    work_days
        Saturdays and Sundays that work (make-up days, 调休).
    known_years
        Years whose notice is in the calendar. In other years Monday to Friday work, and each
        answer that looked at one of their days is provisional.
    hours
        Business hours of a working day.

    Raises
    ------
    ValueError
        When a day both rests and works.
    """

    version: str
    rest_days: frozenset[date]
    work_days: frozenset[date]
    known_years: frozenset[int]
    hours: BusinessHours = STANDARD_HOURS
    index: WorkingDayIndex = field(init=False, repr=False, compare=False)
    """Ranks of the working days, made once for each calendar."""

    def __post_init__(self) -> None:
        if self.rest_days & self.work_days:
            raise ValueError("a day cannot both rest and work")
        object.__setattr__(self, "index", WorkingDayIndex(self.rest_days, self.work_days))

    def is_working_day(self, day: date) -> bool:
        """Say whether people work on this day."""
        if day.weekday() < WORKING_WEEK:
            return day not in self.rest_days
        return day in self.work_days

    def is_known(self, day: date) -> bool:
        """Say whether the notice for the year of this day is in the calendar."""
        return day.year in self.known_years
