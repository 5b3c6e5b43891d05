"""Boundaries of places from GeoJSON: matched by code or name, simplified together, as drawing."""

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from shapely.geometry import shape

from qiying.slices.indices.rules.cells import Fault, text_of

CODES = ("adcode", "code", "行政区划代码", "区划代码", "district_adcode", "gb")
NAMES = ("name", "名称", "NAME", "district_name")
WIDTH = 1000
"""Width of the drawing in its own units; its height follows from the land."""
COARSE = 1.5
"""Corners nearer to the line between their neighbours than so many units are left out."""
WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.5
MOST_FEATURES = 5000


@dataclass(frozen=True, slots=True)
class Drawing:
    """Outlines by code as SVG paths, in a box of ``WIDTH`` by ``height``."""

    height: int
    paths: Mapping[str, str]


class NoDrawingError(Exception):
    """The text is no collection of features in degrees; ``code`` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def drawn(text: str, places: Mapping[str, str]) -> tuple[Drawing | None, list[Fault]]:
    """The boundaries of known places (code to name), and every feature that cannot be used.

    Neighbours stay neighbours: a line that two places share is simplified once for both. ``row`` of
    a fault is the number of the feature from one. None when no feature can be used.

    Raises
    ------
    NoDrawingError
        The text is no GeoJSON collection of features.
    """
    features = _features(text)
    by_name = _unique(places)
    found: dict[str, shapely.Geometry] = {}
    faults: list[Fault] = []
    for number, feature in enumerate(features, start=1):
        said = _said(feature)
        code = said[0] if said[0] in places else by_name.get(said[1], "")
        geometry = _geometry(feature)
        label = (said[0] or said[1])[:40]
        if not code:
            faults.append(Fault(number, "properties", "indices.cell.place", label))
        elif isinstance(geometry, str):
            faults.append(Fault(number, "geometry", geometry, label))
        elif code in found:
            faults.append(Fault(number, "properties", "indices.boundary.twice", label))
        else:
            found[code] = geometry
    return (_draw(found) if found else None), faults


def _features(text: str) -> list[Any]:
    try:
        whole = json.loads(text)
    except (ValueError, RecursionError):
        raise NoDrawingError("indices.boundary.json") from None
    features = whole.get("features") if isinstance(whole, dict) else None
    if not isinstance(features, list) or not features:
        raise NoDrawingError("indices.boundary.json")
    if len(features) > MOST_FEATURES:
        raise NoDrawingError("indices.boundary.many")
    return features


def _unique(places: Mapping[str, str]) -> dict[str, str]:
    """Codes by name, of names that only one place bears."""
    count: dict[str, int] = {}
    for name in places.values():
        count[name] = count.get(name, 0) + 1
    return {name: code for code, name in places.items() if count[name] == 1}


def _said(feature: Any) -> tuple[str, str]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    words = properties if isinstance(properties, dict) else {}
    code, name = (
        next((text_of(words[k]) for k in keys if k in words), "") for keys in (CODES, NAMES)
    )
    return code[-6:], name


def _geometry(feature: Any) -> shapely.Geometry | str:
    """A valid area in degrees, or the code of what is wrong with it."""
    given = feature.get("geometry") if isinstance(feature, dict) else None
    if not isinstance(given, dict) or given.get("type") not in {"Polygon", "MultiPolygon"}:
        return "indices.boundary.kind"
    try:
        geometry = shape(given)
        sound = geometry if geometry.is_valid else shapely.make_valid(geometry)
        parts = shapely.get_parts(sound)
        areas = shapely.union_all([p for p in parts if p.geom_type.endswith("Polygon")])
    except (ValueError, TypeError, KeyError, IndexError, shapely.errors.ShapelyError):
        return "indices.boundary.shape"
    if areas.is_empty or not math.isfinite(areas.area):
        return "indices.boundary.shape"
    west, south, east, north = areas.bounds
    if west < WEST or east > EAST or south < SOUTH or north > NORTH:
        return "indices.boundary.degrees"
    return areas


def _draw(found: Mapping[str, shapely.Geometry]) -> Drawing:
    codes = sorted(found)
    areas = np.array([found[code] for code in codes], dtype=object)
    west, south, east, north = shapely.total_bounds(areas)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = WIDTH / max((east - west) * narrow, 1e-9)

    def placed(points: Any) -> Any:
        return np.column_stack(
            [(points[:, 0] - west) * narrow * scale, (north - points[:, 1]) * scale]
        )

    flat = shapely.transform(areas, placed)
    simple = shapely.coverage_simplify(flat, COARSE * COARSE)
    paths = {
        code: path
        for code, area in zip(codes, simple, strict=True)
        if (path := "".join(_outline(area)))
    }
    return Drawing(math.ceil((north - south) * scale), paths)


def _outline(area: shapely.Geometry) -> Iterator[str]:
    for part in shapely.get_parts(area):
        for ring in [part.exterior, *part.interiors]:
            points = shapely.get_coordinates(ring)[:-1].round(1)
            yield "M" + "L".join(f"{x:g},{y:g}" for x, y in points) + "Z"
