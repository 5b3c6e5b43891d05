"""Sites of the zone: parcels in use, building sites, dormitories and the port yard."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

import numpy as np
import shapely
from shapely.geometry import Polygon

from qiying.demo import plane
from qiying.demo.chance import stream
from qiying.demo.enterprises import Enterprise, build_enterprises
from qiying.demo.geography import Geography, Parcel, build_geography
from qiying.demo.naming import pick
from qiying.demo.packaged import read_toml
from qiying.demo.shapes import Area, Position

#: More than 200 building sites, as published; 38 of them public works.
CONSTRUCTION_SITES = 208
_PUBLIC_WORKS = 38
_CORNER_M = 10.0
_DORMITORY_STAFF = 95
_PORT_OPENED_ON = date(2019, 5, 8)
_FIRST_START = date(2025, 3, 1)


@dataclass(frozen=True, slots=True)
class Site:
    """A site. Kind: parcel, construction_site, dormitory or port_yard.

    It belongs to a firm (`enterprise`, its code) or to a unit (`unit`, its code).
    """

    code: str
    kind: str
    name_zh: str
    name_en: str
    enterprise: str | None
    unit: str | None
    position: Position
    area: Area | None
    since: date
    until: date | None = None


@cache
def build_sites(seed: int = 7) -> tuple[Site, ...]:
    """All sites for a seed."""
    geography = build_geography(seed)
    owners = [firm for firm in build_enterprises(seed) if firm.is_whole_parcel]
    parcels = {parcel.code: parcel for parcel in geography.parcels}
    chance = stream(seed, "sites")
    return (
        *(_premises(firm, parcels[firm.parcel or ""]) for firm in owners),
        *_dormitories(owners, parcels, chance),
        *_private_works(owners, parcels, chance),
        *_public_works(geography, chance),
        *(_port(parcel) for parcel in geography.parcels if parcel.kind == "port_yard"),
    )


def _premises(firm: Enterprise, parcel: Parcel) -> Site:
    return Site(
        code=f"ST-{parcel.code}",
        kind="parcel",
        name_zh=f"{firm.short_zh}厂区",
        name_en=f"Premises of {firm.name_en}",
        enterprise=firm.code,
        unit=None,
        position=firm.position,
        area=parcel.area,
        since=firm.registered_on,
    )


def _dormitories(
    owners: list[Enterprise], parcels: dict[str, Parcel], chance: np.random.Generator
) -> list[Site]:
    return [
        Site(
            code=f"DM-{firm.parcel}",
            kind="dormitory",
            name_zh=f"{firm.short_zh}员工宿舍",
            name_en=f"Dormitory of {firm.name_en}",
            enterprise=firm.code,
            unit=None,
            position=_corner(parcels[firm.parcel or ""], chance),
            area=None,
            since=firm.registered_on + timedelta(days=365),
        )
        for firm in owners
        if firm.staff >= _DORMITORY_STAFF
    ]


def _private_works(
    owners: list[Enterprise], parcels: dict[str, Parcel], chance: np.random.Generator
) -> list[Site]:
    builders = chance.permutation(len(owners))[: CONSTRUCTION_SITES - _PUBLIC_WORKS]
    works = read_toml("works")["private"]
    found = []
    for number, index in enumerate(sorted(int(index) for index in builders), start=1):
        firm = owners[index]
        goods = pick(chance, firm.goods_zh)
        zh, en = pick(chance, works)
        start, end = _term(chance)
        found.append(
            Site(
                code=f"CS{number:03d}",
                kind="construction_site",
                name_zh=f"{firm.short_zh}{zh.format(goods=goods)}",
                name_en=f"{firm.name_en}: {en}",
                enterprise=firm.code,
                unit=None,
                position=_corner(parcels[firm.parcel or ""], chance),
                area=None,
                since=start,
                until=end,
            )
        )
    return found


def _public_works(geography: Geography, chance: np.random.Generator) -> list[Site]:
    roads = [
        segment
        for segment in geography.segments
        if segment.kind == "road" and segment.rank != "country" and segment.owner
    ]
    works = read_toml("works")["public"]
    found = []
    for number in range(CONSTRUCTION_SITES - _PUBLIC_WORKS + 1, CONSTRUCTION_SITES + 1):
        road = pick(chance, roads)
        zh, en = works[number % len(works)]
        start, end = _term(chance)
        middle = plane.line(road.track).interpolate(
            float(chance.uniform(0.2, 0.8)), normalized=True
        )
        found.append(
            Site(
                code=f"CS{number:03d}",
                kind="construction_site",
                name_zh=f"{road.name_zh}{zh}（{number}号工点）",
                name_en=f"{road.name_en}: {en} (lot {number})",
                enterprise=None,
                unit="ZONE_SOE",
                position=plane.on_globe(middle.x, middle.y),
                area=None,
                since=start,
                until=end,
            )
        )
    return found


def _port(parcel: Parcel) -> Site:
    return Site(
        code=f"ST-{parcel.code}",
        kind="port_yard",
        name_zh="澜川港区堆场",
        name_en="Lanchuan port yard",
        enterprise=None,
        unit="ZONE_SOE_MARKET",
        position=parcel.centre,
        area=parcel.area,
        since=_PORT_OPENED_ON,
    )


def _term(chance: np.random.Generator) -> tuple[date, date]:
    """Begun lately and not yet finished: these are the sites that work today."""
    start = _FIRST_START + timedelta(days=int(chance.integers(0, 540)))
    return start, date(2027, 1, 31) + timedelta(days=int(chance.integers(0, 500)))


def _corner(parcel: Parcel, chance: np.random.Generator) -> Position:
    """A place in the parcel away from its middle."""
    shape = plane.polygon(parcel.area)
    core = max(shapely.get_parts(shape.buffer(-_CORNER_M)), key=_size, default=shape)
    ring = core.exterior
    edge = ring.interpolate(float(chance.random()), normalized=True)
    return plane.on_globe(edge.x, edge.y)


def _size(surface: Polygon) -> float:
    return float(surface.area)
