"""The data: years x units x indicators, with what is known about every cell."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

VERSION = "1.0"
Floats = NDArray[np.float64]
Codes = NDArray[np.uint16]
Mask = NDArray[np.bool_]
Kind = Literal["Indicator", "Aggregate", "Denominator", "Group", "Other"]
KINDS: tuple[Kind, ...] = ("Indicator", "Aggregate", "Denominator", "Group", "Other")


class Origin(IntFlag):
    """What happened to a cell; 0 is the value as it was given."""

    MISSING = 1
    DENOMINATED = 2
    IMPUTED = 4
    WINSORISED_HIGH = 8
    WINSORISED_LOW = 16
    TRANSFORMED = 32
    CUT_TO_FRAME = 64
    SCREENED = 128


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing of the input that cannot be used: which table, row (from 1, without the heading)
    and column; row 0 is the table as a whole."""

    code: str
    table: str
    row: int = 0
    column: str = ""
    value: str = ""


class Unusable(ValueError):  # noqa: N818 - it carries faults, it is not one
    """Input with faults; `faults` has them all."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__(", ".join(f"{f.code}@{f.table}:{f.row}:{f.column}" for f in faults[:5]))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Reason:
    """Something that a reader of the result must know, as a code with numbers."""

    code: str
    subject: str = ""
    numbers: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Node:
    """A row of iMeta."""

    code: str
    name: str
    kind: Kind
    level: int = 0
    parent: str = ""
    direction: int = 1
    weight: float = 1.0
    unit: str = ""
    target: float = float("nan")
    denominator: str = ""
    extra: tuple[tuple[str, float], ...] = ()
    """Further numbers of the row under their column names, such as goalposts."""


@dataclass(frozen=True, slots=True, eq=False)
class Cube:
    """Frozen data of an index.

    ``values`` and ``provenance`` are [year, unit, indicator]; ``denominators`` and ``groups`` are
    [year, unit] under their codes. A unit without a row in some year is missing there.
    """

    years: tuple[str, ...]
    units: tuple[str, ...]
    nodes: tuple[Node, ...]
    values: Floats
    provenance: Codes
    denominators: Mapping[str, Floats] = field(default_factory=dict)
    groups: Mapping[str, NDArray[np.str_]] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        shape = (len(self.years), len(self.units), len(self.indicators))
        if self.values.shape != shape or self.provenance.shape != shape:
            raise Unusable((Fault("shape", "iData", value=str(self.values.shape)),))
        arrays: list[NDArray[Any]] = [self.values, self.provenance, *self.denominators.values()]
        for array in arrays:
            array.setflags(write=False)

    @property
    def indicators(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.kind == "Indicator")

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(node.code for node in self.indicators)

    @property
    def aggregates(self) -> tuple[Node, ...]:
        """Aggregates, lowest level first, in the order of the table."""
        found = [node for node in self.nodes if node.kind == "Aggregate"]
        return tuple(sorted(found, key=lambda node: node.level))

    def children(self, code: str) -> tuple[Node, ...]:
        """Members of a node, in the order of the table."""
        return tuple(
            n for n in self.nodes if n.parent == code and n.kind in {"Indicator", "Aggregate"}
        )


def cube_of(values: Any, nodes: tuple[Node, ...], **rest: Any) -> Cube:
    """A cube from an array [unit, indicator] or [year, unit, indicator], for use in programs."""
    array = np.array(values, dtype=np.float64)
    if array.ndim == 2:
        array = array[None]
    years = rest.pop("years", tuple(str(n) for n in range(array.shape[0])))
    units = rest.pop("units", tuple(f"u{n + 1}" for n in range(array.shape[1])))
    origin = np.where(np.isnan(array), np.uint16(Origin.MISSING), np.uint16(0))
    return Cube(years, units, nodes, array, origin, **rest)
