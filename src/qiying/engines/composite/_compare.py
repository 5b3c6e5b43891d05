"""What an index hangs on: weights as they act, what is lost without an element, two indices."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from qiying.engines.composite._cube import Cube, Fault, Floats, Node, Unusable
from qiying.engines.composite._plan import Plan
from qiying.engines.composite._result import Result
from qiying.engines.composite._run import run
from qiying.engines.composite._weights import correlations


@dataclass(frozen=True, slots=True, eq=False)
class Effective:
    """``weights`` multiply down the tree to each node's share in the index, given in one year.

    ``importance`` is the squared correlation of a node with the index: what share of the
    differences between units its own go with; NaN where one of both is constant.
    """

    weights: dict[str, float]
    importance: dict[str, float]


def effective(cube: Cube, result: Result, year: str = "") -> Effective:
    """Effective weights of every node in the highest one, and what they are worth.

    Weights that differ by unit count by their mean. `year` is the last one unless named.
    """
    at = cube.years.index(year) if year else len(cube.years) - 1
    top = result.nodes[-1]
    found = {top: 1.0}
    for node in reversed(cube.aggregates):
        if node.code in found and node.code in result.weights:
            table = result.weights[node.code]
            shares = table[min(at, len(table) - 1)].mean(axis=0)
            members = cube.children(node.code)
            found |= {
                m.code: found[node.code] * float(w) for m, w in zip(members, shares, strict=True)
            }
    z = list(result.tables.values())[-1][at]
    columns = {code: z[:, place] for place, code in enumerate(cube.codes)}
    columns |= {code: result.of(code)[at] for code in result.nodes}
    index = columns[top]
    return Effective(found, {code: _squared(columns[code], index) for code in found})


def _squared(one: Floats, other: Floats) -> float:
    r = float(correlations(np.stack([one, other], axis=1))[0, 1])
    return r**2


@dataclass(frozen=True, slots=True, eq=False)
class Removal:
    """The index without one element: scores and ranks [year, unit], and how far ranks moved.

    ``shift`` is the mean, ``most`` the largest absolute change of rank in the last year over the
    units that both have.
    """

    code: str
    scores: Floats
    shift: float
    most: int


def remove_elements(plan: Plan, cube: Cube, level: int = 1) -> tuple[Removal, ...]:
    """Run the plan again without each node of a level in turn, the rest taking its weight.

    A node goes with all below it. Raises Unusable with ``no_such_level`` if there is none.
    """
    chosen = [n for n in cube.nodes if n.level == level and n.parent and _counts(n)]
    if not chosen:
        raise Unusable((Fault("no_such_level", "iMeta", column="Level", value=str(level)),))
    full = run(plan, cube)
    return tuple(_removal(plan, cube, full, node) for node in chosen)


def _counts(node: Node) -> bool:
    return node.kind in {"Indicator", "Aggregate"}


def _removal(plan: Plan, cube: Cube, full: Result, node: Node) -> Removal:
    less, fewer = without(plan, cube, node.code)
    found = run(less, fewer)
    place = found.nodes.index(full.nodes[-1])
    old, new = full.ranks[-1, :, -1], found.ranks[-1, :, place]
    both = (old > 0) & (new > 0)
    moved = np.abs(old[both].astype(np.int64) - new[both])
    return Removal(
        node.code,
        found.scores[:, :, place],
        float(moved.mean()) if moved.size else float("nan"),
        int(moved.max(initial=0)),
    )


def without(plan: Plan, cube: Cube, code: str) -> tuple[Plan, Cube]:
    """Plan and data without a node and all below it, and without what has no member then."""
    gone = {code}
    for node in sorted(cube.nodes, key=lambda n: -n.level):
        if node.parent in gone:
            gone.add(node.code)
    for node in cube.aggregates:
        members = {m.code for m in cube.children(node.code)}
        if members and members <= gone:
            gone.add(node.code)
    kept = [place for place, name in enumerate(cube.codes) if name not in gone]
    fewer = replace(
        cube,
        nodes=tuple(n for n in cube.nodes if n.code not in gone),
        values=cube.values[:, :, kept].copy(),
        provenance=cube.provenance[:, :, kept].copy(),
    )
    steps = []
    for step in plan.steps:
        tables: dict[str, Any] = {
            key: {k: v for k, v in getattr(step, key).items() if k not in gone}
            for key in ("only", "at", "times", "by", "judgements")
            if hasattr(step, key)
        }
        steps.append(replace(step, **tables))
    return replace(plan, steps=tuple(steps)), fewer


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """Two rankings of the same units, by unit: ranks, and places gained from one to the other.

    ``spearman`` and ``kendall`` (tau-b) are over the ``both`` units that have both scores.
    """

    units: tuple[str, ...]
    ranks: Floats
    gained: Floats
    spearman: float
    kendall: float
    both: int


def compare(one: Iterable[tuple[str, float]], other: Iterable[tuple[str, float]]) -> Comparison:
    """Compare two indices given as (unit, score); units of either, in order of the first.

    Ranks are within each index; a unit that one lacks, or has without a score, is NaN there.
    """

    from scipy.stats import kendalltau

    first, second = dict(one), dict(other)
    units = tuple(dict.fromkeys([*first, *second]))
    scores = np.array([[table.get(unit, np.nan) for unit in units] for table in (first, second)])
    ranks = np.stack([_places(row) for row in scores])
    both = ~np.isnan(scores).any(axis=0)
    pair = np.stack([_middle(row) for row in scores[:, both]])
    rho = float(correlations(pair.T)[0, 1]) if both.sum() > 1 else float("nan")
    tau = float(kendalltau(*scores[:, both]).statistic) if both.sum() > 1 else float("nan")
    return Comparison(units, ranks, ranks[0] - ranks[1], rho, tau, int(both.sum()))


def _places(scores: Floats) -> Floats:
    known = scores[~np.isnan(scores)]
    better = known.size - np.searchsorted(np.sort(known), scores, side="right")
    return np.where(np.isnan(scores), np.nan, better + 1.0)


def _middle(scores: Floats) -> Floats:
    """Ranks with the middle one for equal scores."""
    from scipy.stats import rankdata

    return np.asarray(rankdata(scores), dtype=np.float64)
