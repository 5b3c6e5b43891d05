"""What was closed and cannot be opened again is put on file by the platform."""

from datetime import datetime

from django.db.models import F

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.tenancy import operation
from qiying.slices.calls import rules
from qiying.slices.calls.models import Call
from qiying.slices.calls.queries import Case
from qiying.slices.calls.rules import CallState

AT_ONCE = 200
"""Calls of one transaction."""
MOST_A_SWEEP = 2000
"""The first sweep of an old register finds thousands; the others of the minute do not wait."""


def archive_closed(actor: Actor, *, now: datetime) -> int:
    """Archive the calls whose time to be opened again is over; how many, in short transactions."""
    actor.require(Role.SYSTEM)
    count = 0
    while count < MOST_A_SWEEP:
        done = _archive_some(actor, now=now)
        count += done
        if done < AT_ONCE:
            break
    return count


@operation
def _archive_some(actor: Actor, *, now: datetime) -> int:
    """The oldest of them, each by its row of the table; what somebody holds comes the next time."""
    rows = Call.objects.filter(
        tenant_id=actor.tenant_id,
        state=CallState.CLOSED,
        supervision_level=0,
        reopen_until__lt=now,
    )
    held = rows.order_by("reopen_until", "id").select_for_update(skip_locked=True, of=("self",))
    calls = list(held.defer("text", "words", "ranking")[:AT_ONCE])
    step = rules.CALL.step(CallState.CLOSED, "archive", actor.roles)
    ready = [c for c in calls if not rules.blocked_by(step.guards, Case(actor, c, now))]
    Call.objects.filter(tenant_id=actor.tenant_id, id__in=[c.pk for c in ready]).update(
        state=step.target, version=F("version") + 1, updated_at=now
    )
    for call in ready:
        events.record(
            step.event,
            subject=call,
            actor=actor,
            now=now,
            role=Role.SYSTEM,
            round=call.current_round,
            before=call.state,
            after=CallState.ARCHIVED.value,
        )
    return len(ready)
