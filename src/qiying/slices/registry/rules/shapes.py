"""Shapes as GeoJSON: checked, turned to WGS 84, measured on the ellipsoid, compared."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Geod
from shapely.errors import ShapelyError
from shapely.geometry.base import BaseGeometry

from qiying.kernel.errors import Invalid
from qiying.slices.registry.rules.coordinates import WGS84, System, to_wgs84

GEOD = Geod(ellps="WGS84")
DECIMALS = 7
"""Of a degree; the seventh is about a centimetre."""
MOST_POINTS = 20_000
LEAST_M2 = 1.0
TOLERATED_M2 = 10.0
"""Two neighbours drawn by different hands may overlap by slivers of this size."""
POINTS, LINES, SURFACES = (
    frozenset({"Point"}),
    frozenset({"LineString", "MultiLineString"}),
    frozenset({"Polygon", "MultiPolygon"}),
)
Geometry = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """A checked shape in WGS 84, a point on it, and its geodesic area in square metres."""

    geometry: Geometry
    longitude: float
    latitude: float
    area_m2: float


@dataclass(frozen=True, slots=True)
class Overlap:
    """Two shapes, by their places in the input, that share this many square metres."""

    first: int
    second: int
    area_m2: float


def read(geometry: Any, allowed: frozenset[str], system: System | None = None) -> Shape:
    """Check a GeoJSON geometry and bring it to WGS 84.

    Raises
    ------
    Invalid
        ``registry.shape.form`` not a geometry; ``.type`` of another type; ``.large`` too many
        points; ``.range`` position outside the Earth or the system; ``.open`` ring not closed;
        ``.crossed`` ring that crosses or touches itself; ``.small`` less than 1 m².
    """
    system = system or System(WGS84)
    name = geometry.get("type") if isinstance(geometry, Mapping) else None
    if name not in POINTS | LINES | SURFACES:
        raise Invalid("registry.shape.form")
    if name not in allowed:
        raise Invalid("registry.shape.type", name=name)
    _require_closed(geometry)
    try:
        raw = shapely.geometry.shape(geometry)
    except (ValueError, TypeError, IndexError, ShapelyError, AttributeError) as error:
        raise Invalid("registry.shape.form") from error
    return _measured(_checked(_moved(raw, system)))


def read_text(text: str, allowed: frozenset[str], system: System | None = None) -> Shape:
    """The same for a shape written as well-known text (``POLYGON ((…))``)."""
    try:
        raw = shapely.from_wkt(text)
    except (ShapelyError, ValueError, TypeError) as error:
        raise Invalid("registry.shape.form") from error
    if raw is None:
        raise Invalid("registry.shape.form")
    return read(shapely.geometry.mapping(raw), allowed, system)


def _require_closed(geometry: Mapping[str, Any]) -> None:
    """Say that a ring is open instead of closing it: the end may have been cut off."""
    parts: Any = geometry.get("coordinates")
    if geometry["type"] == "Polygon":
        parts = [parts]
    elif geometry["type"] != "MultiPolygon":
        return
    try:
        is_open = any(
            len(ring) < 4 or list(ring[0]) != list(ring[-1]) for part in parts for ring in part
        )
    except (TypeError, IndexError, KeyError) as error:
        raise Invalid("registry.shape.form") from error
    if is_open:
        raise Invalid("registry.shape.open")


def _moved(raw: BaseGeometry, system: System) -> BaseGeometry:
    points = shapely.get_coordinates(raw)
    if not len(points) or not np.all(np.isfinite(points)):
        raise Invalid("registry.shape.form")
    if len(points) > MOST_POINTS:
        raise Invalid("registry.shape.large", limit=MOST_POINTS)
    lon, lat = to_wgs84(points[:, 0], points[:, 1], system)
    moved = np.column_stack([np.round(lon, DECIMALS), np.round(lat, DECIMALS)])
    return shapely.set_coordinates(shapely.force_2d(raw), moved)


def _checked(shape: BaseGeometry) -> BaseGeometry:
    if shape.geom_type in SURFACES and not shapely.is_valid(shape):
        raise Invalid("registry.shape.crossed", **_place_of_fault(shape))
    return shapely.orient_polygons(shape) if shape.geom_type in SURFACES else shape


def _place_of_fault(shape: BaseGeometry) -> dict[str, Any]:
    """Where the ring goes wrong: the library names the place at the end of its reason."""
    reason = str(shapely.is_valid_reason(shape))
    words = reason[reason.find("[") + 1 : reason.rfind("]")].split()
    lon, lat = words if len(words) == 2 else ("?", "?")
    return {"lon": lon[:12], "lat": lat[:12]}


def _measured(shape: BaseGeometry) -> Shape:
    area = abs(float(GEOD.geometry_area_perimeter(shape)[0]))
    if shape.geom_type in SURFACES and area < LEAST_M2:
        raise Invalid("registry.shape.small")
    spot = shapely.point_on_surface(shape)
    plain: Geometry = _plain(shapely.geometry.mapping(shape))
    return Shape(plain, round(float(spot.x), DECIMALS), round(float(spot.y), DECIMALS), area)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(v) for v in value] if isinstance(value, list | tuple) else value


def point(longitude: float, latitude: float) -> Geometry:
    """A position as GeoJSON."""
    return {"type": "Point", "coordinates": [longitude, latitude]}


def a_point_of(geometry: Geometry) -> tuple[float, float]:
    """Longitude and latitude of some point of a stored shape."""
    spot = shapely.get_coordinates(shapely.geometry.shape(geometry))[0]
    return float(spot[0]), float(spot[1])


def area_m2(geometry: Geometry) -> float:
    """Geodesic area of a stored shape in square metres; 0 for points and lines."""
    return abs(float(GEOD.geometry_area_perimeter(shapely.geometry.shape(geometry))[0]))


def distance_km(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Geodesic distance between two (longitude, latitude)."""
    return float(GEOD.inv(*one, *other)[2]) / 1000


def far_from(
    longitude: NDArray[np.float64], latitude: NDArray[np.float64], centre: tuple[float, float]
) -> NDArray[np.float64]:
    """Distances in kilometres of many positions from one."""
    lon, lat = np.full_like(longitude, centre[0]), np.full_like(latitude, centre[1])
    return np.asarray(GEOD.inv(lon, lat, longitude, latitude)[2]) / 1000


def overlaps(
    geometries: Sequence[Geometry], *, tolerated_m2: float = TOLERATED_M2
) -> list[Overlap]:
    """Pairs of surfaces that share more than a sliver, in the order of the input."""
    shapes = [shapely.geometry.shape(g) for g in geometries]
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="intersects")
    found = []
    for first, second in sorted(zip(left.tolist(), right.tolist(), strict=True)):
        if first >= second:
            continue
        shared = shapely.intersection(shapes[first], shapes[second])
        area = abs(float(GEOD.geometry_area_perimeter(shared)[0]))
        if area > tolerated_m2:
            found.append(Overlap(first, second, area))
    return found


class Cover:
    """Which of several surfaces holds a position; the smallest one when they lie in each other."""

    def __init__(self, pieces: Sequence[tuple[str, Geometry]]) -> None:
        shapes = [(key, shapely.geometry.shape(g)) for key, g in pieces if g["type"] in SURFACES]
        shapes.sort(key=lambda pair: (pair[1].area, pair[0]))
        self._keys = [key for key, _ in shapes]
        self._tree = shapely.STRtree([shape for _, shape in shapes])

    def at(self, longitudes: Sequence[float], latitudes: Sequence[float]) -> list[str]:
        """The key of the surface under each position, "" where there is none."""
        found = [""] * len(longitudes)
        if not self._keys or not found:
            return found
        spots, pieces = self._tree.query(
            shapely.points(np.asarray(longitudes), np.asarray(latitudes)), predicate="intersects"
        )
        best: dict[int, int] = {}
        for spot, piece in zip(spots.tolist(), pieces.tolist(), strict=True):
            best[spot] = min(piece, best.get(spot, piece))
        for spot, piece in best.items():
            found[spot] = self._keys[piece]
        return found


def dump(data: Geometry) -> bytes:
    """GeoJSON as compact UTF-8."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
