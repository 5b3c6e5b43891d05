"""Using a published case for another call, or for the measure of a class issue."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.slices.calls import public as calls
from qiying.slices.casebook import queries
from qiying.slices.casebook.models import Case, Citation
from qiying.slices.casebook.models.labels import CitedIn
from qiying.slices.casebook.operations._shared import person_of
from qiying.slices.class_issues import public as class_issues

CITERS = (Role.HANDLER, Role.UNIT_LEADER, Role.DESK)
MOST_NOTE = 300


@tenancy.operation
def cite(
    actor: Actor,
    case_public_id: UUID,
    *,
    call_public_id: UUID,
    now: datetime,
    cited_in: str = CitedIn.ANSWER,
    note: str = "",
) -> Citation:
    """Say that a published case was followed for a call that one has in hand.

    A unit's people cite for calls their unit has a part in; the same case once per call.
    """
    actor.require(*CITERS)
    case = _published(actor, case_public_id)
    call = calls.card_by_public_id(actor, call_public_id)
    if call.id == case.call_id:
        raise Refused("casebook.cites_itself")
    if cited_in not in CitedIn.values:
        raise Invalid("input.invalid", {"cited_in": "input.choice"})
    unit_id = _unit_with(actor, call.id)
    row = _row(actor, case, note, now, call_id=call.id, cited_in=cited_in, unit_id=unit_id)
    _write(row, "casebook.cited_already")
    events.record("casebook.case_cited", subject=case, actor=actor, now=now, call=call.number)
    return row


@tenancy.operation
def cite_for_class(
    actor: Actor, case_public_id: UUID, *, issue_public_id: UUID, now: datetime, note: str = ""
) -> Citation:
    """Say that a published case was followed in the measure of a class issue, once for each.

    The unit that owns the class issue cites, and the desk.
    """
    actor.require(*CITERS)
    case = _published(actor, case_public_id)
    issue = class_issues.card_by_public_id(actor, issue_public_id)
    if issue.owner_unit_id not in actor.units(Role.HANDLER, Role.UNIT_LEADER):
        if not actor.has(Role.DESK):
            raise Denied("casebook.not_your_class")
        unit_id = None
    else:
        unit_id = issue.owner_unit_id
    where = {"issue_id": issue.id, "cited_in": CitedIn.MEASURE.value, "unit_id": unit_id}
    row = _row(actor, case, note, now, **where)
    _write(row, "casebook.cited_for_class")
    events.record("casebook.case_cited", subject=case, actor=actor, now=now, issue=issue.number)
    return row


def _published(actor: Actor, public_id: UUID) -> Case:
    """The case, of which a version is published."""
    case = queries.get_case_by_public_id(actor, public_id)
    if not queries.is_public(case) or case.published_version_id is None:
        raise Refused("casebook.not_published")
    return case


def _row(actor: Actor, case: Case, note: str, now: datetime, **where: Any) -> Citation:
    if len(note) > MOST_NOTE:
        raise Invalid("input.invalid", {"note": "input.too_long"}, limit=MOST_NOTE)
    return Citation(
        tenant_id=actor.tenant_id,
        case=case,
        version=case.published_version,
        note=note.strip(),
        cited_by_id=person_of(actor),
        cited_at=now,
        **where,
    )


def _write(row: Citation, twice: str) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused(twice) from error


def _unit_with(actor: Actor, call_id: int) -> int | None:
    """The actor's unit that has a part in the call; Denied to units that have none."""
    units = actor.units(Role.HANDLER, Role.UNIT_LEADER)
    had = calls.closure(actor, call_id).unit_ids
    unit_id = next((u for u in had if u in units), None)
    if unit_id is None and not actor.has(Role.DESK):
        raise Denied("casebook.not_your_call")
    return unit_id


def count_citations(actor: Actor, row: Citation) -> int:
    """How often the case of a citation is cited by now."""
    with tenancy.reading(actor):
        return queries.citation_counts(actor, [row.case_id]).get(row.case_id, 0)
