"""What triage answers: plain values, codes with numbers, no sentences."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Term:
    """A word of the text and its weight: how far it moved the log-odds of the matter."""

    word: str
    weight: float


@dataclass(frozen=True, slots=True)
class Guess:
    """A matter that the text may be about.

    ``probability`` is calibrated over all matters of the model. ``score`` is the log-odds against
    the average matter before the softmax: ``prior`` (how common the matter is) plus the weights
    of all words; ``speaks_for`` and ``speaks_against`` are the words that moved it most, and
    ``rest`` is what all other words add.
    """

    matter: str
    probability: float
    score: float
    prior: float
    speaks_for: tuple[Term, ...]
    speaks_against: tuple[Term, ...]
    rest: float


@dataclass(frozen=True, slots=True)
class Bin:
    """Rankings of like confidence: how sure they were on average, and how often right."""

    above: float
    up_to: float
    count: int
    confidence: float
    right: float


@dataclass(frozen=True, slots=True)
class Confusion:
    """What held-out texts of one matter were taken for, itself left out, commonest first."""

    matter: str
    count: int
    right: int
    taken_for: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Report:
    """How good a ranking is on texts that it has not seen; shares between 0 and 1.

    ``calibration_error`` is the expected calibration error over the bins, ``brier`` the mean
    squared distance between the probability of the first guess and whether it was right.
    ``unknown`` counts texts of matters that the ranker does not know: they count as wrong.
    """

    count: int
    top_1: float
    top_3: float
    calibration_error: float
    brier: float
    unknown: int
    bins: tuple[Bin, ...]
    confusion: tuple[Confusion, ...]


@dataclass(frozen=True, slots=True)
class Like:
    """An earlier call that may be the same problem.

    ``score`` is the product of the four factors. ``metres`` and ``days`` are None when unknown;
    ``shared`` are the longest parts of the new text whose features both have, those that say most
    first.
    """

    key: str
    score: float
    text: float
    place: float
    firm: float
    time: float
    metres: float | None
    days: float
    is_same_firm: bool
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Calls that are one problem: members in order of time, with what they have in common.

    ``firms`` counts different firms; ``spread_m`` is the greatest distance of a member from
    ``centre`` (longitude, latitude), None when no member has a position. ``terms`` are
    parts of the first text whose features at least half of the members share.
    """

    matter: str
    unit: str
    keys: tuple[str, ...]
    firms: int
    first_day: float
    last_day: float
    centre: tuple[float, float] | None
    spread_m: float | None
    terms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kin:
    """How alike another call is: why the two are taken for one problem, or not.

    ``share`` of the two texts (Dice, weighted by rarity), ``metres`` between the places (None
    when one is not known), ``days`` between them, and the ``shared`` parts of the first text.
    """

    key: str
    share: float
    metres: float | None
    days: float
    shared: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Violation:
    """A statement of a result that the independent count does not confirm."""

    code: str
    expected: object
    found: object
