"""The figures that this slice answers for, from its records."""

from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Count, Sum

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.slices.mandate.models import Edition, Handover
from qiying.slices.mandate.queries._register import register
from qiying.slices.mandate.rules import ZONE, Duty, EditionKind
from qiying.slices.registry import public as registry

OWN = frozenset({"zone", "company", "community"})


def figures(actor: Actor, period: tuple[date, date]) -> dict[str, Decimal]:
    """A05 to A08 as they stand on the last day of a period.

    Parameters
    ----------
    period
        First day and the day after the last.

    Returns
    -------
    dict
        ``A05`` social-management functions that the zone led in the edition before the reform;
        ``A06`` neighbourhoods handed over, ``A06.households`` and ``A06.residents`` in them;
        ``A07`` 1 when the industrial wall is the boundary in force and another was before;
        ``A08.invest`` and ``A08.build`` duties of investment promotion and of financing and
        construction that the zone and its company lead, ``A08.social`` social functions that
        the zone itself still leads. A figure without its records is left out.
    """
    on = period[1] - timedelta(days=1)
    with tenancy.reading(actor):
        return _before(actor) | _handed_over(actor, on) | _boundary(actor, on) | _kept(actor, on)


def _before(actor: Actor) -> dict[str, Decimal]:
    editions = Edition.objects.visible_to(actor).filter(kind=EditionKind.BEFORE_REFORM)
    edition = editions.order_by("-effective_on").first()
    if edition is None:
        return {}
    rows = register(actor).on(edition.effective_on).values()
    led = sum(r.duty == Duty.SOCIAL and r.lead_inside[:1] == (ZONE,) for r in rows)
    return {"A05": Decimal(led)}


def _handed_over(actor: Actor, on: date) -> dict[str, Decimal]:
    rows = Handover.objects.visible_to(actor).filter(handed_over_on__lte=on)
    total = rows.aggregate(n=Count("id"), homes=Sum("households"), people=Sum("residents"))
    if not total["n"]:
        return {}
    return {
        "A06": Decimal(total["n"]),
        "A06.households": Decimal(total["homes"]),
        "A06.residents": Decimal(total["people"]),
    }


def _boundary(actor: Actor, on: date) -> dict[str, Decimal]:
    reform_on = registry.zone(actor).wall_reform_on
    if reform_on is None:
        return {}
    kinds = {a.kind for a in registry.areas(actor) if a.valid_from <= on}
    return {"A07": Decimal(int(reform_on <= on and {"planned", "wall"} <= kinds))}


def _kept(actor: Actor, on: date) -> dict[str, Decimal]:
    book = register(actor)
    kept = {Duty.INVEST: 0, Duty.BUILD: 0, Duty.SOCIAL: 0}
    for row in book.on(on).values():
        lead = row.lead_inside[0] if row.lead_inside else ""
        kind = book.units[lead].kind if lead in book.units else ""
        is_counted = lead == ZONE if row.duty == Duty.SOCIAL else kind in OWN
        if row.duty in kept and is_counted:
            kept[Duty(row.duty)] += 1
    return {f"A08.{duty}": Decimal(count) for duty, count in kept.items()} if book.versions else {}
