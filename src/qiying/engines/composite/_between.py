"""Where the distance between two units comes from, member by member down the tree."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from qiying.engines.composite._change import arithmetic_parts, geometric_parts, settled
from qiying.engines.composite._cube import Cube, Floats
from qiying.engines.composite._plan import Aggregate, Plan
from qiying.engines.composite._result import Result

LEVEL = 1e-12
"""Two scores nearer than this are level: their members bring nothing to a distance."""
SEPARABLE = ("amean", "gmean")
"""Means that split into parts of their members."""


@dataclass(frozen=True, slots=True)
class Between:
    """How far one unit's score is above another's in one year, in points of the score.

    ``parts`` hold, by code, what every node and indicator below ``node`` brings to ``distance``:
    those of one parent sum to the part of the parent, those of ``node`` to ``distance``. They are
    empty where a method on the way does not separate, or a unit has no score.
    """

    node: str
    distance: float
    parts: Mapping[str, float]


def between(plan: Plan, cube: Cube, result: Result, one: str, other: str, year: str) -> Between:
    """Split the distance of the highest node between two units of the cube in a year of it.

    A member that one of both lacks counts by the weight that the other gives it; members of two
    level nodes bring nothing. Raises ValueError for a unit or year that the cube does not have.
    """
    at, pair = cube.years.index(year), [cube.units.index(other), cube.units.index(one)]
    table = list(result.tables.values())[-1][at][pair]
    values = {code: table[:, place] for place, code in enumerate(cube.codes)}
    values |= {code: result.of(code)[at][pair] for code in result.nodes}
    methods, top = methods_of(plan, cube), result.nodes[-1]
    distance = float(values[top][1] - values[top][0])
    parts: dict[str, float] = {top: distance}
    for node in (n.code for n in reversed(cube.aggregates) if n.code in parts or n.code == top):
        members = [member.code for member in cube.children(node)]
        if methods[node] not in SEPARABLE or node not in result.weights:
            return Between(top, distance, {})
        weights = result.weights[node]
        held = np.broadcast_to(weights[min(at, len(weights) - 1)], (len(cube.units), len(members)))
        z, w = settled(np.stack([values[code] for code in members], axis=-1), held[pair])
        split = _split(z, w, values[node], methods[node])
        whole = 1.0 if node == top else float(split.sum())
        scale = (1.0 if node == top else parts[node]) / whole if abs(whole) > LEVEL else 0.0
        parts |= {code: scale * float(part) for code, part in zip(members, split, strict=True)}
    if not np.isfinite(list(parts.values())).all():
        return Between(top, distance, {})
    return Between(top, distance, {code: part for code, part in parts.items() if code != top})


def methods_of(plan: Plan, cube: Cube) -> dict[str, str]:
    """The method by which each node is brought together."""
    last = next(step for step in reversed(plan.steps) if isinstance(step, Aggregate))
    return {node.code: last.at.get(node.code, last.method) for node in cube.aggregates}


def _split(z: Floats, w: Floats, scores: Floats, method: str) -> Floats:
    """What each member brings [member], by its value and by the weight that it has."""
    parts = arithmetic_parts(z, w) if method == "amean" else geometric_parts(z, w, scores)
    return np.asarray(parts.sum(axis=0))
