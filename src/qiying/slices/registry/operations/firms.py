"""Firms and their contacts."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone

from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, NotFound, Refused
from qiying.slices.registry import queries
from qiying.slices.registry.models import Contact, Enterprise
from qiying.slices.registry.operations._fields import require, write
from qiying.slices.registry.rules.firms import faults_of
from qiying.slices.registry.rules.kinds import AreaKind, FirmStatus
from qiying.slices.registry.rules.lifecycles import KEEPERS
from qiying.slices.registry.rules.values import ContactValues, FirmValues


@tenancy.operation
def create_enterprise(actor: Actor, *, now: datetime, **values: Unpack[FirmValues]) -> Enterprise:
    """Add a firm (names of ``FirmValues``; code, name_zh and kind are needed).

    Grid, grid officer and township follow from the position unless the township is given.

    Raises
    ------
    Invalid
        With the faults by field. ``Refused`` (``registry.firm.code``) when the code is taken.
    """
    actor.require(*KEEPERS)
    needed = {
        name: "input.required"
        for name in ("credit_code", "name_zh", "entity_kind")
        if not values.get(name)
    }
    require(faults_of(values) | needed)
    row = Enterprise(tenant_id=actor.tenant_id, updated_at=now)
    write(row, values)
    _require_whole_place(row)
    place(actor, [row], now=now, is_township_given=bool(values.get("township_code")))
    _save(row)
    events.record(
        "registry.enterprise_created", subject=row, actor=actor, now=now, kind=row.entity_kind
    )
    return row


@tenancy.operation
def change_enterprise(
    actor: Actor, enterprise_id: int, *, now: datetime, **values: Unpack[FirmValues]
) -> Enterprise:
    """Change a firm; nothing is written when nothing differs."""
    require(faults_of(values))
    row = _changeable(actor, enterprise_id)
    changed = write(row, values)
    if not changed:
        return row
    _require_whole_place(row)
    if {"longitude", "latitude"} & set(changed):
        place(actor, [row], now=now, is_township_given="township_code" in changed)
    row.updated_at = now
    _save(row)
    events.record("registry.enterprise_changed", subject=row, actor=actor, now=now, fields=changed)
    return row


@tenancy.operation
def change_enterprise_by_public_id(
    actor: Actor, public_id: UUID, *, now: datetime, **values: Unpack[FirmValues]
) -> Enterprise:
    """The same by the id that addresses and interfaces carry."""
    row = queries.get_enterprise_by_public_id(actor, public_id)
    change_enterprise(actor, row.pk, now=now, **values)
    return queries.get_enterprise(actor, row.pk)


@tenancy.operation
def retire_enterprise(
    actor: Actor, enterprise_id: int, *, status: str, now: datetime
) -> Enterprise:
    """Say that a firm moved away or was deregistered; its record and history stay."""
    actor.require(*KEEPERS)
    if status not in {FirmStatus.MOVED, FirmStatus.DEREGISTERED}:
        require({"status": "input.choice"})
    row = queries.get_enterprise(actor, enterprise_id, for_update=True)
    if row.status == status:
        raise Refused("registry.firm.retired")
    before, row.status, row.updated_at = row.status, status, now
    row.save(update_fields=["status", "updated_at"])
    events.record(
        "registry.enterprise_retired",
        subject=row,
        actor=actor,
        now=now,
        before=before,
        after=status,
    )
    return row


def _require_whole_place(row: Enterprise) -> None:
    is_half = (row.longitude is None) != (row.latitude is None)
    require({"longitude": "registry.firm.half_place"} if is_half else {})


def place(
    actor: Actor, firms: Sequence[Enterprise], *, now: datetime, is_township_given: bool = False
) -> None:
    """Derive grid, officer and township of these firms from where they lie today."""
    today = timezone.localdate(now)
    placed = [f for f in firms if f.longitude is not None and f.latitude is not None]
    longitudes = [f.longitude or 0.0 for f in placed]
    latitudes = [f.latitude or 0.0 for f in placed]
    grids = queries.cover(actor, AreaKind.GRID, today).at(longitudes, latitudes)
    ids = {row.key: row.pk for row in queries.list_areas_on(actor, today, [AreaKind.GRID])}
    duties = queries.grid_duties(actor, on=today)
    for firm, key in zip(placed, grids, strict=True):
        firm.grid_id = ids.get(key)
        if not firm.is_officer_own:
            firm.grid_officer_id = duties[key].officer_id if key in duties else None
    if not is_township_given:
        townships = queries.cover(actor, AreaKind.TOWNSHIP, today).at(longitudes, latitudes)
        for firm, key in zip(placed, townships, strict=True):
            firm.township_code = key or firm.township_code


@tenancy.operation
def add_contact(
    actor: Actor, enterprise_id: int, *, now: datetime, **values: Unpack[ContactValues]
) -> Contact:
    """Add a person to ring (names of ``ContactValues``; name is needed)."""
    firm = _changeable(actor, enterprise_id)
    row = Contact(tenant_id=actor.tenant_id, enterprise_id=firm.pk)
    _write_contact(actor, row, values)
    events.record("registry.contact_added", subject=firm, actor=actor, now=now, contact=row.pk)
    return row


@tenancy.operation
def change_contact(
    actor: Actor, contact_id: int, *, now: datetime, **values: Unpack[ContactValues]
) -> Contact:
    row = _contact(actor, contact_id)
    firm = _changeable(actor, row.enterprise_id)
    changed = _write_contact(actor, row, values)
    if changed:
        events.record(
            "registry.contact_changed", subject=firm, actor=actor, now=now, contact=row.pk
        )
    return row


@tenancy.operation
def erase_contact(actor: Actor, contact_id: int, *, now: datetime) -> None:
    """Remove a person's data; the event keeps the number of the record only."""
    row = _contact(actor, contact_id)
    firm = _changeable(actor, row.enterprise_id)
    events.record("registry.contact_erased", subject=firm, actor=actor, now=now, contact=row.pk)
    row.delete()


def _contact(actor: Actor, contact_id: int) -> Contact:
    row = Contact.objects.visible_to(actor).filter(id=contact_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


def _write_contact(actor: Actor, row: Contact, values: Mapping[str, Any]) -> list[str]:
    changed = write(row, values)
    require({} if row.name.strip() else {"name": "input.required"})
    others = Contact.objects.visible_to(actor).filter(enterprise_id=row.enterprise_id)
    others = others.exclude(id=row.pk)
    if others.filter(name=row.name).exists():
        raise Refused("registry.contact.name")
    if row.is_primary:
        others.filter(is_primary=True).update(is_primary=False)
    row.save()
    return changed


def _changeable(actor: Actor, enterprise_id: int) -> Enterprise:
    row = queries.get_enterprise(actor, enterprise_id, for_update=True)
    if not queries.may_change(actor, row):
        raise Denied("access.role")
    return row


def _save(row: Enterprise) -> None:
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        if "enterprise_code_once" not in str(error):
            raise
        raise Refused("registry.firm.code") from error
