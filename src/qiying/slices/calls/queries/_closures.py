"""Closed calls as other slices may keep them: what they were about, how long, how well, no names."""

from dataclasses import dataclass
from datetime import datetime

from qiying.kernel.access import Actor
from qiying.slices.calls.models import Call, Round, Task
from qiying.slices.calls.queries._measures import verified
from qiying.slices.calls.rules import RELAPSE_WITHIN, TaskState


@dataclass(frozen=True, slots=True)
class Closure:
    """How a call ended, and who had a hand in it."""

    call: Call
    round: Round
    unit_ids: tuple[int, ...]
    person_ids: tuple[int, ...]
    is_verified: bool
    settled_at: datetime | None
    """From when on the firm's return does not count against the closure any more."""


def closure_of(actor: Actor, call: Call) -> Closure:
    """The last round of a call, the units and people that had it in any round; three queries."""
    rounds = Round.objects.filter(tenant_id=actor.tenant_id, call_id=call.pk)
    last = rounds.filter(number=call.current_round).get()
    tasks = Task.objects.filter(tenant_id=actor.tenant_id, call_id=call.pk)
    parts = tasks.exclude(state=TaskState.WITHDRAWN)
    rows = list(
        parts.order_by("-is_lead", "id").values_list("unit_id", "person_id", "signed_by_id")
    )
    answered = list(rounds.values_list("answered_by_id", flat=True))
    people = {p for row in rows for p in row[1:]} | set(answered)
    is_verified = rounds.filter(verified(actor.tenant_id), pk=last.pk).exists()
    return Closure(
        call=call,
        round=last,
        unit_ids=tuple(dict.fromkeys(row[0] for row in rows)),
        person_ids=tuple(sorted(p for p in people if p)),
        is_verified=is_verified and call.closure_type == "solved" and call.is_confirmed,
        settled_at=last.closed_at + RELAPSE_WITHIN if last.closed_at else None,
    )
