"""Preparing a selection of cases, announcing it, seating its panel, closing it, calling it off."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, TypedDict, Unpack

from django.utils import timezone

from qiying.kernel import events, numbering, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, Refused
from qiying.slices.casebook import queries, rules
from qiying.slices.casebook.models import Entry, EntryMark, Interest, Seat, Selection
from qiying.slices.casebook.models.labels import TieRule
from qiying.slices.casebook.operations._shared import person_of, said

SELECTION = rules.SELECTION


class Terms(TypedDict, total=False):
    """What a call for cases says."""

    title_zh: str
    title_en: str
    rules_zh: str
    rules_en: str
    criteria: Sequence[Mapping[str, Any]]
    tie_rule: str
    quota: int
    opens_on: date
    closes_on: date
    review_until: date
    publicity_days: int
    seed: int


MOST_PLACES = 200
LONGEST = {"title_zh": 120, "title_en": 160, "rules_zh": 4000, "rules_en": 6000}


def _faults(terms: Terms) -> dict[str, str]:
    faults = {
        name: "input.too_long"
        for name, most in LONGEST.items()
        if len(str(terms.get(name, ""))) > most
    }
    for name in ("title_zh", "rules_zh"):
        if not str(terms.get(name, "")).strip():
            faults[name] = "input.required"
    if not terms["opens_on"] <= terms["closes_on"] <= terms["review_until"]:
        faults["closes_on"] = "casebook.dates"
    if not 1 <= terms["quota"] <= MOST_PLACES:
        faults["quota"] = "input.number"
    if not rules.LEAST_PUBLICITY <= terms["publicity_days"] <= 60:
        faults["publicity_days"] = "casebook.publicity_short"
    if terms.get("tie_rule", "competition") not in TieRule.values:
        faults["tie_rule"] = "input.choice"
    found = rules.criteria_fault(rules.read_criteria(terms["criteria"]))
    return faults | ({"criteria": found} if found else {})


@tenancy.operation
def prepare(actor: Actor, *, now: datetime, **terms: Unpack[Terms]) -> Selection:
    """Prepare a call for cases: rules, criteria with weights, dates, places."""
    actor.require(*rules.ORGANISERS)
    whole: Terms = {"criteria": [c.as_row() for c in rules.STANDARD], **terms}
    faults = _faults(whole)
    if faults:
        raise Invalid("input.invalid", faults)
    row = Selection.objects.create(
        tenant_id=actor.tenant_id,
        number=numbering.next_number(actor, "PX", now=now),
        made_by_id=person_of(actor),
        made_at=now,
        updated_at=now,
        **{"tie_rule": TieRule.COMPETITION, **whole, "criteria": list(whole["criteria"])},
    )
    events.record("casebook.selection_prepared", subject=row, actor=actor, now=now)
    return row


def selection_at(actor: Actor, selection_id: int, step: str) -> Selection:
    """A visible selection at a step, locked."""
    row = queries.get_selection(actor, selection_id, for_update=True)
    SELECTION.step(row.state, step, actor.roles)
    return row


def move(actor: Actor, row: Selection, step: str, *, now: datetime, **changes: Any) -> Selection:
    """Write a step of a selection and record it."""
    rule, before = SELECTION.steps[step], row.state
    row.state = str(rule.target or row.state)
    for name, value in changes.items():
        setattr(row, name, value)
    row.updated_at = now
    row.save()
    events.record(rule.event, subject=row, actor=actor, now=now, before=before, after=row.state)
    return row


@tenancy.operation
def announce(actor: Actor, selection_id: int, *, now: datetime) -> Selection:
    """Publish the call for cases."""
    row = selection_at(actor, selection_id, "announce")
    if timezone.localdate(now) > row.closes_on:
        raise Refused("casebook.dates_over")
    return move(actor, row, "announce", now=now)


@tenancy.operation
def close_entries(actor: Actor, selection_id: int, *, now: datetime) -> Selection:
    """No more entries: the last day of the call has passed."""
    row = selection_at(actor, selection_id, "close")
    if timezone.localdate(now) <= row.closes_on:
        raise Refused("casebook.still_open")
    return move(actor, row, "close", now=now)


@tenancy.operation
def cancel(actor: Actor, selection_id: int, *, reason: str, now: datetime) -> Selection:
    """Call a selection off before its list is publicised, and say why."""
    row = selection_at(actor, selection_id, "cancel")
    return move(actor, row, "cancel", now=now, reason=said(reason, "reason"))


@tenancy.operation
def seat(
    actor: Actor, selection_id: int, person_id: int, *, now: datetime, county: str = ""
) -> Seat:
    """Put somebody on the panel; the county is that from which the person comes, if any."""
    row = selection_at(actor, selection_id, "seat")
    found = [p for p in queries.may_sit(actor, row) if p.pk == person_id]
    if not found:
        raise Refused("casebook.may_not_sit")
    if len(county) > 60:
        raise Invalid("input.invalid", {"county": "input.too_long"})
    person = found[0]
    made = Seat.objects.create(
        tenant_id=actor.tenant_id,
        selection=row,
        person=person,
        county=county.strip(),
        units=queries.units_of_person(actor, person, now=now),
        seated_at=now,
    )
    events.record("casebook.panelist_seated", subject=row, actor=actor, now=now, person=person_id)
    return made


@tenancy.operation
def declare_interest(actor: Actor, entry_id: int, *, reason: str, now: datetime) -> Interest:
    """A panelist stands back from an entry; a reading not given yet goes to somebody else."""
    person = person_of(actor)
    entry = Entry.objects.filter(tenant_id=actor.tenant_id, pk=entry_id).first()
    seat_of = queries.own_seat(actor, entry.selection) if entry else None
    if entry is None or seat_of is None:
        raise Refused("casebook.not_on_panel")
    selection_id = entry.selection_id
    held = Selection.objects.select_for_update().get(tenant_id=actor.tenant_id, pk=selection_id)
    SELECTION.step(held.state, "recuse", actor.roles)
    made, _is_new = Interest.objects.get_or_create(
        tenant_id=actor.tenant_id,
        seat=seat_of,
        entry=entry,
        defaults={"reason": said(reason, "reason", most=200), "declared_at": now},
    )
    EntryMark.objects.filter(
        tenant_id=actor.tenant_id, seat=seat_of, entry=entry, marked_at=None
    ).delete()
    told: dict[str, Any] = {"person": person, "entry": entry.number}
    events.record("casebook.interest_declared", subject=held, actor=actor, now=now, **told)
    return made
