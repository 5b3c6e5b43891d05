"""What ends with a step: proposals, plans and rungs that it leaves behind, parts of the unit
complained of."""

from qiying.slices.calls import rules
from qiying.slices.calls.operations._decide import first_receiver
from qiying.slices.calls.operations._move import Move, record, run_answer_clock, step_clock
from qiying.slices.calls.operations._plan import drop_milestones
from qiying.slices.calls.operations._supervision import settle_supervision
from qiying.slices.calls.operations._tasks import withdraw_tasks
from qiying.slices.calls.rules import Clock, PauseState


def settle(move: Move, name: str) -> None:
    """What the step leaves behind: proposals that nobody will decide, plans, meetings, rungs."""
    _settle_pauses(move, name)
    if name in rules.EXTENSION.steps:
        _settle_extension(move, name)
    if name in rules.MILESTONE.steps and move.call.milestone_on is not None:
        drop_milestones(move, name)
    if name in rules.MEETING.steps and move.case.is_meeting_owed:
        _settle_meeting(move, name)
    if name in rules.SUPERVISION.steps:
        settle_supervision(move, name)


def _settle_extension(move: Move, name: str) -> None:
    row = move.case.proposed_extension
    if row is None:
        return
    step = rules.EXTENSION.step(row.state, name, frozenset({move.role}))
    row.state, row.decided_at = step.target or row.state, move.now
    row.save(update_fields=["state", "decided_at"])
    record(move, step.event, round=move.call.current_round, extension=row.pk)


def _settle_meeting(move: Move, name: str) -> None:
    row = move.case.meeting
    if row is None or row.state not in rules.MEETING_OPEN:
        return
    step = rules.MEETING.step(row.state, name, frozenset({move.role}))
    row.state = step.target or row.state
    row.save(update_fields=["state"])
    record(move, step.event, round=move.call.current_round)


def _settle_pauses(move: Move, name: str) -> None:
    if name not in rules.PAUSE.steps:
        return
    for pause in move.case.pauses:
        if pause.state != PauseState.PROPOSED:
            continue
        row = rules.PAUSE.step(pause.state, name, frozenset({move.role}))
        pause.state, pause.decided_at = row.target or pause.state, move.now
        pause.save(update_fields=["state", "decided_at"])
        record(
            move,
            row.event,
            round=move.call.current_round,
            pause=pause.pk,
            reason=pause.reason_code,
        )


def relieve_complained(move: Move) -> list[int]:
    """Nobody handles a complaint about themselves; the units whose parts went back.

    A co-handler loses its part. When the lead is complained of, every part goes back and the call
    waits to be dispatched again. The first receiver answers for nothing either.
    """
    call = move.call
    unit_id = call.complained_unit_id
    if unit_id is None:
        return []
    if call.first_receiver_id == unit_id:
        move.set(first_receiver_id=first_receiver(move.actor, unit_id))
    is_lead = call.lead_unit_id == unit_id
    old = [t for t in move.case.tasks if is_lead or t.unit_id == unit_id]
    withdraw_tasks(old)
    if is_lead:
        _back_to_the_desk(move)
    return sorted({t.unit_id for t in old})


def _back_to_the_desk(move: Move) -> None:
    move.step = rules.CLASSIFY_BACK
    settle(move, "classify")
    move.set(lead_unit_id=None, milestone_on=None)
    move.round.lead_unit_id = None
    move.round.save(update_fields=["lead_unit"])
    run_answer_clock(move)
    step_clock(move, Clock.DISPATCH)
