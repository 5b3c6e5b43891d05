"""Independent check of what came in bulk: the engine beside it reckons the same rows again."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from qiying.engines.composite._classes import Firm, Rating, Scheme, classify
from qiying.engines.composite._cube import Cube, Floats, Node
from qiying.engines.composite._plan import Impute, Normalise, Plan
from qiying.engines.composite._result import Result, Violation
from qiying.engines.composite._run import run
from qiying.engines.composite._tables import MISSING, cube_from
from qiying.engines.composite._tables import number as read_number
from qiying.engines.composite.bulk._cells import YES
from qiying.engines.composite.bulk._judge import own
from qiying.engines.composite.bulk._rules import WORDS

CLOSE = 1e-12
"""Difference allowed, as a share of the largest score of the node (of the largest of all firms)."""
Columns = Mapping[str, Sequence[Any]]
"""A table as columns."""


def recount(
    plan: Plan, nodes: Sequence[Node], rows: Columns, found: Columns
) -> tuple[Violation, ...]:
    """Name each score and rank that the numpy engine does not confirm; empty when all are.

    ``rows`` are the data and ``found`` the answer of `scores`, both of every unit of the years
    that are to be recounted: of all years, where a frame is not that of one year. A rank is
    confirmed when it lies between the places that scores within `CLOSE` of the unit's allow.
    """
    cube = cube_from(_texts(rows), tuple(nodes))
    result = run(plan, cube)
    at = {(y, u): (a, b) for a, y in enumerate(cube.years) for b, u in enumerate(cube.units)}
    keys = list(zip(found["Time"], found["uCode"], strict=True))
    lost = sorted({(str(y), str(u)) for y, u in keys} - at.keys())
    if lost or len(set(keys)) < len(keys) or not _are_all(cube, rows, keys):
        return (Violation("rows", "", len(rows["uCode"]), len(keys)),)
    places = np.array([at[key] for key in keys]).reshape(-1, 2)
    return tuple(
        violation
        for node in result.nodes
        for violation in _node(result, node, found, keys, places)
    )


def _are_all(cube: Cube, rows: Columns, keys: Sequence[tuple[str, str]]) -> bool:
    given = len(rows["uCode"])
    return len(keys) in {given, len(cube.years) * len(cube.units)}


def _node(
    result: Result,
    node: str,
    found: Columns,
    keys: Sequence[tuple[str, str]],
    places: Any,
) -> Iterator[Violation]:
    column = result.of(node)
    wanted = column[places[:, 0], places[:, 1]]
    got = np.array([np.nan if x is None else x for x in found[node]], dtype=np.float64)
    reach = allowed(column)
    same = (np.isnan(wanted) & np.isnan(got)) | (np.abs(wanted - got) <= reach)
    for n in np.flatnonzero(~same).tolist():
        name = f"{node}/{keys[n][1]}@{keys[n][0]}"
        yield Violation("score", name, float(wanted[n]), float(got[n]))
    ranks = np.array(found[f"rank_{node}"], dtype=np.int64)
    for year in range(len(column)):
        here = np.flatnonzero(places[:, 0] == year).tolist()
        yield from _ranks(column[year], wanted[here], ranks[here], reach, [keys[n] for n in here])


def allowed(scores: Floats) -> float:
    """How far a score may lie from the engine's."""
    known = np.abs(scores[np.isfinite(scores)])
    return CLOSE * float(known.max(initial=0.0))


def _ranks(
    column: Floats, scores: Floats, ranks: Any, reach: float, keys: Sequence[tuple[str, str]]
) -> Iterator[Violation]:
    ordered = np.sort(column[~np.isnan(column)])
    best = len(ordered) - np.searchsorted(ordered, scores + 2 * reach, side="right") + 1
    last = len(ordered) - np.searchsorted(ordered, scores - 2 * reach, side="left")
    last = np.maximum(last, best)
    good = np.where(np.isnan(scores), ranks == 0, (best <= ranks) & (ranks <= last))
    for n in np.flatnonzero(~good).tolist():
        year, unit = keys[n]
        yield Violation("rank", f"{unit}@{year}", int(best[n]), int(ranks[n]))


def recount_classes(scheme: Scheme, rows: Columns, found: Columns) -> tuple[Violation, ...]:
    """Name each firm whose score, place or class `classify` does not confirm.

    ``rows`` and ``found`` are whole pools, and of firms that follow others also those others.
    """
    firms = [_firm(scheme, row) for row in _texts(rows)]
    wanted = {rating.unit: rating for rating in classify(scheme, firms)}
    got = dict(zip(found["unit"], zip(*(found[name] for name in TOLD), strict=True), strict=True))
    if sorted(found["unit"]) != sorted(wanted):
        return (Violation("rows", "", len(wanted), len(found["unit"])),)
    known = np.array([rating.score for rating in wanted.values()], dtype=np.float64)
    reach = allowed(known)
    return tuple(v for unit, rating in wanted.items() for v in _rating(rating, got[unit], reach))


TOLD = ("score", "pool", "rank", "of", "by_rank", "final")


def _rating(wanted: Rating, got: tuple[Any, ...], reach: float) -> Iterator[Violation]:
    score = np.nan if got[0] is None else float(got[0])
    is_same = np.isnan(score) if np.isnan(wanted.score) else abs(score - wanted.score) <= reach
    if not is_same:
        yield Violation("score", wanted.unit, wanted.score, score)
    for name, value in zip(TOLD[1:], got[1:], strict=True):
        if getattr(wanted, name) != value:
            yield Violation(name, wanted.unit, getattr(wanted, name), value)


def _firm(scheme: Scheme, row: Mapping[str, str]) -> Firm:
    facts = [b.code for b in scheme.bonuses] + [v.code for v in scheme.vetoes]
    unit, pool, exempt, follows = ((row.get(name) or "").strip() for name in WORDS)
    values = {item.code: read_number(row.get(item.code)) for item in scheme.items}
    return Firm(unit, values, frozenset(c for c in facts if _holds(row[c])), pool, exempt, follows)


def _holds(text: str) -> bool:
    word = text.strip().lower()
    if word in YES or word in MISSING:
        return word in YES
    try:
        return float(word) != 0
    except ValueError:
        return False


def _texts(columns: Columns) -> list[dict[str, str]]:
    """Rows of text, every number with all its digits."""
    names = list(columns)
    cells = zip(*([_text(cell) for cell in columns[name]] for name in names), strict=True)
    return [dict(zip(names, row, strict=True)) for row in cells]


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    return repr(float(cell)) if isinstance(cell, float) else str(cell)


def sample(
    sizes: Mapping[str, int], limit: int, plan: Plan, nodes: Sequence[Node], *, is_complete: bool
) -> tuple[str, ...]:
    """The years that `recount` can reckon within so many rows, the last first.

    Years stand alone only where every frame is of one year and nothing is filled for units that
    have no row (``is_complete``: every unit has one in every year).
    """
    if sum(sizes.values()) <= limit:
        return tuple(sorted(sizes))
    scales = [own(s, n) for s in plan.steps if isinstance(s, Normalise) for n in nodes]
    is_filled = any(isinstance(step, Impute) for step in plan.steps)
    if any(s.frame != "year" for s in scales) or (is_filled and not is_complete):
        return ()
    return _fitting([(year, sizes[year]) for year in sorted(sizes, reverse=True)], limit)


def sample_pools(sizes: Mapping[str, int], limit: int) -> tuple[str, ...]:
    """The pools that `recount_classes` can rate within so many firms, the smallest first."""
    return _fitting(sorted(sizes.items(), key=lambda pair: (pair[1], pair[0])), limit)


def _fitting(sizes: Sequence[tuple[str, int]], limit: int) -> tuple[str, ...]:
    found, so_far = [], 0
    for name, size in sizes:
        so_far += size
        if so_far <= limit:
            found.append(name)
    return tuple(found)
