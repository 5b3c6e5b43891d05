"""The vector of a text: how often each feature stands in it, weighed by its rarity, length one."""

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qiying.engines.triage._text import grams, normalise


@dataclass(frozen=True, slots=True)
class Vector:
    """The known features of a text: their numbers, their values, and their share of the whole.

    Features that are not known lengthen the vector all the same, so that a text of unfamiliar
    words is ranked with less confidence.
    """

    ids: NDArray[np.int32]
    values: NDArray[np.float64]


def vector(text: str, ids: Mapping[str, int], idf: NDArray[np.float64], unknown: float) -> Vector:
    """Return the vector of a text; ``unknown`` is the rarity of a feature without a number."""
    counts = Counter(gram.feature for gram in grams(normalise(text)))
    known: list[int] = []
    values: list[float] = []
    square = 0.0
    for feature, count in counts.items():
        number = ids.get(feature)
        value = (1 + math.log(count)) * (unknown if number is None else float(idf[number]))
        square += value * value
        if number is not None:
            known.append(number)
            values.append(value)
    length = math.sqrt(square) or 1.0
    return Vector(np.array(known, np.int32), np.array(values, np.float64) / length)
