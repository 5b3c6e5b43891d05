"""The label on a machine: what the code leads to, and sheets of labels to print."""

from datetime import datetime
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe

from qiying.kernel import paging
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of, page
from qiying.slices.registry import public as registry
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Equipment, Job, labels
from qiying.slices.rescue.queries import phone
from qiying.slices.rescue.rules import OPEN, READERS, MachineState, is_label, tidy
from qiying.slices.rescue.views.phone.shared import (
    FIRM,
    LABELLERS,
    WORKER,
    duty_url,
    line_of,
    my_url,
)

AT_MACHINE = (
    *(FIRM, WORKER, Role.GRID_OFFICER, Role.PROVIDER_MANAGER, Role.ADMINISTRATOR),
    *READERS,
)
PER_SHEET = 24
"""Labels of 63 x 34 mm on A4: three across, eight down."""


@page(*AT_MACHINE)
def machine(request: HttpRequest, label: str) -> HttpResponse:
    """A machine with its course; the firm finds the red button here, a technician the job."""
    actor, now = actor_of(request), timezone.now()
    if not is_label(label[:20]):
        raise NotFound("rescue.label_misread")
    if label != tidy(label):
        return redirect("rescue:scan", label=tidy(label))
    found = queries.machine_by_label(actor, label)
    jobs = phone.history(actor, found)
    own = _own_jobs(actor, jobs)
    context = {
        **_about(actor, found),
        "jobs": [line_of(j, url=_job_url(actor, j, own)) for j in jobs],
        "open_job": next(
            (line_of(j, url=_job_url(actor, j, own)) for j in jobs if j.state in OPEN), None
        ),
        "counts": _counts(jobs, now),
    }
    return render(request, "rescue/phone/machine.html", context)


def _about(actor: Actor, found: Equipment) -> dict[str, Any]:
    due = phone.next_inspection(actor, found)
    is_own = found.enterprise_id in actor.enterprises
    report = f"{reverse('rescue:press')}?label={found.label}&scan=1"
    return {
        "machine": found,
        "firm": registry.names(actor, {found.enterprise_id}).get(found.enterprise_id, ""),
        "criticality": labels.CRITICALITIES[found.criticality],
        "state": labels.MACHINE_STATES[found.state],
        "is_scrapped": found.state == MachineState.SCRAPPED,
        "report_url": report if is_own and found.state != MachineState.SCRAPPED else "",
        "inspection": due,
        "inspection_kind": labels.INSPECTIONS[due.kind] if due else "",
        "is_overdue": due is not None and due.due_on < timezone.localdate(),
        "label_url": f"{reverse('rescue:labels')}?q={found.label}"
        if actor.roles & LABELLERS
        else "",
        "may_back": "mine" if actor.enterprises else "duty" if actor.has(WORKER) else "",
    }


def _own_jobs(actor: Actor, jobs: list[Job]) -> set[int]:
    """The jobs of a machine that the reader may open; a technician reads of the others only."""
    return phone.seen_of(actor, jobs) if actor.has(WORKER) else {j.pk for j in jobs}


def _job_url(actor: Actor, job: Job, own: set[int]) -> str:
    if job.pk not in own:
        return ""
    if job.enterprise_id in actor.enterprises:
        return my_url(job)
    if actor.has(WORKER):
        return duty_url(job)
    return reverse("rescue:job", args=[job.public_id])


def _counts(jobs: list[Job], now: datetime) -> dict[str, int]:
    """How often it broke down: over a year, and under warranty."""
    year = [j for j in jobs if (now - j.reported_at).days < 365]
    return {"year": len(year), "rework": sum(1 for j in year if j.warranty_of_id)}


# --- labels to print ---


@page(*LABELLERS)
def sheet(request: HttpRequest) -> HttpResponse:
    """Labels of machines on A4: QR, the six signs to read aloud, name and place."""
    actor = actor_of(request)
    q = request.GET.get("q", "").replace("\0", "").strip()[:60]
    is_firm = bool(actor.enterprises) and not actor.has(*(LABELLERS - {FIRM}))
    rows = phone.own_machines(actor, q) if is_firm else phone.all_machines(actor, q)
    found = paging.paginate(
        rows, order=("-id",), cursor=request.GET.get("cursor", ""), size=PER_SHEET
    )
    context = {
        "page": found,
        "q": q,
        "is_firm": is_firm,
        "labels": [
            {"machine": m, "qr": drawn(m.label), "spaced": f"{m.label[:3]} {m.label[3:]}"}
            for m in found.rows
        ],
    }
    return render(request, "rescue/phone/labels.html", context)


def drawn(label: str) -> SafeString:
    """The code of a label as SVG: it opens the page of the machine."""
    address = f"{settings.PUBLIC_URL}{reverse('rescue:scan', args=[label])}"
    text = segno.make(address, error="m").svg_inline(scale=4, border=2, omitsize=True)
    return mark_safe(text)  # noqa: S308  made here from a label whose signs are known
