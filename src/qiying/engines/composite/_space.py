"""Does it cluster on the map: Moran's I, of all and of each unit."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qiying.engines.composite._cube import Floats


def nearest(points: Floats, count: int) -> NDArray[np.int64]:
    """The `count` nearest other units of each, [unit, count]; of equally near ones the first.

    `points` are plane coordinates [unit, 2].
    """
    apart = ((points[:, None, :] - points[None, :, :]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    return np.argsort(apart, axis=1, kind="stable")[:, :count]


@dataclass(frozen=True, slots=True, eq=False)
class Clustering:
    """Moran's I and, for each unit, its own I, its quadrant and the chance of as much by accident.

    ``quadrant``: 1 high among high, 2 low among high, 3 low among low, 4 high among low.
    ``p`` and ``p_local`` are one-sided by permutation, (as extreme + 1) / (tried + 1).
    """

    i: float
    expected: float
    p: float
    local: Floats
    quadrant: NDArray[np.int8]
    p_local: Floats


def moran(
    x: Floats, neighbours: NDArray[np.int64], *, permutations: int = 999, seed: int = 0
) -> Clustering:
    """Moran's I over neighbours [unit, k] of equal weight, rows summing to 1.

    I = sum_i z_i (mean of z over the neighbours of i) / sum_i z_i^2, z = x - mean. Each unit's own
    is z_i (that mean) (n - 1) / sum z^2; its chance holds the unit and draws its neighbours anew.
    Source: L. Anselin, Geographical Analysis 27 (1995).
    """
    n, k = neighbours.shape
    z = x - x.mean()
    square = float((z**2).sum())
    lag = z[neighbours].mean(axis=1)
    local = z * lag * (n - 1) / square
    i = float((z * lag).sum() / square)
    rng = np.random.default_rng(seed)
    shuffled = np.array([_again(z, neighbours, rng) for _ in range(permutations)]) / square
    extreme = min((shuffled >= i).sum(), (shuffled <= i).sum())
    return Clustering(
        i=i,
        expected=-1 / (n - 1),
        p=float((extreme + 1) / (permutations + 1)),
        local=local,
        quadrant=np.select(
            [(z > 0) & (lag > 0), (z <= 0) & (lag > 0), (z <= 0) & (lag <= 0)], [1, 2, 3], 4
        ).astype(np.int8),
        p_local=_local_chance(z, lag, k, permutations, rng),
    )


def _again(z: Floats, neighbours: NDArray[np.int64], rng: np.random.Generator) -> float:
    mixed = rng.permutation(z)
    return float((mixed * mixed[neighbours].mean(axis=1)).sum())


def _local_chance(
    z: Floats, lag: Floats, k: int, permutations: int, rng: np.random.Generator
) -> Floats:
    """For each unit, how often k other units drawn at random would be as far out."""
    n = len(z)
    drawn = np.argsort(rng.random((permutations, n - 1)), axis=1)[:, :k]
    found = np.empty(n)
    for unit in range(n):
        means = np.delete(z, unit)[drawn].mean(axis=1)
        found[unit] = (min((means >= lag[unit]).sum(), (means <= lag[unit]).sum()) + 1) / (
            permutations + 1
        )
    return found
