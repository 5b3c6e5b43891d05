"""What comes out: frozen, with everything that explains it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from qiying.engines.scorecard._card import Source

Standing = Literal["known", "missing", "doubtful", "stale"]
REASONS = (
    "NO_EVIDENCE",
    "DOUBTFUL",
    "STALE",
    "STAGE_UNSURE",
    "FACT_UNKNOWN",
    "JUDGED_OUTSIDE",
    "GATE",
    "NOTCH",
    "REFUSED",
)
"""Every code that a `Reason` can carry."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that made the rating what it is: a code, what it is about, a number."""

    code: str
    subject: str
    number: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One characteristic of one firm.

    ``band`` counts from 0, the best; -1 is the band of missing evidence. ``lost`` are basis points
    of the whole score below the most. ``next_band`` is the label of the next better band, and
    ``gain`` what reaching it adds to the score in bp.
    """

    code: str
    dimension: str
    input: str
    value: str
    band: int
    label: str
    points: int
    best: int
    lost: int
    next_band: str
    gain: int
    standing: Standing
    evidence: tuple[str, ...]
    until: date | None
    source: Source


@dataclass(frozen=True, slots=True)
class Rating:
    """A firm's rating. ``grade`` is empty when it is refused; ``pd`` in parts per million.

    ``raw`` is the score before gates, ``by_score`` the grade of the score alone. ``top`` are the
    three characteristics that lose most, fewer where less is lost.
    """

    firm: str
    card: str
    version: str
    digest: str
    stage: str
    lines: tuple[Line, ...]
    dimensions: Mapping[str, int]
    coverage: int
    raw: int
    score: int
    by_score: str
    grade: str
    pd: int | None
    is_provisional: bool
    is_refused: bool
    top: tuple[str, ...]
    reasons: tuple[Reason, ...]

    def line(self, code: str) -> Line:
        """The line of a characteristic."""
        return next(line for line in self.lines if line.code == code)


@dataclass(frozen=True, slots=True)
class Violation:
    """A statement of a rating that the independent evaluation does not confirm."""

    code: str
    subject: str
    expected: object
    found: object
