"""The phone of a firm: home, raising a call, one call with everything that can be done about it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from qiying.kernel import exports, paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import queries
from qiying.slices.calls.models import STATE_LABELS, Call
from qiying.slices.calls.queries import portfolio
from qiying.slices.calls.rules import MAX_TEXT, OPEN
from qiying.slices.calls.views import raising, record, steps, triage
from qiying.slices.calls.views.shared import (
    ASK_ORDER,
    call_lines,
    firm_of_portfolio,
    hotline_of,
    promise_of,
    uuid_of,
)
from qiying.slices.calls.views.staff import READERS
from qiying.slices.registry import public as registry

RECENT = 5
MOST_OPEN = 50
GROUND = {"planned", "wall", "road", "site"}


# --- home and list ---


@page(Role.ENTERPRISE)
def mine(request: HttpRequest) -> HttpResponse:
    """What waits for the firm, what is under way, what was closed lately, whom to ring."""
    actor, now = actor_of(request), timezone.now()
    firms = registry.enterprises_of(actor)
    rows = portfolio.own_calls(actor, (f.id for f in firms))
    running = list(rows.filter(state__in=sorted(OPEN)).order_by("due_at", "id")[:MOST_OPEN])
    over = list(rows.exclude(state__in=sorted(OPEN)).order_by("-received_at", "-id")[:RECENT])
    lines = call_lines(
        [*running, *over], portfolio.asks_of(actor, [*running, *over], now=now), now=now
    )
    context = {
        "firms": firms,
        "many": len(firms) > 1,
        "officers": _officers(firms),
        "hotline": hotline_of(actor),
        "asked": sorted((x for x in lines if x.ask), key=lambda x: ASK_ORDER[x.ask_code]),
        "running": [x for x in lines if not x.ask and x.call.state in OPEN],
        "over": [x for x in lines if not x.ask and x.call.state not in OPEN],
    }
    return render(request, "calls/firm/mine.html", context)


def _officers(firms: list[registry.EnterpriseCard]) -> list[dict[str, str]]:
    """The named officers, each once, with the firms they look after when there are several."""
    found: dict[int, dict[str, str]] = {}
    for firm in firms:
        if firm.grid_officer_id is None:
            continue
        line = found.setdefault(
            firm.grid_officer_id,
            {"name": firm.grid_officer_name, "phone": firm.grid_officer_phone, "firms": ""},
        )
        if len(firms) > 1:
            line["firms"] = "、".join(filter(None, (line["firms"], firm.name)))
    return list(found.values())


@page(Role.ENTERPRISE)
def history(request: HttpRequest) -> HttpResponse:
    """Every call of the firm: searched, narrowed, paged, as a file."""
    actor, now = actor_of(request), timezone.now()
    filters = queries.Filters.read({k: request.GET.get(k, "") for k in ("tab", "q")})
    firms = registry.enterprises_of(actor)
    rows = queries.list_calls(actor, filters, now=now)
    rows = rows.filter(enterprise_id__in=[f.id for f in firms])
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, rows, filters, now), kind)
    found = paging.paginate(rows, order=queries.ORDER, cursor=request.GET.get("cursor", ""))
    asks = portfolio.asks_of(actor, found.rows, now=now)
    context = {
        "page": found,
        "lines": call_lines(found.rows, asks, now=now),
        "filters": filters,
        "tabs": _tabs(filters),
        "many": len(firms) > 1,
        "raise_url": reverse("calls:raise"),
    }
    return render(request, "calls/firm/history.html", context)


TAB_LABELS = {
    "": _("All"),
    "open": _("Under way"),
    "closed": _("Closed"),
    "declined": _("Not accepted or withdrawn"),
}


def _tabs(filters: queries.Filters) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": f"?{urlencode({'tab': key})}", "active": filters.tab == key}
        for key, label in TAB_LABELS.items()
    ]


COLUMNS: dict[Promise, Callable[[Call], Any]] = {
    _("Number"): lambda c: c.number,
    _("What it is about"): lambda c: c.title,
    _("Firm"): lambda c: str(c.enterprise or ""),
    _("Status"): lambda c: str(STATE_LABELS[c.state]),
    _("Lead unit"): lambda c: str(c.lead_unit or ""),
    _("Raised at"): lambda c: c.received_at,
    _("Promised until"): lambda c: promise_of(c)[1],
    _("Closed at"): lambda c: c.closed_at,
}
"""The list as a file: heading and cell."""


def _sheet(
    actor: Actor, rows: QuerySet[Call], filters: queries.Filters, now: datetime
) -> exports.Sheet:
    ordered = rows.order_by(*queries.ORDER)[: exports.MAX_ROWS]
    return exports.Sheet(
        title=gettext("Calls"),
        headings=[str(label) for label in COLUMNS],
        rows=([cell(c) for cell in COLUMNS.values()] for c in ordered),
        filters=_filter_words(filters),
        made_by=actor.name,
        made_at=now,
    )


def _filter_words(filters: queries.Filters) -> list[tuple[str, str]]:
    tab = TAB_LABELS.get(filters.tab)
    words = [(gettext("Status"), str(tab))] if filters.tab and tab else []
    return [*words, (gettext("Search"), filters.q)] if filters.q else words


# --- raising a call ---


@page(Role.ENTERPRISE)
def raise_call(request: HttpRequest) -> HttpResponse:
    """The form for one of the own firms; the receipt follows."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        firms = registry.enterprises_of(actor)
    wanted = request.GET.get("firm") or ""
    if len(firms) > 1 and not wanted:
        return render(request, "calls/firm/choose.html", {"firms": firms})
    firm = next((f for f in firms if not wanted or str(f.public_id) == wanted), None)
    if firm is None:
        raise NotFound("not_found")
    contact = (actor.name, getattr(request.user, "phone", ""))
    again = request.GET.get("follows", "")
    scene = raising.scene_of(actor, firm, now=timezone.now(), contact=contact, follows=again)
    return raising.raise_page(request, scene)


@page(Role.ENTERPRISE, Role.GRID_OFFICER)
@require_POST
def matters(request: HttpRequest) -> HttpResponse:
    """Matters that fit what was typed; POST keeps the words of a call out of the address."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        offered = raising.matters_for_firms(actor, timezone.localdate())
        q, text = request.POST.get("q", "")[:100], request.POST.get("text", "")[:MAX_TEXT]
        chosen = request.POST.get("matter", "")
        if q:
            found: Sequence[Any] = raising.found_matters(offered, q, chosen)
        else:
            found = triage.guessed_matters(actor, offered, text, chosen)
    context = {"matters": found, "chosen": chosen, "q": q, "is_guess": not q}
    return render(request, "calls/firm/matters.html", context)


@page(Role.ENTERPRISE, Role.GRID_OFFICER)
def ground(request: HttpRequest, kind: str) -> HttpResponse:
    """GeoJSON for the small map: a boundary of the zone, or the firm's own ground."""
    if kind not in GROUND:
        raise NotFound("not_found")
    actor = actor_of(request)
    shapes = _own_ground(request, actor) if kind == "site" else _boundary(actor, kind)
    features = [
        {"type": "Feature", "properties": {"name": name}, "geometry": geometry}
        for name, geometry in shapes
    ]
    response = JsonResponse({"type": "FeatureCollection", "features": features})
    response["Content-Type"] = "application/geo+json"
    response["Cache-Control"] = "private, max-age=600"
    return response


def _boundary(actor: Actor, kind: str) -> list[tuple[str, Any]]:
    today = timezone.localdate()
    cards = (a for a in registry.areas(actor) if a.kind == kind)
    return [
        (a.name, a.geometry)
        for a in cards
        if a.valid_from <= today and (a.valid_to is None or today < a.valid_to)
    ]


def _own_ground(request: HttpRequest, actor: Actor) -> list[tuple[str, Any]]:
    firm = registry.enterprise_by_public_id(actor, uuid_of(request.GET.get("firm", "")))
    if firm.id not in actor.enterprises:
        firm = firm_of_portfolio(actor, firm.public_id)
    sites = registry.sites(actor, firm.id)
    found: list[tuple[str, Any]] = [(s.name, s.geometry) for s in sites]
    if firm.longitude is not None:
        point = {"type": "Point", "coordinates": [firm.longitude, firm.latitude]}
        found.append((firm.name, point))
    return found


# --- one call ---


@page(Role.ENTERPRISE, Role.GRID_OFFICER)
def receipt(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Right after sending: the number, who decides or leads and why, until when."""
    return record.receipt(request, public_id)


@page()
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One call; parts that change refresh by themselves. Notices and search lead everybody here."""
    actor = actor_of(request)
    if actor.has(*READERS) and not actor.enterprises:
        return redirect("calls:case", public_id=public_id)
    return record.detail(request, public_id)


@page(Role.ENTERPRISE, Role.GRID_OFFICER)
def act(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """One step on a call: a form of its own, so that a refresh never eats what is being typed."""
    return steps.act(request, public_id, step)
