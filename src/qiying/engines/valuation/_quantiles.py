"""Quantiles of draws that are whole fen, and the range made of them."""

from decimal import Decimal

import numpy as np

from qiying.engines.valuation._result import Floats, Range, cny


def quantile(draws: Floats, share: float) -> Decimal:
    """Linear between order statistics (type 7 of Hyndman and Fan), rounded to the fen."""
    return cny(float(np.quantile(draws, share)))


def range_of(draws: Floats, base: float) -> Range:
    """The range of a value and where its base lies in it."""
    p10, p25, p50, p90 = (quantile(draws, q) for q in (0.10, 0.25, 0.50, 0.90))
    below = float(np.mean(draws < base) + np.mean(draws == base) / 2)
    return Range(p10, p25, p50, p90, cny(base), below)
