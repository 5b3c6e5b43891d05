"""Which replicates to compute: all combinations, or a scrambled Sobol sequence."""

import math

import numpy as np
from numpy.typing import NDArray

from qiying.engines.composite._cube import Floats

Rows = NDArray[np.int32]


def every(sizes: tuple[int, ...]) -> Rows:
    """All combinations [replicate, factor], the last factor moving fastest."""
    total = math.prod(sizes)
    return np.stack(np.unravel_index(np.arange(total), sizes), axis=1).astype(np.int32)


def spread(sizes: tuple[int, ...], count: int, seed: int) -> Rows:
    """`count` combinations spread evenly over all of them."""
    from scipy.stats import qmc

    points = qmc.Sobol(len(sizes), seed=seed).random_base2(max(0, math.ceil(math.log2(count))))
    return _settings(points[:count], sizes)


def crossed(sizes: tuple[int, ...], base: int, seed: int) -> Rows:
    """Rows for first and total indices: A, B, and A with each column of B in turn."""
    from scipy.stats import qmc

    width = len(sizes)
    points = qmc.Sobol(2 * width, seed=seed).random_base2(math.ceil(math.log2(base)))[:base]
    a, b = _settings(points[:, :width], sizes), _settings(points[:, width:], sizes)
    mixed = [np.where(np.arange(width) == place, b, a) for place in range(width)]
    return np.concatenate([a, b, *mixed])


def _settings(points: Floats, sizes: tuple[int, ...]) -> Rows:
    found: Rows = np.minimum(points * sizes, np.array(sizes) - 1).astype(np.int32)
    return found


def exact_indices(values: Floats, sizes: tuple[int, ...]) -> tuple[Floats, Floats]:
    """First and total indices [factor, ...] of values [every combination, ...].

    S_f = Var(E[y | f]) / Var(y), T_f = 1 - Var(E[y | all but f]) / Var(y), by plain means: no
    sampling error. 0 where nothing varies.
    """
    grid = values.reshape(*sizes, *values.shape[1:])
    axes = tuple(range(len(sizes)))
    whole = grid.var(axis=axes)
    first, total = [], []
    for axis in axes:
        others = tuple(a for a in axes if a != axis)
        first.append(grid.mean(axis=others).var(axis=0))
        total.append(whole - grid.mean(axis=axis).var(axis=axes[:-1]))
    return _shares(np.stack(first), whole), _shares(np.stack(total), whole)


def sampled_indices(values: Floats, width: int) -> tuple[Floats, Floats]:
    """First and total indices [factor, ...] of values of `crossed` rows, centred.

    First: mean of B (A_B - A); total: mean of (A - A_B)^2 / 2, both over the variance.
    Sources: Saltelli et al., Computer Physics Communications 181 (2010); Jansen (1999).
    """
    parts = values.reshape(width + 2, -1, *values.shape[1:])
    parts = parts - parts[:2].mean(axis=(0, 1))
    a, b, mixed = parts[0], parts[1], parts[2:]
    whole = parts[:2].var(axis=(0, 1))
    first = (b * (mixed - a)).mean(axis=1)
    total = ((a - mixed) ** 2).mean(axis=1) / 2
    return _shares(first, whole), _shares(total, whole)


def _shares(part: Floats, whole: Floats) -> Floats:
    return np.where(whole > 1e-24, part / np.where(whole > 1e-24, whole, 1.0), 0.0)
