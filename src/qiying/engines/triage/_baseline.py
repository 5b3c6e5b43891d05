"""The yardstick: count the register's keywords in the text."""

from collections.abc import Sequence

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

    def rank(self, text: str, k: int = 3) -> tuple[Guess, ...]:
        """Return the matters with most points; those with none are left out."""
        plain = normalise(text)
        found = [
            (code, [Term(word, points) for word, points in words.items() if word in plain])
            for code, words in self._rows
        ]
        scored = [(sum(t.weight for t in terms), code, terms) for code, terms in found if terms]
        scored.sort(key=lambda row: (-row[0], row[1]))
        total = sum(score for score, _, _ in scored)
        return tuple(
            Guess(code, score / total, score, 0.0, tuple(terms), (), 0.0)
            for score, code, terms in scored[:k]
        )


def _points(matter: Matter) -> dict[str, float]:
    points = {normalise(word): float(len(word)) for word in matter.keywords_zh}
    points |= {normalise(word): len(word) / 3 for word in matter.keywords_en if len(word) > 2}
    points[normalise(matter.name_zh)] = 2.0 * len(matter.name_zh)
    return {word: value for word, value in points.items() if word}
