"""The zone's terms: how long each step may take, from a date on, and what a zone may not loosen.

A zone that set nothing runs on ``SHIPPED``. What it sets is a dated edition beside that, never an
edit. A clock that runs keeps the term it began with; a shorter one that comes into force meanwhile
counts from that moment, a longer one only for what begins later: no running promise is stretched
by changing the rule it is measured by.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cached_property
from typing import cast

from qiying.engines import worktime
from qiying.engines.worktime import Calendar, Rule
from qiying.kernel.access import Role
from qiying.slices.calls.rules import clocks
from qiying.slices.calls.rules.clocks import Paused
from qiying.slices.calls.rules.codes import Urgency
from qiying.slices.calls.rules.shipped import (
    MOST_OF_KIND,
    SHIPPED,
    STATUTES,
    Statute,
    TermClock,
    TermKey,
    is_matter,
)

OTHER_NATURE = "other"
"""The case of an answer whose nature nobody knows yet."""
KINDS = frozenset(MOST_OF_KIND)
TERM_KEEPERS = (Role.ADMINISTRATOR, Role.ZONE_LEADER)
"""Who sets the zone's terms."""
TERM_GRADES = ("A", "A*", "B", "C", "K", "D")


@dataclass(frozen=True, slots=True)
class Edition:
    """A term from a moment on; without one it is the shipped default."""

    rule: Rule
    from_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Setting:
    """A row of the zone's terms: what somebody set, from which day on, and when it was set."""

    key: TermKey
    rule: Rule
    valid_from: date
    set_at: datetime

    @property
    def from_at(self) -> datetime:
        """The first moment of its day, or that of setting it when that is later."""
        return max(first_moment(self.valid_from), self.set_at)


@dataclass(frozen=True, slots=True)
class Limit:
    """How long a matter may take by a text outside the zone's terms."""

    rule: Rule
    is_law: bool
    """Whether a statute sets it: it may be promised sooner and never later."""


def limit_of(kind: str, amount: float, *, is_law: bool) -> Limit:
    """A limit as the register writes it."""
    return Limit(clocks.rule_of(kind, amount), is_law)


class Terms:
    """The terms in force at one moment, with the earlier ones that running clocks began with.

    ``editions`` are oldest first; keys that are left out run on the shipped default.
    """

    def __init__(self, editions: Mapping[TermKey, Sequence[Edition]] | None = None) -> None:
        given = editions or {}
        self._editions: dict[TermKey, tuple[Edition, ...]] = {
            key: (Edition(shipped.rule),) for key, shipped in SHIPPED.items()
        }
        for key, later in given.items():
            self._editions[key] = (*self._editions.get(key, ()), *later)

    def rule(self, clock: str, case: str = "") -> Rule:
        """The term in force; KeyError for a clock that has none."""
        return self._editions[clock, case][-1].rule

    def find(self, clock: str, case: str) -> Rule | None:
        found = self._editions.get((clock, case))
        return found[-1].rule if found else None

    def step(self, clock: str, urgency: str) -> Rule:
        """How long a step indoors may take."""
        return self.rule(clock, urgency)

    def days(self, clock: str) -> int:
        """A term that is a number of working days and no clock."""
        return int(self.rule(clock).amount)

    def answer(
        self, *, urgency: str, nature: str, matter: str = "", limit: Limit | None = None
    ) -> Rule:
        """How long the zone has for an answer: danger, then the matter, then its nature.

        For a matter the zone's own term goes before the limit of the register; neither goes
        beyond what a statute allows, counted as the statute counts.
        """
        if urgency != Urgency.NORMAL:
            return self.rule(TermClock.ANSWER, urgency)
        found = self.find(TermClock.ANSWER, matter) if is_matter(matter) else None
        if found is None and limit is not None:
            found = limit.rule
        if found is not None:
            return within_the_law(found, laws_of(matter, limit))
        return self.rule(TermClock.ANSWER, nature or OTHER_NATURE)

    def due_at(
        self,
        clock: str,
        case: str,
        start_at: datetime,
        calendar: Calendar,
        paused: Sequence[Paused] = (),
    ) -> datetime:
        """When a clock that began at a moment runs out."""
        editions = self._editions[clock, case]
        if len(editions) == 1:
            return clocks.due_at(start_at, editions[0].rule, calendar, paused)
        runs = self._runs(editions, start_at)
        return min(clocks.due_at(at, rule, calendar, paused) for at, rule in runs)

    def step_due_at(
        self,
        clock: str,
        urgency: str,
        start_at: datetime,
        calendar: Calendar,
        paused: Sequence[Paused] = (),
    ) -> datetime:
        """When a step that began at ``start_at`` must be done."""
        return self.due_at(clock, urgency, start_at, calendar, paused)

    def co_task_due_at(
        self, sent_at: datetime, calendar: Calendar, paused: Sequence[Paused] = ()
    ) -> datetime:
        """When a co-handler's part must be done, were there no end of the round."""
        return self.due_at(TermClock.TASK, "", sent_at, calendar, paused)

    def callback_term(self, start_at: datetime, calendar: Calendar) -> clocks.Term:
        """Until when an answer is reviewed and the firm rung, with its light."""
        editions = self._editions[TermClock.CALLBACK, ""]
        found = [clocks.term(at, r, calendar) for at, r in self._runs(editions, start_at)]
        return min(found, key=lambda term: term.due_at)

    def _runs(
        self, editions: Sequence[Edition], start_at: datetime
    ) -> tuple[tuple[datetime, Rule], ...]:
        """The term a clock began with, and the present one from the moment it came into force."""
        first = next(
            (e for e in reversed(editions) if e.from_at is None or e.from_at <= start_at),
            editions[0],
        )
        last = editions[-1]
        if last is first or last.from_at is None:
            return ((start_at, first.rule),)
        return ((start_at, first.rule), (last.from_at, last.rule))


DEFAULT_TERMS = Terms()


class Book:
    """Every setting of a zone, planned ones too, and the terms at any moment."""

    def __init__(self, settings: Iterable[Setting] = ()) -> None:
        self._settings = sorted(settings, key=lambda s: s.from_at)
        self._kept: dict[int, Terms] = {}

    @cached_property
    def _moments(self) -> list[datetime]:
        return [s.from_at for s in self._settings]

    def at(self, now: datetime) -> Terms:
        """The terms that are in force at a moment."""
        if not self._settings:
            return DEFAULT_TERMS
        count = sum(at <= now for at in self._moments)
        if count not in self._kept:
            self._kept[count] = Terms(_editions(self._settings[:count]))
        return self._kept[count]


def _editions(settings: Iterable[Setting]) -> dict[TermKey, tuple[Edition, ...]]:
    """By key, oldest first; of two that begin in the same moment the later setting counts."""
    found: dict[TermKey, dict[datetime, Edition]] = {}
    for one in settings:
        found.setdefault(one.key, {})[one.from_at] = Edition(one.rule, one.from_at)
    return {key: tuple(editions.values()) for key, editions in found.items()}


def first_moment(on: date) -> datetime:
    """When a day begins in the zone."""
    return datetime.combine(on, time(), tzinfo=worktime.SHANGHAI)


# --- what the law sets ---


def laws_of(matter: str, limit: Limit | None = None) -> tuple[Rule, ...]:
    """The statutory limits of a matter: those known here, and the register's own of grade A."""
    known = tuple(s.rule for s in statutes_of(matter))
    return (*known, limit.rule) if limit is not None and limit.is_law else known


def statutes_of(matter: str) -> tuple[Statute, ...]:
    """The statutes that name how long the answer to a matter may take."""
    return tuple(s for s in STATUTES.values() if matter in s.matters)


def within_the_law(rule: Rule, laws: Sequence[Rule]) -> Rule:
    """The rule, or the strictest law where the rule is longer or counted otherwise."""
    for law in sorted(laws, key=lambda one: one.amount):
        if rule.kind != law.kind or rule.amount > law.amount:
            return law
    return rule


# --- what a zone may set ---


def kinds_of(key: TermKey) -> tuple[str, ...]:
    """In what a term may be counted."""
    shipped = SHIPPED.get(key)
    return shipped.kinds if shipped else tuple(MOST_OF_KIND)


def most_of(key: TermKey, kind: str) -> int:
    """The longest that a zone may set, in this kind."""
    shipped = SHIPPED.get(key)
    return shipped.most(kind) if shipped else MOST_OF_KIND[cast("worktime.Kind", kind)]


def is_guarded(key: TermKey) -> bool:
    """Whether the zone may shorten this term and never lengthen it."""
    shipped = SHIPPED.get(key)
    return shipped is not None and shipped.is_guarded


def is_known(key: TermKey) -> bool:
    """Whether there is such a term; one of a matter is, where the register has the matter."""
    return key in SHIPPED or (key[0] == TermClock.ANSWER and is_matter(key[1]))
