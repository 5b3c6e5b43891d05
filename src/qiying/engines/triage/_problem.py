"""What triage is asked: matters of the register, examples of the history, calls to compare."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Matter:
    """A row of the register in words. ``code`` is what a ranking names."""

    code: str
    name_zh: str
    name_en: str = ""
    keywords_zh: tuple[str, ...] = ()
    keywords_en: tuple[str, ...] = ()
    note_zh: str = ""
    note_en: str = ""

    def __post_init__(self) -> None:
        if not self.code or not (self.name_zh or self.name_en):
            raise ValueError("a matter needs a code and a name")


@dataclass(frozen=True, slots=True)
class Example:
    """A call of the past, title and text, with the matter that it was found to be about."""

    text: str
    matter: str


@dataclass(frozen=True, slots=True)
class Call:
    """A call to compare with others.

    ``key`` names it; ``at_day`` is its time in days since any fixed day, fractions included;
    ``longitude`` and ``latitude`` are WGS 84 degrees, both or neither. ``firm``, ``matter`` and
    ``unit`` are the caller's own codes, empty when not known.

    Raises ValueError for half a position or a number that is not finite.
    """

    key: str
    text: str
    at_day: float
    longitude: float | None = None
    latitude: float | None = None
    firm: str = ""
    matter: str = ""
    unit: str = ""

    def __post_init__(self) -> None:
        if (self.longitude is None) != (self.latitude is None):
            raise ValueError("a position needs longitude and latitude")
        numbers = (self.at_day, self.longitude or 0.0, self.latitude or 0.0)
        if not all(map(math.isfinite, numbers)):
            raise ValueError("time and position must be finite")
