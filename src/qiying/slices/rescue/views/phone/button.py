"""The red button (报修): a machine is down, said in a few taps and sent once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of, page
from qiying.slices.registry import public as registry
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.forms.phone import ReportForm
from qiying.slices.rescue.models import Equipment, Job
from qiying.slices.rescue.queries import phone
from qiying.slices.rescue.rules import Channel, Kind, MachineState, tidy
from qiying.slices.rescue.views.phone.shared import FIRM, hotline_of, kept_files, my_url, send

FIELDS = {
    "title": "text",
    "facts": "text",
    "equipment_id": "machine",
    "label": "machine",
    "attachments": "photos",
}
"""Arguments of the operation by the field of the form that they come from."""


@dataclass(frozen=True, slots=True)
class Scene:
    """For which firm, by whom, and which machines stand beside the button."""

    actor: Actor
    firm: registry.EnterpriseCard
    machines: Sequence[Equipment]
    chosen: str
    """The label that was scanned, or tapped in a list."""
    contact: tuple[str, str]
    hotline: str

    def form(self, *args: Any, **options: Any) -> ReportForm:
        return ReportForm(*args, machines=[(m.label, m.name) for m in self.machines], **options)


@page(FIRM)
def press(request: HttpRequest) -> HttpResponse:
    """The form for one of the own firms; ``?label=`` names the machine, ``?scan=1`` how."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        firms = registry.enterprises_of(actor)
        machine = _machine(actor, request.POST.get("machine") or request.GET.get("label", ""))
        firm = _firm(firms, machine, request.GET.get("firm", ""))
        if firm is None and firms:
            return render(request, "rescue/phone/choose.html", {"firms": firms})
        if firm is None:
            raise NotFound("not_found")
        scene = _scene(request, actor, firm, machine)
    if request.method != "POST":
        return _show(request, scene, scene.form(initial=_initial(scene)))
    return _take(request, scene, now=now)


def _machine(actor: Actor, label: str) -> Equipment | None:
    """The own machine with this label; None for whatever else was sent."""
    if not 0 < len(tidy(label)) <= 10:
        return None
    rows = phone.own_machines(actor).filter(label=tidy(label))
    return rows.exclude(state=MachineState.SCRAPPED).first()


def _firm(
    firms: Sequence[registry.EnterpriseCard], machine: Equipment | None, wanted: str
) -> registry.EnterpriseCard | None:
    if machine is not None:
        return next((f for f in firms if f.id == machine.enterprise_id), None)
    if wanted:
        found = next((f for f in firms if str(f.public_id) == wanted), None)
        if found is None:
            raise NotFound("not_found")
        return found
    return firms[0] if len(firms) == 1 else None


def _scene(
    request: HttpRequest, actor: Actor, firm: registry.EnterpriseCard, machine: Equipment | None
) -> Scene:
    near = phone.picks(actor, firm.id)
    if machine is not None:
        near = [machine, *(m for m in near if m.pk != machine.pk)]
    contact = (actor.name, getattr(request.user, "phone", ""))
    chosen = machine.label if machine else ""
    return Scene(actor, firm, near, chosen, contact, hotline_of(actor))


def _initial(scene: Scene) -> dict[str, Any]:
    name, telephone = scene.contact
    chosen = next((m for m in scene.machines if m.label == scene.chosen), None)
    return {
        "machine": scene.chosen,
        "kind": Kind.EMERGENCY.value,
        "place": chosen.place if chosen else "",
        "contact": name,
        "contact_phone": telephone,
    }


def _take(request: HttpRequest, scene: Scene, *, now: datetime) -> HttpResponse:
    held = kept_files(request, scene.actor)
    form = scene.form(request.POST, request.FILES, kept_count=len(held))

    def work(attachments: list[int]) -> str:
        return my_url(_report(request, scene, form, attachments, now=now)) + "?sent=1"

    sent = send(request, form, work, held=held, now=now, fields=FIELDS)
    if sent.response is not None:
        return sent.response
    return _show(request, scene, form, held=sent.kept, key=sent.key, status=422)


def _report(
    request: HttpRequest,
    scene: Scene,
    form: ReportForm,
    attachments: list[int],
    *,
    now: datetime,
) -> Job:
    data = form.cleaned_data
    scanned = tidy(request.GET.get("label", "")) if request.GET.get("scan") == "1" else ""
    is_scanned = bool(scanned) and data["machine"] == scanned
    return operations.report_job(
        scene.actor,
        now=now,
        enterprise_id=scene.firm.id,
        title=form.title,
        channel=Channel.SCAN if is_scanned else Channel.BUTTON,
        kind=data["kind"],
        label=data["machine"],
        facts=data["text"],
        place=data["place"],
        contact=data["contact"],
        contact_phone=data["contact_phone"],
        urgency=data["urgency"],
        safety=data["safety"],
        attachments=attachments,
    )


def _show(
    request: HttpRequest,
    scene: Scene,
    form: ReportForm,
    *,
    held: Sequence[Any] = (),
    key: str = "",
    status: int = 200,
) -> HttpResponse:
    with tenancy.reading(scene.actor):
        opened = phone.open_by_machine(scene.actor, [m.pk for m in scene.machines])
        rule = queries.rule_in_force(scene.actor)
    chosen = str(form["machine"].value() or "")
    context = {
        "scene": scene,
        "form": form,
        "machines": [
            {"machine": m, "job": opened.get(m.pk), "is_chosen": m.label == chosen}
            for m in scene.machines
        ],
        "chosen": chosen,
        "held": held,
        "key": key,
        "rule": rule,
        "draft": f"rescue-{scene.firm.id}-{scene.chosen}",
    }
    return render(request, "rescue/phone/press.html", context, status=status)


@page(FIRM)
def find(request: HttpRequest) -> HttpResponse:
    """The machines that fit some words, as radio buttons for the form."""
    actor = actor_of(request)
    firm = next(
        (
            f
            for f in registry.enterprises_of(actor)
            if str(f.public_id) == request.GET.get("firm", "")
        ),
        None,
    )
    if firm is None:
        raise NotFound("not_found")
    q = request.GET.get("q", "").replace("\0", "").strip()[:60]
    chosen = request.GET.get("machine", "")
    rows = phone.picks(actor, firm.id, q)
    opened = phone.open_by_machine(actor, [m.pk for m in rows])
    context = {
        "machines": [
            {"machine": m, "job": opened.get(m.pk), "is_chosen": m.label == chosen} for m in rows
        ],
        "chosen": chosen,
        "q": q,
    }
    return render(request, "rescue/phone/parts/picks.html", context)
