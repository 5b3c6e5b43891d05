"""What follows from an event: people are told, deadlines are derived again; all of it repeatable."""

from collections.abc import Callable, Mapping
from datetime import datetime

from django.urls import reverse

from qiying.kernel import events, files, jobs, notifications, tenancy
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.models import Event
from qiying.kernel.people import SHANGHAI, people_with
from qiying.slices.class_issues import operations, queries
from qiying.slices.class_issues.models import Issue
from qiying.slices.class_issues.rules import State

Find = Callable[[Actor, Issue, Event], set[int]]


def _officers(actor: Actor, _issue: Issue, event: Event) -> set[int]:
    return _with(actor, event, Role.DESK, Role.SUPERVISOR)


def _supervisors(actor: Actor, _issue: Issue, event: Event) -> set[int]:
    return _with(actor, event, Role.SUPERVISOR)


def _verifiers(actor: Actor, _issue: Issue, event: Event) -> set[int]:
    return _with(actor, event, Role.SUPERVISOR, Role.ANALYST)


def _with(actor: Actor, event: Event, *roles: str) -> set[int]:
    on = event.occurred_at.astimezone(SHANGHAI).date()
    return {p.pk for p in people_with(actor, *roles, on=on)}


def _owner(_actor: Actor, issue: Issue, _event: Event) -> set[int]:
    return {issue.owner_id} if issue.owner_id else set()


def _late_ones(actor: Actor, issue: Issue, event: Event) -> set[int]:
    """Whose promise ran out: who judges, who owns, who verifies."""
    if issue.state == State.CANDIDATE:
        return _officers(actor, issue, event)
    if issue.state == State.LANDED:
        return _verifiers(actor, issue, event)
    return _owner(actor, issue, event) | _supervisors(actor, issue, event)


AUDIENCES: Mapping[str, Find] = {
    "class_issues.found": _officers,
    "class_issues.raised": _owner,
    "class_issues.assigned": _owner,
    "class_issues.landed": _verifiers,
    "class_issues.found_effective": _owner,
    "class_issues.found_not_effective": _owner,
    "class_issues.extended": _owner,
    "class_issues.recurred": _verifiers,
    "class_issues.overdue": _late_ones,
}


def tell(event: Event) -> None:
    """Put a line before everybody whom an event of a class issue concerns, once per event."""
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        issue = queries.find_by_id(actor, event.subject_id)
        if issue is None:
            return
        doer = int(event.actor[1:]) if event.actor.startswith("p") else 0
        notifications.notify(
            actor,
            AUDIENCES[event.topic](actor, issue, event) - {doer},
            kind=event.topic,
            subject=issue,
            url=reverse("class_issues:issue", args=[issue.public_id]),
            params={"number": issue.number},
            effect_key=f"{event.topic}:{event.sequence}",
            now=event.occurred_at,
        )


for _topic in AUDIENCES:
    events.on(_topic)(tell)


@events.on("class_issues.landed")
def tell_members(event: Event) -> None:
    """The measure has landed: every member's firm is told, and who handles an open call."""
    actor = system(event.tenant_id)
    operations.tell_members(actor, event.subject_id, now=event.occurred_at)


@events.on("registry.calendar_changed")
def derive_again(event: Event) -> None:
    """A notice was loaded or corrected: every promise that runs follows it."""
    operations.rederive(system(event.tenant_id), now=event.occurred_at)


@jobs.sweeper("class_issues.look")
def sweep(actor: Actor, now: datetime) -> int:
    """Look over new calls, and note the promises that ran out."""
    return operations.look_when_due(actor, now=now) + operations.note_overdue(actor, now=now)


@files.guard("class_issues.report")
def _may_see_report(actor: Actor, report_id: int) -> bool:
    return queries.may_read_files(actor, report_id)
