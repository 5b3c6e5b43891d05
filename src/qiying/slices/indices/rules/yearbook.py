"""Sheets as yearbooks print them: titles above, headings merged over rows, cities between counties.

A sheet is laid out first (where places, headings and values stand, which indicator a column may
be), then, when a person has said what each column is, made a table that ``lines_of`` reads.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from qiying.slices.indices.rules.cells import EARLIEST, LATEST
from qiying.slices.indices.rules.deliveries import HEADINGS, Known

Cells = Sequence[Sequence[Any]]
Merged = Sequence[tuple[int, int, int, int]]
"""First row, first column, last row, last column of each merged range, from 0."""
ABOVE = frozenset({"全省", "全国", "浙江省", "全市", "合计", "总计", "市区", "市辖区", "平均"})
"""Lines of a table that stand above its places, besides the cities."""
TITLE = re.compile(
    r"^(表|续表|附表|单位|计量单位|[（(]?单位|Table|Unit|\d+[-—]\d+)", re.IGNORECASE
)
REMARK = re.compile(r"^(注|资料来源|数据来源|说明|Note|Source)", re.IGNORECASE)
WHOLE = frozenset({"总量", "绝对数", "绝对值", "合计", "总计", "数值", "全年", "本年", "total"})
"""Last words of a heading that say no more than the words above them."""
YEAR = re.compile(r"(\d{4})\s*年?")
IN_TITLE = re.compile(r"(\d{4})\s*年")
UNIT = re.compile(r"\s*[（(][^（()）]*[)）]\s*$")
BLANK = re.compile(r"\s+")
MOST_SAMPLES = 3


@dataclass(frozen=True, slots=True)
class Column:
    """A column with values: place in the sheet from 0, its headings, a year of its own."""

    at: int
    path: tuple[str, ...]
    year: int | None
    indicator: int | None
    """The indicator of the dictionary that the headings name, if one."""
    samples: tuple[str, ...]

    @property
    def title(self) -> str:
        return " / ".join(self.path)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as it was understood."""

    label: int
    """The column of the places."""
    year_at: int | None
    """The column of the years, where the sheet has one."""
    year: int | None
    columns: tuple[Column, ...]
    rows: tuple[tuple[int, tuple[Any, ...]], ...]
    """Lines with values under their numbers in the file."""
    left_out: tuple[tuple[int, str], ...]
    """Lines of cities and sums, which are no places of the evaluation."""

    @property
    def needs_year(self) -> bool:
        """Whether somebody has to say of which year the values are."""
        is_told = self.year is not None or self.year_at is not None
        return not is_told and any(column.year is None for column in self.columns)


def is_plain(headings: Sequence[str]) -> bool:
    """Whether one line of headings names a column of years and one of places."""
    words = {heading.strip().lower() for heading in headings}
    has = {name: bool(words & set(known)) for name, known in HEADINGS.items()}
    return has["year"] and (has["adcode"] or has["name"])


def lay_out(
    cells: Cells, merged: Merged, known: Known, *, cities: frozenset[str], year: int | None = None
) -> Sheet | None:
    """Find places, headings and values of a sheet; None where no column holds places.

    ``year`` is what a person says; without it the title of the table may tell. Years that stand in
    the headings go before both.
    """
    names = {bare(p[2]) for p in known.places} | {p[1] for p in known.places}
    wide = max((len(row) for row in cells), default=0)
    grid = [[_text(c) for c in row] + [""] * (wide - len(row)) for row in cells]
    label = _label(grid, names)
    if label is None:
        return None
    others = cities | ABOVE
    first = next(r for r, row in enumerate(grid) if bare(row[label]) in names | others)
    heads = _heads(grid[:first], merged, label)
    paths = {at: _path(heads, at) for at in range(wide) if at != label}
    year_at = next(
        (at for at, p in paths.items() if p and p[-1].lower() in HEADINGS["year"]), None
    )
    rows, left_out = _lines(cells, grid, range(first, len(grid)), label, others)
    return Sheet(
        label,
        year_at,
        year if year is not None else _told_year(grid[:first]),
        tuple(_columns(paths, rows, known, skip={label, year_at})),
        tuple(rows),
        tuple(left_out),
    )


def table_of(
    sheet: Sheet, chosen: Mapping[int, str], year: int | None = None
) -> tuple[list[str], list[tuple[int, list[Any]]]]:
    """The sheet as one line for each place and year, one column for each indicator.

    ``chosen`` gives the code of the indicator by the column's place; other columns are left out.
    """
    codes = sorted(set(chosen.values()))
    years = {column.at: column.year for column in sheet.columns if column.at in chosen}
    rows: list[tuple[int, list[Any]]] = []
    for number, cells in sheet.rows:
        own = cells[sheet.year_at] if sheet.year_at is not None else year or sheet.year
        for of_year in sorted({y or 0 for y in years.values()}):
            found = {chosen[at]: cells[at] for at, y in years.items() if (y or 0) == of_year}
            line = [bare(_text(cells[sheet.label])), of_year or own]
            rows.append((number, [*line, *(found.get(code) for code in codes)]))
    return ["地区", "年份", *codes], rows


def bare(text: str) -> str:
    """Without blanks, which print spreads between the characters of short names."""
    return BLANK.sub("", text)


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _label(grid: Sequence[Sequence[str]], names: set[str]) -> int | None:
    """The column in which most places stand; the first of equals."""
    wide = len(grid[0]) if grid else 0
    counts = [sum(bare(row[at]) in names for row in grid) for at in range(wide)]
    most = max(counts, default=0)
    return counts.index(most) if most else None


def _heads(grid: Sequence[Sequence[str]], merged: Merged, label: int) -> list[list[str]]:
    """The rows of headings with merged cells filled; titles and units of the table are none."""
    filled = [list(row) for row in grid]
    for top, left, bottom, right in merged:
        for r in range(top, min(bottom + 1, len(filled))):
            for c in range(left, min(right + 1, len(filled[r]))):
                filled[r][c] = filled[top][left]
    heads = [row for row in filled if len({c for c in row if c and not TITLE.match(c)}) > 1]
    is_merged = any(top < len(grid) for top, *_ in merged)
    return heads if is_merged else _spread(heads, label)


def _spread(heads: list[list[str]], label: int) -> list[list[str]]:
    """Where merged cells are not told (CSV), a heading reaches to the next one of its row."""
    for row in heads[:-1]:
        for at in range(label + 2, len(row)):
            row[at] = row[at] or (row[at - 1] if at - 1 != label else "")
    return heads


def _path(heads: Sequence[Sequence[str]], at: int) -> tuple[str, ...]:
    words = [row[at] for row in heads if row[at]]
    return tuple(word for word, _ in groupby(words))


def _lines(
    cells: Cells,
    grid: Sequence[Sequence[str]],
    numbers: Sequence[int],
    label: int,
    others: frozenset[str],
) -> tuple[list[tuple[int, tuple[Any, ...]]], list[tuple[int, str]]]:
    rows: list[tuple[int, tuple[Any, ...]]] = []
    left_out: list[tuple[int, str]] = []
    wide = len(grid[0])
    for number in numbers:
        name = grid[number][label]
        if not name or REMARK.match(name):
            continue
        if bare(name) in others:
            left_out.append((number + 1, name))
            continue
        row = cells[number]
        rows.append((number + 1, (*row, *[None] * (wide - len(row)))))
    return rows, left_out


def _told_year(grid: Sequence[Sequence[str]]) -> int | None:
    for row in grid:
        for cell in row:
            found = IN_TITLE.search(cell) if not YEAR.fullmatch(cell) else None
            if found and EARLIEST <= int(found[1]) <= LATEST:
                return int(found[1])
    return None


def _columns(
    paths: Mapping[int, tuple[str, ...]],
    rows: Sequence[tuple[int, Sequence[Any]]],
    known: Known,
    *,
    skip: set[int | None],
) -> Iterator[Column]:
    words = {bare(word): indicator for word, indicator in known.indicators.items()}
    used: set[tuple[int, int | None]] = set()
    for at, path in paths.items():
        samples = [t for _, row in rows if (t := _text(row[at]))][:MOST_SAMPLES]
        if at in skip or not path or not samples:
            continue
        year = next((int(m[1]) for word in path if (m := YEAR.fullmatch(word))), None)
        own = tuple(word for word in path if not YEAR.fullmatch(word))
        found = next((words[w] for w in _said(own) if w in words), None)
        if found is None or (found, year) in used:
            found = None
        else:
            used.add((found, year))
        yield Column(at, own or path, year, found, tuple(samples))


def _said(path: Sequence[str]) -> Iterator[str]:
    """The words under which an indicator may stand in the dictionary, the fullest first."""
    plain = [bare(UNIT.sub("", word)) for word in path]
    plain = [word for word in plain if word and word.lower() not in WHOLE]
    if not plain:
        return
    yield "".join(plain)
    yield "".join(plain[-2:])
    yield plain[-1]
    chinese = [word for word in plain if not word.isascii()]
    if chinese and len(chinese) < len(plain):
        yield "".join(chinese)
        yield chinese[-1]
