"""After the dispatch: another lead, one more co-handler, one less."""

from collections.abc import Sequence
from datetime import datetime

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.kernel.tenancy import operation
from qiying.slices.calls.models import Call
from qiying.slices.calls.operations._dispatch import hand_over
from qiying.slices.calls.operations._move import begin, begin_task, move_task, touch, write
from qiying.slices.calls.operations._settle import settle
from qiying.slices.calls.operations._tasks import (
    CoUnit,
    make_tasks,
    new_parts,
    require_units,
    told_parts,
    withdraw_tasks,
)
from qiying.slices.calls.rules import NoteKind


@operation
def redispatch(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    lead_unit_id: int,
    text: str,
    co_units: Sequence[CoUnit] = (),
    version: int | None = None,
) -> Call:
    """Give a call that a unit has to another one: the wrong unit is relieved, the promise stays.

    A co-handler that is named again keeps its part and what it did; every other part is recalled.
    """
    move = begin(actor, call_id, "redispatch", now=now, version=version)
    call = move.call
    if lead_unit_id == call.lead_unit_id:
        raise Invalid("input.invalid", {"lead_unit_id": "calls.same_lead"})
    require_units(actor, call, lead_unit_id, co_units)
    named = {c.unit_id for c in co_units}
    kept = [t for t in move.case.tasks if not t.is_lead and t.unit_id in named]
    new = new_parts(actor, call, move.round, co_units=co_units, helping=kept, now=now)
    note = write(move, NoteKind.DISPATCH, text)
    settle(move, "redispatch")
    old = [t for t in move.case.tasks if t not in kept]
    withdraw_tasks(old)
    move.set(milestone_on=None)
    hand_over(move, lead_unit_id)
    make_tasks(actor, call, move.round, lead_unit_id=lead_unit_id, co_units=new, now=now)
    gone = {t.unit_id for t in old} - {lead_unit_id, *(c.unit_id for c in new)}
    return move.end(
        note=note,
        unit=lead_unit_id,
        co=[c.unit_id for c in new],
        parts=told_parts(new),
        recalled=sorted(gone),
    )


@operation
def add_co(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    co_units: Sequence[CoUnit],
    text: str,
    version: int | None = None,
) -> Call:
    """Ask more units to help with a call that is under way."""
    move = begin(actor, call_id, "add_co", now=now, version=version)
    call, helping = move.call, [t for t in move.case.tasks if not t.is_lead]
    require_units(actor, call, move.lead_unit_id, co_units)
    if not co_units or {t.unit_id for t in helping} & {c.unit_id for c in co_units}:
        raise Invalid("input.invalid", {"co_units": "calls.co_units"})
    new = new_parts(actor, call, move.round, co_units=co_units, helping=helping, now=now)
    note = write(move, NoteKind.DISPATCH, text)
    make_tasks(actor, call, move.round, lead_unit_id=None, co_units=new, now=now)
    return move.end(note=note, co=[c.unit_id for c in new], parts=told_parts(new))


@operation
def recall(
    actor: Actor, task_id: int, *, now: datetime, text: str, version: int | None = None
) -> Call:
    """Relieve a co-handler of its part, so that its silence does not hold up the answer."""
    move = begin_task(actor, task_id, "recall", now=now, version=version)
    note = write(move, NoteKind.DISPATCH, text)
    move_task(move.task, "recall", move.role)
    return touch(move, "calls.recalled", note=note, unit=move.task.unit_id, task=task_id)
