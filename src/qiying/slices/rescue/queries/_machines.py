"""The register of machines: what happened to one, which fail again, what is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q, QuerySet

from qiying.kernel.access import Actor
from qiying.slices.rescue import rules
from qiying.slices.rescue.models import Equipment, InspectionDue, Job
from qiying.slices.rescue.rules import OPEN

REPEAT_WITHIN = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class MachineHistory:
    """A machine with its rescues and inspections, newest first."""

    machine: Equipment
    jobs: tuple[Job, ...]
    inspections: tuple[InspectionDue, ...]

    @property
    def open_job(self) -> Job | None:
        """A rescue that is under way."""
        return next((j for j in self.jobs if j.state in OPEN), None)


def history(actor: Actor, machine: Equipment, *, limit: int = 50) -> MachineHistory:
    """What happened to a machine; two queries."""
    jobs = Job.objects.visible_to(actor).filter(equipment=machine)
    inspections = InspectionDue.objects.visible_to(actor).filter(equipment=machine)
    return MachineHistory(
        machine,
        tuple(jobs.order_by("-reported_at", "-id")[:limit]),
        tuple(inspections.order_by("-due_on")[:limit]),
    )


def repeat_faults(
    actor: Actor, *, now: datetime, least: int = 2, limit: int = 50
) -> "QuerySet[Equipment]":
    """Machines that called for rescue more than once in 90 days, the worst first."""
    since = now - REPEAT_WITHIN
    recent = Q(recent__gte=least)
    jobs = (
        Job.objects.visible_to(actor)
        .filter(reported_at__gte=since, equipment__isnull=False)
        .exclude(state__in=["withdrawn", "false_alarm"])
        .values("equipment_id")
        .annotate(recent=Count("pk"))
        .filter(recent)
        .order_by("-recent", "equipment_id")
    )
    ids = list(jobs.values_list("equipment_id", flat=True)[:limit])
    rows = Equipment.objects.visible_to(actor).filter(pk__in=ids)
    return rows.select_related("kind", "enterprise")


def list_machines(
    actor: Actor, *, q: str = "", kind: str = "", enterprise_id: int = 0
) -> "QuerySet[Equipment]":
    """The register; page it by ``("-id",)``."""
    rows = Equipment.objects.visible_to(actor).select_related("kind", "enterprise")
    if q:
        found = Q(name__icontains=q) | Q(model__icontains=q) | Q(special_number__iexact=q)
        rows = rows.filter(found | Q(label=rules.tidy(q)))
    if kind:
        rows = rows.filter(kind__code=kind)
    if enterprise_id:
        rows = rows.filter(enterprise_id=enterprise_id)
    return rows


def due_inspections(actor: Actor, *, enterprise_id: int = 0) -> "QuerySet[InspectionDue]":
    """Inspections that are not done, the soonest first; page them by ``("due_on", "id")``."""
    rows = InspectionDue.objects.visible_to(actor).filter(done_on=None)
    if enterprise_id:
        rows = rows.filter(equipment__enterprise_id=enterprise_id)
    return rows.select_related("equipment__kind", "equipment__enterprise")
