"""Values on their way through the steps."""

from dataclasses import dataclass, field, replace

import numpy as np

from qiying.engines.composite._cube import Codes, Cube, Floats, Mask, Origin, Reason


@dataclass(frozen=True, slots=True)
class Sheet:
    """Values [year, unit, indicator] with where each came from; `out` are units screened out."""

    values: Floats
    provenance: Codes
    out: Mask
    reasons: list[Reason] = field(default_factory=list)

    def marked(self, values: Floats, where: Mask, origin: Origin) -> "Sheet":
        """New values, with one mark on the cells that it concerns."""
        bits = np.where(where, np.uint16(origin), np.uint16(0))
        return replace(self, values=values, provenance=self.provenance | bits)

    def say(self, code: str, subject: str = "", **numbers: float) -> None:
        """Tell the reader something, with numbers."""
        self.reasons.append(Reason(code, subject, tuple(numbers.items())))


def opened(cube: Cube) -> Sheet:
    """The sheet before the first step."""
    shape = cube.values.shape[:2]
    return Sheet(cube.values.copy(), cube.provenance.copy(), np.zeros(shape, dtype=bool))


def frames(frame: str, years: tuple[str, ...]) -> list[tuple[slice, slice]]:
    """Pairs (years that a frame is taken from, years that it holds for)."""
    if frame == "year":
        return [(slice(y, y + 1), slice(y, y + 1)) for y in range(len(years))]
    if frame == "all":
        return [(slice(None), slice(None))]
    first, last = span(frame)
    return [(slice(years.index(first), years.index(last) + 1), slice(None))]


def span(frame: str) -> tuple[str, str]:
    """First and last year of a frame that is one year, or some written as "2019..2021"."""
    first, _, last = frame.partition("..")
    return first, last or first
