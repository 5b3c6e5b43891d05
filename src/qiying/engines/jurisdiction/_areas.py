"""Areas and dated records that a decision stands on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import Any

import shapely

from qiying.engines.jurisdiction._codes import AreaKind
from qiying.engines.jurisdiction._geometry import (
    Position,
    check_position,
    multipolygon,
    polygon_shape,
)


@dataclass(frozen=True, slots=True)
class Area:
    """A polygon in force from a day on, until (exclusive) another.

    Parameters
    ----------
    key, kind
        A key names one area through its versions; it has one kind.
    polygon
        Coordinates of a GeoJSON Polygon or MultiPolygon (holes allowed), WGS 84; kept as
        nested tuples of a MultiPolygon.
    valid_from, valid_to
        First day in force, first day no longer in force (``None``: still in force).
    unit
        The township's or sub-district's unit code; for townships only.
    """

    key: str
    kind: AreaKind
    polygon: Sequence[Any]
    valid_from: date
    valid_to: date | None = None
    unit: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "kind", AreaKind(self.kind))
        object.__setattr__(self, "polygon", multipolygon(self.polygon))
        if not self.key:
            raise ValueError("area: the key is empty")
        if self.valid_to is not None and self.valid_to <= self.valid_from:
            raise ValueError(f"area {self.key}: valid_to must lie after valid_from")
        if (self.kind is AreaKind.TOWNSHIP) != (self.unit is not None):
            raise ValueError(f"area {self.key}: a township, and only it, names its unit")
        shape = polygon_shape(self.polygon)
        if not shape.is_valid:
            raise ValueError(f"area {self.key}: {shapely.is_valid_reason(shape)}")

    def is_in_force(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)


@dataclass(frozen=True, slots=True)
class Handover:
    """A neighbourhood handed over to the community of a township."""

    neighbourhood: str
    on: date
    township: str


@dataclass(frozen=True, slots=True)
class Precedent:
    """An adjudication that later decisions on the same matter in the same place cite."""

    id: str
    matter: str
    unit: str
    decided_on: date
    area: str | None = None
    point: Position | None = None

    def __post_init__(self) -> None:
        if (self.area is None) == (self.point is None):
            raise ValueError(f"precedent {self.id}: give an area key or a point, not both")
        if self.point is not None:
            object.__setattr__(self, "point", tuple(float(value) for value in self.point))
            check_position(self.point)


@dataclass(frozen=True, slots=True)
class Regime:
    """The reform's date, and the band along the boundary in metres.

    Before ``reform_on`` the planned boundary decides, from it on the industrial wall.
    """

    reform_on: date
    band_m: float = 20.0

    def __post_init__(self) -> None:
        if not isfinite(self.band_m) or self.band_m < 0:
            raise ValueError("regime: band_m must be finite and not negative")
