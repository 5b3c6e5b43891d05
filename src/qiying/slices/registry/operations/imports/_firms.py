"""Firms from a file, thousands at a time."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from qiying.kernel import events
from qiying.slices.registry import queries
from qiying.slices.registry.models import Contact, Enterprise
from qiying.slices.registry.operations._fields import write as write_fields
from qiying.slices.registry.operations.firms import place
from qiying.slices.registry.operations.imports._target import (
    Ground,
    Target,
    differs,
    refuse_far,
    resolve_units,
    sound,
    verdict,
)
from qiying.slices.registry.rules.firms import WRITABLE, kind_of_code
from qiying.slices.registry.rules.kinds import AreaKind, UnitKind
from qiying.slices.registry.rules.lines import Line, fail

CHUNK = 1000
PLACE = ("longitude", "latitude")
WRITTEN = [*sorted(WRITABLE - {"credit_code"}), "grid", "grid_officer", "updated_at"]
Contacts = dict[tuple[int, str], Contact]


def judge(ground: Ground, lines: list[Line]) -> None:
    refuse_far(ground, lines, "x")
    resolve_units(ground, lines, "township_code", "_township", UnitKind.TOWNSHIP)
    _require_grids(ground, lines)
    for line in lines:
        if "contact_phone" in line.clean and "contact_name" not in line.clean:
            fail(line, "contact_name", "input.required")
    known = _known(ground, lines)
    contacts = _contacts(ground, known.values())
    for line in sound(lines):
        row = known.get(line.clean["credit_code"])
        verdict(
            line,
            is_known=row is not None,
            differs=row is not None and _differs(row, line, contacts),
        )


def write(ground: Ground, lines: list[Line]) -> None:
    known = _known(ground, lines, for_update=True)
    new: list[Enterprise] = []
    old: list[Enterprise] = []
    moved: dict[bool, list[Enterprise]] = {True: [], False: []}
    changes: list[tuple[Enterprise, str, list[str]]] = []
    for line in lines:
        row = known.get(line.clean["credit_code"])
        is_new = row is None
        row = row or Enterprise(tenant_id=ground.actor.tenant_id)
        values = _values(line)
        if is_new:
            values.setdefault("entity_kind", kind_of_code(line.clean["credit_code"]))
        changed = write_fields(row, values)
        row.updated_at = ground.now
        if set(PLACE) & set(changed):
            moved["township_code" in values].append(row)
        (new if is_new else old).append(row)
        changes.append((row, "created" if is_new else "changed", changed))
    for is_given, rows in moved.items():
        place(ground.actor, rows, now=ground.now, is_township_given=is_given)
    _override_grids(ground, lines, [row for row, _, _ in changes])
    Enterprise.objects.bulk_create(new, batch_size=CHUNK)
    Enterprise.objects.bulk_create(
        old, batch_size=CHUNK, update_conflicts=True, unique_fields=["id"], update_fields=WRITTEN
    )
    _write_contacts(ground, lines, [row for row, _, _ in changes])
    for row, what, changed in changes:
        extra: dict[str, Any] = {"fields": changed} if what == "changed" else {}
        events.record(
            f"registry.enterprise_{what}",
            subject=row,
            actor=ground.actor,
            now=ground.now,
            batch=ground.batch,
            **extra,
        )


def _known(
    ground: Ground, lines: Iterable[Line], *, for_update: bool = False
) -> dict[str, Enterprise]:
    codes = {line.clean["credit_code"] for line in lines if "credit_code" in line.clean}
    rows = Enterprise.objects.visible_to(ground.actor).filter(credit_code__in=codes)
    rows = rows.select_for_update().order_by("id") if for_update else rows
    return {row.credit_code: row for row in rows}


def _values(line: Line) -> dict[str, Any]:
    """The values of a line as the table holds them; blank cells leave the record as it is."""
    values = {name: value for name, value in line.clean.items() if name in WRITABLE}
    if "registered_on" in values:
        values["registered_on"] = date.fromisoformat(values["registered_on"])
    if "capital_cny" in values:
        values["capital_cny"] = Decimal(values["capital_cny"])
    return values


def _differs(row: Enterprise, line: Line, contacts: Contacts) -> bool:
    if differs(row, _values(line)):
        return True
    grid = line.clean.get("_grid")
    if grid is not None and row.grid_id != grid:
        return True
    name = line.clean.get("contact_name")
    if not name:
        return False
    contact = contacts.get((row.pk, name))
    return contact is None or differs(contact, _contact_values(line))


def _require_grids(ground: Ground, lines: Iterable[Line]) -> None:
    held = [line for line in lines if line.clean.get("grid_key")]
    if not held:
        return
    rows = queries.list_areas_on(ground.actor, ground.today, [AreaKind.GRID])
    ids = {row.key: row.pk for row in rows}
    for line in held:
        if line.clean["grid_key"] not in ids:
            fail(line, "grid_key", "registry.cell.grid", value=line.clean["grid_key"])
        else:
            line.clean["_grid"] = ids[line.clean["grid_key"]]


def _override_grids(ground: Ground, lines: list[Line], rows: list[Enterprise]) -> None:
    """A grid that the file names counts before the one under the position."""
    duties = queries.grid_duties(ground.actor, on=ground.today)
    for line, row in zip(lines, rows, strict=True):
        if "_grid" not in line.clean:
            continue
        row.grid_id = line.clean["_grid"]
        duty = duties.get(line.clean["grid_key"])
        if duty is not None and not row.is_officer_own:
            row.grid_officer_id = duty.officer_id


def _contacts(ground: Ground, rows: Iterable[Enterprise]) -> Contacts:
    found = Contact.objects.visible_to(ground.actor).filter(
        enterprise_id__in=[row.pk for row in rows]
    )
    return {(contact.enterprise_id, contact.name): contact for contact in found}


def _contact_values(line: Line) -> dict[str, str]:
    names = {"contact_phone": "phone", "contact_title": "title"}
    return {short: line.clean[name] for name, short in names.items() if name in line.clean}


def _write_contacts(ground: Ground, lines: list[Line], rows: list[Enterprise]) -> None:
    """Add or change the person named on each line; the first person of a firm is the first to ring."""
    contacts = _contacts(ground, rows)
    with_primary = {key[0] for key, contact in contacts.items() if contact.is_primary}
    new, old = [], []
    for line, row in zip(lines, rows, strict=True):
        name = line.clean.get("contact_name")
        if not name:
            continue
        contact = contacts.get((row.pk, name))
        if contact is None:
            new.append(
                Contact(
                    tenant_id=ground.actor.tenant_id,
                    enterprise_id=row.pk,
                    name=name,
                    is_primary=row.pk not in with_primary,
                    **_contact_values(line),
                )
            )
        elif write_fields(contact, _contact_values(line)):
            old.append(contact)
    Contact.objects.bulk_create(new, batch_size=CHUNK)
    Contact.objects.bulk_create(
        old,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["phone", "title"],
    )


FIRMS = Target(judge, write)
