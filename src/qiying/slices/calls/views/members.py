"""The lists behind what the sheet of rates counts beside rounds: calls received, parts due."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
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
from qiying.slices.calls import queries
from qiying.slices.calls.models import CHANNEL_LABELS, RATE_LABELS, STATE_LABELS, Call, Task
from qiying.slices.calls.queries import members
from qiying.slices.calls.queries.members import MemberFilters
from qiying.slices.calls.views import staff
from qiying.slices.calls.views.staff import AT_RATES

SIDE_LABELS: Mapping[str, Promise] = {
    "asked": _("Calls of firms"),
    "found_by_us": _("Found by us"),
    "all": _("All"),
}


@page(*AT_RATES)
def received(request: HttpRequest) -> HttpResponse:
    """The calls that came in in a period: of firms, found by us, or all."""
    actor, now = actor_of(request), timezone.now()
    asked = MemberFilters.read(request.GET)
    asked = asked if asked.side in members.SIDES else replace(asked, side="all")
    rows = members.received(actor, asked)
    if kind := exports.wanted(request):
        ordered = rows.order_by(*members.RECEIVED_ORDER)[: exports.MAX_ROWS]
        return _file(actor, asked, now, kind, RECEIVED_HEADS, map(_received_cells, ordered))
    cursor = request.GET.get("cursor", "")
    found = paging.paginate(rows, order=members.RECEIVED_ORDER, cursor=cursor)
    context = _frame(actor, asked, SIDE_LABELS[asked.side]) | {
        "page": found,
        "rows": [_received_line(actor, call) for call in found],
        "sides": [_side(label, replace(asked, side=s), asked) for s, label in SIDE_LABELS.items()],
    }
    return render(request, "calls/board/received.html", context)


@page(*AT_RATES)
def parts(request: HttpRequest) -> HttpResponse:
    """The parts of co-handlers that were due in a period: settled, in time, or fallen short."""
    actor, now = actor_of(request), timezone.now()
    asked = MemberFilters.read(request.GET)
    if asked.side not in members.PART_MEASURES:
        asked = replace(asked, side=members.PART_MEASURES[0])
    rows = members.parts(actor, asked, now=now)
    if kind := exports.wanted(request):
        ordered = rows.order_by(*members.PARTS_ORDER)[: exports.MAX_ROWS]
        return _file(actor, asked, now, kind, PART_HEADS, map(_part_cells, ordered))
    found = paging.paginate(rows, order=members.PARTS_ORDER, cursor=request.GET.get("cursor", ""))
    sides = ((_("Counted"), False), (_("Fell short"), True))
    context = _frame(actor, asked, RATE_LABELS[asked.side]) | {
        "page": found,
        "rows": [{"task": t, "url": staff.call_url(actor, t.call)} for t in found],
        "sides": [_side(label, replace(asked, missed=m), asked) for label, m in sides],
    }
    return render(request, "calls/board/parts.html", context)


def _frame(actor: Actor, asked: MemberFilters, title: Promise) -> dict[str, Any]:
    month = {"month": f"{asked.start:%Y-%m}"} if asked.start else {}
    return {
        "title": title,
        "words": _words(actor, asked),
        "back": f"{reverse('calls:rates')}?{urlencode(month)}",
    }


def _side(label: Promise, there: MemberFilters, here: MemberFilters) -> dict[str, Any]:
    return {
        "label": label,
        "url": f"?{urlencode(there.as_query())}",
        "active": there == here,
    }


def _words(actor: Actor, asked: MemberFilters) -> list[tuple[str, str]]:
    """The filter in words, for the head of the page and for the file."""
    said: list[tuple[str, str]] = []
    if asked.start and asked.end:
        said.append((gettext("Period"), f"{asked.start} ~ {asked.end - timedelta(days=1)}"))
    if asked.unit:
        cards = {str(c.id): c.name for c in queries.unit_cards(actor).values()}
        said.append((gettext("Unit"), cards.get(asked.unit, gettext("Not said"))))
    if asked.missed:
        said.append((gettext("Shown"), gettext("Fell short")))
    return said


def _received_line(actor: Actor, call: Call) -> dict[str, Any]:
    return {
        "call": call,
        "url": staff.call_url(actor, call),
        "firm": str(call.enterprise or ""),
        "unit": str(call.lead_unit or ""),
        "channel": CHANNEL_LABELS.get(call.channel, call.channel),
        "state": STATE_LABELS[call.state],
    }


# --- as a file ---

RECEIVED_HEADS = (
    *(_("Number"), _("Request"), _("Firm"), _("Received at"), _("Channel"), _("Lead unit")),
    *(_("Found by us"), _("Status")),
)
PART_HEADS = (
    *(_("Number"), _("Request"), _("Firm"), _("Unit"), _("Weight (%)"), _("Due at")),
    *(_("Stage report at"), _("Done at")),
)


def _received_cells(call: Call) -> list[Any]:
    return [
        call.number,
        call.title,
        str(call.enterprise or ""),
        call.received_at,
        str(CHANNEL_LABELS.get(call.channel, call.channel)),
        str(call.lead_unit or ""),
        gettext("yes") if call.is_proactive else gettext("no"),
        str(STATE_LABELS[call.state]),
    ]


def _part_cells(task: Task) -> list[Any]:
    call = task.call
    firm = str(call.enterprise or "")
    when = [task.due_at, task.reported_at, task.done_at]
    return [call.number, call.title, firm, str(task.unit), task.weight, *when]


def _file(
    actor: Actor, asked: MemberFilters, now: datetime, kind: str, heads: Any, rows: Any
) -> HttpResponse:
    title = str(SIDE_LABELS.get(asked.side) or RATE_LABELS[asked.side])
    headings = [str(head) for head in heads]
    words = _words(actor, asked)
    return exports.respond(exports.Sheet(title, headings, rows, words, actor.name, now), kind)
