"""What is given: entries, readers, who may not read what, marks. Plain values, checked here."""

import math
from dataclasses import dataclass

HIGHEST = 10.0
"""Marks run from 0 to this."""


@dataclass(frozen=True, slots=True)
class Panel:
    """Entries to be read by ``per_entry`` different reviewers each.

    ``barred`` are pairs (entry, reviewer) that may not meet: same unit or county, declared interest.
    """

    entries: tuple[str, ...]
    reviewers: tuple[str, ...]
    barred: frozenset[tuple[str, str]] = frozenset()
    per_entry: int = 2

    def __post_init__(self) -> None:
        if len(set(self.entries)) < len(self.entries):
            raise ValueError("an entry stands twice")
        if len(set(self.reviewers)) < len(self.reviewers):
            raise ValueError("a reviewer stands twice")
        if self.per_entry < 1:
            raise ValueError("each entry is read once at least")

    def may(self, entry: str, reviewer: str) -> bool:
        """Whether these two may meet."""
        return (entry, reviewer) not in self.barred


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion and its weight; weights of a set are shares of their sum."""

    code: str
    weight: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.weight) and self.weight > 0):
            raise ValueError("a weight is a positive number")


@dataclass(frozen=True, slots=True)
class Mark:
    """What one reviewer gives one entry: points of 0 to 10, criterion by criterion."""

    entry: str
    reviewer: str
    points: tuple[float, ...]

    def __post_init__(self) -> None:
        if not all(0 <= p <= HIGHEST for p in self.points):
            raise ValueError("points run from 0 to 10")


@dataclass(frozen=True, slots=True)
class Score:
    """A mark in one number of 0 to 100."""

    entry: str
    reviewer: str
    value: float


@dataclass(frozen=True, slots=True)
class Standing:
    """An entry's score, and what decides between equals, in order; more is better."""

    entry: str
    score: float
    breakers: tuple[float, ...] = ()
