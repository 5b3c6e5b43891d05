"""Charts drawn on the server as SVG.

One drawing serves screen, dark mode and paper: colours are classes that the style sheet fills in,
positions are SVG attributes, so no inline style is needed and the strict content policy holds.
The plot stretches with its card while the axis text keeps its size. Every chart carries its
numbers as a table for screen readers and is read by arrow keys where it has an axis.
"""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.html import escape
from django.utils.safestring import SafeString

from qiying.kernel.templatetags._markup import markup

Number = int | float | Decimal
Kind = Literal["bar", "line", "area"]
LEFT, BOTTOM, TOP = 40, 24, 8
WIDE, TALL = 1000, 100


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values over the categories; None where there is no value (yet)."""

    name: str
    values: Sequence[Number | None]
    kind: Kind = "bar"
    colour: int = 1
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a whole."""

    name: str
    value: Number
    colour: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar, with the target it should reach."""

    label: str
    value: Number
    target: Number | None = None
    url: str = ""


def _n(value: Number) -> str:
    """A coordinate with at most two decimals."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def _text(value: Number | None) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    return f"{float(value):,.2f}".rstrip("0").rstrip(".")


def nice_ticks(low: Number, high: Number, wanted: int = 4) -> list[float]:
    """Round axis values from low to at least high, in steps of 1, 2, 2.5 or 5."""
    span = float(high) - float(low)
    if span <= 0:
        return [float(low), float(low) + 1]
    raw = span / wanted
    power = 10 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * (1 - 1e-9))
    count = math.ceil(span / step - 1e-9)
    return [float(low) + step * i for i in range(count + 1)]


def _totals(series: Sequence[Series], count: int) -> list[float]:
    bars = [s for s in series if s.kind == "bar"]
    return [sum(float(s.values[i] or 0) for s in bars) for i in range(count)]


def _scale(
    series: Sequence[Series], count: int, target: Number | None, low: Number, high: Number | None
) -> list[float]:
    if high is not None:
        return [float(low) + (float(high) - float(low)) * i / 5 for i in range(6)]
    tops = _totals(series, count) + [float(target or 0)]
    tops += [float(v) for s in series if s.kind != "bar" for v in s.values if v is not None]
    return nice_ticks(low, max(tops, default=0))


@dataclass(frozen=True, slots=True)
class _Plane:
    """Values to plot coordinates: x over 0…1000, y over 0…100 downward."""

    count: int
    low: float
    high: float

    def x(self, index: float) -> float:
        return WIDE * (index + 0.5) / self.count

    def y(self, value: Number) -> float:
        share = (float(value) - self.low) / (self.high - self.low)
        return TALL * (1 - min(max(share, 0.0), 1.0))


def _bars(plane: _Plane, series: Sequence[Series]) -> str:
    out: list[str] = []
    base = [plane.low] * plane.count
    width = WIDE / plane.count * 0.62
    for each in (s for s in series if s.kind == "bar"):
        out.append(f'<g class="fill-{each.colour}">')
        for i, value in enumerate(each.values):
            if not value:
                continue
            top = base[i] + float(value)
            height = plane.y(base[i]) - plane.y(top)
            left = plane.x(i) - width / 2
            out.append(
                f'<rect x="{_n(left)}" y="{_n(plane.y(top))}" width="{_n(width)}"'
                f' height="{_n(height)}"/>'
            )
            base[i] = top
        out.append("</g>")
    return "".join(out)


def _lines(plane: _Plane, series: Sequence[Series]) -> str:
    out: list[str] = []
    for each in (s for s in series if s.kind != "bar"):
        points = [(plane.x(i), plane.y(v)) for i, v in enumerate(each.values) if v is not None]
        if not points:
            continue
        path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
        if each.kind == "area":
            first, last = _n(points[0][0]), _n(points[-1][0])
            out.append(
                f'<path class="area fill-{each.colour}" d="M{first},{TALL} L{path} L{last},{TALL}Z"/>'
            )
        dash = " dashed" if each.is_dashed else ""
        out.append(f'<polyline class="line stroke-{each.colour}{dash}" points="{path}"/>')
    return "".join(out)


def _axis_y(ticks: Sequence[float], plane: _Plane) -> str:
    return "".join(
        f'<text x="{LEFT - 8}" y="{_n(plane.y(t))}%" dy=".35em" text-anchor="end">{_text(t)}</text>'
        for t in ticks
    )


def _axis_x(categories: Sequence[str], every: int) -> str:
    count = len(categories)
    return "".join(
        f'<text x="{_n((i + 0.5) / count * 100)}%" y="17" text-anchor="middle">{escape(c)}</text>'
        for i, c in enumerate(categories)
        if i % every == 0
    )


def _table(title: str, head: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    columns = "".join(f'<th scope="col">{escape(h)}</th>' for h in head)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>{"".join(f"<td>{escape(c)}</td>" for c in cells)}</tr>'
        for name, cells in rows
    )
    return (
        f'<table class="sr"><caption>{escape(title)}</caption><thead><tr><td></td>{columns}</tr>'
        f"</thead><tbody>{body}</tbody></table>"
    )


def _payload(categories: Sequence[str], series: Sequence[Series], unit: str) -> str:
    data = {
        "cats": list(categories),
        "unit": unit,
        "series": [
            {
                "name": s.name,
                "colour": s.colour,
                "values": [None if v is None else float(v) for v in s.values],
                "texts": [_text(v) for v in s.values],
            }
            for s in series
        ],
    }
    return escape(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _grid(ticks: Sequence[float], plane: _Plane, target: Number | None, now: int | None) -> str:
    out = "".join(
        f'<line class="grid{" base" if t == plane.low else ""}" x1="0" x2="{WIDE}"'
        f' y1="{_n(plane.y(t))}" y2="{_n(plane.y(t))}"/>'
        for t in ticks
    )
    if now is not None:
        left = WIDE * now / plane.count
        out += f'<rect class="future" x="{_n(left)}" y="0" width="{_n(WIDE - left)}" height="{TALL}"/>'
    if target is not None:
        y = _n(plane.y(target))
        out += f'<line class="target" x1="0" x2="{WIDE}" y1="{y}" y2="{y}"/>'
    return out


def chart(
    categories: Sequence[object],
    series: Sequence[Series],
    *,
    title: str,
    unit: str = "",
    height: int = 210,
    every: int = 1,
    target: Number | None = None,
    now: int | None = None,
    low: Number = 0,
    high: Number | None = None,
) -> SafeString:
    """Bars (stacked), lines and areas over shared categories, as wide as their place.

    Parameters
    ----------
    categories
        Names along the axis; every ``every``-th is written.
    series
        Rows of the same length as the categories. Bars stack in this order.
    unit
        Written after each value when it is read.
    target
        Value of a dashed line across.
    now
        Index from which on the plot is shaded as not yet happened.
    low, high
        Ends of the axis; without ``high`` it is rounded up from the values.

    Raises
    ------
    ValueError
        When a series has another length than the categories.
    """
    names = [str(c) for c in categories]
    if any(len(s.values) != len(names) for s in series):
        raise ValueError("every series needs one value per category")
    if not names:
        return markup("")
    ticks = _scale(series, len(names), target, low, high)
    plane = _Plane(len(names), ticks[0], ticks[-1])
    inner = height - TOP
    drawing = (
        f'<svg class="plot" y="0" width="100%" height="{inner}" viewBox="0 0 {WIDE} {TALL}"'
        f' preserveAspectRatio="none">{_grid(ticks, plane, target, now)}{_bars(plane, series)}'
        f"{_lines(plane, series)}</svg>"
    )
    rows = ((n, [_text(s.values[i]) for s in series]) for i, n in enumerate(names))
    return markup(
        f'<qy-chart tabindex="0" role="group" aria-label="{escape(title)}"'
        f' data-chart="{_payload(names, series, unit)}">'
        f'<div class="chart-box"><svg class="chart axis-y" width="{LEFT}" height="{inner}"'
        f' aria-hidden="true">{_axis_y(ticks, plane)}</svg><div class="plot-area">'
        f'<svg class="chart" width="100%" height="{inner}" aria-hidden="true">{drawing}'
        '<line class="cross" y1="0" y2="100%" visibility="hidden"/></svg>'
        f'<svg class="chart axis-x" width="100%" height="{BOTTOM}" aria-hidden="true">'
        f"{_axis_x(names, every)}</svg></div></div>"
        f"{_table(title, [s.name for s in series], rows)}</qy-chart>"
    )


def legend(items: Iterable[tuple[str, int] | tuple[str, int, bool]]) -> SafeString:
    """Names with their colours; a third value True draws a dashed line."""
    parts = []
    for name, colour, *dash in items:
        shape = " dash" if dash and dash[0] else ""
        parts.append(
            f'<span><i class="swatch swatch-{colour}{shape}" aria-hidden="true"></i>{escape(name)}</span>'
        )
    return markup(f'<div class="chart-legend">{"".join(parts)}</div>')


def spark(
    values: Sequence[Number], *, kind: Literal["line", "bar"] = "line", width: int = 96
) -> SafeString:
    """A tiny trend beside a key figure; decorative, the figure itself is the information."""
    height, count = 28, len(values)
    if count < 2:
        return markup("")
    frame = (
        f'<svg class="spark" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' aria-hidden="true">'
    )
    numbers = [float(v) for v in values]
    if kind == "bar":
        top, step = max(numbers) or 1, width / count
        body = "".join(
            f'<rect x="{_n(i * step + 1)}" y="{_n(height - 2 - v / top * (height - 4))}"'
            f' width="{_n(step - 2)}" height="{_n(v / top * (height - 4) + 1)}" rx="1"/>'
            for i, v in enumerate(numbers)
        )
        return markup(f"{frame}{body}</svg>")
    low, span = min(numbers), (max(numbers) - min(numbers)) or 1
    points = [
        (3 + i * (width - 6) / (count - 1), height - 4 - (v - low) / span * (height - 8))
        for i, v in enumerate(numbers)
    ]
    path = " ".join(f"{_n(x)},{_n(y)}" for x, y in points)
    (x0, _), (x1, y1) = points[0], points[-1]
    return markup(
        f'{frame}<path class="shade" d="M{_n(x0)},{height} L{path} L{_n(x1)},{height}Z"/>'
        f'<polyline points="{path}"/><circle cx="{_n(x1)}" cy="{_n(y1)}" r="2.2"/></svg>'
    )


def _slice(start: float, stop: float) -> str:
    """Path of a ring segment between two shares of the circle (0 to 1, from the top)."""
    outer, inner, centre = 78.0, 56.0, 90.0
    gap = 0.0028 if stop - start < 0.995 else 0.0001
    a, b = ((start + gap / 2) * 2 - 0.5) * math.pi, ((stop - gap / 2) * 2 - 0.5) * math.pi

    def at(angle: float, radius: float) -> str:
        return f"{_n(centre + radius * math.cos(angle))} {_n(centre + radius * math.sin(angle))}"

    large = 1 if b - a > math.pi else 0
    return (
        f"M{at(a, outer)}A{outer} {outer} 0 {large} 1 {at(b, outer)}"
        f"L{at(b, inner)}A{inner} {inner} 0 {large} 0 {at(a, inner)}Z"
    )


def donut(parts: Sequence[Part], *, title: str, centre: str = "", caption: str = "") -> SafeString:
    """Shares of a whole as a ring with a list of names, values and percents beside it."""
    total = sum(float(p.value) for p in parts)
    if total <= 0:
        return markup("")
    paths, rows, start = [], [], 0.0
    for part in parts:
        share = float(part.value) / total
        paths.append(
            f'<path class="chart-part fill-{part.colour}" d="{_slice(start, start + share)}"/>'
        )
        rows.append(
            f'<li><i class="swatch swatch-{part.colour}" aria-hidden="true"></i>'
            f"<span>{escape(part.name)}</span><b>{_text(part.value)}</b><em>{share:.1%}</em></li>"
        )
        start += share
    return markup(
        f'<div class="donut-box" role="group" aria-label="{escape(title)}">'
        f'<svg class="donut" viewBox="0 0 180 180" aria-hidden="true">{"".join(paths)}'
        f'<text class="centre" x="90" y="94" text-anchor="middle">{escape(centre)}</text>'
        f'<text class="caption" x="90" y="113" text-anchor="middle">{escape(caption)}</text></svg>'
        f'<ul class="legend-list">{"".join(rows)}</ul></div>'
    )


def heat(
    rows: Sequence[str],
    columns: Sequence[object],
    values: Sequence[Sequence[Number]],
    *,
    title: str,
) -> SafeString:
    """A matrix in seven steps of one colour: rows by columns, darker is more."""
    left, row_height, width = 52, 24, 1120
    cell = (width - left) / max(len(columns), 1)
    top = max((float(v) for row in values for v in row), default=0) or 1
    height = row_height * len(rows) + 24
    out = []
    for j, name in enumerate(rows):
        y = row_height * j
        out.append(f'<text x="{left - 8}" y="{y + 16}" text-anchor="end">{escape(name)}</text>')
        for i, value in enumerate(values[j]):
            step = 0 if not value else min(6, 1 + int(float(value) / top * 5.99))
            out.append(
                f'<rect class="chart-part q{step}" x="{_n(left + cell * i + 1)}" y="{y + 1}"'
                f' width="{_n(cell - 2)}" height="{row_height - 2}" rx="2"><title>'
                f"{escape(name)} {escape(str(columns[i]))}: {_text(value)}</title></rect>"
            )
    for i, column in enumerate(columns):
        if len(columns) <= 14 or i % 2 == 0:
            x = _n(left + cell * (i + 0.5))
            out.append(
                f'<text x="{x}" y="{height - 6}" text-anchor="middle">{escape(str(column))}</text>'
            )
    table = _table(
        title,
        [str(c) for c in columns],
        ((name, [_text(v) for v in row]) for name, row in zip(rows, values, strict=True)),
    )
    return markup(
        f'<div class="scroller" tabindex="0" role="group" aria-label="{escape(title)}">'
        f'<svg class="heat" viewBox="0 0 {width} {height}" aria-hidden="true">{"".join(out)}</svg>'
        f"{table}</div>"
    )


def hbar(
    bars: Sequence[Bar], *, title: str, unit: str = "", full: Number | None = None
) -> SafeString:
    """Horizontal bars with a target mark; below the target the bar changes colour.

    ``full`` is the value of a full track; without it the largest value or target.
    """
    top = float(full or 0) or max(
        (float(v) for b in bars for v in (b.value, b.target or 0)), default=0
    )
    rows = []
    for bar in bars:
        share = min(float(bar.value) / top, 1) * 100 if top else 0
        is_below = bar.target is not None and float(bar.value) < float(bar.target)
        goal = (
            f' <small class="muted">/ {_text(bar.target)}{escape(unit)}</small>'
            if bar.target is not None
            else ""
        )
        label = (
            f'<a href="{escape(bar.url)}">{escape(bar.label)}</a>'
            if bar.url
            else escape(bar.label)
        )
        mark = ""
        if bar.target is not None and top:
            x = _n(min(float(bar.target) / top, 1) * 100)
            mark = f'<line class="mark" x1="{x}%" x2="{x}%" y1="1" y2="15"/>'
        rows.append(
            f'<div class="hbar-item{" below" if is_below else ""}"><div class="hbar-head"><span>{label}</span>'
            f'<span><b class="num">{_text(bar.value)}{escape(unit)}</b>{goal}</span></div>'
            '<svg aria-hidden="true"><rect class="track" y="3" width="100%" height="10" rx="5"/>'
            f'<rect class="value chart-part" y="3" width="{_n(share)}%" height="10" rx="5"/>{mark}</svg></div>'
        )
    return markup(
        f'<div class="hbar" role="group" aria-label="{escape(title)}">{"".join(rows)}</div>'
    )
