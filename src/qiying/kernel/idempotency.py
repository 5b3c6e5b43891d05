"""A repeated submit makes one record and gets the first answer again.

The answer is stored in the transaction that made the record, so it exists exactly when the record
does. A second request with the same key waits for nothing: while the first is under way it gets
409, afterwards the stored answer, and 422 when its content differs.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import IntegrityError

from qiying.kernel import prepared, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.models import IdempotencyRecord
from qiying.kernel.writes import insert

KEPT_FOR = timedelta(days=7)
MAX_KEY = 255


@dataclass(frozen=True, slots=True)
class Answer:
    """What the first request was told: an HTTP status and the body's text (or a location)."""

    status: int
    body: str
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class Stored:
    """What is kept of the first request."""

    request_digest: str
    status: int
    body: str


def once(actor: Actor, key: str, content: bytes, *, work: Callable[[], Answer]) -> Answer:
    """Do the work unless this key did it already; return the answer of the first time.

    Raises
    ------
    Invalid
        ``idempotency.key`` for an unusable key, ``idempotency.mismatch`` when the same key came
        with other content (422).
    Refused
        ``idempotency.in_flight`` while the first request is still under way (409).
    """
    if not key:
        return work()
    if len(key) > MAX_KEY or not key.isprintable():
        raise Invalid("idempotency.key")
    digest = hashlib.sha256(content).hexdigest()
    try:
        return _try(actor, key, digest, work)
    except IntegrityError:
        # Most likely the first request committed between our look and our write, and its answer is
        # there now; the work may have met its rows before the key did. Otherwise it is met again.
        return _try(actor, key, digest, work)


def _try(actor: Actor, key: str, digest: str, work: Callable[[], Answer]) -> Answer:
    with tenancy.acting(actor):
        stored = _look(actor, key)
        if stored is not None:
            if stored.request_digest != digest:
                raise Invalid("idempotency.mismatch")
            return Answer(stored.status, stored.body, is_replay=True)
        answer = work()
        insert(
            IdempotencyRecord(
                tenant_id=actor.tenant_id,
                actor=actor.identity,
                key=key,
                request_digest=digest,
                status=answer.status,
                body=answer.body,
                created_at=datetime.now(UTC),
            )
        )
        return answer


def _look(actor: Actor, key: str) -> Stored | None:
    """Take the key for this transaction and return what it answered before, if it did.

    One statement: should the first request commit between its snapshot and its lock, the unique
    constraint stops us later and ``once`` looks again.
    """
    name = f"{actor.tenant_id}:{actor.identity}:{key}"
    with prepared.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 17)), "
            "r.request_digest, r.status, r.body FROM (SELECT 1) AS one "
            "LEFT JOIN kernel_idempotencyrecord r "
            "ON r.tenant_id = %s AND r.actor = %s AND r.key = %s",
            [name, actor.tenant_id, actor.identity, key],
        )
        is_ours, digest, status, body = cursor.fetchone()
    if not is_ours:
        raise Refused("idempotency.in_flight")
    return None if digest is None else Stored(digest, status, body)


def forget(actor: Actor, now: datetime) -> int:
    """Remove answers that nobody can ask for any more."""
    with tenancy.acting(actor):
        return IdempotencyRecord.objects.filter(
            tenant_id=actor.tenant_id, created_at__lt=now - KEPT_FOR
        ).delete()[0]
