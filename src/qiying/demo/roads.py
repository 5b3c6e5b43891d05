"""Roads, bridges, mains and river sections on the sheet, each with the unit that owns it."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
import shapely.ops
from shapely.geometry import LineString, Point

from qiying.demo import streets
from qiying.demo.ground import Ground
from qiying.demo.packaged import read_toml
from qiying.demo.plane import Surface

#: A street runs this far beyond the last building plot.
_OVERRUN_M = 12.0
_SHORTEST_M = 90.0

Table = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of road, main or water with one owner (a unit's code, or None: disputed)."""

    kind: str
    rank: str
    name_zh: str
    name_en: str
    owner: str | None
    shape: LineString


def stretches(ground: Ground) -> tuple[Stretch, ...]:
    """Everything linear: streets cut at main crossings, bridges, country roads, mains, water."""
    raw = read_toml("roads")
    reach = ground.developed.buffer(_OVERRUN_M)
    return (
        *_streets(ground, raw, reach),
        *_bridges(ground, raw),
        *_country(ground, raw),
        *_mains(ground, raw, reach),
        *_water(ground, raw),
    )


def _pieces(
    ground: Ground, line: int, *, is_street: bool, bridge: bool = False
) -> list[LineString]:
    found = []
    for piece in ground.pieces:
        if piece.is_street == is_street and piece.line == line:
            over_water = is_street and streets.plan().use(piece.start[0], line) == streets.RIVER
            if over_water == bridge:
                found.append(piece.shape)
    return found


def _runs(pieces: list[LineString], reach: Surface) -> list[LineString]:
    """The pieces of one street as unbroken runs within reach."""
    merged = shapely.line_merge(shapely.union_all(pieces))
    return [
        run
        for run in shapely.get_parts(merged.intersection(reach))
        if run.geom_type == "LineString" and run.length > _SHORTEST_M
    ]


def _streets(ground: Ground, raw: Table, reach: Surface) -> Iterator[Stretch]:
    drawn = streets.plan()
    for is_street, names, main in (
        (True, raw["streets"], drawn.main_streets),
        (False, raw["avenues"], drawn.main_avenues),
    ):
        crossings = _main_crossings(ground, is_street=is_street)
        for line, (name_zh, name_en, owner) in sorted((int(k), v) for k, v in names.items()):
            rank = "main" if line in main else "side"
            for run in _runs(_pieces(ground, line, is_street=is_street), reach):
                for part in _cut_at(run, crossings):
                    yield Stretch("road", rank, name_zh, name_en, owner or None, part)


def _main_crossings(ground: Ground, *, is_street: bool) -> list[Point]:
    """Where main roads of the other direction are met."""
    drawn = streets.plan()
    main = drawn.main_avenues if is_street else drawn.main_streets
    found: list[Point] = []
    for piece in ground.pieces:
        if piece.is_street != is_street and piece.line in main:
            found += [Point(piece.shape.coords[0]), Point(piece.shape.coords[-1])]
    return found


def _cut_at(run: LineString, crossings: list[Point]) -> list[LineString]:
    on_run = [run.project(point) for point in crossings if run.distance(point) < 0.5]
    stops = sorted({0.0, run.length, *(at for at in on_run if 60.0 < at < run.length - 60.0)})
    ends = [
        stop for index, stop in enumerate(stops) if index == 0 or stop - stops[index - 1] > 1.0
    ]
    return [shapely.ops.substring(run, start, end) for start, end in pairwise(ends)]


def _bridges(ground: Ground, raw: Table) -> Iterator[Stretch]:
    for line, (name_zh, name_en, owner) in sorted(raw["bridges"].items()):
        for shape in _pieces(ground, int(line), is_street=True, bridge=True):
            yield Stretch("bridge", "main", name_zh, name_en, owner, shape)


def _country(ground: Ground, raw: Table) -> Iterator[Stretch]:
    for row in raw["country"]:
        board = [(float(u), float(v)) for u, v in row["at"]]
        shape = LineString(streets.bent(_smoothed(board)) * ground.factor)
        yield Stretch("road", "country", row["name"][0], row["name"][1], str(row["owner"]), shape)


def _smoothed(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Corner cutting that keeps both ends."""
    for _ in range(3):
        cut = [
            (u0 + (u1 - u0) * share, v0 + (v1 - v0) * share)
            for (u0, v0), (u1, v1) in pairwise(points)
            for share in (0.25, 0.75)
        ]
        points = [points[0], *cut[1:-1], points[-1]]
    return points


def _mains(ground: Ground, raw: Table, reach: Surface) -> Iterator[Stretch]:
    for row in raw["lines"]:
        is_street = "street" in row
        line = row["street"] if is_street else row["avenue"]
        runs = _runs(_pieces(ground, line, is_street=is_street), reach)
        run = max(runs, key=lambda shape: float(shape.length))
        name_zh, name_en = row["name"]
        shape = run.offset_curve(float(row["shift"]))
        yield Stretch(row["kind"], "main", name_zh, name_en, row["owner"], shape)


def _water(ground: Ground, raw: Table) -> Iterator[Stretch]:
    """The river, cut where township boundaries leave it."""
    stones = read_toml("surroundings")["townships"]["stones"]
    marks = [float(at[0]) for name, at in stones.items() if name.startswith("R")]
    for (start, end), (name_zh, name_en) in zip(
        pairwise(marks), raw["river"]["names"], strict=True
    ):
        along = [float(u) for u in np.linspace(start, end, max(3, int((end - start) / 90)))]
        shape = LineString(
            streets.bent([(u, streets.river_centre(u)) for u in along]) * ground.factor
        )
        yield Stretch("river", "main", name_zh, name_en, raw["river"]["owner"], shape)
