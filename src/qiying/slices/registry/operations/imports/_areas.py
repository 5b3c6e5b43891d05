"""Walls, grids and other boundaries from a file, each line one dated version."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from qiying.slices.registry import queries
from qiying.slices.registry.operations.areas import settle, write_version
from qiying.slices.registry.operations.imports._target import (
    FAR_KM,
    Ground,
    Target,
    day,
    differs,
    resolve_units,
    sound,
    verdict,
)
from qiying.slices.registry.rules import shapes
from qiying.slices.registry.rules.kinds import EXCLUSIVE
from qiying.slices.registry.rules.lines import Line, fail

if TYPE_CHECKING:
    from qiying.slices.registry.models import Area

NAMES = ("kind", "key", "name_zh", "name_en", "geometry", "households", "residents")
FOREVER = date.max
Piece = tuple[Line | None, str, str, date, date, shapes.Geometry]
"""Line (None: in the register), key, name, first day, day after the last, shape."""


def judge(ground: Ground, lines: list[Line]) -> None:
    resolve_units(ground, lines, "unit", "unit_id")
    _refuse_far(ground, lines)
    keys = {line.clean.get("key") for line in lines}
    rows = list(queries.list_areas(ground.actor).filter(key__in=keys - {None}))
    known = {(row.kind, row.key, row.valid_from): row for row in rows}
    for kind in EXCLUSIVE:
        _refuse_overlaps(ground, kind, [x for x in sound(lines) if x.clean["kind"] == kind])
    for line in sound(lines):
        values = _values(line)
        row = known.get((values["kind"], values["key"], values["valid_from"]))
        changed = row is not None and differs(row, values)
        verdict(line, is_known=row is not None, differs=changed)


def write(ground: Ground, lines: list[Line]) -> None:
    written: dict[bool, list[Area]] = {True: [], False: []}
    for line in sorted(lines, key=lambda x: x.clean["valid_from"]):
        values = _values(line)
        shape = shapes.Shape(values["geometry"], 0.0, 0.0, line.clean["area_m2"])
        row, is_new = write_version(ground.actor, values, shape)
        written[is_new].append(row)
    for is_new, rows in written.items():
        settle(ground.actor, rows, now=ground.now, is_new=is_new, batch=ground.batch)


def _values(line: Line) -> dict[str, Any]:
    values = {name: line.clean[name] for name in NAMES if name in line.clean}
    values["valid_from"] = day(line.clean["valid_from"])
    if "valid_to" in line.clean:
        values["valid_to"] = day(line.clean["valid_to"])
    if "unit_id" in line.clean:
        values["unit_id"] = line.clean["unit_id"]
    return values


def _refuse_far(ground: Ground, lines: Sequence[Line]) -> None:
    zone = queries.find_zone(ground.actor)
    if zone is None:
        return
    for line in sound(lines):
        spot = shapes.a_point_of(line.clean["geometry"])
        distance = shapes.distance_km(spot, (zone.longitude, zone.latitude))
        if distance > FAR_KM:
            fail(line, "geometry", "registry.cell.far", km=round(distance))


def _refuse_overlaps(ground: Ground, kind: str, lines: Sequence[Line]) -> None:
    """Fail lines that share ground with another key on a day on which both are in force."""
    if not lines:
        return
    mine = {line.clean["key"] for line in lines}
    pieces: list[Piece] = [_piece(line) for line in lines]
    for row in queries.list_areas(ground.actor).filter(kind=kind).exclude(key__in=mine):
        end = row.valid_to or FOREVER
        pieces.append((None, row.key, row.name, row.valid_from, end, row.geometry))
    for pair in shapes.overlaps([piece[5] for piece in pieces]):
        one, other = pieces[pair.first], pieces[pair.second]
        if one[1] == other[1] or one[3] >= other[4] or other[3] >= one[4]:
            continue
        line, name = (other[0], one[2]) if other[0] is not None else (one[0], other[2])
        if line is not None:
            fail(line, "geometry", "registry.area.overlap", other=name, area=round(pair.area_m2))


def _piece(line: Line) -> Piece:
    clean = line.clean
    start, end = date.fromisoformat(clean["valid_from"]), day(clean.get("valid_to"))
    return line, clean["key"], clean["name_zh"], start, end or FOREVER, clean["geometry"]


AREAS = Target(judge, write)
