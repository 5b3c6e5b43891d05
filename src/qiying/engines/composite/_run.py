"""One run of a plan."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np

from qiying.engines.composite._climb import climb
from qiying.engines.composite._cube import VERSION, Cube, Floats, Unusable
from qiying.engines.composite._gaps import denominate, impute, screen
from qiying.engines.composite._judge import judge
from qiying.engines.composite._normalise import normalise
from qiying.engines.composite._plan import Aggregate, Plan, Step, Weigh
from qiying.engines.composite._result import Result, ranks_of
from qiying.engines.composite._sheet import Sheet, opened
from qiying.engines.composite._treat import treat

WORKS: dict[str, Callable[[Sheet, Any, Cube], Sheet]] = {
    "denominate": denominate,
    "impute": impute,
    "screen": screen,
    "treat": treat,
    "normalise": normalise,
}


def run(plan: Plan, cube: Cube) -> Result:
    """Compute an index.

    Every step is a function of the whole table: x_s = f_s(x_{s-1}); the score of a node is
    F(z_1 .. z_k; w_1 .. w_k) of its members, weights scaled to what is there.

    Parameters
    ----------
    plan, cube
        Steps in order, the last ``aggregate``; values [year, unit, indicator], NaN is missing.

    Raises
    ------
    Unusable
        With every fault, when `judge` finds one.
    """
    faults = judge(plan, cube)
    if faults:
        raise Unusable(faults)
    sheet = opened(cube)
    tables: dict[str, Floats] = {"data": cube.values}
    for step in plan.steps:
        if step.do in WORKS:
            sheet = WORKS[step.do](sheet, step, cube)
            tables[_name(step, tables)] = sheet.values
    weigh, last = last_of(plan)
    scores, weights = climb(sheet, weigh, last, cube)
    sheet.provenance.setflags(write=False)
    for array in (*tables.values(), scores, *weights.values()):
        array.setflags(write=False)
    return Result(
        tables=tables,
        nodes=tuple(node.code for node in cube.aggregates),
        scores=scores,
        ranks=ranks_of(scores),
        weights=weights,
        provenance=sheet.provenance,
        reasons=tuple(sheet.reasons),
        digest=digest(plan, cube),
    )


def last_of(plan: Plan) -> tuple[Weigh, Aggregate]:
    """The two steps that lead from normalised values to scores."""
    weigh = next((step for step in plan.steps if isinstance(step, Weigh)), Weigh())
    return weigh, next(step for step in plan.steps if isinstance(step, Aggregate))


def _name(step: Step, tables: dict[str, Floats]) -> str:
    again = sum(name.partition("_")[0] == step.do for name in tables)
    return f"{step.do}_{again + 1}" if again else step.do


def digest(plan: Plan, cube: Cube) -> str:
    """SHA-256 of version, steps and data: equal runs have equal ones."""
    found = hashlib.sha256()
    steps = [{"do": step.do, **asdict(step)} for step in plan.steps]
    nodes = [asdict(node) for node in cube.nodes]
    words = [VERSION, steps, nodes, cube.years, cube.units]
    found.update(json.dumps(words, sort_keys=True, default=str).encode())
    found.update(np.ascontiguousarray(cube.values).tobytes())
    for name in sorted(cube.denominators):
        found.update(np.ascontiguousarray(cube.denominators[name]).tobytes())
    for name in sorted(cube.groups):
        found.update(json.dumps([name, cube.groups[name].tolist()]).encode())
    return found.hexdigest()
