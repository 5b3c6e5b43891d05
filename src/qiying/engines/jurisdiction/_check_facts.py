"""What the checker measures for itself.

Nothing here is shared with the decision: distances are taken in a stereographic plane centred
on the object, true to a millionth within 10 km, and walls are united in degrees. Where a reading
lies within the tolerance of a threshold, every answer that the tolerance leaves open is a fact.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import product
from math import inf
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from qiying.engines.jurisdiction._areas import Area, Precedent
from qiying.engines.jurisdiction._case import Case
from qiying.engines.jurisdiction._codes import AreaKind, Side
from qiying.engines.jurisdiction._params import Params
from qiying.engines.jurisdiction._world import World

TOLERANCE_M = 0.25
_CLOSED_DEGREES = 1e-6
_OPEN_SHARE = 1e-3
_REACH = 1e-5
"""A metre in degrees: what lies farther off holds nothing of an object."""

Shape = Any


@dataclass(frozen=True, slots=True)
class Fact:
    """One reading of where the object lies."""

    side: Side
    is_inside: bool | None
    distance_m: float | None
    township: str | None
    home: str | None
    precedent: Precedent | None


@dataclass(frozen=True, slots=True)
class Survey:
    """All readings, the share inside, and who holds what of the parts outside."""

    facts: tuple[Fact, ...]
    share_inside: float
    held: tuple[tuple[str, float], ...]


class _Local:
    """A plane around one object."""

    def __init__(self, shape: Shape) -> None:
        centre = shape.centroid
        # A bare pipeline: made for one object, it must not cost a look-up of reference systems.
        self._plane = Transformer.from_pipeline(
            "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad "
            f"+step +proj=stere +lat_0={centre.y!r} +lon_0={centre.x!r} +k_0=1 +ellps=WGS84"
        )

    def flat(self, shape: Shape) -> Shape:
        return shapely.transform(
            shape, lambda at: np.column_stack(self._plane.transform(at[:, 0], at[:, 1]))
        )


def survey(world: World, case: Case, params: Params) -> Survey:
    """Measure the object of a case against the areas in force on its day."""
    if case.geometry is None:
        return Survey((Fact(Side.UNKNOWN, None, None, None, None, None),), 0.0, ())
    degrees = case.geometry.shape()
    local = _Local(degrees)
    shape = local.flat(degrees)
    force = [area for area in world.areas if area.is_in_force(case.on)]
    towns = _held(shape, local, _near(world, degrees, force, AreaKind.TOWNSHIP))
    homes = _held(shape, local, _near(world, degrees, force, AreaKind.NEIGHBOURHOOD))
    wall = _wall(world, case, force)
    flat = None if wall is None else local.flat(wall)
    sides, share = _sides(shape, flat, case.accuracy_m, world.regime.band_m, params.touch_m)
    facts = (
        Fact(*side, town, home, precedent)
        for side, town, home, precedent in product(
            sides,
            _townships(shape, towns),
            _homes(shape, homes),
            _precedents(world, case, degrees, params),
        )
    )
    is_crossing = flat is not None and any(side is Side.CROSSING for side, _, _ in sides)
    outside = shape.difference(flat) if is_crossing else shapely.Point()
    rest = ((name, _amount(outside.intersection(patch), shape)) for name, patch in towns)
    return Survey(tuple(facts), share, tuple((name, size) for name, size in rest if size > 0))


def _wall(world: World, case: Case, force: Iterable[Area]) -> Shape | None:
    kind = AreaKind.PLANNED if case.on < world.regime.reform_on else AreaKind.WALL
    walls = [area for area in force if area.kind is kind]
    key = ("checked", *sorted((area.key, area.valid_from) for area in walls))
    if walls and key not in world.workbench:
        united = shapely.union_all([_degrees(world, area) for area in walls])
        if len(walls) > 1:
            for reach in (_CLOSED_DEGREES, -_CLOSED_DEGREES):
                united = united.buffer(reach, join_style="mitre")
        world.workbench[key] = united
    return world.workbench[key] if walls else None


def _degrees(world: World, area: Area) -> Shape:
    key = ("checked area", area.key, area.valid_from)
    if key not in world.workbench:
        parts = [(outer, holes) for outer, *holes in area.polygon]
        world.workbench[key] = shapely.MultiPolygon(parts)
        shapely.prepare(world.workbench[key])
    return world.workbench[key]


def _near(
    world: World, degrees: Shape, force: Iterable[Area], kind: AreaKind
) -> list[tuple[str, Shape]]:
    west, south, east, north = degrees.bounds
    reach = shapely.box(west - _REACH, south - _REACH, east + _REACH, north + _REACH)
    areas = [area for area in force if area.kind is kind]
    shapes = [(area.unit or area.key, _degrees(world, area)) for area in areas]
    return [(name, shape) for name, shape in shapes if shape.intersects(reach)]


def _held(
    shape: Shape, local: _Local, patches: list[tuple[str, Shape]]
) -> list[tuple[str, Shape]]:
    flat = ((name, local.flat(patch)) for name, patch in patches)
    return [(name, patch) for name, patch in flat if patch.distance(shape) <= TOLERANCE_M]


def _sides(
    shape: Shape, wall: Shape | None, accuracy_m: float, band_m: float, touch_m: float
) -> tuple[set[tuple[Side, bool | None, float | None]], float]:
    if wall is None:
        return {(Side.UNKNOWN, None, None)}, 0.0
    distance = float(wall.boundary.distance(shape))
    if shape.geom_type == "Point":
        share = float(wall.contains(shape))
        inside = {True, False} if distance <= TOLERANCE_M else {bool(share)}
    else:
        share = _amount(shape.intersection(wall), shape) / _amount(shape, shape)
        inside = {share + slack >= 0.5 for slack in (-_OPEN_SHARE, _OPEN_SHARE)}
    crosses = _crosses(shape, wall, touch_m)
    open_sides: set[tuple[Side, bool | None, float | None]] = set()
    for is_inside in inside:
        if True in crosses:
            open_sides.add((Side.CROSSING, is_inside, 0.0))
        if False in crosses:
            signed = distance if is_inside else -distance
            clear = Side.INSIDE if is_inside else Side.OUTSIDE
            read = _read(clear, distance, accuracy_m, band_m)
            open_sides |= {(side, is_inside, signed) for side in read}
    return open_sides, share


def _read(clear: Side, distance: float, accuracy_m: float, band_m: float) -> set[Side]:
    sides = set()
    for slack in (-TOLERANCE_M, 0.0, TOLERANCE_M):
        read = max(0.0, distance + slack)
        near = Side.BAND if read < band_m else clear
        sides.add(Side.UNCERTAIN if accuracy_m > read else near)
    return sides


def _crosses(shape: Shape, wall: Shape, touch_m: float) -> set[bool]:
    if shape.geom_type == "Point":
        return {False}
    return {
        wall.buffer(-reach).intersects(shape) and not wall.buffer(reach).covers(shape)
        for reach in (0.5 * touch_m, 1.5 * touch_m)
    }


def _amount(piece: Shape, of: Shape) -> float:
    return float(piece.area if of.area else piece.length)


def _townships(shape: Shape, towns: list[tuple[str, Shape]]) -> set[str | None]:
    if not towns:
        return {None}
    held = {name: 0.0 for name, _ in towns}
    for name, patch in towns:
        held[name] += _share(shape, patch)
    most = max(held.values())
    kept: set[str | None] = {name for name in held if held[name] >= most - _OPEN_SHARE}
    # Touched within the tolerance by all, held for sure by none.
    return kept | {None} if most <= _OPEN_SHARE else kept | _touched(shape, towns)


def _homes(shape: Shape, homes: list[tuple[str, Shape]]) -> set[str | None]:
    kept: set[str | None] = set(_touched(shape, homes))
    sure = set()
    for name, patch in homes:
        share = _share(shape, patch)
        if share >= 0.5 - _OPEN_SHARE:
            kept.add(name)
        if share > 0.5 + _OPEN_SHARE and name not in _touched(shape, homes):
            sure.add(name)
    return kept if sure else kept | {None}


def _touched(shape: Shape, patches: list[tuple[str, Shape]]) -> set[str | None]:
    """Patches whose line is too near a point to say on which side it lies."""
    if shape.geom_type != "Point":
        return set()
    return {name for name, patch in patches if patch.boundary.distance(shape) <= TOLERANCE_M}


def _share(shape: Shape, patch: Shape) -> float:
    if shape.geom_type == "Point":
        return float(patch.intersects(shape))
    return _amount(shape.intersection(patch), shape) / _amount(shape, shape)


def _precedents(world: World, case: Case, degrees: Shape, params: Params) -> set[Precedent | None]:
    """The latest precedent that speaks for the place, and those that may."""
    rows = [row for row in world.precedents if row.matter == case.matter]
    kept: set[Precedent | None] = set()
    for row in sorted(rows, key=lambda row: (row.decided_on, row.id), reverse=True):
        margin = _margin(world, case, degrees, row, params)
        if row.decided_on > case.on or margin < -TOLERANCE_M:
            continue
        kept.add(row)
        if margin > TOLERANCE_M:
            return kept
    return kept | {None}


def _margin(world: World, case: Case, degrees: Shape, row: Precedent, params: Params) -> float:
    """Metres by which a place lies within what a precedent speaks for; negative: without."""
    if row.point is not None:
        mark = shapely.Point(row.point)
        gap = _Local(mark).flat(degrees).distance(shapely.Point(0.0, 0.0))
        return params.precedent_within_m - float(gap)
    for area in world.areas:
        if area.key == row.area and area.is_in_force(case.on):
            local = _Local(degrees)
            shape, patch = local.flat(degrees), local.flat(_degrees(world, area))
            gap = float(patch.boundary.distance(shape))
            return gap if patch.covers(shape) else -gap
    return -inf
