"""Danger to life or property: the nearest responder at once, ownership is settled afterwards."""

from datetime import datetime

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.slices.calls.models import Call, Round
from qiying.slices.calls.operations._move import step_due
from qiying.slices.calls.operations._tasks import CoUnit, make_tasks
from qiying.slices.calls.rules import CallState, Clock
from qiying.slices.mandate import public as mandate


def rush(
    actor: Actor, call: Call, round_: Round, ruling: mandate.Ruling | None, *, now: datetime
) -> None:
    """Accept and dispatch a call in the moment in which it comes in.

    The lead is the responder that the decision names, else the first receiver (R2). Without
    either the call waits at the top of the inbox like any other.
    """
    lead = (ruling.lead_unit_id if ruling else None) or call.first_receiver_id
    if lead is None or lead == call.complained_unit_id:
        return
    co_ids = ruling.co_unit_ids if ruling else ()
    co_units = [CoUnit(i) for i in co_ids if i not in {lead, call.complained_unit_id}]
    _hand_over(actor, call, round_, lead, now)
    make_tasks(actor, call, round_, lead_unit_id=lead, co_units=co_units, now=now)
    events.record(
        "calls.dispatched",
        subject=call,
        actor=actor,
        now=now,
        role=Role.SYSTEM,
        round=1,
        before=CallState.SUBMITTED,
        after=call.state,
        unit=lead,
        co=[c.unit_id for c in co_units],
        rush=True,
    )


def _hand_over(actor: Actor, call: Call, round_: Round, lead: int, now: datetime) -> None:
    call.state, call.lead_unit_id = CallState.DISPATCHED, lead
    call.accepted_at = call.dispatched_at = now
    call.step_clock, call.step_from_at = Clock.SIGN, now
    call.step_due_at = step_due(actor, Clock.SIGN, call.urgency, now, now=now)
    call.save(
        update_fields=[
            "state",
            "lead_unit",
            "accepted_at",
            "dispatched_at",
            "step_clock",
            "step_from_at",
            "step_due_at",
        ]
    )
    round_.lead_unit_id = lead
    round_.contact_due_at = step_due(actor, Clock.CONTACT, call.urgency, now, now=now)
    round_.save(update_fields=["lead_unit", "contact_due_at"])
