"""How long each step may take, and when that is: defaults of the zone over ``engines.worktime``.

Sources of the defaults: ``calls.md`` §3.6 (published practice; values without an outside rule are
our own and may be set per matter). A matter's own time limit goes before the default when the register
names its source, because a statutory limit prevails over a customary one; without a source the
default of the call's own nature holds.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache

from qiying.engines import worktime
from qiying.engines.worktime import Calendar, Pause, Rule
from qiying.slices.calls.rules.codes import NOT_EXCLUDED, Clock, Nature, Urgency

YELLOW_SHARE = 0.7
NOON = time(12)
MILESTONE_WITHIN = Rule("working_days", 20)
CO_TASK_WITHIN = Rule("working_days", 3)
REDO_WITHIN = Rule("working_days", 5)
DISPUTE_WITHIN = Rule("working_days", 1)
PAUSE_WITHIN = Rule("working_days", 5)
"""How long a pause lasts for which nobody named a day."""
INFO_WITHIN = Rule("working_days", 5)
"""How long the firm has for what the desk asked for; then the desk decides without it."""
EMERGENCY_WITHIN = Rule("hours", 2)
URGENT_WITHIN = Rule("hours", 24)
GENERAL_WITHIN = Rule("working_days", 5)
BY_NATURE = {
    Nature.ENQUIRY: Rule("working_days", 1),
    Nature.HELP: GENERAL_WITHIN,
    Nature.RESOURCE: GENERAL_WITHIN,
    Nature.COMPLAINT: Rule("working_days", 10),
    Nature.REPORT: Rule("working_days", 10),
    Nature.SUGGESTION: Rule("working_days", 10),
}
KIND_OF: dict[str, worktime.Kind] = {
    "working_days": "working_days",
    "calendar_days": "natural_days",
    "natural_days": "natural_days",
    "hours": "hours",
    "working_hours": "working_hours",
}
"""How the register names a period, and how the engine does."""
STEP_WITHIN: dict[tuple[str, str], Rule] = {
    (Clock.ACCEPT, Urgency.NORMAL): Rule("working_hours", 4),
    (Clock.ACCEPT, Urgency.URGENT): Rule("hours", 1),
    (Clock.ACCEPT, Urgency.DANGER): Rule("hours", 1),
    (Clock.DISPATCH, Urgency.NORMAL): Rule("working_days", 1),
    (Clock.DISPATCH, Urgency.URGENT): Rule("hours", 2),
    (Clock.DISPATCH, Urgency.DANGER): Rule("hours", 1),
    (Clock.SIGN, Urgency.NORMAL): Rule("working_days", 1),
    (Clock.SIGN, Urgency.URGENT): Rule("hours", 1),
    (Clock.SIGN, Urgency.DANGER): Rule("hours", 1),
    (Clock.CONTACT, Urgency.NORMAL): Rule("working_hours", 4),
    (Clock.CONTACT, Urgency.URGENT): Rule("hours", 1),
    (Clock.CONTACT, Urgency.DANGER): Rule("hours", 1),
    (Clock.ADJUDICATE, Urgency.NORMAL): Rule("working_days", 1),
    (Clock.ADJUDICATE, Urgency.URGENT): Rule("hours", 4),
    (Clock.ADJUDICATE, Urgency.DANGER): Rule("hours", 1),
    (Clock.CALLBACK, Urgency.NORMAL): Rule("working_days", 2),
    (Clock.CALLBACK, Urgency.URGENT): Rule("working_days", 2),
    (Clock.CALLBACK, Urgency.DANGER): Rule("working_days", 2),
}


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


def answer_rule(
    *, urgency: str, nature: str, time_kind: str = "", time_amount: float | None = None
) -> Rule:
    """How long the zone has for an answer: danger, then the matter's own limit, then by nature."""
    if urgency == Urgency.DANGER:
        return EMERGENCY_WITHIN
    if urgency == Urgency.URGENT:
        return URGENT_WITHIN
    kind = KIND_OF.get(time_kind)
    if kind is not None and time_amount:
        return Rule(kind, time_amount)
    return BY_NATURE.get(Nature(nature), GENERAL_WITHIN) if nature else GENERAL_WITHIN


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


def due_at(start_at: datetime, rule: Rule, calendar: Calendar) -> datetime:
    """When a step without a light of its own must be done."""
    return _end(start_at, rule, calendar).due_at


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


def step_due_at(
    clock: str,
    urgency: str,
    start_at: datetime,
    calendar: Calendar,
    paused: Sequence[Paused] = (),
) -> datetime:
    """When a step that began at ``start_at`` must be done."""
    return _end(start_at, STEP_WITHIN[clock, urgency], calendar, paused).due_at


def co_task_due_at(
    sent_at: datetime, calendar: Calendar, paused: Sequence[Paused] = ()
) -> datetime:
    """When a co-handler's part must be done, were there no end of the round."""
    return _end(sent_at, CO_TASK_WITHIN, calendar, paused).due_at


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
