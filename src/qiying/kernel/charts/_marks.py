"""Small and special drawings: trend, ring, matrix, bars with a target."""

import math
from collections.abc import Sequence
from typing import Literal

from django.utils.html import escape
from django.utils.safestring import SafeString

from qiying.kernel.charts._values import Bar, Number, Part, num, table, text
from qiying.kernel.templatetags._markup import markup


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
            f'<rect x="{num(i * step + 1)}" y="{num(height - 2 - v / top * (height - 4))}"'
            f' width="{num(step - 2)}" height="{num(v / top * (height - 4) + 1)}" rx="1"/>'
            for i, v in enumerate(numbers)
        )
        return markup(f"{frame}{body}</svg>")
    low, span = min(numbers), (max(numbers) - min(numbers)) or 1
    points = [
        (3 + i * (width - 6) / (count - 1), height - 4 - (v - low) / span * (height - 8))
        for i, v in enumerate(numbers)
    ]
    path = " ".join(f"{num(x)},{num(y)}" for x, y in points)
    (x0, _), (x1, y1) = points[0], points[-1]
    return markup(
        f'{frame}<path class="shade" d="M{num(x0)},{height} L{path} L{num(x1)},{height}Z"/>'
        f'<polyline points="{path}"/><circle cx="{num(x1)}" cy="{num(y1)}" r="2.2"/></svg>'
    )


def _slice(start: float, stop: float) -> str:
    """Path of a ring segment between two shares of the circle (0 to 1, from the top)."""
    outer, inner, centre = 78.0, 56.0, 90.0
    gap = 0.0028 if stop - start < 0.995 else 0.0001
    a, b = ((start + gap / 2) * 2 - 0.5) * math.pi, ((stop - gap / 2) * 2 - 0.5) * math.pi

    def at(angle: float, radius: float) -> str:
        return f"{num(centre + radius * math.cos(angle))} {num(centre + radius * math.sin(angle))}"

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
            f"<span>{escape(part.name)}</span><b>{text(part.value)}</b><em>{share:.1%}</em></li>"
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
    left, row_height, cell = 52, 24, 33
    width = left + cell * len(columns)
    top = max((float(v) for row in values for v in row), default=0) or 1
    height = row_height * len(rows) + 24
    out = []
    for j, name in enumerate(rows):
        y = row_height * j
        out.append(f'<text x="{left - 8}" y="{y + 16}" text-anchor="end">{escape(name)}</text>')
        for i, value in enumerate(values[j]):
            step = 0 if not value else min(6, 1 + int(float(value) / top * 5.99))
            out.append(
                f'<rect class="chart-part q{step}" x="{num(left + cell * i + 1)}" y="{y + 1}"'
                f' width="{num(cell - 2)}" height="{row_height - 2}" rx="2"><title>'
                f"{escape(name)} {escape(str(columns[i]))}: {text(value)}</title></rect>"
            )
    for i, column in enumerate(columns):
        if len(columns) <= 14 or i % 2 == 0:
            x = num(left + cell * (i + 0.5))
            out.append(
                f'<text x="{x}" y="{height - 6}" text-anchor="middle">{escape(str(column))}</text>'
            )
    numbers = table(
        title,
        [str(c) for c in columns],
        ((name, [text(v) for v in row]) for name, row in zip(rows, values, strict=True)),
    )
    return markup(
        f'<div class="scroller" tabindex="0" role="group" aria-label="{escape(title)}">'
        f'<svg class="heat" width="{width}" viewBox="0 0 {width} {height}" aria-hidden="true">'
        f"{''.join(out)}</svg>"
        f"{numbers}</div>"
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
            f' <small class="muted">/ {text(bar.target)}{escape(unit)}</small>'
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
            x = num(min(float(bar.target) / top, 1) * 100)
            mark = f'<line class="mark" x1="{x}%" x2="{x}%" y1="1" y2="15"/>'
        rows.append(
            f'<div class="hbar-item{" below" if is_below else ""}"><div class="hbar-head">'
            f"<span>{label}</span>"
            f'<span><b class="num">{text(bar.value)}{escape(unit)}</b>{goal}</span></div>'
            '<svg aria-hidden="true"><rect class="track" y="3" width="100%" height="10" rx="5"/>'
            f'<rect class="value chart-part" y="3" width="{num(share)}%" height="10" rx="5"/>'
            f"{mark}</svg></div>"
        )
    return markup(
        f'<div class="hbar" role="group" aria-label="{escape(title)}">{"".join(rows)}</div>'
    )
