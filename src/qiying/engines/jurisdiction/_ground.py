"""Areas in metres: which are in force on a day, and how far a place is from their lines."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely
from pyproj import Proj
from shapely.geometry.base import BaseGeometry

from qiying.engines.jurisdiction._areas import Area
from qiying.engines.jurisdiction._codes import AreaKind
from qiying.engines.jurisdiction._geometry import Position, polygon_shape

CLOSED_M = 0.1
"""Gaps between two walls up to twice this are drawing errors, not a way out of the zone."""

Floats = npt.NDArray[np.float64]


class Plane:
    """Transverse Mercator on the WGS 84 ellipsoid, scale 1 along the meridian of its centre.

    The scale at x metres from that meridian is 1 + x²/2R²: within 15 km of it, 3 parts in a
    million, so a distance of 20 m is good to 0.1 mm and one of 30 km to less than 0.1 m.
    """

    def __init__(self, lon: float, lat: float) -> None:
        self.lon, self.lat = lon, lat
        self._forward = Proj(proj="tmerc", lat_0=lat, lon_0=lon, k=1, ellps="WGS84", units="m")

    def xy(self, lon: Any, lat: Any) -> tuple[Any, Any]:
        """Metres east and north of the centre, of numbers or of arrays."""
        return self._forward(lon, lat)

    def flatten(self, shape: BaseGeometry) -> BaseGeometry:
        """The shape in metres."""
        return shapely.transform(shape, lambda c: np.column_stack(self.xy(c[:, 0], c[:, 1])))


class Line:
    """Straight segments with an index, for exact distances."""

    def __init__(self, shape: BaseGeometry) -> None:
        pairs = [_segments(part) for part in shapely.get_parts(shape)]
        ends = np.concatenate(pairs) if pairs else np.empty((0, 2, 2))
        self._start = np.ascontiguousarray(ends[:, 0])
        self._run = ends[:, 1] - ends[:, 0]
        self._square = (self._run**2).sum(axis=1)
        self._tree = shapely.STRtree(shapely.linestrings(ends))

    def distances(self, x: Floats, y: Floats) -> Floats:
        """Metres to the nearest point of the line; infinite when there is no line."""
        if not len(self._start):
            return np.full(len(x), np.inf)
        near = self._tree.nearest(shapely.points(x, y))
        (ax, ay), (dx, dy) = self._start[near].T, self._run[near].T
        along = ((x - ax) * dx + (y - ay) * dy) / self._square[near]
        along = np.minimum(1.0, np.maximum(0.0, along))
        ex, ey = ax + along * dx - x, ay + along * dy - y
        return np.asarray(np.sqrt(ex * ex + ey * ey))

    def distance(self, point: shapely.Point) -> float:
        """The same for one point: same formula, same order of operations, same number."""
        near = self._tree.nearest(point)
        (ax, ay), (dx, dy) = self._start[near].tolist(), self._run[near].tolist()
        x, y = point.x, point.y
        along = ((x - ax) * dx + (y - ay) * dy) / float(self._square[near])
        along = min(1.0, max(0.0, along))
        ex, ey = ax + along * dx - x, ay + along * dy - y
        return sqrt(ex * ex + ey * ey)


def _segments(part: BaseGeometry) -> Floats:
    at = shapely.get_coordinates(part)
    ends = np.stack([at[:-1], at[1:]], axis=1)
    return np.asarray(ends[(ends[:, 0] != ends[:, 1]).any(axis=1)])


@dataclass(frozen=True)
class Boundary:
    """The union of the walls (before the reform: planned areas) in force, in metres.

    A line between two walls that touch is no boundary.
    """

    shape: BaseGeometry
    line: Line
    _for_points: BaseGeometry
    _rims: dict[float, tuple[BaseGeometry, BaseGeometry]] = field(default_factory=dict)

    @classmethod
    def of(cls, shape: BaseGeometry) -> "Boundary":
        return cls(shape, Line(shape.boundary), _ready_for_points(shape))

    def contains(self, x: Any, y: Any) -> Any:
        """Strictly inside; a point on the line is not."""
        return shapely.contains_xy(self._for_points, x, y)

    def rims(self, touch_m: float) -> tuple[BaseGeometry, BaseGeometry]:
        """The shape drawn in and drawn out by the tolerance of touching."""
        if touch_m not in self._rims:
            self._rims[touch_m] = (self.shape.buffer(-touch_m), self.shape.buffer(touch_m))
        return self._rims[touch_m]


@dataclass(frozen=True)
class Patch:
    """A named area in metres; its name is the township's unit or the area's key."""

    name: str
    shape: BaseGeometry
    _box: tuple[float, float, float, float]
    _for_points: BaseGeometry

    @classmethod
    def of(cls, name: str, shape: BaseGeometry) -> "Patch":
        return cls(name, shape, shape.bounds, _ready_for_points(shape))

    def holds(self, x: float, y: float) -> bool:
        """Whether one point lies in it or on its line."""
        left, low, right, high = self._box
        if not (left <= x <= right and low <= y <= high):
            return False
        return bool(shapely.intersects_xy(self._for_points, x, y))

    def holds_each(self, x: Floats, y: Floats) -> npt.NDArray[np.bool_]:
        """The same for many points."""
        return np.asarray(shapely.intersects_xy(self._for_points, x, y))


def _ready_for_points(shape: BaseGeometry) -> BaseGeometry:
    """A prepared copy whose index is built at once.

    The geometry library builds such an index on first use and without a lock; two threads must
    never be the first together. Lines and plots therefore ask the shape that is not prepared.
    """
    copy = shapely.transform(shape, lambda at: at)
    shapely.prepare(copy)
    at = shape.representative_point()
    shapely.contains_xy(copy, at.x, at.y)
    return copy


@dataclass(frozen=True)
class Snapshot:
    """The areas in force in one stretch of days."""

    boundary: Boundary | None
    townships: tuple[Patch, ...]
    neighbourhoods: tuple[Patch, ...]
    by_key: dict[str, Patch]
    is_before: bool
    degrees: tuple[float, float, float, float]
    identity: tuple[int, ...]

    @cached_property
    def where_line(self) -> Line:
        """The lines of townships and neighbourhoods together."""
        edges = [patch.shape.boundary for patch in (*self.townships, *self.neighbourhoods)]
        return Line(shapely.GeometryCollection(_flat(edges)))


class Ground:
    """All areas of a world in metres, and the snapshot for each day."""

    def __init__(self, areas: Sequence[Area], points: Iterable[Position], reform_on: date) -> None:
        # Sorted, so that the order in which areas are given can never show in an answer.
        self._areas = sorted(areas, key=lambda area: (area.key, area.valid_from))
        self._reform_on = reform_on
        self._degrees = [polygon_shape(area.polygon) for area in self._areas]
        self.plane = _plane_over([*self._degrees, *map(shapely.Point, points)])
        self._shapes = [self.plane.flatten(shape) for shape in self._degrees]
        names = [area.unit or area.key for area in self._areas]
        self._patches = [Patch.of(*pair) for pair in zip(names, self._shapes, strict=True)]
        ends = [area.valid_to for area in self._areas if area.valid_to]
        self._turns = sorted({reform_on, *ends, *(area.valid_from for area in self._areas)})
        self._snapshots: dict[int, Snapshot] = {}
        self._boundaries: dict[tuple[int, ...], Boundary | None] = {}

    @property
    def turns(self) -> list[date]:
        """The days on which another snapshot comes into force."""
        return self._turns

    def snapshot(self, on: date) -> Snapshot:
        """The areas in force on a day."""
        turn = bisect_right(self._turns, on)
        if turn not in self._snapshots:
            self._snapshots[turn] = self._take(on)
        return self._snapshots[turn]

    def _take(self, on: date) -> Snapshot:
        force = [i for i, area in enumerate(self._areas) if area.is_in_force(on)]
        is_before = on < self._reform_on
        deciding = AreaKind.PLANNED if is_before else AreaKind.WALL
        walls = tuple(i for i in force if self._areas[i].kind is deciding)
        towns = [i for i in force if self._areas[i].kind is AreaKind.TOWNSHIP]
        homes = [i for i in force if self._areas[i].kind is AreaKind.NEIGHBOURHOOD]
        patches = self._patches
        used = [*walls, *towns, *homes]
        return Snapshot(
            boundary=self._boundary(walls),
            townships=tuple(sorted((patches[i] for i in towns), key=_name)),
            neighbourhoods=tuple(sorted((patches[i] for i in homes), key=_name)),
            by_key={self._areas[i].key: patches[i] for i in force},
            is_before=is_before,
            degrees=_bounds([self._degrees[i] for i in used]),
            identity=tuple(used),
        )

    def _boundary(self, walls: tuple[int, ...]) -> Boundary | None:
        if walls not in self._boundaries:
            self._boundaries[walls] = _unite([self._shapes[i] for i in walls])
        return self._boundaries[walls]


def _unite(shapes: Sequence[BaseGeometry]) -> Boundary | None:
    if not shapes:
        return None
    united = shapely.union_all(shapes)
    if len(shapes) > 1:
        united = united.buffer(CLOSED_M, join_style="mitre").buffer(-CLOSED_M, join_style="mitre")
    return Boundary.of(united)


def _name(patch: Patch) -> str:
    return patch.name


def _flat(edges: Iterable[BaseGeometry]) -> list[BaseGeometry]:
    return [part for edge in edges for part in shapely.get_parts(edge)]


def _bounds(shapes: Sequence[BaseGeometry]) -> tuple[float, float, float, float]:
    if not shapes:
        return (0.0, 0.0, 0.0, 0.0)
    left, low, right, high = shapely.total_bounds(shapes)
    return (float(left), float(low), float(right), float(high))


def _plane_over(shapes: Sequence[BaseGeometry]) -> Plane:
    left, low, right, high = _bounds(shapes)
    return Plane(round((left + right) / 2, 6), round((low + high) / 2, 6))
