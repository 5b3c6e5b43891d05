"""Clean places at the walls: where labelled objects can be put at a known depth.

A gate is the middle of a long straight piece of wall from which a sounding line runs inwards and
outwards without meeting another wall, a housing estate or a township's boundary. Whatever is
built on that line lies where its depth says: inside by so many metres, or outside.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import LineString, Point, Polygon

from qiying.demo import plane
from qiying.demo.geography import Geography
from qiying.demo.shapes import Position, Track

#: How far the sounding line runs each way, and how wide it is kept clear.
INWARDS_M = 190.0
OUTWARDS_M = 190.0
_CLEARANCE_M = 45.0
_STRAIGHT_M = 110.0
_APART_M = 260.0


@dataclass(frozen=True, slots=True)
class Gate:
    """A place at a wall: its point, the unit vector inwards, the township on both sides."""

    wall: str
    township: str
    x: float
    y: float
    inwards: tuple[float, float]

    def at(self, depth_m: float, aside_m: float = 0.0) -> Position:
        """The place at a depth (inside positive) and that far aside along the wall."""
        ix, iy = self.inwards
        return plane.on_globe(
            self.x + ix * depth_m - iy * aside_m, self.y + iy * depth_m + ix * aside_m
        )

    def across(self, inside_m: float, outside_m: float) -> Track:
        """A line through the wall, that long on each side."""
        return (self.at(inside_m), self.at(-outside_m))

    def oblong(self, inside_m: float, outside_m: float, width_m: float) -> Track:
        """A closed ring across the wall, that deep on each side."""
        half = width_m / 2
        corners = (
            self.at(inside_m, -half),
            self.at(inside_m, half),
            self.at(-outside_m, half),
            self.at(-outside_m, -half),
        )
        return (*corners, corners[0])


def find_gates(geography: Geography) -> tuple[Gate, ...]:
    """Gates at every wall that has some, in the order of the walls, well apart."""
    walls = {wall.code: plane.polygon(wall.area) for wall in geography.walls()}
    towns = {town.code: plane.polygon(town.area) for town in geography.townships}
    planned = plane.polygon(geography.boundary("PLAN-2012").area)
    estates = shapely.union_all([plane.polygon(e.area) for e in geography.neighbourhoods])
    found: list[Gate] = []
    for code, wall in walls.items():
        others = shapely.union_all([shape for other, shape in walls.items() if other != code])
        barred = shapely.union_all([others, estates])
        for gate in _of_wall(code, wall, towns):
            if _is_clean(gate, wall, planned, barred) and _is_apart(gate, found):
                found.append(gate)
    return tuple(found)


def _of_wall(code: str, wall: Polygon, towns: dict[str, Polygon]) -> list[Gate]:
    """One candidate in the middle of each straight piece that is long enough."""
    ring = shapely.orient_polygons(wall).exterior.simplify(0.05).coords
    found = []
    for (x0, y0), (x1, y1) in pairwise(ring):
        length = float(np.hypot(x1 - x0, y1 - y0))
        if length < _STRAIGHT_M:
            continue
        # The ring runs with the interior on its left.
        inwards = (-(y1 - y0) / length, (x1 - x0) / length)
        middle = ((x0 + x1) / 2, (y0 + y1) / 2)
        sounding = _sounding(middle, inwards).buffer(_CLEARANCE_M)
        for town, territory in towns.items():
            if territory.covers(sounding):
                found.append(Gate(code, town, *middle, inwards))
    return found


def _sounding(middle: tuple[float, float], inwards: tuple[float, float]) -> LineString:
    (x, y), (ix, iy) = middle, inwards
    return LineString(
        [
            (x + ix * INWARDS_M, y + iy * INWARDS_M),
            (x - ix * OUTWARDS_M, y - iy * OUTWARDS_M),
        ]
    )


def _is_clean(gate: Gate, wall: Polygon, planned: Polygon, barred: Polygon) -> bool:
    line = _sounding((gate.x, gate.y), gate.inwards)
    clear = line.buffer(_CLEARANCE_M)
    inside = LineString([line.coords[0], (gate.x, gate.y)])
    outside = LineString([(gate.x, gate.y), line.coords[-1]])
    return bool(
        planned.covers(clear)
        and not barred.intersects(clear)
        and wall.intersection(inside).length > INWARDS_M - 0.5
        and wall.intersection(outside).length < 0.5
    )


def _is_apart(gate: Gate, found: list[Gate]) -> bool:
    here = Point(gate.x, gate.y)
    return all(here.distance(Point(other.x, other.y)) > _APART_M for other in found)
