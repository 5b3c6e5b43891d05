"""Selections as an actor may see them, and the sums of their marks."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Count, Model, Q, QuerySet

from qiying.engines import selection as engine
from qiying.kernel import people
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.models import User
from qiying.slices.casebook import rules
from qiying.slices.casebook.models import Entry, EntryMark, Interest, Objection, Seat, Selection
from qiying.slices.casebook.queries.cases import _today

M = TypeVar("M", bound=Model)
ORDER = ("-made_at", "-id")
NOT_DEALT = (rules.EntryState.WITHDRAWN, rules.EntryState.RETURNED)


def list_selections(actor: Actor) -> QuerySet[Selection]:
    return Selection.objects.visible_to(actor)


def get_selection(actor: Actor, selection_id: int, *, for_update: bool = False) -> Selection:
    rows = Selection.objects.visible_to(actor).filter(pk=selection_id)
    if for_update:
        rows = rows.select_for_update(of=("self",))
    return _found(rows.first())


def get_selection_by_public_id(actor: Actor, public_id: UUID) -> Selection:
    return _found(Selection.objects.visible_to(actor).filter(public_id=public_id).first())


def _found(row: M | None) -> M:
    if row is None:
        raise NotFound("not_found")
    return row


def entries_of(actor: Actor, selection: Selection) -> QuerySet[Entry]:
    rows = Entry.objects.visible_to(actor).filter(selection=selection)
    return rows.select_related("submitted_by", "unit").order_by("id")


def get_entry(actor: Actor, entry_id: int, *, for_update: bool = False) -> Entry:
    rows = Entry.objects.visible_to(actor).filter(pk=entry_id)
    if for_update:
        rows = rows.select_for_update(of=("self",))
    return _found(rows.first())


def get_entry_by_public_id(actor: Actor, public_id: UUID) -> Entry:
    rows = Entry.objects.visible_to(actor).filter(public_id=public_id)
    return _found(rows.select_related("selection").first())


def counts_of(actor: Actor, selections: Iterable[Selection]) -> dict[int, int]:
    """How many entries each selection has, those withdrawn left out."""
    rows = Entry.objects.filter(tenant_id=actor.tenant_id, selection__in=list(selections))
    rows = rows.exclude(state=rules.EntryState.WITHDRAWN)
    return dict(rows.values_list("selection_id").annotate(n=Count("id")))


def seats_of(selection: Selection) -> list[Seat]:
    rows = Seat.objects.filter(tenant_id=selection.tenant_id, selection=selection)
    return list(rows.select_related("person").order_by("id"))


def own_seat(actor: Actor, selection: Selection) -> Seat | None:
    rows = Seat.objects.filter(
        tenant_id=actor.tenant_id, selection=selection, person_id=actor.person_id
    )
    return rows.first() if actor.person_id is not None else None


def may_sit(actor: Actor, selection: Selection) -> list[Any]:
    """People of the house who may sit on the panel and do not yet."""
    taken = {s.person_id for s in seats_of(selection)} | {selection.made_by_id}
    found = people.people_with(actor, *sorted(rules.REVIEWERS), on=_today())
    return [p for p in found if p.pk not in taken]


def units_of_person(actor: Actor, person: User, *, now: datetime) -> list[int]:
    """The units in which somebody works in this zone, whatever the role."""
    held = (a for a in people.actors_of(person, now=now) if a.tenant_id == actor.tenant_id)
    return sorted({unit for one in held for unit in one.units()})


def marks_of(selection: Selection) -> list[EntryMark]:
    """Every reading of a selection."""
    rows = EntryMark.objects.filter(tenant_id=selection.tenant_id, entry__selection=selection)
    return list(rows.select_related("seat__person", "entry").order_by("entry_id", "position"))


def readings_of(actor: Actor, selection: Selection) -> list[EntryMark]:
    """What this panelist reads, under blind numbers."""
    rows = EntryMark.objects.filter(
        tenant_id=actor.tenant_id,
        seat__person_id=actor.person_id,
        entry__selection=selection,
    )
    if actor.person_id is None:
        return []
    return list(rows.select_related("entry").order_by("entry__blind"))


def get_reading(actor: Actor, public_id: UUID, *, for_update: bool = False) -> EntryMark:
    """The actor's own reading of an entry; NotFound when it was dealt to somebody else."""
    rows = EntryMark.objects.filter(
        tenant_id=actor.tenant_id,
        seat__person_id=actor.person_id,
        entry__public_id=public_id,
    )
    if for_update:
        rows = rows.select_for_update(of=("self",))
    row = None if actor.person_id is None else rows.select_related("entry__selection").first()
    return _found(row)


def readings_to_do(actor: Actor) -> int:
    """How many entries wait for this panelist."""
    rows = entries_to_read(actor)
    return rows if isinstance(rows, int) else rows.count()


def entries_to_read(actor: Actor) -> QuerySet[EntryMark] | int:
    """The readings that ``readings_to_do`` counts; 0 for a machine."""
    if actor.person_id is None:
        return 0
    return EntryMark.objects.filter(
        tenant_id=actor.tenant_id,
        seat__person_id=actor.person_id,
        marked_at=None,
        entry__selection__state=rules.SelectionState.REVIEWING,
    ).order_by()


def objections_of(actor: Actor, selection: Selection) -> list[Objection]:
    rows = Objection.objects.visible_to(actor).filter(entry__selection=selection)
    return list(rows.select_related("entry", "raised_by", "settled_by").order_by("id"))


def get_objection(actor: Actor, public_id: UUID, *, for_update: bool = False) -> Objection:
    rows = Objection.objects.visible_to(actor).filter(public_id=public_id)
    if for_update:
        rows = rows.select_for_update(of=("self",))
    return _found(rows.first())


def get_objection_by_id(actor: Actor, objection_id: int) -> Objection:
    rows = Objection.objects.visible_to(actor).filter(pk=objection_id)
    return _found(rows.select_related("entry__selection").first())


def has_open_objection(selection: Selection) -> bool:
    rows = Objection.objects.filter(tenant_id=selection.tenant_id, entry__selection=selection)
    return rows.filter(state=rules.ObjectionState.OPEN).exists()


# --- dealing ---


def barred(
    selection: Selection, entries: Iterable[Entry], seats: Iterable[Seat]
) -> frozenset[tuple[str, str]]:
    """Who may not read what: same county, same unit, own entry, declared interest."""
    seats = list(seats)
    declared = set(
        Interest.objects.filter(
            tenant_id=selection.tenant_id, seat__selection=selection
        ).values_list("seat_id", "entry_id")
    )
    return frozenset(
        (str(e.pk), str(s.pk))
        for e in entries
        for s in seats
        if (s.county and s.county == e.county)
        or e.unit_id in s.units
        or e.submitted_by_id == s.person_id
        or (s.pk, e.pk) in declared
    )


def competing(selection: Selection) -> list[Entry]:
    """The entries that are judged."""
    rows = Entry.objects.filter(
        tenant_id=selection.tenant_id, selection=selection, state=rules.EntryState.COMPLETE
    )
    return list(rows.order_by("id"))


# --- counting ---


@dataclass(frozen=True, slots=True)
class RankedRow:
    """One entry of the ranked list, raw beside adjusted."""

    entry_id: int
    rank: int
    is_tied: bool
    score: Decimal
    adjusted: Decimal
    adjusted_rank: int
    by_criterion: Mapping[str, Decimal]
    spread: Decimal
    readers: int
    safety: Decimal
    """In which share of shaken worlds the entry is within the places."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Everything that follows from the marks of a selection."""

    rows: tuple[RankedRow, ...]
    inside: tuple[int, ...]
    on_the_line: tuple[int, ...]
    gap: float | None
    agreement: engine.Agreement
    leniency: Mapping[int, float]
    is_connected: bool


def tally(selection: Selection, marks: Iterable[EntryMark]) -> Tally:
    """Count the marks that were given."""
    given = [m for m in marks if m.marked_at is not None]
    yardsticks = rules.read_criteria(selection.criteria)
    weights, codes = rules.weights(yardsticks), [c.code for c in yardsticks]
    plain = _plain(given, codes)
    scores = engine.totals(plain, weights)
    adjusted = engine.adjust(scores)
    means = _means(plain, codes)
    standings = [_standing(e, adjusted.raw[e], means[e]) for e in adjusted.raw]
    rule = engine.TieRule(selection.tie_rule)
    places = _ranked(standings, rule)
    levelled = engine.rank([_standing(e, v, means[e]) for e, v in adjusted.adjusted.items()], rule)
    beside = {p.entry: p.rank for p in levelled}
    line = engine.cut(engine.rank(standings), selection.quota)
    safety = engine.sensitivity(plain, weights, selection.quota, seed=selection.seed)
    rows = tuple(
        RankedRow(
            entry_id=int(p.entry),
            rank=p.rank,
            is_tied=p.is_tied,
            score=_points(p.score),
            adjusted=_points(adjusted.adjusted[p.entry]),
            adjusted_rank=beside[p.entry],
            by_criterion={c: _points(means[p.entry][c]) for c in codes},
            spread=rules.spread([_points(s.value) for s in scores if s.entry == p.entry]),
            readers=sum(s.entry == p.entry for s in scores),
            safety=_points(100 * safety[p.entry]),
        )
        for p in places
    )
    return Tally(
        rows,
        tuple(int(e) for e in line.inside),
        tuple(int(e) for e in line.tied),
        line.gap,
        engine.agreement(scores),
        {int(r): v for r, v in adjusted.leniency.items()},
        adjusted.is_connected,
    )


def _plain(given: Iterable[EntryMark], codes: list[str]) -> list[engine.Mark]:
    return [
        engine.Mark(str(m.entry_id), str(m.seat_id), tuple(float(m.points[c]) for c in codes))
        for m in given
    ]


def _ranked(standings: list[engine.Standing], rule: engine.TieRule) -> tuple[engine.Place, ...]:
    """The places, counted again by the engine's independent checker."""
    places = engine.rank(standings, rule)
    if engine.check_places(standings, places, rule):
        raise RuntimeError("the ranking does not pass its independent check")
    return places


def _means(plain: Iterable[engine.Mark], codes: list[str]) -> dict[str, dict[str, float]]:
    held: dict[str, list[tuple[float, ...]]] = {}
    for mark in plain:
        held.setdefault(mark.entry, []).append(mark.points)
    return {
        e: {c: sum(p[i] for p in rows) / len(rows) for i, c in enumerate(codes)}
        for e, rows in held.items()
    }


def _standing(entry: str, score: float, means: Mapping[str, float]) -> engine.Standing:
    known = [means[c] for c in rules.TIE_BREAKERS if c in means]
    return engine.Standing(entry, round(score, 4), tuple(known))


def _points(value: float) -> Decimal:
    return Decimal(str(round(value, 2))).quantize(Decimal("0.01"))


def unfinished(marks: Iterable[EntryMark]) -> int:
    return sum(m.marked_at is None for m in marks)


def wide_entries(selection: Selection, marks: Iterable[EntryMark]) -> list[int]:
    """Entries whose first two readers differ widely and that no third one was asked about."""
    held: dict[int, list[EntryMark]] = {}
    for mark in marks:
        held.setdefault(mark.entry_id, []).append(mark)
    return [
        entry_id
        for entry_id, rows in held.items()
        if len(rows) < rules.MOST_REVIEWS
        and all(m.total is not None for m in rows)
        and rules.reviews_needed([m.total for m in rows if m.total is not None]) > len(rows)
    ]


def publicised(actor: Actor, selection: Selection) -> list[Entry]:
    """The list as everybody reads it."""
    rows = Entry.objects.visible_to(actor).filter(Q(is_chosen=True), selection=selection)
    return list(rows.order_by("county", "entrant", "id"))


def list_lines(actor: Actor, selection: Selection) -> list[dict[str, Any]]:
    """The list line by line, by rank; when it is final, as it was hashed."""
    if selection.state == rules.SelectionState.FINAL:
        return list(selection.final)
    places = {r["entry"]: r for r in selection.ranking["rows"]}
    rows = [list_line(e, places[e.pk]) for e in publicised(actor, selection)]
    return sorted(rows, key=lambda line: (line["rank"], line["number"]))


def list_line(entry: Entry, place: Mapping[str, Any]) -> dict[str, Any]:
    """One line of a list, as it is shown and hashed."""
    return {
        "number": entry.number,
        "title": entry.title,
        "level": entry.level,
        "county": entry.county,
        "entrant": entry.entrant,
        "rank": place["rank"],
        "score": place["score"],
    }


def per_county(entries: Iterable[Entry]) -> list[tuple[str, int]]:
    """How many of a list each county has, most first."""
    counts: dict[str, int] = {}
    for entry in entries:
        counts[entry.county] = counts.get(entry.county, 0) + 1
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
