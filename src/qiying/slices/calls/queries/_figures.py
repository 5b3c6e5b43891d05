"""Shares of rounds with their lists and their hashes, for all tables of a page from one reading.

One statement says of each round which measures count it; adding up by unit, matter and place, and
hashing who was counted, is done here. The hash is that of the engine `rates`: the same members in
the same period give the same hash on every page.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, Self

from django.db.models import QuerySet

from qiying.engines import rates as engine
from qiying.kernel import statements
from qiying.kernel.statements import Statement
from qiying.slices.calls import rules
from qiying.slices.calls.queries._measures import Measure, midnight
from qiying.slices.calls.queries._tally import tests_of

COUNTED, HALF, MISSED = 1, 2, 4
"""What a round is to a measure, three bits of its mark each; none of them: not asked."""
BITS = 3


def marks(rows: QuerySet[Any], keys: Sequence[str], known: Mapping[str, Measure]) -> Statement:
    """The keys (annotations of the rounds), then id and mark of each round, by id."""
    picked = rows.annotate(**tests_of(known)).values_list(*keys, "id", *tests_of(known))
    terms = [_mark(name, measure, BITS * at) for at, (name, measure) in enumerate(known.items())]
    shown = ", ".join([*keys, "id", " + ".join(terms)])
    # the server must not pull the tests up again into every term: OFFSET keeps them below
    frame = "SELECT {shown} FROM (SELECT * FROM {{picked}} AS p OFFSET 0) AS r ORDER BY id"
    return statements.joined([picked], frame.format(shown=shown))


def _mark(name: str, measure: Measure, shift: int) -> str:
    """What a round is to one measure, as a number that adds up with those of the others."""

    def bit(kind: int) -> str:
        return f"{kind << shift}::bigint"

    half = f"WHEN {name}_half THEN {bit(HALF)} " if measure.half is not None else ""
    asked = f"CASE WHEN {name}_top THEN {bit(COUNTED)} {half}ELSE {bit(MISSED)} END"
    return f"CASE WHEN {name}_base THEN {asked} ELSE 0 END"


@dataclass(frozen=True, slots=True)
class Members:
    """Some of the rounds of a period by their marks."""

    ids: list[int] = field(default_factory=list)
    marked: list[int] = field(default_factory=list)

    def counts(self, places: int) -> list[tuple[float, int]]:
        """Numerator and denominator of the measure at each place."""
        tops, bases = [0.0] * places, [0] * places
        for mark, number in Counter(self.marked).items():
            for at in range(places):
                kind = mark >> BITS * at & 7
                if kind:
                    bases[at] += number
                    tops[at] += WEIGHTS[kind] * number
        return list(zip(tops, bases, strict=True))

    def digest(self, seal: str, name: str, at: int) -> str:
        """The engine's hash of who counts for the measure at this place, and who falls short."""
        counted, missed = [], []
        for key, mark in zip(self.ids, self.marked, strict=True):
            kind = mark >> BITS * at & 7
            if kind == MISSED:
                missed.append(str(key))
            elif kind:
                counted.append(engine.word_of(key, WEIGHTS[kind]))
        return engine.digest_of(seal, name, counted, missed)


WEIGHTS: Mapping[int, float] = {COUNTED: 1.0, HALF: rules.RATES.partly_weight, MISSED: 0.0}


@dataclass(frozen=True)
class Figure:
    """A share with what it was counted from; ``share`` is None when nothing was asked about."""

    name: str
    numerator: float
    denominator: int
    query: Mapping[str, str]
    """Lists the numerator at ``list_rounds``; with ``missed=1`` those that fell short."""
    members: Members | None = None
    seal: str = ""
    at: int = 0

    @property
    def share(self) -> float | None:
        return self.numerator / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson 95 % interval of the share."""
        return rules.wilson(self.numerator, self.denominator)

    @property
    def is_ranked(self) -> bool:
        """Whether there is enough to compare with others."""
        return self.denominator >= rules.LEAST_TO_RANK

    @cached_property
    def digest(self) -> str:
        """SHA-256 of rules, period, whose rounds, and the members; "" where none were read."""
        return self.members.digest(self.seal, self.name, self.at) if self.members else ""


@dataclass(frozen=True, slots=True)
class Days:
    """The period of a board: its query and the beginning of its hashes."""

    start: date
    end: date
    query: Mapping[str, str]

    def seal(self, scope: str | None) -> str:
        return engine.seal_of(midnight(self.start), midnight(self.end), scope, rules.RATES)


class Figures(Mapping[str, Figure]):
    """Every measure of some rounds by name, each made when it is asked for."""

    def __init__(
        self, members: Members, names: Sequence[str], seal: str, query: Mapping[str, str]
    ) -> None:
        self._members, self._names, self._seal, self._query = members, names, seal, query
        self._counts = members.counts(len(names))
        self._made: dict[str, Figure] = {}

    def __getitem__(self, name: str) -> Figure:
        found = self._made.get(name)
        if found is None:
            if name not in self._names:
                raise KeyError(name)
            at = self._names.index(name)
            query = {**self._query, "measure": name}
            found = Figure(name, *self._counts[at], query, self._members, self._seal, at)
            self._made[name] = found
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


@dataclass(frozen=True, slots=True)
class Grouped:
    """The rounds of a period: all, and by each of the keys."""

    whole: Members
    by: tuple[dict[str, Members], ...]

    @classmethod
    def of(cls, rows: Iterable[tuple[Any, ...]], keys: int) -> Self:
        """Rows as ``marks`` gives them; what has no key goes by "-"."""
        found = cls(Members(), tuple({} for _ in range(keys)))
        for row in rows:
            key, mark = row[keys], row[keys + 1]
            groups = [found.whole]
            for at in range(keys):
                by, name = found.by[at], str(row[at] or "-")
                group = by.get(name)
                if group is None:
                    group = by[name] = Members()
                groups.append(group)
            for group in groups:
                group.ids.append(key)
                group.marked.append(mark)
        return found
