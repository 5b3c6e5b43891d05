"""The decision of the meeting, the publicity period, objections, the final list."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from qiying.engines.worktime import add_working_days
from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.slices.casebook import queries, rules
from qiying.slices.casebook.models import Entry, Objection, Selection
from qiying.slices.casebook.operations._panel import require_unconcerned
from qiying.slices.casebook.operations._selections import SELECTION, move, selection_at
from qiying.slices.casebook.operations._shared import digest_of, person_of, said
from qiying.slices.registry import public as registry


@tenancy.operation
def choose(
    actor: Actor,
    selection_id: int,
    entry_ids: Iterable[int],
    *,
    met_on: date,
    minutes: str,
    now: datetime,
    deviations: Mapping[int, str] | None = None,
) -> Selection:
    """Record the meeting's decision; where it leaves the ranking, it says why for each entry.

    Left are an entry inside the places that is not chosen and one outside that is; between equals
    on the line the meeting is free. Not more are chosen than there are places.
    """
    row = selection_at(actor, selection_id, "choose")
    entries = {e.pk: e for e in queries.competing(row)}
    chosen, reasons = set(entry_ids), dict(deviations or {})
    require_unconcerned(actor, row, [entries[pk] for pk in chosen if pk in entries])
    if not chosen or not chosen <= set(entries):
        raise Invalid("input.invalid", {"entries": "input.choice"})
    if len(chosen) > row.quota:
        raise Refused("casebook.over_quota", quota=row.quota)
    today = timezone.localdate(now)
    if met_on > today:
        raise Invalid("input.invalid", {"met_on": "casebook.future_day"})
    left = _left(row, chosen)
    missing = [pk for pk in left if not reasons.get(pk, "").strip()]
    if missing:
        raise Refused("casebook.deviation_unreasoned", count=len(missing))
    for pk, entry in entries.items():
        entry.is_chosen = pk in chosen
        entry.deviation = reasons.get(pk, "").strip()[:300] if pk in left else ""
        entry.save(update_fields=["is_chosen", "deviation"])
    changes: dict[str, Any] = {
        "met_on": met_on,
        "minutes": said(minutes, "minutes", most=4000),
        "chosen_by_id": person_of(actor),
    }
    return move(actor, row, "choose", now=now, **changes)


def _left(row: Selection, chosen: set[int]) -> set[int]:
    """The entries about which the meeting left the ranking."""
    inside, line = set(row.ranking["inside"]), set(row.ranking["on_the_line"])
    return (inside - chosen) | (chosen - inside - line)


@tenancy.operation
def publicise(actor: Actor, selection_id: int, *, now: datetime) -> Selection:
    """Show the list to everybody for the working days that the call promised."""
    row = selection_at(actor, selection_id, "publicise")
    start = timezone.localdate(now)
    until = add_working_days(start, row.publicity_days, registry.calendar(actor))
    return move(actor, row, "publicise", now=now, publicity_from=start, publicity_until=until)


@tenancy.operation
def raise_objection(actor: Actor, entry_public_id: UUID, *, text: str, now: datetime) -> Objection:
    """Say why an entry must not be on the list; open to firms and staff of the zone."""
    entry = queries.get_entry_by_public_id(actor, entry_public_id)
    selection = entry.selection
    SELECTION.step(selection.state, "object", actor.roles)
    today = timezone.localdate(now)
    until = selection.publicity_until
    if not entry.is_chosen or until is None or today > until:
        raise Refused("casebook.publicity_closed")
    row = Objection.objects.create(
        tenant_id=actor.tenant_id,
        entry=entry,
        text=said(text, "text"),
        raised_by_id=person_of(actor),
        raised_at=now,
    )
    events.record("casebook.objection_raised", subject=row, actor=actor, now=now)
    return row


@tenancy.operation
def settle(
    actor: Actor, objection_public_id: UUID, *, is_upheld: bool, finding: str, now: datetime
) -> Objection:
    """Settle an objection with a finding; one that is upheld takes the entry off the list.

    Whoever is next does not move up by itself: that would be another decision of the meeting.
    """
    row = queries.get_objection(actor, objection_public_id)
    entry = queries.get_entry(actor, row.entry_id)
    selection = selection_at(actor, entry.selection_id, "settle")
    row = queries.get_objection(actor, objection_public_id, for_update=True)
    entry = queries.get_entry(actor, row.entry_id, for_update=True)
    if row.state != rules.ObjectionState.OPEN:
        raise Refused("casebook.settled_already")
    if row.raised_by_id == actor.person_id:
        raise Denied("casebook.own_objection")
    require_unconcerned(actor, selection, [entry])
    row.state = str(rules.ObjectionState.UPHELD if is_upheld else rules.ObjectionState.DISMISSED)
    row.finding = said(finding, "finding")
    row.settled_by_id = person_of(actor)
    row.settled_at = now
    row.save()
    if is_upheld and entry.is_chosen:
        _exclude(actor, entry, now=now)
    told = {"outcome": row.state, "entry": entry.number}
    events.record("casebook.objection_settled", subject=row, actor=actor, now=now, **told)
    return row


def _exclude(actor: Actor, entry: Entry, *, now: datetime) -> None:
    rules.ENTRY.step(entry.state, "exclude", actor.roles)
    entry.state, entry.is_chosen = str(rules.EntryState.EXCLUDED), False
    entry.save(update_fields=["state", "is_chosen"])
    events.record("casebook.entry_excluded", subject=entry, actor=actor, now=now)


@tenancy.operation
def conclude(actor: Actor, selection_id: int, *, now: datetime) -> Selection:
    """Publish the final list with its hash: the publicity period is over, objections settled."""
    row = selection_at(actor, selection_id, "conclude")
    today = timezone.localdate(now)
    if row.publicity_until is None or today <= row.publicity_until:
        raise Refused("casebook.publicity_runs", day=str(row.publicity_until))
    if queries.has_open_objection(row):
        raise Refused("casebook.objections_open")
    chosen = [e for e in queries.competing(row) if e.is_chosen]
    places = {r["entry"]: r for r in row.ranking["rows"]}
    final = [queries.list_line(e, places[e.pk]) for e in chosen]
    final.sort(key=lambda line: (line["rank"], line["number"]))
    row.concluded_on, row.final = today, final
    return move(actor, row, "conclude", now=now, final_digest=digest_of_list(row))


def digest_of_list(row: Selection) -> str:
    """SHA-256 over canonical JSON of number, day and lines of a final list."""
    day = row.concluded_on.isoformat() if row.concluded_on else ""
    return digest_of({"selection": row.number, "concluded_on": day, "list": row.final})
