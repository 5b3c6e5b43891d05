"""The fluid plot of bars, lines and areas over categories."""

import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString

from qiying.kernel.charts._values import Number, Series, num, table, text
from qiying.kernel.templatetags._markup import markup

LEFT, BOTTOM, TOP = 40, 24, 8
WIDE, TALL = 1000, 100


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
    tops = [*_totals(series, count), float(target or 0)]
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
                f'<rect x="{num(left)}" y="{num(plane.y(top))}" width="{num(width)}"'
                f' height="{num(height)}"/>'
            )
            base[i] = top
        out.append("</g>")
    return "".join(out)


def _lines(plane: _Plane, series: Sequence[Series]) -> str:
    out: list[str] = []
    for each in (s for s in series if s.kind != "bar"):
        dash = " dashed" if each.is_dashed else ""
        for points in _runs(plane, each):
            path = " ".join(f"{num(x)},{num(y)}" for x, y in points)
            if each.kind == "area":
                first, last = num(points[0][0]), num(points[-1][0])
                out.append(
                    f'<path class="area fill-{each.colour}"'
                    f' d="M{first},{TALL} L{path} L{last},{TALL}Z"/>'
                )
            # A line of no length with round ends is a dot: a value that stands alone is seen.
            shape = f'line{dash}"' if len(points) > 1 else 'line lone"'
            whole = path if len(points) > 1 else f"{path} {path}"
            out.append(f'<polyline class="stroke-{each.colour} {shape} points="{whole}"/>')
    return "".join(out)


def _runs(plane: _Plane, series: Series) -> list[list[tuple[float, float]]]:
    """Positions of the values, broken where there is none: a line over a gap would invent some."""
    runs: list[list[tuple[float, float]]] = [[]]
    for i, value in enumerate(series.values):
        if value is not None:
            runs[-1].append((plane.x(i), plane.y(value)))
        elif runs[-1]:
            runs.append([])
    return [run for run in runs if run]


def _axis_y(ticks: Sequence[float], plane: _Plane) -> str:
    return "".join(
        f'<text x="{LEFT - 8}" y="{num(plane.y(t))}%" dy=".35em" text-anchor="end">'
        f"{text(t)}</text>"
        for t in ticks
    )


def _label_steps(categories: Sequence[str], every: int) -> list[int]:
    """Steps between labels that fit a wide, a middling and a narrow plot; each divides the next."""
    longest = max(sum(12 if ord(c) > 0x2E7F else 7 for c in name) for name in categories) + 10
    steps = [max(every, 1)]
    for room in (900, 440, 250):
        fitting = math.ceil(longest * len(categories) / room)
        steps.append(math.ceil(fitting / steps[-1]) * steps[-1])
    return steps[1:]


def _axis_x(categories: Sequence[str], every: int) -> str:
    count = len(categories)
    wide, middling, narrow = _label_steps(categories, every)
    out = []
    for i, name in enumerate(categories):
        if i % wide:
            continue
        css = ' class="if-wide"' if i % middling else ' class="if-mid"' if i % narrow else ""
        x = num((i + 0.5) / count * 100)
        out.append(f'<text{css} x="{x}%" y="17" text-anchor="middle">{escape(name)}</text>')
    return "".join(out)


def _payload(categories: Sequence[str], series: Sequence[Series], unit: str) -> str:
    data = {
        "cats": list(categories),
        "unit": unit,
        "series": [
            {
                "name": s.name,
                "colour": s.colour,
                "values": [None if v is None else float(v) for v in s.values],
                "texts": [text(v) for v in s.values],
            }
            for s in series
        ],
    }
    return escape(json.dumps(data, ensure_ascii=False, separators=(",", ":")))


def _grid(ticks: Sequence[float], plane: _Plane, target: Number | None, now: int | None) -> str:
    out = "".join(
        f'<line class="grid{" base" if t == plane.low else ""}" x1="0" x2="{WIDE}"'
        f' y1="{num(plane.y(t))}" y2="{num(plane.y(t))}"/>'
        for t in ticks
    )
    if now is not None:
        left = WIDE * now / plane.count
        out += f'<rect class="future" x="{num(left)}" y="0" width="{num(WIDE - left)}"'
        out += f' height="{TALL}"/>'
    if target is not None:
        y = num(plane.y(target))
        out += f'<line class="target" x1="0" x2="{WIDE}" y1="{y}" y2="{y}"/>'
    return out


def _frame(
    plot: str,
    categories: Sequence[str],
    ticks: Sequence[float],
    plane: _Plane,
    inner: int,
    every: int,
) -> str:
    """The plot with its axes: it stretches, the axis text beside it does not."""
    return (
        f'<div class="chart-box"><svg class="chart axis-y" width="{LEFT}" height="{inner}"'
        f' aria-hidden="true">{_axis_y(ticks, plane)}</svg><div class="plot-area">'
        f'<svg class="chart" width="100%" height="{inner}" aria-hidden="true">'
        f'<svg class="plot" y="0" width="100%" height="{inner}" viewBox="0 0 {WIDE} {TALL}"'
        f' preserveAspectRatio="none">{plot}</svg>'
        '<line class="cross" y1="0" y2="100%" visibility="hidden"/></svg>'
        f'<svg class="chart axis-x" width="100%" height="{BOTTOM}" aria-hidden="true">'
        f"{_axis_x(categories, every)}</svg></div></div>"
    )


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
    """Bars (stacked in their order), lines and areas over categories, as wide as their place.

    Every series has one value per category, else ``ValueError``. At most every ``every``-th
    category is written, fewer where names would touch; ``unit`` follows each value that is read;
    ``target`` is a dashed line; from the index ``now`` on the plot is shaded as yet to come;
    ``low`` and ``high`` end the axis, without ``high`` it is rounded up from the values.
    """
    names = [str(c) for c in categories]
    if any(len(s.values) != len(names) for s in series):
        raise ValueError("every series needs one value per category")
    if not names:
        return markup("")
    ticks = _scale(series, len(names), target, low, high)
    plane = _Plane(len(names), ticks[0], ticks[-1])
    plot = _grid(ticks, plane, target, now) + _bars(plane, series) + _lines(plane, series)
    rows = ((n, [text(s.values[i]) for s in series]) for i, n in enumerate(names))
    return markup(
        f'<qy-chart tabindex="0" role="group" aria-label="{escape(title)}"'
        f' data-chart="{_payload(names, series, unit)}">'
        f"{_frame(plot, names, ticks, plane, height - TOP, every)}"
        f"{table(title, [s.name for s in series], rows)}</qy-chart>"
    )


def legend(items: Iterable[tuple[str, int] | tuple[str, int, bool]]) -> SafeString:
    """Names with their colours; a third value True draws a dashed line."""
    parts = []
    for name, colour, *dash in items:
        shape = " dash" if dash and dash[0] else ""
        parts.append(
            f'<span><i class="swatch swatch-{colour}{shape}" aria-hidden="true"></i>'
            f"{escape(name)}</span>"
        )
    return markup(f'<div class="chart-legend">{"".join(parts)}</div>')
