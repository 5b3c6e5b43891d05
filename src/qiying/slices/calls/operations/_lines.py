"""Lines that slices above write into the course of a call; the call itself stays as it is."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qiying.kernel import events
from qiying.kernel.access import Actor
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries


@operation
def add_line(
    actor: Actor, call_id: int, topic: str, *, now: datetime, codes: Mapping[str, Any]
) -> None:
    """Record what happened elsewhere and concerns this call: no state, clock or version changes.

    ``topic`` was given its words by ``name_line``; ``codes`` holds codes and numbers only.
    """
    call = queries.get_call(actor, call_id)
    events.record(topic, subject=call, actor=actor, now=now, **codes)
