"""The list: candidates to judge, class issues under way, what came of them."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from qiying.kernel import exports, paging, saved
from qiying.kernel.access import Actor
from qiying.kernel.web import actor_of, page
from qiying.slices.class_issues import operations, queries
from qiying.slices.class_issues.models import Issue
from qiying.slices.class_issues.queries import ORDER, Filters
from qiying.slices.class_issues.rules import READERS, SCANNERS
from qiying.slices.class_issues.views import _shared as shared
from qiying.slices.registry import public as registry


@page(*READERS)
def list_page(request: HttpRequest) -> HttpResponse:
    """Class issues by state, with calls and firms of each; also as a file."""
    actor, now = actor_of(request), timezone.now()
    filters = Filters.read(request.GET)
    rows = queries.list_issues(actor, filters, now=now)
    names = shared.matter_names(actor)
    kind = exports.wanted(request)
    if kind:
        return _export(actor, rows, names, filters, kind)
    found = paging.paginate(rows, order=ORDER, cursor=request.GET.get("cursor", ""))
    counts = queries.tab_counts(actor)
    context = {
        "page": found,
        "rows": [_row(issue, names, now) for issue in found],
        "kpis": _kpis(counts),
        "tabs": saved.tabs(request, actor, _tabs()),
        "filters": filters,
        "units": _units(actor),
        "look": queries.last_look(actor),
        "may_look": actor.has(*SCANNERS),
        "rule": queries.rule_in_force(actor),
        "is_filtered": bool(filters.as_query()),
    }
    return render(request, "class_issues/list.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [
        (gettext("All"), ""),
        (gettext("Candidates to judge"), "tab=candidates"),
        (gettext("Under way"), "tab=open"),
        (gettext("Measure landed"), "tab=landed"),
        (gettext("Effective or closed"), "tab=done"),
        (gettext("Dismissed or merged"), "tab=gone"),
    ]


def _kpis(counts: dict[str, int]) -> list[dict[str, Any]]:
    words = {
        "candidates": gettext("Candidates to judge"),
        "open": gettext("Class issues under way"),
        "landed": gettext("Measures being watched"),
        "done": gettext("Effective or closed"),
    }
    return [
        {"label": label, "value": counts[tab], "url": f"?tab={tab}"}
        for tab, label in words.items()
    ]


def _units(actor: Actor) -> list[tuple[str, str]]:
    cards = registry.units(actor).values()
    return sorted(((c.code, c.name) for c in cards if not c.is_retired), key=lambda c: c[1])


def _row(issue: Issue, names: dict[str, str], now: datetime) -> dict[str, Any]:
    tone, label = shared.tone(issue)
    return {
        "issue": issue,
        "url": reverse("class_issues:issue", args=[issue.public_id]),
        "heading": shared.heading(issue, names),
        "matter": names.get(issue.matter_code, issue.matter_code),
        "tone": tone,
        "label": label,
        "is_late": shared.is_late(issue, now),
    }


def _headings() -> list[str]:
    return [
        gettext("Number"),
        gettext("Title"),
        gettext("State"),
        gettext("Matter"),
        gettext("Calls"),
        gettext("Firms"),
        gettext("Owner unit"),
        gettext("Responsible person"),
        gettext("Root cause"),
        gettext("The measure"),
        gettext("Due at"),
        gettext("Landed at"),
        gettext("Verdict"),
    ]


def _cells(issue: Any, names: dict[str, str]) -> list[Any]:
    return [
        issue.number,
        shared.heading(issue, names),
        issue.get_state_display(),
        names.get(issue.matter_code, issue.matter_code),
        issue.calls,
        issue.firms,
        issue.owner_unit.name if issue.owner_unit else "",
        str(issue.owner or ""),
        issue.root_cause,
        issue.measure,
        issue.due_at,
        issue.landed_at,
        issue.get_verdict_display(),
    ]


def _export(
    actor: Actor, rows: Any, names: dict[str, str], filters: Filters, kind: str
) -> HttpResponse:
    sheet = exports.Sheet(
        title=gettext("Class issues"),
        headings=_headings(),
        rows=(_cells(issue, names) for issue in rows.order_by(*ORDER)[: exports.MAX_ROWS]),
        filters=list(filters.as_query().items()),
        made_by=actor.name,
        made_at=timezone.now(),
    )
    return exports.respond(sheet, kind)


@page(*SCANNERS)
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Look over the recent calls now."""
    done = operations.look(actor_of(request), now=timezone.now())
    words = {"calls": done.calls, "found": done.found, "joined": done.joined}
    sentence = gettext("%(calls)s calls compared: %(found)s new candidates, %(joined)s joined")
    messages.success(request, sentence % words)
    return redirect("class_issues:list")
