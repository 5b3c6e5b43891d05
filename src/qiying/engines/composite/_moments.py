"""Shape of a distribution, as spreadsheets define it."""

import numpy as np

from qiying.engines.composite._cube import Floats


def skewness(x: Floats) -> float:
    """Sample skewness with the small-sample factor; 0 for a constant or fewer than 3 values."""
    n, spread = x.size, x - x.mean() if x.size else x
    second = float((spread**2).sum())
    if n < 3 or second <= 0:
        return 0.0
    plain = np.sqrt(n) * (spread**3).sum() / second**1.5
    return float(plain * np.sqrt(n * (n - 1)) / (n - 2))


def kurtosis(x: Floats) -> float:
    """Sample excess kurtosis with its small-sample factors; 0 for a constant or under 4 values."""
    n, spread = x.size, x - x.mean() if x.size else x
    second = float((spread**2).sum())
    if n < 4 or second <= 0:
        return 0.0
    plain = n * (spread**4).sum() / second**2
    return float(((n + 1) * (plain - 3) + 6) * (n - 1) / ((n - 2) * (n - 3)))


def is_calm(x: Floats, skew: float, kurt: float) -> bool:
    """Whether skewness or kurtosis is within its limit: outliers show in both."""
    return abs(skewness(x)) < skew or kurtosis(x) < kurt
