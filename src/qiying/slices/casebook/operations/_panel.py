"""Dealing entries out, reading them, ranking them."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import numpy as np

from qiying.engines import selection as engine
from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Refused
from qiying.slices.casebook import queries, rules
from qiying.slices.casebook.models import Entry, EntryMark, Seat, Selection
from qiying.slices.casebook.operations._selections import SELECTION, move, selection_at
from qiying.slices.casebook.operations._shared import digest_of, person_of, points_of, said


@tenancy.operation
def deal(actor: Actor, selection_id: int, *, now: datetime) -> Selection:
    """Number the entries blindly and deal each to two panelists without a conflict.

    Every entry is complete, withdrawn or given back (which leaves it out). The allotment follows
    from the seed, so that it can be made again, and passes the engine's independent check.
    """
    row = selection_at(actor, selection_id, "deal")
    pending = Entry.objects.filter(
        tenant_id=actor.tenant_id, selection=row, state=rules.EntryState.SUBMITTED
    )
    if pending.exists():
        raise Refused("casebook.entries_unchecked")
    entries = queries.competing(row)
    if not entries:
        raise Refused("casebook.no_entries")
    _number(row, entries)
    _hand_out(row, entries, queries.seats_of(row), rules.REVIEWS, {}, now=now)
    events.record(
        "casebook.allotted",
        subject=row,
        actor=actor,
        now=now,
        entries=len(entries),
        seed=row.seed,
        engine=engine.VERSION,
    )
    return move(actor, row, "deal", now=now)


def _number(row: Selection, entries: Sequence[Entry]) -> None:
    order = np.random.default_rng(row.seed).permutation(len(entries))
    for entry, number in zip(entries, order.tolist(), strict=True):
        entry.blind = number + 1
        entry.save(update_fields=["blind"])


def _hand_out(
    row: Selection,
    entries: Sequence[Entry],
    seats: Sequence[Seat],
    readers: int,
    held: Mapping[int, int],
    *,
    now: datetime,
) -> None:
    """Deal entries to so many more readers each; ``held`` says how many places are taken."""
    known = {(m.entry_id, m.seat_id) for m in queries.marks_of(row)}
    barred = queries.barred(row, entries, seats)
    panel = engine.Panel(
        tuple(str(e.pk) for e in entries),
        tuple(str(s.pk) for s in seats),
        barred | {(str(e), str(s)) for e, s in known},
        readers,
    )
    found = engine.assign(panel, seed=row.seed)
    if found.short:
        raise Refused("casebook.panel_small", count=len(found.short))
    if engine.check_allotment(panel, found):
        raise RuntimeError("the allotment does not pass its independent check")
    for entry in entries:
        for place, seat_id in enumerate(found.of(str(entry.pk)), start=held.get(entry.pk, 0) + 1):
            EntryMark.objects.create(
                tenant_id=row.tenant_id,
                entry=entry,
                seat_id=int(seat_id),
                position=place,
                dealt_at=now,
            )


@tenancy.operation
def deal_again(actor: Actor, selection_id: int, *, now: datetime) -> int:
    """Ask further readers: a third where two differ widely, another where one stood back."""
    row = selection_at(actor, selection_id, "third")
    marks, entries = queries.marks_of(row), {e.pk: e for e in queries.competing(row)}
    counts = {pk: sum(m.entry_id == pk for m in marks) for pk in entries}
    seats, dealt = queries.seats_of(row), 0
    for lacking in range(1, rules.REVIEWS + 1):
        short = [entries[pk] for pk, n in counts.items() if rules.REVIEWS - n == lacking]
        if short:
            _refill(row, short, seats, lacking, marks, now=now)
            dealt += lacking * len(short)
    wide = [entries[pk] for pk in queries.wide_entries(row, marks) if pk in entries]
    wide = [e for e in wide if counts[e.pk] >= rules.REVIEWS]
    if wide:
        _hand_out(row, wide, seats, 1, {e.pk: rules.REVIEWS for e in wide}, now=now)
        dealt += len(wide)
    if not dealt:
        raise Refused("casebook.nothing_to_deal")
    events.record("casebook.thirds_dealt", subject=row, actor=actor, now=now, count=dealt)
    return dealt


def _refill(
    row: Selection,
    entries: Sequence[Entry],
    seats: Sequence[Seat],
    readers: int,
    marks: Sequence[EntryMark],
    *,
    now: datetime,
) -> None:
    """Give the places of those who stood back to others."""
    for entry in entries:
        taken = {m.position for m in marks if m.entry_id == entry.pk}
        free = [p for p in range(1, rules.REVIEWS + 1) if p not in taken]
        _hand_out(row, [entry], seats, len(free), {entry.pk: free[0] - 1}, now=now)


@tenancy.operation
def mark(
    actor: Actor,
    entry_public_id: UUID,
    *,
    points: Mapping[str, Any],
    comment: str,
    now: datetime,
) -> EntryMark:
    """Judge an entry that was dealt to this panelist; given marks are never changed."""
    person_of(actor)
    reading = queries.get_reading(actor, entry_public_id, for_update=True)
    selection = reading.entry.selection
    SELECTION.step(selection.state, "mark", actor.roles)
    if reading.marked_at is not None:
        raise Refused("casebook.reviewed_already")
    reading.points = points_of(points, selection.criteria)
    reading.total = rules.total(reading.points, selection.criteria)
    reading.comment = said(comment, "comment")
    reading.marked_at = now
    reading.save()
    entry = reading.entry
    events.record(
        "casebook.entry_marked", subject=entry, actor=actor, now=now, place=reading.position
    )
    return reading


@tenancy.operation
def rank(actor: Actor, selection_id: int, *, now: datetime) -> Selection:
    """Freeze the ranked list: every mark in, every wide disagreement read by a third."""
    row = selection_at(actor, selection_id, "rank")
    marks = queries.marks_of(row)
    if queries.unfinished(marks):
        raise Refused("casebook.marks_missing", count=queries.unfinished(marks))
    per_entry = {e.pk: sum(m.entry_id == e.pk for m in marks) for e in queries.competing(row)}
    if any(n < rules.REVIEWS for n in per_entry.values()):
        raise Refused("casebook.marks_missing", count=1)
    wide = queries.wide_entries(row, marks)
    if wide:
        raise Refused("casebook.thirds_missing", count=len(wide))
    ranking = frozen_tally(queries.tally(row, marks))
    ranking["digest"] = digest_of(ranking)
    events.record(
        "casebook.ranking_frozen", subject=row, actor=actor, now=now, digest=ranking["digest"]
    )
    return move(actor, row, "rank", now=now, ranking=ranking)


def frozen_tally(found: queries.Tally) -> dict[str, Any]:
    """A tally as it is kept: decimals as text, numbers as they are."""
    agreed = found.agreement
    return {
        "engine": engine.VERSION,
        "inside": list(found.inside),
        "on_the_line": list(found.on_the_line),
        "gap": _rounded(found.gap),
        "alpha": _rounded(agreed.alpha),
        "icc": _rounded(agreed.icc),
        "icc_mean": _rounded(agreed.icc_mean),
        "icc_low": _rounded(agreed.low),
        "icc_high": _rounded(agreed.high),
        "scores": agreed.scores,
        "is_connected": found.is_connected,
        "leniency": {str(k): _rounded(v, 2) for k, v in sorted(found.leniency.items())},
        "rows": [
            {
                "entry": r.entry_id,
                "rank": r.rank,
                "is_tied": r.is_tied,
                "score": str(r.score),
                "adjusted": str(r.adjusted),
                "adjusted_rank": r.adjusted_rank,
                "spread": str(r.spread),
                "readers": r.readers,
                "safety": str(r.safety),
                "points": {c: str(v) for c, v in r.by_criterion.items()},
            }
            for r in found.rows
        ],
    }


def _rounded(value: float | None, digits: int = 4) -> float | None:
    return None if value is None else round(value, digits)


def require_unconcerned(actor: Actor, selection: Selection, entries: Sequence[Entry]) -> None:
    """Neither entrant nor panelist decides; nobody decides on entries of the own unit."""
    person = person_of(actor)
    own = any(e.submitted_by_id == person or e.unit_id in actor.units() for e in entries)
    if own or any(s.person_id == person for s in queries.seats_of(selection)):
        raise Denied("casebook.concerned")
