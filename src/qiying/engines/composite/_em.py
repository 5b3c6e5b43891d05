"""Missing cells by expectation and maximisation under one normal distribution of the rows."""

import numpy as np
from numpy.typing import NDArray

from qiying.engines.composite._cube import Floats, Mask

ROUNDS, ENOUGH = 500, 1e-10


def conditional_means(x: Floats, ridge: float) -> Floats:
    """What each missing cell of rows x columns is expected to be, given the rest of its row.

    Rows without any value and columns with fewer than two stay missing. Mean and covariance are
    the maximum of the likelihood, covariances drawn towards nought by `ridge`.
    Source: Little and Rubin, Statistical Analysis with Missing Data, ch. 8.
    """
    found = x.copy()
    rows = ~np.isnan(x).all(axis=1)
    columns = (~np.isnan(x)).sum(axis=0) >= 2
    block = x[np.ix_(rows, columns)]
    if not block.size or not np.isnan(block).any():
        return found
    known = ~np.isnan(block)
    count = known.sum(axis=0)
    mean = np.where(known, block, 0.0).sum(axis=0) / count
    spread = np.sqrt((np.where(known, block - mean, 0.0) ** 2).sum(axis=0) / count)
    spread = np.where(spread > 0, spread, 1.0)
    z = np.where(known, (block - mean) / spread, 0.0)
    found[np.ix_(rows, columns)] = np.where(
        known, block, _iterate(z, known, ridge) * spread + mean
    )
    return found


def _iterate(z: Floats, known: Mask, ridge: float) -> Floats:
    width = z.shape[1]
    mean, cov = np.zeros(width), np.eye(width)
    patterns, which = np.unique(known, axis=0, return_inverse=True)
    which = which.reshape(-1)
    for _ in range(ROUNDS):
        filled, extra = _expect(z, mean, cov, patterns, which)
        new = filled.mean(axis=0)
        spread = filled - new
        cov_new = (spread.T @ spread + extra) / len(z)
        cov_new = (1 - ridge) * cov_new + ridge * np.diag(np.diag(cov_new))
        moved = max(np.abs(new - mean).max(), np.abs(cov_new - cov).max())
        mean, cov = new, cov_new
        if moved < ENOUGH:
            break
    return _expect(z, mean, cov, patterns, which)[0]


def _expect(
    z: Floats,
    mean: Floats,
    cov: Floats,
    patterns: Mask,
    which: NDArray[np.int64],
) -> tuple[Floats, Floats]:
    """Rows with their expected cells, and the covariance that the expectation leaves out."""
    filled, extra = z.copy(), np.zeros_like(cov)
    for place, seen in enumerate(patterns):
        if seen.all():
            continue
        rows, gone = np.flatnonzero(which == place), ~seen
        slope = np.linalg.lstsq(cov[np.ix_(seen, seen)], cov[np.ix_(seen, gone)], rcond=None)[0]
        filled[np.ix_(rows, gone)] = mean[gone] + (z[np.ix_(rows, seen)] - mean[seen]) @ slope
        left = cov[np.ix_(gone, gone)] - cov[np.ix_(gone, seen)] @ slope
        extra[np.ix_(gone, gone)] += len(rows) * left
    return filled, extra
