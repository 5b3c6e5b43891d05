"""What other slices may know of mediation: numbers and how a case stands, never what was said."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from django.utils import timezone

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.mediation import queries
from qiying.slices.mediation.models.labels import STATES

__all__ = ["CaseCard", "cards_of_call", "figures"]


@dataclass(frozen=True, slots=True)
class CaseCard:
    """A dispute as other slices may show it."""

    id: int
    public_id: UUID
    number: str
    kind: str
    state: str

    @property
    def state_label(self) -> str:
        return str(STATES.get(self.state, self.state))


def cards_of_call(actor: Actor, call_id: int) -> list[CaseCard]:
    """The mediations of a call that are open to this actor."""
    with tenancy.reading(actor):
        return [
            CaseCard(c.pk, c.public_id, c.number, c.kind, c.state)
            for c in queries.of_call(actor, call_id)
        ]


def figures(actor: Actor, period: tuple[date, date], *, now: datetime) -> dict[str, Decimal]:
    """Numbers of the disputes registered in a period that ends exclusively.

    ``A26.disputes``, and where something can be counted ``A26.settled``, ``A26.performed`` in
    percent and ``A26.days``, the median days from the application to the agreement.
    """
    start, end = (_midnight(day) for day in period)
    with tenancy.reading(actor):
        found = queries.figures(actor, start=start, end=end, now=now)
    result = {"A26.disputes": Decimal(found.total.registered)}
    shares = {"A26.settled": found.total.success, "A26.performed": found.performed}
    result |= {k: _percent(v) for k, v in shares.items() if v is not None}
    if found.total.days is not None:
        result["A26.days"] = Decimal(str(found.total.days))
    return result


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001


def _percent(share: float) -> Decimal:
    return Decimal(str(share * 100)).quantize(Decimal("0.01"), ROUND_HALF_UP)
