"""The line under the last place, and how firm it stands."""

from collections.abc import Iterable, Sequence

import numpy as np

from qiying.engines.selection._params import CutParams
from qiying.engines.selection._problem import Criterion, Mark
from qiying.engines.selection._result import Cut, Place

DEFAULTS = CutParams()


def cut(places: Sequence[Place], quota: int) -> Cut:
    """Who is inside a quota, and who stands on the line with others equal to them."""
    inside: list[str] = []
    rows = sorted(places, key=lambda p: (p.rank, p.entry))
    start = 0
    while start < len(rows):
        group = [p for p in rows[start:] if p.rank == rows[start].rank]
        if len(inside) + len(group) > quota:
            held = group if len(inside) < quota else []
            before = rows[start - 1].score if start else None
            gap = None if before is None else before - group[0].score
            return Cut(tuple(inside), tuple(p.entry for p in held), 0.0 if held else gap)
        inside += [p.entry for p in group]
        start += len(group)
    return Cut(tuple(inside), (), None)


def sensitivity(
    marks: Iterable[Mark],
    criteria: Sequence[Criterion],
    quota: int,
    *,
    params: CutParams = DEFAULTS,
    seed: int = 0,
) -> dict[str, float]:
    """In which share of shaken worlds each entry is within the quota.

    In each world every weight is multiplied by 1 ± ``weight_spread`` at random, and every entry's
    mean moves by the chance that its readers show: the pooled differences of readers of one
    entry, divided by the root of their number. 1.0 says that the place is safe.
    """
    rows = sorted(marks, key=lambda m: (m.entry, m.reviewer))
    entries = sorted({m.entry for m in rows})
    if not rows or quota < 1:
        return dict.fromkeys(entries, 0.0)
    number = np.array([entries.index(m.entry) for m in rows])
    points = np.array([m.points for m in rows], float) * 10.0
    counts = np.bincount(number, minlength=len(entries))
    means = np.zeros((len(entries), points.shape[1]))
    np.add.at(means, number, points)
    means /= counts[:, None]
    weights = np.array([c.weight for c in criteria])
    spread = _spread(points @ (weights / weights.sum()), number, counts)
    chance = np.random.default_rng(seed)
    shape = (params.draws, len(weights))
    shaken = weights * chance.uniform(1 - params.weight_spread, 1 + params.weight_spread, shape)
    worlds = (shaken / shaken.sum(axis=1, keepdims=True)) @ means.T
    noise = chance.standard_normal(worlds.shape) * spread / np.sqrt(counts)
    worlds += noise * params.noise + chance.uniform(0, 1e-9, worlds.shape)
    order = (-worlds).argsort(axis=1).argsort(axis=1)
    return dict(zip(entries, (order < quota).mean(axis=0).tolist(), strict=True))


def _spread(values: np.ndarray, number: np.ndarray, counts: np.ndarray) -> float:
    """The standard deviation of readers of the same entry, pooled; 0 when none has two."""
    free = int((counts - 1).sum())
    if free < 1:
        return 0.0
    means = np.bincount(number, weights=values) / counts
    return float(np.sqrt(((values - means[number]) ** 2).sum() / free))
