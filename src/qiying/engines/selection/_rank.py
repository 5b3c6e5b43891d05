"""Marks in one number, and numbers in one order."""

from collections.abc import Iterable, Sequence

from qiying.engines.selection._params import TieRule
from qiying.engines.selection._problem import HIGHEST, Criterion, Mark, Score, Standing
from qiying.engines.selection._result import Place

DIGITS = 4
"""Scores that agree to so many places are equal: what is shown decides, not the last bit."""


def totals(marks: Iterable[Mark], criteria: Sequence[Criterion]) -> tuple[Score, ...]:
    """Each mark as 0 to 100: points weighted by the shares of the criteria.

    Raises
    ------
    ValueError
        A mark has another number of points than there are criteria.
    """
    whole = sum(c.weight for c in criteria)
    found = []
    for mark in marks:
        pairs = zip(mark.points, criteria, strict=True)
        value = sum(points * c.weight for points, c in pairs) / whole * (100 / HIGHEST)
        found.append(Score(mark.entry, mark.reviewer, round(value, 10)))
    return tuple(found)


def _key(standing: Standing) -> tuple[float, ...]:
    return tuple(round(v, DIGITS) for v in (standing.score, *standing.breakers))


def rank(standings: Iterable[Standing], rule: TieRule = TieRule.COMPETITION) -> tuple[Place, ...]:
    """Places, the best first; those equal in score and every breaker share one.

    Among equals the order is that of their names and says nothing.
    """
    rows = sorted(standings, key=lambda s: s.entry)
    rows.sort(key=_key, reverse=True)
    keys = [_key(s) for s in rows]
    places, current = [], 0
    for index, (row, key) in enumerate(zip(rows, keys, strict=True)):
        if index == 0 or key != keys[index - 1]:
            current = index + 1 if rule == TieRule.COMPETITION else current + 1
        is_tied = key in keys[max(index - 1, 0) : index] or key in keys[index + 1 : index + 2]
        places.append(Place(row.entry, current, row.score, is_tied))
    return tuple(places)
