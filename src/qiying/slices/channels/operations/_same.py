"""Calls about the same problem: found by likeness, linked by a person, never merged away."""

from datetime import datetime

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, NotFound, Refused
from qiying.kernel.tenancy import operation
from qiying.slices.calls import public as calls
from qiying.slices.channels import queries
from qiying.slices.channels.models import SameProblem
from qiying.slices.channels.operations._shape import clean


@operation
def link_same(actor: Actor, call_id: int, main_id: int, *, now: datetime) -> SameProblem:
    """Say that a call is about the same problem as another; the earliest of them stands first.

    Raises
    ------
    Refused
        ``channels.same_call``, ``channels.linked_already``, ``channels.others_follow`` (calls are
        linked to this one: link it the other way round).
    """
    actor.require(Role.DESK, Role.SUPERVISOR)
    if actor.person_id is None:
        raise Denied("channels.person_needed")
    calls.card(actor, call_id)
    calls.card(actor, main_id)
    queries.take_turns(actor)
    first = queries.link_of(actor, main_id)
    main = first.main_id if first is not None else main_id
    if main == call_id:
        raise Refused("channels.same_call")
    if queries.link_of(actor, call_id) is not None:
        raise Refused("channels.linked_already")
    if queries.has_followers(actor, call_id):
        raise Refused("channels.others_follow")
    row = SameProblem.objects.create(
        tenant_id=actor.tenant_id,
        call_id=call_id,
        main_id=main,
        linked_by_id=actor.person_id,
        linked_at=now,
    )
    events.record(
        "channels.same_linked", subject=row, actor=actor, now=now, call=call_id, main=main
    )
    return row


@operation
def unlink_same(actor: Actor, call_id: int, *, text: str, now: datetime) -> SameProblem:
    """Take a link back, with the reason; it stays in the record."""
    actor.require(Role.DESK, Role.SUPERVISOR)
    calls.card(actor, call_id)
    queries.take_turns(actor)
    row = queries.link_of(actor, call_id)
    if row is None:
        raise NotFound("not_found")
    row.unlinked_text = clean(text, most=400)
    row.unlinked_by_id, row.unlinked_at = actor.person_id, now
    row.save(update_fields=["unlinked_text", "unlinked_by", "unlinked_at"])
    events.record("channels.same_unlinked", subject=row, actor=actor, now=now, call=call_id)
    return row
