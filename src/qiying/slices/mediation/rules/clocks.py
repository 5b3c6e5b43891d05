"""Deadlines and reminders of a mediation, derived from its days and the work calendar."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from qiying.engines.worktime import SHANGHAI, Calendar, Rule, due
from qiying.slices.mediation.rules import law
from qiying.slices.mediation.rules.codes import SETTLED, TALKING, Confirmation, State

MORNING = time(9)
"""When people are reminded, in Shanghai."""


def ends_after(start_on: date, days: int, calendar: Calendar) -> tuple[datetime, bool]:
    """When a period in natural days ends: its first day is not counted, a last day of rest rolls on.

    Returns the moment (exclusive, 24:00 of the last day) and whether the calendar is provisional.
    """
    rule = Rule("natural_days", days, closes_at_business_end=False)
    found = due(datetime.combine(start_on, time(12), SHANGHAI), rule, calendar)
    return found.due_at, found.is_provisional


def years_after(day: date, years: int) -> date:
    """The same day of a later year; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def last_day(moment: datetime) -> date:
    """The last day of a period that ends at this moment."""
    return (moment.astimezone(SHANGHAI) - timedelta(microseconds=1)).date()


@dataclass(frozen=True, slots=True)
class Days:
    """What reminders are derived from. ``terms`` are the days of open terms of the agreement."""

    state: str
    settle_due_at: datetime
    limitation_on: date | None
    confirm_due_at: datetime | None
    confirmation: str
    terms: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to say on a morning; ``left`` is the number of days that are left, 0 when over."""

    at: datetime
    kind: str
    left: int


def reminders(days: Days) -> tuple[Reminder, ...]:
    """Every reminder of a case as it stands, in the order of time."""
    found = [*_settling(days), *_confirming(days), *_performing(days)]
    return tuple(sorted(found, key=lambda r: (r.at, r.kind)))


def next_reminder(days: Days, after: datetime) -> datetime | None:
    """When the next reminder later than ``after`` is due; None when nothing is left to say."""
    return next((r.at for r in reminders(days) if r.at > after), None)


def _settling(days: Days) -> Iterator[Reminder]:
    if days.state not in TALKING:
        return
    yield from _before("settle", last_day(days.settle_due_at), law.SETTLE_REMINDERS)
    if days.limitation_on:
        yield from _before("limitation", days.limitation_on, law.LIMITATION_REMINDERS)


def _confirming(days: Days) -> Iterator[Reminder]:
    is_open = days.state in SETTLED and days.confirmation == Confirmation.NOT_ASKED
    if is_open and days.confirm_due_at is not None:
        yield from _before("confirm", last_day(days.confirm_due_at), law.CONFIRM_REMINDERS)


def _performing(days: Days) -> Iterator[Reminder]:
    if days.state == State.EFFECTIVE:
        for day in sorted(set(days.terms)):
            yield from _before("perform", day, law.PERFORM_REMINDERS)


def _before(kind: str, last_on: date, lefts: Iterable[int]) -> Iterator[Reminder]:
    """Reminders some days before a last day, and one on the morning after it."""
    for left in lefts:
        yield Reminder(_morning(last_on - timedelta(days=left)), kind, left)
    yield Reminder(_morning(last_on + timedelta(days=1)), kind, 0)


def _morning(day: date) -> datetime:
    return datetime.combine(day, MORNING, SHANGHAI)
