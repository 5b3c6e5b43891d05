"""Where inputs take their values: at their likely ones, at a quantile, or drawn."""

import zlib
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np

from qiying.engines.valuation._evidence import Assumption
from qiying.engines.valuation._result import Floats, Input

NOBODY: Mapping[str, float] = MappingProxyType({})


def uniform(seed: int, key: str, draws: int) -> Floats:
    """Uniform numbers of a key: PCG64 seeded with the seed and the CRC-32 of the key.

    So one input's chance does not depend on which others there are, and two results of the same
    seed differ only by what was changed.
    """
    return np.random.default_rng([seed, zlib.crc32(key.encode())]).random(draws)


def triangular(given: Assumption, at: Floats) -> Floats:
    """Quantiles of the triangular distribution, non-decreasing in low, likely and high."""
    low, mode, high = given.bottom, given.likely, given.top
    if low == high:
        return np.full(at.shape, mode)
    rising = low + np.sqrt(at * (high - low) * (mode - low))
    falling = high - np.sqrt((1 - at) * (high - low) * (high - mode))
    found: Floats = np.clip(np.where(at * (high - low) < mode - low, rising, falling), low, high)
    return found


class Chance:
    """Hands out inputs and keeps which were asked for.

    ``seed=None`` gives likely values, except for those ``pinned`` to a quantile.
    """

    def __init__(
        self, seed: int | None, draws: int = 1, pinned: Mapping[str, float] = NOBODY
    ) -> None:
        self.seed, self.draws, self.pinned = seed, draws if seed is not None else 1, pinned
        self.taken: dict[str, Assumption] = {}
        self.values: dict[str, Floats] = {}

    def take(self, key: str, given: Assumption) -> Floats:
        """Values of an input, one a draw."""
        self.taken[key] = given
        if key not in self.values:
            self.values[key] = self._value(key, given)
        return self.values[key]

    def maybe(self, key: str, given: Assumption | None, otherwise: float) -> Floats:
        """Values of an input that may be missing."""
        return np.full(self.draws, otherwise) if given is None else self.take(key, given)

    def choose(self, key: str, among: Floats) -> Floats | None:
        """As many of these as there are, drawn with repetition [draw, place]; None without chance."""
        if self.seed is None:
            return None
        places = [
            (uniform(self.seed, f"{key}.{n}", self.draws) * len(among)).astype(int)
            for n in range(len(among))
        ]
        found: Floats = among[np.stack(places, axis=1)]
        return found

    def _value(self, key: str, given: Assumption) -> Floats:
        if self.seed is not None:
            return triangular(given, uniform(self.seed, key, self.draws))
        if key in self.pinned:
            return triangular(given, np.array([self.pinned[key]]))
        return np.array([given.likely])

    def inputs(self) -> tuple[Input, ...]:
        """What was taken, by key."""
        return tuple(
            Input(key, a.bottom, a.likely, a.top, a.source, a.grade)
            for key, a in sorted(self.taken.items())
        )
