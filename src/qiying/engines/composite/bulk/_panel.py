"""A plan over a wide panel, one row for each unit and year."""

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np

from qiying.engines.composite._climb import weigh_node
from qiying.engines.composite._cube import Cube, Fault, Node, Unusable
from qiying.engines.composite._plan import (
    Aggregate,
    Denominate,
    Impute,
    Normalise,
    Plan,
    Screen,
    Weigh,
)
from qiying.engines.composite._run import last_of
from qiying.engines.composite._sheet import opened
from qiying.engines.composite._tables import NO_TIME
from qiying.engines.composite.bulk._cells import (
    NO,
    exact,
    group,
    lacking,
    number,
    other_kind,
    total,
    word,
)
from qiying.engines.composite.bulk._judge import judge, own
from qiying.engines.composite.bulk._means import brought
from qiying.engines.composite.bulk._scales import Scale, scaled


@dataclass(frozen=True, slots=True)
class _Tree:
    """Nodes with the names of their columns on the way: codes may differ by case alone."""

    cube: Cube

    @property
    def indicators(self) -> list[tuple[str, Node]]:
        return [(f"i{n}", node) for n, node in enumerate(self.cube.indicators)]

    @property
    def aggregates(self) -> list[tuple[str, Node]]:
        return [(f"a{n}", node) for n, node in enumerate(self.cube.aggregates)]

    @property
    def names(self) -> dict[str, str]:
        return {node.code: name for name, node in [*self.indicators, *self.aggregates]}


def _tree(nodes: Sequence[Node]) -> _Tree:
    width = sum(node.kind == "Indicator" for node in nodes)
    empty = np.empty((0, 0, width))
    return _Tree(Cube((), (), tuple(nodes), empty, empty.astype(np.uint16)))


def scores(table: ir.Table, nodes: Sequence[Node], plan: Plan) -> ir.Table:
    """Scores and ranks of every node as one expression over a wide table.

    Parameters
    ----------
    table
        iData: ``uCode``, ``Time`` (may be absent) and a column for each indicator, denominator and
        group that the nodes name, as numbers or as text.
    nodes, plan
        As for `run`.

    Returns
    -------
    ``Time``, ``uCode``, a float64 column under the code of each aggregate and ``rank_`` before
    that code (int64, within the year, 0 where there is no score). Scores equal those of `run` to
    1e-12 of the largest score of the node, ranks where no other score is as near as that. A unit
    without a row in some year has none here either, unless the plan fills what is missing.

    Raises
    ------
    Unusable
        With every fault of `judge`, and a column that is not there (`no_column`).
    """
    tree = _tree(nodes)
    faults = [*judge(plan, nodes), *absent(table, nodes)]
    if faults:
        raise Unusable(tuple(faults))
    sheet = _opened(table, tree)
    if any(isinstance(step, Impute) for step in plan.steps):
        sheet = _completed(sheet)
    for step in plan.steps:
        if isinstance(step, Denominate):
            sheet = _denominated(sheet, tree)
        elif isinstance(step, Screen):
            sheet = _screened(sheet, step, tree)
        elif isinstance(step, Impute):
            sheet = _filled(sheet, step, tree)
        elif isinstance(step, Normalise):
            sheet = _normalised(sheet, step, tree)
    return _climbed(sheet, *last_of(plan), tree)


def absent(table: ir.Table, nodes: Sequence[Node]) -> list[Fault]:
    """Columns that the nodes name and the table lacks, or has as something else than numbers."""
    read = [n.code for n in nodes if n.kind in {"Indicator", "Denominator"}]
    words = ["uCode", *(n.code for n in nodes if n.kind == "Group")]
    return [*lacking(table, "iData", [*words, *read]), *other_kind(table, "iData", read)]


def _opened(table: ir.Table, tree: _Tree) -> ir.Table:
    """Numbers under names of our own; denominators and groups go along until they were used."""
    columns: dict[str, ir.Value] = {
        "Time": word(table, "Time", NO_TIME),
        "uCode": word(table, "uCode"),
        "is_out": NO,
    }
    columns |= {name: number(table[node.code]) for name, node in tree.indicators}
    for place, node in enumerate(tree.cube.nodes):
        if node.kind == "Denominator":
            columns[f"d{place}"] = number(table[node.code])
        if node.kind == "Group":
            columns[f"g{place}"] = group(table, node.code)
    return table.select(**columns)


def _beside(tree: _Tree, code: str, letter: str) -> str:
    place = next(n for n, node in enumerate(tree.cube.nodes) if node.code == code)
    return f"{letter}{place}"


def _denominated(sheet: ir.Table, tree: _Tree) -> ir.Table:
    return sheet.mutate(
        **{
            name: sheet[name] / sheet[_beside(tree, node.denominator, "d")].nullif(0.0)
            for name, node in tree.indicators
            if node.denominator
        }
    )


def _screened(sheet: ir.Table, step: Screen, tree: _Tree) -> ir.Table:
    names = [name for name, _node in tree.indicators]
    there = total([sheet[name].notnull().cast("int64") for name in names])
    share = there.cast("float64") / float(len(names))
    if step.by == "zeros":
        good = total([(sheet[name] != 0.0).coalesce(NO).cast("int64") for name in names])
        share = good.cast("float64") / ibis.greatest(there, 1).cast("float64")
    sheet = sheet.mutate(is_out=sheet.is_out | (share < exact(step.at_least)))
    gone = ibis.null("float64")
    return sheet.mutate(**{name: ibis.ifelse(sheet.is_out, gone, sheet[name]) for name in names})


def _filled(sheet: ir.Table, step: Impute, tree: _Tree) -> ir.Table:
    keys = ["Time"]
    if step.method == "group_mean":
        keys.append(_beside(tree, step.group, "g"))
    names = [name for name, _node in tree.indicators]
    said = {name: (sheet[name].mean(), sheet[name].min(), sheet[name].max()) for name in names}
    # No mean lies beyond its values; rounding may put it there, and make what is constant vary.
    means = {f"{n}_mean": ibis.least(ibis.greatest(m, a), b) for n, (m, a, b) in said.items()}
    beside = _joined(sheet, sheet.aggregate(means, by=keys), keys)
    filled = {
        name: ibis.ifelse(
            beside.is_out, beside[name], beside[name].coalesce(beside[f"{name}_mean"])
        )
        for name in names
    }
    return beside.mutate(**filled).select(*sheet.columns)


def _completed(sheet: ir.Table) -> ir.Table:
    """A row for every unit in every year: filling fills rows that are not there as well."""
    years = sheet.select(at_year="Time").distinct()
    units = sheet.select(at_unit="uCode").distinct()
    every = years.cross_join(units)
    beside = every.left_join(sheet, [every.at_year == sheet.Time, every.at_unit == sheet.uCode])
    words = {name: beside[name].fill_null("") for name in sheet.columns if name[0] == "g"}
    known = {"Time": beside.at_year, "uCode": beside.at_unit, "is_out": beside.is_out.coalesce(NO)}
    return beside.mutate(**known, **words).select(*sheet.columns)


def _joined(sheet: ir.Table, about: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Rows with what is said of their keys, under the columns' own names."""
    if not keys:
        return sheet.cross_join(about)
    about = about.rename({f"of_{key}": key for key in keys})
    return sheet.left_join(about, [sheet[key] == about[f"of_{key}"] for key in keys])


def _normalised(sheet: ir.Table, step: Normalise, tree: _Tree) -> ir.Table:
    """Frames first, as small tables of their own; then every indicator on its scale."""
    scales = [Scale(name, node, own(step, node)) for name, node in tree.indicators]
    beside = sheet
    for is_yearly in (True, False):
        some = [one for one in scales if (one.step.frame == "year") is is_yearly]
        if some:
            keys = ["Time"] if is_yearly else []
            found = {k: v for one in some for k, v in one.frame(sheet).items()}
            beside = _joined(beside, sheet.aggregate(found, by=keys), keys)
    beside = beside.mutate(**{f"z_{one.name}": scaled(beside, one) for one in scales})
    kept = {name: beside[name] for name in sheet.columns if name[0] != "i" or name == "is_out"}
    return beside.select(**kept, **{one.name: beside[f"z_{one.name}"] for one in scales})


def _climbed(sheet: ir.Table, weigh: Weigh, last: Aggregate, tree: _Tree) -> ir.Table:
    gone = ibis.null("float64")
    for name, node in tree.aggregates:
        members = tree.cube.children(node.code)
        found: ir.Value = gone
        if members:
            weights = _weights(node, members, weigh, tree)
            columns = [sheet[tree.names[member.code]] for member in members]
            method = last.at.get(node.code, last.method)
            found = brought(list(zip(columns, weights, strict=True)), method, last)
        sheet = sheet.mutate(**{name: ibis.ifelse(sheet.is_out, gone, found)})
    ranks: dict[str, ir.Value] = {}
    for name, node in tree.aggregates:
        score = sheet[name]
        place = ibis.rank().over(group_by=[sheet.Time, score.isnull()], order_by=score.desc())
        ranks[f"rank_{node.code}"] = ibis.ifelse(score.isnull(), 0, place + 1).cast("int64")
    own = {node.code: sheet[name] for name, node in tree.aggregates}
    return sheet.select("Time", "uCode", **own, **ranks)


def _weights(node: Node, members: tuple[Node, ...], weigh: Weigh, tree: _Tree) -> list[float]:
    """Shares of the members; ways of weighing in bulk look at no value."""
    blank = np.zeros((1, 1, len(members)))
    found: list[float] = weigh_node(node, members, blank, weigh, opened(tree.cube))[0, 0].tolist()
    return found
