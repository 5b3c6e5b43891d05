"""Who rose, who passed a threshold, and how many: counts behind sentences about a year."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from qiying.engines.composite._cube import Floats, Mask


@dataclass(frozen=True, slots=True, eq=False)
class Moves:
    """Direction of each unit [unit]: 1 up, -1 down, 0 the same, and -2 where a year is missing."""

    direction: NDArray[np.int8]

    @property
    def rose(self) -> int:
        return int((self.direction == 1).sum())

    @property
    def fell(self) -> int:
        return int((self.direction == -1).sum())

    @property
    def same(self) -> int:
        return int((self.direction == 0).sum())

    @property
    def unknown(self) -> int:
        return int((self.direction == -2).sum())

    @property
    def share(self) -> float:
        """Share that rose of those that both years have; NaN without any."""
        known = self.direction.size - self.unknown
        return self.rose / known if known else float("nan")


def moves(first: Floats, last: Floats, *, least: float = 0.0) -> Moves:
    """Who rose between two years; a difference of at most `least` (in their unit) is none."""
    by = np.asarray(last, dtype=np.float64) - np.asarray(first, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        turned = np.where(np.abs(by) > least, np.sign(by), 0.0)
    return Moves(np.where(np.isnan(by), -2, turned).astype(np.int8))


def growth(first: Floats, last: Floats) -> Floats:
    """last / first - 1; NaN where the base is not above nought, so that no sign can mislead."""
    base = np.asarray(first, dtype=np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.asarray(np.where(base > 0, np.asarray(last) / base - 1, np.nan))


def shares_of(x: Floats, total: float | None = None) -> Floats:
    """Share of each unit in a total, by itself the sum of what is known."""
    whole = float(np.nansum(x)) if total is None else total
    return np.asarray(x / whole if whole else np.full(np.shape(x), np.nan))


@dataclass(frozen=True, slots=True, eq=False)
class Bands:
    """Band of each unit [unit], 0 below the lowest edge, -1 unknown, and how many each has."""

    edges: tuple[float, ...]
    band: NDArray[np.int32]
    counts: tuple[int, ...]


def bands(x: Floats, edges: Sequence[float]) -> Bands:
    """Units by thresholds: band k has edges[k-1] <= x < edges[k], the last has no upper edge.

    Raises
    ------
    ValueError
        ``edges`` do not rise.
    """
    rising = tuple(float(edge) for edge in edges)
    if any(low >= high for low, high in pairwise(rising)):
        raise ValueError("edges")
    x = np.asarray(x, dtype=np.float64)
    found = np.where(np.isnan(x), -1, np.searchsorted(rising, x, side="right")).astype(np.int32)
    counts = tuple(int((found == n).sum()) for n in range(len(rising) + 1))
    return Bands(rising, found, counts)


@dataclass(frozen=True, slots=True, eq=False)
class Crossing:
    """Who came to a threshold and who fell below it [unit]; ``needed`` is the growth that would
    bring a unit below it there, nought for those that are."""

    reached: Mask
    lost: Mask
    needed: Floats


def crossing(first: Floats, last: Floats, edge: float) -> Crossing:
    """Who passed a threshold between two years."""
    before, after = np.asarray(first) >= edge, np.asarray(last) >= edge
    both = ~np.isnan(first) & ~np.isnan(last)
    needed = np.where(after, 0.0, growth(last, np.full(np.shape(last), edge)))
    return Crossing(both & ~before & after, both & before & ~after, needed)
