"""A table of a card with its place: what is taken from it is checked, what is left over is named."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from qiying.engines.scorecard._card import Fault

Word = TypeVar("Word", bound=str)
DIGITS = 15
"""A decimal of so many digits and its nearest double name each other."""
REQUIRED: Any = object()


class Place:
    """One table on the way through a card; all places share one list of faults."""

    def __init__(self, raw: Mapping[str, Any], place: str, faults: list[Fault]) -> None:
        self.raw, self.place, self.faults = raw, place, faults
        self.taken: set[str] = set()

    def fault(self, code: str, key: str = "", value: str = "") -> None:
        """Name a fault of this table or of one of its keys."""
        self.faults.append(Fault(f"{self.place}.{key}" if key else self.place, code, value))

    def done(self) -> None:
        """Name each key that nobody asked for."""
        for key in self.raw:
            if key not in self.taken:
                self.fault("unknown_key", key)

    def _take(self, key: str, otherwise: Any, kind: type | tuple[type, ...]) -> Any:
        self.taken.add(key)
        if key not in self.raw:
            if otherwise is REQUIRED:
                self.fault("no_key", key)
            return None
        value = self.raw[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            self.fault("wrong_type", key, str(value))
            return None
        return value

    def text(self, key: str, otherwise: str = REQUIRED) -> str:
        """Words; a required key may not be empty."""
        value = self._take(key, otherwise, str)
        if value is None:
            return "" if otherwise is REQUIRED else otherwise
        if otherwise is REQUIRED and not value.strip():
            self.fault("empty", key)
        return str(value).strip()

    def whole(self, key: str, least: int, most: int, otherwise: int = REQUIRED) -> int:
        """A whole number in its bounds."""
        value = self._take(key, otherwise, int)
        if value is None:
            return least if otherwise is REQUIRED else otherwise
        if not least <= value <= most:
            self.fault("out_of_range", key, str(value))
            return least
        return int(value)

    def wholes(self, key: str) -> dict[str, int]:
        """Whole numbers by name, from 0 to 10,000."""
        table = self._take(key, None, Mapping) or {}
        row = Place(table, f"{self.place}.{key}", self.faults)
        return {name: row.whole(name, 0, 10_000) for name in table}

    def number(self, key: str) -> Decimal | None:
        """A decimal of at most 15 significant digits, None where there is none."""
        value = self._take(key, None, (int, Decimal))
        if value is None:
            return None
        exact = Decimal(value)
        if not exact.is_finite() or len(exact.normalize().as_tuple().digits) > DIGITS:
            self.fault("too_many_digits", key, str(value))
            return None
        return exact

    def truth(self, key: str) -> bool:
        """True or false, false where it is not said."""
        return bool(self._take(key, None, bool))

    def one_of(self, key: str, words: Sequence[Word], otherwise: Word | None) -> Word:
        """One of some words; required where there is no other."""
        value = self._take(key, REQUIRED if otherwise is None else otherwise, str)
        if value is None:
            return otherwise or words[0]
        if value not in words:
            self.fault("unknown_word", key, value)
        return next((word for word in words if word == value), words[0])

    def rows(self, key: str) -> list["Place"]:
        """Tables of an array, each with its place."""
        rows = self._take(key, None, list) or []
        found = []
        for n, row in enumerate(rows):
            place = f"{self.place}.{key}[{n}]"
            if isinstance(row, Mapping):
                found.append(Place(row, place, self.faults))
            else:
                self.faults.append(Fault(place, "wrong_type", str(row)))
        return found

    def matrices(self, key: str, size: int) -> list[list[list[float]]]:
        """Positive reciprocal matrices of judgements; a third is written "1/3"."""
        found = []
        for n, raw in enumerate(self._take(key, None, list) or []):
            matrix = _matrix(raw, size)
            if matrix is None:
                self.fault("no_judgements", f"{key}[{n}]")
                continue
            found.append([[float(x) for x in row] for row in matrix])
        return found


def _matrix(raw: Any, size: int) -> list[list[Fraction]] | None:
    try:
        rows = [[Fraction(str(cell)) for cell in row] for row in raw]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    if len(rows) != size or any(len(row) != size for row in rows):
        return None
    pairs = [(i, j) for i in range(size) for j in range(i, size)]
    is_good = all(rows[i][j] > 0 and rows[i][j] * rows[j][i] == 1 for i, j in pairs)
    return rows if is_good else None
