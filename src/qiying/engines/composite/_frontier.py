"""Benefit of the doubt: each unit judged with the weights that suit it best."""

import numpy as np

from qiying.engines.composite._cube import Floats


def benefit_of_doubt(z: Floats, least: float = 0.0, most: float = 1.0) -> tuple[Floats, Floats]:
    """Scores [unit] and weights [unit, member] of one year.

    Maximise sum_j w_j z_ij subject to sum_j w_j z_kj <= 1 for every unit k, w >= 0, and
    least <= w_j z_ij / sum_j w_j z_ij <= most. Values must not be below nought; a unit with a
    missing or negative member, or without a solution, has NaN.
    Source: L. Cherchye et al., Social Indicators Research 82 (2007).
    """
    from scipy.optimize import linprog

    fit = ~np.isnan(z).any(axis=1) & (z >= 0).all(axis=1)
    scores, weights = np.full(len(z), np.nan), np.full(z.shape, np.nan)
    scale = z[fit].max(axis=0) if fit.any() else np.ones(z.shape[1])
    scale = np.where(scale > 0, scale, 1.0)  # a solver wants values of one size
    peers = z[fit] / scale
    for unit in np.flatnonzero(fit):
        own = z[unit] / scale
        share = np.diag(own)
        bounds = np.vstack([least * own - share, share - most * own])
        found = linprog(
            -own,
            A_ub=np.vstack([peers, bounds]),
            b_ub=np.concatenate([np.ones(len(peers)), np.zeros(len(bounds))]),
            method="highs",
        )
        if found.status == 0:
            scores[unit], weights[unit] = -found.fun, found.x / scale
    return scores, weights
