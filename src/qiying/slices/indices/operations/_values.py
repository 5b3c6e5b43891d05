"""Values from a table: all of it or none, unless the good cells are wanted alone."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.indices import queries
from qiying.slices.indices.models import Delivery, Indicator, Value
from qiying.slices.indices.models.querysets import ANALYSTS
from qiying.slices.indices.operations._alone import alone
from qiying.slices.indices.rules import MAX_NAME, DataKind, Fault, Line, lines_of

MOST_FAULTS = 500
Key = tuple[int, int, int]


@operation
def deliver(
    actor: Actor,
    *,
    file_name: str,
    kind: str,
    source: str,
    headings: Sequence[str],
    rows: Sequence[tuple[int, Sequence[Any]]],
    now: datetime,
    is_good_only: bool = False,
) -> Delivery:
    """Record the values of a table as one kind of data from one source.

    With a single bad cell nothing is written unless `is_good_only`; the delivery keeps every fault
    with row, column and reason either way. A value that differs from the one in force follows it;
    an equal one is counted as unchanged.
    """
    actor.require(*ANALYSTS, Role.SYSTEM)
    alone(actor, "values")
    delivery = delivery_of(actor, file_name, kind, source, headings, rows, now)
    lines, faults = lines_of(headings, rows, queries.known(actor))
    lines, other = _of_kind(actor, lines, kind)
    faults += other
    delivery.faults = [asdict(fault) for fault in faults[:MOST_FAULTS]]
    _keep(delivery, lines if not faults or is_good_only else [])
    told: dict[str, Any] = {"kind": kind, "written": delivery.written, "faults": len(faults)}
    events.record("indices.values_recorded", subject=delivery, actor=actor, now=now, **told)
    return delivery


def delivery_of(
    actor: Actor,
    file_name: str,
    kind: str,
    source: str,
    headings: Sequence[str],
    rows: Sequence[tuple[int, Sequence[Any]]],
    now: datetime,
) -> Delivery:
    """What was brought, not saved yet; refused without a known kind, a name and a source."""
    if kind not in set(DataKind):
        raise Invalid("input.invalid", {"kind": "input.choice"})
    return Delivery(
        tenant_id=actor.tenant_id,
        file_name=clean(file_name, field="file", limit=MAX_NAME),
        kind=kind,
        source=clean(source, field="source", limit=MAX_NAME),
        digest=_digest(headings, rows),
        made_at=now,
        made_by_id=actor.person_id,
    )


def _keep(delivery: Delivery, lines: list[Line]) -> None:
    delivery.save()
    delivery.written = _write(delivery, lines)
    delivery.unchanged = len(lines) - delivery.written
    delivery.save(update_fields=["written", "unchanged"])


def _digest(headings: Sequence[str], rows: Sequence[tuple[int, Sequence[Any]]]) -> str:
    words = json.dumps([list(headings), [list(c) for _, c in rows]], default=str)
    return hashlib.sha256(words.encode()).hexdigest()


def _of_kind(actor: Actor, lines: list[Line], kind: str) -> tuple[list[Line], list[Fault]]:
    """Departmental data and government statistics stay apart, as the dictionary says."""
    found = Indicator.objects.visible_to(actor).filter(is_current=True)
    other = dict(found.exclude(kind=kind).values_list("pk", "code"))
    used = {line.indicator_id for line in lines}
    faults = [
        Fault(1, code, "indices.cell.kind", code) for pk, code in other.items() if pk in used
    ]
    return [line for line in lines if line.indicator_id not in other], faults


def _write(delivery: Delivery, lines: list[Line]) -> int:
    """Write what is new or differs and end what it follows; returns how many were written."""
    if not lines:
        return 0
    current = Value.objects.filter(
        tenant_id=delivery.tenant_id,
        kind=delivery.kind,
        is_current=True,
        indicator_id__in={line.indicator_id for line in lines},
        year__in={line.year for line in lines},
    )
    there: dict[Key, tuple[int, float]] = {
        (i, p, y): (pk, v)
        for pk, i, p, y, v in current.values_list("pk", "indicator", "place", "year", "value")
    }
    new, ended = [], []
    for line in lines:
        before = there.get((line.indicator_id, line.place_id, line.year))
        if before is not None and before[1] == line.value:
            continue
        if before is not None:
            ended.append(before[0])
        new.append(_value(delivery, line))
    Value.objects.filter(tenant_id=delivery.tenant_id, pk__in=ended).update(is_current=False)
    Value.objects.bulk_create(new, batch_size=5000)
    return len(new)


def _value(delivery: Delivery, line: Line) -> Value:
    return Value(
        tenant_id=delivery.tenant_id,
        indicator_id=line.indicator_id,
        place_id=line.place_id,
        year=line.year,
        kind=delivery.kind,
        value=line.value,
        page=line.page,
        delivery=delivery,
    )
