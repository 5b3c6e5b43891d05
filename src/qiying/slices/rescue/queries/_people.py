"""Who is meant: people behind seats, offers, providers; and who may see a file."""

from collections.abc import Iterable

from django.db.models import Count

from qiying.kernel.access import Actor
from qiying.slices.registry import public as registry
from qiying.slices.rescue.models import Job, Manager, Note, Report, Seat, Shift, Technician
from qiying.slices.rescue.rules import LIVE


def people_of(job: Job) -> set[int]:
    """The persons who hold a seat of a job or are asked; the last crew when it is over."""
    rows = Seat.objects.filter(tenant_id=job.tenant_id, job=job, technician__isnull=False)
    live = set(rows.filter(state__in=sorted(LIVE)).values_list("technician__person_id", flat=True))
    return live or set(rows.values_list("technician__person_id", flat=True))


def people_of_technicians(actor: Actor, technicians: Iterable[int]) -> set[int]:
    """The persons behind technicians."""
    rows = Technician.objects.filter(tenant_id=actor.tenant_id, pk__in=list(technicians))
    return set(rows.values_list("person_id", flat=True))


def managers_of(actor: Actor, provider_id: int) -> set[int]:
    """The persons who lead a provider now."""
    rows = Manager.objects.filter(
        tenant_id=actor.tenant_id, provider_id=provider_id, is_current=True
    )
    return set(rows.values_list("person_id", flat=True))


def grid_officers_of(actor: Actor, enterprise_id: int) -> set[int]:
    """The grid officer of a firm, if there is one."""
    officer = registry.enterprise(actor, enterprise_id).grid_officer_id
    return set() if officer is None else {officer}


def find_shift(actor: Actor, shift_id: int) -> Shift | None:
    return Shift.objects.visible_to(actor).filter(pk=shift_id).first()


def may_see_job(actor: Actor, job_id: int) -> bool:
    """Whether the files of a job are open to this actor."""
    return Job.objects.visible_to(actor).filter(pk=job_id).exists()


def may_see_note(actor: Actor, note_id: int) -> bool:
    return Note.objects.visible_to(actor).filter(pk=note_id).exists()


def may_see_report(actor: Actor, report_id: int) -> bool:
    return Report.objects.visible_to(actor).filter(pk=report_id).exists()


def count_by_firm(actor: Actor, enterprise_ids: Iterable[int]) -> dict[int, int]:
    """Visible rescues by firm, in one query."""
    rows = Job.objects.visible_to(actor).filter(enterprise_id__in=list(enterprise_ids))
    counted = rows.values("enterprise_id").annotate(n=Count("pk")).order_by("enterprise_id")
    return {row["enterprise_id"]: row["n"] for row in counted}
