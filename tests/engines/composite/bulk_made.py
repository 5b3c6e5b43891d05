"""Panels and firms in rows, and what the numpy engine says of them."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from qiying.engines.composite import Cube, Node, Plan, bulk, cube_of, run
from qiying.engines.composite.classes import Bonus, Firm, Item, Scheme, Veto, classify

Columns = Mapping[str, Sequence[Any]]
Reckon = Callable[[Columns, Callable[[Any], Any]], dict[str, list[Any]]]
"""Reckon an expression over a table of columns by some backend."""
POSTS = (("goalpost_lower", 0.1), ("goalpost_upper", 6.0))


def arrow(columns: Columns) -> Any:
    """Columns as a table of Arrow; what is missing everywhere is a number."""
    arrays = {
        name: pa.array(cells, pa.float64()) if all(c is None for c in cells) else pa.array(cells)
        for name, cells in columns.items()
    }
    return pa.table(arrays)


def by_duckdb(columns: Columns, make: Callable[[Any], Any]) -> dict[str, list[Any]]:
    """In process."""
    ibis.options.sql.fuse_selects = False
    connection = ibis.duckdb.connect()
    found: dict[str, list[Any]] = connection.to_pyarrow(
        make(ibis.memtable(arrow(columns)))
    ).to_pydict()
    connection.disconnect()
    return found


def tree(width: int) -> tuple[Node, ...]:
    """Indicators of both directions, eight under one group, the others under a second."""
    below = [
        Node(
            f"x{n}",
            f"X{n}",
            "Indicator",
            1,
            f"g{n // 8}",
            1 if n % 2 else -1,
            1 + n / 3,
            target=5.0 if n % 2 else 0.01,
            extra=POSTS,
        )
        for n in range(width)
    ]
    middle = [Node(f"g{n}", f"G{n}", "Aggregate", 2, "index", 1, n + 1.0) for n in range(2)]
    return (*below, *middle, Node("index", "Index", "Aggregate", 3))


def panel(values: Any, nodes: tuple[Node, ...], **more: Any) -> Cube:
    """A cube with years that are years."""
    years = tuple(str(2021 + n) for n in range(len(values)))
    return cube_of(values, nodes, years=years, **more)


def rows_of(cube: Cube, *, is_text: bool = False) -> dict[str, list[Any]]:
    """The cube as iData, every number with all its digits; None or NA where it is missing."""
    at = [(y, u) for y in range(len(cube.years)) for u in range(len(cube.units))]
    missing = "NA" if is_text else None

    def cell(value: float) -> Any:
        if math.isnan(value):
            return missing
        return repr(value) if is_text else value

    columns: dict[str, list[Any]] = {
        "Time": [cube.years[y] for y, _ in at],
        "uCode": [cube.units[u] for _, u in at],
    }
    for place, code in enumerate(cube.codes):
        columns[code] = [cell(float(cube.values[y, u, place])) for y, u in at]
    for code, group in cube.groups.items():
        columns[code] = [str(group[y, u]) for y, u in at]
    for code, below in cube.denominators.items():
        columns[code] = [cell(float(below[y, u])) for y, u in at]
    return columns


def differences(
    plan: Plan, cube: Cube, reckon: Reckon, *, rows: Columns | None = None
) -> dict[str, float]:
    """By node the largest difference of a score, as a share of the node's largest; ranks too.

    ``rank`` counts ranks that are not the numpy engine's. A score that one of the two lacks is an
    infinite difference.
    """
    given = rows or rows_of(cube)
    return apart(plan, cube, reckon(given, lambda table: bulk.scores(table, cube.nodes, plan)))


def apart(plan: Plan, cube: Cube, found: Columns) -> dict[str, float]:
    """As `differences`, of an answer that is there."""
    result = run(plan, cube)
    at = {key: n for n, key in enumerate(zip(found["Time"], found["uCode"], strict=True))}
    order = [at[year, unit] for year in cube.years for unit in cube.units]
    worst: dict[str, float] = {"rank": 0.0}
    for place, node in enumerate(result.nodes):
        wanted = result.scores[:, :, place].ravel()
        got = np.array([math.nan if x is None else x for x in found[node]])[order]
        off = np.where(np.isnan(wanted) & np.isnan(got), 0.0, np.abs(wanted - got))
        scale = np.nanmax(np.abs(wanted), initial=0.0) or 1.0
        worst[node] = float(np.where(np.isnan(off), math.inf, off).max() / scale)
        ranks = np.array(found[f"rank_{node}"])[order]
        worst["rank"] += float((ranks != result.ranks[:, :, place].ravel()).sum())
    return worst


def scheme(**more: Any) -> Scheme:
    """Items of both rules, titles, a least score and two vetoes."""
    items = (
        Item("tax", 40.0, 20.0, cap=1.5),
        Item("value", 35.0, 100.0, missing="zero"),
        Item("energy", 25.0, rule="span"),
    )
    titles = (Bonus("champion", 3.0), Bonus("title", 2.5), Bonus("unicorn", lift=1))
    vetoes = (Veto("accident"), Veto("arrears", "C"))
    about = {"least": {"A": 55.0}, "most_points": 4.0, **more}
    return Scheme(items=items, bonuses=titles, vetoes=vetoes, **about)


FACTS = ("champion", "title", "unicorn", "accident", "arrears")


def firms(count: int, seed: int, *, pools: int = 2) -> list[Firm]:
    """Invented firms whose values are few, so that scores are often equal."""
    draw, found = np.random.default_rng(seed), []
    for number in range(count):
        steps = (("tax", 3.1), ("value", 14.7), ("energy", 0.3))
        values = {
            code: math.nan if draw.random() < 0.1 else float(draw.integers(0, 12)) * step
            for code, step in steps
        }
        facts = frozenset(code for code in FACTS if draw.random() < 0.1)
        is_first = number < count // 2
        exempt = "new" if not is_first and draw.random() < 0.1 else ""
        follows = (
            f"u{draw.integers(0, count // 2)}" if not is_first and draw.random() < 0.1 else ""
        )
        found.append(Firm(f"u{number}", values, facts, f"p{number % pools}", exempt, follows))
    return found


def table_of(some: Sequence[Firm]) -> dict[str, list[Any]]:
    """Firms as columns of text, facts in the words that people write."""
    words = ("yes", "是", "1", "true")
    columns: dict[str, list[Any]] = {
        name: [getattr(firm, name) for firm in some]
        for name in ("unit", "pool", "exempt", "follows")
    }
    for code in ("tax", "value", "energy"):
        cells = [firm.values[code] for firm in some]
        columns[code] = ["" if math.isnan(x) else repr(x) for x in cells]
    for code in FACTS:
        columns[code] = [words[n % 4] if code in firm.facts else "" for n, firm in enumerate(some)]
    return columns


def unlike(rules: Scheme, some: Sequence[Firm], reckon: Reckon) -> list[str]:
    """Firms whose rating is not in every part that of the engine, the score to its last digit."""
    found = reckon(table_of(some), lambda table: bulk.rate(table, rules))
    names = ("pool", "score", "rank", "of", "by_rank", "final")
    rows = zip(*(found[name] for name in names), strict=True)
    got = dict(zip(found["unit"], rows, strict=True))
    wrong = []
    for rating in classify(rules, some):
        score = None if math.isnan(rating.score) else rating.score
        wanted = (rating.pool, score, rating.rank, rating.of, rating.by_rank, rating.final)
        if got[rating.unit] != wanted:
            wrong.append(rating.unit)
    return wrong
