"""When a period ends and its light turns: the zone's rules over ``engines.worktime``."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from qiying.engines import worktime
from qiying.engines.worktime import Calendar, Pause, Rule
from qiying.slices.calls.rules.codes import NOT_EXCLUDED

YELLOW_SHARE = 0.7
NOON = time(12)
KIND_OF: dict[str, worktime.Kind] = {
    "working_days": "working_days",
    "calendar_days": "natural_days",
    "natural_days": "natural_days",
    "hours": "hours",
    "working_hours": "working_hours",
}
"""How the register names a period, and how the engine does."""


@dataclass(frozen=True, slots=True)
class Term:
    """When a promise ends, when its light turns yellow, and on which calendar that rests."""

    due_at: datetime
    yellow_at: datetime
    is_provisional: bool
    calendar_version: str


@dataclass(frozen=True, slots=True)
class Paused:
    """A row of the ledger of one round."""

    from_at: datetime
    to_at: datetime | None
    reason: str
    expected_to_at: datetime | None = None


def ledger(rows: Sequence[Paused]) -> tuple[Pause, ...]:
    """The pauses of a round as the engine reads them."""
    return tuple(
        Pause(
            r.from_at,
            r.to_at,
            r.reason,
            is_excluded=r.reason not in NOT_EXCLUDED,
            expected_to_at=r.expected_to_at if r.to_at is None else None,
        )
        for r in rows
    )


def term(
    start_at: datetime, rule: Rule, calendar: Calendar, paused: Sequence[Paused] = ()
) -> Term:
    """The deadline of a rule from a start, with the pauses of its ledger."""
    found = _end(start_at, rule, calendar, paused)
    early = _yellow_amount(rule)
    if early > 0:
        shorter = Rule(rule.kind, early, closes_at_business_end=rule.closes_at_business_end)
        yellow_at = _end(start_at, shorter, calendar, paused).due_at
    else:
        yellow_at = max(start_at, _day_before(found.due_on, calendar))
    return Term(found.due_at, yellow_at, found.is_provisional, found.calendar_version)


@dataclass(frozen=True, slots=True)
class Promise:
    """The deadline of a round: its first due time, and what runs after more time was granted."""

    first_due_at: datetime
    shown: Term
    dues: tuple[datetime, ...]
    """The due time with each extension, in the order in which they were granted."""


def promise(
    start_at: datetime,
    rule: Rule,
    calendar: Calendar,
    paused: Sequence[Paused] = (),
    extensions: Sequence[float] = (),
) -> Promise:
    """Derive first and present due time from the rule and the ledgers of pauses and extensions.

    ``extensions`` are amounts in the unit of the rule, in the order in which they were granted.
    """
    first = term(start_at, rule, calendar, paused)
    shown, dues, longer = first, [], rule
    for amount in extensions:
        longer = longer.extended_by(amount)
        shown = term(start_at, longer, calendar, paused)
        dues.append(shown.due_at)
    return Promise(first.due_at, shown, tuple(dues))


def _day_before(on: date, calendar: Calendar) -> datetime:
    """The close of the working day before a day: from then on one day is left."""
    rank = calendar.index.rank(on.toordinal() - 1)
    return closing(date.fromordinal(calendar.index.select(rank)), calendar)


def _yellow_amount(rule: Rule) -> float:
    """How much has run when the light turns: 70 %, or (in days) when one day is left."""
    if not rule.is_in_days:
        return rule.amount * YELLOW_SHARE
    return min(math.ceil(rule.amount * YELLOW_SHARE - 1e-9), rule.amount - 1)


def due_at(
    start_at: datetime, rule: Rule, calendar: Calendar, paused: Sequence[Paused] = ()
) -> datetime:
    """When a period ends that began at ``start_at``, with the pauses of its ledger."""
    return _end(start_at, rule, calendar, paused).due_at


def _end(
    start_at: datetime, rule: Rule, calendar: Calendar, paused: Sequence[Paused] = ()
) -> worktime.Deadline:
    """When a period ends. One in days ends alike whenever on its first day it began."""
    if rule.is_in_days and not paused:
        return _end_of_days(start_at.astimezone(worktime.SHANGHAI).date(), rule, calendar)
    return worktime.due(start_at, rule, calendar, pauses=ledger(paused))


@lru_cache(maxsize=1024)
def _end_of_days(first: date, rule: Rule, calendar: Calendar) -> worktime.Deadline:
    return worktime.due(datetime.combine(first, NOON, worktime.SHANGHAI), rule, calendar)


def closing(on: date, calendar: Calendar) -> datetime:
    """The end of business on a day."""
    at: time = calendar.hours.closing
    return datetime.combine(on, at, tzinfo=worktime.SHANGHAI)


def light(
    now: datetime,
    *,
    due_at: datetime | None,
    yellow_at: datetime | None,
    is_running: bool,
    is_paused: bool,
    is_posted: bool = False,
) -> str:
    """green, yellow, red, grey, purple, or "" when nothing runs any more.

    What is posted for supervision is purple, whatever its clock says. A clock that stands still
    is grey and nothing else: what ran out before stays on record as a lapse and shows again when
    the clock does.
    """
    if not is_running or due_at is None:
        return ""
    if is_posted:
        return "purple"
    if is_paused:
        return "grey"
    if now > due_at:
        return "red"
    return "yellow" if yellow_at is not None and now >= yellow_at else "green"


def rule_of(kind: str, amount: float) -> Rule:
    """The rule that a round's columns stand for."""
    return Rule(KIND_OF[kind], amount)
