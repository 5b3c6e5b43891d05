"""Shares with their uncertainty."""

import math
from datetime import timedelta

Z_95 = 1.959963984540054
LEAST_TO_RANK = 30
"""Units with fewer rounds are shown and not ranked."""
RELAPSE_WITHIN = timedelta(days=30)
"""A closed matter that comes back from the same firm within this time was not solved."""


def wilson(successes: float, trials: int) -> tuple[float, float]:
    """The Wilson score interval of a share at 95 %; (0, 1) when nothing was counted.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), equation for the score interval.
    """
    if trials <= 0:
        return 0.0, 1.0
    share = successes / trials
    spread = Z_95 * math.sqrt(share * (1 - share) / trials + Z_95**2 / (4 * trials**2))
    middle, scale = share + Z_95**2 / (2 * trials), 1 + Z_95**2 / trials
    low, high = (middle - spread) / scale, (middle + spread) / scale
    return min(max(0.0, low), share), max(min(1.0, high), share)  # rounding must not cross it
