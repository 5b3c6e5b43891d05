"""What of a plan cannot be reckoned row by row, or not with the engine's own digits."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np

from qiying.engines.composite._cube import Cube, Fault, Node
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
from qiying.engines.composite._sheet import span
from qiying.engines.composite.bulk._scales import ORDINAL

STEADY = frozenset({"given", "equal", "ahp"})
MEANS = frozenset({"amean", "gmean", "hmean", "genmean", "mpi"})
FILLS = frozenset({"mean", "group_mean"})
CLEAR = 10.0
"""Deviations that the mean of a z-score lies above nought where a mean of powers follows."""
UNSURE = frozenset({"scaled", "goalposts", "max_share", "vector", "none"})
"""Scales whose nought may lie amid the values."""


def judge(
    plan: Plan,
    nodes: Sequence[Node],
    *,
    years: Sequence[str] | None = None,
    units: Sequence[str] | None = None,
) -> tuple[Fault, ...]:
    """Every fault of a plan, and everything that the bulk path does not do.

    In bulk are denominating, filling by means, screening, every normalisation (ranks within a
    year or all), given, equal and judged weights, and all means. ``not_in_bulk`` names what needs
    the whole table at once; ``not_equal_in_bulk`` a pair of choices of which the last digit of a
    mean would decide something visible: a rank among filled values, or whether a value lies above
    nought. ``years`` and ``units`` are those of the data; left out, names of either are taken on
    trust.
    """
    faults = list(judge_plan(plan, _frame(plan, nodes, years, units)))
    faults += _names(nodes)
    if faults:
        return tuple(faults)
    for place, step in enumerate(plan.steps, 1):
        faults += [
            Fault("not_in_bulk", "plan.step", place, key, value)
            for key, value in _beyond(step, nodes)
        ]
    return tuple(faults) or tuple(_unequal(plan, nodes))


def _frame(
    plan: Plan,
    nodes: Sequence[Node],
    years: Sequence[str] | None,
    units: Sequence[str] | None,
) -> Cube:
    """A cube with names and no values."""
    scales = [own(step, node) for step in _scalings(plan) for node in _indicators(nodes)]
    spans = [span(step.frame) for step in scales if step.frame not in {"year", "all"}]
    ends = {year for pair in spans for year in pair}
    at = tuple(sorted(ends if years is None else set(years)))
    of = {step.reference for step in scales} if units is None else set(units)
    empty = np.zeros((len(at), len(of), len(_indicators(nodes))))
    blank = np.empty((0, 0), dtype="U1")
    groups = {node.code: blank for node in nodes if node.kind == "Group"}
    return Cube(at, tuple(sorted(of)), tuple(nodes), empty, empty.astype(np.uint16), groups=groups)


def _indicators(nodes: Sequence[Node]) -> list[Node]:
    return [node for node in nodes if node.kind == "Indicator"]


def _scalings(plan: Plan) -> list[Normalise]:
    return [step for step in plan.steps if isinstance(step, Normalise)]


def own(step: Normalise, node: Node) -> Normalise:
    """The step as one indicator has it."""
    return replace(step, only={}, **step.only.get(node.code, {}))


def _names(nodes: Sequence[Node]) -> Iterator[Fault]:
    """Names that a table without regard for upper and lower case would mix up."""
    taken = ["ucode", "time"]
    for place, node in enumerate(nodes, 1):
        names = [node.code.lower()]
        names += [f"rank_{names[0]}"] if node.kind == "Aggregate" else []
        if set(names) & set(taken):
            yield Fault("repeated_code", "iMeta", place, "iCode", node.code)
        taken += names


def _beyond(step: Step, nodes: Sequence[Node]) -> list[tuple[str, str]]:
    if isinstance(step, Denominate):
        below = {node.code for node in nodes if node.kind == "Denominator"} | {""}
        return [("Denominator", n.denominator) for n in nodes if n.denominator not in below]
    if isinstance(step, Normalise):
        return [bad for node in _indicators(nodes) for bad in _no_scale(own(step, node))]
    if isinstance(step, Impute):
        return _but(FILLS, {"method": step.method})
    if isinstance(step, Weigh):
        return _but(STEADY, {"method": step.method} | {f"by.{n}": m for n, m in step.by.items()})
    if isinstance(step, Aggregate):
        return _but(MEANS, {"method": step.method} | {f"at.{n}": m for n, m in step.at.items()})
    return [] if isinstance(step, Screen) else [("do", step.do)]


def _but(done: frozenset[str], used: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(key, method) for key, method in used.items() if method not in done]


def _no_scale(step: Normalise) -> list[tuple[str, str]]:
    is_ordinal = step.method in ORDINAL and step.frame not in {"year", "all"}
    is_relative = step.method == "reference_distance" and step.frame != "year"
    return [("frame", step.frame)] if is_ordinal or is_relative else []


def _unequal(plan: Plan, nodes: Sequence[Node]) -> Iterator[Fault]:
    """Pairs of choices whose answer hangs on the last digit of a mean over the table."""
    done = [step.do for step in plan.steps]
    fills = done.index("impute") if "impute" in done else len(done)
    for place, step in enumerate(plan.steps, 1):
        if isinstance(step, Screen) and step.by == "zeros" and place > fills:
            yield Fault("not_equal_in_bulk", "plan.step", place, "by", "impute + zeros")
        if isinstance(step, Normalise):
            for node in _indicators(nodes):
                if found := _on_edge(own(step, node), plan, is_filled=place > fills):
                    yield Fault("not_equal_in_bulk", "plan.step", place, node.code, found)
    if "normalise" not in done and fills < len(done) and _wants_positive(plan):
        yield Fault("not_equal_in_bulk", "plan.step", len(done), "method", "impute")


def _wants_positive(plan: Plan) -> bool:
    last = last_of(plan)[1]
    return any(
        method not in {"amean", "genmean"} or (method == "genmean" and last.power != 1)
        for method in {last.method, *last.at.values()}
    )


def _on_edge(step: Normalise, plan: Plan, *, is_filled: bool) -> str:
    if is_filled and step.method in ORDINAL:
        return f"impute + {step.method}"
    if not _wants_positive(plan):
        return ""
    low, high = step.low or 0.0, 1.0 if step.high is None else step.high
    if step.method == "zscore" and not low >= CLEAR * abs(high):
        return f"zscore + {last_of(plan)[1].method}"
    is_unsure = step.method in UNSURE or (step.method == "minmax" and low < 0)
    return f"impute + {step.method} + {last_of(plan)[1].method}" if is_filled and is_unsure else ""
