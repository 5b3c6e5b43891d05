"""One job with everything that belongs to it, and a machine with its history."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Count, Model, Q, QuerySet

from qiying.kernel.access import Actor, Role
from qiying.slices.rescue import rules
from qiying.slices.rescue.models import (
    Diagnosis,
    Equipment,
    InspectionDue,
    Job,
    Note,
    Offer,
    Override,
    PartUsed,
    Permit,
    Proposal,
    Quote,
    QuoteLine,
    Rating,
    Report,
    Seat,
    Track,
)
from qiying.slices.rescue.queries._find import seats_of
from qiying.slices.rescue.rules import OPEN

M = TypeVar("M", bound=Model)
REPEAT_WITHIN = timedelta(days=90)
MOST_TRACKS = 300


@dataclass(frozen=True, slots=True)
class Dossier:
    """A job with its parts, as far as this actor may see them."""

    job: Job
    seats: tuple[Seat, ...]
    offers: tuple[Offer, ...]
    proposals: tuple[Proposal, ...]
    overrides: tuple[Override, ...]
    tracks: tuple[Track, ...]
    diagnoses: tuple[Diagnosis, ...]
    quotes: tuple[Quote, ...]
    lines: tuple[QuoteLine, ...]
    permits: tuple[Permit, ...]
    parts: tuple[PartUsed, ...]
    reports: tuple[Report, ...]
    rating: Rating | None
    notes: tuple[Note, ...]
    steps: tuple[str, ...]
    """What this actor may do now."""
    warranty_of: Job | None

    @property
    def quote(self) -> Quote | None:
        """The newest quote."""
        return self.quotes[-1] if self.quotes else None

    @property
    def report(self) -> Report | None:
        """The report in force."""
        return next((r for r in reversed(self.reports) if r.is_current), None)

    @property
    def proposal(self) -> Proposal | None:
        """What the engine said last."""
        return self.proposals[-1] if self.proposals else None

    def lines_of(self, quote: Quote) -> tuple[QuoteLine, ...]:
        return tuple(line for line in self.lines if line.quote_id == quote.pk)


def dossier(actor: Actor, job: Job) -> Dossier:
    """Everything about a job in a fixed number of queries."""
    return Dossier(
        job=job,
        seats=tuple(seats_of(job)),
        offers=_of(Offer.objects.visible_to(actor).filter(seat__job=job), "technician__person"),
        proposals=_of(Proposal.objects.visible_to(actor).filter(job=job).defer("problem")),
        overrides=_of(
            Override.objects.visible_to(actor).filter(job=job),
            "proposed__person",
            "chosen__person",
            "by",
        ),
        tracks=_of(Track.objects.visible_to(actor).filter(job=job))[-MOST_TRACKS:],
        diagnoses=_of(Diagnosis.objects.visible_to(actor).filter(job=job)),
        quotes=_of(Quote.objects.visible_to(actor).filter(job=job)),
        lines=_of(QuoteLine.objects.visible_to(actor).filter(quote__job=job), "item"),
        permits=_of(Permit.objects.visible_to(actor).filter(job=job)),
        parts=_of(PartUsed.objects.visible_to(actor).filter(job=job)),
        reports=_of(Report.objects.visible_to(actor).filter(job=job)),
        rating=Rating.objects.visible_to(actor).filter(job=job).first(),
        notes=_of(Note.objects.visible_to(actor).filter(job=job), "author"),
        steps=open_steps(actor, job),
        warranty_of=_before(actor, job),
    )


def _before(actor: Actor, job: Job) -> Job | None:
    """The job whose repair did not hold, if there is one."""
    if job.warranty_of_id is None:
        return None
    return Job.objects.visible_to(actor).filter(pk=job.warranty_of_id).first()


def _of(rows: "QuerySet[M]", *related: str) -> tuple[M, ...]:
    return tuple((rows.select_related(*related) if related else rows).order_by("id"))


def open_steps(actor: Actor, job: Job) -> tuple[str, ...]:
    """The buttons that this actor is shown; guards may still refuse."""
    found = rules.LIFECYCLE.open_to(job.state, actor.roles)
    if actor.has(Role.ENTERPRISE) and job.enterprise_id not in actor.enterprises:
        others = actor.roles - {Role.ENTERPRISE}
        return rules.LIFECYCLE.open_to(job.state, others)
    return found


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
