"""The yardstick: count the register's keywords in the text."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from qiying.engines.triage._problem import Matter
from qiying.engines.triage._result import Guess, Term
from qiying.engines.triage._text import normalise


class KeywordBaseline:
    """Ranks matters by the keywords and names that stand in the text, longer ones counting more.

    A keyword counts the number of its characters (an English one a third of them), a name twice
    that. The probability is a matter's share of all points: it is not calibrated.
    """

    def __init__(self, matters: Sequence[Matter]) -> None:
        self.matters = tuple(sorted(matter.code for matter in matters))
        self._rows = [(matter.code, _points(matter)) for matter in matters]
        self._by_first = _by_first(points for _, points in self._rows)

    def rank(self, text: str, k: int = 3) -> tuple[Guess, ...]:
        """Return the matters with most points; those with none are left out."""
        plain = normalise(text)
        spoken = {
            word for first in set(plain) for word in self._by_first.get(first, ()) if word in plain
        }
        found = [
            (code, [Term(word, words[word]) for word in words if word in spoken])
            for code, words in self._rows
            if not spoken.isdisjoint(words)
        ]
        scored = [(sum(t.weight for t in terms), code, terms) for code, terms in found if terms]
        scored.sort(key=lambda row: (-row[0], row[1]))
        total = sum(score for score, _, _ in scored)
        return tuple(
            Guess(code, score / total, score, 0.0, tuple(terms), (), 0.0)
            for score, code, terms in scored[:k]
        )


def _by_first(rows: Iterable[Mapping[str, float]]) -> dict[str, tuple[str, ...]]:
    """The words by their first character: only those that can stand in a text are looked for."""
    words = sorted({word for points in rows for word in points})
    return {first: tuple(found) for first, found in groupby(words, key=lambda word: word[0])}


def _points(matter: Matter) -> dict[str, float]:
    points = {normalise(word): float(len(word)) for word in matter.keywords_zh}
    points |= {normalise(word): len(word) / 3 for word in matter.keywords_en if len(word) > 2}
    points[normalise(matter.name_zh)] = 2.0 * len(matter.name_zh)
    return {word: value for word, value in points.items() if word}
