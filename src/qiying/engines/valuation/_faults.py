"""What cannot be used, said with its place."""

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing of a description that means nothing: where, a code that says why, what stood there."""

    place: str
    code: str
    value: str = ""


class Misstated(ValueError):  # noqa: N818 - it carries faults, it is not one
    """A description with faults; ``faults`` has them all, each with its place."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(f"{f.place}: {f.code} {f.value}".strip() for f in faults[:5]))
        self.faults = faults


class Found:
    """Faults gathered while a record is looked at; ``done`` raises them all at once."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def need(self, place: str, code: str, value: object = "", *, holds: bool) -> None:
        """Note a fault unless this holds."""
        if not holds:
            self.faults.append(Fault(place, code, str(value)))

    def between(self, place: str, value: float, low: float, high: float) -> None:
        """Note a number that is none or lies outside; both ends are allowed."""
        holds = math.isfinite(value) and low <= value <= high
        self.need(place, f"not_between_{low:g}_and_{high:g}", f"{value:g}", holds=holds)

    def done(self) -> None:
        """Raise what was found."""
        if self.faults:
            raise Misstated(tuple(self.faults))
