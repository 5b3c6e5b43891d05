"""How calls ended, for slices that keep or compare them."""

from dataclasses import dataclass
from datetime import datetime

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.calls import queries
from qiying.slices.calls.public._cards import CallCard, as_card
from qiying.slices.calls.queries._closures import closure_of


@dataclass(frozen=True, slots=True)
class ClosureCard:
    """How a closed call went; ids and codes only, no names and no words."""

    call: CallCard
    unit_ids: tuple[int, ...]
    """The units that had it in any round, the lead first."""
    person_ids: tuple[int, ...]
    """Everybody who answered, signed for a part or had one in hand."""
    days: int
    """Calendar days from the first word to the closure."""
    rounds: int
    outcome: str
    """What the firm said at call-back: yes, partly, no."""
    is_on_time: bool | None
    rating: int | None
    is_verified: bool
    """Closed as solved, so said by the firm, not re-opened, no return within 30 days so far."""
    settled_at: datetime | None
    """From when on the 30 days are over."""
    complained_unit_id: int | None


def closure(actor: Actor, call_id: int) -> ClosureCard:
    """How a visible call ended; NotFound when it is not visible."""
    with tenancy.reading(actor):
        found = closure_of(actor, queries.get_call(actor, call_id))
    call, last = found.call, found.round
    ended = call.closed_at or call.updated_at
    return ClosureCard(
        call=as_card(call),
        unit_ids=found.unit_ids,
        person_ids=found.person_ids,
        days=max((ended - call.received_at).days, 0),
        rounds=call.current_round,
        outcome=last.resolved,
        is_on_time=last.is_on_time,
        rating=last.rating,
        is_verified=found.is_verified,
        settled_at=found.settled_at,
        complained_unit_id=call.complained_unit_id,
    )


def wording(actor: Actor, call_id: int) -> tuple[CallCard, str]:
    """A visible call with its text, for comparing it with others."""
    with tenancy.reading(actor):
        call = queries.get_call(actor, call_id)
        return as_card(call), call.text
