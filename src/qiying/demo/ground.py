"""The large outlines on the sheet: developed area, planned areas, river, industrial walls."""

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from shapely import affinity
from shapely.geometry import Polygon

from qiying.demo import streets
from qiying.demo.bounds import wander
from qiying.demo.packaged import read_toml
from qiying.demo.plane import Surface

FOUNDING_KM2 = 7.0
PLANNED_KM2 = 66.75
DEVELOPED_KM2 = 33.44
#: What a wall keeps from the middle of the street outside it.
WALL_SETBACK_M = 21.0
_ROUNDING_M = 40.0
_WALL_CORNER_M = 12.0
_MITRE = "mitre"


@dataclass(frozen=True, slots=True)
class Ground:
    """Streets and blocks at their final size and the outlines drawn around them."""

    factor: float
    pieces: tuple[streets.Piece, ...]
    blocks: tuple[streets.Block, ...]
    developed: Surface
    founding: Surface
    planned: Surface
    river: Polygon


@dataclass(frozen=True, slots=True)
class WalledBlock:
    """The part of an industrial block behind its wall."""

    wall: str
    grid: str
    is_quay: bool
    shape: Polygon


def lay_ground(seed: int) -> Ground:
    """The ground of the zone, sized so that the developed area is exactly what it has to be."""
    pieces = streets.pieces(seed)
    blocks = streets.blocks(pieces, seed)
    land = _building_land()
    factor = 1.0
    for _ in range(6):
        scaled = [_scaled(block.shape, factor) for block in blocks]
        developed = _developed(scaled, _scaled(land, factor))
        factor *= float(np.sqrt(DEVELOPED_KM2 * 1e6 / developed.area))
    pieces = tuple(replace(piece, shape=_scaled(piece.shape, factor)) for piece in pieces)
    blocks = tuple(replace(block, shape=_scaled(block.shape, factor)) for block in blocks)
    developed = _developed([block.shape for block in blocks], _scaled(land, factor))
    return Ground(
        factor=factor,
        pieces=pieces,
        blocks=blocks,
        developed=developed,
        founding=_founding(blocks, factor),
        planned=_planned(developed, factor, seed),
        river=_scaled(_river(), factor),
    )


def walled_blocks(ground: Ground) -> tuple[WalledBlock, ...]:
    """The faces behind the walls; neighbours share their edges vertex by vertex."""
    found: list[WalledBlock] = []
    for wall, grids in streets.plan().walls:
        members = [block for block in ground.blocks if block.use in grids]
        outline = _wall(shapely.union_all([block.shape for block in members]), ground.developed)
        edges = [outline.boundary, *(block.shape.boundary for block in members)]
        lines = shapely.get_parts(shapely.union_all(edges, grid_size=0.01))
        for face in shapely.get_parts(shapely.polygonize(list(lines))):
            inside = face.representative_point()
            if outline.contains(inside):
                block = next(block for block in members if block.shape.covers(inside))
                found.append(WalledBlock(wall, block.use, block.is_quay, face))
    return tuple(found)


def _wall(blocks: Surface, developed: Surface) -> Surface:
    inner = blocks.intersection(developed).buffer(-WALL_SETBACK_M, join_style=_MITRE)
    return inner.buffer(-_WALL_CORNER_M).buffer(_WALL_CORNER_M).simplify(0.5)


def _scaled(shape: Surface, factor: float) -> Surface:
    return affinity.scale(shape, factor, factor, origin=(0.0, 0.0))


def _developed(blocks: list[Polygon], land: Surface) -> Surface:
    """The blocks as far as building land reaches, without slits and spikes."""
    built = shapely.union_all(blocks).intersection(land)
    return built.buffer(-_ROUNDING_M).buffer(2 * _ROUNDING_M).buffer(-_ROUNDING_M).simplify(1.0)


def _building_land() -> Surface:
    """Ground fit for building on each bank, its edge rounded the way a hill foot runs."""
    rings = read_toml("surroundings")["building_land"]
    banks = [Polygon(_corners_cut([(float(u), float(v)) for u, v in ring])) for ring in rings]
    return shapely.union_all([Polygon(streets.bent(list(bank.exterior.coords))) for bank in banks])


def _corners_cut(ring: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Chaikin's corner cutting, twice, on a ring given without its closing point."""
    for _ in range(2):
        ring = [
            (u0 + (u1 - u0) * share, v0 + (v1 - v0) * share)
            for (u0, v0), (u1, v1) in pairwise([*ring, ring[0]])
            for share in (0.25, 0.75)
        ]
    return [*ring, ring[0]]


def _founding(blocks: tuple[streets.Block, ...], factor: float) -> Surface:
    """The small area of the founding years: the blocks around the first crossing, sized by a hem."""
    box = _scaled(Polygon(streets.bent(_ring("founding"))), factor)
    core = shapely.union_all(
        [block.shape for block in blocks if box.contains(block.shape.centroid)]
    )
    return _hemmed(core.buffer(60.0).buffer(-60.0), FOUNDING_KM2)


def _planned(developed: Surface, factor: float, seed: int) -> Surface:
    """Nine times the founding area: hill country and river around what has been built."""
    ring = [
        point
        for index, (start, end) in enumerate(pairwise(_ring("planned")))
        for point in wander(start, end, seed=seed, name=f"planned {index}", sway=0.07)[:-1]
    ]
    drawn = _scaled(Polygon(streets.bent([*ring, ring[0]])), factor)
    return _hemmed(drawn.union(developed.buffer(120.0, join_style=_MITRE)), PLANNED_KM2)


def _hemmed(shape: Surface, km2: float) -> Surface:
    """The shape let out or taken in along its whole edge until it has the area."""
    low, high = -1500.0, 1500.0
    for _ in range(60):
        hem = (low + high) / 2
        area = shape.buffer(hem, join_style=_MITRE, mitre_limit=2.0).area
        low, high = (hem, high) if area < km2 * 1e6 else (low, hem)
    return shape.buffer(low, join_style=_MITRE, mitre_limit=2.0)


def _river() -> Polygon:
    west, east = (float(u) for u in read_toml("surroundings")["river"])
    along = [float(u) for u in np.linspace(west, east, 260)]
    north = [(u, streets.river_centre(u) + streets.river_half_width(u)) for u in along]
    south = [(u, streets.river_centre(u) - streets.river_half_width(u)) for u in along]
    return Polygon(streets.bent([*north, *reversed(south)]))


def _ring(name: str) -> list[tuple[float, float]]:
    points = [(float(u), float(v)) for u, v in read_toml("surroundings")[name]]
    return [*points, points[0]]
