"""The register of machines: list, one machine with its history, machines that fail again."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from qiying.kernel import exports, paging, saved, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid
from qiying.kernel.web import actor_of, page
from qiying.slices.registry import public as registry
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.forms.keep import (
    InspectionForm,
    MachineChangeForm,
    MachineForm,
    ReasonForm,
)
from qiying.slices.rescue.models import Equipment, Job, labels
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.rules import KEEPERS, MachineState
from qiying.slices.rescue.views.keep import shared

ORDER = ("-id",)
TONES = {"in_use": "done", "stopped": "paused", "scrapped": "listed"}
FORMS = ("change", "inspect", "scrap")


@page(*shared.AT_MACHINES)
def list_page(request: HttpRequest) -> HttpResponse:
    """Machines by firm, class and state; also as a file."""
    actor = actor_of(request)
    rows = _filtered(request, actor)
    kind = exports.wanted(request)
    if kind:
        return _export(request, actor, rows, kind)
    found = paging.paginate(rows, order=ORDER, cursor=request.GET.get("cursor", ""))
    context = {
        "page": found,
        "rows": _rows(actor, list(found)),
        "kpis": _kpis(actor),
        "tabs": saved.tabs(request, actor, _tabs()),
        "classes": queries.classes(actor),
        "kind": request.GET.get("kind", ""),
        "tab": request.GET.get("tab", ""),
        "is_filtered": any(request.GET.get(n) for n in ("q", "kind", "tab", "critical", "firm")),
        "may_keep": actor.has(*KEEPERS),
    }
    return render(request, "rescue/keep/machines.html", context)


def _filtered(request: HttpRequest, actor: Actor) -> Any:
    asked = request.GET
    text = asked.get("q", "").strip()[:60]
    rows = queries.list_machines(
        actor,
        q=text,
        kind=asked.get("kind", "")[:20],
        enterprise_id=shared.number_of(asked.get("firm", "")),
    )
    if text:
        firms = [c.id for c in registry.search_enterprises(actor, text, 20)]
        rows = rows | queries.list_machines(actor, kind=asked.get("kind", "")[:20]).filter(
            enterprise_id__in=firms
        )
    if asked.get("critical"):
        rows = rows.filter(criticality="stops_line")
    tabs = {
        "special": Q(kind__is_special=True),
        "stopped": Q(state=MachineState.STOPPED),
        "scrapped": Q(state=MachineState.SCRAPPED),
    }
    if asked.get("tab") == "repeat":
        keys = [m.pk for m in queries.repeat_faults(actor, now=timezone.now(), limit=200)]
        return rows.filter(pk__in=keys)
    return rows.filter(tabs.get(asked.get("tab", ""), ~Q(state=MachineState.SCRAPPED)))


def _tabs() -> list[tuple[str, str]]:
    return [
        (gettext("In the register"), ""),
        (gettext("Special equipment"), "tab=special"),
        (gettext("Failed again within 90 days"), "tab=repeat"),
        (gettext("Out of use"), "tab=stopped"),
        (gettext("Scrapped"), "tab=scrapped"),
    ]


def _kpis(actor: Actor) -> list[dict[str, Any]]:
    counted = keep.machine_sums(actor)
    return [
        {"label": gettext("Machines"), "value": counted["machines"]},
        {"label": gettext("Firms"), "value": counted["firms"]},
        {
            "label": gettext("Special equipment"),
            "value": counted["special"],
            "url": "?tab=special",
        },
        {
            "label": gettext("Their failure stops the line"),
            "value": counted["critical"],
            "url": "?critical=1",
        },
    ]


def _rows(actor: Actor, machines: list[Equipment]) -> list[dict[str, Any]]:
    names = registry.names(actor, {m.enterprise_id for m in machines})
    counts = keep.jobs_of_machines(actor, [m.pk for m in machines])
    return [
        {
            "machine": m,
            "firm": names.get(m.enterprise_id, ""),
            "url": reverse("rescue:machine", args=[m.public_id]),
            "tone": TONES[m.state],
            "state": labels.MACHINE_STATES[m.state],
            "criticality": labels.CRITICALITIES[m.criticality],
            "jobs": counts.get(m.pk, (0, 0))[0],
            "open": counts.get(m.pk, (0, 0))[1],
        }
        for m in machines
    ]


def _export(request: HttpRequest, actor: Actor, rows: Any, kind: str) -> HttpResponse:
    machines = list(rows.order_by(*ORDER)[: exports.MAX_ROWS])
    lines = _rows(actor, machines)
    sheet = exports.Sheet(
        title=gettext("Machines"),
        headings=[
            gettext("Label"),
            gettext("Name of the machine"),
            gettext("Firm"),
            gettext("Class"),
            gettext("Where it stands"),
            gettext("Model"),
            gettext("Year of manufacture"),
            gettext("When it fails"),
            gettext("Loss an hour, yuan"),
            gettext("Registration number"),
            gettext("State"),
            gettext("Rescues"),
        ],
        rows=[_cells(line) for line in lines],
        filters=[(k, str(v)) for k, v in request.GET.items() if v and k != "format"],
        made_by=actor.name,
        made_at=timezone.now(),
    )
    return exports.respond(sheet, kind)


def _cells(line: dict[str, Any]) -> list[Any]:
    m: Equipment = line["machine"]
    return [
        *(m.label, m.name, line["firm"], m.kind.name, m.place, m.model, m.made_in),
        *(str(line["criticality"]), m.loss_per_hour_cny, m.special_number),
        *(str(line["state"]), line["jobs"]),
    ]


@page(*KEEPERS)
def new(request: HttpRequest) -> HttpResponse:
    """Put one machine on the register."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        kinds = [(c.code, c.name) for c in queries.classes(actor)]
    form = MachineForm(request.POST or None, classes=kinds)

    def work() -> str:
        firm = shared.find_firm(actor, form.cleaned_data["firm"].strip())
        if firm is None:
            raise Invalid("input.invalid", {"firm": "rescue.keep.firm"})
        made = operations.register_machine(
            actor,
            now=timezone.now(),
            enterprise_id=firm,
            kind_code=form.cleaned_data["kind_code"],
            **form.values(),
        )
        return reverse("rescue:machine", args=[made.public_id])

    return shared.form_page(
        request,
        form,
        work,
        title=gettext("Register a machine"),
        back=reverse("rescue:equipment"),
        crumb=gettext("Machines"),
        action=gettext("Register"),
    )


@page(*shared.AT_MACHINES)
def machine_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A machine: what it is, what happened to it, when it is inspected; keepers correct it."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        machine = queries.machine_by_public_id(actor, public_id)
    forms = _forms(machine, None)
    name = request.POST.get("do", "") if request.method == "POST" else ""
    if name in FORMS:
        if not actor.has(*KEEPERS):
            raise Denied("access.role")
        forms[name] = _form(machine, name, request.POST)
        return shared.post(
            request,
            forms[name],
            lambda: _do(actor, machine, name, forms[name]),
            lambda: _draw(request, actor, machine, forms, name),
        )
    with tenancy.reading(actor):
        return _draw(request, actor, machine, forms, "")


def _forms(machine: Equipment, data: Any) -> dict[str, Any]:
    return {name: _form(machine, name, data) for name in FORMS}


def _form(machine: Equipment, name: str, data: Any) -> Any:
    prefix = f"id_{name}_%s"
    if name == "change":
        fields = (*_CHANGED, "state")
        initial = {field: getattr(machine, field) for field in fields}
        return MachineChangeForm(data, initial=initial, auto_id=prefix)
    return (InspectionForm if name == "inspect" else ReasonForm)(data, auto_id=prefix)


_CHANGED = (
    *("name", "place", "line", "maker", "model", "serial", "made_in", "criticality"),
    *("loss_per_hour_cny", "special_number"),
)


def _do(actor: Actor, machine: Equipment, name: str, form: Any) -> str:
    now, data = timezone.now(), form.cleaned_data
    if name == "change":
        values = {**form.values(), "state": data["state"]}
        operations.change_machine(actor, machine.pk, now=now, **values)
    elif name == "inspect":
        operations.plan_inspection(actor, machine.pk, now=now, **data)
    else:
        operations.scrap_machine(actor, machine.pk, now=now, text=data["text"])
    return reverse("rescue:machine", args=[machine.public_id])


def _draw(
    request: HttpRequest, actor: Actor, machine: Equipment, forms: Any, tried: str
) -> HttpResponse:
    found = queries.history(actor, machine)
    firm = registry.enterprise(actor, machine.enterprise_id)
    may_keep = actor.has(*KEEPERS) and machine.state != MachineState.SCRAPPED
    context = {
        "machine": machine,
        "firm": firm,
        "tone": TONES[machine.state],
        "state": labels.MACHINE_STATES[machine.state],
        "facts": _facts(machine, firm.name),
        "jobs": [_job_line(job) for job in found.jobs],
        "inspections": found.inspections,
        "steps": _steps(forms, tried) if may_keep else [],
    }
    return render(request, "rescue/keep/machine.html", context)


def _facts(machine: Equipment, firm: str) -> list[tuple[Any, ...]]:
    kind = machine.kind
    firm_url = f"{reverse('rescue:equipment')}?firm={machine.enterprise_id}"
    rows: list[tuple[Any, ...]] = [
        (gettext("Firm"), firm, firm_url),
        (gettext("Class"), kind.name),
        (gettext("Where it stands"), " ".join(t for t in (machine.line, machine.place) if t)),
        (gettext("Maker"), " ".join(t for t in (machine.maker, machine.model) if t)),
        (gettext("Serial number"), machine.serial),
        (gettext("Year of manufacture"), str(machine.made_in or "")),
        (gettext("When it fails"), str(labels.CRITICALITIES[machine.criticality])),
        (gettext("Loss an hour, yuan"), machine.loss_per_hour_cny or ""),
        (gettext("Registration number"), machine.special_number),
        (gettext("Licence a repairer needs"), kind.licence_item),
    ]
    return [row for row in rows if row[1]]


def _job_line(job: Job) -> dict[str, Any]:
    return {
        "job": job,
        "url": reverse("rescue:job", args=[job.public_id]),
        "tone": labels.STATE_TONES[job.state],
        "label": labels.STATES[job.state],
    }


def _steps(forms: dict[str, Any], tried: str) -> list[dict[str, Any]]:
    words = {
        "change": (gettext("Correct the entry"), "pencil", "primary"),
        "inspect": (gettext("Enter a statutory inspection"), "calendar-plus", ""),
        "scrap": (gettext("Scrap the machine"), "archive", "danger"),
    }
    return [
        {
            "name": name,
            "form": forms[name],
            "label": label,
            "icon": icon,
            "tone": tone,
            "is_open": name == tried,
        }
        for name, (label, icon, tone) in words.items()
    ]
