"""The calendar of statutory inspections: days, reminders, bookings. Nobody inspects here."""

from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from qiying.kernel import exports, paging, saved, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.web import actor_of, page
from qiying.slices.registry import public as registry
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.forms.keep import BookingForm, ResultForm
from qiying.slices.rescue.models import InspectionDue
from qiying.slices.rescue.rules import KEEPERS, Rule
from qiying.slices.rescue.views.keep import shared

ORDER = ("due_on", "id")


@page(*shared.AT_MACHINES)
def list_page(request: HttpRequest) -> HttpResponse:
    """Machines by the day on which the licensed body must have inspected them."""
    actor, today = actor_of(request), queries.today(timezone.now())
    rule = queries.rule_in_force(actor)
    tab, text = request.GET.get("tab", ""), request.GET.get("q", "").strip()[:60]
    rows = queries.due_inspections(actor).filter(_tab(tab, today, rule))
    if text:
        firms = [c.id for c in registry.search_enterprises(actor, text, 20)]
        machine = Q(equipment__name__icontains=text) | Q(equipment__special_number__iexact=text)
        rows = rows.filter(machine | Q(equipment__enterprise_id__in=firms))
    kind = exports.wanted(request)
    if kind:
        return _export(actor, rows, kind, today, rule)
    found = paging.paginate(rows, order=ORDER, cursor=request.GET.get("cursor", ""))
    context = {
        "page": found,
        "rows": _rows(actor, list(found), today, rule),
        "kpis": _kpis(actor, today, rule),
        "tabs": saved.tabs(request, actor, _tabs()),
        "tab": tab,
        "is_filtered": bool(tab or text),
        "rule": rule,
    }
    return render(request, "rescue/keep/inspections.html", context)


def _tabs() -> list[tuple[str, str]]:
    return [
        (gettext("All that are to come"), ""),
        (gettext("Past its date"), "tab=late"),
        (gettext("Apply now"), "tab=apply"),
        (gettext("Coming up"), "tab=soon"),
        (gettext("Appointment given"), "tab=booked"),
    ]


def _tab(tab: str, today: date, rule: Rule) -> Q:
    apply_by = today + timedelta(days=rule.apply_days)
    soon = today + timedelta(days=rule.remind_days)
    found = {
        "late": Q(due_on__lt=today),
        "apply": Q(due_on__gte=today, due_on__lte=apply_by, booked_on=None),
        "soon": Q(due_on__gt=apply_by, due_on__lte=soon),
        "booked": Q(booked_on__isnull=False),
    }
    return found.get(tab, Q())


def _kpis(actor: Actor, today: date, rule: Rule) -> list[dict[str, Any]]:
    words = {query: label for label, query in _tabs() if query}
    names = ("late", "apply", "soon", "booked")
    counted = {name: Count("pk", filter=_tab(name, today, rule)) for name in names}
    found = queries.due_inspections(actor).aggregate(**counted)
    return [
        {
            "label": words[f"tab={name}"],
            "value": found[name],
            "url": f"?tab={name}",
            "hot": name == "late" and found[name] > 0,
        }
        for name in names
    ]


def _rows(
    actor: Actor, found: list[InspectionDue], today: date, rule: Rule
) -> list[dict[str, Any]]:
    names = registry.names(actor, {row.equipment.enterprise_id for row in found})
    return [
        {
            "row": row,
            "firm": names.get(row.equipment.enterprise_id, ""),
            "machine_url": reverse("rescue:machine", args=[row.equipment.public_id]),
            "url": reverse("rescue:inspection", args=[row.pk]),
            "days": (row.due_on - today).days,
            **_mark(row, today, rule),
        }
        for row in found
    ]


def _mark(row: InspectionDue, today: date, rule: Rule) -> dict[str, Any]:
    days = (row.due_on - today).days
    if days < 0:
        return {"tone": "over", "label": gettext("overdue"), "is_late": True}
    if row.booked_on is not None:
        return {"tone": "way", "label": gettext("appointment given")}
    if days <= rule.apply_days:
        return {"tone": "check", "label": gettext("apply now")}
    if days <= rule.remind_days:
        return {"tone": "new", "label": gettext("coming up")}
    return {"tone": "listed", "label": gettext("later")}


def _export(actor: Actor, rows: Any, kind: str, today: date, rule: Rule) -> HttpResponse:
    found = list(rows.order_by(*ORDER)[: exports.MAX_ROWS])
    sheet = exports.Sheet(
        title=gettext("Statutory inspections"),
        headings=[
            gettext("Due on"),
            gettext("Kind"),
            gettext("Machine"),
            gettext("Registration number"),
            gettext("Firm"),
            gettext("Licensed inspection body"),
            gettext("Appointment on"),
            gettext("State"),
        ],
        rows=[
            [
                *(x["row"].due_on, x["row"].get_kind_display(), x["row"].equipment.name),
                *(x["row"].equipment.special_number, x["firm"], x["row"].body),
                *(x["row"].booked_on, x["label"]),
            ]
            for x in _rows(actor, found, today, rule)
        ],
        filters=[],
        made_by=actor.name,
        made_at=timezone.now(),
    )
    return exports.respond(sheet, kind)


@page(*shared.AT_MACHINES)
@require_http_methods(["GET", "HEAD", "POST"])
def inspection_page(request: HttpRequest, inspection_id: int) -> HttpResponse:
    """One day: note the appointment, later what the body's report says."""
    actor, now = actor_of(request), timezone.now()
    name = request.POST.get("do", "") if request.method == "POST" else ""
    forms: dict[str, Any] = {
        "book": BookingForm(request.POST if name == "book" else None, auto_id="id_book_%s"),
        "close": ResultForm(request.POST if name == "close" else None, auto_id="id_close_%s"),
    }
    with tenancy.reading(actor):
        row = queries.get_inspection(actor, inspection_id)
    here = reverse("rescue:inspection", args=[row.pk])

    def work() -> str:
        act = operations.book_inspection if name == "book" else operations.close_inspection
        act(actor, row.pk, now=now, **forms[name].cleaned_data)
        return here if name == "book" else reverse("rescue:inspections")

    if name in forms:
        actor.require(*KEEPERS)
        return shared.post(
            request, forms[name], work, lambda: _draw(request, actor, row, forms, name)
        )
    with tenancy.reading(actor):
        return _draw(request, actor, row, forms, "")


def _draw(
    request: HttpRequest, actor: Actor, row: InspectionDue, forms: dict[str, Any], tried: str
) -> HttpResponse:
    rule, today = queries.rule_in_force(actor), queries.today(timezone.now())
    words = {
        "book": (gettext("Note the appointment"), "calendar-check", "primary"),
        "close": (gettext("Enter the report of the body"), "file-check", ""),
    }
    steps = [
        {"name": n, "form": forms[n], "label": w, "icon": i, "tone": t, "is_open": n == tried}
        for n, (w, i, t) in words.items()
    ]
    machine = row.equipment
    mark = _mark(row, today, rule)
    if row.done_on is not None:
        passed, failed = gettext("passed"), gettext("not passed")
        mark = {"tone": "done", "label": passed if row.has_passed else failed}
    context = {
        "row": row,
        "machine": machine,
        "firm": registry.names(actor, {machine.enterprise_id}).get(machine.enterprise_id, ""),
        "apply_on": row.due_on - timedelta(days=rule.apply_days),
        "steps": steps if actor.has(*KEEPERS) and row.done_on is None else [],
        **mark,
    }
    return render(request, "rescue/keep/inspection.html", context)
