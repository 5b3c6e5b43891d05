"""Where a call lies: the firm's own ground, a street, the river, an estate, the port."""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from qiying.demo import plane
from qiying.demo.enterprises import Enterprise
from qiying.demo.geography import Geography, Segment
from qiying.demo.naming import pick
from qiying.demo.shapes import Position
from qiying.demo.sites import Site

_RIVER_MATTERS = frozenset({"M043", "M133"})
_COUNTRY_MATTERS = frozenset({"M135"})
_VAGUE = 0.07


@dataclass(frozen=True, slots=True)
class Place:
    """A place: `asset` is the code of a segment, a site or an estate when it is one.

    Source: `site` (own ground on record), `registered` (address only), `stated` (on the map).
    """

    object_kind: str
    position: Position
    accuracy_m: float
    source: str
    address_zh: str
    asset: str | None
    road_zh: str
    road_near_zh: str
    estate_zh: str


class Gazetteer:
    """Finds places for calls."""

    def __init__(self, geography: Geography, sites: tuple[Site, ...]) -> None:
        self._segments = geography.segments
        self._lines = np.array([plane.line(segment.track) for segment in self._segments])
        self._distances: dict[str, NDArray[np.float64]] = {}
        self._estates = geography.neighbourhoods
        self._estate_shapes = [plane.polygon(estate.area) for estate in self._estates]
        self._port = next(site for site in sites if site.kind == "port_yard")
        self._public_sites = [site for site in sites if site.unit and site.code.startswith("CS")]
        self._sites: dict[tuple[str, str], Site] = {
            (site.kind, site.enterprise): site for site in sites if site.enterprise
        }

    def place(
        self, firm: Enterprise, matter: str, kind: str, chance: np.random.Generator
    ) -> Place:
        """A place of that kind on the firm's ground or near it."""
        segment = self._segment(firm, matter, chance)
        estate = self._estate(firm, chance)
        position, accuracy, source, address, asset = self._spot(
            firm, kind, segment, estate, chance
        )
        if chance.random() < _VAGUE:
            accuracy = float(chance.integers(30, 90))
        return Place(
            object_kind=kind,
            position=position,
            accuracy_m=accuracy,
            source=source,
            address_zh=address,
            asset=asset,
            road_zh=segment.name_zh,
            road_near_zh=self._near_road(firm),
            estate_zh=self._estates[estate].name_zh,
        )

    def _spot(
        self,
        firm: Enterprise,
        kind: str,
        segment: Segment,
        estate: int,
        chance: np.random.Generator,
    ) -> tuple[Position, float, str, str, str | None]:
        if kind in {"segment", "public_place"}:
            at = self._along(firm, segment, chance)
            asset = segment.code if kind == "segment" else None
            return (
                at,
                float(chance.integers(5, 16)),
                "stated",
                f"{segment.name_zh}近{firm.short_zh}",
                asset,
            )
        if kind == "residential_neighbourhood":
            home = self._estates[estate]
            inside = self._estate_shapes[estate].representative_point()
            return plane.on_globe(inside.x, inside.y), 12.0, "stated", home.name_zh, home.code
        site = self._own_site(firm, kind, chance)
        if site is not None:
            return site.position, 6.0, "site", site.name_zh, site.code
        return firm.position, 15.0, "registered", firm.address_zh, None

    def _own_site(self, firm: Enterprise, kind: str, chance: np.random.Generator) -> Site | None:
        if kind == "port_yard":
            return self._port
        wanted = {"enterprise_dormitory": "dormitory", "construction_site": "construction_site"}
        site = self._sites.get((wanted.get(kind, "parcel"), firm.code))
        if site is None and kind == "construction_site":
            return pick(chance, self._public_sites)
        return site

    def _segment(self, firm: Enterprise, matter: str, chance: np.random.Generator) -> Segment:
        """One of the few stretches nearest to the firm that suit the matter."""
        suits = np.array([_suits(segment, matter) for segment in self._segments])
        nearest = np.argsort(np.where(suits, self._away(firm), np.inf), kind="stable")[:4]
        return self._segments[int(nearest[int(chance.integers(len(nearest)))])]

    def _near_road(self, firm: Enterprise) -> str:
        suits = np.array([segment.kind == "road" for segment in self._segments])
        return self._segments[int(np.argmin(np.where(suits, self._away(firm), np.inf)))].name_zh

    def _away(self, firm: Enterprise) -> NDArray[np.float64]:
        """Metres from the firm to every segment."""
        if firm.code not in self._distances:
            at = plane.point(firm.position)
            self._distances[firm.code] = np.asarray(shapely.distance(self._lines, at))
        return self._distances[firm.code]

    def _along(self, firm: Enterprise, segment: Segment, chance: np.random.Generator) -> Position:
        line = plane.line(segment.track)
        nearest = float(line.project(plane.point(firm.position)))
        shift = float(chance.normal(0.0, 60.0))
        at = line.interpolate(min(max(nearest + shift, 5.0), float(line.length) - 5.0))
        return plane.on_globe(at.x, at.y)

    def _estate(self, firm: Enterprise, chance: np.random.Generator) -> int:
        away = shapely.distance(np.array(self._estate_shapes), plane.point(firm.position))
        return int(np.argsort(away, kind="stable")[int(chance.integers(3))])


def _suits(segment: Segment, matter: str) -> bool:
    if matter in _RIVER_MATTERS:
        return segment.kind == "river"
    if matter in _COUNTRY_MATTERS:
        return segment.rank == "country"
    return segment.kind == "road" and segment.rank != "country"
