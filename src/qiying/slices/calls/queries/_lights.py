"""The light of a call."""

from datetime import datetime

from qiying.slices.calls import rules
from qiying.slices.calls.models import Call
from qiying.slices.calls.rules import OPEN, PAUSED, PURPLE_FROM, CallState


def light(call: Call, now: datetime) -> str:
    """green, yellow, red, grey, purple (posted for supervision), or "" when no clock runs any more."""
    return rules.light(
        now,
        due_at=call.due_at,
        yellow_at=call.yellow_at,
        is_running=call.state in OPEN,
        is_paused=call.state in PAUSED,
        is_posted=call.supervision_level >= PURPLE_FROM,
    )


def is_overdue(call: Call, now: datetime) -> bool:
    """Whether the promise of an open call ran out, whatever its light."""
    return call.state in OPEN and call.state not in PAUSED and now > call.due_at


def is_past_reopening(call: Call, now: datetime) -> bool:
    """Whether a call that was closed cannot be opened again any more, on file already or not."""
    if call.state == CallState.ARCHIVED:
        return True
    until = call.reopen_until
    return call.state == CallState.CLOSED and (until is None or now > until)
