"""The map as a picture: SVG for the guide and for a look at what a seed draws."""

from collections.abc import Iterable
from html import escape

import shapely
from shapely.geometry import box

from qiying.demo import plane
from qiying.demo.geography import Geography
from qiying.demo.shapes import Area, Position, Track

_HALF_M = 6600.0
_CENTRE = (100.0, 900.0)
_VIEW = (_CENTRE[0] - _HALF_M, _CENTRE[1] - _HALF_M, _CENTRE[0] + _HALF_M, _CENTRE[1] + _HALF_M)
_PAPER = "#f5f2ea"
_WALLS = ("#e6dbc9", "#d6e2ea", "#e3d7e6", "#dbe6d3", "#ecdcd3", "#d5e6e2")
_LINES = {
    "steam_main": "#c8452f",
    "water_main": "#1d8a99",
    "gas_main": "#9a6bb0",
    "power_line": "#4a4a4a",
    "sewer": "#7a6b4f",
}


def draw_map(geography: Geography, *, pixels: int = 1400) -> str:
    """The zone as an SVG document, `pixels` wide and high."""
    sheet = _Sheet(pixels)
    planned = geography.boundary("PLAN-2012")
    sheet.areas([planned.area], fill="#edf2e4")
    sheet.areas([village.area for village in geography.villages], fill="#d8b98f")
    sheet.areas([geography.river], fill="#a9cfe3")
    sheet.areas([geography.boundary("DEVELOPED").area], fill="#ffffff", stroke="#b9b4a8")
    for wall, colour in zip(geography.walls(), _WALLS, strict=True):
        sheet.areas([wall.area], fill=colour, stroke="#5d5a55", width=2.0)
    sheet.areas([parcel.area for parcel in geography.parcels], stroke="#8d887e", width=0.5)
    _draw_lines(sheet, geography)
    sheet.areas([grid.area for grid in geography.grids], stroke="#5d5a55", width=0.8)
    sheet.areas(
        [estate.area for estate in geography.neighbourhoods], fill="#e59866", stroke="#8a4b22"
    )
    sheet.areas(
        [township.area for township in geography.townships],
        stroke="#5f8f4e",
        width=2.2,
        dash="14 5 3 5",
    )
    sheet.areas([planned.area], stroke="#b23a2e", width=2.2, dash="9 5")
    sheet.areas([geography.boundary("PLAN-2003").area], stroke="#2b62a8", width=2.0, dash="4 4")
    _draw_names(sheet, geography)
    return sheet.document()


def _draw_lines(sheet: "_Sheet", geography: Geography) -> None:
    widths = {"main": 4.0, "country": 1.6, "side": 2.0}
    for segment in geography.segments:
        if segment.kind in {"road", "bridge"}:
            colour = "#c9348f" if segment.owner is None else "#dfa94f"
            sheet.track(segment.track, colour, widths[segment.rank])
        elif segment.kind in _LINES:
            sheet.track(segment.track, _LINES[segment.kind], 1.4)


def _draw_names(sheet: "_Sheet", geography: Geography) -> None:
    country = box(*_VIEW).difference(plane.polygon(geography.boundary("DEVELOPED").area))
    for township in geography.townships:
        shown = max(
            shapely.get_parts(plane.polygon(township.area).intersection(country)),
            key=lambda part: float(part.area),
        )
        sheet.name(_heart(shown), township.name_zh, 24, "#3f6f34")
    for estate in geography.neighbourhoods:
        sheet.name(_heart(plane.polygon(estate.area)), estate.name_zh, 11, "#5c2c0e")
    for village in geography.villages:
        sheet.name(_heart(plane.polygon(village.area)), village.name_zh, 11, "#6b5432")


def _heart(surface: plane.Surface) -> Position:
    circle = shapely.maximum_inscribed_circle(surface, tolerance=20.0)
    return plane.on_globe(*circle.coords[0])


class _Sheet:
    """SVG elements in drawing order."""

    def __init__(self, pixels: int) -> None:
        self._pixels = pixels
        self._scale = pixels / (2 * _HALF_M)
        self._elements: list[str] = []

    def areas(
        self, areas: Iterable[Area], *, fill: str = "none", stroke: str = "none",
        width: float = 1.0, dash: str = "",
    ) -> None:  # fmt: skip
        data = "".join(
            self._path(ring) + "Z" for area in areas for part in area.parts for ring in part
        )
        dashes = f' stroke-dasharray="{dash}"' if dash else ""
        self._elements.append(
            f'<path d="{data}" fill="{fill}" stroke="{stroke}" stroke-width="{width}"{dashes}/>'
        )

    def track(self, track: Track, stroke: str, width: float) -> None:
        self._elements.append(
            f'<path d="{self._path(track)}" fill="none" stroke="{stroke}" stroke-width="{width}"/>'
        )

    def name(self, at: Position, text: str, size: int, colour: str) -> None:
        x, y = self._pixel(at)
        self._elements.append(
            f'<text x="{x:.0f}" y="{y:.0f}" font-size="{size}" fill="{colour}" '
            f'stroke="#fff" stroke-width="3" paint-order="stroke" text-anchor="middle">{escape(text)}</text>'
        )

    def document(self) -> str:
        side = self._pixels
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" '
            'font-family="Noto Sans CJK SC, sans-serif">'
            f'<rect width="{side}" height="{side}" fill="{_PAPER}"/>{"".join(self._elements)}</svg>\n'
        )

    def _path(self, track: Track) -> str:
        return "M" + "L".join("{:.1f} {:.1f}".format(*self._pixel(position)) for position in track)

    def _pixel(self, position: Position) -> tuple[float, float]:
        x, y = plane.on_sheet(position)
        east, north = x - _CENTRE[0], y - _CENTRE[1]
        return ((east + _HALF_M) * self._scale, (_HALF_M - north) * self._scale)
