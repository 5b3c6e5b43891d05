"""Where firms sit: a parcel of their own, a shared one, or a street outside the walls."""

from dataclasses import dataclass

import numpy as np
import shapely
from shapely.geometry import Point

from qiying.demo import plane
from qiying.demo.chance import stream
from qiying.demo.geography import (
    COUNTY_EN,
    COUNTY_ZH,
    ZONE_EN,
    ZONE_ZH,
    Geography,
    Parcel,
    Segment,
)
from qiying.demo.shapes import Position

#: Parcels with standard factories, let floor by floor.
_SHARED_PARCELS = 22
_LEAST_SHARED_HA = 2.5
#: How far from the edge of its parcel a firm is put; less where the parcel is narrow.
_MARGINS_M = (12.0, 4.0, 0.5)


@dataclass(frozen=True, slots=True)
class Premises:
    """An address and its place; `parcel` is None outside the walls."""

    position: Position
    township: str
    address_zh: str
    address_en: str
    parcel: Parcel | None = None
    is_whole_parcel: bool = False


class Landlord:
    """Hands out premises: parcels by size, shared buildings, streets outside the walls."""

    def __init__(self, geography: Geography, seed: int) -> None:
        self._geography = geography
        self._chance = stream(seed, "premises")
        parcels = [parcel for parcel in geography.parcels if parcel.kind == "industry"]
        roomy = [parcel for parcel in parcels if parcel.hectares >= _LEAST_SHARED_HA]
        picked = self._chance.choice(len(roomy), _SHARED_PARCELS, replace=False)
        self.shared = tuple(roomy[int(index)] for index in sorted(picked))
        shared_codes = {parcel.code for parcel in self.shared}
        self._own = sorted(
            (parcel for parcel in parcels if parcel.code not in shared_codes),
            key=lambda parcel: (-parcel.hectares, parcel.code),
        )
        self._shapes = {parcel.code: plane.polygon(parcel.area) for parcel in parcels}
        self._towns = [(town.code, plane.polygon(town.area)) for town in geography.townships]
        self._street_doors = _doors_outside(geography)
        self._units = 0

    def parcels_left(self) -> int:
        """How many parcels nobody has yet."""
        return len(self._own)

    def own_parcel(self) -> Premises:
        """The largest parcel left."""
        parcel = self._own.pop(0)
        position = self._inside(parcel)
        return Premises(
            position=position,
            township=self._township(plane.point(position)),
            address_zh=f"{COUNTY_ZH}{ZONE_ZH}{parcel.address_zh}",
            address_en=f"{parcel.address_en}, {ZONE_EN}",
            parcel=parcel,
            is_whole_parcel=True,
        )

    def shared_floor(self) -> Premises:
        """A floor in one of the shared factory buildings."""
        parcel = self.shared[int(self._chance.integers(len(self.shared)))]
        self._units += 1
        house, floor = 1 + self._units % 9, 1 + self._units // 9 % 4
        position = self._inside(parcel)
        return Premises(
            position=position,
            township=self._township(plane.point(position)),
            address_zh=f"{COUNTY_ZH}{ZONE_ZH}{parcel.address_zh}{house}幢{floor}层",
            address_en=f"Floor {floor}, Building {house}, {parcel.address_en}, {ZONE_EN}",
            parcel=parcel,
        )

    def outside(self) -> Premises:
        """A door in a street outside the walls."""
        street, along = self._street_doors[int(self._chance.integers(len(self._street_doors)))]
        shape = plane.line(street.track)
        at = shape.interpolate(along)
        side = -1.0 if self._chance.random() < 0.5 else 1.0
        ahead = shape.interpolate(along + 1.0)
        away = side * float(self._chance.uniform(14.0, 34.0))
        place = Point(at.x - (ahead.y - at.y) * away, at.y + (ahead.x - at.x) * away)
        door = 2 * round(along / 14.0) + (1 if side > 0 else 2)
        town = self._township(place)
        town_zh = next(row.name_zh for row in self._geography.townships if row.code == town)
        town_en = next(row.name_en for row in self._geography.townships if row.code == town)
        return Premises(
            position=plane.on_globe(place.x, place.y),
            township=town,
            address_zh=f"{COUNTY_ZH}{town_zh}{street.name_zh}{door}号",
            address_en=f"No. {door} {street.name_en}, {town_en}, {COUNTY_EN}",
        )

    def _township(self, place: Point) -> str:
        return next(code for code, area in self._towns if area.covers(place))

    def _inside(self, parcel: Parcel) -> Position:
        """A point of the parcel, not on its edge."""
        shape = self._shapes[parcel.code]
        core = next(core for margin in _MARGINS_M if not (core := shape.buffer(-margin)).is_empty)
        west, south, east, north = core.bounds
        while True:
            x, y = (
                float(self._chance.uniform(west, east)),
                float(self._chance.uniform(south, north)),
            )
            if core.contains(Point(x, y)):
                return plane.on_globe(x, y)


def _doors_outside(geography: Geography) -> list[tuple[Segment, float]]:
    """Places along streets that lie clear of the walls, of water and of the crossings."""
    walls = shapely.union_all([plane.polygon(wall.area) for wall in geography.walls()])
    closed = shapely.union_all([walls.buffer(45.0), plane.polygon(geography.river).buffer(45.0)])
    planned = plane.polygon(geography.boundary("PLAN-2012").area)
    found: list[tuple[Segment, float]] = []
    for segment in geography.segments:
        if segment.kind != "road":
            continue
        shape = plane.line(segment.track)
        step = 60.0 if segment.rank == "country" else 9.0
        alongs = np.arange(30.0, float(shape.length) - 30.0, step)
        points = shapely.line_interpolate_point(shape, alongs)
        open_ground = shapely.covers(planned, points) & ~shapely.intersects(closed, points)
        found += [(segment, float(along)) for along in alongs[open_ground]]
    return found
