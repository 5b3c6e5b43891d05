"""Tables in words and plots in SVG for the page of the dispatch engine, from days that were played."""

from collections.abc import Sequence
from html import escape
from pathlib import Path

import numpy as np
from _dispatch_days import ROOT, Played

from qiying.engines.dispatch.simulation import compare, figures

PAGE = ROOT / "docs" / "engines" / "dispatch.md"
PICTURES = ROOT / "docs" / "pictures"
FIRST, LAST = "<!-- measured: made by benchmarks/dispatch_policies.py -->", "<!-- /measured -->"
HEAD = (
    "policy",
    "days",
    "late",
    "late at night",
    "mean",
    "line-stopping",
    "P50",
    "P90",
    "P99",
    "travel a job",
    "in window",
    "moved a job",
    "CPU a day",
)
COLOURS = ("#1f5fa8", "#b4541a", "#4a7a2c", "#7a4a8c", "#555555")


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of the page."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def policy_table(days: Sequence[Played]) -> str:
    """A row for each policy: what it came to."""
    return table(HEAD, [_figures_row(d) for d in days if d.tallies])


def _figures_row(days: Played) -> list[str]:
    f = figures(days.tallies)
    return [
        days.play.policy + (", planner's roster" if days.play.planned else ""),
        str(len(days.tallies)),
        f"{100 * f['late_share']:.2f} %",
        f"{100 * f['late_share_night']:.2f} %",
        *(
            f"{f[n]:.1f}"
            for n in ("mean_response_min", "critical_mean_min", "p50_min", "p90_min", "p99_min")
        ),
        f"{f['travel_min_per_job']:.1f}",
        f"{100 * f['inspections_in_window']:.1f} %",
        f"{f['changes_per_job']:.2f}",
        f"{np.mean(days.spent):.1f} s",
    ]


def ratio_table(days: Sequence[Played], peer: Played) -> str:
    """Ratios to a policy on the same days, with 95 % bootstrap intervals over days."""
    rows = []
    for mine in (d for d in days if d.tallies):
        count = min(len(mine.tallies), len(peer.tallies))
        found = compare(mine.tallies[:count], peer.tallies[:count])
        windows = [figures(d.tallies[:count])["inspections_in_window"] for d in (mine, peer)]
        rows.append(
            [
                mine.play.policy,
                str(count),
                *(f"{ratio:.2f} ({low:.2f} to {high:.2f})" for ratio, low, high in found.values()),
                f"{100 * (windows[0] - windows[1]):+.1f}",
            ]
        )
    head = ("policy", "days", "late", "mean", "line-stopping", "travel", "in window, points")
    return table(head, rows)


def write_page(parts: Sequence[str]) -> None:
    """Put the parts between the two marks of the page."""
    words = PAGE.read_text(encoding="utf-8")
    before, rest = words.split(FIRST)
    after = rest.split(LAST)[1]
    PAGE.write_text(before + FIRST + "\n\n" + "\n\n".join(parts) + "\n\n" + LAST + after, "utf-8")


# --- plots ---


def intervals_svg(days: Sequence[Played], peer: Played, name: str) -> Path:
    """Ratios to a policy as points with their intervals, one row for each policy and figure."""
    rows = []
    for n, mine in enumerate(d for d in days if d.tallies):
        count = min(len(mine.tallies), len(peer.tallies))
        found = compare(mine.tallies[:count], peer.tallies[:count])
        rows += [
            (f"{mine.play.policy}: {what.split('_')[0]}", *v, COLOURS[n % 5])
            for what, v in found.items()
        ]
    left, right, step = 210.0, 640.0, 22.0
    most = max(1.2, *(min(r[3], 2.5) for r in rows))

    def x(v: float) -> float:
        return left + (right - left) * min(v, most) / most

    parts = [_line(x(v), 20, x(v), 30 + step * len(rows), "#ccc") for v in (0.5, 1.0)]
    parts += [_words(x(v), 14, f"{v:g} x", "middle") for v in (0.0, 0.5, 1.0)]
    for k, (label, ratio, low, high, colour) in enumerate(rows):
        y = 38 + step * k
        parts.append(_words(left - 10, y + 4, label, "end"))
        parts.append(_line(x(low), y, x(high), y, colour, 2))
        parts.append(f'<circle cx="{x(ratio):.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
    return _svg(name, 680, 50 + step * len(rows), parts)


def waits_svg(days: Sequence[Played], name: str, promise: float = 120.0) -> Path:
    """Share of the emergencies reached within so many minutes."""
    left, bottom, width, height = 50.0, 270.0, 560.0, 240.0

    def at(minutes: float, share: float) -> str:
        return f"{left + width * minutes / 180:.1f},{bottom - height * share:.1f}"

    parts = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = bottom - height * share
        parts += [
            _line(left, y, left + width, y, "#ddd"),
            _words(44, y + 4, f"{share:.0%}", "end"),
        ]
    for minutes in (0, 30, 60, 90, 120, 150, 180):
        parts.append(_words(left + width * minutes / 180, bottom + 16, f"{minutes} min", "middle"))
    x = left + width * promise / 180
    parts.append(_line(x, bottom, x, bottom - height, "#a00"))
    for n, mine in enumerate(d for d in days if d.tallies):
        waits = np.sort([w for t in mine.tallies for w in t.responses])
        points = [at(m, float((waits <= m).mean())) for m in range(0, 181, 3)]
        colour = COLOURS[n % 5]
        drawn = " ".join(points)
        parts.append(
            f'<polyline points="{drawn}" fill="none" stroke="{colour}" stroke-width="2"/>'
        )
        label = mine.play.policy + (", planner's roster" if mine.play.planned else "")
        parts.append(_words(left + width - 190, bottom - 80 + 18 * n, label, "start", colour))
    return _svg(name, 640, 300, parts)


def _line(x: float, y: float, to_x: float, to_y: float, colour: str, width: float = 1) -> str:
    ends = f'x1="{x:.1f}" y1="{y:.1f}" x2="{to_x:.1f}" y2="{to_y:.1f}"'
    return f'<line {ends} stroke="{colour}" stroke-width="{width}"/>'


def _words(x: float, y: float, words: str, anchor: str, colour: str = "#222") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" fill="{colour}"'
    return f"<text {place}>{escape(words)}</text>"


def _svg(name: str, width: float, height: float, parts: Sequence[str]) -> Path:
    size = f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}"'
    style = 'font-family="sans-serif" font-size="12"'
    ground = f'<rect width="{width:.0f}" height="{height:.0f}" fill="#fff"/>'
    words = f'<svg xmlns="http://www.w3.org/2000/svg" {size} {style}>{ground}'
    path = PICTURES / name
    path.write_text(words + "\n".join(parts) + "</svg>\n", encoding="utf-8")
    return path
