"""Nested means of one kind are one mean of the indicators: its weights, and one matrix product."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from qiying.engines.composite._cube import Cube, Floats, Mask
from qiying.engines.composite._sheet import Sheet

POWERS: Mapping[str, float] = {"amean": 1.0, "gmean": 0.0, "hmean": -1.0}
Mean = tuple[str, Floats]
"""A kind of mean and its weights [1 or replicate, indicator]."""


@dataclass(frozen=True, slots=True)
class Ground:
    """Indicators of a sheet [year, unit, indicator], one where a unit is screened out."""

    values: Floats
    whole: Mask
    positive: Mask
    raised: dict[str, Floats] = field(default_factory=dict)

    @classmethod
    def of(cls, sheet: Sheet) -> "Ground":
        """Say which indicators have a value, and one above nought, for every unit that counts."""
        values = np.where(sheet.out[:, :, None], 1.0, sheet.values)
        whole: Mask = np.asarray(~np.isnan(values).any(axis=(0, 1)))
        return cls(values, whole, whole & np.asarray((values > 0).all(axis=(0, 1))))

    def fold(
        self, code: str, cube: Cube, w: Floats, method: str, below: Mapping[str, Mean]
    ) -> Mean | None:
        """The node as one mean of indicators, or None where it is not one.

        `w` [1 or replicate, 1, 1, member] are its members' weights as shares; `below` the nodes
        that are already folded.
        """
        members = cube.children(code)
        if method not in POWERS or w.shape[1:3] != (1, 1):
            return None
        places = {name: place for place, name in enumerate(cube.codes)}
        fit = self.whole if method == "amean" else self.positive
        found = np.zeros((len(w), len(places)))
        for number, member in enumerate(members):
            share = w[:, 0, 0, number]
            if member.code in places:
                if not fit[places[member.code]]:
                    return None
                found[:, places[member.code]] += share
            elif member.code in below and below[member.code][0] == method:
                lower = below[member.code][1]
                if len(lower) > len(found):
                    found = np.repeat(found, len(lower), axis=0)
                found += share[:, None] * lower
            else:
                return None
        return method, found

    def product(self, mean: Mean) -> Floats:
        """Scores [1 or replicate, year, unit] of a folded node."""
        method, w = mean
        found = w @ self._raised(method).T
        if method == "gmean":
            np.exp(found, out=found)
        elif method == "hmean":
            np.divide(1.0, found, out=found)
        return np.asarray(found.reshape(len(w), *self.values.shape[:2]))

    def _raised(self, method: str) -> Floats:
        """Values [year and unit, indicator] to the power of a mean, one where none may count."""
        if method not in self.raised:
            fit = self.whole if method == "amean" else self.positive
            flat = np.where(fit, self.values, 1.0).reshape(-1, self.values.shape[-1])
            power = POWERS[method]
            self.raised[method] = flat if power == 1 else np.log(flat) if power == 0 else 1 / flat
        return self.raised[method]
