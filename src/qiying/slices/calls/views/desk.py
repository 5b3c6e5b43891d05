"""The list of calls with its drawer, and the service desk: what needs a decision now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from qiying.engines.worktime import Calendar
from qiying.kernel import exports, paging, saved, web
from qiying.kernel.access import Actor, Role
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import queries
from qiying.slices.calls.models import PAUSE_LABELS, RESULT_LABELS, Call, Note
from qiying.slices.calls.queries import desk
from qiying.slices.calls.rules import STOPPED, CallState
from qiying.slices.calls.views import filters, left, speed, staff
from qiying.slices.calls.views.filters import Asked
from qiying.slices.calls.views.staff import AT_DESK, READERS, Row
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry

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
    rows = filters.calls_of(actor, asked, now=now)
    if kind := exports.wanted(request):
        bar = filters.bar_of(actor, asked, now=now)
        return exports.respond(_sheet(actor, asked, bar, rows, now), kind)
    cursor = request.GET.get("cursor", "")
    found = paging.paginate(rows, order=asked.order, cursor=cursor)
    context = {
        "page": found,
        "rows": staff.rows_of(actor, found, now=now),
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


@dataclass(frozen=True, slots=True)
class Card:
    """A call that waits for a decision, and in one line what it is about."""

    row: Row
    due_at: datetime | None
    lead: str
    why: str
    is_open_question: bool
    said: str
    """What somebody wrote that is to be decided on."""
    left: str


@dataclass(frozen=True, slots=True)
class LaneView:
    key: str
    label: Promise
    empty: Promise
    count: int
    cards: list[Card]
    act: Promise | str
    step: str
    """The step that the lane is for."""
    is_own: bool
    """Whether this reader may decide on it."""
    query: str


LANES: Mapping[str, tuple[Promise, Promise, str, Promise]] = {
    "inbox": (_("To accept"), _("Nothing waits to be accepted."), "accept", _("Accept")),
    "triage": (_("To dispatch"), _("Everything is dispatched."), "dispatch", _("Dispatch")),
    "disputed": (_("Disputed"), _("No unit disputes a dispatch."), "adjudicate", _("Decide")),
    "pauses": (
        _("Pauses asked for"),
        _("No pause is asked for."),
        "approve_pause",
        _("Approve or refuse"),
    ),
    "review": (_("To review"), _("No answer waits for review."), "review_pass", _("Review")),
}


@page(*AT_DESK)
def desk_page(request: HttpRequest) -> HttpResponse:
    """What needs a decision now; refreshes by itself."""
    actor, now = actor_of(request), timezone.now()
    lanes = desk.lanes(actor, now=now)
    calls = {c.pk: c for lane in lanes for c in lane.rows}
    words = _words(actor, list(calls.values()))
    names = staff.matter_names(actor, now)
    shown = [_lane(actor, lane, words, names, now) for lane in lanes]
    shown.sort(key=lambda lane: not lane.is_own)
    lights = desk.light_counts(actor, now=now)
    context = {
        "lanes": shown,
        "lights": lights,
        "kpis": _kpis(actor, lights),
        "day": day_words(now),
        "may_register": actor.has(Role.DESK),
    }
    return render(request, "calls/desk/desk.html", context)


def day_words(now: datetime) -> str:
    """The day with its weekday, as the head of a page says it."""
    local = timezone.localtime(now)
    if (get_language() or "zh").startswith("zh"):
        return f"{local:%Y年%-m月%-d日} 星期{'一二三四五六日'[local.weekday()]}"
    return f"{local:%A, %-d %B %Y}"


LIGHTS = ("purple", "red", "yellow", "green", "grey")


def _kpis(actor: Actor, lights: Mapping[str, int]) -> list[dict[str, Any]]:
    here = reverse("calls:list")
    waiting = desk.waiting_count(actor)
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


@dataclass(frozen=True, slots=True)
class _Words:
    """What is written about the calls on the desk, by call."""

    rulings: Mapping[int, mandate.Ruling]
    said: Mapping[int, str]


def _words(actor: Actor, calls: list[Call]) -> _Words:
    early = {CallState.SUBMITTED, CallState.TRIAGE, CallState.DISPUTED}
    rulings = mandate.rulings(
        actor, [c.decision_id for c in calls if c.decision_id and c.state in early]
    )
    said: dict[int, str] = {}
    for call_id, dispute in desk.disputes_of(actor, calls).items():
        said[call_id] = _said(dispute.unit, dispute.reason)
    for call_id, pause in desk.proposed_pauses_of(actor, calls).items():
        label = PAUSE_LABELS.get(pause.reason_code, "")
        said[call_id] = _said(label, pause.evidence)
    review = [c for c in calls if c.state == CallState.ANSWERED]
    for call_id, round_ in desk.rounds_of(actor, review).items():
        result = RESULT_LABELS.get(round_.result, "")
        said[call_id] = _said(result, round_.answer_note)
    return _Words({r.decision_id or 0: r for r in rulings.values()}, said)


def _said(head: object, note: Note | None) -> str:
    if note is None or not note.text:
        return str(head)
    return gettext("%(head)s: %(words)s") % {"head": head, "words": note.text}


def _lane(
    actor: Actor, lane: desk.Lane, words: _Words, names: Mapping[str, str], now: datetime
) -> LaneView:
    label, empty, step, act = LANES[lane.key]
    calendar = registry.calendar(actor)
    rows = [staff.row_of(actor, c, names, now=now, calendar=calendar) for c in lane.rows]
    cards = [_card(row, words, calendar, now, is_early=lane.key in EARLY) for row in rows]
    query, is_own = urlencode({"tab": lane.key}), lane.key in desk.own_lanes(actor)
    return LaneView(lane.key, label, empty, lane.count, cards, act, step, is_own, query)


EARLY = frozenset({"inbox", "triage"})


def _card(row: Row, words: _Words, calendar: Calendar, now: datetime, *, is_early: bool) -> Card:
    call = row.call
    ruling = words.rulings.get(call.decision_id or 0) if is_early else None
    due_at = call.due_at if call.step_due_at is None else call.step_due_at
    return Card(
        row=row,
        due_at=None if call.state in STOPPED else due_at,
        lead=str(call.proposed_unit or "") if is_early else row.lead,
        why=staff.main_reason(ruling),
        is_open_question=is_early and (call.needs_confirmation or call.proposed_unit_id is None),
        said=words.said.get(call.pk, ""),
        left=left.in_short(left.step_days(call, calendar, now), due_at=due_at, now=now)
        if call.step_due_at
        else row.left,
    )
