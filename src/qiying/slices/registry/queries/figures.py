"""The figures that this slice answers for, from its records."""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Sum

from qiying.kernel.access import Actor
from qiying.slices.registry.models import Enterprise
from qiying.slices.registry.queries.areas import list_areas_on
from qiying.slices.registry.queries.firms import count_enterprises
from qiying.slices.registry.queries.places import find_zone, list_sites
from qiying.slices.registry.rules.kinds import AreaKind, EntityKind, FirmStatus, SiteKind

PER_KM2 = Decimal(1_000_000)
HOMES = (AreaKind.NEIGHBOURHOOD, AreaKind.VILLAGE)


def figures(actor: Actor, period: tuple[date, date]) -> dict[str, Decimal]:
    """A01 to A04 as they stand on the last day of a period.

    Parameters
    ----------
    period
        First day and the day after the last. Firms carry no history: they are counted as they
        stand now.

    Returns
    -------
    dict
        ``A01.founding``, ``A01`` and ``A02`` in square kilometres; ``A03.entities``,
        ``A03.enterprises``, ``A03.sites`` and ``A04`` as counts. A figure without its records
        is left out.
    """
    on = period[1] - timedelta(days=1)
    zone = find_zone(actor)
    found: dict[str, Decimal] = {}
    if zone is not None and zone.founded_on is not None:
        found |= _surface(actor, "A01.founding", AreaKind.PLANNED, zone.founded_on)
    found |= _surface(actor, "A01", AreaKind.PLANNED, on)
    found |= _surface(actor, "A02", AreaKind.DEVELOPED, on)
    kinds = count_enterprises(actor)
    sites: int = list_sites(actor, on=on).filter(kind=SiteKind.CONSTRUCTION).count()
    return found | {
        "A03.entities": Decimal(sum(kinds.values())),
        "A03.enterprises": Decimal(kinds.get(EntityKind.ENTERPRISE, 0)),
        "A03.sites": Decimal(sites),
        "A04": Decimal(_people(actor, on)),
    }


def _surface(actor: Actor, figure: str, kind: str, on: date) -> dict[str, Decimal]:
    total = list_areas_on(actor, on, [kind]).aggregate(total=Sum("area_m2"))["total"]
    return {} if total is None else {figure: Decimal(str(total)) / PER_KM2}


def _people(actor: Actor, on: date) -> int:
    """Residents of the homes in the zone, and staff of its active firms."""
    residents = list_areas_on(actor, on, HOMES).aggregate(n=Sum("residents"))["n"] or 0
    firms = Enterprise.objects.visible_to(actor).filter(
        status=FirmStatus.ACTIVE, belongs_to_zone=True
    )
    return int(residents) + int(firms.aggregate(n=Sum("staff_count"))["n"] or 0)
