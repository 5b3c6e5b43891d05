"""What follows from an event: those concerned are told; all of it repeatable."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone

from qiying.kernel import events, notifications, tenancy
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.models import Event
from qiying.kernel.people import people_with
from qiying.slices.casebook import queries, rules
from qiying.slices.casebook.models import Case, Selection

MOVED = ("sent_back", "accepted", "declined", "published", "withdrawn")
"""Events of a case that its nominator is told of."""


def _holders(actor: Actor, roles: Iterable[str], event: Event) -> list[int]:
    on = timezone.localdate(event.occurred_at)
    return [p.pk for p in people_with(actor, *sorted(set(roles) - {Role.SYSTEM}), on=on)]


def _tell_case(actor: Actor, case: Case, people: Iterable[int], kind: str, event: Event) -> None:
    notifications.notify(
        actor,
        people,
        kind=kind,
        subject=case,
        url=reverse("casebook:case", args=[case.public_id]),
        params={"number": case.number},
        effect_key=f"{kind}:{event.pk}",
        now=event.occurred_at,
    )


@events.on("casebook.case_reviewer_named")
def ask_reviewer(event: Event) -> None:
    """Whoever is to read a case is told."""
    actor = system(event.tenant_id)
    case = _case(actor, event.subject_id)
    _tell_case(actor, case, [event.data["reviewer"]], "casebook.to_review", event)


@events.on("casebook.case_submitted")
def tell_deciders(event: Event) -> None:
    """Whoever names reviewers is told that a case waits."""
    actor = system(event.tenant_id)
    case = _case(actor, event.subject_id)
    people = set(_holders(actor, rules.DECIDERS, event)) - set(case.involved)
    _tell_case(actor, case, people, "casebook.case_submitted", event)


@events.on("casebook.case_reviewed")
def tell_when_reviewed(event: Event) -> None:
    """Whoever decides is told when the last review is in."""
    actor = system(event.tenant_id)
    case = _case(actor, event.subject_id)
    with tenancy.reading(actor):
        reviews = queries.all_reviews(case)
    totals = [r.total for r in reviews if r.total is not None]
    if len(totals) == len(reviews) >= rules.reviews_needed(totals):
        people = set(_holders(actor, rules.DECIDERS, event)) - set(case.involved)
        _tell_case(actor, case, people, "casebook.reviewed", event)


def tell_nominator(event: Event) -> None:
    """The nominator is told what became of the case."""
    actor = system(event.tenant_id)
    case = _case(actor, event.subject_id)
    _tell_case(actor, case, [case.nominated_by_id], event.topic, event)


for _name in MOVED:
    events.on(f"casebook.case_{_name}")(tell_nominator)


@events.on("casebook.selection_announced")
def tell_units(event: Event) -> None:
    """Everybody who may enter a case is told that the call is open."""
    actor = system(event.tenant_id)
    row = _selection(actor, event.subject_id)
    people = _holders(actor, rules.ENTRANTS, event)
    _tell_selection(actor, row, people, "casebook.announced", event)


@events.on("casebook.selection_dealt")
@events.on("casebook.thirds_dealt")
def tell_panel(event: Event) -> None:
    """The panel is told that entries wait."""
    actor = system(event.tenant_id)
    row = _selection(actor, event.subject_id)
    with tenancy.reading(actor):
        people = {m.seat.person_id for m in queries.marks_of(row) if m.marked_at is None}
    _tell_selection(actor, row, people, "casebook.to_mark", event)


@events.on("casebook.selection_concluded")
def tell_entrants(event: Event) -> None:
    """Everybody who entered a case is told that the list stands."""
    actor = system(event.tenant_id)
    row = _selection(actor, event.subject_id)
    with tenancy.reading(actor):
        people = {e.submitted_by_id for e in queries.entries_of(actor, row)}
    _tell_selection(actor, row, people, "casebook.list_final", event)


@events.on("casebook.entry_returned")
@events.on("casebook.entry_excluded")
def tell_entrant(event: Event) -> None:
    """The entrant is told what became of the entry."""
    actor = system(event.tenant_id)
    with tenancy.reading(actor):
        entry = queries.get_entry(actor, event.subject_id)
    notifications.notify(
        actor,
        [entry.submitted_by_id],
        kind=event.topic,
        subject=entry,
        url=reverse("casebook:entry", args=[entry.public_id]),
        params={"number": entry.number},
        effect_key=f"entry:{event.pk}",
        now=event.occurred_at,
    )


@events.on("casebook.objection_raised")
def tell_choosers(event: Event) -> None:
    """Whoever settles objections is told of one."""
    actor = system(event.tenant_id)
    with tenancy.reading(actor):
        objection = queries.get_objection_by_id(actor, event.subject_id)
        selection = objection.entry.selection
    notifications.notify(
        actor,
        _holders(actor, rules.CHOOSERS, event),
        kind="casebook.objection",
        subject=objection,
        url=reverse("casebook:selection", args=[selection.public_id]),
        params={"number": objection.entry.number},
        effect_key=f"objection:{event.pk}",
        now=event.occurred_at,
    )


def _tell_selection(
    actor: Actor, row: Selection, people: Iterable[int], kind: str, event: Event
) -> None:
    notifications.notify(
        actor,
        people,
        kind=kind,
        subject=row,
        url=reverse("casebook:selection", args=[row.public_id]),
        params={"number": row.number, "day": row.closes_on.isoformat()},
        effect_key=f"{kind}:{event.pk}",
        now=event.occurred_at,
    )


def _case(actor: Actor, case_id: int) -> Case:
    with tenancy.reading(actor):
        return queries.get_case(actor, case_id)


def _selection(actor: Actor, selection_id: int) -> Selection:
    with tenancy.reading(actor):
        return queries.get_selection(actor, selection_id)
