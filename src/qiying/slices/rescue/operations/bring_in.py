"""Many machines or shifts at once: from a file, or from the roster of a whole period."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import IntegrityError, transaction

from qiying.kernel import events, numbering
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.tenancy import operation
from qiying.slices.registry import public as registry
from qiying.slices.rescue import queries, rules
from qiying.slices.rescue.models import Equipment, EquipmentClass, Shift, Technician
from qiying.slices.rescue.operations._machines import LABELS
from qiying.slices.rescue.operations._providers import may_lead
from qiying.slices.rescue.rules import KEEPERS, Criticality, ShiftKind

KEEPERS_OF_MACHINES = KEEPERS | {Role.SYSTEM}
CHUNK = 2000
"""The series of labels, one with that of single machines."""


@dataclass(frozen=True, slots=True)
class MachineIn:
    """A machine as it is brought in; a place is taken from the firm when none is given."""

    enterprise_id: int
    kind_code: str
    name: str
    place: str = ""
    line: str = ""
    maker: str = ""
    model: str = ""
    serial: str = ""
    made_in: int | None = None
    criticality: str = Criticality.SLOWS_LINE.value
    loss_per_hour_cny: Decimal = Decimal(0)
    special_number: str = ""
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class ShiftIn:
    """A time on duty as it is brought in; the station is the technician's own."""

    technician_id: int
    starts_at: datetime
    ends_at: datetime
    kind: str = ShiftKind.DAY.value
    turnout_min: int = 0
    is_published: bool = False


@operation
def machines(actor: Actor, rows: Sequence[MachineIn], *, now: datetime) -> list[Equipment]:
    """Register all of them or none; each gets its label.

    Raises
    ------
    Invalid
        A class that the zone does not know.
    """
    actor.require(*KEEPERS_OF_MACHINES)
    if not rows:
        return []
    kinds = dict(
        EquipmentClass.objects.filter(tenant_id=actor.tenant_id).values_list("code", "id")
    )
    if any(row.kind_code not in kinds for row in rows):
        raise Invalid("input.invalid", {"kind_code": "input.choice"})
    places = _places(actor, rows)
    first = numbering.take(actor, LABELS, len(rows)) - len(rows) + 1
    made = [
        _machine(actor, row, kinds[row.kind_code], places[row.enterprise_id], serial, now)
        for serial, row in enumerate(rows, start=first)
    ]
    Equipment.objects.bulk_create(made, batch_size=CHUNK)
    events.record(
        "rescue.machines_brought_in",
        subject=made[0],
        actor=actor,
        now=now,
        machines=len(made),
        firms=len({row.enterprise_id for row in rows}),
    )
    return made


Place = tuple[float, float]


def _places(actor: Actor, rows: Sequence[MachineIn]) -> dict[int, Place]:
    """Where firms without a place of the machine stand; the zone's centre at last."""
    zone = registry.zone(actor)
    wanted = {row.enterprise_id for row in rows}
    missing = {row.enterprise_id for row in rows if row.longitude is None or row.latitude is None}
    found: dict[int, Place] = dict.fromkeys(wanted, (zone.longitude, zone.latitude))
    for firm_id in missing:
        card = registry.enterprise(actor, firm_id)
        if card.longitude is not None and card.latitude is not None:
            found[firm_id] = card.longitude, card.latitude
    return found


def _machine(
    actor: Actor, row: MachineIn, kind_id: int, place: Place, serial: int, now: datetime
) -> Equipment:
    longitude, latitude = place
    if row.longitude is not None and row.latitude is not None:
        longitude, latitude = row.longitude, row.latitude
    return Equipment(
        tenant_id=actor.tenant_id,
        label=rules.label(serial),
        enterprise_id=row.enterprise_id,
        kind_id=kind_id,
        name=row.name,
        place=row.place,
        line=row.line,
        maker=row.maker,
        model=row.model,
        serial=row.serial,
        made_in=row.made_in,
        criticality=row.criticality,
        loss_per_hour_cny=row.loss_per_hour_cny,
        special_number=row.special_number,
        longitude=longitude,
        latitude=latitude,
        registered_at=now,
        updated_at=now,
    )


@operation
def plan_shifts(actor: Actor, rows: Sequence[ShiftIn], *, now: datetime) -> int:
    """Put a whole period on the roster, all shifts or none.

    Raises
    ------
    Refused
        ``rescue.shift_overlaps`` when somebody would be on duty twice at a time.
    Invalid
        ``rescue.shift_length`` at ``rows.N.ends_at`` (N from 0) for each shift that ends before it
        starts or is longer than the dispatcher looks back for people on duty.
    """
    if not rows:
        return 0
    _require_lengths(rows)
    people = _people(actor, rows)
    made = [_shift(actor, row, people[row.technician_id].station_id) for row in rows]
    try:
        with transaction.atomic():
            Shift.objects.bulk_create(made, batch_size=CHUNK)
    except IntegrityError:
        raise Refused("rescue.shift_overlaps") from None
    events.record(
        "rescue.shifts_planned",
        subject=made[0],
        actor=actor,
        now=now,
        shifts=len(made),
        people=len(people),
    )
    return len(made)


def _shift(actor: Actor, row: ShiftIn, station_id: int) -> Shift:
    return Shift(
        tenant_id=actor.tenant_id,
        technician_id=row.technician_id,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        kind=row.kind,
        station_id=station_id,
        turnout_min=row.turnout_min,
        is_published=row.is_published,
    )


def _require_lengths(rows: Sequence[ShiftIn]) -> None:
    wrong = {
        f"rows.{position}.ends_at": "rescue.shift_length"
        for position, row in enumerate(rows)
        if not row.starts_at < row.ends_at <= row.starts_at + queries.LONGEST_SHIFT
    }
    if wrong:
        raise Invalid("input.invalid", wrong)


def _people(actor: Actor, rows: Sequence[ShiftIn]) -> dict[int, Technician]:
    """The technicians of the shifts; refused unless the actor leads every one of them."""
    wanted = {row.technician_id for row in rows}
    found = {
        t.pk: t for t in Technician.objects.visible_to(actor).filter(pk__in=wanted, left_on=None)
    }
    if wanted - set(found):
        raise Invalid("input.invalid", {"technician_id": "input.choice"})
    for provider_id in {t.provider_id for t in found.values()}:
        may_lead(actor, provider_id)
    return found
