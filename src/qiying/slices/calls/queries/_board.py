"""The leader's page: every number with its denominator, its uncertainty and its list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, F

from qiying.kernel import statements
from qiying.kernel.access import Actor
from qiying.kernel.language import chooser
from qiying.kernel.statements import NOW, START, Statement
from qiying.slices.calls import rules
from qiying.slices.calls.models import Call
from qiying.slices.calls.queries._dossier import unit_cards
from qiying.slices.calls.queries._figures import (
    Days,
    Figure,
    Figures,
    Grouped,
    Members,
    marks,
)
from qiying.slices.calls.queries._filters import AGES
from qiying.slices.calls.queries._measures import (
    Measure,
    RoundFilters,
    answerable_unit,
    due_between,
    measures,
    midnight,
    population,
)
from qiying.slices.mandate import public as mandate

MOST_ROWS = 60


@dataclass(frozen=True, slots=True)
class BoardRow:
    """One unit, matter or place; ``key`` is "-" for what has none."""

    key: str
    label: str
    figures: Mapping[str, Figure]


@dataclass(frozen=True, slots=True)
class Age:
    """Open calls of one age; ``query`` lists them at ``list_calls``."""

    key: str
    count: int
    query: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Board:
    start: date
    end: date
    total: BoardRow
    by_unit: tuple[BoardRow, ...]
    by_matter: tuple[BoardRow, ...]
    by_place: tuple[BoardRow, ...]
    ages: tuple[Age, ...]


def leader_board(actor: Actor, *, start: date, end: date, now: datetime) -> Board:
    """Rounds due from ``start`` until before ``end``, in two queries and two for names."""
    asked = statements.kept("calls.board", actor, _marks)
    until = min(midnight(end), now)
    rows = asked.ask(now=until, start=midnight(start), person=actor.person_id)
    found, days = (
        Grouped.of(rows, len(GROUPS)),
        Days(start, end, RoundFilters(start, end).as_query()),
    )
    known = tuple(measures(actor.tenant_id))
    cards = unit_cards(actor)
    choose = chooser()
    towns = {c.code: choose(c.name_zh, c.name_en) for c in cards.values()}
    names = {str(c.id): towns[c.code] for c in cards.values()}
    titles = {m.code: choose(m.name_zh, m.name_en) for m in mandate.matters(actor, now.date())}
    codes = {str(c.id): c.code for c in cards.values()}
    by_unit, by_matter, by_place = (
        _rows(found.by[at], known, days, at, labels, codes)
        for at, labels in enumerate((names, titles, towns))
    )
    total = BoardRow("", "", Figures(found.whole, known, days.seal(None), days.query))
    return Board(
        start,
        end,
        total,
        by_unit[:MOST_ROWS],
        by_matter[:MOST_ROWS],
        by_place[:MOST_ROWS],
        _ages(actor, now),
    )


def totals(actor: Actor, *, start: date, end: date, now: datetime) -> Mapping[str, Figure]:
    """Every measure of the whole zone in one query."""
    known = measures(actor.tenant_id)
    counted = population(actor, start, end, now=now).aggregate(**_counts(known))
    return _figures(counted, known, RoundFilters(start, end).as_query())


def _counts(known: Mapping[str, Measure]) -> dict[str, Count]:
    found = {}
    for name, m in known.items():
        found[f"{name}_top"] = Count("id", filter=m.denominator & m.numerator)
        found[f"{name}_base"] = Count("id", filter=m.denominator)
        if m.half is not None:
            found[f"{name}_half"] = Count("id", filter=m.denominator & m.half)
    return found


def _marks(actor: Actor) -> Statement:
    """The rounds of a period with unit, matter and place; each table adds up its own."""
    rows = due_between(actor, START, NOW).order_by()
    keys = (answerable_unit(), F("call__matter_code"), F("call__township_code"))
    rows = rows.annotate(**{f"by_{name}": key for name, key in zip(GROUPS, keys, strict=True)})
    return marks(rows, [f"by_{name}" for name in GROUPS], measures(actor.tenant_id))


GROUPS = ("unit", "matter", "place")


def _figures(
    counted: Mapping[str, Any], known: Mapping[str, Measure], query: Mapping[str, str]
) -> dict[str, Figure]:
    return {
        name: Figure(
            name,
            counted[f"{name}_top"] + counted.get(f"{name}_half", 0) / 2,
            counted[f"{name}_base"],
            {**query, "measure": name},
        )
        for name in known
    }


def _rows(
    groups: Mapping[str, Members],
    known: Sequence[str],
    days: Days,
    at: int,
    labels: Mapping[str, str],
    codes: Mapping[str, str],
) -> tuple[BoardRow, ...]:
    """The rows of one table, most rounds first; ``at`` is the place of its key.

    A unit's hashes are those of its sheet of rates, where a unit goes by its code.
    """
    found = []
    for key, members in groups.items():
        scope = codes.get(key, "") if at == 0 else f"{GROUPS[at]}:{key}"
        query = {**days.query, GROUPS[at]: key}
        figures = Figures(members, known, days.seal(scope), query)
        found.append(BoardRow(key, labels.get(key, key), figures))
    return tuple(sorted(found, key=lambda r: (-r.figures["due"].denominator, r.key)))


def _ages(actor: Actor, now: datetime) -> tuple[Age, ...]:
    asked = statements.kept("calls.ages", actor, _by_age)
    (counted,) = asked.ask(now=now, person=actor.person_id)
    return tuple(
        Age(key, number, {"tab": "open", "age": key})
        for key, number in zip(AGES, counted, strict=True)
    )


def _by_age(actor: Actor) -> Statement:
    """The open calls of each age, as ``aged`` tells them apart."""
    rows = Call.objects.visible_to(actor).filter(state__in=sorted(rules.OPEN)).order_by()
    picked, since = (
        statements.words(rows.values_list("received_at")),
        "received_at {} %s::timestamptz",
    )
    counts = []
    for first, last in AGES.values():
        test = f"{since.format('<=')} - interval '{24 * first} hours'"
        if last is not None:
            test += f" AND {since.format('>')} - interval '{24 * last} hours'"
        counts.append(f"count(*) FILTER (WHERE {test})")
    text = f"SELECT {', '.join(counts)} FROM ({picked.text}) AS t"  # noqa: S608  our own words
    moments = [NOW] * text.count("::timestamptz")
    return statements.put(text, [*moments, *picked.params])
