"""Danger to life or property: the nearest responder at once, ownership is settled afterwards."""

from datetime import datetime

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.slices.calls import rules
from qiying.slices.calls.models import Call, Round
from qiying.slices.calls.operations._tasks import CoUnit, make_tasks
from qiying.slices.calls.rules import CallState, Clock
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry


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
    calendar = registry.calendar(actor)
    values = {
        "state": CallState.DISPATCHED,
        "lead_unit_id": lead,
        "accepted_at": now,
        "dispatched_at": now,
        "step_clock": Clock.SIGN,
        "step_due_at": rules.due_at(now, rules.STEP_WITHIN[Clock.SIGN, call.urgency], calendar),
    }
    for name, value in values.items():
        setattr(call, name, value)
    call.save(update_fields=list(values))
    round_.lead_unit_id = lead
    round_.contact_due_at = rules.due_at(
        now, rules.STEP_WITHIN[Clock.CONTACT, call.urgency], calendar
    )
    round_.save(update_fields=["lead_unit", "contact_due_at"])
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
