"""Deadlines inside a round: signing, first contact, a co-handler's part.

Derived like the promise itself, from where they start, their rule, the calendar and the pauses.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from qiying.engines.worktime import Calendar
from qiying.slices.calls import rules
from qiying.slices.calls.models import Extension
from qiying.slices.calls.rules import TASK_OPEN, Clock, Paused, TaskState, Terms


class Asker(Protocol):
    """What the deadlines indoors are derived from: a call, or only these of its columns."""

    urgency: str
    dispatched_at: datetime | None
    step_clock: str
    step_from_at: datetime | None
    step_due_at: datetime | None


class Cycle(Protocol):
    """What the promise is derived from and written to: a round, or only these of its columns."""

    rule_kind: str
    rule_amount: float
    started_at: datetime
    contacted_at: datetime | None
    due_at: datetime
    extended_due_at: datetime | None
    yellow_at: datetime
    is_provisional: bool
    calendar_version: str
    contact_due_at: datetime | None

    @property
    def promised_at(self) -> datetime:
        """Until when the answer is promised."""


def promise_of(
    round_: Cycle,
    extensions: Sequence[Extension],
    calendar: Calendar,
    paused: tuple[Paused, ...],
) -> rules.Term:
    """Write the derived terms onto a round and onto its extensions; what runs now.

    The round keeps its first due time; ``extensions`` are those granted, in their order.
    """
    rule = rules.rule_of(round_.rule_kind, round_.rule_amount)
    amounts = [e.amount for e in extensions]
    found = rules.promise(round_.started_at, rule, calendar, paused, amounts)
    round_.due_at = found.first_due_at
    round_.extended_due_at = found.dues[-1] if found.dues else None
    round_.yellow_at = found.shown.yellow_at
    round_.is_provisional = found.shown.is_provisional
    round_.calendar_version = found.shown.calendar_version
    for row, due_at in zip(extensions, found.dues, strict=True):
        row.due_at = due_at
    return found.shown


def contact_due(
    call: Asker, round_: Cycle, calendar: Calendar, terms: Terms, paused: tuple[Paused, ...]
) -> datetime | None:
    """Until when the lead speaks to the firm: from the start of the round or its last dispatch.

    What is done stays as it was judged.
    """
    if round_.contacted_at is not None or round_.contact_due_at is None:
        return round_.contact_due_at
    start_at = max(round_.started_at, call.dispatched_at or round_.started_at)
    return terms.step_due_at(Clock.CONTACT, call.urgency, start_at, calendar, paused)


def step_due(call: Asker, calendar: Calendar, terms: Terms) -> datetime | None:
    """Until when the next step indoors is taken; as it is where its start was not kept."""
    if not call.step_clock or call.step_from_at is None:
        return call.step_due_at
    return terms.step_due_at(call.step_clock, call.urgency, call.step_from_at, calendar)


class Deadlines(Protocol):
    """What the deadlines of a part are derived from: a task, or only these of its columns."""

    is_lead: bool
    state: str
    sent_at: datetime
    sign_due_at: datetime
    due_at: datetime
    set_due_at: datetime | None


def renew_task(
    task: Deadlines,
    call: Asker,
    round_: Cycle,
    calendar: Calendar,
    terms: Terms,
    paused: tuple[Paused, ...],
) -> bool:
    """Write the derived deadlines onto an open part; whether any of them moved."""
    if task.state not in TASK_OPEN:
        return False
    before = (task.sign_due_at, task.due_at)
    if task.state == TaskState.SENT:
        task.sign_due_at = terms.step_due_at(
            Clock.SIGN, call.urgency, task.sent_at, calendar, paused
        )
    if task.is_lead:
        task.due_at = round_.promised_at
    else:
        task.due_at = rules.part_due_at(
            terms,
            task.sent_at,
            task.set_due_at,
            rule_kind=round_.rule_kind,
            not_after=max(round_.promised_at, task.sign_due_at),
            calendar=calendar,
            paused=paused,
        )
    return before != (task.sign_due_at, task.due_at)
