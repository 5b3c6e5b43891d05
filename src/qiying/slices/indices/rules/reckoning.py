"""From frozen inputs to a result that can be counted again: plain values in, plain values out."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from qiying.engines.composite import (
    VERSION,
    Cube,
    Fault,
    Node,
    Plan,
    Step,
    Unusable,
    check,
    cube_of,
    judge,
    read_plan,
    run,
    uncertainty,
)
from qiying.engines.composite.analysis import CAUSES, explain
from qiying.kernel.errors import Invalid, Refused
from qiying.slices.indices.rules.tree import Branch

REPLICATES, SEED = 400, 7
FEW, SLOW = 24, frozenset({"bod", "balanced"})
"""Replicates where each of them solves programmes of its own."""
MOST_FACTORS, MOST_SETTINGS = 8, 5000
DIGITS = 12
Plain = dict[str, Any]


def plan_from(text: str) -> Plan:
    """A plan that can be read, or a fault of the field with the first thing that is wrong."""
    try:
        plan = read_plan(text)
    except Unusable as wrong:
        raise _unusable(wrong.faults) from None
    faults = judge(plan)
    if faults:
        raise _unusable(faults)
    if len(plan.factors) > MOST_FACTORS or any(f.size > MOST_SETTINGS for f in plan.factors):
        raise _unusable((Fault("too_many", "plan.factor"),))
    return plan


def _unusable(faults: Sequence[Any]) -> Invalid:
    first = faults[0]
    place = " ".join(str(p) for p in (first.table, first.row, first.column, first.value) if p)
    return Invalid("input.invalid", {"plan": "indices.plan"}, fault=first.code, place=place[:120])


def inputs_of(
    tree: Iterable[Branch],
    about: Mapping[str, tuple[str, int]],
    years: Sequence[int],
    places: Sequence[tuple[str, str]],
    values: Mapping[tuple[str, str, int], float],
) -> Plain:
    """All that a run looks at, as plain values: nodes, years, units, values [year][unit][code].

    `about` gives name and polarity of an indicator, `places` code and name, `values` by code of
    place, code of indicator and year.
    """
    branches = tuple(tree)
    above = {b.parent for b in branches if b.parent}
    level = _levels(branches)
    nodes = [
        {
            "code": b.code,
            "name": b.name or about.get(b.code, (b.code, 1))[0],
            "kind": "Aggregate" if b.code in above else "Indicator",
            "level": level[b.code],
            "parent": b.parent,
            "weight": b.weight,
            "direction": 1 if b.code in above else about[b.code][1],
        }
        for b in branches
    ]
    codes = [b.code for b in branches if b.code not in above]
    return {
        "nodes": nodes,
        "years": list(years),
        "units": [list(p) for p in places],
        "values": [
            [[values.get((adcode, code, year)) for code in codes] for adcode, _ in places]
            for year in years
        ],
    }


def _levels(branches: Sequence[Branch]) -> dict[str, int]:
    """The bottom is level 1, a node one above the highest of its members."""
    found: dict[str, int] = {}

    def level(code: str) -> int:
        if code not in found:
            members = [b.code for b in branches if b.parent == code]
            found[code] = 1 + max((level(m) for m in members), default=0)
        return found[code]

    for branch in branches:
        level(branch.code)
    return found


def cube_from(inputs: Plain) -> Cube:
    """The frozen inputs of a run as the engine's cube."""
    nodes = tuple(Node(**node) for node in inputs["nodes"])
    values = np.array(inputs["values"], dtype=np.float64)
    units = tuple(code for code, _ in inputs["units"])
    return cube_of(
        values,
        nodes,
        years=tuple(str(y) for y in inputs["years"]),
        units=units,
        names=dict(inputs["units"]),
    )


def reckon(plan: Plan, inputs: Plain) -> Plain:
    """Scores, ranks, how firm they are and what moved them, checked by the independent recount.

    Raises
    ------
    Refused
        ``indices.run.check`` when the recount does not agree, ``indices.run.unusable`` with the
        first fault when the data do not fit the plan.
    """
    cube = cube_from(inputs)
    try:
        found = run(plan, cube)
    except Unusable as wrong:
        first = wrong.faults[0]
        place = " ".join(str(p) for p in (first.table, first.row, first.column, first.value) if p)
        raise Refused("indices.run.unusable", fault=first.code, place=place[:120]) from None
    violations = check(plan, cube, found)
    if violations:
        raise Refused("indices.run.check", fault=violations[0].code, place=violations[0].subject)
    last = list(found.tables.values())[-1]
    return {
        "nodes": list(found.nodes),
        "scores": _plain(found.scores),
        "ranks": found.ranks.tolist(),
        "normalised": _plain(last),
        "provenance": found.provenance.tolist(),
        "firmness": _firmness(plan, cube),
        "change": _change(plan, cube),
        "reasons": [[r.code, r.subject, [list(n) for n in r.numbers]] for r in found.reasons],
        "engine": VERSION,
        "digest": found.digest,
    }


def _firmness(plan: Plan, cube: Cube) -> Plain:
    """Bounds of each unit's rank in the last year, and groups that cannot be told apart."""
    if not plan.factors:
        return {}
    count = FEW if methods_named(plan) & SLOW else REPLICATES
    sample = uncertainty(plan, cube, replicates=count, seed=SEED)
    bounds = sample.quantiles((0.05, 0.5, 0.95))[:, -1]
    return {
        "replicates": len(sample.parameters),
        "is_exact": sample.is_exact,
        "failed": sample.failed,
        "low": _plain(bounds[0]),
        "middle": _plain(bounds[1]),
        "high": _plain(bounds[2]),
        "groups": sample.tied()[-1].tolist(),
    }


def methods_named(plan: Plan) -> set[str]:
    """Every method that a plan names, for all nodes or for single ones."""
    return {m for s in plan.steps for m in (getattr(s, "method", ""), *_named(s))}


def _named(step: Step) -> list[str]:
    """Methods that a step names for single nodes."""
    tables = [getattr(step, "by", {}), getattr(step, "at", {})]
    return [method for table in tables for method in table.values() if isinstance(method, str)]


def _change(plan: Plan, cube: Cube) -> Plain:
    """Why each unit's score moved from the year before the last to the last."""
    if len(cube.years) < 2:
        return {}
    try:
        parts = explain(plan, cube, cube.years[-2], cube.years[-1])
    except Unusable as wrong:
        return {"refused": wrong.faults[0].code}
    return {name: _plain(parts.of(name)) for name in CAUSES}


def _plain(array: Any) -> Any:
    """Nested lists in which a number that is none is None."""
    if isinstance(array, float):
        return array if math.isfinite(array) else None
    if isinstance(array, list):
        return [_plain(item) for item in array]
    return _plain(array.tolist())


def content_hash(tree: Any, plan: str, inputs: Plain, results: Plain) -> str:
    """SHA-256 of everything that a run says; numbers of the results by twelve digits.

    Twelve digits are the same on every processor that the matrix product runs on; the engine's own
    digest holds the inputs bit by bit.
    """
    words = json.dumps([tree, plan, inputs, _rounded(results)], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(words.encode()).hexdigest()


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return f"{value:.{DIGITS}g}"
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return value


def moved(plan: Plan, inputs: Plain, weights: Mapping[str, float], at: int = -1) -> Plain:
    """Scores and ranks of the index in one year when members of the tree weigh otherwise."""
    nodes = [
        {**node, "weight": weights.get(node["code"], node["weight"])} for node in inputs["nodes"]
    ]
    found = run(plan, cube_from({**inputs, "nodes": nodes}))
    return {
        "scores": _plain(found.scores[at, :, -1]),
        "ranks": found.ranks[at, :, -1].tolist(),
    }
