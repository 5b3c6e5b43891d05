"""The technician's phone: who asks, what is in hand, when there is duty."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from qiying.kernel import ical, paging
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Shift, Technician, labels
from qiying.slices.rescue.queries import phone
from qiying.slices.rescue.rules import Safety
from qiying.slices.rescue.views.phone.shared import WORKER, duty_url, hotline_of, line_of


@page(WORKER)
def duty(request: HttpRequest) -> HttpResponse:
    """Offers with the time left, the own seats, the present and the next shift."""
    actor, now = actor_of(request), timezone.now()
    found = phone.duty(actor, now=now)
    shifts = [shift_line(s, now) for s in found.shifts]
    context = {
        "technician": found.technician,
        "asked": [_asked(a) for a in found.asked],
        "held": [
            {
                "line": line_of(h.job, url=duty_url(h.job)),
                "firm": h.firm,
                "state": labels.SEAT_STATES[h.seat.state],
            }
            for h in found.held
        ],
        "now_on": next((s for s in shifts if s["is_now"]), None),
        "next_shift": next((s for s in shifts if not s["is_now"]), None),
        "hotline": hotline_of(actor),
        "refusals": labels.choices(labels.REFUSALS),
    }
    return render(request, "rescue/phone/duty.html", context)


def _asked(row: phone.Asked) -> dict[str, Any]:
    job, proposal = row.job, row.offer.proposal
    return {
        "offer": row.offer,
        "job": job,
        "line": line_of(job, url=duty_url(job)),
        "firm": row.firm,
        "urgency": labels.URGENCIES[job.urgency],
        "is_danger": job.safety == Safety.DANGER,
        "expected_at": proposal.expected_at if proposal else None,
    }


def shift_line(shift: Shift, now: Any) -> dict[str, Any]:
    return {
        "shift": shift,
        "kind": labels.SHIFT_KINDS[shift.kind],
        "is_now": shift.starts_at <= now < shift.ends_at,
    }


def worker_of(actor: Actor) -> Technician:
    """Who the reader is at work; Denied for whoever has the role but no provider."""
    found = queries.technician_of(actor)
    if found is None:
        raise Denied("rescue.technician")
    return found


@page(WORKER)
def jobs(request: HttpRequest) -> HttpResponse:
    """Every rescue in which the technician held a place."""
    actor = actor_of(request)
    worker = worker_of(actor)
    rows = phone.jobs_of_worker(actor, worker)
    found = paging.paginate(rows, order=queries.ORDER, cursor=request.GET.get("cursor", ""))
    lines = [line_of(j, url=duty_url(j)) for j in found.rows]
    return render(request, "rescue/phone/duty_jobs.html", {"page": found, "lines": lines})


@page(WORKER)
def shifts(request: HttpRequest) -> HttpResponse:
    """The published shifts of the next two weeks, and how to have them in one's own calendar."""
    actor, now = actor_of(request), timezone.now()
    worker = worker_of(actor)
    rows = phone.shifts_of(worker, now=now)
    context = {
        "shifts": [shift_line(s, now) for s in rows],
        "technician": worker,
        "feed": ical.feed_of(actor),
    }
    return render(request, "rescue/phone/shifts.html", context)
