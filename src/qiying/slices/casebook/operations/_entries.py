"""Handing entries in and checking that they are complete."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils import timezone

from qiying.kernel import events, numbering, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.slices.casebook import queries, rules
from qiying.slices.casebook.models import Entry, Selection
from qiying.slices.casebook.operations._selections import selection_at
from qiying.slices.casebook.operations._shared import (
    clean_texts,
    person_of,
    require_whole,
    said,
)
from qiying.slices.registry import public as registry

ENTRY = rules.ENTRY


@tenancy.operation
def enter(
    actor: Actor,
    selection_id: int,
    *,
    level: str,
    county: str,
    entrant: str,
    texts: Mapping[str, str],
    now: datetime,
    evidence: str = "",
    unit_id: int | None = None,
) -> Entry:
    """Hand a case in while the call is open; a unit enters for itself, an organiser for others."""
    selection = selection_at(actor, selection_id, "enter")
    today = timezone.localdate(now)
    if not selection.opens_on <= today <= selection.closes_on:
        raise Refused("casebook.not_open", day=selection.closes_on.isoformat())
    if level not in set(rules.Level):
        raise Invalid("input.invalid", {"level": "input.choice"})
    clean = clean_texts(texts)
    require_whole(clean)
    row = Entry.objects.create(
        tenant_id=actor.tenant_id,
        selection=selection,
        number=numbering.next_number(actor, "CX", now=now),
        level=level,
        county=said(county, "county", most=60),
        entrant=said(entrant, "entrant", most=100),
        unit_id=_unit_of(actor, unit_id),
        evidence=evidence.strip()[: rules.MAX_TEXT],
        submitted_by_id=person_of(actor),
        submitted_at=now,
        **clean,
    )
    events.record("casebook.entry_submitted", subject=row, actor=actor, now=now)
    return row


def _unit_of(actor: Actor, unit_id: int | None) -> int | None:
    """The unit entered for: one's own, or any for an organiser."""
    if unit_id is None:
        return None
    if not actor.has(*rules.ORGANISERS) and unit_id not in actor.units():
        raise Denied("casebook.not_your_unit")
    return registry.unit(actor, unit_id).id


def _at(actor: Actor, entry_id: int, step: str) -> tuple[Entry, Selection]:
    """An entry and its selection at a step, both locked; the selection first."""
    entry = queries.get_entry(actor, entry_id)
    selection = queries.get_selection(actor, entry.selection_id, for_update=True)
    entry = queries.get_entry(actor, entry_id, for_update=True)
    ENTRY.step(entry.state, step, actor.roles)
    return entry, selection


def _move(actor: Actor, entry: Entry, step: str, *, now: datetime, **changes: Any) -> Entry:
    rule, before = ENTRY.steps[step], entry.state
    entry.state = str(rule.target or entry.state)
    for name, value in changes.items():
        setattr(entry, name, value)
    entry.save()
    told = {"before": before, "after": entry.state}
    events.record(rule.event, subject=entry, actor=actor, now=now, **told)
    return entry


def _own(actor: Actor, entry: Entry) -> None:
    if entry.submitted_by_id != actor.person_id:
        raise Denied("casebook.not_yours")


@tenancy.operation
def resubmit(
    actor: Actor, entry_id: int, *, texts: Mapping[str, str], now: datetime, evidence: str = ""
) -> Entry:
    """Complete one's own entry and hand it in again, until it is dealt out."""
    entry, selection = _at(actor, entry_id, "resubmit")
    _own(actor, entry)
    if selection.state not in (rules.SelectionState.OPEN, rules.SelectionState.CHECKING):
        raise Refused("casebook.entry_fixed")
    clean = {**queries.texts_of(entry), **clean_texts(texts)}
    require_whole(clean)
    return _move(actor, entry, "resubmit", now=now, **clean, evidence=evidence or entry.evidence)


def entry_findings(actor: Actor, entry: Entry) -> tuple[rules.Found, ...]:
    """What in the text would tell its readers who entered it, or names somebody.

    Figures count as proven when the entry names its proofs at all: the organiser looks at them.
    """
    known = queries.known_of(actor, call_id=None, card={})
    names = (entry.county, entry.entrant, entry.unit.name_zh if entry.unit else "")
    known = rules.Known(
        firms=known.firms,
        people=known.people,
        phones=known.phones,
        places=tuple(n for n in names if n),
    )
    found = rules.check(queries.texts_of(entry), known)
    if entry.evidence:
        found = tuple(f for f in found if f.kind != rules.Finding.FIGURE)
    return tuple(f for f in found if f.kind != rules.Finding.AMOUNT)


@tenancy.operation
def pass_check(actor: Actor, entry_id: int, *, now: datetime) -> Entry:
    """Say that an entry is complete and tells nobody who entered it."""
    entry, selection = _at(actor, entry_id, "complete")
    _require_checker(actor, entry, selection)
    require_whole(queries.texts_of(entry))
    found = entry_findings(actor, entry)
    if found:
        raise Refused("casebook.findings", count=len(found))
    return _move(actor, entry, "complete", now=now, checked_by_id=person_of(actor), checked_at=now)


@tenancy.operation
def give_back(actor: Actor, entry_id: int, *, remark: str, now: datetime) -> Entry:
    """Give an entry back for completion, and say what is missing."""
    entry, selection = _at(actor, entry_id, "give_back")
    _require_checker(actor, entry, selection)
    return _move(
        actor,
        entry,
        "give_back",
        now=now,
        remark=said(remark, "remark"),
        checked_by_id=person_of(actor),
        checked_at=now,
    )


def _require_checker(actor: Actor, entry: Entry, selection: Selection) -> None:
    if entry.submitted_by_id == actor.person_id:
        raise Denied("casebook.own_entry")
    if selection.state not in (rules.SelectionState.OPEN, rules.SelectionState.CHECKING):
        raise Refused("casebook.entry_fixed")


@tenancy.operation
def withdraw_entry(actor: Actor, entry_id: int, *, now: datetime) -> Entry:
    """Take one's own entry back before it is dealt out."""
    entry, selection = _at(actor, entry_id, "withdraw")
    _own(actor, entry)
    if selection.state not in (rules.SelectionState.OPEN, rules.SelectionState.CHECKING):
        raise Refused("casebook.entry_fixed")
    return _move(actor, entry, "withdraw", now=now)
