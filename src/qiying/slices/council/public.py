"""What other slices may know of the council."""

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.utils import timezone

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.council import queries

__all__ = ["figures"]


def figures(actor: Actor, period: tuple[date, date], *, now: datetime) -> dict[str, Decimal]:
    """E42: first answers on time, and answers that satisfied, in percent; absent with nothing due.

    ``period`` ends exclusively.
    """
    start, end = (
        timezone.make_aware(datetime(d.year, d.month, d.day))  # noqa: DTZ001
        for d in period
    )
    with tenancy.reading(actor):
        found = queries.figures(actor, start=start, end=end, now=now)
    shares = {"E42.on_time": found.on_time_share, "E42.satisfied": found.satisfied_share}
    result = {"E42.topics": Decimal(found.topics)}
    return result | {k: _percent(v) for k, v in shares.items() if v is not None}


def _percent(share: float) -> Decimal:
    return Decimal(str(share * 100)).quantize(Decimal("0.01"), ROUND_HALF_UP)
