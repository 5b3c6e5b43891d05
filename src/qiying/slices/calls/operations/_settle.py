"""What ends with a step: proposals that nobody will decide, parts of the unit complained of."""

from qiying.slices.calls import rules
from qiying.slices.calls.operations._decide import first_receiver
from qiying.slices.calls.operations._move import Move, record, run_answer_clock, step_clock
from qiying.slices.calls.operations._tasks import withdraw_tasks
from qiying.slices.calls.rules import Clock, PauseState


def settle_pauses(move: Move, name: str) -> None:
    """Refuse the proposals that the step leaves behind: their round or their lead is over."""
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
    settle_pauses(move, "classify")
    move.set(lead_unit_id=None, milestone_on=None)
    move.round.lead_unit_id = None
    move.round.save(update_fields=["lead_unit"])
    run_answer_clock(move)
    step_clock(move, Clock.DISPATCH)
