"""The zone, its units and sites."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Unpack

from django.db import IntegrityError, transaction

from qiying.kernel import events, revisions, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, Refused
from qiying.slices.registry import queries
from qiying.slices.registry.models import Site, Unit, Zone
from qiying.slices.registry.operations._fields import require, write
from qiying.slices.registry.rules import shapes
from qiying.slices.registry.rules.kinds import KEY, SiteKind, UnitKind
from qiying.slices.registry.rules.lifecycles import KEEPERS
from qiying.slices.registry.rules.values import SiteValues, UnitValues, ZoneValues


@tenancy.operation
def set_zone(actor: Actor, *, now: datetime, **values: Unpack[ZoneValues]) -> Zone:
    """Describe the zone, or change its description (names of ``ZoneValues``)."""
    actor.require(*KEEPERS)
    row = queries.find_zone(actor, for_update=True) or Zone(tenant_id=actor.tenant_id)
    changed = write(row, values)
    if row.pk is None or changed:
        row.save()
        revisions.bump(actor, "registry")
        events.record("registry.zone_changed", subject=row, actor=actor, now=now, fields=changed)
    return row


@tenancy.operation
def create_unit(actor: Actor, *, now: datetime, **values: Unpack[UnitValues]) -> Unit:
    """Add a unit (names of ``UnitValues``; code, kind and name_zh are needed)."""
    actor.require(*KEEPERS)
    row = Unit(tenant_id=actor.tenant_id)
    _write_unit(actor, row, values)
    _save(row, "registry.unit.code")
    revisions.bump(actor, "registry")
    events.record("registry.unit_created", subject=row, actor=actor, now=now, kind=row.kind)
    return row


@tenancy.operation
def change_unit(
    actor: Actor, unit_id: int, *, now: datetime, **values: Unpack[UnitValues]
) -> Unit:
    actor.require(*KEEPERS)
    row = queries.get_unit(actor, unit_id, for_update=True)
    changed = _write_unit(actor, row, values)
    if changed:
        _save(row, "registry.unit.code")
        revisions.bump(actor, "registry")
        events.record("registry.unit_changed", subject=row, actor=actor, now=now, fields=changed)
    return row


@tenancy.operation
def retire_unit(actor: Actor, unit_id: int, *, on: date, now: datetime) -> Unit:
    """End a unit; its record stays, because calls and decisions name it."""
    actor.require(*KEEPERS)
    row = queries.get_unit(actor, unit_id, for_update=True)
    if row.retired_on is not None:
        raise Refused("registry.unit.retired")
    if queries.list_units(actor).filter(parent_id=row.pk, retired_on=None).exists():
        raise Refused("registry.unit.children")
    row.retired_on = on
    row.save(update_fields=["retired_on"])
    revisions.bump(actor, "registry")
    events.record("registry.unit_retired", subject=row, actor=actor, now=now)
    return row


def _write_unit(actor: Actor, row: Unit, values: Mapping[str, Any]) -> list[str]:
    changed = write(row, values)
    faults = {
        name: "input.required" for name in ("code", "name_zh") if not getattr(row, name).strip()
    }
    if row.kind not in UnitKind.values():
        faults["kind"] = "input.choice"
    if "parent_id" in changed and row.parent_id is not None and _is_loop(actor, row):
        faults["parent_id"] = "registry.unit.loop"
    if not KEY.fullmatch(row.code):
        faults["code"] = "registry.cell.key"
    require(faults)
    return changed


def _is_loop(actor: Actor, row: Unit) -> bool:
    """Whether the chosen parent stands below this unit (or is not there at all)."""
    parents = dict(queries.list_units(actor).values_list("id", "parent_id"))
    above = row.parent_id
    if above not in parents:
        raise Invalid("input.invalid", {"parent_id": "input.choice"})
    while above is not None:
        if above == row.pk:
            return True
        above = parents.get(above)
    return False


@tenancy.operation
def create_site(actor: Actor, *, now: datetime, **values: Unpack[SiteValues]) -> Site:
    """Add a site (names of ``SiteValues``; key, kind, name_zh and geometry are needed)."""
    actor.require(*KEEPERS)
    row = Site(tenant_id=actor.tenant_id)
    _write_site(actor, row, values)
    _save(row, "registry.site.key")
    events.record("registry.site_created", subject=row, actor=actor, now=now, kind=row.kind)
    return row


@tenancy.operation
def change_site(
    actor: Actor, site_id: int, *, now: datetime, **values: Unpack[SiteValues]
) -> Site:
    actor.require(*KEEPERS)
    row = queries.get_site(actor, site_id, for_update=True)
    changed = _write_site(actor, row, values)
    if changed:
        _save(row, "registry.site.key")
        events.record("registry.site_changed", subject=row, actor=actor, now=now, fields=changed)
    return row


@tenancy.operation
def retire_site(actor: Actor, site_id: int, *, on: date, now: datetime) -> Site:
    actor.require(*KEEPERS)
    row = queries.get_site(actor, site_id, for_update=True)
    if row.retired_on is not None and row.retired_on <= on:
        raise Refused("registry.site.retired")
    row.retired_on = on
    row.save(update_fields=["retired_on"])
    events.record("registry.site_retired", subject=row, actor=actor, now=now)
    return row


def _write_site(actor: Actor, row: Site, values: Mapping[str, Any]) -> list[str]:
    values = dict(values)
    if "geometry" in values:
        shape = shapes.read(values["geometry"], shapes.SURFACES | shapes.POINTS)
        values["geometry"], values["area_m2"] = shape.geometry, round(shape.area_m2, 2)
        values["longitude"], values["latitude"] = shape.longitude, shape.latitude
    changed = write(row, values)
    faults = {
        name: "input.required" for name in ("key", "name_zh", "geometry") if not getattr(row, name)
    }
    if row.kind not in SiteKind.values():
        faults["kind"] = "input.choice"
    if not KEY.fullmatch(row.key):
        faults["key"] = "registry.cell.key"
    if "enterprise_id" in changed and row.enterprise_id is not None:
        queries.get_enterprise(actor, row.enterprise_id)
    if "owner_unit_id" in changed and row.owner_unit_id is not None:
        queries.get_unit(actor, row.owner_unit_id)
    require(faults)
    return changed


def _save(row: Unit | Site, taken: str) -> None:
    """Save a record whose key may be taken by another one."""
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "_once" not in str(error):
            raise
        raise Refused(taken) from error
