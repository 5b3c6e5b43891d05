"""The grid officer's phone: my firms today, a firm's sheet, visits, acting on a firm's behalf."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from qiying.kernel import exports, paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import operations, queries
from qiying.slices.calls.forms.firm import VisitForm
from qiying.slices.calls.models import PURPOSE_LABELS
from qiying.slices.calls.queries import portfolio
from qiying.slices.calls.rules import OPEN, Purpose
from qiying.slices.calls.views import raising, uploads
from qiying.slices.calls.views.raising import spoken
from qiying.slices.calls.views.shared import (
    ASK_ORDER,
    call_line,
    call_lines,
    firm_of_portfolio,
    send,
)
from qiying.slices.registry import public as registry

FIRST = 30
MOST_OPEN = 50
VISITS = 10


@page(Role.GRID_OFFICER)
def officer(request: HttpRequest) -> HttpResponse:
    """The portfolio: firms with red lights first, open calls, last visit."""
    actor, now = actor_of(request), timezone.now()
    q = request.GET.get("q", "").strip()[:100]
    everything = portfolio.portfolio(actor, now=now)
    found = portfolio.narrow(everything, q)
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, found, q, now), kind)
    is_whole = bool(q) or request.GET.get("all") == "1"
    context = {
        "kpis": _kpis(everything),
        "firms": found if is_whole else found[:FIRST],
        "rest": 0 if is_whole else max(0, len(found) - FIRST),
        "has_firms": bool(everything),
        "q": q,
        "today": timezone.localdate(now),
    }
    return render(request, "calls/officer/portfolio.html", context)


def _kpis(lines: list[portfolio.FirmLine]) -> list[dict[str, Any]]:
    overdue = sum(x.overdue for x in lines)
    return [
        {"label": gettext("Firms"), "value": len(lines)},
        {"label": gettext("Open calls"), "value": sum(x.open_calls for x in lines)},
        {"label": gettext("Overdue"), "value": overdue, "hot": overdue > 0},
        {
            "label": gettext("Waiting for the firm"),
            "value": sum(x.waiting for x in lines),
            "url": reverse("calls:officer-waiting"),
        },
    ]


def _sheet(actor: Actor, lines: list[portfolio.FirmLine], q: str, now: Any) -> exports.Sheet:
    headings = [
        gettext("Firm"),
        gettext("Credit code"),
        gettext("Address"),
        gettext("Open calls"),
        gettext("Overdue"),
        gettext("Next promise"),
        gettext("Last visit"),
    ]
    rows = (
        (
            x.firm.name,
            x.firm.credit_code,
            x.firm.address,
            x.open_calls,
            x.overdue,
            x.due_at,
            x.last_visit_at,
        )
        for x in lines
    )
    filters = [(gettext("Search"), q)] if q else []
    return exports.Sheet(gettext("My firms"), headings, rows, filters, actor.name, now)


@page(Role.GRID_OFFICER)
def waiting(request: HttpRequest) -> HttpResponse:
    """The calls of my firms that wait for something from the firm."""
    actor, now = actor_of(request), timezone.now()
    found = portfolio.waiting_calls(actor, now=now)
    lines = [call_line(c, ask, now=now, is_officer=True) for c, ask in found]
    lines.sort(key=lambda x: ASK_ORDER[x.ask_code])
    return render(request, "calls/officer/waiting.html", {"lines": lines})


@page(Role.GRID_OFFICER)
def firm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One firm: ring it, visit it, report for it; its calls and the last visits."""
    actor, now = actor_of(request), timezone.now()
    card = firm_of_portfolio(actor, public_id)
    rows = portfolio.own_calls(actor, [card.id])
    running = list(rows.filter(state__in=sorted(OPEN)).order_by("due_at", "id")[:MOST_OPEN])
    found = paging.paginate(
        rows.exclude(state__in=sorted(OPEN)),
        order=queries.ORDER,
        cursor=request.GET.get("cursor", ""),
        size=10,
    )
    shown = [*running, *found.rows]
    lines = call_lines(shown, portfolio.asks_of(actor, shown, now=now), now=now, is_officer=True)
    context = {
        "firm": card,
        "contacts": registry.contacts(actor, card.id),
        "page": found,
        "running": lines[: len(running)],
        "over": lines[len(running) :],
        "visits": [
            {"line": v, "purpose": PURPOSE_LABELS[Purpose(v.visit.purpose)]}
            for v in portfolio.visit_lines(actor, card.id, limit=VISITS)
        ],
    }
    return render(request, "calls/officer/firm.html", context)


@page(Role.GRID_OFFICER)
def visit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a visit down; afterwards a problem that was found can be reported from the sheet."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        card = firm_of_portfolio(actor, public_id)
    back = reverse("calls:officer-firm", args=[card.public_id])
    if request.method != "POST":
        return _show_visit(request, card, VisitForm(), held=[], key="")
    held = uploads.kept(request, actor)
    form = VisitForm(request.POST, request.FILES, kept_count=len(held))

    def work(attachments: list[int]) -> str:
        data = form.cleaned_data
        operations.record_visit(
            actor,
            enterprise_id=card.id,
            text=data["text"] or spoken(),
            purpose=data["purpose"],
            now=now,
            attachments=attachments,
        )
        return back

    sent = send(request, form, work, held=held, now=now)
    if sent.response is not None:
        messages.success(request, gettext("The visit is recorded."))
        return sent.response
    return _show_visit(request, card, form, held=sent.kept, key=sent.key, status=422)


def _show_visit(
    request: HttpRequest, card: Any, form: VisitForm, *, held: Any, key: str, status: int = 200
) -> HttpResponse:
    context = {"firm": card, "form": form, "held": held, "key": key, "draft": f"visit-{card.id}"}
    return render(request, "calls/officer/visit.html", context, status=status)


@page(Role.GRID_OFFICER)
def raise_for(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Raise a call for a firm: on its behalf, or found by us on the spot (``?found=1``)."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        card = firm_of_portfolio(actor, public_id)
        people = registry.contacts(actor, card.id)
    scene = raising.scene_of(
        actor,
        card,
        now=timezone.now(),
        is_on_behalf=True,
        is_found=request.GET.get("found") == "1",
        contact=(people[0].name, people[0].phone) if people else ("", ""),
        follows=request.GET.get("follows", ""),
    )
    return raising.raise_page(request, scene)
