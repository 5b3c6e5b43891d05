"""COINr's two tables into a cube; every row that cannot be used is named with its place."""

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from qiying.engines.composite._cube import KINDS, Cube, Fault, Kind, Node, Origin, Unusable

Row = Mapping[str, str]
MISSING = frozenset({"", "na", "nan", "null", "none", "-", "…", "..."})
PLAIN = {"iCode", "iName", "Type", "Level", "Parent", "Direction", "Weight", "Unit"} | {
    "Target",
    "Denominator",
}
NO_TIME = "0"


def read_tables(data: Sequence[Row], meta: Sequence[Row]) -> Cube:
    """Make a cube of iData and iMeta, both as rows of text under the names of their columns.

    Raises
    ------
    Unusable
        With every fault of both tables: unknown type, parent, direction or level, repeated code or
        unit, cell that is no number, column that iMeta names and iData lacks.
    """
    faults: list[Fault] = []
    nodes = _nodes(meta, faults)
    _check_tree(nodes, faults)
    columns = set(data[0]) if data else set()
    if not data:
        faults.append(Fault("no_rows", "iData"))
    for name in ["uCode", *(n.code for n in nodes if n.kind in {"Indicator", "Denominator"})]:
        if data and name not in columns:
            faults.append(Fault("no_column", "iData", column=name))
    if faults:
        raise Unusable(tuple(faults))
    return cube_from(data, nodes)


def cube_from(data: Sequence[Row], nodes: tuple[Node, ...]) -> Cube:
    """The cube of nodes that are known; Unusable with every row and cell that cannot be used."""
    faults: list[Fault] = []
    cube = _fill(data, nodes, faults)
    if faults:
        raise Unusable(tuple(faults))
    return cube


def read_nodes(meta: Sequence[Row]) -> tuple[Node, ...]:
    """The nodes of iMeta alone; Unusable with every fault of it."""
    faults: list[Fault] = []
    nodes = _nodes(meta, faults)
    _check_tree(nodes, faults)
    if faults:
        raise Unusable(tuple(faults))
    return nodes


def number(text: str | None) -> float:
    """A number, NaN where missing; ValueError for anything else, infinity included."""
    if text is None or text.strip().lower() in MISSING:
        return math.nan
    value = float(text)
    if math.isinf(value):
        raise ValueError(text)
    return value


def _nodes(meta: Sequence[Row], faults: list[Fault]) -> tuple[Node, ...]:
    found: list[Node] = []
    seen: set[str] = set()
    for place, row in enumerate(meta, 1):
        code, kind = (row.get("iCode") or "").strip(), (row.get("Type") or "").strip()
        if not code or code in seen:
            faults.append(
                Fault("repeated_code" if code else "no_code", "iMeta", place, "iCode", code)
            )
        elif kind not in KINDS:
            faults.append(Fault("unknown_type", "iMeta", place, "Type", kind))
        else:
            seen.add(code)
            found.append(_node(row, code, kind, place, faults))
    return tuple(found)


def _node(row: Row, code: str, kind: Kind, place: int, faults: list[Fault]) -> Node:
    def read(name: str, otherwise: float) -> float:
        try:
            value = number(row.get(name))
        except ValueError:
            faults.append(Fault("no_number", "iMeta", place, name, str(row.get(name))))
            return otherwise
        return otherwise if math.isnan(value) else value

    placed = kind in {"Indicator", "Aggregate"}
    direction, level, weight = read("Direction", 1), read("Level", 0), read("Weight", 1)
    if placed and direction not in {-1, 1}:
        faults.append(Fault("unknown_direction", "iMeta", place, "Direction", str(direction)))
    if placed and (level < 1 or level != int(level)):
        faults.append(Fault("unknown_level", "iMeta", place, "Level", str(row.get("Level"))))
    if weight < 0:
        faults.append(Fault("negative_weight", "iMeta", place, "Weight", str(weight)))
    numbers = ((name, read(name, math.nan)) for name in row if _is_extra(name))
    return Node(
        code=code,
        name=(row.get("iName") or code).strip(),
        kind=kind,
        level=int(level),
        parent=_word(row.get("Parent")),
        direction=int(direction),
        weight=weight,
        unit=_word(row.get("Unit")),
        target=read("Target", math.nan),
        denominator=_word(row.get("Denominator")),
        extra=tuple((name, value) for name, value in numbers if not math.isnan(value)),
    )


def _is_extra(name: str) -> bool:
    return name not in PLAIN and name.rpartition("_")[0] in {
        "minmax",
        "zscore",
        "goalpost",
        "scaled",
    }


def _word(text: str | None) -> str:
    word = (text or "").strip()
    return "" if word.lower() in {"na", "nan"} else word


def _check_tree(nodes: tuple[Node, ...], faults: list[Fault]) -> None:
    by_code = {node.code: node for node in nodes}
    for place, node in enumerate(nodes, 1):
        if node.denominator and node.denominator not in by_code:
            faults.append(
                Fault("unknown_denominator", "iMeta", place, "Denominator", node.denominator)
            )
        if not node.parent or node.kind not in {"Indicator", "Aggregate"}:
            continue
        parent = by_code.get(node.parent)
        if parent is None or parent.kind != "Aggregate" or parent.level <= node.level:
            faults.append(Fault("unknown_parent", "iMeta", place, "Parent", node.parent))
    if not any(node.kind == "Indicator" for node in nodes):
        faults.append(Fault("no_indicator", "iMeta"))


def _fill(data: Sequence[Row], nodes: tuple[Node, ...], faults: list[Fault]) -> Cube:
    years = tuple(sorted({_year(row) for row in data}))
    units = tuple(dict.fromkeys((row["uCode"] or "").strip() for row in data))
    at_year, at_unit = _places(years), _places(units)
    indicators = [n.code for n in nodes if n.kind == "Indicator"]
    below = [n.code for n in nodes if n.kind == "Denominator"]
    shape = (len(years), len(units))
    values = np.full((*shape, len(indicators)), np.nan)
    denominators = {code: np.full(shape, np.nan) for code in below}
    names = [n.code for n in nodes if n.kind == "Group"]
    groups: dict[str, Any] = {code: np.full(shape, "", dtype="U64") for code in names}
    seen: set[tuple[str, str]] = set()
    for place, row in enumerate(data, 1):
        key = (_year(row), (row["uCode"] or "").strip())
        if key in seen or not key[1]:
            faults.append(
                Fault("repeated_unit" if key[1] else "no_unit", "iData", place, "uCode", key[1])
            )
            continue
        seen.add(key)
        y, u = at_year[key[0]], at_unit[key[1]]
        values[y, u] = list(_numbers(row, indicators, place, faults))
        for code, value in zip(below, _numbers(row, below, place, faults), strict=True):
            denominators[code][y, u] = value
        for code in names:
            groups[code][y, u] = _word(row.get(code))
    origin = np.where(np.isnan(values), np.uint16(Origin.MISSING), np.uint16(0))
    titles = {(r["uCode"] or "").strip(): (r.get("uName") or r["uCode"]).strip() for r in data}
    return Cube(years, units, nodes, values, origin, denominators, groups, titles)


def _numbers(row: Row, columns: Sequence[str], place: int, faults: list[Fault]) -> Iterable[float]:
    for name in columns:
        try:
            yield number(row.get(name))
        except ValueError:
            faults.append(Fault("no_number", "iData", place, name, str(row.get(name))))
            yield math.nan


def _year(row: Row) -> str:
    return (row.get("Time") or "").strip() or NO_TIME


def _places(names: Sequence[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}
