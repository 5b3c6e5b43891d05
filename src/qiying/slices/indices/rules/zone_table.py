"""Values of the zone from a table: a row for each period, a column for each line of the board."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from qiying.slices.indices.rules.cells import (
    MISSING,
    PAGE,
    YEAR,
    Fault,
    named,
    number_of,
    text_of,
    year_of,
)
from qiying.slices.indices.rules.zone import WHOLE_YEAR

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "year": YEAR,
    "month": ("month", "月份", "截至月份"),
    "page": PAGE,
}


@dataclass(frozen=True, slots=True)
class ZoneCell:
    """One value of a line of the board, up to a month of a year."""

    line: str
    year: int
    month: int
    value: float
    page: str


def zone_cells(
    headings: Sequence[str], rows: Sequence[tuple[int, Sequence[Any]]], words: Mapping[str, str]
) -> tuple[list[ZoneCell], list[Fault]]:
    """Values and faults of a table; ``words`` gives the line by key and by name.

    A row without a month is of the whole year. Empty cells are left out; they are no fault.
    """
    headings = [text_of(heading) for heading in headings]
    wanted: dict[int, str] = named(headings, words)
    columns = _columns(headings, wanted)
    faults = [
        Fault(1, name, "indices.cell.column", name)
        for at, name in enumerate(headings)
        if name and at not in wanted and at not in columns.values()
    ]
    if "year" not in columns:
        return [], [*faults, Fault(1, "", "indices.zone.headings")]
    found: dict[tuple[str, int, int], ZoneCell] = {}
    for number, cells in rows:
        for item in _row(number, cells, headings, columns, wanted):
            if isinstance(item, Fault):
                faults.append(item)
                continue
            key = (item.line, item.year, item.month)
            if key in found:
                faults.append(Fault(number, item.line, "indices.cell.twice", str(item.year)))
            found.setdefault(key, item)
    return list(found.values()), faults


def _columns(headings: Sequence[str], wanted: Mapping[int, str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, heading in enumerate(headings):
        for name, words in HEADINGS.items():
            if at not in wanted and heading.lower() in words:
                found.setdefault(name, at)
    return found


def _row(
    number: int,
    cells: Sequence[Any],
    headings: Sequence[str],
    columns: Mapping[str, int],
    wanted: Mapping[int, str],
) -> Iterator[ZoneCell | Fault]:
    def cell(name: str) -> str:
        return text_of(cells[columns[name]]) if name in columns else ""

    year, month = year_of(cell("year")), _month(cell("month"))
    for name, value, code in (
        ("year", year, "indices.cell.year"),
        ("month", month, "indices.zone.month"),
    ):
        if value is None:
            yield Fault(number, headings[columns[name]], code, cell(name)[:40])
    if year is None or month is None:
        return
    for at, line in wanted.items():
        text = text_of(cells[at])
        if text in MISSING:
            continue
        amount = number_of(cells[at], text)
        if amount is None:
            yield Fault(number, headings[at], "indices.cell.number", text[:40])
        else:
            yield ZoneCell(line, year, month, amount, cell("page")[:40])


def _month(text: str) -> int | None:
    """``10``, ``10月``, ``1-10月`` up to October; nothing is the whole year."""
    if not text:
        return WHOLE_YEAR
    found = re.fullmatch(r"(?:1\s*[-—\u2013~～至]\s*)?(\d{1,2})\s*月?", text)
    month = int(found[1]) if found else 0
    return month if 1 <= month <= WHOLE_YEAR else None
