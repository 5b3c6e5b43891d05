"""Shapes as callers give them: GeoJSON-like, longitude and latitude in WGS 84 / CGCS2000."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, cast

import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

Position = tuple[float, float]
Ring = tuple[Position, ...]
Polygon = tuple[Ring, ...]

_TYPES = frozenset({"Point", "LineString", "Polygon", "MultiLineString", "MultiPolygon"})


@dataclass(frozen=True, slots=True)
class Geometry:
    """A point, line or polygon (single or multiple) with its coordinates as in GeoJSON."""

    type: str
    coordinates: Sequence[Any]

    def __post_init__(self) -> None:
        if self.type not in _TYPES:
            raise ValueError(f"geometry: unsupported type {self.type!r}")
        frozen = as_tuples(self.coordinates)
        object.__setattr__(self, "coordinates", frozen)
        if self.type == "Point":
            check_position(frozen)
            return
        shaped = self.shape()
        for position in shapely.get_coordinates(shaped):
            check_position(tuple(position))
        if shaped.is_empty or not shaped.is_valid or not (shaped.length or shaped.area):
            raise ValueError(f"geometry: not a valid {self.type}")

    @classmethod
    def point(cls, lon: float, lat: float) -> "Geometry":
        return cls("Point", (float(lon), float(lat)))

    @classmethod
    def line(cls, positions: Iterable[Iterable[float]]) -> "Geometry":
        return cls("LineString", as_tuples(positions))

    @classmethod
    def polygon(cls, *rings: Iterable[Iterable[float]]) -> "Geometry":
        """Outer ring first, then holes."""
        return cls("Polygon", as_tuples(rings))

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> "Geometry":
        """Read a GeoJSON geometry object."""
        return cls(plain["type"], as_tuples(plain["coordinates"]))

    def as_json(self) -> dict[str, Any]:
        """Return a GeoJSON geometry object of plain values."""
        return {"type": self.type, "coordinates": as_lists(self.coordinates)}

    def shape(self) -> BaseGeometry:
        """The same shape for shapely, in degrees."""
        return shape({"type": self.type, "coordinates": self.coordinates})


def multipolygon(coordinates: Iterable[Any]) -> tuple[Polygon, ...]:
    """Read the coordinates of a GeoJSON Polygon or MultiPolygon as a tuple of polygons."""
    frozen = as_tuples(coordinates)
    try:
        is_single = isinstance(frozen[0][0][0], float)
    except (IndexError, TypeError):
        raise ValueError("polygon: give the coordinates of a Polygon or MultiPolygon") from None
    polygons = (frozen,) if is_single else frozen
    for polygon in polygons:
        for ring in polygon:
            if len(ring) < 3:
                raise ValueError("polygon: a ring needs at least three positions")
            for position in ring:
                check_position(position)
    return cast("tuple[Polygon, ...]", polygons)


def polygon_shape(polygons: Iterable[Any]) -> BaseGeometry:
    """Build the (multi)polygon for shapely, in degrees."""
    parts = [shapely.Polygon(outer, holes) for outer, *holes in polygons]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def as_tuples(nested: Iterable[Any]) -> tuple[Any, ...]:
    """Freeze nested sequences of numbers; positions lose any height."""
    values = list(nested)
    if values and not hasattr(values[0], "__iter__"):
        return tuple(float(value) for value in values[:2])
    return tuple(as_tuples(value) for value in values)


def as_lists(nested: Iterable[Any]) -> list[Any]:
    """Thaw nested tuples into what JSON knows."""
    return [as_lists(value) if isinstance(value, tuple) else value for value in nested]


def check_position(position: tuple[Any, ...]) -> None:
    """Refuse what cannot be a longitude and latitude.

    The projection holds its promise between 84° south and north, where the zones are.
    """
    if len(position) != 2 or not all(isfinite(value) for value in position):
        raise ValueError(f"position: {position!r} is not a longitude and a latitude")
    lon, lat = position
    if not (-180 <= lon <= 180 and -84 <= lat <= 84):
        raise ValueError(f"position: longitude {lon}, latitude {lat} out of range")
