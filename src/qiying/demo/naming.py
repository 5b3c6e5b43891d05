"""Names and numbers of people and firms that nobody bears."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from qiying.demo.chance import stream
from qiying.demo.packaged import read_toml

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Name:
    """A name in Chinese with its reading."""

    zh: str
    en: str


class People:
    """Hands out people's names, no two alike, and telephone numbers of a range that is invented."""

    def __init__(self, seed: int, part: str, *, first_number: int) -> None:
        raw = read_toml("names")
        self._chance = stream(seed, f"people {part}")
        self._surnames = _readings(raw["surnames"])
        self._first = _readings(raw["given_first"])
        self._second = _readings(raw["given_second"])
        self._used: set[str] = set()
        self._number = first_number

    def name(self) -> Name:
        """A name of three characters that this source has not given before."""
        while True:
            # A square leans towards the head of the list, the way surnames are spread.
            lean = float(self._chance.random()) ** 1.6
            family = self._surnames[int(lean * len(self._surnames))]
            given = pick(self._chance, self._first), pick(self._chance, self._second)
            zh = family.zh + given[0].zh + given[1].zh
            if zh not in self._used and given[0].zh != given[1].zh:
                self._used.add(zh)
                return Name(zh, f"{family.en} {given[0].en}{given[1].en.lower()}")

    def given_name(self) -> Name:
        """A given name alone, as shops bear it; these repeat."""
        first, second = pick(self._chance, self._first), pick(self._chance, self._second)
        return Name(first.zh + second.zh, first.en + second.en.lower())

    def phone(self) -> str:
        """The next mobile number of the invented range 139 0000."""
        self._number += 1
        return f"1390000{self._number:04d}"


class Firms:
    """Hands out trade names (字号), no two alike and none that a known firm bears."""

    def __init__(self, seed: int) -> None:
        raw = read_toml("names")
        self._chance = stream(seed, "trade names")
        self._taken = frozenset(raw["taken"])
        self._parts = tuple(_readings(raw[key]) for key in ("trade_first", "trade_second"))
        self._used: set[str] = set()

    def name(self) -> Name:
        """A trade name of two characters; of three when two are used up."""
        for _ in range(40):
            parts = [pick(self._chance, part) for part in self._parts]
            found = _joined(parts)
            if self._is_free(found, parts):
                return found
        while True:
            parts = [
                *(pick(self._chance, part) for part in self._parts),
                pick(self._chance, self._parts[1]),
            ]
            found = _joined(parts)
            if self._is_free(found, parts):
                return found

    def _is_free(self, name: Name, parts: Sequence[Name]) -> bool:
        free = (
            name.zh not in self._used
            and not any(taken in name.zh for taken in self._taken)
            and len({part.zh for part in parts}) == len(parts)
        )
        if free:
            self._used.add(name.zh)
        return free


def pick(chance: np.random.Generator, choices: Sequence[T]) -> T:
    """One of the choices, each as likely as the other."""
    return choices[int(chance.integers(len(choices)))]


def _joined(parts: Sequence[Name]) -> Name:
    reading = "".join(part.en for part in parts).capitalize()
    return Name("".join(part.zh for part in parts), reading)


def _readings(entries: Sequence[str]) -> tuple[Name, ...]:
    return tuple(Name(*entry.split(" ")) for entry in entries)
