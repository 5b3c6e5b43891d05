"""A plan over a wide panel, one row for each unit and year."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np

from qiying.engines.composite._climb import weigh_node
from qiying.engines.composite._cube import Cube, Fault, Node, Unusable
from qiying.engines.composite._judge import judge as judge_plan
from qiying.engines.composite._plan import (
    Aggregate,
    Denominate,
    Impute,
    Normalise,
    Plan,
    Screen,
    Step,
    Weigh,
)
from qiying.engines.composite._run import last_of
from qiying.engines.composite._sheet import opened
from qiying.engines.composite._tables import NO_TIME
from qiying.engines.composite.bulk._cells import NO, is_unreadable, number, total, word
from qiying.engines.composite.bulk._means import brought
from qiying.engines.composite.bulk._scales import ORDINAL, Scale, scaled

STEADY = frozenset({"given", "equal", "ahp"})
MEANS = frozenset({"amean", "gmean", "hmean", "genmean", "mpi"})
FILLS = frozenset({"mean", "group_mean"})


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


def judge(plan: Plan, nodes: Sequence[Node]) -> tuple[Fault, ...]:
    """Every fault of a plan, and every step that needs the whole table at once (`not_in_bulk`).

    In bulk are denominating, filling by means, screening, every normalisation (ranks within a
    year or all), given, equal and judged weights, and all means.
    """
    faults = list(judge_plan(plan))
    codes = [node.code.lower() for node in nodes]
    faults += [Fault("repeated_code", "iMeta", value=c) for c in set(codes) if codes.count(c) > 1]
    for place, step in enumerate(plan.steps, 1):
        faults += [
            Fault("not_in_bulk", "plan.step", place, key, value)
            for key, value in _beyond(step, nodes)
        ]
    return tuple(faults)


def _beyond(step: Step, nodes: Sequence[Node]) -> list[tuple[str, str]]:
    if isinstance(step, Denominate | Screen):
        return []
    if isinstance(step, Impute):
        return [] if step.method in FILLS else [("method", step.method)]
    if isinstance(step, Normalise):
        return [bad for node in nodes if node.kind == "Indicator" for bad in _no_scale(step, node)]
    if isinstance(step, Weigh):
        used = {"method": step.method, **{f"by.{n}": m for n, m in step.by.items()}}
        return [(key, method) for key, method in used.items() if method not in STEADY]
    if isinstance(step, Aggregate):
        used = {"method": step.method, **{f"at.{n}": m for n, m in step.at.items()}}
        return [(key, method) for key, method in used.items() if method not in MEANS]
    return [("do", step.do)]


def _no_scale(step: Normalise, node: Node) -> list[tuple[str, str]]:
    own = _own(step, node)
    is_ordinal = own.method in ORDINAL and own.frame not in {"year", "all"}
    is_relative = own.method == "reference_distance" and own.frame != "year"
    return [("frame", own.frame)] if is_ordinal or is_relative else []


def _own(step: Normalise, node: Node) -> Normalise:
    return replace(step, only={}, **step.only.get(node.code, {}))


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
    that code (int64, within the year, 0 where there is no score): equal to `run` to 1e-12.

    Raises
    ------
    Unusable
        With every fault of `judge`, and a column that is not there (`no_column`).
    """
    tree = _tree(nodes)
    faults = [*judge(plan, nodes), *_absent(table, nodes)]
    if faults:
        raise Unusable(tuple(faults))
    sheet = _opened(table, tree)
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


def _absent(table: ir.Table, nodes: Sequence[Node]) -> list[Fault]:
    wanted = [n.code for n in nodes if n.kind in {"Indicator", "Denominator", "Group"}]
    return [
        Fault("no_column", "iData", column=name)
        for name in ["uCode", *wanted]
        if name not in table.columns
    ]


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
            columns[f"g{place}"] = word(table, node.code)
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
    sheet = sheet.mutate(is_out=sheet.is_out | (share < step.at_least))
    gone = ibis.null("float64")
    return sheet.mutate(**{name: ibis.ifelse(sheet.is_out, gone, sheet[name]) for name in names})


def _filled(sheet: ir.Table, step: Impute, tree: _Tree) -> ir.Table:
    keys = ["Time"]
    if step.method == "group_mean":
        if step.group not in {n.code for n in tree.cube.nodes if n.kind == "Group"}:
            raise Unusable(
                (Fault("unknown_group", "plan.step", column="group", value=step.group),)
            )
        keys.append(_beside(tree, step.group, "g"))
    names = [name for name, _node in tree.indicators]
    means = sheet.aggregate({f"{name}_mean": sheet[name].mean() for name in names}, by=keys)
    beside = _joined(sheet, means, keys)
    filled = {
        name: ibis.ifelse(
            beside.is_out, beside[name], beside[name].coalesce(beside[f"{name}_mean"])
        )
        for name in names
    }
    return beside.mutate(**filled).select(*sheet.columns)


def _joined(sheet: ir.Table, about: ir.Table, keys: Sequence[str]) -> ir.Table:
    """Rows with what is said of their keys, under the columns' own names."""
    if not keys:
        return sheet.cross_join(about)
    about = about.rename({f"of_{key}": key for key in keys})
    return sheet.left_join(about, [sheet[key] == about[f"of_{key}"] for key in keys])


def _normalised(sheet: ir.Table, step: Normalise, tree: _Tree) -> ir.Table:
    """Frames first, as small tables of their own; then every indicator on its scale."""
    scales = [Scale(name, node, _own(step, node)) for name, node in tree.indicators]
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


def checks(table: ir.Table, nodes: Sequence[Node]) -> ir.Table:
    """One row that counts what cannot be used: read by `faults_in`."""
    faults = _absent(table, nodes)
    if faults:
        raise Unusable(tuple(faults))
    read = [n for n in nodes if n.kind in {"Indicator", "Denominator"}]
    unit = word(table, "uCode")
    key = word(table, "Time", NO_TIME) + "\x1f" + unit
    return table.aggregate(
        rows=table.count(),
        keys=key.nunique(),
        nameless=(unit == "").sum(),
        **{f"bad{n}": is_unreadable(table[node.code]).sum() for n, node in enumerate(read)},
    )


def faults_in(counts: Mapping[str, Any], nodes: Sequence[Node]) -> tuple[Fault, ...]:
    """What the row of `checks` says: `value` is the number of rows or cells."""
    if not counts["rows"]:
        return (Fault("no_rows", "iData"),)
    found = []
    if counts["rows"] > counts["keys"]:
        twice = counts["rows"] - counts["keys"]
        found.append(Fault("repeated_unit", "iData", column="uCode", value=str(twice)))
    if counts["nameless"]:
        found.append(Fault("no_unit", "iData", column="uCode", value=str(counts["nameless"])))
    read = [n for n in nodes if n.kind in {"Indicator", "Denominator"}]
    for place, node in enumerate(read):
        bad = counts[f"bad{place}"]
        if bad and not math.isnan(bad):
            found.append(Fault("no_number", "iData", column=node.code, value=str(bad)))
    return tuple(found)
