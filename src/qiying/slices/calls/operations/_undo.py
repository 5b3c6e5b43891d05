"""Steps taken back: each puts the call as it was, with a version and an event of its own."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from qiying.kernel.access import Actor
from qiying.kernel.errors import Refused
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call, Note, Task
from qiying.slices.calls.operations import _intake
from qiying.slices.calls.operations._move import step_due
from qiying.slices.calls.rules import CallState, Clock, TaskState
from qiying.slices.calls.rules.desk import BulkAction

Before = Mapping[str, Any]


def _touch(call: Call, now: datetime, **values: Any) -> None:
    """Write the call with a new version."""
    for name, value in values.items():
        setattr(call, name, value)
    call.version, call.updated_at = call.version + 1, now
    call.save(update_fields=["version", "updated_at", *values])


def _task(actor: Actor, before: Before) -> Task:
    return queries.get_task(actor, before["task"])


def unassign(actor: Actor, call: Call, before: Before, now: datetime) -> None:
    """The part goes back to whoever had it, or to nobody."""
    task = _task(actor, before)
    if task.person_id != before["after"]:
        raise Refused("calls.moved_on")
    task.person_id = before["person"]
    task.save(update_fields=["person"])
    _touch(call, now)


def unsign(actor: Actor, call: Call, before: Before, now: datetime) -> None:
    """The part waits to be signed for again; the clock of signing runs from where it began."""
    task = _task(actor, before)
    if task.state != TaskState.SIGNED or task.signed_by_id != actor.person_id:
        raise Refused("calls.moved_on")
    task.state, task.signed_at, task.signed_by = TaskState.SENT.value, None, None
    task.save(update_fields=["state", "signed_at", "signed_by"])
    if not task.is_lead:
        _touch(call, now)
        return
    if call.state != CallState.WORKING:
        raise Refused("calls.moved_on")
    start_at = call.dispatched_at if before["state"] == CallState.DISPATCHED else task.sent_at
    start_at = start_at or task.sent_at
    _touch(
        call,
        now,
        state=before["state"],
        step_clock=Clock.SIGN.value,
        step_from_at=start_at,
        step_due_at=step_due(actor, Clock.SIGN, call.urgency, start_at, now=now),
    )


def reclassify(actor: Actor, call: Call, before: Before, now: datetime) -> None:
    """The matter as it was: decided again, because the ground may have changed since."""
    if call.lead_unit_id != before["lead"]:
        raise Refused("calls.moved_on")
    _intake.classify(
        actor, call.pk, matter_code=before["matter"], nature=before["nature"], now=now
    )


def unsay(actor: Actor, call: Call, before: Before, now: datetime) -> None:
    """The words are erased; that something was written stays on record."""
    note = Note.objects.select_for_update().get(
        tenant_id=actor.tenant_id, pk=before["note"], call_id=call.pk
    )
    note.text, note.erased_at = "", now
    note.save(update_fields=["text", "erased_at"])
    _touch(call, now)


UNDO: Mapping[BulkAction, Callable[[Actor, Call, Before, datetime], None]] = {
    BulkAction.ASSIGN: unassign,
    BulkAction.SIGN: unsign,
    BulkAction.CLASSIFY: reclassify,
    BulkAction.NOTE: unsay,
}
