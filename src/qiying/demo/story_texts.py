"""What firms say: templates from `data/stories`, and how a template becomes a text.

A template is plain Chinese with braces: `{a|b|c}` takes one of the words, `{3..8}` a number,
`{20..60:10}` a number in steps, and `{road}` is a named slot. Words, numbers and slots are drawn
from the story's own stream, so a seed always tells the same story.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Any

import numpy as np

from qiying.demo.naming import pick
from qiying.demo.packaged import read_toml

FILES = ("factors", "economy", "land", "labour", "safety", "green", "city", "market")
_BRACES = re.compile(r"\{([^{}]*)\}")
_NUMBER = re.compile(r"^(\d+(?:\.\d+)?)\.\.(\d+(?:\.\d+)?)(?::(\d+))?$")


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that happens under a matter, with the ways to put it and to answer it."""

    titles: tuple[str, ...]
    texts: tuple[str, ...]
    solved: tuple[str, ...]
    partly: tuple[str, ...]
    explained: tuple[str, ...]
    urgency: str
    nature: str
    objects: tuple[str, ...]
    co: tuple[str, ...]
    against: str | None
    who: str

    def variants(self) -> int:
        """How many ways there are to put it; each has its own answer when there are as many."""
        return len(self.texts)


@dataclass(frozen=True, slots=True)
class Matter:
    """A matter that firms call about: how often, who, in which season."""

    code: str
    weight: float
    season: str
    cases: tuple[Case, ...]


@cache
def matters() -> tuple[Matter, ...]:
    """Every matter with its cases, in the order of their codes."""
    heads: dict[str, dict[str, Any]] = {}
    rows: dict[str, list[dict[str, Any]]] = {}
    for name in FILES:
        raw = read_toml(f"stories/{name}")
        heads.update(raw["matters"])
        for row in raw["cases"]:
            rows.setdefault(row["m"], []).append(row)
    return tuple(
        Matter(
            code=code,
            weight=float(head["weight"]),
            season=head["season"],
            cases=tuple(_case(row, head) for row in rows[code]),
        )
        for code, head in sorted(heads.items())
    )


def matching(
    choices: Sequence[str],
    variant: int,
    variants: int,
    chance: np.random.Generator,
    like: str = "",
) -> str:
    """The choice that goes with a variant; the one most like `like` when they are not told apart."""
    if len(choices) == variants:
        return choices[variant]
    return _alike(choices, like, chance)


def fill(
    template: str, slots: Mapping[str, str], chance: np.random.Generator, like: str = ""
) -> str:
    """The template as a text; of several words the one that `like` speaks of too.

    Raises
    ------
    KeyError
        A named slot is not given.
    """

    def one(match: re.Match[str]) -> str:
        body: str = match.group(1)
        if "|" in body:
            return _alike(body.split("|"), like, chance)
        number = _NUMBER.match(body)
        return _number(number, chance) if number else slots[body]

    return _BRACES.sub(one, template)


def _alike(choices: Sequence[str], like: str, chance: np.random.Generator) -> str:
    """The choice that shares most pairs of characters with a text; chance decides between equals.

    So a title that names a leak or a broken lift names the one that the text complains of.
    """
    shared = [sum(a + b in like for a, b in pairwise(choice)) for choice in choices]
    return pick(chance, [c for c, n in zip(choices, shared, strict=True) if n == max(shared)])


def phrase(name: str, slots: Mapping[str, str], chance: np.random.Generator) -> str:
    """One of the stock phrases of that name, filled."""
    return fill(pick(chance, phrases()[name]), slots, chance)


@cache
def phrases() -> Mapping[str, tuple[str, ...]]:
    """Stock phrases by name."""
    return {name: tuple(choices) for name, choices in read_toml("phrases").items()}


def _number(match: re.Match[str], chance: np.random.Generator) -> str:
    low, high, step = match.groups()
    if "." in low:
        return f"{chance.uniform(float(low), float(high)):.1f}"
    stride = int(step or 1)
    return str(int(low) + stride * int(chance.integers((int(high) - int(low)) // stride + 1)))


def _case(row: dict[str, Any], head: dict[str, Any]) -> Case:
    objects = (row["o"],) if "o" in row else tuple(head["objects"])
    return Case(
        titles=tuple(row["t"]),
        texts=tuple(row["x"]),
        solved=tuple(row["a"]),
        partly=tuple(row.get("p", ())),
        explained=tuple(row.get("e", ())),
        urgency=row.get("u", "normal"),
        nature=row.get("n", head["nature"]),
        objects=objects,
        co=tuple(row.get("c", head.get("co", ()))),
        against=row.get("against"),
        who=row.get("w", head["who"]),
    )
