"""Sites and parcels from a file."""

from typing import Any

from qiying.kernel import events
from qiying.slices.registry import queries
from qiying.slices.registry.models import Site
from qiying.slices.registry.operations._fields import write as write_fields
from qiying.slices.registry.operations.imports._target import (
    Ground,
    Target,
    day,
    differs,
    refuse_far,
    resolve_firms,
    resolve_units,
    sound,
    verdict,
)
from qiying.slices.registry.rules.lines import Line, fail
from qiying.slices.registry.rules.shapes import point

NAMES = ("key", "kind", "name_zh", "name_en", "longitude", "latitude", "geometry")
CHUNK = 500
WRITTEN = [
    *("kind", "name_zh", "name_en", "longitude", "latitude", "geometry", "area_m2"),
    *("enterprise", "owner_unit", "valid_from", "retired_on"),
]


def judge(ground: Ground, lines: list[Line]) -> None:
    refuse_far(ground, lines, "geometry")
    resolve_firms(ground, lines, "credit_code", "enterprise_id")
    resolve_units(ground, lines, "owner_unit", "owner_unit_id")
    known = _known(ground, lines)
    for line in sound(lines):
        row = known.get(line.clean["key"])
        if row is None and "longitude" not in line.clean:
            fail(line, "geometry", "input.required")
        changed = row is not None and differs(row, _values(line))
        verdict(line, is_known=row is not None, differs=changed)


def write(ground: Ground, lines: list[Line]) -> None:
    known = _known(ground, lines)
    new: list[Site] = []
    old: list[Site] = []
    for line in lines:
        row = known.get(line.clean["key"])
        (old if row else new).append(row or Site(tenant_id=ground.actor.tenant_id))
        write_fields((old if row else new)[-1], _values(line))
    Site.objects.bulk_create(new, batch_size=CHUNK)
    Site.objects.bulk_create(
        old, batch_size=CHUNK, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
    )
    for what, rows in (("created", new), ("changed", old)):
        for row in rows:
            events.record(
                f"registry.site_{what}",
                subject=row,
                actor=ground.actor,
                now=ground.now,
                batch=ground.batch,
                kind=row.kind,
            )


def _known(ground: Ground, lines: list[Line]) -> dict[str, Site]:
    keys = [line.clean["key"] for line in lines if "key" in line.clean]
    rows = queries.list_sites(ground.actor).filter(key__in=keys).select_for_update()
    return {row.key: row for row in rows.order_by("id")}


def _values(line: Line) -> dict[str, Any]:
    values = {name: line.clean[name] for name in NAMES if name in line.clean}
    if "longitude" in values and "geometry" not in values:
        values["geometry"] = point(values["longitude"], values["latitude"])
    if "geometry" in values:
        values["area_m2"] = line.clean.get("area_m2", 0.0)
    for name in ("valid_from", "retired_on"):
        if name in line.clean:
            values[name] = day(line.clean[name])
    for name in ("enterprise_id", "owner_unit_id"):
        if name in line.clean:
            values[name] = line.clean[name]
    return values


SITES = Target(judge, write)
