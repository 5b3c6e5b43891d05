"""Points of firms by items: against a base, or between the worst and the best."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from qiying.engines.composite._cube import Fault, Floats


@dataclass(frozen=True, slots=True)
class Item:
    """One item: value / base x weight, at most ``cap`` x weight (0: no cap), never below nought.

    ``rule`` "span" instead gives weight x (floor + (1 - floor) (x - least) / (most - least)) over
    the pool, so that `base` is not used. ``missing`` says what a firm without the value gets: the
    mean points of those in its pool that have it, or nought.
    """

    code: str
    weight: float
    base: float = math.nan
    cap: float = 0.0
    rule: Literal["base", "span"] = "base"
    floor: float = 0.2
    missing: Literal["mean", "zero"] = "mean"


def points(items: Sequence[Item], rows: Sequence[Mapping[str, float]]) -> Floats:
    """Points [firm, item] of the firms of one pool; an item nobody has gives nought to all."""
    found = np.zeros((len(rows), len(items)))
    for place, item in enumerate(items):
        x = np.array([row.get(item.code, math.nan) for row in rows], dtype=np.float64)
        known = ~np.isnan(x)
        if not known.any():
            continue
        got = _of_item(item, x, known)
        instead = _middle(got[known].tolist()) if item.missing == "mean" else 0.0
        found[:, place] = np.where(known, got, instead)
    return found


def _middle(known: list[float]) -> float:
    """The mean with one rounding, whatever the order of the firms, and never beyond its values."""
    return min(max(math.fsum(known) / len(known), min(known)), max(known))


def _of_item(item: Item, x: Floats, known: Floats) -> Floats:
    if item.rule == "base":
        top = item.cap if item.cap > 0 else np.inf
        return np.asarray(np.clip(x / item.base, 0.0, top) * item.weight)
    least, most = float(x[known].min()), float(x[known].max())
    along = (x - least) / (most - least) if most > least else np.ones(x.shape)
    return np.asarray(item.weight * (item.floor + (1 - item.floor) * along))


def faults_of(items: Sequence[Item]) -> list[Fault]:
    """What of the items cannot be used."""
    found = [] if items else [Fault("no_item", "scheme")]
    codes = [item.code for item in items]
    for place, item in enumerate(items, 1):
        if codes.count(item.code) > 1:
            found.append(Fault("repeated_item", "scheme.item", place, "code", item.code))
        if not item.weight > 0:
            found.append(Fault("out_of_range", "scheme.item", place, "weight", str(item.weight)))
        if item.rule == "base" and not item.base > 0:
            found.append(Fault("no_base", "scheme.item", place, "base", item.code))
        if item.cap < 0 or not 0 <= item.floor <= 1:
            found.append(Fault("out_of_range", "scheme.item", place, "cap", item.code))
    return found
