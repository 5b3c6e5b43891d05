"""A reminder to the unit that leads: written down, and told to its people."""

from datetime import datetime
from typing import Any

from qiying.kernel import events
from qiying.kernel.access import Actor
from qiying.kernel.errors import Refused
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call, Note
from qiying.slices.calls.operations._move import clean
from qiying.slices.calls.queries import bulk
from qiying.slices.calls.rules import WITH_UNIT, NoteKind
from qiying.slices.calls.rules.desk import BULK_ROLES, URGE_AGAIN_AFTER, BulkAction


@operation
def urge(
    actor: Actor, call_id: int, *, now: datetime, text: str = "", version: int | None = None
) -> Call:
    """Remind the lead of a call that is in its hands; not again within four hours.

    The promise does not move, so neither does the version: whoever works on the call goes on.
    """
    actor.require(*BULK_ROLES[BulkAction.URGE])
    call = queries.get_call(actor, call_id, for_update=True)
    if version is not None and call.version != version:
        raise Refused("calls.moved_on")
    if call.lead_unit_id is None or call.state not in WITH_UNIT:
        raise Refused("calls.guard.call_with_units")
    last_at = bulk.last_urged_at(actor, call_id)
    if last_at is not None and last_at > now - URGE_AGAIN_AFTER:
        raise Refused("calls.urged_already")
    words, note = clean(text, is_needed=False), None
    if words:
        note = Note.objects.create(
            tenant_id=actor.tenant_id,
            call_id=call.pk,
            round_number=call.current_round,
            kind=NoteKind.NOTE,
            text=words,
            author_id=actor.person_id,
            unit_id=call.lead_unit_id,
            at=now,
        )
    said: dict[str, Any] = {"note": note.pk} if note else {}
    events.record(
        "calls.urged",
        subject=call,
        actor=actor,
        now=now,
        round=call.current_round,
        unit=call.lead_unit_id,
        **said,
    )
    return call
