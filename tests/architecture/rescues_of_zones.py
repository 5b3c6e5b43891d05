"""Industry 120 of a zone of the tests of access: a row in every table, made by the operations."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from qiying.kernel import numbering, tenancy
from qiying.kernel.access import Role
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.models import Job, Proposal, Provider, Report, Shift, Station, Technician
from tests.architecture.names import EVERYTHING
from tests.slices.rescue import steps
from tests.slices.rescue.people import furnish, on_duty
from tests.slices.world import FOUNDED, INSIDE

if TYPE_CHECKING:
    from tests.architecture.two_zones import Zone

MONTH = timedelta(days=32)
PLACE = {"longitude": INSIDE[0], "latitude": INSIDE[1], "device_key": "a-key"}
PLAIN: Mapping[tuple[str, str], Any] = {
    ("rescue", "step"): "plan_night",
    ("rescue:duty-take", "step"): "set_out",
    ("rescue:my-act", "step"): "withdraw",
}
EXAMPLES: Mapping[tuple[str, str], str] = {
    ("/rescue/jobs", "job_id"): "open_rescue.public_id",
    ("/rescue/machines", "machine_id"): "machine.public_id",
    ("/rescue/inspections", "inspection_id"): "inspection.pk",
    ("/rescue/providers", "provider_id"): "provider.public_id",
    ("/rescue/retrofits", "retrofit_id"): "retrofit.public_id",
    ("/rescue/shifts", "shift_id"): "shift.pk",
    ("/rescue/settlements", "settlement_id"): "settlement.public_id",
    ("/rescue/technicians", "technician_id"): "technician.public_id",
    ("rescue:choose", "public_id"): "open_rescue.public_id",
    ("rescue:job", "public_id"): "rescue.public_id",
    ("rescue:duty-job", "public_id"): "taken_rescue.public_id",
    ("rescue:duty-take", "public_id"): "taken_rescue.public_id",
    ("rescue:duty-track", "public_id"): "taken_rescue.public_id",
    ("rescue:inspection", "inspection_id"): "inspection.pk",
    ("rescue:machine", "public_id"): "machine.public_id",
    ("rescue:my-act", "public_id"): "open_rescue.public_id",
    ("rescue:my-job", "public_id"): "open_rescue.public_id",
    ("rescue:my-paper", "public_id"): "rescue.public_id",
    ("rescue:provider", "public_id"): "provider.public_id",
    ("rescue:provider-prices", "public_id"): "provider.public_id",
    ("rescue:prices-table", "public_id"): "provider.public_id",
    ("rescue:replay", "proposal_id"): "proposal.pk",
    ("rescue:retrofit", "public_id"): "retrofit.public_id",
    ("rescue:scan", "label"): "machine.label",
    ("rescue:settlement", "public_id"): "settlement.public_id",
    ("rescue:shift-drop", "shift_id"): "shift.pk",
    ("rescue:replay", "public_id"): "open_rescue.public_id",
    ("rescue:report", "public_id"): "rescue.public_id",
    ("rescue:take", "public_id"): "open_rescue.public_id",
}


def day(zone: "Zone", later: int = 0) -> str:
    """A day of the zone's clock, so many days from now."""
    return f"{zone.world.now + timedelta(days=later):%Y-%m-%d}"


BODIES: Mapping[str, Callable[["Zone"], Mapping[str, Any]]] = {
    "PATCH /rescue/machines/{machine_id}": lambda z: {"place": f"{z.mark} hall"},
    "POST /rescue/inspections/{inspection_id}/book": lambda z: {
        "body": "inspection body",
        "booked_on": day(z, 20),
    },
    "POST /rescue/inspections/{inspection_id}/close": lambda z: {
        "body": "inspection body",
        "done_on": day(z),
        "has_passed": True,
    },
    "POST /rescue/machines/{machine_id}/inspections": lambda z: {"due_on": day(z, 90)},
    "POST /rescue/providers": lambda z: {"name_zh": "丙机电", "from_on": day(z)},
    "POST /rescue/providers/{provider_id}/licences": lambda z: {
        "item": "boilers",
        "number": "L-78",
        "from_on": day(z),
    },
    "POST /rescue/providers/{provider_id}/prices": lambda z: {
        "from_on": day(z, 30),
        "items": [{"code": "W1", "name_zh": "工时", "unit_zh": "小时", "price_cny": "99.00"}],
    },
    "POST /rescue/retrofits": lambda z: {
        "enterprise": str(z.rows["firm"].public_id),
        "title": "a pump",
        "figure": "kWh/t",
        "unit": "kWh",
        "target_percent": "5",
    },
    "POST /rescue/retrofits/{retrofit_id}/readings": lambda z: {
        "phase": "before",
        "on": day(z),
        "value": "10",
        "source": "meter",
    },
    "POST /rescue/retrofits/{retrofit_id}/start": lambda _z: {},
    "POST /rescue/shifts": lambda z: {
        "technician": str(z.rows["technician"].public_id),
        "starts_at": (z.world.now + timedelta(days=12)).isoformat(),
        "ends_at": (z.world.now + timedelta(days=12, hours=8)).isoformat(),
    },
    "POST /rescue/roster/publish": lambda z: {"start": day(z), "end": day(z, 30)},
    "POST /rescue/settlements/{settlement_id}/pay": lambda _z: {"voucher": "V-2"},
    "POST /rescue/stations": lambda _z: {
        "code": "x",
        "name_zh": "站",
        "longitude": 119.2,
        "latitude": 29.0,
    },
    "POST /rescue/technicians": lambda z: {
        "person": z.rows["newcomer"].pk,
        "provider": str(z.rows["provider"].public_id),
        "station": "north",
    },
    "PUT /rescue/providers/{provider_id}/managers": lambda z: {
        "person": z.world.user(EVERYTHING).pk
    },
    "POST /rescue/technicians/{technician_id}/certificates": lambda z: {
        "skill": "mechanical",
        "from_on": day(z),
    },
    "PUT /rescue/providers/{provider_id}/contract": lambda z: {"from_on": day(z)},
    "POST /rescue/jobs": lambda z: {
        "enterprise": str(z.rows["firm"].public_id),
        "title": "It stands still",
    },
    "POST /rescue/jobs/{job_id}/steps": lambda z: {
        "step": "plan_night",
        "inputs": {
            "who": "Wang",
            "until": (z.world.now + timedelta(hours=20)).isoformat(),
            "text": "the spare machine runs",
        },
    },
    "POST /rescue/machines": lambda z: {
        "enterprise": str(z.rows["firm"].public_id),
        "kind": "paper",
        "name": "another machine",
    },
    "POST /rescue/rules": lambda z: {"tier1_min": 12, "reason": f"{z.mark} trial"},
    "POST /rescue/tracks": lambda z: {
        "tracks": [{"job": str(z.rows["taken_rescue"].public_id), **PLACE}]
    },
    "rescue:duty-take": lambda _z: PLACE,
    "rescue:duty-track": lambda _z: PLACE,
    "rescue:inspection": lambda z: {
        "do": "book",
        "body": "inspection body",
        "booked_on": f"{z.world.now + timedelta(days=20):%Y-%m-%d}",
    },
    "rescue:machine": lambda z: {
        "do": "inspect",
        "kind": "regular",
        "due_on": f"{z.world.now + timedelta(days=90):%Y-%m-%d}",
    },
    "rescue:my-act": lambda _z: {"reason": "runs_again", "text": "it runs"},
    "rescue:provider": lambda z: {
        "do": "licence",
        "item": "boilers",
        "number": "L-77",
        "from_on": f"{z.world.now:%Y-%m-%d}",
    },
    "rescue:replay": lambda _z: {},
    "rescue:retrofit": lambda z: {"do": "start", "on": f"{z.world.now:%Y-%m-%d}"},
    "rescue:settlement": lambda _z: {"do": "pay", "voucher": "V-1"},
    "rescue:shift-drop": lambda _z: {},
    "rescue:take": lambda z: {
        "who": "Wang",
        "until": f"{z.world.now + timedelta(hours=20):%Y-%m-%dT%H:%M}",
        "text": "the spare machine runs",
    },
}
"""Of the addresses of the rescue, as ``asking.py`` has them for all others."""


def call_for_rescue(zone: "Zone") -> None:
    """A settled rescue with all its papers, one that somebody else was chosen for, a retrofit."""
    world, mark = zone.world, zone.mark
    # labels count from one in each zone: the other zone's must name nothing here
    numbering.take(world.system, "rescue.label", 10 * len(mark))
    furnish(world)
    qian = world.user("qian")
    qian.name = f"{mark} qian"
    qian.save(update_fields=["name"])
    now, chief = world.now, world.actor("chief")
    operations.set_rules(chief, now=now, reason=f"{mark} rules", matter_codes=("M016",))
    budget = operations.set_budget(
        chief, now=now, year=2026, line="120", name_zh=f"{mark}预算", amount_cny=Decimal(90000)
    )
    settled = _settled(zone, budget.pk)
    zone.rows["rescue"] = settled
    zone.rows["machine"] = steps.machine(world)
    zone.rows["open_rescue"] = _chosen_otherwise(zone)
    zone.rows["inspection"] = operations.plan_inspection(
        chief, steps.machine(world, "2号锅炉").pk, now=now, due_on=(now + MONTH).date()
    )
    zone.rows["retrofit"] = _retrofit(zone)
    zone.rows["taken_rescue"] = _taken(zone)
    world.person("新技师", Role.TECHNICIAN)
    zone.rows["newcomer"] = world.user("新技师")


def _settled(zone: "Zone", budget_id: int) -> Job:
    world, mark = zone.world, zone.mark
    begun = world.now
    job = steps.working(world, name="2号锅炉", title=f"{mark} boiler", facts=f"{mark} facts")
    who = steps.holder(world, job)
    part = {"name": f"{mark} bearing", "quantity": "1", "stock": "provider"}
    steps.take(world, who, job, "use_part", **part, **steps.phone(world))
    photo = [steps.photo(world, who)]
    steps.take(world, who, job, "try_run", attachments=photo, **steps.phone(world))
    signed = {"text": f"{mark} repaired", "signed_by": f"{mark} Chen"}
    steps.take(world, who, job, "finish", **signed, **steps.phone(world))
    steps.take(world, "boss", job, "confirm")
    steps.take(world, "boss", job, "rate", grade="good", text=f"{mark} thanks")
    with tenancy.reading(world.system):
        provider = Report.objects.get(job=job).technician.provider_id
        zone.rows["provider"] = queries.get_provider(world.system, provider)
    zone.rows["settlement"] = operations.draw_up(
        world.actor("chief"),
        provider,
        now=world.now,
        month=world.now.date(),
        budget_id=budget_id,
    )
    settlement = zone.rows["settlement"].pk
    operations.check_settlement(world.actor("supervisor"), settlement, now=world.now)
    world.now = begun
    return steps.fresh(world, job)


def _chosen_otherwise(zone: "Zone") -> Job:
    world, mark = zone.world, zone.mark
    job = steps.proposed(world, title=f"{mark} paper machine")
    with tenancy.reading(world.system):
        technician = Technician.objects.get(person=world.user("sun"), tenant_id=world.tenant.pk)
        zone.rows["proposal"] = Proposal.objects.filter(job=job).latest("pk")
    given = {"technician_id": technician.pk, "why": "load", "text": f"{mark} load"}
    zone.rows["technician"] = technician
    return steps.take(world, "chief", job, "override", **given)


def _retrofit(zone: "Zone") -> object:
    world, mark = zone.world, zone.mark
    row = operations.plan_retrofit(
        world.actor("boss"),
        now=world.now,
        enterprise_id=world.firms["宏达"],
        title=f"{mark} pump",
        figure="kWh/t",
        unit="kWh",
        target_percent=Decimal(10),
    )
    operations.add_reading(
        world.actor("boss"),
        row.pk,
        now=world.now,
        phase="before",
        on=world.now.date(),
        value=Decimal(500),
        source=f"{mark} meter",
    )
    return row


def _taken(zone: "Zone") -> Job:
    """A rescue in the hands of whoever holds every role: a technician as well, with a draft shift."""
    world, mark = zone.world, zone.mark
    with tenancy.reading(world.system):
        provider = Provider.objects.get(tenant_id=world.tenant.pk, name_zh="甲维修")
        station = Station.objects.get(tenant_id=world.tenant.pk, code="north")
    worker = operations.add_technician(
        world.system,
        provider.pk,
        now=world.now,
        person_id=world.user(EVERYTHING).pk,
        station_id=station.pk,
        joined_on=FOUNDED,
    )
    skill = "lifting"
    operations.certify(world.system, worker.pk, now=world.now, skill=skill, from_on=FOUNDED)
    on_duty(world, worker.pk)
    zone.rows["shift"] = _draft(zone, worker)
    job = steps.proposed(world, name="1号行车", title=f"{mark} crane")
    given = {"technician_id": worker.pk, "why": "load", "text": f"{mark} near"}
    steps.take(world, "chief", job, "override", **given)
    return steps.take(world, EVERYTHING, job, "accept", **steps.phone(world))


def _draft(zone: "Zone", worker: Technician) -> Shift:
    start = zone.world.now + timedelta(days=9)
    return operations.plan_shift(
        zone.world.system,
        worker.pk,
        now=zone.world.now,
        starts_at=start,
        ends_at=start + timedelta(hours=8),
    )
