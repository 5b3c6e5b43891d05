"""Boundaries and lines: a change of shape makes a new dated version."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Unpack

from qiying.kernel import events, revisions, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Refused
from qiying.slices.registry import queries
from qiying.slices.registry.models import Area, Enterprise
from qiying.slices.registry.operations._fields import require, write
from qiying.slices.registry.rules import shapes
from qiying.slices.registry.rules.kinds import EXCLUSIVE, KEY, LINES, AreaKind
from qiying.slices.registry.rules.lifecycles import KEEPERS
from qiying.slices.registry.rules.values import AreaValues


@tenancy.operation
def set_area(actor: Actor, *, now: datetime, **values: Unpack[AreaValues]) -> Area:
    """Add a version of an area, or correct the version that starts on the same day.

    Takes the names of ``AreaValues``; kind, key, name_zh, geometry (WGS 84) and valid_from are
    needed. The version before ends where this one starts; this one ends where a later one starts.

    Raises
    ------
    Invalid
        For a shape that is not sound (``registry.shape.*``).
    Refused
        ``registry.area.overlap`` when it would lie over another one of its kind.
    """
    actor.require(*KEEPERS)
    _require_whole(values)
    unit_id = values.get("unit_id")
    if unit_id is not None:
        queries.get_unit(actor, unit_id)
    shape = shapes.read(values["geometry"], allowed_for(values["kind"]))
    row, is_new = write_version(actor, values, shape)
    _refuse_overlap(actor, row)
    settle(actor, [row], now=now, is_new=is_new)
    return row


@tenancy.operation
def end_area(actor: Actor, area_id: int, *, on: date, now: datetime) -> Area:
    """Let a version end on a day (exclusive); nothing follows it."""
    actor.require(*KEEPERS)
    row = queries.get_area(actor, area_id, for_update=True)
    if on <= row.valid_from or (row.valid_to is not None and row.valid_to <= on):
        raise Refused("registry.area.ended")
    row.valid_to = on
    row.save(update_fields=["valid_to"])
    revisions.bump(actor, "registry")
    events.record(
        "registry.area_ended", subject=row, actor=actor, now=now, kind=row.kind, on=on.isoformat()
    )
    return row


def allowed_for(kind: str) -> frozenset[str]:
    """Types of geometry that a kind of area may have."""
    return shapes.SURFACES | shapes.LINES if kind in LINES else shapes.SURFACES


def _require_whole(values: Mapping[str, Any]) -> None:
    needed = ("key", "name_zh", "geometry", "valid_from")
    faults = {name: "input.required" for name in needed if not values.get(name)}
    if not KEY.fullmatch(values.get("key") or ""):
        faults["key"] = "registry.cell.key"
    if values.get("kind") not in AreaKind.values():
        faults["kind"] = "input.choice"
    end = values.get("valid_to")
    if end is not None and not faults and end <= values["valid_from"]:
        faults["valid_to"] = "registry.cell.period"
    require(faults)


def write_version(
    actor: Actor, values: Mapping[str, Any], shape: shapes.Shape
) -> tuple[Area, bool]:
    """Write one version between its neighbours in time; returns it and whether it is new."""
    start: date = values["valid_from"]
    others = queries.area_history(actor, values["kind"], values["key"]).select_for_update()
    versions = {row.valid_from: row for row in others}
    earlier = [v for day, v in versions.items() if day < start]
    later = [day for day in versions if day > start]
    row = versions.get(start) or Area(tenant_id=actor.tenant_id)
    is_new = row.pk is None
    end = values.get("valid_to") or (None if is_new else row.valid_to)
    if later and (end is None or end > min(later)):
        end = min(later)
    if earlier:
        before = max(earlier, key=lambda version: version.valid_from)
        if before.valid_to is None or before.valid_to > start:
            before.valid_to = start
            before.save(update_fields=["valid_to"])
    kept = {name: value for name, value in values.items() if value is not None}
    drawn = {"geometry": shape.geometry, "area_m2": round(shape.area_m2, 2), "valid_to": end}
    write(row, kept | drawn)
    row.save()
    return row, is_new


def _refuse_overlap(actor: Actor, row: Area) -> None:
    """Two areas of some kinds may not share ground on any day on which both are in force."""
    if row.kind not in EXCLUSIVE:
        return
    others = queries.list_areas(actor).filter(kind=row.kind).exclude(key=row.key)
    others = others.exclude(valid_to__lte=row.valid_from)
    if row.valid_to is not None:
        others = others.exclude(valid_from__gte=row.valid_to)
    found = list(others)
    for pair in shapes.overlaps([row.geometry, *(o.geometry for o in found)]):
        if pair.first == 0:
            other = found[pair.second - 1]
            raise Refused("registry.area.overlap", other=other.name, area=round(pair.area_m2))


def settle(
    actor: Actor, rows: list[Area], *, now: datetime, is_new: bool, batch: int | None = None
) -> None:
    """After versions were written: revision, events, and firms that stand in another grid now."""
    if not rows:
        return
    revisions.bump(actor, "registry")
    topic = "registry.area_created" if is_new else "registry.area_changed"
    extra: dict[str, Any] = {} if batch is None else {"batch": batch}
    for row in rows:
        events.record(
            topic,
            subject=row,
            actor=actor,
            now=now,
            kind=row.kind,
            key=row.key,
            valid_from=row.valid_from.isoformat(),
            **extra,
        )
    if any(row.kind == AreaKind.GRID for row in rows):
        point_to_current_grids(actor, on=now.date())


@tenancy.operation
def follow_grids(actor: Actor, *, on: date) -> int:
    """Point firms to the version of their grid that is in force on a day."""
    return point_to_current_grids(actor, on=on)


def point_to_current_grids(actor: Actor, *, on: date) -> int:
    """Let firms point to the version of their grid that is in force."""
    current = {row.key: row.pk for row in queries.list_areas_on(actor, on, [AreaKind.GRID])}
    moved = 0
    rows = Enterprise.objects.visible_to(actor).filter(grid__isnull=False)
    stale = rows.exclude(grid_id__in=current.values()).values_list("grid__key", flat=True)
    for key in set(stale):
        moved += rows.filter(grid__key=key).update(grid_id=current.get(key))
    return moved
