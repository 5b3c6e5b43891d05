"""The flat sheet on which the demonstration zone is drawn, and its way to longitude and latitude.

The sheet is an equal-area projection centred on the zone: an area measured on it in square
metres is the geodesic area, so shapes can be sized before they are put on the globe.
"""

from collections.abc import Iterable
from typing import TypeAlias

import shapely
from pyproj import Geod, Transformer
from shapely.geometry import LineString, MultiPolygon, Point, Polygon

from qiying.demo.shapes import Area, Position, Track

#: A polygon of the sheet, in metres.
Surface: TypeAlias = Polygon | MultiPolygon

CENTRE: Position = (119.2, 29.0)
#: Decimals of a degree that are kept; the seventh is about a centimetre.
DECIMALS = 7

_SHEET = f"+proj=laea +lat_0={CENTRE[1]} +lon_0={CENTRE[0]} +datum=WGS84 +units=m +no_defs"
_TO_GLOBE = Transformer.from_crs(_SHEET, "EPSG:4326", always_xy=True)
_TO_SHEET = Transformer.from_crs("EPSG:4326", _SHEET, always_xy=True)
_GEOD = Geod(ellps="WGS84")


def on_globe(x: float, y: float) -> Position:
    """Longitude and latitude (degrees) of a point of the sheet (metres)."""
    lon, lat = _TO_GLOBE.transform(x, y)
    return (round(float(lon), DECIMALS), round(float(lat), DECIMALS))


def on_sheet(position: Position) -> tuple[float, float]:
    """Metres east and north of the centre for a longitude and latitude."""
    x, y = _TO_SHEET.transform(*position)
    return (float(x), float(y))


def track(line: LineString) -> Track:
    """A line of the sheet as longitudes and latitudes."""
    return _positions(line.coords)


def area(shape: Surface) -> Area:
    """A polygon of the sheet as longitudes and latitudes, largest part first."""
    parts = sorted(shapely.get_parts(shape), key=lambda part: -float(part.area))
    return Area(
        tuple(
            tuple(_positions(ring.coords) for ring in (oriented.exterior, *oriented.interiors))
            for oriented in (shapely.orient_polygons(part) for part in parts)
        )
    )


def polygon(shape: Area) -> Surface:
    """The sheet's polygon for an area on the globe."""
    parts = [
        Polygon(*_rings([[on_sheet(position) for position in ring] for ring in part]))
        for part in shape.parts
    ]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def line(positions: Track) -> LineString:
    """The sheet's line for a track on the globe."""
    return LineString([on_sheet(position) for position in positions])


def point(position: Position) -> Point:
    """The sheet's point for a position on the globe."""
    return Point(on_sheet(position))


def geodesic_km2(shape: Area) -> float:
    """Area on the ellipsoid in square kilometres, edges taken as geodesics."""
    total = 0.0
    for part in shape.parts:
        for index, ring in enumerate(part):
            lons, lats = zip(*ring, strict=True)
            square_metres = abs(float(_GEOD.polygon_area_perimeter(lons, lats)[0]))
            total += square_metres if index == 0 else -square_metres
    return total / 1e6


def geodesic_km(positions: Track) -> float:
    """Length on the ellipsoid in kilometres."""
    lons, lats = zip(*positions, strict=True)
    return float(_GEOD.line_length(lons, lats)) / 1000.0


def _positions(coords: Iterable[tuple[float, ...]]) -> Track:
    return tuple(on_globe(x, y) for x, y in coords)


def _rings(
    rings: list[list[tuple[float, float]]],
) -> tuple[list[tuple[float, float]], list[list[tuple[float, float]]]]:
    return rings[0], rings[1:]
