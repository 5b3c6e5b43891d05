"""Zone, units, sites and grid duties."""

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

from django.db.models import Q, QuerySet

from qiying.kernel import revisions
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.slices.registry.models import GridDuty, Site, Unit, Zone

UnitIndex = Mapping[str, Unit]
_units: revisions.Kept[UnitIndex] = revisions.Kept()


def find_zone(actor: Actor, *, for_update: bool = False) -> Zone | None:
    """The zone of the actor's tenant; None before it was described."""
    rows = Zone.objects.visible_to(actor)
    return (rows.select_for_update() if for_update else rows).first()


def list_units(actor: Actor) -> QuerySet[Unit]:
    return Unit.objects.visible_to(actor)


def get_unit(actor: Actor, unit_id: int, *, for_update: bool = False) -> Unit:
    rows = Unit.objects.visible_to(actor)
    row = (rows.select_for_update() if for_update else rows).filter(id=unit_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


def unit_index(actor: Actor) -> UnitIndex:
    """Every unit by code, retired ones too; one small query while nothing changes."""
    revision = revisions.current(actor).get("registry", 0)

    def build() -> UnitIndex:
        rows = Unit.objects.visible_to(actor).order_by("code")
        return MappingProxyType({row.code: row for row in rows})

    return _units.get(actor.tenant_id, revision, build)


def list_sites(actor: Actor, *, on: date | None = None) -> QuerySet[Site]:
    """Sites that the actor may see; with ``on`` those in use on that day."""
    rows = Site.objects.visible_to(actor)
    if on is None:
        return rows
    begun = Q(valid_from=None) | Q(valid_from__lte=on)
    return rows.filter(begun, Q(retired_on=None) | Q(retired_on__gt=on))


def get_site(actor: Actor, site_id: int, *, for_update: bool = False) -> Site:
    rows = Site.objects.visible_to(actor)
    row = (rows.select_for_update() if for_update else rows).filter(id=site_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


def grid_duties(actor: Actor, *, on: date) -> dict[str, GridDuty]:
    """Who answers for each grid on a day, by the grid's key."""
    rows = GridDuty.objects.visible_to(actor).filter(
        Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on
    )
    return {row.grid_key: row for row in rows.select_related("officer")}
