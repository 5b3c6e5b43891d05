"""A third round goes to the joint meeting: convened, decided, or done without for a reason."""

from collections.abc import Sequence
from datetime import date, datetime

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.tenancy import operation
from qiying.slices.calls import rules
from qiying.slices.calls.models import Call, JointMeeting, MeetingUnit, Round
from qiying.slices.calls.operations._move import Move, begin, record, write
from qiying.slices.calls.queries import local_day
from qiying.slices.calls.rules import MEETING_FROM_ROUND, NoteKind
from qiying.slices.registry import public as registry

MOST_UNITS = 12


def open_meeting(move: Move, round_: Round) -> None:
    """With its third round a call owes a joint meeting before it is answered."""
    if round_.number < MEETING_FROM_ROUND:
        return
    row = JointMeeting.objects.create(
        tenant_id=move.actor.tenant_id, call=move.call, round=round_, opened_at=move.now
    )
    record(
        move,
        "calls.meeting_due",
        round=round_.number,
        meeting=row.pk,
        unit=move.call.lead_unit_id,
    )


@operation
def convene_meeting(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    meets_on: date,
    unit_ids: Sequence[int],
    text: str = "",
    version: int | None = None,
) -> Call:
    """Name the day and the units that come; again when the day is moved."""
    move = begin(actor, call_id, "convene_meeting", now=now, version=version)
    row = _meeting(move)
    if meets_on < local_day(now):
        raise Invalid("input.invalid", {"meets_on": "calls.future"})
    units = _units(move, unit_ids)
    note = write(move, NoteKind.MEETING, text, is_needed=False)
    _step(move, row, "convene_meeting")
    row.meets_on, row.agenda_id = meets_on, note
    row.convened_by_id, row.convened_at = actor.person_id, now
    row.save(update_fields=["state", "meets_on", "agenda", "convened_by", "convened_at"])
    MeetingUnit.objects.filter(tenant_id=actor.tenant_id, meeting=row).delete()
    MeetingUnit.objects.bulk_create(
        MeetingUnit(tenant_id=actor.tenant_id, call=move.call, meeting=row, unit_id=unit_id)
        for unit_id in units
    )
    return move.end(note=note, meeting=row.pk, co=units, meets_on=meets_on.isoformat())


def _units(move: Move, unit_ids: Sequence[int]) -> list[int]:
    """The lead comes in any case, the unit complained of never."""
    call = move.call
    known = {c.id for c in registry.units(move.actor).values() if not c.is_retired}
    wanted = sorted({*unit_ids, *([call.lead_unit_id] if call.lead_unit_id else [])})
    is_known = known.issuperset(wanted) and call.complained_unit_id not in wanted
    if not wanted or len(wanted) > MOST_UNITS or not is_known:
        raise Invalid("input.invalid", {"unit_ids": "input.choice"})
    return wanted


@operation
def decide_meeting(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    text: str,
    task_unit_id: int | None = None,
    task_due_on: date | None = None,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """Record what the meeting decided, and who does what until when; the lead may answer now."""
    move = begin(actor, call_id, "decide_meeting", now=now, version=version)
    row = _meeting(move)
    if row.meets_on is not None and row.meets_on > local_day(now):
        raise Invalid("input.invalid", {"text": "calls.meeting_ahead"})
    unit_id = task_unit_id or move.call.lead_unit_id
    if unit_id is not None and unit_id not in {c.id for c in registry.units(actor).values()}:
        raise Invalid("input.invalid", {"task_unit_id": "input.choice"})
    if task_due_on is not None and task_due_on < local_day(now):
        raise Invalid("input.invalid", {"task_due_on": "calls.future"})
    note = write(move, NoteKind.MEETING, text, attachments=attachments, unit_id=unit_id)
    _settle(move, row, "decide_meeting", note)
    row.task_unit_id, row.task_due_on = unit_id, task_due_on
    row.save(update_fields=["task_unit", "task_due_on"])
    return move.end(note=note, meeting=row.pk, unit=unit_id)


@operation
def waive_meeting(
    actor: Actor, call_id: int, *, now: datetime, text: str, version: int | None = None
) -> Call:
    """A leader does without the meeting, for a reason that stays on record."""
    move = begin(actor, call_id, "waive_meeting", now=now, version=version)
    row = _meeting(move)
    note = write(move, NoteKind.MEETING, text)
    _settle(move, row, "waive_meeting", note)
    return move.end(note=note, meeting=row.pk, unit=move.call.lead_unit_id)


def _meeting(move: Move) -> JointMeeting:
    row = move.case.meeting
    if row is None:
        raise NotFound("not_found")
    return row


def _step(move: Move, row: JointMeeting, name: str) -> None:
    step = rules.MEETING.step(row.state, name, frozenset({move.role}))
    row.state = step.target or row.state


def _settle(move: Move, row: JointMeeting, name: str, note: int | None) -> None:
    _step(move, row, name)
    row.decision_id, row.decided_by_id, row.decided_at = note, move.actor.person_id, move.now
    row.save(update_fields=["state", "decision", "decided_by", "decided_at"])
