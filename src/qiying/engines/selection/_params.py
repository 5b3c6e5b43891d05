"""Parameters with defaults; nothing about data."""

from dataclasses import dataclass
from enum import StrEnum

VERSION = "selection-1"


class TieRule(StrEnum):
    """How places are counted after equal scores."""

    COMPETITION = "competition"
    """1, 2, 2, 4: as many are before you as your place says."""
    DENSE = "dense"
    """1, 2, 2, 3: no place is left out."""


@dataclass(frozen=True, slots=True)
class CutParams:
    """How hard the cut line is shaken.

    ``weight_spread`` is by how much of itself a weight may change either way; readers' chance is
    estimated from their own differences and multiplied by ``noise``.
    """

    draws: int = 2000
    weight_spread: float = 0.2
    noise: float = 1.0

    def __post_init__(self) -> None:
        if self.draws < 1 or not 0 <= self.weight_spread < 1 or self.noise < 0:
            raise ValueError("draws of one at least, a spread under one, no negative noise")
