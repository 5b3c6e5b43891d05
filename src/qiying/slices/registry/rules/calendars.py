"""Whether an edition of a year's working days can be what a notice says."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise
from typing import Any

WEEKEND = 5
STANDARD_HOURS = (("08:30", "12:00"), ("13:30", "17:30"))


def faults_of(
    year: int,
    rest_days: Iterable[date],
    work_days: Iterable[date],
    hours: Sequence[tuple[str, str]],
) -> dict[str, str]:
    """Codes of what is wrong, by the name of the value.

    A notice of one year may move days of the neighbouring weeks: a make-up day lies at most seven
    days outside the year, a rest day inside it.
    """
    rests, works = set(rest_days), set(work_days)
    around = timedelta(days=7)
    first, last = date(year, 1, 1), date(year, 12, 31)
    faults: dict[str, str] = {}
    if any(d.year != year or d.weekday() >= WEEKEND for d in rests):
        faults["rest_days"] = "registry.calendar.rest"
    if any(not first - around <= d <= last + around or d.weekday() < WEEKEND for d in works):
        faults["work_days"] = "registry.calendar.work"
    if not _is_in_order(hours):
        faults["hours"] = "registry.calendar.hours"
    return faults


def _is_in_order(hours: Sequence[tuple[str, str]]) -> bool:
    try:
        marks = [time.fromisoformat(mark) for span in hours for mark in span]
    except (ValueError, TypeError):
        return False
    return all(a < b for a, b in pairwise(marks)) and len(marks) >= 2


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a year grid: ``work``, ``rest``, ``weekend`` or ``makeup``."""

    on: date
    kind: str


def year_grid(year: int, rest_days: set[date], work_days: set[date]) -> list[list[Day | None]]:
    """The twelve months of a year, each a flat list of weeks from Monday with blanks as None."""
    months: list[list[Day | None]] = []
    for month in range(1, 13):
        day = date(year, month, 1)
        cells: list[Day | None] = [None] * day.weekday()
        while day.month == month:
            cells.append(Day(day, _kind(day, rest_days, work_days)))
            day += timedelta(days=1)
        cells += [None] * (-len(cells) % 7)
        months.append(cells)
    return months


def _kind(day: date, rest_days: set[date], work_days: set[date]) -> str:
    if day.weekday() >= WEEKEND:
        return "makeup" if day in work_days else "weekend"
    return "rest" if day in rest_days else "work"


def notice_of(entry: Mapping[str, Any]) -> dict[str, Any]:
    """One entry of the packaged notices as the values of an edition."""
    return {
        "notice": entry["number"],
        "name_zh": entry["name_zh"],
        "name_en": entry["name_en"],
        "issued_on": date.fromisoformat(entry["issued_on"]),
        "grade": entry["grade"],
        "rest_days": [date.fromisoformat(d) for d in entry["rest_days"]],
        "work_days": [date.fromisoformat(d) for d in entry["work_days"]],
    }
