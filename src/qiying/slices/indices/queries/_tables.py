"""What a run says of each place: ranking, one place's profile, and other weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from qiying.kernel.errors import Invalid
from qiying.kernel.language import is_chinese
from qiying.slices.indices.models import Run
from qiying.slices.indices.rules import moved, plan_from, read_tree

SHOWN = 5
HIGHEST = 10.0


@dataclass(frozen=True, slots=True)
class Standing:
    """A place in a ranking: scores by node, bounds of its rank, what moved since the year before.

    ``low`` and ``high`` are the ranks between which 90 % of the replicates lie, in the last year
    only; ``gained`` are places gained, above nought is up.
    """

    adcode: str
    name: str
    rank: int
    score: float | None
    scores: Mapping[str, float | None]
    gained: int | None
    moved: float | None
    low: float | None
    middle: float | None
    high: float | None
    group: int | None


@dataclass(frozen=True, slots=True)
class Strength:
    """An indicator of a place: its value, its score, and how far that is from the mean of all."""

    code: str
    parent: str
    value: float | None
    score: float | None
    mean: float | None
    rank: int

    @property
    def ahead(self) -> float | None:
        return None if self.score is None or self.mean is None else self.score - self.mean


def year_of(run: Run, year: int | None) -> int:
    """The place of a year among those of a run; the last one unless it has the year."""
    years: list[int] = run.inputs["years"]
    return years.index(year) if year in years else len(years) - 1


def names_of(run: Run) -> dict[str, str]:
    """Names of nodes in the reader's language."""
    found: dict[str, str] = {node["code"]: node["name"] for node in run.inputs["nodes"]}
    if not is_chinese():
        leaves = {n["code"] for n in run.inputs["nodes"] if n["kind"] == "Indicator"}
        branches = read_tree(run.tree, leaves)
        found |= {b.code: b.name_en for b in branches if b.name_en}
    return found


def ranking(run: Run, *, year: int | None = None, node: str = "") -> list[Standing]:
    """Every place in order of rank for one node of one year; those without a score last."""
    at, nodes = year_of(run, year), run.results["nodes"]
    column = nodes.index(node) if node in nodes else len(nodes) - 1
    firm = run.results["firmness"] if at == _last(run) and column == len(nodes) - 1 else {}
    found = [_standing(run, at, column, unit, firm) for unit in range(len(run.inputs["units"]))]
    return sorted(found, key=lambda s: (s.rank == 0, s.rank, s.adcode))


def _last(run: Run) -> int:
    return len(run.inputs["years"]) - 1


def _standing(run: Run, at: int, column: int, unit: int, firm: Mapping[str, Any]) -> Standing:
    adcode, name = run.inputs["units"][unit]
    scores, ranks = run.results["scores"], run.results["ranks"]
    now, rank = scores[at][unit][column], ranks[at][unit][column]
    before = scores[at - 1][unit][column] if at else None
    old = ranks[at - 1][unit][column] if at else 0
    return Standing(
        adcode,
        name,
        rank,
        now,
        dict(zip(run.results["nodes"], scores[at][unit], strict=True)),
        old - rank if old and rank else None,
        None if now is None or before is None else now - before,
        firm["low"][unit] if firm else None,
        firm["middle"][unit] if firm else None,
        firm["high"][unit] if firm else None,
        firm["groups"][unit] if firm else None,
    )


def profile(run: Run, adcode: str, *, year: int | None = None) -> list[Strength]:
    """Every indicator of a place, the furthest ahead of the mean first; empty for no such place."""
    at = year_of(run, year)
    units = [code for code, _ in run.inputs["units"]]
    if adcode not in units:
        return []
    unit = units.index(adcode)
    leaves = [node for node in run.inputs["nodes"] if node["kind"] == "Indicator"]
    found = []
    for column, node in enumerate(leaves):
        scores = [row[column] for row in run.results["normalised"][at]]
        there = [score for score in scores if score is not None]
        own = scores[unit]
        found.append(
            Strength(
                node["code"],
                node["parent"],
                run.inputs["values"][at][unit][column],
                own,
                sum(there) / len(there) if there else None,
                0 if own is None else 1 + sum(score > own for score in there),
            )
        )
    return sorted(found, key=lambda s: (s.ahead is None, -(s.ahead or 0.0), s.code))


def what_if(run: Run, weights: Mapping[str, float], *, year: int | None = None) -> dict[str, Any]:
    """Scores and ranks of the index with other weights, by the same plan on the same inputs.

    Raises
    ------
    Invalid
        ``indices.run.weights`` for a node that the tree lacks or a weight outside 0..10.
    """
    known = {node["code"] for node in run.inputs["nodes"]}
    if not set(weights) <= known or not all(0 <= w <= HIGHEST for w in weights.values()):
        raise Invalid("indices.run.weights", {"weights": "indices.run.weights"})
    return moved(plan_from(run.plan), run.inputs, weights, year_of(run, year))
