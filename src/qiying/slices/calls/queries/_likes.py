"""Calls like a text, across channels: an index in memory per tenant, kept fresh by the last id.

The index holds features of texts, never an answer: what it finds is read again from the database
as the asker may see it, so a call that was rolled back, withdrawn from sight or complains of the
asker's own unit is not told.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from threading import Lock

from django.db.models import Q, QuerySet

from qiying.engines import triage
from qiying.kernel import revisions, tenancy
from qiying.kernel.access import Actor
from qiying.slices.calls.models import Call, is_stranger
from qiying.slices.calls.queries._triage import REVISION, model_in_use
from qiying.slices.calls.rules import OPEN
from qiying.slices.calls.rules import triage as rules

EPOCH = datetime(2020, 1, 1, tzinfo=UTC)
LATE = 64
"""A transaction may commit after one with a higher id: so many ids back are looked at again."""
SPARE = 4
"""So many times more are looked up than told: some are not for the asker's eyes."""
COLUMNS = ("pk", "title", "text", "received_at", "longitude", "latitude", "enterprise_id")


@dataclass(frozen=True, slots=True)
class Near:
    """What is asked: a text, where and by whom, and when."""

    text: str
    at: datetime
    longitude: float | None = None
    latitude: float | None = None
    enterprise_id: int | None = None
    call_id: int | None = None


@dataclass(frozen=True, slots=True)
class LikeCall:
    """An earlier call that may be the same problem, with what is alike."""

    call: Call
    like: triage.Like


class LikeCalls:
    """The index of one tenant in this process."""

    def __init__(self, rarity: triage.Rarity) -> None:
        self._index = triage.Index(rarity)
        self._last = 0
        self._lock = Lock()

    def ask(self, actor: Actor, near: Near, limit: int) -> tuple[triage.Like, ...]:
        """The likest calls, after what came in since was added."""
        fresh = self._missing(actor, near.at)
        with self._lock:
            for call in fresh:
                self._index.add(call)
                self._last = max(self._last, int(call.key))
            return self._index.alike(_asked(near), limit)

    def _missing(self, actor: Actor, now: datetime) -> list[triage.Call]:
        with self._lock:
            last, known = self._last, self._index
            rows = Call.objects.filter(tenant_id=actor.tenant_id)
            if not last:
                return [_call(row) for row in _recent(rows, now).values_list(*COLUMNS)]
            ids = rows.filter(pk__gt=last - LATE).values_list("pk", flat=True)
            missing = [pk for pk in ids[: rules.MOST_ALIKE] if str(pk) not in known]
        if not missing:
            return []
        return [_call(row) for row in rows.filter(pk__in=missing).values_list(*COLUMNS)]


def _recent(rows: QuerySet[Call], now: datetime) -> QuerySet[Call]:
    """Open calls and those of the last months, the newest."""
    since = now - rules.ALIKE_WITHIN
    found = rows.filter(Q(state__in=sorted(OPEN)) | Q(received_at__gte=since))
    return found.order_by("-received_at", "-id")[: rules.MOST_ALIKE]


def _call(row: Sequence[object]) -> triage.Call:
    pk, title, text, at, longitude, latitude, firm = row
    assert isinstance(at, datetime)  # noqa: S101  a column of times
    is_placed = isinstance(longitude, float) and isinstance(latitude, float)
    return triage.Call(
        str(pk),
        rules.whole_text(str(title), str(text)),
        _days(at),
        longitude if is_placed else None,  # type: ignore[arg-type]
        latitude if is_placed else None,  # type: ignore[arg-type]
        str(firm or ""),
    )


def _asked(near: Near) -> triage.Call:
    is_placed = near.longitude is not None and near.latitude is not None
    return triage.Call(
        str(near.call_id or ""),
        near.text,
        _days(near.at),
        near.longitude if is_placed else None,
        near.latitude if is_placed else None,
        str(near.enterprise_id or ""),
    )


def _days(at: datetime) -> float:
    return (at - EPOCH).total_seconds() / 86_400


_kept: revisions.Kept[LikeCalls] = revisions.Kept()


def like_calls(actor: Actor, near: Near, *, limit: int = 5) -> list[LikeCall]:
    """The calls most like a text that this actor may read, likest first.

    At most four queries, whatever the number of calls.
    """
    with tenancy.reading(actor):
        revision = revisions.current(actor).get(REVISION)
        kept = _kept.get(actor.tenant_id, revision, partial(_empty, actor))
        found = kept.ask(actor, near, limit * SPARE)
        ids = [int(like.key) for like in found]
        rows = Call.objects.visible_to(actor).filter(pk__in=ids) if ids else ()
        seen = {call.pk: call for call in _dressed(rows) if not is_stranger(actor, call)}
        told = [
            LikeCall(seen[pk], like) for pk, like in zip(ids, found, strict=True) if pk in seen
        ]
        return told[:limit]


def _dressed(rows: "QuerySet[Call] | tuple[()]") -> Sequence[Call]:
    if isinstance(rows, tuple):
        return ()
    return list(rows.select_related("enterprise", "lead_unit").defer("text", "words", "ranking"))


def _empty(actor: Actor) -> LikeCalls:
    """Rarity of words is that of the model in use; before there is one all weigh the same."""
    found = model_in_use(actor)
    rarity = triage.Rarity.by(found.model) if found is not None else triage.Rarity({})
    return LikeCalls(rarity)
