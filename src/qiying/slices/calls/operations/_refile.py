"""A firm files again what cannot be opened again any more; both calls name each other."""

from datetime import datetime

from qiying.kernel import events
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, Refused
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call
from qiying.slices.calls.operations._asked import Asked
from qiying.slices.calls.rules import OPEN, CallState


def earlier_of(actor: Actor, asked: Asked) -> Call | None:
    """The call that this one goes on from: visible, of the same firm, and past opening again."""
    if asked.follows_id is None:
        return None
    earlier = queries.get_call(actor, asked.follows_id)
    if earlier.enterprise_id != asked.enterprise_id:
        raise Invalid("input.invalid", {"follows": "input.choice"})
    if earlier.state in OPEN:
        raise Refused("calls.follows_open", number=earlier.number)
    if earlier.state == CallState.CLOSED and not queries.is_past_reopening(earlier, asked.now):
        raise Refused("calls.follows_fresh", number=earlier.number)
    return earlier


def name_each_other(
    actor: Actor, earlier: Call | None, call: Call, role: str, now: datetime
) -> str:
    """Write into the course of the earlier call where it goes on; its number for the new one.

    Where only one of them complains of a unit, neither is named: that unit may read the other.
    """
    if earlier is None or earlier.complained_unit_id != call.complained_unit_id:
        return ""
    events.record(
        "calls.refiled",
        subject=earlier,
        actor=actor,
        now=now,
        role=role,
        round=earlier.current_round,
        later=call.number,
    )
    return earlier.number
