"""Values and targets of the zone's own board."""

import math
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
from qiying.slices.indices.models import Delivery, Indicator, ZoneTarget, ZoneValue
from qiying.slices.indices.models.querysets import ANALYSTS, APPROVERS
from qiying.slices.indices.operations._alone import alone
from qiying.slices.indices.operations._values import MOST_FAULTS, delivery_of
from qiying.slices.indices.rules import MAX_NAME, Fault
from qiying.slices.indices.rules.cells import EARLIEST, LATEST
from qiying.slices.indices.rules.zone import BY_KEY, LARGEST_TARGET, Basis
from qiying.slices.indices.rules.zone_table import ZoneCell, zone_cells

LEAST_GROWTH, MOST_GROWTH = -100.0, 1000.0


@operation
def deliver_zone(
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
    """Record the values of a table for the zone's board; faults as `deliver` keeps them."""
    actor.require(*ANALYSTS, Role.SYSTEM)
    alone(actor, "zone")
    delivery = delivery_of(actor, file_name, kind, source, headings, rows, now)
    delivery.is_of_zone = True
    cells, faults = zone_cells(headings, rows, queries.zone_words(actor))
    indicators = {row.code: row for row in queries.list_indicators(actor)}
    other = {c.line for c in cells if indicators[BY_KEY[c.line].code].kind != kind}
    faults += [Fault(1, line, "indices.cell.kind", line) for line in sorted(other)]
    cells = [cell for cell in cells if cell.line not in other]
    delivery.faults = [asdict(fault) for fault in faults[:MOST_FAULTS]]
    delivery.save()
    if not faults or is_good_only:
        delivery.written = _write(delivery, cells, indicators)
        delivery.unchanged = len(cells) - delivery.written
        delivery.save(update_fields=["written", "unchanged"])
    told: dict[str, Any] = {"kind": kind, "written": delivery.written, "faults": len(faults)}
    events.record("indices.zone_recorded", subject=delivery, actor=actor, now=now, **told)
    return delivery


def _write(delivery: Delivery, cells: Sequence[ZoneCell], indicators: dict[str, Indicator]) -> int:
    """Write what is new or differs and end what it follows; returns how many were written."""
    mine = ZoneValue.objects.filter(tenant_id=delivery.tenant_id)
    there = {
        (line, year, month): (pk, value)
        for pk, line, year, month, value in mine.filter(
            is_current=True, line__in={cell.line for cell in cells}
        ).values_list("pk", "line", "year", "month", "value")
    }
    new, ended = [], []
    for cell in cells:
        before = there.get((cell.line, cell.year, cell.month))
        if before is not None and before[1] == cell.value:
            continue
        ended += [before[0]] if before is not None else []
        new.append(
            ZoneValue(
                tenant_id=delivery.tenant_id,
                indicator=indicators[BY_KEY[cell.line].code],
                kind=delivery.kind,
                delivery=delivery,
                **asdict(cell),
            )
        )
    mine.filter(pk__in=ended).update(is_current=False)
    ZoneValue.objects.bulk_create(new, batch_size=1000)
    return len(new)


@operation
def set_target(
    actor: Actor, *, line: str, year: int, basis: str, value: float, source: str, now: datetime
) -> ZoneTarget:
    """Set what the zone has promised for a line in a year; the one before it stays on record.

    ``value`` is the value of the whole year, or growth in per cent (points for shares); ``source``
    the document that says so.
    """
    actor.require(*ANALYSTS, *APPROVERS)
    faults: dict[str, str] = {}
    if line not in BY_KEY:
        faults["line"] = "indices.zone.line"
    if not EARLIEST <= year <= LATEST:
        faults["year"] = "indices.cell.year"
    if basis not in set(Basis):
        faults["basis"] = "input.choice"
    if not math.isfinite(value) or abs(value) > LARGEST_TARGET:
        faults["value"] = "input.number"
    elif basis == Basis.GROWTH and not LEAST_GROWTH <= value <= MOST_GROWTH:
        faults["value"] = "indices.zone.growth"
    if faults:
        raise Invalid("input.invalid", faults)
    said = clean(source, field="source", limit=MAX_NAME)
    alone(actor, "zone")
    mine = ZoneTarget.objects.filter(tenant_id=actor.tenant_id, line=line, year=year)
    mine.filter(is_current=True).update(is_current=False)
    row = ZoneTarget.objects.create(
        tenant_id=actor.tenant_id,
        line=line,
        year=year,
        basis=basis,
        value=value,
        source=said,
        set_at=now,
        set_by_id=actor.person_id,
    )
    told: dict[str, Any] = {"code": line, "year": year, "basis": basis}
    events.record("indices.target_set", subject=row, actor=actor, now=now, **told)
    return row
