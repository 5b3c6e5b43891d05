"""Deadlines derived again, and promises that ran out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap
from typing import Any, TypeVar

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from qiying.engines.worktime import Calendar
from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.tenancy import operation
from qiying.slices.calls import rules
from qiying.slices.calls.models import Call, Extension, Lapse, Pause, Round, Task
from qiying.slices.calls.operations import _parts
from qiying.slices.calls.operations._move import ledger
from qiying.slices.calls.rules import (
    OF_THE_HOUSE,
    OPEN,
    PAUSED,
    TASK_OPEN,
    WITH_UNIT,
    Clock,
    ExtensionState,
    RoundState,
    Term,
    Urgency,
)
from qiying.slices.registry import public as registry

P = TypeVar("P", Pause, "_Part", Extension)
CHUNK = 1000
AT_ONCE = 200
TERMS = (
    "unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::boolean[], %s::timestamptz[])"
)
MOVE_ROUNDS = """
    UPDATE calls_round r
       SET due_at = v.due_at, yellow_at = v.yellow_at, is_provisional = v.is_provisional,
           contact_due_at = v.contact_due_at, extended_due_at = v.extended_due_at,
           calendar_version = %s
      FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[], %s::boolean[],
                  %s::timestamptz[], %s::timestamptz[])
           v(id, due_at, yellow_at, is_provisional, contact_due_at, extended_due_at)
     WHERE r.id = v.id AND r.tenant_id = %s
"""
MOVE_CALLS = f"""
    UPDATE calls_call c
       SET due_at = v.due_at, yellow_at = v.yellow_at, is_provisional = v.is_provisional,
           step_due_at = v.step_due_at, version = c.version + 1, updated_at = %s
      FROM {TERMS} v(id, due_at, yellow_at, is_provisional, step_due_at)
     WHERE c.id = v.id AND c.tenant_id = %s
"""  # noqa: S608  no text from outside
MOVE_TASKS = """
    UPDATE calls_task t
       SET due_at = v.due_at, sign_due_at = v.sign_due_at
      FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) v(id, due_at, sign_due_at)
     WHERE t.id = v.id AND t.tenant_id = %s
"""
AT_WORK = WITH_UNIT - PAUSED
"""States in which the deadlines of units run."""
CALL_FIELDS = (
    *("public_id", "tenant_id", "urgency", "state", "current_round", "dispatched_at", "clock"),
    *("due_at", "yellow_at", "is_provisional", "step_clock", "step_from_at", "step_due_at"),
)
ROUND_FIELDS = (
    *("call_id", "number", "state", "started_at", "rule_kind", "rule_amount", "answered_at"),
    *("due_at", "extended_due_at", "yellow_at", "is_provisional", "calendar_version"),
    *("contact_due_at", "contacted_at"),
)
TASK_FIELDS = ("id", "round_id", "is_lead", "state", "sent_at", "sign_due_at", "due_at")
"""The columns that deadlines are derived from, and those that hold them."""


@dataclass(slots=True)
class _Part:
    """A unit's part as far as its deadlines go: there are more of them than of anything else."""

    pk: int
    round_id: int
    is_lead: bool
    state: str
    sent_at: datetime
    sign_due_at: datetime
    due_at: datetime


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
            rows.filter(id__gt=last).only(*CALL_FIELDS).order_by("id").select_for_update()[:CHUNK]
        )
        if not chunk:
            return changed
        last = chunk[-1].pk
        changed += _rederive(actor, chunk, calendar, now)


def _rederive(actor: Actor, calls: list[Call], calendar: Calendar, now: datetime) -> int:
    ids = [c.pk for c in calls]
    number = {c.pk: c.current_round for c in calls}
    found = Round.objects.filter(tenant_id=actor.tenant_id, call_id__in=ids).only(*ROUND_FIELDS)
    rounds = {r.call_id: r for r in found if r.number == number[r.call_id]}
    pauses = _by_round(Pause.objects.filter(tenant_id=actor.tenant_id, call_id__in=ids))
    rows = Task.objects.filter(
        tenant_id=actor.tenant_id, call_id__in=ids, state__in=sorted(TASK_OPEN)
    )
    tasks = _by_round(starmap(_Part, rows.values_list(*TASK_FIELDS)))
    extensions = _extensions(actor, rounds.values())
    moved: list[tuple[Call, Round]] = []
    moved_tasks: list[_Part] = []
    for call in calls:
        round_ = rounds[call.pk]
        before = _Terms.of(call, round_)
        paused = ledger(pauses.get(round_.pk, []))
        granted = extensions.get(round_.pk, [])
        _renew(round_, call, granted, paused, calendar)
        moved_parts = _renew_parts(round_, call, tasks.get(round_.pk, []), paused, calendar)
        moved_tasks += moved_parts
        after = _Terms.of(call, round_)
        if moved_parts or after != before:
            moved.append((call, round_))
            _tell(actor, call, round_, before, after, now)
    if moved:
        _write(actor, moved, moved_tasks, now)
        Extension.objects.bulk_update([e for es in extensions.values() for e in es], ["due_at"])
    return len(moved)


def _extensions(actor: Actor, rounds: Iterable[Round]) -> dict[int, list[Extension]]:
    """The granted extensions of the rounds that have any, in their order."""
    longer = [r.pk for r in rounds if r.extended_due_at is not None]
    if not longer:
        return {}
    rows = Extension.objects.filter(
        tenant_id=actor.tenant_id, round_id__in=longer, state=ExtensionState.GRANTED
    )
    return _by_round(rows.order_by("ordinal"))


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a call and its round promise, outdoors and indoors."""

    due_at: datetime
    answer_due_at: datetime
    promised: tuple[object, ...]
    indoors: tuple[object, ...]

    @classmethod
    def of(cls, call: Call, round_: Round) -> "_Terms":
        shown = (call.due_at, call.yellow_at, call.is_provisional)
        terms = (round_.due_at, round_.yellow_at, round_.is_provisional)
        answer = (*terms, round_.extended_due_at)
        indoors = (call.step_due_at, round_.contact_due_at)
        return cls(call.due_at, round_.promised_at, (*shown, *answer), indoors)


def _write(
    actor: Actor, moved: list[tuple[Call, Round]], tasks: list[_Part], now: datetime
) -> None:
    """Write the new terms in three statements, however many rows there are."""
    tenant_id = actor.tenant_id
    calls, rounds = [c for c, _r in moved], [r for _c, r in moved]
    with connection.cursor() as cursor:
        contacts = _times(r.contact_due_at for r in rounds)
        extended = _times(r.extended_due_at for r in rounds)
        version = rounds[0].calendar_version
        cursor.execute(MOVE_ROUNDS, [version, *_columns(rounds), contacts, extended, tenant_id])
        steps = _times(c.step_due_at for c in calls)
        cursor.execute(MOVE_CALLS, [now, *_columns(calls), steps, tenant_id])
        due, sign_due = _times(t.due_at for t in tasks), _times(t.sign_due_at for t in tasks)
        cursor.execute(MOVE_TASKS, [[t.pk for t in tasks], due, sign_due, tenant_id])


def _columns(rows: Sequence[Call | Round]) -> list[str | list[Any]]:
    """Ids and terms, column by column."""
    return [
        [r.pk for r in rows],
        _times(r.due_at for r in rows),
        _times(r.yellow_at for r in rows),
        [r.is_provisional for r in rows],
    ]


def _times(moments: Iterable[datetime | None]) -> str:
    """An array as PostgreSQL writes it: the driver would quote each moment one by one."""
    return "{" + ",".join(m.isoformat() if m else "NULL" for m in moments) + "}"


def _by_round(rows: Iterable[P]) -> dict[int, list[P]]:
    found: dict[int, list[P]] = {}
    for row in rows:
        found.setdefault(row.round_id, []).append(row)
    return found


def _renew(
    round_: Round,
    call: Call,
    extensions: list[Extension],
    paused: tuple[rules.Paused, ...],
    calendar: Calendar,
) -> None:
    """Write the derived terms onto round and call."""
    term = _parts.promise_of(round_, extensions, calendar, paused)
    call.step_due_at = _parts.step_due(call, calendar)
    shown = _shown(call, round_, term, calendar)
    if shown is not None:
        call.due_at, call.yellow_at = shown.due_at, shown.yellow_at
        call.is_provisional = shown.is_provisional


def _renew_parts(
    round_: Round,
    call: Call,
    tasks: list[_Part],
    paused: tuple[rules.Paused, ...],
    calendar: Calendar,
) -> list[_Part]:
    """The same for first contact and the units' parts while the round is open."""
    if round_.state != RoundState.OPEN:
        return []
    round_.contact_due_at = _parts.contact_due(call, round_, calendar, paused)
    return [t for t in tasks if _parts.renew_task(t, call, round_, calendar, paused)]


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
    before: _Terms,
    after: _Terms,
    now: datetime,
) -> None:
    """A promise that moved is told to everybody, a deadline indoors to the house."""
    is_promise = before.promised != after.promised
    answer = {"answer_before": before.answer_due_at, "answer": round_.promised_at}
    is_shown = (before.due_at, call.due_at) == (before.answer_due_at, round_.promised_at)
    events.record(
        "calls.deadline_changed" if is_promise else "calls.step_deadlines_changed",
        subject=call,
        actor=actor,
        now=now,
        role=Role.SYSTEM,
        round=call.current_round,
        due_before=before.due_at.isoformat(),
        due=call.due_at.isoformat(),
        provisional=round_.is_provisional,
        calendar=round_.calendar_version[:128],
        **({} if is_shown else {name: at.isoformat() for name, at in answer.items()}),
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
