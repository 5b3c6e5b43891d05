"""Deadlines derived again, and promises that ran out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from qiying.engines.worktime import Calendar
from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.tenancy import operation
from qiying.slices.calls import rules
from qiying.slices.calls.models import Call, Lapse, Pause, Round, Task
from qiying.slices.calls.operations._move import ledger
from qiying.slices.calls.rules import (
    OPEN,
    TASK_OPEN,
    WITH_UNIT,
    Clock,
    RoundState,
    Term,
    Urgency,
)
from qiying.slices.registry import public as registry

CHUNK = 1000
AT_ONCE = 200
TERMS = "unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::boolean[])"
MOVE_ROUNDS = f"""
    UPDATE calls_round r
       SET due_at = v.due_at, yellow_at = v.yellow_at, is_provisional = v.is_provisional,
           calendar_version = %s
      FROM {TERMS} v(id, due_at, yellow_at, is_provisional)
     WHERE r.id = v.id AND r.tenant_id = %s
"""  # noqa: S608  no text from outside
MOVE_CALLS = f"""
    UPDATE calls_call c
       SET due_at = v.due_at, yellow_at = v.yellow_at, is_provisional = v.is_provisional,
           version = c.version + 1, updated_at = %s
      FROM {TERMS} v(id, due_at, yellow_at, is_provisional)
     WHERE c.id = v.id AND c.tenant_id = %s
"""  # noqa: S608  no text from outside
MOVE_TASKS = """
    UPDATE calls_task t
       SET due_at = v.due_at
      FROM unnest(%s::bigint[], %s::timestamptz[]) v(round_id, due_at)
     WHERE t.round_id = v.round_id AND t.tenant_id = %s AND t.is_lead AND t.state = ANY(%s)
"""
TERM_FIELDS = ("due_at", "yellow_at", "is_provisional", "calendar_version")


@operation
def rederive(actor: Actor, *, now: datetime, call_ids: Sequence[int] | None = None) -> int:
    """Derive the deadlines of open calls again; how many changed, each with an event."""
    actor.require(Role.SYSTEM, Role.ADMINISTRATOR)
    calendar = registry.calendar(actor)
    rows = Call.objects.filter(tenant_id=actor.tenant_id, state__in=sorted(OPEN))
    if call_ids is not None:
        rows = rows.filter(id__in=list(call_ids))
    changed, last = 0, 0
    while True:
        chunk = list(
            rows.filter(id__gt=last)
            .defer("text", "words")
            .order_by("id")
            .select_for_update()[:CHUNK]
        )
        if not chunk:
            return changed
        last = chunk[-1].pk
        changed += _rederive(actor, chunk, calendar, now)


def _rederive(actor: Actor, calls: list[Call], calendar: Calendar, now: datetime) -> int:
    ids = [c.pk for c in calls]
    number = {c.pk: c.current_round for c in calls}
    found = Round.objects.filter(tenant_id=actor.tenant_id, call_id__in=ids)
    rounds = {r.call_id: r for r in found if r.number == number[r.call_id]}
    pauses = _pauses(actor, ids)
    moved_rounds, moved_calls = [], []
    for call in calls:
        round_ = rounds[call.pk]
        before = (call.due_at, round_.due_at)
        if _renew(round_, call, pauses.get(round_.pk, []), calendar):
            moved_rounds.append(round_)
            moved_calls.append(call)
            _tell(actor, call, round_, before, now)
    if moved_calls:
        _write(actor, moved_calls, moved_rounds, now)
    return len(moved_calls)


def _write(actor: Actor, calls: list[Call], rounds: list[Round], now: datetime) -> None:
    """Write the new terms in three statements, however many rows there are."""
    tenant_id = actor.tenant_id
    with connection.cursor() as cursor:
        cursor.execute(MOVE_ROUNDS, [rounds[0].calendar_version, *_columns(rounds), tenant_id])
        cursor.execute(MOVE_CALLS, [now, *_columns(calls), tenant_id])
        still_open = [r for r in rounds if r.state == RoundState.OPEN]
        open_tasks = [str(state) for state in sorted(TASK_OPEN)]
        cursor.execute(MOVE_TASKS, [*_columns(still_open)[:2], tenant_id, open_tasks])


def _columns(rows: Sequence[Call | Round]) -> list[list[object]]:
    """Ids and terms, column by column."""
    return [
        [r.pk for r in rows],
        [r.due_at for r in rows],
        [r.yellow_at for r in rows],
        [r.is_provisional for r in rows],
    ]


def _pauses(actor: Actor, call_ids: list[int]) -> dict[int, list[Pause]]:
    found: dict[int, list[Pause]] = {}
    for row in Pause.objects.filter(tenant_id=actor.tenant_id, call_id__in=call_ids):
        found.setdefault(row.round_id, []).append(row)
    return found


def _renew(round_: Round, call: Call, pauses: list[Pause], calendar: Calendar) -> bool:
    """Write the derived terms onto round and call; whether anything differs."""
    rule = rules.rule_of(round_.rule_kind, round_.rule_amount)
    term = rules.term(round_.started_at, rule, calendar, ledger(pauses))
    differs = (round_.due_at, round_.is_provisional) != (term.due_at, term.is_provisional)
    for name in TERM_FIELDS:
        setattr(round_, name, getattr(term, name))
    shown = _shown(call, round_, term, calendar)
    if shown is not None and (call.due_at, call.is_provisional) != (
        shown.due_at,
        shown.is_provisional,
    ):
        differs = True
    if shown is not None:
        call.due_at, call.yellow_at = shown.due_at, shown.yellow_at
        call.is_provisional = shown.is_provisional
    return differs


def _shown(call: Call, round_: Round, term: Term, calendar: Calendar) -> Term | None:
    """What the call shows: its round's promise or the call-back's; None for a milestone."""
    if call.clock == Clock.ANSWER:
        return term
    if call.clock == Clock.CALLBACK and round_.answered_at is not None:
        rule = rules.STEP_WITHIN[Clock.CALLBACK, Urgency.NORMAL]
        return rules.term(round_.answered_at, rule, calendar)
    return None


def _tell(
    actor: Actor,
    call: Call,
    round_: Round,
    before: tuple[datetime, datetime],
    now: datetime,
) -> None:
    events.record(
        "calls.deadline_changed",
        subject=call,
        actor=actor,
        now=now,
        role=Role.SYSTEM,
        round=call.current_round,
        due_before=before[0].isoformat(),
        due=call.due_at.isoformat(),
        answer_before=before[1].isoformat(),
        answer=round_.due_at.isoformat(),
        provisional=round_.is_provisional,
        calendar=round_.calendar_version[:128],
    )


# --- promises that ran out ---


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
    ).defer("text", "words")
    for call in _unnoted(actor, rows, OuterRef("clock"), "due_at"):
        unit_id = call.lead_unit_id or call.first_receiver_id
        yield _Missed(call, call.clock, call.pk, call.due_at, unit_id)


def _late_steps(actor: Actor, now: datetime) -> Iterator[_Missed]:
    rows = (
        Call.objects.filter(tenant_id=actor.tenant_id, step_due_at__lt=now)
        .exclude(step_clock="")
        .defer("text", "words")
    )
    for call in _unnoted(actor, rows, OuterRef("step_clock"), "step_due_at"):
        is_units = call.step_clock == Clock.SIGN
        unit_id = call.lead_unit_id if is_units else call.first_receiver_id
        yield _Missed(call, call.step_clock, call.pk, call.step_due_at or now, unit_id)


def _late_contacts(actor: Actor, now: datetime) -> Iterator[_Missed]:
    rows = Round.objects.filter(
        tenant_id=actor.tenant_id,
        state=RoundState.OPEN,
        contacted_at=None,
        contact_due_at__lt=now,
        call__state__in=sorted(WITH_UNIT),
    ).select_related("call")
    for row in _unnoted(actor, rows, Clock.CONTACT, "contact_due_at"):
        yield _Missed(row.call, Clock.CONTACT, row.pk, row.contact_due_at, row.lead_unit_id)


def _late_tasks(actor: Actor, now: datetime) -> Iterator[_Missed]:
    rows = Task.objects.filter(
        tenant_id=actor.tenant_id,
        is_lead=False,
        state__in=sorted(TASK_OPEN),
        due_at__lt=now,
        call__state__in=sorted(WITH_UNIT),
    ).select_related("call")
    for row in _unnoted(actor, rows, Clock.TASK, "due_at"):
        yield _Missed(row.call, Clock.TASK, row.pk, row.due_at, row.unit_id)
