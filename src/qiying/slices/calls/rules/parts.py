"""A co-handler's part: until when, and how much of the responsibility for the call it carries.

Who leads answers for the whole; the weights say how the work behind the answer is shared. They are
whole per cents, the lead always keeps at least one of them, and whoever was given no weight shares
equally with the lead in what is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qiying.engines import worktime
from qiying.engines.worktime import Calendar, Kind, Rule
from qiying.slices.calls.rules.clocks import (
    KIND_OF,
    YELLOW_SHARE,
    Paused,
    ledger,
)
from qiying.slices.calls.rules.codes import Clock
from qiying.slices.calls.rules.terms import Terms

LEAST_WEIGHT, MOST_WEIGHT = 1, 99
WHOLE = 100
ONE_SECOND = 1 / 3600
"""The shortest period that the engine counts, in hours."""


@dataclass(frozen=True, slots=True)
class PartTerms:
    """The times between which a part that is given now can lie."""

    sign_due_at: datetime
    usual_due_at: datetime
    """When it is due when nobody names a time."""
    latest_at: datetime
    """The last moment that can be named: when the answer itself is due."""


def part_terms(
    terms: Terms, now: datetime, urgency: str, promised_at: datetime, calendar: Calendar
) -> PartTerms:
    """When a part that is given now is to be signed for, is due, and could be due at the latest.

    Where the promise ran out before, a part can still be given until it must be signed for.
    """
    sign_due_at = terms.step_due_at(Clock.SIGN, urgency, now, calendar)
    usual_due_at = min(terms.co_task_due_at(now, calendar), max(promised_at, sign_due_at))
    return PartTerms(sign_due_at, usual_due_at, promised_at if promised_at > now else sign_due_at)


def due_fits(due_at: datetime, now: datetime, latest_at: datetime) -> bool:
    """Whether a due time can be named for a part: still to come, and not after the answer's."""
    return now < due_at <= latest_at


def part_due_at(
    terms: Terms,
    sent_at: datetime,
    set_due_at: datetime | None,
    *,
    rule_kind: str,
    not_after: datetime,
    calendar: Calendar,
    paused: Sequence[Paused] = (),
) -> datetime:
    """When a co-handler's part is due: as the desk set it, else by the rule; never after the answer.

    What the desk set follows no calendar, matter or urgency. A pause moves it as it moves the
    clock of the call: in hours where the call (``rule_kind``) runs in hours.
    """
    if set_due_at is None:
        own_due_at = terms.co_task_due_at(sent_at, calendar, paused)
    elif paused:
        own_due_at = _moved(sent_at, set_due_at, KIND_OF[rule_kind], calendar, paused)
    else:
        own_due_at = set_due_at
    return min(own_due_at, not_after)


def _moved(
    sent_at: datetime, due_at: datetime, kind: Kind, calendar: Calendar, paused: Sequence[Paused]
) -> datetime:
    """The moment at which as much time has passed outside the pauses as was given.

    A moment of the working day is reached by working hours, so that a pause of so many working
    days moves it by just these; one at night or on a rest day by hours around the clock.
    """
    rule = _span(sent_at, due_at, kind, calendar)
    found = worktime.due(sent_at, rule, calendar, pauses=ledger(paused))
    return found.due_at if found.gross > found.net else due_at


def _span(sent_at: datetime, due_at: datetime, kind: Kind, calendar: Calendar) -> Rule:
    if kind != "hours":
        worked = worktime.elapsed(sent_at, due_at, "working_hours", calendar).gross
        if worked >= ONE_SECOND:
            rule = Rule("working_hours", worked)
            if worktime.due(sent_at, rule, calendar).due_at == due_at:
                return rule
    hours = worktime.elapsed(sent_at, due_at, "hours", calendar).gross
    return Rule("hours", max(hours, ONE_SECOND))


def weights_fit(weights: Sequence[int | None]) -> bool:
    """Whether the co-handlers' weights can stand together; None for one that was given none.

    Each of those without a weight needs one per cent, and so does the lead.
    """
    given = [w for w in weights if w is not None]
    if not all(LEAST_WEIGHT <= w <= MOST_WEIGHT for w in given):
        return False
    return sum(given) + len(weights) - len(given) < WHOLE


def share_out(weights: Sequence[int | None]) -> tuple[int, tuple[int, ...]]:
    """The shares of responsibility in per cent: the lead's, and each co-handler's.

    They make 100 together; what does not divide stays with the lead.
    """
    free = WHOLE - sum(w for w in weights if w is not None)
    without = sum(w is None for w in weights)
    each = free // (without + 1)
    return free - each * without, tuple(each if w is None else w for w in weights)


def part_light(
    now: datetime, sent_at: datetime, due_at: datetime, *, is_open: bool, is_paused: bool
) -> str:
    """green, yellow, red or grey for a part that is in hand, "" when it is settled.

    Yellow from seven tenths of the time between sending and due time on.
    """
    if not is_open:
        return ""
    if is_paused:
        return "grey"
    if now > due_at:
        return "red"
    return "yellow" if now >= sent_at + (due_at - sent_at) * YELLOW_SHARE else "green"
