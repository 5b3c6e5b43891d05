"""Invented statistics of the zone: months and years of each line of its board, and its targets.

No number in it was ever reported by anybody. Output grows by 61.4 % over the last three whole years
and 15.6 billion yuan are invested in them, as was published; everything else is chance by seed.
"""

from datetime import date, datetime
from typing import Any

import numpy as np

from qiying.kernel.access import Actor
from qiying.slices.indices import operations
from qiying.slices.indices.rules import DataKind
from qiying.slices.indices.rules.zone import BY_KEY, KEPT, WHOLE_YEAR, Nature

OUTPUT = (246.8, 286.4, 331.1, 389.6, 462.25)
"""Gross industrial output of five years, the last over the second: 161.4 %."""
INVESTED = (36.9, 41.4, 46.2, 51.7, 58.1)
"""Fixed-asset investment of five years; the last three make 156."""
THIS_YEAR = 1.098
SHAPE: dict[str, tuple[float, float]] = {
    "E02": (428.6, 0.115), "E03": (92.4, 0.096), "E06": (38.2, 0.102), "E22": (63.5, 0.081),
    "E21": (5_260.0, 0.035), "E24": (44.8, 0.09), "E08.revenue": (441.3, 0.108),
    "E08.profit": (27.6, 0.072), "E09.tax": (18.9, 0.067), "E09.budget": (8.42, 0.058),
    "E10": (21.6, 0.052), "E11": (128.4, 0.061), "E12": (38.7, 0.067), "E16": (3.42, 0.05),
    "E17": (61.8, 0.021), "E18": (43.6, 0.028), "E20": (47.0, 0.06), "E13": (0.61, -0.036),
    "E15": (13.8, -0.044), "E37.reclaimed": (27.5, 0.06), "E41": (0.0, 0.0),
}  # fmt: skip
"""Value of the last whole year and growth a year of the other lines."""
SEASON = (6.6, 6.1, 8.4, 8.1, 8.4, 9.0, 8.3, 8.5, 9.0, 8.7, 9.2, 9.7)
"""How much of a year falls into each month, in per cent."""
TARGETS = (
    ("E01", "growth", 10.0), ("E03", "growth", 8.5), ("E05", "growth", 15.0), ("E06", "growth", 10.0),
    ("E21", "value", 5_600.0), ("E22", "growth", 8.0), ("E08.profit", "growth", 6.0),
    ("E09.budget", "growth", 6.0), ("E10", "value", 22.0), ("E12", "value", 40.0),
    ("E16", "value", 3.5), ("E20", "value", 50.0), ("E13", "value", 0.6),
    ("E28.declared", "value", 98.0), ("E28.verified", "value", 95.0),
    ("rescue.answer", "value", 100.0), ("E42.on_time", "value", 100.0), ("E41", "value", 0.0),
)  # fmt: skip
PAPER = "虚构年度目标责任书（演示）"
SOURCES = {
    DataKind.STATISTICS: "虚构工业统计月报（演示）",
    DataKind.DEPARTMENTAL: "虚构部门月报（演示）",
}


def bring_zone(
    analyst: Actor, leader: Actor, kinds: dict[str, str], *, as_of: date, seed: int, now: datetime
) -> None:
    """Five years by month, this year to the last month, brought in as two tables; then targets.

    ``kinds`` gives the kind of data of each indicator by its code.
    """
    draw = np.random.default_rng(seed)
    years = _invent(as_of.year, draw)
    shares = {year: _shares(draw) for year in years}
    last = as_of.month - 1
    for kind, source in SOURCES.items():
        lines = [line.key for line in KEPT if kinds[line.code] == kind]
        rows: list[list[Any]] = []
        for year in sorted(years):
            until = last if year == as_of.year else WHOLE_YEAR
            rows += [
                [year, m, *_cells(years[year], lines, m, shares[year])]
                for m in range(1, until + 1)
            ]
        operations.deliver_zone(
            analyst,
            file_name=f"{source}.xlsx",
            kind=kind.value,
            source=source,
            headings=("年份", "月份", *lines),
            rows=list(enumerate(rows, start=2)),
            now=now,
        )
    for line, basis, value in TARGETS:
        operations.set_target(
            leader, line=line, year=as_of.year, basis=basis, value=value, source=PAPER, now=now
        )


def _invent(this_year: int, draw: np.random.Generator) -> dict[int, dict[str, float]]:
    """Whole years of each line; of this year what it will come to."""
    first = this_year - len(OUTPUT)
    found: dict[int, dict[str, float]] = {}
    for n in range(len(OUTPUT) + 1):
        back = len(OUTPUT) - 1 - n
        values = {
            key: value * (1 + growth) ** -back * float(draw.normal(1.0, 0.004))
            for key, (value, growth) in SHAPE.items()
        }
        is_past = n < len(OUTPUT)
        values["E01"] = OUTPUT[n] if is_past else OUTPUT[-1] * THIS_YEAR
        values["E05"] = INVESTED[n] if is_past else INVESTED[-1] * 1.083
        found[first + n] = values
    return found


def _shares(draw: np.random.Generator) -> list[float]:
    """What part of a year is done by the end of each month; no two years run alike."""
    parts = np.array(SEASON) * draw.normal(1.0, 0.025, WHOLE_YEAR)
    return [float(v) for v in np.cumsum(parts) / parts.sum()]


def _cells(
    values: dict[str, float], lines: list[str], month: int, shares: list[float]
) -> list[float | None]:
    """What a table says of a month: flows since January; levels once a year."""
    share = shares[month - 1] if month < WHOLE_YEAR else 1.0
    found: list[float | None] = []
    for key in lines:
        line = BY_KEY[key]
        if line.nature is Nature.FLOW:
            found.append(round(values[key] * share, line.decimals))
        else:
            found.append(round(values[key], line.decimals) if month == WHOLE_YEAR else None)
    return found
