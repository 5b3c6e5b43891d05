"""What other slices may know of calls."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.calls import queries
from qiying.slices.calls.models import STATE_LABELS, Call
from qiying.slices.calls.queries import MapPoint
from qiying.slices.calls.queries._closures import closure_of, visible_among, visible_numbered
from qiying.slices.calls.rules import REOPEN_WITHIN

__all__ = [
    "CallCard",
    "ClosureCard",
    "MapPoint",
    "card",
    "card_by_public_id",
    "cards",
    "closure",
    "count_by_enterprise",
    "figures",
    "find_by_number",
    "map_points",
    "wording",
]

HUNDREDTH = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class CallCard:
    """A call as other slices may show it."""

    id: int
    public_id: UUID
    number: str
    title: str
    state: str
    enterprise_id: int | None
    lead_unit_id: int | None
    matter_code: str
    received_at: datetime
    closed_at: datetime | None
    is_solved: bool
    """Closed as solved and confirmed by the firm."""

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(STATE_LABELS.get(self.state, self.state))


def card(actor: Actor, call_id: int) -> CallCard:
    """A visible call; NotFound otherwise."""
    with tenancy.reading(actor):
        return _card(queries.get_call(actor, call_id))


def _card(call: Call) -> CallCard:
    return CallCard(
        call.pk,
        call.public_id,
        call.number,
        call.title,
        call.state,
        call.enterprise_id,
        call.lead_unit_id,
        call.matter_code,
        call.received_at,
        call.closed_at,
        call.closure_type == "solved" and call.is_confirmed,
    )


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
        call=_card(call),
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


def card_by_public_id(actor: Actor, public_id: UUID) -> CallCard:
    """A visible call by the id of its address; NotFound otherwise."""
    with tenancy.reading(actor):
        return _card(queries.get_by_public_id(actor, public_id))


def find_by_number(actor: Actor, number: str) -> CallCard | None:
    """The visible call of a number, or None."""
    with tenancy.reading(actor):
        found = visible_numbered(actor, number)
        return _card(found) if found else None


def cards(actor: Actor, call_ids: Iterable[int]) -> dict[int, CallCard]:
    """Those of these calls that the actor may see, in one query."""
    with tenancy.reading(actor):
        return {row.pk: _card(row) for row in visible_among(actor, call_ids)}


def wording(actor: Actor, call_id: int) -> tuple[CallCard, str]:
    """A visible call with its text, for comparing it with others."""
    with tenancy.reading(actor):
        call = queries.get_call(actor, call_id)
        return _card(call), call.text


def figures(actor: Actor, period: tuple[date, date], *, now: datetime) -> dict[str, Decimal]:
    """A09: declared closure in percent, of rounds due in a period that ends exclusively.

    Empty while the 30 days after the period, in which a firm may open a call again, are not over,
    and when nothing was due. ``A09.verified`` stands beside it and is normally a little lower.
    """
    start, end = period
    if queries.midnight(end) + REOPEN_WITHIN > now:
        return {}
    with tenancy.reading(actor):
        found = queries.totals(actor, start=start, end=end, now=now)
    declared, verified = found["declared"].share, found["verified"].share
    if declared is None or verified is None:
        return {}
    return {"A09": _percent(declared), "A09.verified": _percent(verified)}


def _percent(share: float) -> Decimal:
    return Decimal(str(share * 100)).quantize(HUNDREDTH, ROUND_HALF_UP)


def count_by_enterprise(
    actor: Actor, enterprise_ids: Iterable[int] | None = None
) -> dict[int, int]:
    """How many visible calls each firm raised; of all firms or of some."""
    with tenancy.reading(actor):
        return queries.count_by_enterprise(actor, enterprise_ids)


def map_points(actor: Actor, *, now: datetime, limit: int = 500) -> list[MapPoint]:
    """The newest open calls that have a place, for the map."""
    with tenancy.reading(actor):
        return queries.map_points(actor, now=now, limit=limit)
