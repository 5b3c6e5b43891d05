"""The zone drawn for the hall: walls, townships and counts in coarse cells, as one SVG.

Drawn on the server, so the screen needs no map library, no tiles and no network; colours are
classes that the style sheet fills in.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from qiying.kernel.access import Actor
from qiying.kernel.templatetags._markup import markup
from qiying.slices.calls.queries.hall import Cell
from qiying.slices.registry import public as registry

WIDE, TALL, EDGE = 800.0, 700.0, 44.0
SHOWN = ("township", "planned", "wall", "road", "river")
FRAMING = ("wall", "planned")
"""What fills the drawing: the walls, or the planned area of a zone without any."""
LARGEST_DOT = 34.0
Ring = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Plane:
    """Longitude and latitude to the drawing; lengths are true at its middle."""

    west: float
    north: float
    scale: float
    stretch: float
    left: float
    top: float

    def at(self, longitude: float, latitude: float) -> tuple[float, float]:
        return (
            self.left + (longitude - self.west) * self.stretch * self.scale,
            self.top + (self.north - latitude) * self.scale,
        )


def draw(actor: Actor, cells: Sequence[Cell], *, on: date) -> SafeString:
    """The map as markup; "" for a zone without boundaries."""
    areas = [a for a in registry.areas(actor) if a.kind in SHOWN and _is_valid(a, on)]
    frames = (
        [p for a in areas if a.kind == k for r in _rings(a.geometry) for p in r] for k in FRAMING
    )
    frame = next((points for points in frames if points), [])
    if not frame:
        return markup("")
    plane = _plane(frame)
    total = sum(c.count for c in cells)
    label = ngettext(
        "Map of the zone with %(n)d open call in cells of about 500 m",
        "Map of the zone with %(n)d open calls in cells of about 500 m",
        total,
    ) % {"n": total}
    ground = "".join(_area(plane, a) for kind in SHOWN for a in areas if a.kind == kind)
    names = "".join(_name(plane, a) for a in areas if a.kind in {"wall", "township"})
    dots = "".join(_dot(plane, c) for c in cells)
    return markup(
        f'<svg class="hall-map" viewBox="0 0 {WIDE:.0f} {TALL:.0f}" role="img"'
        f' aria-label="{escape(label)}"><g class="ground">{ground}</g>{names}{dots}</svg>'
    )


def _is_valid(area: registry.AreaCard, on: date) -> bool:
    return area.valid_from <= on and (area.valid_to is None or on < area.valid_to)


def _plane(frame: Iterable[Sequence[float]]) -> Plane:
    points = list(frame)
    west, east = min(p[0] for p in points), max(p[0] for p in points)
    south, north = min(p[1] for p in points), max(p[1] for p in points)
    stretch = math.cos(math.radians((south + north) / 2))
    width, height = max((east - west) * stretch, 1e-9), max(north - south, 1e-9)
    scale = min((WIDE - 2 * EDGE) / width, (TALL - 2 * EDGE) / height)
    left, top = (WIDE - width * scale) / 2, (TALL - height * scale) / 2
    return Plane(west, north, scale, stretch, left, top)


def _rings(geometry: Mapping[str, Any]) -> Iterator[Ring]:
    """Every line of a geometry, outer rings and holes alike."""
    kind, parts = geometry["type"], geometry["coordinates"]
    if kind == "LineString":
        yield parts
    elif kind in {"Polygon", "MultiLineString"}:
        yield from parts
    elif kind == "MultiPolygon":
        for polygon in parts:
            yield from polygon


def _area(plane: Plane, area: registry.AreaCard) -> str:
    lines = []
    for ring in _rings(area.geometry):
        points = " ".join("{:.1f},{:.1f}".format(*plane.at(p[0], p[1])) for p in ring)
        lines.append(f"M{points}")
    is_line = area.geometry["type"].endswith("LineString")
    close = "" if is_line else "Z"
    path = "".join(f"{line}{close}" for line in lines)
    css = f"{area.kind} open" if is_line else area.kind
    return f'<path class="{css}" d="{path}"/>'


def _name(plane: Plane, area: registry.AreaCard) -> str:
    ring = max(_rings(area.geometry), key=len)
    points = [plane.at(p[0], p[1]) for p in ring]
    x = sum(p[0] for p in points) / len(points)
    y = (
        min(p[1] for p in points) - 8
        if area.kind == "wall"
        else sum(p[1] for p in points) / len(points)
    )
    if not (EDGE < x < WIDE - EDGE and EDGE < y < TALL - EDGE):
        return ""
    return f'<text class="name-{area.kind}" x="{x:.1f}" y="{y:.1f}">{escape(area.name)}</text>'


def _dot(plane: Plane, cell: Cell) -> str:
    x, y = plane.at(cell.longitude, cell.latitude)
    radius = min(9 + 5 * math.sqrt(cell.count), LARGEST_DOT)
    ring = f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'
    words = gettext("%(n)d open") % {"n": cell.count}
    return (
        f'<g class="cell cell-{cell.light}"><title>{escape(words)}</title>{ring}'
        f'<circle class="core" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>'
        f'<text x="{x:.1f}" y="{y:.1f}" dy=".36em">{cell.count}</text></g>'
    )
