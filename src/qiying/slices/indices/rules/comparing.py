"""Two places side by side, and what holds one place back: plain values in, plain values out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from qiying.engines.composite import Cube, Plan, Result, flip, run, uncertainty
from qiying.engines.composite.analysis import between, effective, methods_of, obstacles
from qiying.slices.indices.rules.reckoning import (
    REPLICATES,
    SEED,
    SLOW,
    Plain,
    cube_from,
    methods_named,
)


class Turn(StrEnum):
    """Whether other weights of the sub-indices would bring two places level."""

    FOUND = "found"
    ONE_SIDED = "one_sided"
    BEYOND = "beyond"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Beside:
    """Two places in one year: where the distance of their scores comes from, and how firm it is.

    ``distance`` is the first's score less the second's, None where one has none; ``parts`` by code
    as ``composite.analysis.between`` says. ``above`` is the share of reckonings with other choices
    and weights in which the first ranks above the second, ties half; None where the plan names no
    other choices, or each reckoning takes too long for a page. ``weights`` are the shares of the
    sub-indices as they are, ``level`` those nearest to them at which both scores are equal, which
    is there when `turn` is ``found`` only.
    """

    distance: float | None
    parts: Mapping[str, float]
    above: float | None
    turn: Turn
    weights: Mapping[str, float]
    level: Mapping[str, float]


def beside(plan: Plan, inputs: Plain, one: str, other: str, at: int) -> Beside:
    """Compare two units of frozen inputs in the year number `at`."""
    cube = cube_from(inputs)
    found = run(plan, cube)
    apart = between(plan, cube, found, one, other, cube.years[at])
    pair = cube.units.index(one), cube.units.index(other)
    weights = _shares(cube, found, at)
    turn, level = _turn(plan, cube, found, pair, at, weights)
    return Beside(
        distance=None if np.isnan(apart.distance) else apart.distance,
        parts=apart.parts,
        above=_above(plan, cube, pair, at),
        turn=turn,
        weights=weights,
        level=level,
    )


def _shares(cube: Cube, found: Result, at: int) -> dict[str, float]:
    """Weights of the members of the index in one year, which sum to one."""
    top = found.nodes[-1]
    if top not in found.weights:
        return {}
    table = found.weights[top]
    row = table[min(at, len(table) - 1)].mean(axis=0)
    members = [member.code for member in cube.children(top)]
    return {code: float(w) for code, w in zip(members, row / row.sum(), strict=True)}


def _turn(
    plan: Plan,
    cube: Cube,
    found: Result,
    pair: tuple[int, int],
    at: int,
    weights: Mapping[str, float],
) -> tuple[Turn, dict[str, float]]:
    """The nearest weights at which two places are level, for an arithmetic mean of sub-indices."""
    if methods_of(plan, cube)[found.nodes[-1]] != "amean" or not weights:
        return Turn.UNKNOWN, {}
    last = list(found.tables.values())[-1]
    values = {code: last[at, :, place] for place, code in enumerate(cube.codes)}
    values |= {code: found.of(code)[at] for code in found.nodes}
    one, other = (np.array([values[code][unit] for code in weights]) for unit in pair)
    ahead = one - other
    if np.isnan(ahead).any():
        return Turn.UNKNOWN, {}
    if (ahead > 0).all() or (ahead < 0).all():
        return Turn.ONE_SIDED, {}
    share = np.array(list(weights.values()))
    level = share + flip(one, other, share)
    if np.isnan(level).any():
        return Turn.UNKNOWN, {}
    if (level < 0).any():
        return Turn.BEYOND, {}
    return Turn.FOUND, dict(zip(weights, level.tolist(), strict=True))


def _above(plan: Plan, cube: Cube, pair: tuple[int, int], at: int) -> float | None:
    if not plan.factors or methods_named(plan) & SLOW:
        return None
    sample = uncertainty(plan, cube, replicates=REPLICATES, seed=SEED, keeps_scores=False)
    one, other = (sample.ranks[:, at, unit].astype(np.int64) for unit in pair)
    both = (one > 0) & (other > 0)
    if not both.any():
        return None
    return float(((one < other)[both] + 0.5 * (one == other)[both]).mean())


def obstacles_of(plan: Plan, inputs: Plain, unit: str, at: int) -> dict[str, float]:
    """障碍度 by indicator: its share in all that a place lacks, the largest first.

    What it lacks is measured against the best of all places and years of the run, on the scale of
    the plan; indicators without a value are left out. Empty for a place that lacks nothing.
    """
    cube = cube_from(inputs)
    found = run(plan, cube)
    table = list(found.tables.values())[-1]
    low, high = (f(table.reshape(-1, table.shape[-1]), axis=0) for f in (np.nanmin, np.nanmax))
    width = np.where(high > low, high - low, 1.0)
    z = np.where(high > low, (table[at, cube.units.index(unit)] - low) / width, 1.0)
    shares = effective(cube, found, cube.years[at]).weights
    weights = np.array([shares.get(code, 0.0) for code in cube.codes])
    held = obstacles(z, weights)
    pairs = [(c, float(h)) for c, h in zip(cube.codes, held, strict=True) if h > 0]
    return dict(sorted(pairs, key=lambda item: (-item[1], item[0])))
