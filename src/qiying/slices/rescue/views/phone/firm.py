"""The phone of a firm: the red button, own machines, own jobs."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import exports, paging
from qiying.kernel.access import Actor
from qiying.kernel.web import actor_of, page
from qiying.slices.registry import public as registry
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Equipment, Job, labels
from qiying.slices.rescue.queries import phone
from qiying.slices.rescue.rules import OPEN
from qiying.slices.rescue.views.phone.shared import FIRM, Line, hotline_of, line_of, my_url

MOST_OPEN, RECENT = 30, 5
TABS = {"": _("All"), "open": _("Under way"), "confirm": _("To be confirmed"), "over": _("Over")}


@page(FIRM)
def mine(request: HttpRequest) -> HttpResponse:
    """The red button, what waits for the firm, what is under way, what is over."""
    actor = actor_of(request)
    firms = registry.enterprises_of(actor)
    rows = phone.own_jobs(actor)
    running = list(rows.filter(state__in=sorted(OPEN)).order_by("-reported_at", "-id")[:MOST_OPEN])
    over = list(rows.exclude(state__in=sorted(OPEN)).order_by("-reported_at", "-id")[:RECENT])
    lines = lines_of(actor, [*running, *over])
    context = {
        "firms": firms,
        "many": len(firms) > 1,
        "hotline": hotline_of(actor),
        "asked": [x for x in lines if x.ask],
        "running": [x for x in lines if not x.ask and x.job.state in OPEN],
        "over": [x for x in lines if not x.ask and x.job.state not in OPEN],
        "machine_count": phone.own_machines(actor).count(),
        "rule": queries.rule_in_force(actor),
    }
    return render(request, "rescue/phone/mine.html", context)


def lines_of(actor: Actor, jobs: list[Job]) -> list[Line]:
    asks = phone.asks_of(actor, jobs)
    return [line_of(j, url=my_url(j), ask=asks.get(j.pk, "")) for j in jobs]


@page(FIRM)
def jobs(request: HttpRequest) -> HttpResponse:
    """Every job of the firm: narrowed, searched, paged, as a file."""
    actor, now = actor_of(request), timezone.now()
    tab = request.GET.get("tab", "")
    tab = tab if tab in TABS else ""
    q = request.GET.get("q", "").replace("\0", "").strip()[:60]
    wanted = queries.JobFilter(tab=tab or "all", q=q)
    rows = queries.list_jobs(actor, wanted, now=now).filter(enterprise_id__in=actor.enterprises)
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, rows, tab, q, now), kind)
    found = paging.paginate(rows, order=queries.ORDER, cursor=request.GET.get("cursor", ""))
    context = {
        "page": found,
        "lines": lines_of(actor, list(found.rows)),
        "q": q,
        "tab": tab,
        "is_narrowed": bool(tab or q),
        "tabs": [
            {"label": label, "url": f"?{urlencode({'tab': key})}", "active": key == tab}
            for key, label in TABS.items()
        ],
        "many": len(actor.enterprises) > 1,
    }
    return render(request, "rescue/phone/jobs.html", context)


COLUMNS: dict[Promise, Callable[[Job], Any]] = {
    _("Number"): lambda j: j.number,
    _("Fault as reported"): lambda j: j.title,
    _("Machine"): lambda j: str(j.equipment or ""),
    _("Firm"): lambda j: str(j.enterprise),
    _("Status"): lambda j: str(labels.STATES[j.state]),
    _("Reported at"): lambda j: j.reported_at,
    _("Technician named at"): lambda j: j.answered_at,
    _("Arrived at"): lambda j: j.arrived_at,
    _("Running again at"): lambda j: j.running_at,
    _("Warranty until"): lambda j: j.warranty_until,
}
"""The list as a file: heading and cell."""


def _sheet(actor: Actor, rows: Any, tab: str, q: str, now: datetime) -> exports.Sheet:
    ordered = rows.order_by(*queries.ORDER)[: exports.MAX_ROWS]
    filters = [(gettext("Status"), str(TABS[tab]))] if tab else []
    return exports.Sheet(
        title=gettext("Rescues"),
        headings=[str(label) for label in COLUMNS],
        rows=([cell(j) for cell in COLUMNS.values()] for j in ordered),
        filters=[*filters, *([(gettext("Search"), q)] if q else [])],
        made_by=actor.name,
        made_at=now,
    )


@page(FIRM)
def machines(request: HttpRequest) -> HttpResponse:
    """The own machines with what is open on them; each leads to its page and the red button."""
    actor = actor_of(request)
    q = request.GET.get("q", "").replace("\0", "").strip()[:60]
    rows = phone.own_machines(actor, q)
    found = paging.paginate(rows, order=("-id",), cursor=request.GET.get("cursor", ""))
    machines_here = list(found.rows)
    opened = phone.open_by_machine(actor, [m.pk for m in machines_here])
    context = {
        "page": found,
        "machines": [machine_line(m, opened.get(m.pk)) for m in machines_here],
        "q": q,
        "many": len(actor.enterprises) > 1,
    }
    return render(request, "rescue/phone/machines.html", context)


def machine_line(machine: Equipment, job: Job | None) -> dict[str, Any]:
    """A machine as a line of a list."""
    return {
        "machine": machine,
        "url": reverse("rescue:scan", args=[machine.label]),
        "criticality": labels.CRITICALITIES[machine.criticality],
        "job": line_of(job, url=my_url(job)) if job else None,
    }
