"""The register of machines."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from qiying.kernel import events, numbering, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.registry import public as registry
from qiying.slices.rescue import queries, rules
from qiying.slices.rescue.models import Equipment, EquipmentClass, Job
from qiying.slices.rescue.operations._move import choice
from qiying.slices.rescue.operations._triage import permits_of
from qiying.slices.rescue.rules import (
    KEEPERS,
    OPEN,
    Criticality,
    MachineState,
)

LABELS = "rescue.label"
"""The series of labels, one number a machine."""
MAKERS = KEEPERS | {Role.ENTERPRISE, Role.GRID_OFFICER, Role.DESK, Role.SYSTEM}
TEXTS = {
    "name": 80,
    "place": 120,
    "line": 60,
    "maker": 80,
    "model": 80,
    "serial": 60,
    "special_number": 30,
}
CHANGEABLE = frozenset(
    {*TEXTS, "criticality", "loss_per_hour_cny", "made_in", "longitude", "latitude", "state"}
)
MOST_LOSS = Decimal(1_000_000_000)
OLDEST = 1900


@dataclass(frozen=True, slots=True)
class ClassIn:
    """What is said of a kind of machine beside its code, names and skill."""

    is_special: bool = False
    catalogue: str = ""
    needs_licence: bool | None = None
    """None: as ``is_special``."""
    licence_item: str = ""
    permits: Sequence[str] = ()
    inspection_months: int | None = None
    basis_zh: str = ""
    basis_en: str = ""
    grade: str = ""
    usual_min: int = 90
    usual_spread_min: int = 60

    @property
    def is_licensed(self) -> bool:
        return self.is_special if self.needs_licence is None else self.needs_licence

    def faults(self) -> dict[str, str]:
        """What cannot stand, by field."""
        found = {}
        if self.is_special and not self.is_licensed:
            found["needs_licence"] = "rescue.special_licence"
        if self.is_licensed and not self.licence_item:
            found["licence_item"] = "input.required"
        if self.usual_min < 1 or self.usual_spread_min < 0:
            found["usual_min"] = "input.choice"
        return found


def define_class(
    actor: Actor,
    *,
    now: datetime,
    code: str,
    name_zh: str,
    name_en: str,
    skill: str,
    **given: Any,
) -> EquipmentClass:
    """Describe a kind of machine, or describe it anew; special equipment always needs a licence.

    ``given`` are the names of ``ClassIn``.
    """
    with tenancy.acting(actor):
        actor.require(*KEEPERS, Role.SYSTEM)
        told = ClassIn(**given)
        if faults := told.faults():
            raise Invalid("input.invalid", faults)
        row, _is_new = EquipmentClass.objects.update_or_create(
            tenant_id=actor.tenant_id,
            code=clean(code, field="code", limit=20),
            defaults={
                "name_zh": clean(name_zh, field="name_zh", limit=60),
                "name_en": clean(name_en, field="name_en", limit=100),
                "skill": clean(skill, field="skill", limit=24),
                **_class_columns(told),
            },
        )
        events.record("rescue.class_defined", subject=row, actor=actor, now=now, code=row.code)
        return row


def _class_columns(told: ClassIn) -> dict[str, Any]:
    texts = {"catalogue": 4, "licence_item": 60, "basis_zh": 200, "basis_en": 300, "grade": 2}
    found: dict[str, Any] = {
        name: clean(getattr(told, name), field=name, limit=limit, is_needed=False)
        for name, limit in texts.items()
    }
    return {
        **found,
        "is_special": told.is_special,
        "needs_licence": told.is_licensed,
        "permits": permits_of(told.permits),
        "inspection_months": told.inspection_months,
        "usual_min": told.usual_min,
        "usual_spread_min": told.usual_spread_min,
    }


def register_machine(
    actor: Actor,
    *,
    now: datetime,
    enterprise_id: int,
    kind_code: str,
    longitude: float | None = None,
    latitude: float | None = None,
    site_id: int | None = None,
    **values: Any,
) -> Equipment:
    """Put a machine on the register of its firm and give it a label.

    ``values`` are ``name`` (needed), ``place``, ``line``, ``maker``, ``model``, ``serial``,
    ``made_in``, ``criticality``, ``loss_per_hour_cny``, ``special_number``.
    """
    with tenancy.acting(actor):
        require_firm(actor, enterprise_id)
        row = Equipment(
            tenant_id=actor.tenant_id,
            label=rules.label(numbering.take(actor, LABELS)),
            enterprise_id=enterprise_id,
            site_id=_site(actor, enterprise_id, site_id),
            kind=_kind(actor, kind_code),
            registered_at=now,
        )
        firm, zone = registry.enterprise(actor, enterprise_id), registry.zone(actor)
        row.longitude = _first(longitude, firm.longitude, zone.longitude)
        row.latitude = _first(latitude, firm.latitude, zone.latitude)
        _write(row, {"name": "", **values}, now)
        row.save()
        _say_machine(actor, row, now)
        return row


def _kind(actor: Actor, code: str) -> EquipmentClass:
    kind = EquipmentClass.objects.filter(tenant_id=actor.tenant_id, code=code).first()
    if kind is None:
        raise Invalid("input.invalid", {"kind_code": "input.choice"})
    return kind


def _say_machine(actor: Actor, row: Equipment, now: datetime) -> None:
    events.record(
        "rescue.machine_registered",
        subject=row,
        actor=actor,
        now=now,
        firm=row.enterprise_id,
        label=row.label,
    )


def _first(*values: float | None) -> float:
    return next(v for v in values if v is not None)


def _site(actor: Actor, enterprise_id: int, site_id: int | None) -> int | None:
    if site_id is None:
        return None
    if all(s.id != site_id for s in registry.sites(actor, enterprise_id)):
        raise Invalid("input.invalid", {"site_id": "input.choice"})
    return site_id


def require_firm(actor: Actor, enterprise_id: int) -> None:
    """The house keeps every firm's machines, a firm and its grid officer their own."""
    actor.require(*MAKERS)
    if actor.has(*KEEPERS, Role.DESK, Role.SYSTEM) or enterprise_id in actor.enterprises:
        return
    if actor.has(Role.GRID_OFFICER) and enterprise_id in registry.portfolio_ids(actor):
        return
    raise Denied("access.role")


def _write(row: Equipment, values: dict[str, Any], now: datetime) -> None:
    unknown = {k: "input.choice" for k in values if k not in CHANGEABLE}
    if unknown:
        raise Invalid("input.invalid", unknown)
    for name, limit in TEXTS.items():
        if name in values:
            text = clean(str(values[name]), field=name, limit=limit, is_needed=name == "name")
            setattr(row, name, text)
    if "criticality" in values:
        row.criticality = choice("criticality", values["criticality"], Criticality)
    if "loss_per_hour_cny" in values:
        row.loss_per_hour_cny = _loss(values["loss_per_hour_cny"])
    if "made_in" in values:
        row.made_in = _year(values["made_in"], now)
    _place(row, values)
    row.updated_at = now


def _place(row: Equipment, values: dict[str, Any]) -> None:
    for name, most in (("longitude", 180), ("latitude", 90)):
        if values.get(name) is not None:
            if not -most <= float(values[name]) <= most:
                raise Invalid("input.invalid", {name: "input.choice"})
            setattr(row, name, float(values[name]))


def _loss(value: Any) -> Decimal:
    loss = Decimal(str(value or 0))
    if not 0 <= loss <= MOST_LOSS:
        raise Invalid("input.invalid", {"loss_per_hour_cny": "rescue.amount"})
    return loss


def _year(value: Any, now: datetime) -> int | None:
    if value in (None, ""):
        return None
    year = int(value)
    if not OLDEST <= year <= now.year + 1:
        raise Invalid(
            "input.invalid", {"made_in": "rescue.range"}, least=OLDEST, most=now.year + 1
        )
    return year


def change_machine(
    actor: Actor,
    equipment_id: int,
    *,
    now: datetime,
    version: int | None = None,
    **values: Any,
) -> Equipment:
    """Correct what the register says; ``state`` may become ``in_use`` or ``stopped``."""
    with tenancy.acting(actor):
        row = queries.get_machine(actor, equipment_id, for_update=True)
        require_firm(actor, row.enterprise_id)
        if version is not None and row.version != version:
            raise Refused("rescue.moved_on")
        if row.state == MachineState.SCRAPPED:
            raise Refused("rescue.scrapped")
        state = values.pop("state", None)
        if state is not None:
            if state not in (MachineState.IN_USE, MachineState.STOPPED):
                raise Invalid("input.invalid", {"state": "input.choice"})
            row.state = state
        before = {name: getattr(row, name) for name in values if name in CHANGEABLE}
        _write(row, values, now)
        row.version += 1
        row.save()
        changed = sorted(k for k, v in before.items() if getattr(row, k) != v)
        events.record("rescue.machine_changed", subject=row, actor=actor, now=now, changed=changed)
        return row


@operation
def scrap_machine(actor: Actor, equipment_id: int, *, now: datetime, text: str = "") -> Equipment:
    """Take a machine out of the register for good; its history and its label stay."""
    row = queries.get_machine(actor, equipment_id, for_update=True)
    require_firm(actor, row.enterprise_id)
    if row.state == MachineState.SCRAPPED:
        raise Refused("rescue.scrapped")
    jobs = Job.objects.filter(tenant_id=actor.tenant_id, equipment=row, state__in=sorted(OPEN))
    if jobs.exists():
        raise Refused("rescue.machine_has_job")
    row.state, row.scrapped_at, row.updated_at = MachineState.SCRAPPED, now, now
    row.version += 1
    row.save()
    salted = events.digest(text, salt=row.label) if text else ""
    events.record("rescue.machine_scrapped", subject=row, actor=actor, now=now, reason=salted)
    return row
