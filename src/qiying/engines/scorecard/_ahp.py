"""Weights from pairwise judgements. Source: T. L. Saaty, The Analytic Hierarchy Process (1980)."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

# Mean consistency index of random judgements, by the number of things compared.
RANDOM = (0.0, 0.0, 0.0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57)
WORST = 0.10
"""A consistency ratio from here on is not consistent."""
Matrix = Sequence[Sequence[float]]


@dataclass(frozen=True, slots=True)
class Weighed:
    """Shares with the sum 1, the leading eigenvalue, and the consistency ratio of the group."""

    weights: tuple[float, ...]
    eigenvalue: float
    ratio: float
    ratios: tuple[float, ...]
    """Of each expert."""

    def whole(self, total: int) -> tuple[int, ...]:
        """Whole numbers with the given sum, by the largest remainder; ties go to the first."""
        # Rounded first, so that no last digit of a linear algebra library decides a point.
        exact = [round(w * total, 6) for w in self.weights]
        found = [int(w) for w in exact]
        order = sorted(range(len(exact)), key=lambda n: (found[n] - exact[n], n))
        for n in order[: total - sum(found)]:
            found[n] += 1
        return tuple(found)


def weigh(experts: Sequence[Matrix]) -> Weighed:
    """Bring the experts' judgements together by their geometric mean and weigh.

    Parameters
    ----------
    experts
        Positive reciprocal matrices of one size from 1 to 14.
    """
    stack = np.asarray(experts, dtype=np.float64)
    joint, largest = _leading(np.exp(np.log(stack).mean(axis=0)))
    ratios = tuple(_ratio(_leading(one)[1], len(one)) for one in stack)
    weights = tuple(float(w) for w in joint)
    return Weighed(weights, largest, _ratio(largest, len(weights)), ratios)


def _leading(matrix: np.typing.NDArray[np.float64]) -> tuple[np.typing.NDArray[np.float64], float]:
    values, vectors = np.linalg.eig(matrix)
    first = int(np.argmax(values.real))
    vector = np.abs(vectors[:, first].real)
    return vector / vector.sum(), float(values[first].real)


def _ratio(largest: float, size: int) -> float:
    if not RANDOM[size]:
        return 0.0
    return max(0.0, (largest - size) / (size - 1) / RANDOM[size])
