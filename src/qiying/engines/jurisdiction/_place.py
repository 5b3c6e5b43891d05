"""Where a case lies: side, distance, township, neighbourhood, precedent."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from qiying.engines.jurisdiction._areas import Precedent
from qiying.engines.jurisdiction._case import Case
from qiying.engines.jurisdiction._codes import UNCLEAR, Side
from qiying.engines.jurisdiction._ground import Boundary, Patch, Snapshot
from qiying.engines.jurisdiction._params import Params
from qiying.engines.jurisdiction._world import World


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of an object on one side, in one township (``None``: in none)."""

    township: str | None
    side: Side
    amount: float


@dataclass(frozen=True, slots=True)
class Place:
    """All that the rules may know of where a case lies.

    ``apparent`` is the side of the point, or of the greater part; ``None`` when unknown.
    """

    side: Side
    apparent: Side | None
    distance_m: float | None = None
    share_inside: float = 0.0
    township: str | None = None
    neighbourhood: str | None = None
    receiver: str | None = None
    is_pending: bool = False
    is_before: bool = False
    precedent: Precedent | None = None
    parts: tuple[Part, ...] = ()

    @property
    def is_inside(self) -> bool:
        """Established to lie inside, be it near the line."""
        return self.apparent is Side.INSIDE and self.side in (Side.INSIDE, Side.BAND)

    @property
    def is_unclear(self) -> bool:
        return self.side in UNCLEAR


def locate(world: World, case: Case, params: Params) -> Place:
    """Find where a case lies on the day of its incident."""
    snapshot = world.ground.snapshot(case.on)
    if case.geometry is None:
        return Place(Side.UNKNOWN, None, is_before=snapshot.is_before)
    if case.geometry.type == "Point":
        shape = shapely.Point(world.ground.plane.xy(*case.geometry.coordinates))
        place = _locate_point(world, snapshot, shape, case.accuracy_m)
        homes = [p.name for p in snapshot.neighbourhoods if p.holds(shape.x, shape.y)]
    else:
        shape = world.ground.plane.flatten(case.geometry.shape())
        place = _locate_shape(world, snapshot, shape, case.accuracy_m, params)
        homes = _greatest(shape, snapshot.neighbourhoods, least=0.5)
    home = homes[0] if homes else None
    receiver, is_pending = handover_state(world, home, case.on)
    return replace(
        place,
        neighbourhood=home,
        receiver=receiver,
        is_pending=is_pending,
        is_before=snapshot.is_before,
        precedent=find_precedent(world, case.matter, case.on, shape, params),
    )


def _locate_point(
    world: World, snapshot: Snapshot, point: shapely.Point, accuracy_m: float
) -> Place:
    x, y = point.x, point.y
    towns = [patch.name for patch in snapshot.townships if patch.holds(x, y)]
    township = towns[0] if towns else None
    if snapshot.boundary is None:
        return Place(Side.UNKNOWN, None, township=township)
    distance = snapshot.boundary.line.distance(point)
    apparent = Side.INSIDE if snapshot.boundary.contains(x, y) else Side.OUTSIDE
    return Place(
        side=_side(apparent, distance, accuracy_m, world.regime.band_m),
        apparent=apparent,
        distance_m=distance if apparent is Side.INSIDE else -distance,
        share_inside=float(apparent is Side.INSIDE),
        township=township,
    )


def _side(apparent: Side, distance: float, accuracy_m: float, band_m: float) -> Side:
    if accuracy_m > distance:
        return Side.UNCERTAIN
    return Side.BAND if distance < band_m else apparent


def _locate_shape(
    world: World, snapshot: Snapshot, shape: BaseGeometry, accuracy_m: float, params: Params
) -> Place:
    towns = _greatest(shape, snapshot.townships)
    township = towns[0] if towns else None
    boundary = snapshot.boundary
    if boundary is None:
        return Place(Side.UNKNOWN, None, township=township)
    drawn_in, drawn_out = boundary.rims(params.touch_m)
    reaches_in, reaches_out = drawn_in.intersects(shape), not drawn_out.covers(shape)
    share = _held(shape, boundary.shape) / _amount(shape, shape)
    apparent = Side.INSIDE if share >= 0.5 else Side.OUTSIDE
    if reaches_in and reaches_out:
        parts = _parts(shape, boundary, snapshot.townships)
        return Place(Side.CROSSING, apparent, 0.0, share, township, parts=parts)
    distance = float(shapely.distance(shape, boundary.shape.boundary))
    side = _side(apparent, distance, accuracy_m, world.regime.band_m)
    signed = distance if apparent is Side.INSIDE else -distance
    return Place(side, apparent, signed, share, township)


def _parts(
    shape: BaseGeometry, boundary: Boundary, townships: tuple[Patch, ...]
) -> tuple[Part, ...]:
    parts = [Part(None, Side.INSIDE, _held(shape, boundary.shape))]
    rest = shapely.difference(shape, boundary.shape)
    for patch in townships:
        held = _amount(shapely.intersection(rest, patch.shape), shape)
        rest = shapely.difference(rest, patch.shape)
        parts.append(Part(patch.name, Side.OUTSIDE, held))
    parts.append(Part(None, Side.OUTSIDE, _amount(rest, shape)))
    return tuple(part for part in parts if part.amount > 0)


def _amount(piece: BaseGeometry, of: BaseGeometry) -> float:
    """Size of a piece in the measure of the whole: square metres of areas, metres of lines."""
    return float(piece.area if of.area else piece.length)


def _held(shape: BaseGeometry, patch: BaseGeometry) -> float:
    return _amount(shapely.intersection(shape, patch), shape)


def _greatest(shape: BaseGeometry, patches: tuple[Patch, ...], *, least: float = 0.0) -> list[str]:
    """Names of the patches that hold this share of the shape or more, the greatest first."""
    sizes: dict[str, float] = {}
    for patch in patches:
        if patch.shape.intersects(shape):
            sizes[patch.name] = sizes.get(patch.name, 0.0) + _held(shape, patch.shape)
    floor = least * _amount(shape, shape)
    held = [name for name, size in sizes.items() if size >= floor]
    # To the millimetre: a tie must not be decided by rounding in the geometry library.
    return sorted(held, key=lambda name: (-round(sizes[name], 3), name))


def handover_state(world: World, key: str | None, on: date) -> tuple[str | None, bool]:
    """The township that has received a neighbourhood, and whether its hand-over is to come."""
    row = world.handover_by_key.get(key) if key else None
    if row is None:
        return None, False
    return (row.township, False) if row.on <= on else (None, True)


def find_precedent(
    world: World, matter: str, on: date, shape: BaseGeometry, params: Params
) -> Precedent | None:
    """The latest precedent on this matter that speaks for this place."""
    for row in world.precedents_by_matter.get(matter, ()):
        if row.decided_on <= on and _speaks(world, row, on, shape, params):
            return row
    return None


def _speaks(world: World, row: Precedent, on: date, shape: BaseGeometry, params: Params) -> bool:
    if row.point is not None:
        at: Any = shapely.Point(*world.ground.plane.xy(*row.point))
        return bool(shapely.distance(at, shape) <= params.precedent_within_m)
    patch = world.ground.snapshot(on).by_key.get(row.area or "")
    return patch is not None and bool(patch.shape.covers(shape))
