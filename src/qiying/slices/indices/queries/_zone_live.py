"""Lines of the board that are counted from records, by the slices that keep these records."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal

from qiying.kernel.access import Actor
from qiying.kernel.people import SHANGHAI
from qiying.slices.calls import public as calls
from qiying.slices.council import public as council
from qiying.slices.indices.rules.zone import WHOLE_YEAR, BoardLine, Period
from qiying.slices.mediation import public as mediation
from qiying.slices.rescue import public as rescue

SOURCES: dict[str, Callable[..., dict[str, Decimal]]] = {
    "calls": calls.figures,
    "council": council.figures,
    "mediation": mediation.figures,
    "rescue": rescue.figures,
}
SETTLED = timedelta(days=31)
"""Closure is counted only when the time in which a firm may open its call again is over."""


def count(
    actor: Actor, lines: Iterable[BoardLine], period: Period, *, now: datetime
) -> dict[str, tuple[float, date]]:
    """Values of the lines with the day (exclusive) to which each was counted, from January on.

    A line of which nothing can be counted in this period is left out.
    """
    found: dict[str, tuple[float, date]] = {}
    wanted = [line for line in lines if line.live]
    for source in sorted({line.live.partition(".")[0] for line in wanted}):
        until = _until(source, period, now)
        start = date(period[0], 1, 1)
        if until <= start:
            continue
        figures = SOURCES[source](actor, (start, until), now=now)
        for line in wanted:
            owner, _, name = line.live.partition(".")
            if owner == source and name in figures:
                found[line.key] = (float(figures[name]), until)
    return found


def _until(source: str, period: Period, now: datetime) -> date:
    year, month = period
    end = date(year + month // WHOLE_YEAR, month % WHOLE_YEAR + 1, 1)
    today = now.astimezone(SHANGHAI).date()
    last = today - SETTLED if source == "calls" else today + timedelta(days=1)
    return min(end, last)
