"""The formulas of weights by themselves, for use without a plan."""

from qiying.engines.composite._frontier import benefit_of_doubt
from qiying.engines.composite._weights import (
    RANDOM_INDEX,
    balanced,
    correlations,
    critic,
    deviations,
    entropy,
    game,
    hierarchy,
    principal,
    pull_apart,
    shares,
    variable,
    variation,
)

__all__ = [
    "RANDOM_INDEX",
    "balanced",
    "benefit_of_doubt",
    "correlations",
    "critic",
    "deviations",
    "entropy",
    "game",
    "hierarchy",
    "principal",
    "pull_apart",
    "shares",
    "variable",
    "variation",
]
