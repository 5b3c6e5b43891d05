"""Townships and sub-districts around the zone, their villages and the country roads, on the sheet."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon

from qiying.demo import streets
from qiying.demo.bounds import Point2, wander
from qiying.demo.chance import stream
from qiying.demo.packaged import read_toml


@dataclass(frozen=True, slots=True)
class TownshipGround:
    """A township's territory; the territories tile the country without hole or overlap."""

    code: str
    shape: Polygon


@dataclass(frozen=True, slots=True)
class VillageGround:
    """A village in open country."""

    code: str
    name_zh: str
    name_en: str
    shape: Polygon


def territories(seed: int, factor: float) -> tuple[TownshipGround, ...]:
    """Every township's territory, cut from one network of boundaries."""
    raw = read_toml("surroundings")["townships"]
    stones = {name: _stone(at) for name, at in raw["stones"].items()}
    lines = [_boundary(name, stones, seed, factor) for name in raw["boundaries"]]
    network = shapely.get_parts(shapely.union_all(lines, grid_size=0.01))
    faces = list(shapely.get_parts(shapely.polygonize(list(network))))
    return tuple(
        TownshipGround(code, _face_at(faces, (float(u), float(v)), factor))
        for code, (u, v) in raw["hearts"].items()
    )


def villages(seed: int, factor: float) -> tuple[VillageGround, ...]:
    """Villages as uneven blots of 6 to 16 hectares."""
    chance = stream(seed, "villages")
    found = []
    for index, row in enumerate(read_toml("surroundings")["villages"], start=1):
        u, v = row["at"]
        x, y = streets.bent([(float(u), float(v))])[0] * factor
        found.append(
            VillageGround(f"VL{index:02d}", row["name_zh"], row["name_en"], _blot((x, y), chance))
        )
    return tuple(found)


def _stone(at: list[float]) -> Point2:
    """A boundary stone of the board; one number alone is a stone in the middle of the river."""
    if len(at) == 1:
        return (float(at[0]), streets.river_centre(float(at[0])))
    return (float(at[0]), float(at[1]))


def _boundary(name: str, stones: dict[str, Point2], seed: int, factor: float) -> LineString:
    start, end = (stones[stone] for stone in name.split(" "))
    along_river = all(stone.startswith("R") for stone in name.split(" "))
    if along_river:
        us = np.linspace(start[0], end[0], max(2, round(abs(end[0] - start[0]) / 80.0)))
        chain = [(float(u), streets.river_centre(float(u))) for u in us]
    else:
        chain = wander(start, end, seed=seed, name=name)
    return LineString(streets.bent(chain) * factor)


def _face_at(faces: list[Polygon], board: Point2, factor: float) -> Polygon:
    heart = Point(streets.bent([board])[0] * factor)
    return next(face for face in faces if face.contains(heart))


def _blot(centre: Point2, chance: np.random.Generator) -> Polygon:
    angles = np.linspace(0.0, 2 * np.pi, 14, endpoint=False)
    radii = chance.uniform(110.0, 240.0) * chance.uniform(0.72, 1.25, len(angles))
    ring = np.column_stack((radii * np.cos(angles), 0.68 * radii * np.sin(angles)))
    blot = Polygon(ring).buffer(18.0).buffer(-18.0)
    turned = affinity.rotate(blot, float(chance.uniform(0.0, 180.0)), origin=(0.0, 0.0))
    return affinity.translate(turned, *centre).simplify(2.0)
