"""Inequality, clustering on the map, coupling, obstacles and speed of scores."""

from qiying.engines.composite._coupling import (
    GRADES,
    Coupling,
    Speed,
    coupling,
    obstacles,
    speed,
)
from qiying.engines.composite._inequality import Parts, dagum, gini, theil
from qiying.engines.composite._moments import kurtosis, skewness
from qiying.engines.composite._space import Clustering, moran, nearest

__all__ = [
    "GRADES",
    "Clustering",
    "Coupling",
    "Parts",
    "Speed",
    "coupling",
    "dagum",
    "gini",
    "kurtosis",
    "moran",
    "nearest",
    "obstacles",
    "skewness",
    "speed",
    "theil",
]
