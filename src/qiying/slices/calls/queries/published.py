"""The rates that the zone publishes to firms: settled months, shares and numbers, nobody's calls."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from qiying.engines.rates import Figure, Sheet
from qiying.kernel.access import Actor, system
from qiying.slices.calls.queries import rates
from qiying.slices.calls.queries._case import local_day
from qiying.slices.calls.queries._dossier import unit_cards
from qiying.slices.calls.rules import RELAPSE_WITHIN

PUBLISHED = (
    *("responded", "on_time", "declared", "verified", "solved", "satisfied", "declined"),
    "found_by_us",
)


@dataclass(frozen=True, slots=True)
class UnitRate:
    """Verified closure of a unit; ``rank`` is None where there are too few rounds to compare."""

    code: str
    name: str
    verified: Figure
    rank: int | None


@dataclass(frozen=True, slots=True)
class Published:
    """A month whose 30 days are over: nothing in it names a firm, a person or a call."""

    start: date
    end: date
    whole: Sheet
    units: tuple[UnitRate, ...]
    declined: tuple[tuple[str, int], ...]
    """How many calls were not accepted, by reason code, most first."""


def last_settled(now: datetime) -> date:
    """The first day of the last month whose 30 days are over."""
    end = local_day(now - RELAPSE_WITHIN).replace(day=1)
    return (end - timedelta(days=1)).replace(day=1)


def published(actor: Actor, *, now: datetime) -> Published:
    """The rates of the whole zone for whoever is signed in, counted as for the auditor."""
    start = last_settled(now)
    end = (start + timedelta(days=31)).replace(day=1)
    platform = system(actor.tenant_id)
    month = rates.by_unit(platform, start=start, end=end, now=now)
    names = {card.code: card.name for card in unit_cards(platform).values()}
    verified = [(code, sheet.figures["verified"]) for code, sheet in month.units.items() if code]
    rows = [(code, figure) for code, figure in verified if figure.denominator]
    rows.sort(key=lambda r: (not r[1].is_ranked, -(r[1].share or 0), r[0]))
    units = tuple(
        UnitRate(code, names.get(code, code), figure, place if figure.is_ranked else None)
        for place, (code, figure) in enumerate(rows, start=1)
    )
    reasons: dict[str, int] = {}
    for row in month.whole.declined:
        reasons[row.code] = reasons.get(row.code, 0) + len(row.figure.counted)
    most = tuple(sorted(reasons.items(), key=lambda r: (-r[1], r[0])))
    return Published(start, end, month.whole, units, most)
