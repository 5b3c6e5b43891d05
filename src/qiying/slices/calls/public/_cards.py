"""A call on a card, and counts of calls, for slices above."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.calls import queries
from qiying.slices.calls.models import STATE_LABELS, STATE_TONES, Call
from qiying.slices.calls.queries import MapPoint
from qiying.slices.calls.queries._sources import find_by_number as numbered
from qiying.slices.calls.queries._sources import listed_by_id
from qiying.slices.calls.rules import OPEN, REOPEN_WITHIN, Mark

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
    marks: frozenset[str] = frozenset()
    """What else it is: ``secret``, ``litigation``, ``collective``."""

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(STATE_LABELS.get(self.state, self.state))

    @property
    def state_tone(self) -> str:
        """The tone of the state's mark."""
        return STATE_TONES.get(self.state, "new")

    @property
    def is_secret(self) -> bool:
        """Its words leave the house by no network and are not made known."""
        return Mark.SECRET in self.marks

    @property
    def is_before_court(self) -> bool:
        """A court, an arbitrator or a reviewing authority has the matter."""
        return Mark.LITIGATION in self.marks

    @property
    def is_open(self) -> bool:
        """Whether it is still under way."""
        return self.state in OPEN


def card(actor: Actor, call_id: int) -> CallCard:
    """A visible call; NotFound otherwise."""
    with tenancy.reading(actor):
        return as_card(queries.get_call(actor, call_id))


def card_by_public_id(actor: Actor, public_id: UUID) -> CallCard:
    """As ``card``, by the id that addresses carry."""
    with tenancy.reading(actor):
        return as_card(queries.get_by_public_id(actor, public_id))


def cards(actor: Actor, call_ids: Iterable[int]) -> dict[int, CallCard]:
    """Those of these calls that the actor may see, newest first, in one query."""
    with tenancy.reading(actor):
        return {row.pk: as_card(row) for row in listed_by_id(actor, call_ids)}


def find_by_number(actor: Actor, number: str) -> CallCard | None:
    """A visible call by its number; None when there is none."""
    with tenancy.reading(actor):
        call = numbered(actor, number)
    return None if call is None else as_card(call)


def as_card(call: Call) -> CallCard:
    """What others may know of a row that was read for them."""
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
        frozenset(call.marks),
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
