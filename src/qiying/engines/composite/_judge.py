"""Every fault of a plan, found before anything runs."""

from collections.abc import Mapping
from dataclasses import replace

from qiying.engines.composite._cube import Cube, Fault
from qiying.engines.composite._plan import (
    AGGREGATIONS,
    STEPS,
    WEIGHINGS,
    Aggregate,
    Factor,
    Impute,
    Normalise,
    Plan,
    Step,
    Treat,
    Weigh,
    wrong_keys,
)
from qiying.engines.composite._sheet import span


def judge(plan: Plan, cube: Cube | None = None) -> tuple[Fault, ...]:
    """Every fault of a plan: values, order, names that the data lack, choices that cannot be."""
    faults: list[Fault] = []
    for place, step in enumerate(plan.steps, 1):
        faults += _values(step, place, "plan.step")
        if cube is not None:
            faults += _names(step, place, cube)
    order = [list(STEPS).index(s.do) for s in plan.steps if s.do not in {"impute", "screen"}]
    if order != sorted(set(order)):
        faults.append(Fault("order", "plan.step"))
    if not plan.steps or plan.steps[-1].do != "aggregate":
        faults.append(Fault("no_aggregate", "plan.step"))
    for place, factor in enumerate(plan.factors, 1):
        faults += _judge_factor(plan, factor, place)
    return tuple(faults)


def _values(step: Step, place: int, table: str) -> list[Fault]:
    found = [
        Fault("unknown_value", table, place, key, str(getattr(step, key)))
        for key, allowed in step.allowed.items()
        if getattr(step, key) not in allowed
    ]
    for key in ("at_least", "winsorise", "shift"):
        value = getattr(step, key, 0)
        if not isinstance(value, int | float) or value < 0 or (key == "at_least" and value > 1):
            found.append(Fault("out_of_range", table, place, key, str(value)))
    if isinstance(step, Aggregate):
        found += [
            Fault("unknown_value", table, place, f"at.{node}", str(method))
            for node, method in step.at.items()
            if method not in AGGREGATIONS
        ]
    if isinstance(step, Weigh):
        found += _weighing(step, place, table)
    if isinstance(step, Treat | Normalise):
        for code, row in step.only.items():
            wrong = wrong_keys(type(step), row)
            found += [Fault(fault, table, place, f"only.{code}.{key}") for fault, key in wrong]
            if not wrong:
                found += _values(replace(step, only={}, **row), place, table)
    return found


def _weighing(step: Weigh, place: int, table: str) -> list[Fault]:
    named = [(f"by.{node}", method) for node, method in step.by.items()]
    named += [("combine", method) for method in step.combine]
    found = [
        Fault("unknown_value", table, place, key, str(method))
        for key, method in named
        if method not in WEIGHINGS or (key == "combine" and method in {"game", "variable", "bod"})
    ]
    if step.base in {"variable", "bod"}:
        found.append(Fault("unknown_value", table, place, "base", step.base))
    used = {step.method, *step.by.values(), step.base}
    if "game" in used and len(step.combine) < 2:
        found.append(Fault("out_of_range", table, place, "combine", str(len(step.combine))))
    return found


def _names(step: Step, place: int, cube: Cube) -> list[Fault]:
    nodes = {node.code for node in cube.nodes}
    tables = [getattr(step, key, {}) for key in ("only", "at", "times", "by", "judgements")]
    asked = [code for table in tables if isinstance(table, Mapping) for code in table]
    found = [
        Fault("unknown_node", "plan.step", place, code) for code in asked if code not in nodes
    ]
    if (
        isinstance(step, Impute)
        and step.method.startswith("group")
        and step.group not in cube.groups
    ):
        found.append(Fault("unknown_group", "plan.step", place, "group", step.group))
    frame = getattr(step, "frame", "year")
    if frame not in {"year", "all"} and not _is_span(frame, cube.years):
        found.append(Fault("unknown_year", "plan.step", place, "frame", frame))
    reference = getattr(step, "reference", "")
    if reference and reference not in cube.units:
        found.append(Fault("unknown_unit", "plan.step", place, "reference", reference))
    return found


def _is_span(frame: str, years: tuple[str, ...]) -> bool:
    first, last = span(frame)
    return {first, last} <= set(years) and years.index(first) <= years.index(last)


def _judge_factor(plan: Plan, factor: Factor, place: int) -> list[Fault]:
    if factor.at in {"weights", "data"}:
        amount = factor.spread if factor.at == "weights" else factor.error
        good = 0 < amount < 1 and factor.sets > 1
        return [] if good else [Fault("out_of_range", "plan.factor", place, factor.at)]
    do, _, key = factor.at.partition(".")
    step = next((s for s in plan.steps if s.do == do), None)
    if step is None:
        return [Fault("step_absent", "plan.factor", place, "at", factor.at)]
    found = []
    for choice in factor.choices or ({},):
        row = {key: choice} if key else choice
        if not isinstance(row, Mapping) or not row or wrong_keys(type(step), row):
            found.append(Fault("unknown_choice", "plan.factor", place, "choices", str(choice)))
        else:
            found += _values(replace(step, **row), place, "plan.factor")
    return found
