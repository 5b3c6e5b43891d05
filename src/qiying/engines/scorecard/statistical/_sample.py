"""Observed firms or borrowers with their outcomes, as columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Column = NDArray[Any]
"""Numbers as float64 with NaN for what is missing, or words as objects with None for it."""
FEW = 50
"""Cases of each outcome below which no card is fitted."""


class Kind(StrEnum):
    NUMBER = "number"
    WORD = "word"


@dataclass(frozen=True, slots=True)
class Fault:
    """What makes data unusable: row from 0 (None: all of them), column, code."""

    row: int | None
    column: str
    code: str


class UnusableError(ValueError):
    """The data cannot be used; ``faults`` say where and why."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{f.column}: {f.code}" for f in faults))


@dataclass(frozen=True, slots=True)
class Sample:
    """Characteristics by name and whether each case turned bad.

    Attributes
    ----------
    columns
        One array a characteristic, all of one length.
    bad
        The outcome; True is bad.
    """

    columns: Mapping[str, Column]
    bad: Flags

    @property
    def size(self) -> int:
        return len(self.bad)

    def kind(self, name: str) -> Kind:
        return Kind.NUMBER if self.columns[name].dtype.kind == "f" else Kind.WORD

    def take(self, rows: NDArray[np.intp]) -> "Sample":
        """Some of the cases."""
        return Sample({n: c[rows] for n, c in self.columns.items()}, self.bad[rows])


def sample_of(
    rows: Mapping[str, Sequence[Any]], outcome: str, *, bad: str = "1", drop: Sequence[str] = ()
) -> Sample:
    """Columns of texts or numbers as a sample; a column is of numbers when all it holds are.

    Empty cells, None and NaN are missing. ``bad`` is how the outcome says that a case turned bad;
    every other word is good.

    Raises
    ------
    UnusableError
        There is no outcome column, a case has no outcome, columns differ in length, or fewer than
        fifty cases turned out bad or good.
    """
    if outcome not in rows:
        raise UnusableError([Fault(None, outcome, "no_outcome")])
    said = [_word(v) for v in rows[outcome]]
    faults = [Fault(n, outcome, "outcome_missing") for n, v in enumerate(said) if v is None]
    faults += [
        Fault(None, name, "column_length") for name, c in rows.items() if len(c) != len(said)
    ]
    found = np.array([v == bad for v in said])
    if not faults and min(found.sum(), (~found).sum()) < FEW:
        faults.append(Fault(None, outcome, "too_few_outcomes"))
    if faults:
        raise UnusableError(faults)
    left = {n: column_of(c) for n, c in rows.items() if n != outcome and n not in drop}
    return Sample(left, found)


def column_of(cells: Sequence[Any]) -> Column:
    """A column as numbers if every cell is one, else as words."""
    said = [_word(cell) for cell in cells]
    numbers = [_number(v) for v in said]
    if all(v is None or n is not None for v, n in zip(said, numbers, strict=True)):
        return np.array([np.nan if n is None else n for n in numbers], dtype=np.float64)
    return np.array(said, dtype=object)


def _word(cell: Any) -> str | None:
    if cell is None or (isinstance(cell, float) and np.isnan(cell)):
        return None
    text = str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell).strip()
    return text or None


def _number(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if np.isfinite(value) else None
