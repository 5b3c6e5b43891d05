"""A unit is chased: the first rung of the ladder by hand, and the same notice again on it."""

from datetime import datetime

from qiying.kernel.access import Actor
from qiying.kernel.errors import Refused
from qiying.kernel.tenancy import operation
from qiying.slices.calls.models import Call, Supervision
from qiying.slices.calls.operations._move import begin, touch, write
from qiying.slices.calls.operations._supervision import officer_for, put_on
from qiying.slices.calls.rules import CHASE_AGAIN_AFTER, Level, NoteKind, Trigger


@operation
def chase(
    actor: Actor, call_id: int, *, now: datetime, text: str = "", version: int | None = None
) -> Call:
    """Chase the lead of a call that is in its hands; not again within four hours.

    The first time it begins the rung *chase* of the ladder, as ``supervise`` does; on a standing
    rung, whichever, the notice is written to that rung and counted there.
    """
    move = begin(actor, call_id, "chase", now=now, version=version)
    row = move.case.supervision
    if row is not None and _chased_at(row) > now - CHASE_AGAIN_AFTER:
        raise Refused("calls.urged_already")
    note = write(move, NoteKind.SUPERVISION, text, is_needed=False)
    if row is None:
        officer_id = officer_for(move, Level.CHASE)
        return put_on(move, Level.CHASE, Trigger.BY_HAND, officer_id=officer_id, note=note)
    row.chases = max(row.chases, int(row.level == Level.CHASE)) + 1
    row.chased_at = now
    row.save(update_fields=["chases", "chased_at"])
    return touch(
        move,
        "calls.urged",
        note=note,
        level=Level(row.level).code,
        times=row.chases,
        unit=move.call.lead_unit_id,
    )


def _chased_at(row: Supervision) -> datetime:
    """When the unit was last told; a rung tells it when it begins."""
    return max(filter(None, (row.chased_at, row.opened_at)))
