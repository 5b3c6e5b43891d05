"""The list of calls with its drawer, and the service desk: what needs a decision now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import exports, saved, web
from qiying.kernel.access import Actor, Role
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import queries
from qiying.slices.calls.queries import desk
from qiying.slices.calls.views import desk_cards, filters, list_rows, speed, staff
from qiying.slices.calls.views.filters import Asked
from qiying.slices.calls.views.staff import AT_DESK, READERS, Row

DESK_TABS = (
    *("inbox", "triage", "dispatched", "working", "overdue", "disputed", "review"),
    *("callback", "pauses", "closed"),
)
UNIT_TABS = ("dispatched", "working", "overdue", "disputed", "callback", "closed")


# --- the list ---


@page(*READERS)
def list_page(request: HttpRequest) -> HttpResponse:
    """Every visible call: views, filters, sorting, pages, files."""
    actor, now = actor_of(request), timezone.now()
    is_whole = not web.is_part(request, "rows")
    if is_whole and not request.GET and (first := saved.first_of(actor, request.path)):
        return redirect(f"{request.path}?{first}")
    asked = filters.asked_of(request)
    if kind := exports.wanted(request):
        bar, rows = filters.bar_of(actor, asked, now=now), filters.calls_of(actor, asked, now=now)
        return exports.respond(_sheet(actor, asked, bar, rows, now), kind)
    found = filters.page_of(actor, asked, request.GET.get("cursor", ""), now=now)
    shown = staff.rows_of(actor, found, now=now)
    context = {
        "page": found,
        "rows": shown,
        "drawn": list_rows.drawn(shown),
        "asked": asked,
        "may_register": actor.has(Role.DESK),
        **speed.list_context(actor),
    }
    if web.is_part(request, "rows"):
        return render(request, "calls/desk/parts/rows.html", context)
    bar = filters.bar_of(actor, asked, now=now)
    context |= {
        "bar": bar,
        "extras": filters.extras_of(actor, asked, bar),
        "lights": staff.LIGHT_LABELS.items(),
        "views": _tabs(request, actor, now),
    }
    return render(request, "calls/desk/list.html", context)


def _tabs(request: HttpRequest, actor: Actor, now: datetime) -> list[dict[str, Any]]:
    """Built-in views with their counts, then those that people kept."""
    names = DESK_TABS if actor.has(*AT_DESK, Role.ZONE_LEADER) else UNIT_TABS
    built_in = [(str(filters.TAB_LABELS[""]), ""), (gettext("Mine"), "mine=1")]
    built_in += [(str(filters.TAB_LABELS[n]), f"tab={n}") for n in names]
    tabs = saved.tabs(request, actor, built_in)
    counted = queries.tab_counts(actor, now=now, tabs=[n for n in names if n != "closed"])
    is_kept = any(t["active"] for t in tabs[len(built_in) :])
    here = request.GET.get("tab", "")
    for tab, name in zip(tabs[2 : len(built_in)], names, strict=True):
        number = counted.get(name)
        tab["count"] = f"{number - 1}+" if number == queries.CAP else number
        tab["active"] = name == here and not is_kept
    return tabs


def _sheet(
    actor: Actor, asked: Asked, bar: filters.Bar, rows: Any, now: datetime
) -> exports.Sheet:
    names = staff.matter_names(actor, now)
    ordered = rows.order_by(*asked.order)[: exports.MAX_ROWS]
    return exports.Sheet(
        title=gettext("Calls of firms"),
        headings=[str(h) for h in HEADINGS],
        rows=(_line(staff.row_of(actor, c, names, now=now)) for c in ordered),
        filters=filters.words_of(actor, asked, bar),
        made_by=actor.name,
        made_at=now,
    )


HEADINGS = (
    _("Number"),
    _("Urgency"),
    _("Request"),
    _("Firm"),
    _("Matter"),
    _("Lead unit"),
    _("Status"),
    _("Light"),
    _("Received at"),
    _("Due at"),
    _("Closed at"),
    _("Round"),
)


def _line(row: Row) -> list[Any]:
    call = row.call
    return [
        call.number,
        str(row.level_label),
        call.title,
        row.firm,
        f"{call.matter_code} {row.matter}".strip() if call.matter_code else "",
        row.lead,
        str(row.label),
        str(row.light_label or staff.LIGHT_LABELS.get(row.light, "")),
        call.received_at,
        None if row.is_stopped else call.due_at,
        call.closed_at,
        call.current_round,
    ]


@page(*READERS)
def drawer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One call beside the list: enough to decide what to do next."""
    actor, now = actor_of(request), timezone.now()
    call = queries.get_by_public_id(actor, public_id)
    if not request.headers.get("HX-Request"):
        return redirect("calls:case", public_id=public_id)
    found = queries.dossier(actor, call)
    ruling = queries.proposal(actor, call)
    steps = queries.steps_open(actor, call, now=now, dossier=found)
    context = {
        "row": staff.row_of(actor, call, staff.matter_names(actor, now), now=now),
        "call": call,
        "proposed": found.unit(call.proposed_unit_id),
        "why": staff.main_reason(ruling),
        "lines": list(reversed(queries.timeline(actor, call, found=found)))[:6],
        "steps": [s for s in steps if not s.blocked and s.tone == "primary"][:2],
        "files": found.call_files,
    }
    return render(request, "calls/desk/drawer.html", context)


# --- the service desk ---


@page(*AT_DESK)
def desk_page(request: HttpRequest) -> HttpResponse:
    """What needs a decision now; refreshes by itself."""
    actor, now = actor_of(request), timezone.now()
    counts, own = desk.count_open(actor, now=now), desk.own_lanes(actor)
    found = desk.lanes(actor, now=now, counts=counts)
    lanes = desk_cards.lanes_of(actor, found, own, now=now)
    context: dict[str, Any] = {
        "lanes": lanes,
        "drawn": desk_cards.drawn(request, lanes),
        "lights": counts.lights,
        "kpis": _kpis(counts.lights, counts.waiting(own)),
        "list_url": reverse("calls:list"),
    }
    if web.is_part(request, "desk-live"):
        return render(request, "calls/desk/parts/live.html", context)
    context |= {"day": day_words(now), "may_register": actor.has(Role.DESK)}
    return render(request, "calls/desk/desk.html", context)


def day_words(now: datetime) -> str:
    """The day with its weekday, as the head of a page says it."""
    local = timezone.localtime(now)
    if (get_language() or "zh").startswith("zh"):
        return f"{local:%Y年%-m月%-d日} 星期{'一二三四五六日'[local.weekday()]}"
    return f"{local:%A, %-d %B %Y}"


LIGHTS = ("purple", "red", "yellow", "green", "grey")


def _kpis(lights: Mapping[str, int], waiting: int) -> list[dict[str, Any]]:
    here = reverse("calls:list")
    answer, callback, yellow = lights["late_answer"], lights["late_callback"], lights["yellow"]
    ran_out = gettext("the promise to the firm ran out")
    answered = gettext("answered, and not called back in time")
    shown = [
        (gettext("Waiting for your decision"), waiting, "", False, ""),
        (gettext("Open calls"), sum(lights[c] for c in LIGHTS), "tab=open", False, ""),
        (gettext("Answer overdue"), answer, "late=answer", answer > 0, ran_out),
        (gettext("Call-back overdue"), callback, "late=callback", callback > 0, answered),
        (gettext("Due soon"), yellow, "light=yellow", False, gettext("70 % of the time has run")),
        (gettext("Clock paused"), lights["grey"], "light=grey", False, ""),
    ]
    return [
        {
            "label": label,
            "value": value,
            "url": f"{here}?{query}" if query else "",
            "hot": hot,
            "note": note,
        }
        for label, value, query, hot, note in shown
    ]
