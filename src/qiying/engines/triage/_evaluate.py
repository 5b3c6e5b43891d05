"""How good is a ranking on texts that it has not seen."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Protocol

import numpy as np

from qiying.engines.triage._alike import repetitions
from qiying.engines.triage._params import DEFAULTS
from qiying.engines.triage._problem import Example
from qiying.engines.triage._result import Bin, Confusion, Guess, Report
from qiying.engines.triage._text import pairs

BINS = 10


class Ranker(Protocol):
    """Anything that ranks matters: a `Model`, a `KeywordBaseline`."""

    @property
    def matters(self) -> tuple[str, ...]:
        """The codes that it can name."""
        ...

    def rank(self, text: str, k: int = 3) -> tuple[Guess, ...]:
        """Return the likeliest matters, the likeliest first."""
        ...


def evaluate(ranker: Ranker, held_out: Sequence[Example]) -> Report:
    """Rank every held-out text and compare with the matter that it was found to be about.

    A text without a guess counts as wrong with confidence 0.

    Raises ValueError when nothing is held out.
    """
    if not held_out:
        raise ValueError("nothing was held out")
    ranked = [(example.matter, ranker.rank(example.text, 3)) for example in held_out]
    sure = [guesses[0].probability if guesses else 0.0 for _, guesses in ranked]
    right = [bool(guesses) and guesses[0].matter == truth for truth, guesses in ranked]
    among = sum(any(g.matter == truth for g in guesses) for truth, guesses in ranked)
    count, known = len(ranked), set(ranker.matters)
    bins = tuple(_bins(sure, right))
    return Report(
        count=count,
        top_1=sum(right) / count,
        top_3=among / count,
        calibration_error=sum(b.count * abs(b.confidence - b.right) for b in bins) / count,
        brier=sum((p - is_right) ** 2 for p, is_right in zip(sure, right, strict=True)) / count,
        unknown=sum(truth not in known for truth, _ in ranked),
        bins=bins,
        confusion=tuple(_confusion(ranked)),
    )


def split_by_wording(
    examples: Sequence[Example], *, share: float = 0.25, seed: int = 0
) -> tuple[list[Example], list[Example]]:
    """Hold out every text of some wordings: what is judged repeats nothing that was learned.

    Texts that share half of their rarer pairs of characters are one wording (as in training).
    ``share`` of the wordings, drawn by ``seed``, are held out whole; both parts keep their order.
    """
    wording = repetitions([pairs(example.text) for example in examples], DEFAULTS.alike)
    kinds = np.unique(np.array(wording, np.int64))
    drawn = np.random.default_rng(seed).permutation(kinds)[: int(len(kinds) * share)]
    out = set(drawn.tolist())
    parts: tuple[list[Example], list[Example]] = ([], [])
    for kind, example in zip(wording, examples, strict=True):
        parts[kind in out].append(example)
    return parts


def _bins(sure: Sequence[float], right: Sequence[bool]) -> Iterable[Bin]:
    held: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for probability, is_right in zip(sure, right, strict=True):
        held[min(int(probability * BINS), BINS - 1)].append((probability, is_right))
    for number, rows in sorted(held.items()):
        confidence = sum(probability for probability, _ in rows) / len(rows)
        share = sum(is_right for _, is_right in rows) / len(rows)
        yield Bin(number / BINS, (number + 1) / BINS, len(rows), confidence, share)


def _confusion(ranked: Sequence[tuple[str, tuple[Guess, ...]]]) -> Iterable[Confusion]:
    taken: dict[str, Counter[str]] = defaultdict(Counter)
    for truth, guesses in ranked:
        taken[truth][guesses[0].matter if guesses else ""] += 1
    for truth, named in sorted(taken.items()):
        wrong = [row for row in named.items() if row[0] != truth]
        wrong.sort(key=lambda row: (-row[1], row[0]))
        yield Confusion(truth, named.total(), named[truth], tuple(wrong))
