"""The zone's terms: those in force at a moment, their history, and the law beside them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from qiying.engines.worktime import Rule
from qiying.kernel.access import Actor
from qiying.kernel.law import Basis
from qiying.slices.calls import rules
from qiying.slices.calls.models import ZoneTerm
from qiying.slices.calls.queries._case import local_day
from qiying.slices.calls.queries._terms import book, limit_of
from qiying.slices.calls.rules import Shipped, Statute, TermClock, TermKey
from qiying.slices.mandate import public as mandate


@dataclass(frozen=True, slots=True)
class TermLine:
    """One term: what is in force, who set it, what is planned, what the platform ships."""

    key: TermKey
    rule: Rule
    shipped: Shipped | None
    setting: ZoneTerm | None
    """The row in force; None while the default is."""
    planned: tuple[ZoneTerm, ...]

    @property
    def is_guarded(self) -> bool:
        return rules.is_guarded(self.key)


@dataclass(frozen=True, slots=True)
class MatterLimit:
    """A matter with the limits on its answer: by statute, by the register, by the zone."""

    card: mandate.MatterCard
    laws: tuple[Statute, ...]
    limit: rules.Limit | None
    source: str
    grade: str
    line: TermLine | None
    rule: Rule
    """What an answer on it has, when nothing is urgent."""

    @property
    def is_locked(self) -> bool:
        """Whether a statute limits it: it may be promised sooner and never later."""
        return bool(rules.laws_of(self.card.code, self.limit))


def history(actor: Actor, key: TermKey | None = None) -> QuerySet[ZoneTerm]:
    """What the zone set, the last setting first; of one term or of all."""
    rows = ZoneTerm.objects.visible_to(actor).select_related("set_by")
    if key is not None:
        rows = rows.filter(clock=key[0], case=key[1])
    return rows.order_by("-id")


def term_lines(actor: Actor, *, now: datetime) -> list[TermLine]:
    """Every term of the zone but those of matters, in the order of a call's way."""
    rows = list(history(actor))
    return [_line(actor, key, rows, now) for key in rules.SHIPPED]


def term_line(actor: Actor, key: TermKey, *, now: datetime) -> TermLine:
    """One term; that of a matter for which none was set has the rule of its register or nature."""
    return _line(actor, key, list(history(actor, key)), now)


def _line(actor: Actor, key: TermKey, rows: Iterable[ZoneTerm], now: datetime) -> TermLine:
    mine = [r for r in rows if (r.clock, r.case) == key]
    past = [r for r in mine if r.setting.from_at <= now]
    setting = max(past, key=lambda r: (r.setting.from_at, r.pk), default=None)
    planned = sorted((r for r in mine if r.setting.from_at > now), key=lambda r: r.valid_from)
    latest = {r.valid_from: r for r in sorted(planned, key=lambda r: r.pk)}
    shipped = rules.SHIPPED.get(key)
    if setting is not None:
        rule = setting.setting.rule
    elif shipped is not None:
        rule = shipped.rule
    else:
        rule = _rule_of_matter(actor, key[1], now)
    return TermLine(key, rule, shipped, setting, tuple(r for r in planned if r in latest.values()))


def _rule_of_matter(actor: Actor, code: str, now: datetime) -> Rule:
    card = mandate.matter(actor, code, local_day(now))
    terms = book(actor).at(now)
    return terms.answer(urgency="normal", nature=card.nature, matter=code, limit=limit_of(card))


def matter_limits(actor: Actor, *, now: datetime) -> list[MatterLimit]:
    """The matters whose answer has a limit of its own, those that a statute limits first."""
    rows = list(history(actor))
    own = {r.case for r in rows if r.clock == TermClock.ANSWER}
    found = [
        matter_limit(actor, card, now=now, rows=rows)
        for card in mandate.matters(actor, local_day(now))
        if card.time_source or card.code in own or rules.statutes_of(card.code)
    ]
    return sorted(found, key=lambda m: (not m.is_locked, m.card.code))


def matter_limit(
    actor: Actor,
    card: mandate.MatterCard,
    *,
    now: datetime,
    rows: Iterable[ZoneTerm] | None = None,
) -> MatterLimit:
    """What limits the answer to one matter."""
    key = (TermClock.ANSWER.value, card.code)
    settings = [r for r in (history(actor, key) if rows is None else rows) if r.case == card.code]
    limit = limit_of(card)
    source, grade = rules.source_and_grade(card.time_source)
    rule = (
        book(actor)
        .at(now)
        .answer(urgency="normal", nature=card.nature, matter=card.code, limit=limit)
    )
    line = _line(actor, key, settings, now) if settings else None
    laws = rules.statutes_of(card.code)
    return MatterLimit(card, laws, limit, source, grade, line, rule)


def unlisted_statutes() -> tuple[Statute, ...]:
    """The statutory limits for which the register has no matter yet."""
    return tuple(s for s in rules.STATUTES.values() if not s.matters)


def basis_of(line: TermLine) -> Basis:
    """What a term in force rests on, with its grade."""
    row = line.setting
    if row is not None:
        return Basis(row.source or OWN.zh, row.source or OWN.en, row.grade)
    return line.shipped.basis if line.shipped else OWN


OWN = Basis("本区规定", "set by the zone", "D")
