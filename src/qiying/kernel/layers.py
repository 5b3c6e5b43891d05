"""Maps for other programs: layers of GeoJSON (RFC 7946) by box and page, for whom they are open.

A slice registers a layer and a source; the source filters by what the actor may see. Positions are
longitude and latitude in WGS 84, outer rings run against the clock, and a box may cross the
antimeridian.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from shapely.geometry import box, mapping, shape
from shapely.geometry.polygon import orient

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, NotFound

MAX_PAGE, PAGE = 1000, 200
DECIMALS = 7
"""A centimetre; RFC 7946 asks for no more."""
BBOX_NUMBERS = (4, 6)
Feature = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Box:
    """West, south, east, north in degrees; west may be greater than east."""

    west: float
    south: float
    east: float
    north: float

    @property
    def spans(self) -> tuple[tuple[float, float], ...]:
        """The stretches of longitude: two when the box crosses the antimeridian."""
        if self.west <= self.east:
            return ((self.west, self.east),)
        return ((self.west, 180.0), (-180.0, self.east))


@dataclass(frozen=True, slots=True)
class Window:
    """What a page of a layer is asked for: a box or everything, after an id, so many."""

    bbox: Box | None
    after: int
    limit: int


@dataclass(frozen=True, slots=True)
class Item:
    """One feature: its place in the order, its public id, its geometry as GeoJSON, its codes."""

    key: int
    id: str
    geometry: Mapping[str, Any]
    properties: Mapping[str, Any]


Source = Callable[[Actor, Window], Iterable[Item]]
"""Items with ``key > after`` in the order of the key, at least those in the box, at most
``limit + 1``."""


@dataclass(frozen=True, slots=True)
class Layer:
    name: str
    title: Promise | str
    geometry: str
    roles: frozenset[str]
    source: Source


_layers: dict[str, Layer] = {}


def provider(
    name: str, title: Promise | str, *, geometry: str, roles: Iterable[str]
) -> Callable[[Source], Source]:
    """Register a layer; ``geometry`` is ``Point``, ``LineString`` or ``Polygon`` for its index."""

    def register(source: Source) -> Source:
        _layers[name] = Layer(name, title, geometry, frozenset(roles), source)
        return source

    return register


def layers_for(actor: Actor) -> list[Layer]:
    """The layers that this actor may ask for, by name."""
    return [layer for _, layer in sorted(_layers.items()) if layer.roles & actor.roles]


def find(actor: Actor, name: str) -> Layer:
    """A layer, NotFound where it is not open to this actor: it does not exist for others."""
    layer = _layers.get(name)
    if layer is None or not layer.roles & actor.roles:
        raise NotFound("not_found")
    return layer


def read_box(text: str) -> Box | None:
    """``west,south,east,north``, or with heights (six numbers), which are passed over."""
    if not text:
        return None
    parts = text.split(",")
    try:
        numbers = [float(part) for part in parts] if all(p.isascii() for p in parts) else []
    except ValueError:
        numbers = []
    if len(numbers) not in BBOX_NUMBERS or not all(map(math.isfinite, numbers)):
        raise Invalid("layers.bbox", {"bbox": "layers.bbox"})
    half = len(numbers) // 2
    west, south, east, north = numbers[0], numbers[1], numbers[half], numbers[half + 1]
    is_on_earth = max(abs(west), abs(east)) <= 180 and max(abs(south), abs(north)) <= 90
    if not is_on_earth or south > north:
        raise Invalid("layers.bbox", {"bbox": "layers.bbox"})
    return Box(west, south, east, north)


@dataclass(frozen=True, slots=True)
class Page:
    """Features of one page, and the key after which the next one begins (0: there is none)."""

    features: Sequence[Feature]
    next_after: int


def ask(actor: Actor, name: str, *, bbox: Box | None, after: int, limit: int) -> Page:
    """One page of a layer."""
    layer = find(actor, name)
    limit = max(1, min(limit, MAX_PAGE))
    with tenancy.reading(actor):
        found = list(layer.source(actor, Window(bbox, after, limit)))
    shown = found[:limit]
    return Page([_feature(item) for item in shown], shown[-1].key if len(found) > limit else 0)


def _feature(item: Item) -> Feature:
    return {
        "type": "Feature",
        "id": item.id,
        "geometry": sound(item.geometry),
        "properties": dict(item.properties),
    }


def sound(geometry: Mapping[str, Any]) -> dict[str, Any]:
    """The geometry as RFC 7946 wants it: right-hand rule, seven decimals, two numbers a place."""
    drawn = shape(dict(geometry))
    if drawn.geom_type == "Polygon":
        drawn = orient(drawn, 1.0)
    elif drawn.geom_type == "MultiPolygon":
        drawn = type(drawn)([orient(part, 1.0) for part in drawn.geoms])
    told = mapping(drawn)
    return {"type": told["type"], "coordinates": _rounded(told["coordinates"])}


def _rounded(value: Any) -> Any:
    if isinstance(value, int | float):
        return round(float(value), DECIMALS)
    items = list(value)
    if items and isinstance(items[0], int | float):
        items = items[:2]
    return [_rounded(item) for item in items]


def touches(geometry: Mapping[str, Any], bbox: Box | None) -> bool:
    """Whether something of a geometry lies in the box."""
    if bbox is None:
        return True
    drawn = shape(dict(geometry))
    return any(
        drawn.intersects(box(west, bbox.south, east, bbox.north)) for west, east in bbox.spans
    )


def in_order(items: Iterable[Item], window: Window) -> list[Item]:
    """A page of items that are all at hand: those after the key and in the box."""
    found: list[Item] = []
    for item in sorted(items, key=lambda i: i.key):
        if item.key > window.after and touches(item.geometry, window.bbox):
            found.append(item)
            if len(found) > window.limit:
                break
    return found
