"""The demonstration zone's map: boundaries, walls, townships, estates, parcels, roads.

County, zone and every name are invented; the place in the world is a hill country where no such
zone lies. `build_geography(seed)` draws on a flat sheet (`plane`) and hands out plain shapes.
"""

from dataclasses import dataclass
from datetime import date
from functools import cache

import shapely
from shapely.geometry import Point

from qiying.demo import plane, plots, roads, townships
from qiying.demo.ground import Ground, WalledBlock, lay_ground, walled_blocks
from qiying.demo.packaged import read_toml
from qiying.demo.shapes import Area, Position, Track

PROVINCE_ZH, PROVINCE_EN = "浙江省", "Zhejiang"
COUNTY_ZH, COUNTY_EN = "澜川县", "Lanchuan County"
ZONE_ZH, ZONE_EN = "澜川经济开发区", "Lanchuan Economic Development Zone"
#: A county code that no county bears: credit codes made with it can belong to nobody.
COUNTY_CODE = "330899"

FOUNDED_ON = date(2003, 6, 18)
EXTENDED_ON = date(2012, 9, 1)
#: From this day on the industrial wall decides, not the planning boundary.
WALL_REFORM_ON = date(2024, 6, 28)


@dataclass(frozen=True, slots=True)
class Boundary:
    """A dated outline. Kind: `planned`, `developed` or `wall`; `until` is exclusive."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    since: date
    until: date | None
    area: Area


@dataclass(frozen=True, slots=True)
class Township:
    """A township or sub-district; `kind` is `town`, `township` or `sub_district`."""

    code: str
    kind: str
    name_zh: str
    name_en: str
    area: Area


@dataclass(frozen=True, slots=True)
class Village:
    """A village outside of the zone's streets."""

    code: str
    name_zh: str
    name_en: str
    township: str
    area: Area


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """A housing estate, the township that received it and the day of the hand-over."""

    code: str
    name_zh: str
    name_en: str
    township: str
    wall: str | None
    households: int
    residents: int
    handed_over_on: date
    area: Area


@dataclass(frozen=True, slots=True)
class EnterpriseGrid:
    """One of 24 grids that tile the walls; each has its grid officer."""

    code: str
    name_zh: str
    name_en: str
    wall: str
    area: Area


@dataclass(frozen=True, slots=True)
class Parcel:
    """A parcel behind a wall with its street address. Kind: `industry` or `port_yard`."""

    code: str
    kind: str
    wall: str
    grid: str
    township: str
    address_zh: str
    address_en: str
    hectares: float
    centre: Position
    area: Area


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of road, bridge, main or river; `owner` is a unit's code or None if disputed."""

    code: str
    kind: str
    rank: str
    name_zh: str
    name_en: str
    owner: str | None
    track: Track


@dataclass(frozen=True, slots=True)
class Geography:
    """The whole map."""

    seed: int
    boundaries: tuple[Boundary, ...]
    townships: tuple[Township, ...]
    villages: tuple[Village, ...]
    neighbourhoods: tuple[Neighbourhood, ...]
    grids: tuple[EnterpriseGrid, ...]
    parcels: tuple[Parcel, ...]
    segments: tuple[Segment, ...]
    river: Area

    def walls(self) -> tuple[Boundary, ...]:
        """The industrial walls in force since the reform."""
        return tuple(boundary for boundary in self.boundaries if boundary.kind == "wall")

    def boundary(self, code: str) -> Boundary:
        """The boundary of that code."""
        return next(boundary for boundary in self.boundaries if boundary.code == code)


@cache
def build_geography(seed: int = 7) -> Geography:
    """The map for a seed; the same seed gives equal maps, coordinate by coordinate."""
    ground = lay_ground(seed)
    faces = walled_blocks(ground)
    towns = townships.territories(seed, ground.factor)
    cut, estates = plots.cut_plots(ground, faces, towns, seed)
    lines = roads.stretches(ground)
    return Geography(
        seed=seed,
        boundaries=(*_outlines(ground), *_walls(faces)),
        townships=tuple(_township(town) for town in towns),
        villages=_villages(seed, ground, towns),
        neighbourhoods=_neighbourhoods(estates, towns),
        grids=_grids(faces),
        parcels=_parcels(cut, towns, lines),
        segments=tuple(_segment(index, line) for index, line in enumerate(lines, start=1)),
        river=plane.area(ground.river),
    )


def _outlines(ground: Ground) -> tuple[Boundary, ...]:
    names = (
        ("PLAN-2003", "planned", "开发区规划范围（设立时）", "Planned area at founding",
         FOUNDED_ON, EXTENDED_ON, ground.founding),
        ("PLAN-2012", "planned", "开发区规划范围", "Planned area", EXTENDED_ON, None, ground.planned),
        ("DEVELOPED", "developed", "开发区建成区", "Developed area",
         EXTENDED_ON, None, ground.developed),
    )  # fmt: skip
    return tuple(
        Boundary(code, kind, zh, en, since, until, plane.area(shape))
        for code, kind, zh, en, since, until, shape in names
    )


def _walls(faces: tuple[WalledBlock, ...]) -> tuple[Boundary, ...]:
    names = read_toml("plan")["wall_names"]
    return tuple(
        Boundary(
            code=f"WALL-{wall}",
            kind="wall",
            name_zh=zh,
            name_en=en,
            since=WALL_REFORM_ON,
            until=None,
            area=plane.area(
                shapely.union_all([face.shape for face in faces if face.wall == wall])
            ),
        )
        for wall, (zh, en) in names.items()
    )


def _grids(faces: tuple[WalledBlock, ...]) -> tuple[EnterpriseGrid, ...]:
    letters = sorted({(face.grid, face.wall) for face in faces})
    return tuple(
        EnterpriseGrid(
            code=f"EG{number:02d}",
            name_zh=f"企业网格第{number:02d}格",
            name_en=f"Enterprise grid {number:02d}",
            wall=f"WALL-{wall}",
            area=plane.area(
                shapely.union_all([face.shape for face in faces if face.grid == letter])
            ),
        )
        for number, (letter, wall) in enumerate(letters, start=1)
    )


def grid_code(letter: str) -> str:
    """The code of the grid that a letter of the plan stands for."""
    return f"EG{ord(letter) - ord('a') + 1:02d}"


def _township(town: townships.TownshipGround) -> Township:
    zh, en = read_toml("surroundings")["townships"]["names"][town.code]
    kind = {"道": "sub_district", "镇": "town", "乡": "township"}[zh[-1]]
    return Township(town.code, kind, zh, en, plane.area(town.shape))


def _township_at(at: Point, towns: tuple[townships.TownshipGround, ...]) -> str:
    return next(town.code for town in towns if town.shape.covers(at))


def _villages(
    seed: int, ground: Ground, towns: tuple[townships.TownshipGround, ...]
) -> tuple[Village, ...]:
    return tuple(
        Village(
            code=village.code,
            name_zh=village.name_zh,
            name_en=village.name_en,
            township=_township_at(village.shape.representative_point(), towns),
            area=plane.area(village.shape),
        )
        for village in townships.villages(seed, ground.factor)
    )


def _neighbourhoods(
    estates: tuple[plots.Estate, ...], towns: tuple[townships.TownshipGround, ...]
) -> tuple[Neighbourhood, ...]:
    rows = {row["code"]: row for row in read_toml("neighbourhoods")["neighbourhoods"]}
    return tuple(
        Neighbourhood(
            code=estate.code,
            name_zh=rows[estate.code]["name_zh"],
            name_en=rows[estate.code]["name_en"],
            township=_township_at(estate.shape.representative_point(), towns),
            wall=f"WALL-{estate.wall}" if estate.wall else None,
            households=rows[estate.code]["households"],
            residents=rows[estate.code]["residents"],
            handed_over_on=rows[estate.code]["handed_over_on"],
            area=plane.area(estate.shape),
        )
        for estate in estates
    )


def _segment(number: int, line: roads.Stretch) -> Segment:
    return Segment(
        code=f"SG{number:03d}",
        kind=line.kind,
        rank=line.rank,
        name_zh=line.name_zh,
        name_en=line.name_en,
        owner=line.owner,
        track=plane.track(line.shape),
    )


def _parcels(
    cut: tuple[plots.Plot, ...],
    towns: tuple[townships.TownshipGround, ...],
    lines: tuple[roads.Stretch, ...],
) -> tuple[Parcel, ...]:
    streets = [line for line in lines if line.kind == "road" and line.rank != "country"]
    doors: dict[str, int] = {}
    found = []
    for number, plot in enumerate(cut, start=1):
        street = min(streets, key=lambda line: float(line.shape.distance(plot.shape)))
        doors[street.name_zh] = doors.get(street.name_zh, 0) + 2 + number % 3
        inside = plot.shape.representative_point()
        found.append(
            Parcel(
                code=f"P{number:03d}",
                kind="port_yard" if plot.is_port else "industry",
                wall=f"WALL-{plot.wall}",
                grid=grid_code(plot.grid),
                township=_township_at(inside, towns),
                address_zh=f"{street.name_zh}{doors[street.name_zh]}号",
                address_en=f"No. {doors[street.name_zh]} {street.name_en}",
                hectares=round(float(plot.shape.area) / 1e4, 2),
                centre=plane.on_globe(inside.x, inside.y),
                area=plane.area(plot.shape),
            )
        )
    return tuple(found)
