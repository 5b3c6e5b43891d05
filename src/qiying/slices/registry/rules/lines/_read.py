"""Lines of a table, checked one by one; faults are kept with line, column and code."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from qiying.kernel.errors import Invalid
from qiying.slices.registry.rules import shapes
from qiying.slices.registry.rules.cells import plain
from qiying.slices.registry.rules.coordinates import System, to_wgs84
from qiying.slices.registry.rules.kinds import LINES, AreaKind, ImportKind, Outcome
from qiying.slices.registry.rules.lines._columns import Column, headings_of
from qiying.slices.registry.rules.tables import Row, Table

NATURAL_KEYS: dict[str, tuple[str, ...]] = {
    ImportKind.ENTERPRISES: ("credit_code",),
    ImportKind.UNITS: ("code",),
    ImportKind.SITES: ("key",),
    ImportKind.WALLS: ("kind", "key", "valid_from"),
    ImportKind.GRIDS: ("kind", "key", "valid_from"),
    ImportKind.AREAS: ("kind", "key", "valid_from"),
    ImportKind.PEOPLE: ("username", "role", "unit", "credit_code"),
    ImportKind.CALENDAR: ("on",),
}
FIXED: dict[str, dict[str, str]] = {
    ImportKind.WALLS: {"kind": AreaKind.WALL.value},
    ImportKind.GRIDS: {"kind": AreaKind.GRID.value},
}
WITHOUT_SHIFT = frozenset({ImportKind.WALLS, ImportKind.GRIDS, ImportKind.AREAS})
"""Boundaries: a system that is only approximately known is refused."""


@dataclass(slots=True)
class Line:
    """One line: where it stands, what it says, what it means, what is wrong, what it does."""

    number: int
    original: list[Any]
    clean: dict[str, Any] = field(default_factory=dict)
    errors: list[dict[str, Any]] = field(default_factory=list)
    outcome: str = Outcome.FAILED

    def key(self, names: tuple[str, ...]) -> tuple[Any, ...]:
        return tuple(self.clean.get(name, "") for name in names)


@dataclass(frozen=True, slots=True)
class Lines:
    headings: tuple[str, ...]
    ignored: tuple[str, ...]
    lines: list[Line]


def fail(line: Line, column: str, code: str, **params: Any) -> None:
    """Note what is wrong with a line; ``column`` is the name of a value, or empty."""
    line.errors.append({"column": column, "code": code, "params": params})
    line.outcome = Outcome.FAILED


def read_lines(kind: str, table: Table, system: System) -> Lines:
    """Every line of a table as values of this kind of record.

    Raises
    ------
    Invalid
        ``registry.file.headings`` when a needed column is missing; ``registry.crs.shifted`` when
        boundaries come in a system that is known only approximately.
    """
    if kind in WITHOUT_SHIFT and not system.is_exact:
        raise Invalid("registry.crs.shifted")
    headings = headings_of(kind, table.headings)
    if headings.missing:
        names = " / ".join(f"{c.zh} ({c.en})" for c in headings.missing)
        raise Invalid("registry.file.headings", names=names)
    lines = [_line(kind, row, headings.places, system) for row in table.rows]
    if kind in {ImportKind.ENTERPRISES, ImportKind.SITES}:
        _place(lines, system)
    _refuse_repeats(lines, NATURAL_KEYS[kind])
    return Lines(table.headings, headings.ignored, lines)


def _line(kind: str, row: Row, places: dict[int, Column], system: System) -> Line:
    line = Line(row.number, [_kept(cell) for cell in row.cells])
    line.clean.update(FIXED.get(kind, {}))
    given = {column.name: row.cells[place] for place, column in places.items()}
    for column in places.values():
        value = given[column.name]
        if value is None or (not isinstance(value, dict) and plain(value) == ""):
            if column.is_required:
                fail(line, column.name, "input.required")
            continue
        _read_cell(line, column, value)
    if "geometry" in line.clean:
        _read_shape(line, kind, system)
    _agree(line)
    return line


def _kept(cell: Any) -> Any:
    """A cell as the error file gives it back."""
    if isinstance(cell, dict):
        return cell
    if isinstance(cell, date | datetime | time):
        return plain(cell)
    return cell if cell is None or isinstance(cell, bool | int | float) else plain(cell)[:2000]


def _read_cell(line: Line, column: Column, value: Any) -> None:
    try:
        line.clean[column.name] = column.read(value)
    except Invalid as problem:
        fail(line, column.name, problem.code, **problem.params)


def _read_shape(line: Line, kind: str, system: System) -> None:
    value = line.clean.pop("geometry")
    allowed = shapes.SURFACES
    if kind == ImportKind.SITES:
        allowed = shapes.SURFACES | shapes.POINTS
    elif line.clean.get("kind") in LINES:
        allowed = shapes.SURFACES | shapes.LINES
    reader = shapes.read if isinstance(value, dict) else shapes.read_text
    try:
        shape = reader(value, allowed, system)
    except Invalid as problem:
        fail(line, "geometry", problem.code, **problem.params)
        return
    line.clean["geometry"] = shape.geometry
    line.clean["area_m2"] = round(shape.area_m2, 2)
    if kind == ImportKind.SITES:
        line.clean["longitude"], line.clean["latitude"] = shape.longitude, shape.latitude


def _agree(line: Line) -> None:
    """Values of one line that must fit each other."""
    start, end = line.clean.get("valid_from"), line.clean.get("valid_to")
    if start and end and end <= start:
        fail(line, "valid_to", "registry.cell.period")
    if ("x" in line.clean) != ("y" in line.clean):
        fail(line, "x" if "y" in line.clean else "y", "input.required")
    if "capital_10k" in line.clean:
        line.clean["capital_cny"] = line.clean.pop("capital_10k")


def _place(lines: Sequence[Line], system: System) -> None:
    """Turn the ordinates of all lines at once; when that fails, one by one to find the culprit."""
    placed = [line for line in lines if "x" in line.clean and "y" in line.clean]
    if not placed:
        return
    try:
        _turn(placed, system)
    except Invalid:
        for line in placed:
            try:
                _turn([line], system)
            except Invalid as problem:
                line.clean.pop("x", None)
                line.clean.pop("y", None)
                fail(line, "x", problem.code, **problem.params)


def _turn(lines: Sequence[Line], system: System) -> None:
    first, second = [line.clean["x"] for line in lines], [line.clean["y"] for line in lines]
    lon, lat = to_wgs84(first, second, system)
    for line, longitude, latitude in zip(lines, lon.tolist(), lat.tolist(), strict=True):
        line.clean.pop("x")
        line.clean.pop("y")
        line.clean["longitude"] = round(longitude, shapes.DECIMALS)
        line.clean["latitude"] = round(latitude, shapes.DECIMALS)
        if system.added_m:
            line.clean["accuracy_m"] = line.clean.get("accuracy_m", 5.0) + system.added_m


def _refuse_repeats(lines: Sequence[Line], names: tuple[str, ...]) -> None:
    """A key that stands twice in one file: the later line fails and names the earlier one."""
    first: dict[tuple[Any, ...], int] = {}
    for line in lines:
        key = line.key(names)
        if not key[0] or (line.errors and any(e["column"] in names for e in line.errors)):
            continue
        if key in first:
            fail(line, names[0], "registry.cell.repeated", number=first[key])
        else:
            first[key] = line.number
