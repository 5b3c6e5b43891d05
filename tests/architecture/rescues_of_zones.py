"""Industry 120 of a zone of the tests of access: a row in every table, made by the operations."""

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from qiying.kernel import tenancy
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.models import Job, Proposal, Report, Technician
from tests.slices.rescue import steps
from tests.slices.rescue.people import furnish

if TYPE_CHECKING:
    from tests.architecture.two_zones import Zone

MONTH = timedelta(days=32)


def call_for_rescue(zone: "Zone") -> None:
    """A settled rescue with all its papers, one that somebody else was chosen for, a retrofit."""
    world, mark = zone.world, zone.mark
    furnish(world)
    now, chief = world.now, world.actor("chief")
    operations.set_rules(chief, now=now, reason=f"{mark} rules", matter_codes=("M022",))
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
