"""Promises that ran out."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.tenancy import operation
from qiying.slices.calls.models import Call, Lapse, Round, Task
from qiying.slices.calls.rules import (
    OF_THE_HOUSE,
    OPEN,
    PAUSED,
    TASK_OPEN,
    WITH_UNIT,
    Clock,
    RoundState,
)

AT_ONCE = 200
AT_WORK = WITH_UNIT - PAUSED
"""States in which the deadlines of units run."""


@dataclass(frozen=True, slots=True)
class _Missed:
    call: Call
    clock: str
    subject_id: int
    due_at: datetime
    unit_id: int | None


@operation
def note_overdue(actor: Actor, *, now: datetime) -> int:
    """Keep and tell every deadline that ran out since the last time; each exactly once.

    Rows that another sweeper holds are skipped, a deadline that was noted before is left out, and
    the row that says so and its event are written in one transaction.
    """
    actor.require(Role.SYSTEM)
    missed = [
        *_late_calls(actor, now),
        *_late_steps(actor, now),
        *_late_contacts(actor, now),
        *_late_tasks(actor, now),
    ]
    for m in missed:
        Lapse.objects.create(
            tenant_id=actor.tenant_id,
            call=m.call,
            clock=m.clock,
            subject_id=m.subject_id,
            due_at=m.due_at,
            unit_id=m.unit_id,
            noted_at=now,
        )
        events.record(
            "calls.overdue",
            subject=m.call,
            actor=actor,
            now=now,
            role=Role.SYSTEM,
            round=m.call.current_round,
            state=m.call.state,
            clock=m.clock,
            due=m.due_at.isoformat(),
            **({"unit": m.unit_id} if m.unit_id else {}),
        )
    return len(missed)


def _unnoted(actor: Actor, rows: QuerySet[Any], clock: Any, due: str) -> QuerySet[Any]:
    """Locked rows whose deadline has no lapse yet, the oldest first."""
    noted = Lapse.objects.filter(
        tenant_id=actor.tenant_id,
        clock=clock,
        subject_id=OuterRef("pk"),
        due_at=OuterRef(due),
    )
    rows = rows.filter(~Exists(noted)).order_by(due)
    return rows.select_for_update(skip_locked=True, of=("self",))[:AT_ONCE]


def _late_calls(actor: Actor, now: datetime) -> Iterator[_Missed]:
    rows = Call.objects.filter(
        tenant_id=actor.tenant_id, state__in=sorted(OPEN), due_at__lt=now
    ).defer("text", "words", "ranking")
    for call in _unnoted(actor, rows, OuterRef("clock"), "due_at"):
        is_units = call.clock not in OF_THE_HOUSE
        unit_id = (call.lead_unit_id or call.first_receiver_id) if is_units else None
        yield _Missed(call, call.clock, call.pk, call.due_at, unit_id)


def _late_steps(actor: Actor, now: datetime) -> Iterator[_Missed]:
    rows = (
        Call.objects.filter(tenant_id=actor.tenant_id, step_due_at__lt=now)
        .exclude(step_clock="")
        .defer("text", "words", "ranking")
    )
    for call in _unnoted(actor, rows, OuterRef("step_clock"), "step_due_at"):
        unit_id = None if call.step_clock in OF_THE_HOUSE else call.lead_unit_id
        yield _Missed(call, call.step_clock, call.pk, call.step_due_at or now, unit_id)


def _late_contacts(actor: Actor, now: datetime) -> Iterator[_Missed]:
    rows = Round.objects.filter(
        tenant_id=actor.tenant_id,
        state=RoundState.OPEN,
        contacted_at=None,
        contact_due_at__lt=now,
        call__state__in=sorted(AT_WORK),
    ).select_related("call")
    for row in _unnoted(actor, rows, Clock.CONTACT, "contact_due_at"):
        yield _Missed(row.call, Clock.CONTACT, row.pk, row.contact_due_at, row.lead_unit_id)


def _late_tasks(actor: Actor, now: datetime) -> Iterator[_Missed]:
    rows = Task.objects.filter(
        tenant_id=actor.tenant_id,
        is_lead=False,
        state__in=sorted(TASK_OPEN),
        due_at__lt=now,
        call__state__in=sorted(AT_WORK),
    ).select_related("call")
    for row in _unnoted(actor, rows, Clock.TASK, "due_at"):
        yield _Missed(row.call, Clock.TASK, row.pk, row.due_at, row.unit_id)
