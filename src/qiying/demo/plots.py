"""Plots on the sheet: parcels behind the walls and the ground of the housing estates."""

import heapq
from dataclasses import dataclass

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon, box

from qiying.demo import streets
from qiying.demo.chance import stream
from qiying.demo.ground import Ground, WalledBlock
from qiying.demo.packaged import read_toml
from qiying.demo.townships import TownshipGround

PARCELS = 420
_MAIN_HALF_M = 19.0
_SIDE_HALF_M = 10.0
_LEAST_M2 = 3500.0
#: Liking of the port yard, which stays in one piece.
_WHOLE = 1e3


@dataclass(frozen=True, slots=True)
class Plot:
    """A parcel behind a wall."""

    wall: str
    grid: str
    is_port: bool
    shape: Polygon


@dataclass(frozen=True, slots=True)
class Estate:
    """The ground of a housing estate; `wall` and `grid` when it lies behind a wall."""

    code: str
    wall: str | None
    grid: str | None
    shape: Polygon


def cut_plots(
    ground: Ground,
    faces: tuple[WalledBlock, ...],
    towns: tuple[TownshipGround, ...],
    seed: int,
) -> tuple[tuple[Plot, ...], tuple[Estate, ...]]:
    """420 parcels behind the walls, and the estates inside and outside of them."""
    rows = read_toml("neighbourhoods")["neighbourhoods"]
    chance = stream(seed, "plots")
    streetside = _street_room(ground)
    inside = [row for row in rows if row["ground"] == "walled"]
    plots = _cut_all(faces, streetside, PARCELS + len(inside), chance)
    estates: list[Estate] = []
    for row in rows:
        at = Point(streets.bent([_board(row)])[0] * ground.factor)
        if row["ground"] == "walled":
            plot = _nearest(plots, at, towns)
            plots.remove(plot)
            estates.append(Estate(row["code"], plot.wall, plot.grid, plot.shape))
        else:
            estates.append(Estate(row["code"], None, None, _open_estate(row, at, ground, chance)))
    return tuple(plots), tuple(estates)


def _board(row: dict[str, list[float]]) -> tuple[float, float]:
    return (float(row["at"][0]), float(row["at"][1]))


def _nearest(plots: list[Plot], at: Point, towns: tuple[TownshipGround, ...]) -> Plot:
    """The plot nearest to a place that lies in one township as a whole."""
    ordered = sorted(plots, key=lambda plot: float(plot.shape.centroid.distance(at)))
    return next(plot for plot in ordered if any(town.shape.covers(plot.shape) for town in towns))


def _street_room(ground: Ground) -> Polygon:
    """Room taken by the streets."""
    drawn = streets.plan()
    room = []
    for piece in ground.pieces:
        lines = drawn.main_streets if piece.is_street else drawn.main_avenues
        half = _MAIN_HALF_M if piece.line in lines else _SIDE_HALF_M
        room.append(piece.shape.buffer(half, cap_style="flat"))
    return shapely.union_all(room)


def _cut_all(
    faces: tuple[WalledBlock, ...], room: Polygon, count: int, chance: np.random.Generator
) -> list[Plot]:
    """Halve the plot that is largest for its block's liking until there are enough."""
    queue: list[tuple[float, int, float, WalledBlock, Polygon]] = []
    serial = 0
    for face in faces:
        liking = float(np.exp(chance.normal(0.0, 0.55))) * (_WHOLE if face.is_quay else 1.0)
        for part in shapely.get_parts(face.shape.difference(room).simplify(0.4)):
            if part.area > _LEAST_M2:
                heapq.heappush(queue, (-part.area / liking, serial, liking, face, part))
                serial += 1
    while len(queue) < count:
        _, _, liking, face, part = heapq.heappop(queue)
        for half in _halves(part, chance):
            heapq.heappush(queue, (-half.area / liking, serial, liking, face, half))
            serial += 1
    ordered = sorted(queue, key=lambda entry: (entry[3].grid, entry[1]))
    return [Plot(face.wall, face.grid, face.is_quay, part) for _, _, _, face, part in ordered]


def _halves(part: Polygon, chance: np.random.Generator) -> list[Polygon]:
    corners = np.asarray(part.minimum_rotated_rectangle.exterior.coords)[:4]
    sides = np.roll(corners, -1, axis=0) - corners
    longest = int(np.argmax(np.hypot(sides[:, 0], sides[:, 1])))
    along = sides[longest]
    share = float(chance.uniform(0.38, 0.62))
    through = corners[longest] + along * share
    across = np.array([-along[1], along[0]])
    cut = LineString([through - across * 3, through + across * 3])
    pieces = shapely.get_parts(shapely.polygonize([*_noded(part, cut)]))
    return [piece for piece in pieces if piece.area > _LEAST_M2 / 2] or [part]


def _noded(part: Polygon, cut: LineString) -> list[LineString]:
    lines = shapely.union_all([part.exterior, cut.intersection(part)], grid_size=0.01)
    return list(shapely.get_parts(lines))


def _open_estate(
    row: dict[str, list[float]], at: Point, ground: Ground, chance: np.random.Generator
) -> Polygon:
    """An estate outside the walls: a turned oblong, kept clear of the streets."""
    width, depth = float(chance.uniform(240.0, 310.0)), float(chance.uniform(170.0, 230.0))
    oblong = box(-width / 2, -depth / 2, width / 2, depth / 2)
    ahead = streets.bent([(u, float(row["at"][1])) for u in (row["at"][0], row["at"][0] + 100.0)])
    heading = float(np.degrees(np.arctan2(*(ahead[-1] - ahead[0])[::-1])))
    placed = affinity.translate(affinity.rotate(oblong, heading), at.x, at.y)
    clear = placed.difference(_street_room(ground))
    return max(shapely.get_parts(clear), key=lambda part: float(part.area))
