"""The light of a call."""

from datetime import datetime

from qiying.slices.calls import rules
from qiying.slices.calls.models import Call
from qiying.slices.calls.rules import OPEN, PAUSED


def light(call: Call, now: datetime) -> str:
    """green, yellow, red, grey, or "" when no clock runs any more."""
    return rules.light(
        now,
        due_at=call.due_at,
        yellow_at=call.yellow_at,
        is_running=call.state in OPEN,
        is_paused=call.state in PAUSED,
    )
