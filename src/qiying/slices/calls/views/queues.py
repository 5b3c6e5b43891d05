"""Lists of work: the parts of a unit, the call-backs, the morning sheet."""

from collections.abc import Iterable, Mapping
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
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.engines.worktime import Calendar
from qiying.kernel import exports, paging
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import queries
from qiying.slices.calls.models import RESULT_LABELS, TASK_LABELS, Task
from qiying.slices.calls.queries import desk, units
from qiying.slices.calls.rules import ATTEMPTS_NEEDED, DAYS_NEEDED, PAUSED, TaskState
from qiying.slices.calls.views import left, moves, speed, staff
from qiying.slices.calls.views.desk import day_words
from qiying.slices.calls.views.history import TASK_TONES
from qiying.slices.calls.views.staff import AT_UNIT, MORNING_READERS, OVER_UNITS, Row
from qiying.slices.registry import public as registry

TASK_TABS: Mapping[str, Promise] = {
    "all": _("All open"),
    "sign": _("To sign for"),
    "working": _("In progress"),
    "soon": _("Due by tomorrow"),
    "overdue": _("Overdue"),
}


# --- the parts of a unit ---


@dataclass(frozen=True, slots=True)
class TaskRow:
    task: Task
    row: Row
    unit: str
    person: str
    tone: str
    label: Promise | str
    duty: str
    due_at: datetime
    is_to_sign: bool
    is_paused: bool
    left: str
    """In working days; "" where hours are counted."""


@page(*AT_UNIT)
def tasks(request: HttpRequest) -> HttpResponse:
    """What the units of this person have in hand, the nearest deadline first."""
    actor, now = actor_of(request), timezone.now()
    tab = request.GET.get("tab", "all")
    tab = tab if tab in TASK_TABS else "all"
    rows = units.unit_tasks(actor, tab, now=now)
    if kind := exports.wanted(request):
        return exports.respond(_task_sheet(actor, rows, tab, now), kind)
    cursor = request.GET.get("cursor", "")
    found = paging.paginate(rows, order=units.TASK_ORDER, cursor=cursor)
    counts = units.task_counts(actor, now=now)
    context = {
        "page": found,
        "rows": _task_rows(actor, found, now),
        "tabs": [
            {"label": label, "url": f"?tab={key}", "count": counts[key], "active": key == tab}
            for key, label in TASK_TABS.items()
        ],
        "many_units": len(units.own_units(actor)) > 1,
        "late": counts["overdue"],
        "next": request.get_full_path(),
        **speed.list_context(actor),
    }
    return render(request, "calls/desk/tasks.html", context)


def _names(actor: Actor, now: datetime) -> Mapping[str, str]:
    return staff.matter_names(actor, now)


def _task_rows(actor: Actor, found: Iterable[Task], now: datetime) -> list[TaskRow]:
    names, calendar = _names(actor, now), registry.calendar(actor)
    return [_task_row(actor, t, names, calendar, now) for t in found]


def _task_row(
    actor: Actor, task: Task, names: Mapping[str, str], calendar: Calendar, now: datetime
) -> TaskRow:
    due_at = task.call.due_at if task.is_lead else task.due_at
    kind = getattr(task, "rule_kind", "")
    days = left.working_days(task.call, kind, calendar, now, due_at=due_at)
    return TaskRow(
        task=task,
        row=staff.row_of(actor, task.call, names, now=now),
        unit=str(task.unit),
        person=str(task.person or task.signed_by or ""),
        tone=TASK_TONES.get(TaskState(task.state), "done"),
        label=TASK_LABELS[task.state],
        duty=task.duty.text if task.duty else "",
        due_at=due_at,
        is_to_sign=task.state == TaskState.SENT,
        is_paused=task.call.state in PAUSED,
        left=left.in_short(days, due_at=due_at, now=now),
    )


def _task_sheet(actor: Actor, rows: Any, tab: str, now: datetime) -> exports.Sheet:
    ordered = rows.order_by(*units.TASK_ORDER)[: exports.MAX_ROWS]
    found = _task_rows(actor, ordered, now)
    headings = [
        gettext("Number"),
        gettext("Request"),
        gettext("Firm"),
        gettext("Unit"),
        gettext("Part"),
        gettext("Weight (%)"),
        gettext("What this unit does"),
        gettext("Status"),
        gettext("Person in charge"),
        gettext("Sent at"),
        gettext("Due at"),
    ]
    lines = (
        [
            r.row.call.number,
            r.row.call.title,
            r.row.firm,
            r.unit,
            gettext("lead") if r.task.is_lead else gettext("co-handler"),
            r.task.weight,
            r.duty,
            str(r.label),
            r.person,
            r.task.sent_at,
            r.due_at,
        ]
        for r in found
    )
    said = [(gettext("View"), str(TASK_TABS[tab]))]
    return exports.Sheet(gettext("Our tasks"), headings, lines, said, actor.name, now)


# --- call-backs ---


@dataclass(frozen=True, slots=True)
class CallBackRow:
    row: Row
    result: Promise | str
    answered_at: datetime | None
    attempts: int
    last_at: datetime | None
    contact: str
    phone: str


@page(Role.CALLBACK)
def callbacks(request: HttpRequest) -> HttpResponse:
    """Whom to ring after an answer; nobody rings about an answer of their own."""
    actor, now = actor_of(request), timezone.now()
    found = paging.paginate(
        queries.callback_queue(actor),
        order=queries.DUE_ORDER,
        cursor=request.GET.get("cursor", ""),
    )
    rounds = desk.rounds_of(actor, found)
    attempts = desk.attempts_by_call(actor, found)
    bare = {c.enterprise_id for c in found if c.enterprise_id and not c.contact_phone}
    contacts = registry.first_contacts(actor, bare) if bare else {}
    context = {
        "page": found,
        "rows": [
            _callback_row(
                row,
                rounds.get(row.call.pk),
                attempts.get(row.call.pk),
                contacts.get(row.call.enterprise_id or 0),
            )
            for row in staff.rows_of(actor, found, now=now)
        ],
        "needed": ATTEMPTS_NEEDED,
        "days": DAYS_NEEDED,
    }
    return render(request, "calls/desk/callbacks.html", context)


def _callback_row(
    row: Row,
    round_: Any,
    tried: desk.Attempts | None,
    listed: registry.ContactCard | None,
) -> CallBackRow:
    """Whom the call names; who named nobody is rung at the firm's first contact."""
    name, phone = row.call.contact_name, row.call.contact_phone
    if not phone and listed is not None:
        name, phone = listed.name, listed.phone
    return CallBackRow(
        row=row,
        result=RESULT_LABELS[round_.result] if round_ and round_.result else "",
        answered_at=round_.answered_at if round_ else None,
        attempts=tried.count if tried else 0,
        last_at=tried.last.at if tried and tried.last else None,
        contact=name,
        phone=phone,
    )


@page(Role.CALLBACK)
def callback_sheet(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """What to say and what to record, beside the queue."""
    actor, now = actor_of(request), timezone.now()
    call = queries.get_by_public_id(actor, public_id)
    if not request.headers.get("HX-Request"):
        return redirect("calls:case", public_id=public_id)
    found = queries.dossier(actor, call)
    scene = moves.Scene(actor, found, None, now)
    open_steps = queries.steps_open(actor, call, now=now, dossier=found)
    contacts = registry.contacts(actor, call.enterprise_id) if call.enterprise_id else []
    round_ = found.round
    context = {
        "call": call,
        "row": staff.row_of(actor, call, _names(actor, now), now=now),
        "answer": found.words(round_.answer_note_id),
        "result": RESULT_LABELS[round_.result] if round_.result else "",
        "lead": found.unit(round_.lead_unit_id),
        "attempts": [c for c in found.callbacks if c.round_id == round_.pk],
        "contacts": contacts[:3],
        "zone": registry.zone(actor).name,
        "steps": [v for v in moves.views_of(scene, open_steps) if v.step.name not in moves.WORDS],
        "next": reverse("calls:callbacks"),
    }
    return render(request, "calls/desk/callback_sheet.html", context)


# --- the morning sheet ---


@dataclass(frozen=True, slots=True)
class GroupView:
    key: str
    label: str
    rows: list[Row]
    count: int
    url: str


@page(*MORNING_READERS)
def morning(request: HttpRequest) -> HttpResponse:
    """晨报: what is red, what turns red today, what waits for somebody; made for paper too."""
    actor, now = actor_of(request), timezone.now()
    is_over = actor.has(*OVER_UNITS)
    unit_id = _unit_id(request, actor, is_over=is_over)
    context: dict[str, Any] = {
        "day": day_words(now),
        "now": now,
        "units": _choices(actor, unit_id, is_over=is_over),
        "is_over": is_over,
    }
    if is_over and unit_id is None:
        lines = units.unit_lines(actor, now=now)
        context["lines"] = [(line, f"?unit={line.unit_id}") for line in lines]
        total = {k: sum(getattr(x, k) for x in lines) for k in TOTALS}
        context |= {"total": total, "kpis": _kpis(total)}
        return render(request, "calls/board/units.html", context)
    sheet = queries.morning_sheet(actor, now=now, unit_id=unit_id)
    names = queries.unit_cards(actor)
    context |= {
        "sheet": sheet,
        "groups": [_group(actor, g, now) for g in sheet.groups],
        "parts": [
            ("late", gettext("Our part as co-handler, overdue"), sheet.late_tasks),
            ("today", gettext("Our part as co-handler, due today"), sheet.tasks_today),
        ],
        "unit": "、".join(names[u].name for u in sorted(sheet.unit_ids) if u in names),
    }
    return render(request, "calls/board/morning.html", context)


def _kpis(total: Mapping[str, int]) -> list[dict[str, Any]]:
    here = reverse("calls:list")
    shown = (
        ("red", gettext("Overdue"), "tab=units&late=any&sort=due"),
        ("yellow", gettext("Due soon"), "tab=units&light=yellow&sort=due"),
        ("unsigned", gettext("Not signed for"), "tab=dispatched"),
        ("paused", gettext("Clock paused"), "state=suspended"),
        ("total", gettext("With the units"), "tab=units"),
    )
    return [
        {
            "label": label,
            "value": total[key],
            "url": f"{here}?{query}",
            "hot": key == "red" and total[key] > 0,
        }
        for key, label, query in shown
    ]


TOTALS = ("total", "red", "yellow", "unsigned", "paused")


def _unit_id(request: HttpRequest, actor: Actor, *, is_over: bool) -> int | None:
    """The unit asked for; a unit leader may ask for the own ones only."""
    text = request.GET.get("unit", "")
    if not text:
        own = units.own_units(actor)
        return None if is_over or len(own) != 1 else min(own)
    if not text.isdecimal() or len(text) > 18:
        raise NotFound("not_found")
    unit_id = int(text)
    if not is_over and unit_id not in units.own_units(actor):
        raise NotFound("not_found")
    return unit_id


def _choices(actor: Actor, unit_id: int | None, *, is_over: bool) -> list[dict[str, Any]]:
    """The units to change to."""
    own = units.own_units(actor)
    found = [] if is_over else [u for u in queries.unit_cards(actor).values() if u.id in own]
    return [
        {"label": u.name, "url": f"?unit={u.id}", "active": u.id == unit_id}
        for u in found
        if len(found) > 1
    ]


def _group(actor: Actor, group: queries.Group, now: datetime) -> GroupView:
    return GroupView(
        group.key,
        group.label,
        staff.rows_of(actor, group.rows, now=now),
        group.count,
        f"{reverse('calls:list')}?{urlencode(group.query)}",
    )
