"""Deadlines derived again.

There may be ten thousand: a chunk of calls is read in one statement with its rounds, held in plain
records and written in three.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar, TypeVar, cast
from uuid import UUID

from django.db import connection

from qiying.engines.worktime import Calendar
from qiying.kernel import events, prepared
from qiying.kernel.access import Actor, Role
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, Extension, Pause
from qiying.slices.calls.operations import _parts
from qiying.slices.calls.operations._move import ledger
from qiying.slices.calls.rules import (
    OPEN,
    TASK_OPEN,
    Clock,
    ExtensionState,
    RoundState,
    Term,
    Terms,
)
from qiying.slices.registry import public as registry

P = TypeVar("P", Pause, "_Part", Extension)
CHUNK = 1000
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
CALLS = (
    *("id", "public_id", "urgency", "state", "current_round", "clock", "step_clock"),
    *("is_provisional", "dispatched_at", "due_at", "yellow_at", "step_from_at", "step_due_at"),
)
ROUNDS = (
    *("id", "state", "rule_kind", "rule_amount", "is_provisional", "calendar_version"),
    *("started_at", "answered_at", "due_at", "extended_due_at", "yellow_at", "contact_due_at"),
    "contacted_at",
)
TASKS = ("id", "round_id", "is_lead", "state", "sent_at", "sign_due_at", "due_at", "set_due_at")
"""The columns that deadlines are derived from, and those that hold them."""


def _columns_of(alias: str, names: Iterable[str]) -> str:
    """Columns as the driver reads them fastest: a moment as its microseconds since 1970."""
    return ", ".join(
        f"(extract(epoch FROM {alias}.{name}) * 1000000)::bigint"
        if name.endswith("_at")
        else f"{alias}.{name}"
        for name in names
    )


def _codes(names: Iterable[str]) -> str:
    """Codes as the partial indexes name them."""
    return ", ".join(f"'{name}'" for name in sorted(map(str, names)))


LOCK_CALLS = f"""
    SELECT {_columns_of("c", CALLS)} FROM calls_call c
     WHERE c.tenant_id = %s AND c.state IN ({_codes(OPEN)}) AND c.id > %s
       AND (%s::bigint[] IS NULL OR c.id = ANY (%s))
     ORDER BY c.id LIMIT %s FOR UPDATE
"""  # noqa: S608  no text from outside
READ_ROUNDS = f"""
    SELECT c.id, {_columns_of("r", ROUNDS)}
      FROM calls_call c
      JOIN calls_round r ON r.tenant_id = c.tenant_id AND r.call_id = c.id
                        AND r.number = c.current_round
     WHERE c.tenant_id = %s AND c.id = ANY (%s)
"""  # noqa: S608  no text from outside
READ_TASKS = f"""
    SELECT {_columns_of("t", TASKS)} FROM calls_task t
     WHERE t.tenant_id = %s AND t.call_id = ANY (%s) AND t.state IN ({_codes(TASK_OPEN)})
"""  # noqa: S608  no text from outside
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class _Call:
    """A call as far as its deadlines go."""

    _meta: ClassVar[Any] = Call._meta
    """What an event names its subject by."""

    pk: int
    public_id: UUID
    urgency: str
    state: str
    current_round: int
    clock: str
    step_clock: str
    is_provisional: bool
    dispatched_at: datetime | None
    due_at: datetime
    yellow_at: datetime
    step_from_at: datetime | None
    step_due_at: datetime | None


@dataclass(slots=True)
class _Round:
    """Its current round."""

    pk: int
    state: str
    rule_kind: str
    rule_amount: float
    is_provisional: bool
    calendar_version: str
    started_at: datetime
    answered_at: datetime | None
    due_at: datetime
    extended_due_at: datetime | None
    yellow_at: datetime
    contact_due_at: datetime | None
    contacted_at: datetime | None

    @property
    def promised_at(self) -> datetime:
        """Until when the answer is promised: with the extensions that were granted."""
        return self.extended_due_at or self.due_at


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
    set_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class _Ground:
    """What every deadline rests on: the work calendar and the zone's terms."""

    calendar: Calendar
    terms: Terms


@operation
def rederive(actor: Actor, *, now: datetime, call_ids: Sequence[int] | None = None) -> int:
    """Derive the deadlines of open calls again; how many changed, each with an event.

    What a firm was promised keeps the rule of its round; steps, parts and call-back follow the
    zone's terms.
    """
    actor.require(Role.SYSTEM, Role.ADMINISTRATOR)
    return derive(actor, queries.terms(actor, now), now=now, call_ids=call_ids)


def derive(
    actor: Actor, terms: Terms, *, now: datetime, call_ids: Sequence[int] | None = None
) -> int:
    """As ``rederive`` inside another operation, by these terms."""
    ground = _Ground(registry.calendar(actor), terms)
    only = None if call_ids is None else list(call_ids)
    changed, last = 0, 0
    while chunk := _read(actor, only, last):
        last = chunk[-1][0].pk
        changed += _rederive(actor, chunk, ground, now)
    return changed


def _read(actor: Actor, only: list[int] | None, last: int) -> list[tuple[_Call, _Round]]:
    """The next open calls, locked; then, as they stand now, the current round of each."""
    tenant_id = actor.tenant_id
    with prepared.cursor() as cursor:
        cursor.execute(LOCK_CALLS, [tenant_id, last, only, only, CHUNK])
        calls = [_Call(*row[:8], *map(_moment, row[8:])) for row in cursor.fetchall()]
        cursor.execute(READ_ROUNDS, [tenant_id, [call.pk for call in calls]])
        rows = cursor.fetchall()
    rounds = {row[0]: _Round(*row[1:7], *map(_moment, row[7:])) for row in rows}
    return [(call, rounds[call.pk]) for call in calls]


def _moment(microseconds: int | None) -> Any:
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


def _tasks(actor: Actor, call_ids: list[int]) -> dict[int, list[_Part]]:
    """The open parts of calls, by round."""
    with prepared.cursor() as cursor:
        cursor.execute(READ_TASKS, [actor.tenant_id, call_ids])
        rows = cursor.fetchall()
    return _by_round(_Part(*row[:4], *map(_moment, row[4:])) for row in rows)


def _rederive(
    actor: Actor, chunk: list[tuple[_Call, _Round]], ground: _Ground, now: datetime
) -> int:
    ids = [call.pk for call, _round in chunk]
    pauses = _by_round(Pause.objects.filter(tenant_id=actor.tenant_id, call_id__in=ids))
    tasks = _tasks(actor, ids)
    extensions = _extensions(actor, (round_ for _call, round_ in chunk))
    moved: list[tuple[_Call, _Round]] = []
    moved_tasks: list[_Part] = []
    for call, round_ in chunk:
        before = _Terms.of(call, round_)
        paused = ledger(pauses.get(round_.pk, []))
        granted = extensions.get(round_.pk, [])
        _renew(round_, call, granted, paused, ground)
        moved_parts = _renew_parts(round_, call, tasks.get(round_.pk, []), paused, ground)
        moved_tasks += moved_parts
        after = _Terms.of(call, round_)
        if moved_parts or after != before:
            moved.append((call, round_))
            _tell(actor, call, round_, before, after, now)
    if moved:
        _write(actor, moved, moved_tasks, now)
        Extension.objects.bulk_update([e for es in extensions.values() for e in es], ["due_at"])
    return len(moved)


def _extensions(actor: Actor, rounds: Iterable[_Round]) -> dict[int, list[Extension]]:
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
    def of(cls, call: _Call, round_: _Round) -> "_Terms":
        shown = (call.due_at, call.yellow_at, call.is_provisional)
        terms = (round_.due_at, round_.yellow_at, round_.is_provisional)
        answer = (*terms, round_.extended_due_at)
        indoors = (call.step_due_at, round_.contact_due_at)
        return cls(call.due_at, round_.promised_at, (*shown, *answer), indoors)


def _write(
    actor: Actor, moved: list[tuple[_Call, _Round]], tasks: list[_Part], now: datetime
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


def _columns(rows: Sequence[_Call | _Round]) -> list[str | list[Any]]:
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
    round_: _Round,
    call: _Call,
    extensions: list[Extension],
    paused: tuple[rules.Paused, ...],
    ground: _Ground,
) -> None:
    """Write the derived terms onto round and call."""
    term = _parts.promise_of(round_, extensions, ground.calendar, paused)
    call.step_due_at = _parts.step_due(call, ground.calendar, ground.terms)
    shown = _shown(call, round_, term, ground)
    if shown is not None:
        call.due_at, call.yellow_at = shown.due_at, shown.yellow_at
        call.is_provisional = shown.is_provisional


def _renew_parts(
    round_: _Round,
    call: _Call,
    tasks: list[_Part],
    paused: tuple[rules.Paused, ...],
    ground: _Ground,
) -> list[_Part]:
    """The same for first contact and the units' parts while the round is open."""
    if round_.state != RoundState.OPEN:
        return []
    calendar, terms = ground.calendar, ground.terms
    round_.contact_due_at = _parts.contact_due(call, round_, calendar, terms, paused)
    return [t for t in tasks if _parts.renew_task(t, call, round_, calendar, terms, paused)]


def _shown(call: _Call, round_: _Round, term: Term, ground: _Ground) -> Term | None:
    """What the call shows: its round's promise or the call-back's; None for a milestone."""
    if call.clock == Clock.ANSWER:
        return term
    if call.clock == Clock.CALLBACK and round_.answered_at is not None:
        return ground.terms.callback_term(round_.answered_at, ground.calendar)
    return None


def _tell(
    actor: Actor,
    call: _Call,
    round_: _Round,
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
        subject=cast("Call", call),  # its table and number are all that an event reads
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
