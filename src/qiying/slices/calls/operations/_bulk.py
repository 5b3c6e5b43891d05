"""One thing done to many calls, row by row: each row is an operation of its own, and is refused
or done by itself. What allows it can be taken back for some minutes."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import Max

from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid, NotFound, Problem, Refused
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries
from qiying.slices.calls.models import BulkRow, BulkRun, Call, Note
from qiying.slices.calls.operations import _chase, _dispatch, _intake, _talk, _undo
from qiying.slices.calls.operations._move import clean
from qiying.slices.calls.queries import bulk
from qiying.slices.calls.rules import NoteKind
from qiying.slices.calls.rules.desk import (
    BULK_ROLES,
    BULK_ROW,
    MOST_AT_ONCE,
    UNDO_WITHIN,
    UNDOABLE,
    BulkAction,
    BulkState,
)

Before = dict[str, Any]
WITH_TEXT = frozenset({BulkAction.URGE, BulkAction.NOTE})


@operation
def begin_bulk(
    actor: Actor,
    action: str,
    call_ids: Sequence[int],
    *,
    now: datetime,
    text: str = "",
    person_id: int | None = None,
    matter_code: str = "",
) -> BulkRun:
    """Write down what is to be done to which calls; ``run_bulk`` does it.

    Raises
    ------
    Denied
        For whoever holds no role for this action.
    Invalid
        For no call at all, too many, or an entry that is missing.
    """
    known = _action(actor, action)
    inputs = _inputs(known, person_id=person_id, matter_code=matter_code)
    if not 1 <= len(set(call_ids)) <= MOST_AT_ONCE:
        raise Invalid("input.invalid", {"ids": "calls.bulk_count"}, limit=MOST_AT_ONCE)
    words = clean(text, is_needed=known == BulkAction.NOTE)
    if not (visible := bulk.visible_ids(actor, call_ids)):
        raise NotFound("not_found")
    if actor.person_id is None:
        raise Denied("calls.person_needed")
    run = BulkRun.objects.create(
        tenant_id=actor.tenant_id,
        action=known,
        person_id=actor.person_id,
        inputs=inputs,
        text=words if known in WITH_TEXT else "",
        asked_at=now,
    )
    BulkRow.objects.bulk_create(
        [BulkRow(tenant_id=actor.tenant_id, run=run, call_id=pk) for pk in sorted(visible)]
    )
    return run


def _action(actor: Actor, action: str) -> BulkAction:
    if action not in set(BulkAction):
        raise Invalid("input.invalid", {"action": "input.choice"})
    known = BulkAction(action)
    actor.require(*BULK_ROLES[known])
    return known


def _inputs(
    action: BulkAction, *, person_id: int | None, matter_code: str
) -> dict[str, int | str]:
    if action == BulkAction.ASSIGN:
        if person_id is None:
            raise Invalid("input.invalid", {"person_id": "input.required"})
        return {"person_id": person_id}
    if action == BulkAction.CLASSIFY:
        if not matter_code:
            raise Invalid("input.invalid", {"matter_code": "input.required"})
        return {"matter_code": matter_code}
    return {}


def run_bulk(actor: Actor, run_id: int, *, now: datetime) -> int:
    """Do what still waits, a transaction a row; how many rows were taken up.

    A run that was cut short goes on where it stopped; of two who run it each row is done by one.
    """
    with tenancy.reading(actor):
        run = bulk.get_run(actor, run_id)
        waiting = bulk.row_ids(actor, run, BulkState.WAITING)
    for row_id in waiting:
        try:
            _do(actor, run, row_id, now=now)
        except Problem as problem:
            _refuse(actor, row_id, problem.code)
    return len(waiting)


@operation
def _do(actor: Actor, run: BulkRun, row_id: int, *, now: datetime) -> None:
    row = bulk.lock_row(actor, row_id)
    if row is None or row.state != BulkState.WAITING:
        return
    step = BULK_ROW.step(row.state, "do", actor.roles)
    action = BulkAction(run.action)
    actor.require(*BULK_ROLES[action])
    row.before = DO[action](actor, row.call_id, run, now)
    row.state = step.target or row.state
    row.version = queries.get_call(actor, row.call_id).version
    row.undo_until = now + UNDO_WITHIN if action in UNDOABLE and row.before else None
    row.save(update_fields=["before", "state", "version", "undo_until"])


@operation
def _refuse(actor: Actor, row_id: int, code: str) -> None:
    row = bulk.lock_row(actor, row_id)
    if row is not None and row.state == BulkState.WAITING:
        row.state, row.problem = BulkState.REFUSED.value, code
        row.save(update_fields=["state", "problem"])


# --- one row ---


def _assign(actor: Actor, call_id: int, run: BulkRun, now: datetime) -> Before:
    task = bulk.own_task(actor, call_id)
    before = {"task": task.pk, "person": task.person_id, "after": run.inputs["person_id"]}
    _dispatch.assign_person(actor, task.pk, person_id=run.inputs["person_id"], now=now)
    return before


def _sign(actor: Actor, call_id: int, run: BulkRun, now: datetime) -> Before:
    task = bulk.own_task(actor, call_id, is_to_sign=True)
    call = queries.get_call(actor, call_id)
    _dispatch.sign(actor, task.pk, now=now)
    return {"task": task.pk, "state": call.state}


def _chased(actor: Actor, call_id: int, run: BulkRun, now: datetime) -> Before:
    _chase.chase(actor, call_id, text=run.text, now=now)
    return {}


def _classify(actor: Actor, call_id: int, run: BulkRun, now: datetime) -> Before:
    """A call that had no matter cannot have none again: it is corrected, not taken back."""
    call = queries.get_call(actor, call_id)
    before = {"matter": call.matter_code, "nature": call.nature, "lead": call.lead_unit_id}
    if call.matter_code == run.inputs["matter_code"]:
        raise Refused("calls.bulk_same")
    _intake.classify(actor, call_id, matter_code=run.inputs["matter_code"], now=now)
    return before if before["matter"] else {}


def _note(actor: Actor, call_id: int, run: BulkRun, now: datetime) -> Before:
    _talk.note(actor, call_id, text=run.text, now=now)
    own = Note.objects.filter(
        tenant_id=actor.tenant_id, call_id=call_id, author_id=actor.person_id, kind=NoteKind.NOTE
    )
    return {"note": own.aggregate(last=Max("id"))["last"]}


DO: Mapping[BulkAction, Callable[[Actor, int, BulkRun, datetime], Before]] = {
    BulkAction.ASSIGN: _assign,
    BulkAction.SIGN: _sign,
    BulkAction.URGE: _chased,
    BulkAction.CLASSIFY: _classify,
    BulkAction.NOTE: _note,
}


# --- taking it back ---


def undo_bulk(actor: Actor, run_id: int, *, now: datetime) -> int:
    """Take back what can still be taken back, a transaction a row; how many rows that was."""
    with tenancy.reading(actor):
        run = bulk.get_run(actor, run_id)
        done = bulk.row_ids(actor, run, BulkState.DONE)
    count = 0
    for row_id in done:
        try:
            count += undo_row(actor, row_id, now=now)
        except Problem as problem:
            _keep_problem(actor, row_id, problem.code)
    return count


@operation
def undo_row(actor: Actor, row_id: int, *, now: datetime) -> bool:
    """Put one call back as it was; refused when somebody moved it on or the time is over."""
    row = bulk.lock_row(actor, row_id)
    if row is None:
        raise NotFound("not_found")
    run = bulk.get_run(actor, row.run_id)
    step = BULK_ROW.step(row.state, "undo", actor.roles)
    if row.undo_until is None:
        raise Refused("calls.bulk_final")
    if now > row.undo_until:
        raise Refused("calls.bulk_late")
    call: Call = queries.get_call(actor, row.call_id, for_update=True)
    if call.version != row.version:
        raise Refused("calls.moved_on")
    _undo.UNDO[BulkAction(run.action)](actor, call, row.before, now)
    row.state, row.undone_at, row.undo_problem = step.target or row.state, now, ""
    row.save(update_fields=["state", "undone_at", "undo_problem"])
    events.record(
        step.event, subject=call, actor=actor, now=now, step=run.action, run=run.pk, row=row.pk
    )
    return True


@operation
def _keep_problem(actor: Actor, row_id: int, code: str) -> None:
    row = bulk.lock_row(actor, row_id)
    if row is not None and row.state == BulkState.DONE:
        row.undo_problem = code
        row.save(update_fields=["undo_problem"])
