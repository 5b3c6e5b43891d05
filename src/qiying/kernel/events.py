"""Say what happened, once, in the transaction that made it true.

``record`` keeps the event until the operation ends; then the tenant's chain is locked (last, so
that it is held for the shortest time), every event is hashed onto the one before it, one job per
handler is deferred through the same connection and waiting pages are told.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import rfc8785
from django.db.models import Model

from qiying.kernel import prepared, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.models import Chain, Event

Handler = Callable[[Event], None]
Defer = Callable[[list[tuple["Linked", str]]], None]
Wanted = Callable[[int, frozenset[str]], frozenset[str]]
GENESIS = "0" * 64
VERSION = 1
"""Of what an event holds."""
CODE = re.compile(r"[\w.:+\-/@]{0,128}", re.ASCII)

LINK = """
    WITH linked AS (
        INSERT INTO kernel_event (tenant_id, sequence, topic, version, subject_type, subject_id,
                                  actor, role, data, occurred_at, recorded_at, previous, digest)
        SELECT v.tenant_id, v.sequence, v.topic, v.version, v.subject_type, v.subject_id, v.actor,
               v.role, v.data, v.occurred_at, v.recorded_at, v.previous, v.digest
          FROM jsonb_to_recordset(%s::jsonb) v(
               tenant_id bigint, sequence bigint, topic text, version smallint, subject_type text,
               subject_id bigint, actor text, role text, data jsonb, occurred_at timestamptz,
               recorded_at timestamptz, previous text, digest text)
        RETURNING sequence, id),
    head AS (
        UPDATE kernel_chain SET sequence = %s, digest = %s WHERE tenant_id = %s
        RETURNING pg_notify('qiying_live', %s))
    SELECT linked.sequence, linked.id FROM linked CROSS JOIN head
"""
"""Events as one parameter, the head of the chain, and word to the waiting pages."""

_handlers: dict[str, dict[str, Handler]] = {}
_taps: dict[str, tuple[Handler, Wanted]] = {}
_defer: Defer | None = None
_muted: ContextVar[bool] = ContextVar("qiying_events_muted", default=False)


Subject = Model
"""Any saved record: its table names the subject's type."""


@dataclass(frozen=True, slots=True)
class Draft:
    """An event that waits for the end of its operation."""

    topic: str
    subject_type: str
    subject_id: int
    actor: str
    role: str
    data: Mapping[str, Any]
    occurred_at: datetime


@dataclass(slots=True)
class Linked:
    """An event that was hashed onto the chain and is written; moments as they are hashed."""

    tenant_id: int
    sequence: int
    topic: str
    version: int
    subject_type: str
    subject_id: int
    actor: str
    role: str
    data: Mapping[str, Any]
    occurred_at: str
    recorded_at: str
    previous: str
    digest: str = ""
    pk: int = 0

    def line(self) -> dict[str, Any]:
        """As the statement takes it that writes it."""
        return {name: getattr(self, name) for name in COLUMNS}


COLUMNS = (
    *("tenant_id", "sequence", "topic", "version", "subject_type", "subject_id", "actor", "role"),
    *("data", "occurred_at", "recorded_at", "previous", "digest"),
)


def on(topic: str) -> Callable[[Handler], Handler]:
    """Register a handler. It runs at least once per event, so it must be idempotent."""

    def register(handler: Handler) -> Handler:
        _handlers.setdefault(topic, {})[f"{handler.__module__}.{handler.__name__}"] = handler
        return handler

    return register


def tap(wanted: Wanted) -> Callable[[Handler], Handler]:
    """Register a handler of the topics that ``wanted(tenant_id, topics)`` picks when they happen.

    It is asked inside every operation that records one, so it must cost no more than one query.
    """

    def register(handler: Handler) -> Handler:
        _taps[f"{handler.__module__}.{handler.__name__}"] = (handler, wanted)
        return handler

    return register


def handler_named(topic: str, name: str) -> Handler | None:
    tapped = _taps.get(name)
    return tapped[0] if tapped else _handlers.get(topic, {}).get(name)


@contextmanager
def muted() -> Iterator[None]:
    """Record history without waking handlers: for playing a past that nobody must be told of."""
    token = _muted.set(True)
    try:
        yield
    finally:
        _muted.reset(token)


def is_muted() -> bool:
    """Whether a past is played, of which nobody must be told."""
    return _muted.get()


def subject_type(model: Any) -> str:
    """``calls.call`` for a call, whether given the class or a record."""
    return f"{model._meta.app_label}.{model._meta.model_name}"


def record(
    topic: str, *, subject: Subject, actor: Actor, now: datetime, role: str = "", **data: Any
) -> None:
    """Keep an event for the end of the operation; ids, codes, numbers and digests only."""
    scope = tenancy.current()
    if scope is None or not scope.is_writing:
        raise RuntimeError("record() belongs inside an operation")
    _only_codes(data)
    scope.drafts.append(
        Draft(topic, subject_type(subject), subject.pk, actor.identity, role, data, now)
    )
    scope.on_flush = _flush


def digest(text: str, *, salt: str) -> str:
    """A salted digest that stands for words in an event."""
    return hashlib.sha256(f"{salt}\x00{text}".encode()).hexdigest()


def _only_codes(value: Any) -> None:
    if value is None or isinstance(value, bool | int):
        return
    if isinstance(value, str) and CODE.fullmatch(value):
        return
    if isinstance(value, Mapping):
        for item in value.values():
            _only_codes(item)
    elif isinstance(value, list | tuple):
        for item in value:
            _only_codes(item)
    else:
        raise ValueError(f"an event holds codes and numbers, not {value!r}")


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def digest_of(row: Event) -> str:
    """The hash of an event: SHA-256 over its canonical JSON (RFC 8785) and its predecessor."""
    return _digest_of(row, _stamp(row.occurred_at), _stamp(row.recorded_at))


def _digest_of(row: "Event | Linked", occurred_at: str, recorded_at: str) -> str:
    body = {
        "tenant": row.tenant_id,
        "sequence": row.sequence,
        "topic": row.topic,
        "version": row.version,
        "subject": [row.subject_type, row.subject_id],
        "actor": row.actor,
        "role": row.role,
        "data": row.data,
        "occurred_at": occurred_at,
        "recorded_at": recorded_at,
        "previous": row.previous,
    }
    return hashlib.sha256(canonical(body)).hexdigest()


def canonical(body: Mapping[str, Any]) -> bytes:
    """Canonical JSON (RFC 8785). Plain ASCII without fractions needs nothing but sorted keys,
    which the standard library writes ten times as fast; anything else goes the long way."""
    text = _SORTED.encode(body)
    if text.isascii() and not _FRACTION.search(text):
        return text.encode()
    return rfc8785.dumps(dict(body))


_SORTED = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False)
_FRACTION = re.compile(r'(?:":|[,\[])-?\d+(?:[.eE]|\d{15})')
"""A number with a point or an exponent, or one that is too long for a double."""


def _flush(scope: tenancy.Scope) -> None:
    drafts, scope.drafts = scope.drafts, []
    if not drafts:
        return
    head = _lock_head(scope.tenant_id)
    if head is None:
        Chain.objects.bulk_create([Chain(tenant_id=scope.tenant_id)], ignore_conflicts=True)
        head = _lock_head(scope.tenant_id) or (0, GENESIS)
    rows = _link(scope.tenant_id, head, drafts)
    _write(scope.tenant_id, rows)
    if not _muted.get():
        _wake(rows)


def _lock_head(tenant_id: int) -> tuple[int, str] | None:
    """Number and digest of the last event, locked; every operation of the tenant passes here."""
    with prepared.cursor() as cursor:
        cursor.execute(
            "SELECT sequence, digest FROM kernel_chain WHERE tenant_id = %s FOR UPDATE",
            [tenant_id],
        )
        row = cursor.fetchone()
    return None if row is None else (row[0], row[1])


def head(actor: Actor) -> int:
    """The number of the last event of the actor's zone: as long as it stands, nothing happened."""
    with tenancy.reading(actor), prepared.cursor() as cursor:
        cursor.execute("SELECT sequence FROM kernel_chain WHERE tenant_id = %s", [actor.tenant_id])
        row = cursor.fetchone()
    return row[0] if row else 0


def _link(tenant_id: int, head: tuple[int, str], drafts: list[Draft]) -> list[Linked]:
    recorded_at, rows = _stamp(datetime.now(UTC)), []
    sequence, previous = head
    for draft in drafts:
        sequence += 1
        row = Linked(
            tenant_id,
            sequence,
            draft.topic,
            VERSION,
            draft.subject_type,
            draft.subject_id,
            draft.actor,
            draft.role,
            draft.data,
            _stamp(draft.occurred_at),
            recorded_at,
            previous,
        )
        row.digest = previous = _digest_of(row, row.occurred_at, recorded_at)
        rows.append(row)
    return rows


def _write(tenant_id: int, rows: list[Linked]) -> None:
    """Keep the events and advance the chain: one statement, however many there are.

    The waiting pages are told which subjects changed, nothing more.
    """
    told = sorted({(r.subject_type, r.subject_id) for r in rows})[:50]
    last = rows[-1]
    with prepared.cursor() as cursor:
        cursor.execute(
            LINK,
            [
                json.dumps([row.line() for row in rows], ensure_ascii=False),
                *(last.sequence, last.digest, tenant_id),
                json.dumps([tenant_id, told]),
            ],
        )
        keys = dict(cursor.fetchall())
    for row in rows:
        row.pk = keys[row.sequence]


def _wake(rows: list[Linked]) -> None:
    pairs = [(row, name) for row in rows for name in _handlers.get(row.topic, {})]
    for name, (_handler, wanted) in _taps.items():
        topics = wanted(rows[0].tenant_id, frozenset(row.topic for row in rows))
        pairs += [(row, name) for row in rows if row.topic in topics]
    if pairs and _defer is not None:
        _defer(pairs)


def defer_with(function: Defer) -> None:
    """Tell this module how a handler's job is queued (the queue imports us, not we it)."""
    global _defer  # noqa: PLW0603  set once, at start-up
    _defer = function
