"""Using a published case for another call."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.slices.calls import public as calls
from qiying.slices.casebook import queries
from qiying.slices.casebook.models import Citation
from qiying.slices.casebook.models.labels import CitedIn
from qiying.slices.casebook.operations._shared import person_of

CITERS = (Role.HANDLER, Role.UNIT_LEADER, Role.DESK)


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
    case = queries.get_case_by_public_id(actor, case_public_id)
    call = calls.card_by_public_id(actor, call_public_id)
    if not queries.is_public(case) or case.published_version_id is None:
        raise Refused("casebook.not_published")
    if call.id == case.call_id:
        raise Refused("casebook.cites_itself")
    if cited_in not in CitedIn.values or len(note) > 300:
        raise Invalid("input.invalid", {"cited_in": "input.choice"})
    row = Citation(
        tenant_id=actor.tenant_id,
        case=case,
        version_id=case.published_version_id,
        call_id=call.id,
        cited_in=cited_in,
        unit_id=_unit_with(actor, call.id),
        note=note.strip(),
        cited_by_id=person_of(actor),
        cited_at=now,
    )
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise Refused("casebook.cited_already") from error
    events.record("casebook.case_cited", subject=case, actor=actor, now=now, call=call.number)
    return row


def _unit_with(actor: Actor, call_id: int) -> int | None:
    """The actor's unit that has a part in the call; Denied to units that have none."""
    units = actor.units(Role.HANDLER, Role.UNIT_LEADER)
    had = calls.closure(actor, call_id).unit_ids
    unit_id = next((u for u in had if u in units), None)
    if unit_id is None and not actor.has(Role.DESK):
        raise Denied("casebook.not_your_call")
    return unit_id


def count_citations(actor: Actor, row: Citation) -> int:
    """How many calls cite the case of a citation by now."""
    with tenancy.reading(actor):
        return queries.citation_counts(actor, [row.case_id]).get(row.case_id, 0)
