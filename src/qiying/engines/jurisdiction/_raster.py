"""Cells of longitude and latitude that know how far they are from every line.

A quadtree is cut until a cell is far from the boundary for its size, and holds no line of a
township or neighbourhood; its leaves are painted on a grid of the finest cells, so that a
place finds its leaf by two divisions. A leaf bounds the distance of each of its points, and
that bound settles most questions; the rest is measured exactly.
"""

from dataclasses import dataclass
from math import ceil, cos, hypot, radians
from typing import Any

import numpy as np
import numpy.typing as npt

from qiying.engines.jurisdiction._ground import Floats, Plane, Snapshot

Ints = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

CELL_M = 16.0
_CELLS_MAX = 16_000_000
_LEVELS = 6
_MARGIN_M = 1_000.0
_METRES_PER_DEGREE = 111_700.0  # of latitude at most, so that a cell is never larger than said


@dataclass(frozen=True, slots=True)
class Reading:
    """What is known of places, an entry each.

    ``low`` and ``high`` bound the distance to the boundary in metres (equal where measured,
    infinite without a boundary); ``where`` is ``township * (neighbourhoods + 1) +
    neighbourhood``, both counted from 1 in the snapshot's order, 0 for none.
    """

    is_inside: Mask
    low: Floats
    high: Floats
    where: Ints


class Surveyor:
    """Exact measurements of many points on one snapshot."""

    def __init__(self, plane: Plane, snapshot: Snapshot) -> None:
        self._plane, self._snapshot = plane, snapshot

    def measure(self, lon: Floats, lat: Floats) -> tuple[Mask, Floats]:
        """Side of, and metres to, the boundary."""
        x, y = self._plane.xy(lon, lat)
        boundary = self._snapshot.boundary
        if boundary is None:
            return np.zeros(len(x), bool), np.full(len(x), np.inf)
        return boundary.contains(x, y), boundary.line.distances(x, y)

    def where(self, lon: Floats, lat: Floats) -> Ints:
        """Township and neighbourhood; of two that hold a point, the first in order."""
        x, y = self._plane.xy(lon, lat)
        town, home = np.zeros(len(x), np.int64), np.zeros(len(x), np.int64)
        for found, patches in (
            (town, self._snapshot.townships),
            (home, self._snapshot.neighbourhoods),
        ):
            for index in range(len(patches), 0, -1):
                found[patches[index - 1].holds_each(x, y)] = index
        return np.asarray(town * (len(self._snapshot.neighbourhoods) + 1) + home)

    def clearance(self, lon: Floats, lat: Floats) -> Floats:
        """Metres to the nearest line of a township or neighbourhood."""
        return self._snapshot.where_line.distances(*self._plane.xy(lon, lat))


class Raster:
    """The leaves of one snapshot, painted on its grid."""

    def __init__(self, plane: Plane, snapshot: Snapshot, band_m: float) -> None:
        self._surveyor = Surveyor(plane, snapshot)
        self._band_m = band_m
        west, south, east, north = snapshot.degrees
        widest = min(abs(south), abs(north)) if south * north > 0 else 0.0
        scale = (_METRES_PER_DEGREE * cos(radians(widest)), _METRES_PER_DEGREE)
        self._origin = (west - _MARGIN_M / scale[0], south - _MARGIN_M / scale[1])
        span = (
            (east - west) * scale[0] + 2 * _MARGIN_M,
            (north - south) * scale[1] + 2 * _MARGIN_M,
        )
        self._cell_m = max(CELL_M, (span[0] * span[1] / _CELLS_MAX) ** 0.5)
        self._step = (self._cell_m / scale[0], self._cell_m / scale[1])
        block = self._cell_m * 2**_LEVELS
        self._shape = (ceil(span[1] / block), ceil(span[0] / block))
        self._cut()

    def read(self, lon: Floats, lat: Floats, accuracy_m: Floats) -> Reading:
        """What is known of places, measured exactly where a bound would not settle it."""
        leaf = self._leaf(lon, lat)
        is_inside, low, high = self._is_inside[leaf], self._low[leaf], self._high[leaf]
        where = self._where[leaf]
        vague = np.flatnonzero(~_is_settled(low, high, accuracy_m, self._band_m))
        if len(vague):
            side, distance = self._surveyor.measure(lon[vague], lat[vague])
            is_inside[vague], low[vague], high[vague] = side, distance, distance
        mixed = np.flatnonzero(where < 0)
        if len(mixed):
            where[mixed] = self._surveyor.where(lon[mixed], lat[mixed])
        return Reading(is_inside, low, high, where)

    def _leaf(self, lon: Floats, lat: Floats) -> Ints:
        rows, columns = self._painted.shape
        column = np.floor((lon - self._origin[0]) / self._step[0])
        row = np.floor((lat - self._origin[1]) / self._step[1])
        is_off = (column < 0) | (column >= columns) | (row < 0) | (row >= rows)
        at = row * columns + column
        at[is_off] = 0
        leaf: Ints = self._painted.ravel()[at.astype(np.int64)].astype(np.int64)
        # The last leaf stands for all that lies off the grid: nothing is known there.
        leaf[is_off] = len(self._low) - 1
        return leaf

    def _cut(self) -> None:
        painted = np.full(self._shape, -1, np.int32)
        leaves: list[tuple[Mask, Floats, Floats, Ints]] = []
        count = 0
        for level in range(_LEVELS, -1, -1):
            row, column = np.nonzero(painted < 0)
            *leaf, is_done = self._survey(row, column, level)
            kept = [values[is_done] for values in leaf]
            fresh = np.arange(count, count + len(kept[0]), dtype=np.int32)
            painted[row[is_done], column[is_done]] = fresh
            leaves.append((kept[0], kept[1], kept[2], kept[3]))
            count += len(fresh)
            if level:
                painted = painted.repeat(2, axis=0).repeat(2, axis=1)
        self._painted = painted
        unknown: tuple[Any, ...] = (False, 0.0, np.inf, -1)
        columns = [np.concatenate(values) for values in zip(*leaves, strict=True)]
        self._is_inside, self._low, self._high, self._where = (
            np.append(values, [last]) for values, last in zip(columns, unknown, strict=True)
        )

    def _survey(self, row: Ints, column: Ints, level: int) -> tuple[Any, ...]:
        size = 2**level
        lon = self._origin[0] + (column + 0.5) * size * self._step[0]
        lat = self._origin[1] + (row + 0.5) * size * self._step[1]
        # One per cent and half a metre cover the bend of the parallels in the plane.
        half = 0.505 * hypot(self._cell_m, self._cell_m) * size + 0.5
        is_inside, distance = self._surveyor.measure(lon, lat)
        is_pure = self._surveyor.clearance(lon, lat) > half
        where = np.where(is_pure, self._surveyor.where(lon, lat), -1)
        low = np.maximum(distance - half, 0.0)
        is_far = distance > max(self._band_m + half, 3 * half)
        is_done = np.ones(len(row), bool) if level == 0 else is_pure & is_far
        return is_inside, low, distance + half, where, is_done


def _is_settled(low: Floats, high: Floats, accuracy_m: Floats, band_m: float) -> Mask:
    is_sure = (accuracy_m <= low) & ((high < band_m) | (low >= band_m))
    return np.asarray((low > 0) & (is_sure | (accuracy_m > high)))
