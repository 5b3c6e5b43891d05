"""Reference systems of positions, and their way to longitude and latitude in WGS 84.

The system is stated by whoever brings the data and never guessed from the numbers.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import Transformer

from qiying.kernel.errors import Invalid

Floats = NDArray[np.float64]
WGS84, CGCS2000, GCJ02, GAUSS_KRUGER = "wgs84", "cgcs2000", "gcj02", "gauss_kruger"
PLAIN = (WGS84, CGCS2000, GCJ02)
GCJ02_ACCURACY_M = 10.0
"""What the approximation of the GCJ-02 shift adds to the error of a point."""

_NAME = re.compile(r"gauss_kruger:(\d{2,3}(?:\.\d+)?)")
_FALSE_EASTING = 500_000.0
_SPREAD = 350_000.0
"""Eastings lie within this distance of the central meridian (6° zones at 20° latitude: 314 km)."""
_A, _E2 = 6_378_245.0, 0.006_693_421_622_965_943
"""Axis and squared eccentricity of the Krasovsky ellipsoid, on which the GCJ-02 shift is told."""


@dataclass(frozen=True, slots=True)
class System:
    """A reference system by name; ``meridian`` only for Gauss-Krüger."""

    name: str
    meridian: float | None = None

    @property
    def is_exact(self) -> bool:
        """Whether boundaries may be drawn with it."""
        return self.name != GCJ02

    @property
    def added_m(self) -> float:
        """Metres that the conversion adds to the error of a point."""
        return GCJ02_ACCURACY_M if self.name == GCJ02 else 0.0

    def __str__(self) -> str:
        return self.name if self.meridian is None else f"{self.name}:{self.meridian:g}"


def parse(text: str) -> System:
    """Read ``wgs84``, ``cgcs2000``, ``gcj02`` or ``gauss_kruger:<central meridian>``.

    Raises
    ------
    Invalid
        ``registry.crs.unknown``, or ``registry.crs.meridian`` for a meridian that is neither of
        the 3° nor of the 6° zones of China (75° to 135°, a multiple of 3).
    """
    text = text.strip().lower()
    if text in PLAIN:
        return System(text)
    found = _NAME.fullmatch(text)
    if found is None:
        raise Invalid("registry.crs.unknown", name=text[:40])
    meridian = float(found.group(1))
    if not 75 <= meridian <= 135 or meridian % 3:
        raise Invalid("registry.crs.meridian", name=f"{meridian:g}")
    return System(GAUSS_KRUGER, meridian)


def to_wgs84(x: ArrayLike, y: ArrayLike, system: System) -> tuple[Floats, Floats]:
    """Longitudes and latitudes in degrees.

    Parameters
    ----------
    x, y
        Degrees of longitude and latitude; for Gauss-Krüger metres, easting and northing in
        either order, the easting with or without the number of the zone in front.

    Raises
    ------
    Invalid
        ``registry.crs.range`` when a number cannot belong to the system.
    """
    first, second = np.asarray(x, float), np.asarray(y, float)
    if system.meridian is not None:
        return _from_gauss_kruger(first, second, system.meridian)
    if not bool(np.all((np.abs(first) <= 180) & (np.abs(second) <= 90))):
        raise Invalid("registry.crs.range")
    if system.name == GCJ02:
        return _from_gcj02(first, second)
    return first, second


def convert(x: float, y: float, system: str) -> tuple[float, float]:
    """One position as (longitude, latitude) in WGS 84; see ``to_wgs84``."""
    lon, lat = to_wgs84([x], [y], parse(system))
    return float(lon[0]), float(lat[0])


@lru_cache(maxsize=32)
def _inverse(meridian: float) -> Transformer:
    definition = (
        f"+proj=tmerc +lat_0=0 +lon_0={meridian} +k=1 +x_0={_FALSE_EASTING} +y_0=0 "
        "+ellps=GRS80 +units=m +no_defs"
    )
    # the CGCS2000 ellipsoid differs from GRS 80 by less than a millimetre in projected metres
    return Transformer.from_crs(definition, "+proj=longlat +ellps=GRS80 +no_defs", always_xy=True)


def _from_gauss_kruger(first: Floats, second: Floats, meridian: float) -> tuple[Floats, Floats]:
    is_second = _is_easting(second, meridian) & ~_is_easting(first, meridian)
    easting = np.where(is_second, second, first)
    northing = np.where(is_second, first, second)
    zone = np.floor(easting / 1e6)
    fits = _is_easting(easting, meridian) & (northing > 300_000) & (northing < 6_000_000)
    if not bool(np.all(fits)):
        raise Invalid("registry.crs.range")
    lon, lat = _inverse(meridian).transform(easting - zone * 1e6, northing)
    return np.asarray(lon, float), np.asarray(lat, float)


def _is_easting(values: Floats, meridian: float) -> NDArray[np.bool_]:
    """An easting carries no zone number, or that of its 3° or its 6° zone."""
    zone = np.floor(values / 1e6)
    known = (zone == 0) | (zone == meridian / 3) | (zone == (meridian + 3) / 6)
    near = np.abs(values - zone * 1e6 - _FALSE_EASTING) <= _SPREAD
    return np.asarray(known & near, bool)


def _from_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Invert the shift by fixed point; it changes slowly, so a few rounds reach a micrometre."""
    real_lon, real_lat = lon.copy(), lat.copy()
    for _ in range(8):
        east, north = _gcj02_shift(real_lon, real_lat)
        real_lon, real_lat = lon - east, lat - north
    return real_lon, real_lat


def to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Positions as a GCJ-02 device shows them, by the publicly known approximation."""
    real_lon, real_lat = np.asarray(lon, float), np.asarray(lat, float)
    east, north = _gcj02_shift(real_lon, real_lat)
    return real_lon + east, real_lat + north


def _gcj02_shift(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Degrees by which GCJ-02 moves a position east and north; nothing outside China."""
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    both = (20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + both
    north += _waves(y, ((20.0, 1.0), (40.0, 1 / 3), (160.0, 1 / 12), (320.0, 1 / 30)))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + both
    east += _waves(x, ((20.0, 1.0), (40.0, 1 / 3), (150.0, 1 / 12), (300.0, 1 / 30)))
    phi = np.radians(lat)
    bend = 1 - _E2 * np.sin(phi) ** 2
    per_north = np.radians(1) * _A * (1 - _E2) / bend**1.5
    per_east = np.radians(1) * _A / np.sqrt(bend) * np.cos(phi)
    inside = (lon > 72.004) & (lon < 137.8347) & (lat > 0.8293) & (lat < 55.8271)
    return np.where(inside, east / per_east, 0.0), np.where(inside, north / per_north, 0.0)


def _waves(values: Floats, terms: tuple[tuple[float, float], ...]) -> Floats:
    total = np.zeros_like(values)
    for size, rate in terms:
        total += size * np.sin(np.pi * rate * values)
    return total * 2 / 3
