"""Values from a table: matched by code or name and year, every bad cell with place and reason."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
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

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "adcode": ("adcode", "行政区划代码", "区划代码", "代码"),
    "name": ("name", "place", "地区", "县(市、区)", "县（市、区）", "名称"),
    "year": YEAR,
    "page": PAGE,
}


@dataclass(frozen=True, slots=True)
class Known:
    """What values can be matched to.

    ``places`` are rows (id, adcode, name, from, until): one code may have stood for several areas,
    one after another. ``indicators`` give the id by code and by name, ``after`` the codes that
    followed one.
    """

    places: Sequence[tuple[int, str, str, date | None, date | None]]
    indicators: Mapping[str, int]
    after: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a table."""

    indicator_id: int
    place_id: int
    year: int
    value: float
    page: str


def lines_of(
    headings: Sequence[str], rows: Sequence[tuple[int, Sequence[Any]]], known: Known
) -> tuple[list[Line], list[Fault]]:
    """Values and faults of a table with one row for each place and year, one column an indicator.

    Empty cells and the marks of a missing value are left out; they are no fault.
    """
    headings = [text_of(heading) for heading in headings]
    columns = _columns(headings, known)
    wanted = named(headings, known.indicators)
    faults = [
        Fault(1, name, "indices.cell.column", name)
        for place, name in enumerate(headings)
        if name and place not in columns.values() and place not in wanted
    ]
    if "year" not in columns or not {"adcode", "name"} & set(columns):
        return [], [*faults, Fault(1, "", "indices.cell.headings")]
    found: dict[tuple[int, int, int], Line] = {}
    for number, cells in rows:
        for item in _row(number, cells, headings, columns, wanted, known):
            if isinstance(item, Fault):
                faults.append(item)
                continue
            key = (item.indicator_id, item.place_id, item.year)
            if key in found:
                faults.append(Fault(number, str(item.year), "indices.cell.twice"))
            found.setdefault(key, item)
    return list(found.values()), faults


def _columns(headings: Sequence[str], known: Known) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, heading in enumerate(headings):
        for name, words in HEADINGS.items():
            if heading.strip().lower() in words and heading not in known.indicators:
                found.setdefault(name, place)
    return found


def _row(
    number: int,
    cells: Sequence[Any],
    headings: Sequence[str],
    columns: Mapping[str, int],
    wanted: Mapping[int, int],
    known: Known,
) -> Iterator[Line | Fault]:
    def cell(name: str) -> str:
        return text_of(cells[columns[name]]) if name in columns else ""

    year = year_of(cell("year"))
    if year is None:
        yield Fault(number, headings[columns["year"]], "indices.cell.year", cell("year")[:40])
        return
    place, code = _place(cell("adcode"), cell("name"), year, known)
    if place is None:
        column = "adcode" if cell("adcode") else "name"
        said = cell(column)[:40]
        yield Fault(number, headings[columns.get(column, 0)], code, said)
        return
    for at, indicator_id in wanted.items():
        text = text_of(cells[at])
        if text in MISSING:
            continue
        value = number_of(cells[at], text)
        if value is None:
            yield Fault(number, headings[at], "indices.cell.number", text[:40])
            continue
        yield Line(indicator_id, place, year, value, cell("page")[:40])


def _place(adcode: str, name: str, year: int, known: Known) -> tuple[int | None, str]:
    """The area that a code or name stood for at the end of a year, or the reason why none did."""
    day = date(year, 12, 31)
    same = [p for p in known.places if (p[1] == adcode if adcode else p[2] == name)]
    if not same:
        return None, "indices.cell.place"
    if name and adcode and all(p[2] != name for p in same):
        return None, "indices.cell.name"
    if not adcode and len({p[1] for p in same}) > 1:
        return None, "indices.cell.ambiguous"
    for place_id, _code, _name, start, end in same:
        if (start is None or start <= day) and (end is None or day < end):
            return place_id, ""
    return None, "indices.cell.boundary"
