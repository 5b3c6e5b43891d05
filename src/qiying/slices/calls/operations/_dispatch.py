"""Who does it: dispatch, signing for it, disputes and their end."""

from collections.abc import Sequence
from datetime import datetime

from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.people import people_with
from qiying.kernel.tenancy import operation
from qiying.kernel.writes import update
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, Dispute, Task
from qiying.slices.calls.operations._move import (
    Move,
    begin,
    begin_task,
    clean,
    move_task,
    run_answer_clock,
    step_clock,
    step_due,
    touch,
    write,
)
from qiying.slices.calls.operations._settle import settle
from qiying.slices.calls.operations._tasks import (
    CoUnit,
    make_tasks,
    new_parts,
    require_units,
    told_parts,
    withdraw_tasks,
)
from qiying.slices.calls.rules import Clock, NoteKind
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

MOST_REASON = 500
"""How much of a reason the register keeps; the note of the call holds all of it."""


@operation
def dispatch(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    lead_unit_id: int,
    co_units: Sequence[CoUnit] = (),
    text: str = "",
    version: int | None = None,
) -> Call:
    """Give the call to one lead and its co-handlers.

    Another lead than the one proposed needs a reason in ``text``.
    """
    move = begin(actor, call_id, "dispatch", now=now, version=version)
    call = move.call
    require_units(actor, call, lead_unit_id, co_units)
    is_other = call.proposed_unit_id not in {None, lead_unit_id}
    clean(text, is_needed=is_other)
    new = new_parts(actor, call, move.round, co_units=co_units, helping=(), now=now)
    note = write(move, NoteKind.DISPATCH, text, is_needed=False)
    withdraw_tasks(move.case.tasks)
    hand_over(move, lead_unit_id)
    make_tasks(actor, call, move.round, lead_unit_id=lead_unit_id, co_units=new, now=now)
    return move.end(
        note=note,
        unit=lead_unit_id,
        proposed=call.proposed_unit_id,
        co=[c.unit_id for c in new],
        parts=told_parts(new),
        decision=call.decision_id,
    )


def hand_over(move: Move, lead_unit_id: int) -> None:
    """Name the lead of call and round and start the clocks of signing and first contact."""
    round_, call = move.round, move.call
    move.set(lead_unit_id=lead_unit_id, dispatched_at=move.now)
    step_clock(move, Clock.SIGN)
    round_.lead_unit_id = lead_unit_id
    if round_.contacted_at is None:
        round_.contact_due_at = step_due(
            move.actor, Clock.CONTACT, call.urgency, move.now, now=move.now
        )
    update(round_, ["lead_unit", "contact_due_at"])
    run_answer_clock(move)


@operation
def sign(actor: Actor, task_id: int, *, now: datetime, version: int | None = None) -> Call:
    """A unit signs for its part; with the lead's signature the work begins."""
    move = begin_task(actor, task_id, "sign", now=now, version=version)
    task = move.task
    before = move.call.state
    if task.is_lead:
        move.step, move.before = rules.CALL.step(before, "sign", actor.roles), before
        step_clock(move, None)
    move_task(task, "sign", move.role, signed_at=now, signed_by_id=actor.person_id)
    if task.is_lead:
        return move.end(unit=task.unit_id, task=task.pk)
    return touch(move, "calls.signed", unit=task.unit_id, task=task.pk)


@operation
def assign_person(
    actor: Actor, task_id: int, *, now: datetime, person_id: int, version: int | None = None
) -> Call:
    """Name the person in charge of a unit's part."""
    move = begin_task(actor, task_id, "assign_person", now=now, version=version)
    task = move.task
    people = people_with(
        actor, Role.HANDLER, Role.UNIT_LEADER, unit_id=task.unit_id, on=queries.local_day(now)
    )
    if person_id not in {p.pk for p in people}:
        raise Invalid("input.invalid", {"person_id": "input.choice"})
    move_task(task, "assign_person", move.role, person_id=person_id)
    return touch(move, "calls.person_assigned", unit=task.unit_id, task=task.pk, person=person_id)


@operation
def dispute(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    text: str,
    proposed_unit_id: int | None = None,
    version: int | None = None,
) -> Call:
    """The lead says that it is not its job. The clock runs on; the first receiver keeps the call.

    Until somebody decides, the round counts for the first receiver, not for the wrong unit.
    """
    move = begin(actor, call_id, "dispute", now=now, version=version)
    call = move.call
    unit_id = move.lead_unit_id
    if proposed_unit_id is not None:
        require_units(actor, call, proposed_unit_id, ())
    note = write(move, NoteKind.DISPUTE, text, unit_id=unit_id)
    row = Dispute.objects.create(
        tenant_id=actor.tenant_id,
        call=call,
        round=move.round,
        unit_id=unit_id,
        raised_by_id=actor.person_id,
        raised_at=now,
        reason_id=note,
        proposed_unit_id=proposed_unit_id,
    )
    barred = {None, call.complained_unit_id}
    keeper = next((u for u in (call.first_receiver_id, unit_id) if u not in barred), None)
    settle(move, "dispute")
    move.set(lead_unit_id=keeper)
    move.round.lead_unit_id = keeper
    move.round.save(update_fields=["lead_unit"])
    step_clock(move, Clock.ADJUDICATE)
    return move.end(note=note, unit=unit_id, proposed=proposed_unit_id, dispute=row.pk)


@operation
def adjudicate(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    unit_id: int,
    text: str,
    co_units: Sequence[CoUnit] = (),
    is_precedent: bool = False,
    version: int | None = None,
) -> Call:
    """Decide whose job it is. The unit that is named cannot return the call any more.

    As a precedent the decision stands in the register from this day on: the same matter at this
    place goes to this unit.
    """
    move = begin(actor, call_id, "adjudicate", now=now, version=version)
    call = move.call
    require_units(actor, call, unit_id, co_units)
    row = move.case.open_dispute
    if row is None:
        raise Refused("lifecycle.state", step="adjudicate", state=call.state)
    helping = [t for t in move.case.tasks if not t.is_lead and t.unit_id != unit_id]
    new = new_parts(actor, call, move.round, co_units=co_units, helping=helping, now=now)
    note = write(move, NoteKind.ADJUDICATION, text)
    row.adjudicated_unit_id = unit_id
    row.adjudicated_by_id = actor.person_id
    row.adjudicated_at = now
    row.basis_id = note
    row.save(update_fields=["adjudicated_unit", "adjudicated_by", "adjudicated_at", "basis"])
    _reseat(move, unit_id, new, helping)
    precedent = _set_precedent(move, unit_id, text) if is_precedent else None
    told = {"co": [c.unit_id for c in new], "parts": told_parts(new)} if new else {}
    return move.end(
        note=note, unit=unit_id, disputed=row.unit_id, dispute=row.pk, precedent=precedent, **told
    )


def _set_precedent(move: Move, unit_id: int, text: str) -> int:
    """Keep the decision in the register, with its words as they were written."""
    call, actor = move.call, move.actor
    if not call.matter_code or call.longitude is None or call.latitude is None:
        raise Invalid("input.invalid", {"is_precedent": "calls.precedent"})
    return mandate.record_precedent(
        actor,
        matter_code=call.matter_code,
        lead_unit_code=registry.unit(actor, unit_id).code,
        place={"longitude": call.longitude, "latitude": call.latitude},
        reason=(clean(text)[:MOST_REASON], ""),
        valid_from=queries.local_day(move.now),
        now=move.now,
        document=call.number,
        decision_id=call.decision_id,
    ).pk


def _reseat(move: Move, unit_id: int, co_units: Sequence[CoUnit], helping: Sequence[Task]) -> None:
    """The lead's old part goes back, a new one is made; co-handlers keep theirs."""
    withdraw_tasks([t for t in move.case.tasks if t not in helping])
    hand_over(move, unit_id)
    make_tasks(
        move.actor, move.call, move.round, lead_unit_id=unit_id, co_units=co_units, now=move.now
    )
