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
from qiying.slices.calls.queries import MapPoint, standard
from qiying.slices.calls.rules import REOPEN_WITHIN

__all__ = [
    "CallCard",
    "MapPoint",
    "card",
    "card_by_public_id",
    "count_by_enterprise",
    "figures",
    "map_points",
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
    is_against_unit: bool = False
    """Complains of a unit: nobody of that unit may learn of it."""

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(STATE_LABELS.get(self.state, self.state))


def card(actor: Actor, call_id: int) -> CallCard:
    """A visible call; NotFound otherwise."""
    with tenancy.reading(actor):
        return _card(queries.get_call(actor, call_id))


def card_by_public_id(actor: Actor, public_id: UUID) -> CallCard:
    """As ``card``, by the id that addresses carry."""
    with tenancy.reading(actor):
        return _card(queries.get_by_public_id(actor, public_id))


def find_by_number(actor: Actor, number: str) -> CallCard | None:
    """A visible call by its readable number."""
    with tenancy.reading(actor):
        rows = standard.list_standard(actor, limit=1, numbers=[number])
        return _card(rows[0]) if rows else None


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
        call.complained_unit_id is not None,
    )


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
