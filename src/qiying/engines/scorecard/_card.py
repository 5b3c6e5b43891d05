"""The card: what a rating is made of, before any firm. Integers throughout, but for thresholds."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

VERSION = "1.0"
FULL = 10_000
"""Basis points of a whole."""
Source = Literal["S", "P", "K"]
SOURCES: tuple[Source, ...] = ("S", "P", "K")
Method = Literal["weighted", "sum"]
METHODS: tuple[Method, ...] = ("weighted", "sum")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that cannot be used, and where: ``card.characteristics[3].bands[1]``."""

    place: str
    code: str
    value: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.code} {self.value}".rstrip()


class Unusable(ValueError):  # noqa: N818 - it carries faults, it is not one
    """A card or facts with faults; `faults` has them all."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(map(str, faults[:5])))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Band:
    """Points of a value that is at least, at most, or is so; the last band of a scale is the rest.

    ``upto`` makes the points a range within which an expert judges. ``source`` is the grade of the
    threshold's origin: S read in a published text, P our proposal, K general knowledge.
    """

    points: int
    at_least: Decimal | None = None
    at_most: Decimal | None = None
    word: str = ""
    upto: int = 0
    source: Source = "P"

    @property
    def best(self) -> int:
        """The most points that this band can give."""
        return max(self.points, self.upto)

    @property
    def is_rest(self) -> bool:
        """Whether this band takes every value that none before it took."""
        return self.at_least is None and self.at_most is None and not self.word

    @property
    def label(self) -> str:
        """The band as a reader writes it."""
        if self.at_least is not None:
            return f"≥ {self.at_least}"
        if self.at_most is not None:
            return f"≤ {self.at_most}"
        return self.word or "else"


@dataclass(frozen=True, slots=True)
class Scale:
    """One input and its bands, best first. ``least`` and ``most`` bound what can be true."""

    input: str
    bands: tuple[Band, ...]
    unit: str = ""
    least: Decimal | None = None
    most: Decimal | None = None

    @property
    def is_words(self) -> bool:
        """Whether the input is a word instead of a number."""
        return any(band.word for band in self.bands)


@dataclass(frozen=True, slots=True)
class Characteristic:
    """One thing that is rated. Of several scales the one that gives most counts.

    ``missing`` are the points without valid evidence, a band of its own. ``is_key`` evidence must be
    fresh. ``judged`` is an input with an expert's points inside a band's range. ``effort`` says how
    hard one band upwards is against the others; 0 is what no effort of the firm changes.
    """

    code: str
    dimension: str
    scales: tuple[Scale, ...]
    missing: int
    weight: int = 1
    name_zh: str = ""
    name_en: str = ""
    evidence_zh: str = ""
    evidence_en: str = ""
    is_key: bool = False
    judged: str = ""
    effort: int = 1

    @property
    def best(self) -> int:
        """The most points that there are."""
        return max(band.best for scale in self.scales for band in scale.bands)


@dataclass(frozen=True, slots=True)
class Dimension:
    """Characteristics that are reported together. ``most`` limits the points of a sum card."""

    code: str
    name_zh: str = ""
    name_en: str = ""
    weight: int = 1
    most: int | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """Whether an input lies in [at_least, below); a missing one does not."""

    input: str
    at_least: Decimal | None = None
    below: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of life with its weights of dimensions; holds when any span does, the last always."""

    code: str
    weights: Mapping[str, int]
    spans: tuple[Span, ...] = ()
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """A condition and what it does.

    Exactly one condition: ``fact`` holds; ``characteristic`` has at most ``at_most`` points;
    ``dimension`` lies below ``below`` bp; coverage lies below ``coverage_below`` bp; ``stale`` key
    evidence. Effects: no rating (``refuse``), no better than ``grade``, at least ``lift``, the
    score or dimensions at most so many bp, ``provisional``.
    """

    code: str
    fact: str = ""
    characteristic: str = ""
    at_most: int = 0
    dimension: str = ""
    below: int = 0
    coverage_below: int = 0
    stale: bool = False
    refuse: bool = False
    grade: str = ""
    lift: str = ""
    score: int | None = None
    dimensions: Mapping[str, int] = field(default_factory=dict)
    provisional: bool = False
    name_zh: str = ""
    name_en: str = ""
    source: Source = "P"

    @property
    def caps_dimensions(self) -> bool:
        """Whether it changes scores of dimensions, which then come after it."""
        return bool(self.dimensions)


@dataclass(frozen=True, slots=True)
class Notch:
    """A judged correction in grades between ``least`` and ``most``; up is better."""

    code: str
    input: str
    least: int
    most: int
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade of the master scale: from so many bp, with a default rate in parts per million."""

    code: str
    at_least: int
    pd: int | None = None
    name_zh: str = ""
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """One version of a rating model.

    ``weighted``: each dimension is the share of its weighted points, in bp, and the score their mean
    by the weights of the stage. ``sum``: points add up, ``full`` points are the whole.
    """

    code: str
    version: str
    dimensions: tuple[Dimension, ...]
    characteristics: tuple[Characteristic, ...]
    grades: tuple[Grade, ...]
    method: Method = "weighted"
    full: int = 100
    stages: tuple[Stage, ...] = ()
    stage_unknown: str = ""
    gates: tuple[Gate, ...] = ()
    notches: tuple[Notch, ...] = ()
    most_notches: int = 2
    name_zh: str = ""
    name_en: str = ""
    digest: str = ""

    def members(self, dimension: str) -> list[Characteristic]:
        """Characteristics of a dimension, in order."""
        return [c for c in self.characteristics if c.dimension == dimension]

    def place(self, grade: str) -> int:
        """Number of a grade, 0 the best."""
        return [g.code for g in self.grades].index(grade)

    def whole(self, dimension: str) -> int:
        """The most weighted points of a dimension."""
        return sum(c.weight * c.best for c in self.members(dimension))

    def weights(self, stage: str) -> dict[str, int]:
        """Weights of the dimensions in a stage."""
        own = next((s.weights for s in self.stages if s.code == stage), {})
        return {d.code: own.get(d.code, d.weight) for d in self.dimensions}

    @property
    def facts(self) -> list[str]:
        """Inputs that hold or do not."""
        return list(dict.fromkeys(gate.fact for gate in self.gates if gate.fact))

    @property
    def scales(self) -> dict[str, Scale]:
        """The scales by their inputs."""
        return {scale.input: scale for c in self.characteristics for scale in c.scales}

    @property
    def numbers(self) -> list[str]:
        """Inputs that are numbers, each once."""
        inputs = [name for name, scale in self.scales.items() if not scale.is_words]
        inputs += [span.input for stage in self.stages for span in stage.spans]
        inputs += [c.judged for c in self.characteristics if c.judged]
        return list(dict.fromkeys([*inputs, *(notch.input for notch in self.notches)]))

    @property
    def words(self) -> list[str]:
        """Inputs that are words, each once."""
        return [name for name, scale in self.scales.items() if scale.is_words]


def half_up(above: int, below: int) -> int:
    """A quotient of whole numbers, halves upwards: the one rounding of the engine."""
    return (2 * above + below) // (2 * below)
