"""The common shape of all files that are read."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from qiying.kernel.errors import Invalid
from qiying.slices.registry.rules.cells import plain

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 50_000
MOST_COLUMNS = 200
SHAPE = "geometry"
"""Heading of the column that holds a shape."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line; ``number`` is where a reader finds it in the file."""

    number: int
    cells: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Table:
    headings: tuple[str, ...]
    rows: tuple[Row, ...]
    encoding: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    """A sheet as it stands: lines of cells, and the ranges that were merged.

    ``merged`` holds first row, first column, last row and last column, from 0.
    """

    cells: tuple[tuple[Any, ...], ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    encoding: str = ""
    sheet: str = ""


def from_grid(grid: Iterable[Sequence[Any]], *, encoding: str = "", sheet: str = "") -> Table:
    """A table from lines of cells: remarks (``#``) and blank lines are skipped, the first other
    line holds the headings.
    """
    headings: tuple[str, ...] = ()
    rows: list[Row] = []
    for number, cells in enumerate(grid, start=1):
        if not any(plain(cell) for cell in cells):
            continue
        if not headings:
            if plain(cells[0]).startswith("#"):
                continue
            headings = _headings(cells)
            continue
        if len(rows) >= MOST_ROWS:
            raise Invalid("registry.file.rows", limit=MOST_ROWS)
        padded = (*cells, *[None] * len(headings))[: len(headings)]
        rows.append(Row(number, padded))
    return Table(headings, tuple(rows), encoding, sheet)


def _headings(cells: Sequence[Any]) -> tuple[str, ...]:
    found = [plain(cell)[:60] for cell in cells]
    while found and not found[-1]:
        found.pop()
    if len(found) > MOST_COLUMNS:
        raise Invalid("registry.file.columns", limit=MOST_COLUMNS)
    return tuple(found)
