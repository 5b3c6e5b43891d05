"""What comes out: frozen, with the numbers that explain it."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Allotment:
    """Who reads what. ``short`` are entries with too few who may read them, and how many lack."""

    pairs: tuple[tuple[str, str], ...]
    """(entry, reviewer), by entry and reviewer."""
    loads: Mapping[str, int]
    short: tuple[tuple[str, int], ...] = ()
    seed: int = 0
    version: str = ""

    def of(self, entry: str) -> tuple[str, ...]:
        """The reviewers of an entry."""
        return tuple(r for e, r in self.pairs if e == entry)


@dataclass(frozen=True, slots=True)
class Icc:
    """Intraclass correlations by the names of Shrout and Fleiss; None where undefined.

    ``one`` is ICC(1,1), each entry read by readers of its own; ``two`` ICC(2,1) and ``three``
    ICC(3,1) need the same readers everywhere. ``…_mean`` are those of the mean of k readers.
    """

    one: float | None
    one_mean: float | None
    two: float | None
    two_mean: float | None
    three: float | None
    three_mean: float | None
    low: float | None
    high: float | None
    """The 95 % interval of ``one``."""


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far readers agree over all entries."""

    alpha: float | None
    """Krippendorff's alpha at interval level."""
    icc: float | None
    """ICC(1,1): each entry has readers of its own."""
    icc_mean: float | None
    """That of the mean of an entry's readers: what the ranking stands on."""
    low: float | None
    high: float | None
    entries: int
    scores: int
    widest: tuple[tuple[str, float], ...]
    """The entries whose readers differ most, and by how many points."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """Scores as if every reader were equally strict.

    ``leniency`` is how many points a reader gives above what the others give the same entries.
    Groups of readers who share no entry cannot be compared; each is then levelled by itself.
    """

    leniency: Mapping[str, float]
    raw: Mapping[str, float]
    adjusted: Mapping[str, float]
    is_connected: bool


@dataclass(frozen=True, slots=True)
class Place:
    """An entry's place; ``is_tied`` when another has the same."""

    entry: str
    rank: int
    score: float
    is_tied: bool


@dataclass(frozen=True, slots=True)
class Cut:
    """The line under the last place of a quota.

    ``inside`` have their place whatever is decided about ``tied``, which stand on the line with
    more of them than places left.
    """

    inside: tuple[str, ...]
    tied: tuple[str, ...]
    gap: float | None
    """Points between the last inside and the first outside."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A statement of a result that does not hold."""

    code: str
    subject: str
    expected: object
    found: object
