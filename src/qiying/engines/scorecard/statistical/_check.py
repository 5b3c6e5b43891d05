"""Counted again row by row, with no array in between: what a card's bins say of one case."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from math import isnan
from typing import Any

from qiying.engines.scorecard.statistical._card import Part, WoeCard
from qiying.engines.scorecard.statistical._sample import Column, Kind


@dataclass(frozen=True, slots=True)
class Violation:
    """A case whose total is not what its bins add up to, or bins that are out of order."""

    code: str
    subject: str
    expected: int
    found: int


def check(card: WoeCard, columns: Mapping[str, Column], totals: Sequence[int]) -> list[Violation]:
    """Every case whose total differs, and every part whose points do not keep one direction."""
    found = [Violation("not_monotone", part.name, 0, 1) for part in card.parts if not _keeps(part)]
    for row, said in enumerate(totals):
        expected = card.base + sum(
            _points(part, columns[part.name][row] if part.name in columns else None)
            for part in card.parts
        )
        if expected != int(said):
            found.append(Violation("total", str(row), expected, int(said)))
    return found


def _keeps(part: Part) -> bool:
    """Points of numbers rise or fall from bin to bin; bins of words have no order of their own."""
    known = part.points[:-1]
    steps = [b - a for a, b in pairwise(known)]
    is_one_way = all(s >= 0 for s in steps) or all(s <= 0 for s in steps)
    return part.kind is Kind.WORD or is_one_way


def _points(part: Part, cell: Any) -> int:
    if part.kind is Kind.NUMBER:
        if cell is None or isnan(cell):
            return part.points[-1]
        value = Decimal(repr(float(cell)))
        edges = [Decimal(repr(edge)) for edge in part.binning.edges or ()]
        return part.points[sum(value >= edge for edge in edges)]
    for words, points in zip(part.binning.groups or (), part.points, strict=False):
        if cell is not None and str(cell) in words:
            return points
    return part.points[-1]
