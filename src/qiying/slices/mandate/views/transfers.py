"""Delegated powers, hand-overs of neighbourhoods, and the linter."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import exports, paging, posting, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page
from qiying.slices.mandate import models, operations, queries, rules
from qiying.slices.mandate.forms import DelegationForm, EndForm, HandoverForm, ListForm, StepForm
from qiying.slices.mandate.models import findings as words
from qiying.slices.mandate.models import labels
from qiying.slices.mandate.views import _shared as shared
from qiying.slices.registry import public as registry


@page(*shared.READERS)
def delegations_page(request: HttpRequest) -> HttpResponse:
    """County powers that the zone exercises, with document and term."""
    actor = actor_of(request)
    register = queries.register(actor)
    on = shared.today() if request.GET.get("now") else None
    rows = queries.list_delegations(actor, matter=request.GET.get("matter", "")[:20], on=on)
    order = ("-valid_from", "-id")
    kind = exports.wanted(request)
    if kind:
        headings = [
            _("Matter"),
            _("Form of delegation"),
            _("Delegated by"),
            _("Exercised by"),
            _("Document and number"),
            _("From the day"),
            _("Until"),
        ]
        lines = (
            [
                f"{r.matter.code} {_name(register, r)}",
                r.get_kind_display(),
                r.from_unit.name,
                r.to_unit.name,
                r.document,
                r.valid_from,
                r.valid_to,
            ]
            for r in rows.order_by(*order)[: exports.MAX_ROWS]
        )
        return shared.export(request, kind, _("Delegated powers"), headings, lines, [])
    found = paging.paginate(rows, order=order, cursor=request.GET.get("cursor", ""))
    context = {
        "page": found,
        "rows": [
            {"row": r, "name": _name(register, r), "tone": _tone(r, shared.today())} for r in found
        ],
        "may_edit": shared.may_edit(actor),
    }
    return render(request, "mandate/delegations.html", context)


def _name(register: queries.Register, row: models.Delegation) -> str:
    cards = register.versions.get(row.matter.code, ())
    return cards[-1].name if cards else ""


def _tone(row: models.Delegation, on: date) -> tuple[str, str]:
    if row.valid_from > on:
        return ("new", _("to come"))
    if row.valid_to is not None and row.valid_to <= on:
        return ("paused", _("ended"))
    return ("done", _("in force"))


@page(*shared.EDITORS)
def new_delegation(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    with tenancy.reading(actor):
        register = queries.register(actor)
    form = DelegationForm(
        request.POST or None,
        matters=shared.matter_list(register, shared.today()),
        units=shared.unit_list(register),
        initial={"valid_from": shared.today(), "to_unit": rules.ZONE, **request.GET.dict()},
    )
    if request.method == "POST":
        answer = posting.send(
            request, form, lambda: _delegate(actor, form), fields=shared.FORM_FIELDS
        )
        if answer is not None:
            return answer
    title = _("Record a delegated power")
    back = reverse("mandate:delegations")
    return render(request, "mandate/form.html", {"form": form, "title": title, "back": back})


def _delegate(actor: Actor, form: DelegationForm) -> str:
    data = form.cleaned_data
    operations.delegate(
        actor,
        matter_code=data["matter"],
        kind=data["kind"],
        from_unit_code=data["from_unit"],
        to_unit_code=data["to_unit"],
        document=data["document"],
        scope=(data["scope_zh"], data["scope_en"]),
        valid_from=data["valid_from"],
        valid_to=data["valid_to"],
        now=timezone.now(),
    )
    return reverse("mandate:delegations")


@page(*shared.EDITORS)
@require_POST
def end_delegation(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """Let a delegated power end on a day."""
    form = EndForm(request.POST)
    if not form.is_valid():
        raise Invalid("input.invalid", {"ends_on": "input.date"})
    operations.end_delegation(
        actor_of(request), delegation_id, ends_on=form.cleaned_data["ends_on"], now=timezone.now()
    )
    return HttpResponseSeeOther(reverse("mandate:delegations"))


@page(*shared.READERS)
def handovers_page(request: HttpRequest) -> HttpResponse:
    """The neighbourhoods on their way to communities of townships."""
    actor = actor_of(request)
    rows = list(queries.list_handovers(actor).order_by("number")[:500])
    done = [r for r in rows if r.state in rules.TRANSFERRED]
    kind = exports.wanted(request)
    if kind:
        return _handovers_as_file(request, kind, rows)
    context = {
        "rows": [
            {"row": r, "tone": labels.HANDOVER_TONES[r.state], "share": _share(r)} for r in rows
        ],
        "kpis": [
            {
                "label": _("Neighbourhoods handed over"),
                "value": len(done),
                "unit": f"/ {len(rows)}",
            },
            {"label": _("Households"), "value": f"{sum(r.households for r in done):,}"},
            {"label": _("Residents"), "value": f"{sum(r.residents for r in done):,}"},
            {"label": _("Hand-over closed"), "value": sum(r.state == "closed" for r in rows)},
        ],
        "may_move": actor.has(*shared.MOVERS),
    }
    return render(request, "mandate/handovers.html", context)


def _handovers_as_file(
    request: HttpRequest, kind: str, rows: list[models.Handover]
) -> HttpResponse:
    headings = [
        _("Number"),
        _("Neighbourhood"),
        _("Households"),
        _("Residents"),
        _("Receiving township"),
        _("Receiving community"),
        _("State"),
        _("Handed over on"),
        _("Hand-over agreement"),
    ]
    lines = [
        [
            r.number,
            r.name,
            r.households,
            r.residents,
            _unit(r.to_unit),
            r.community,
            r.get_state_display(),
            r.handed_over_on,
            r.document,
        ]
        for r in rows
    ]
    return shared.export(request, kind, _("Hand-overs"), headings, lines, [])


def _unit(unit: Any) -> str:
    return unit.name if unit else ""


def _share(row: models.Handover) -> float | None:
    """Completeness: accepted objects among the listed ones; None when nothing is listed."""
    listed = sum(c["listed"] for c in row.lists.values())
    return sum(c["accepted"] for c in row.lists.values()) / listed if listed else None


@page(*shared.MOVERS)
def new_handover(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    with tenancy.reading(actor):
        register = queries.register(actor)
        opened = set(queries.list_handovers(actor).values_list("area_key", flat=True))
        homes = {a.key: a.name for a in registry.areas(actor) if a.kind == "neighbourhood"}
    form = HandoverForm(
        request.POST or None,
        areas=[(k, n) for k, n in homes.items() if k not in opened],
        units=shared.unit_list(register, "township"),
    )
    if request.method == "POST":
        answer = posting.send(request, form, lambda: _open(actor, form), fields=shared.FORM_FIELDS)
        if answer is not None:
            return answer
    title = _("Open a hand-over")
    back = reverse("mandate:handovers")
    return render(request, "mandate/form.html", {"form": form, "title": title, "back": back})


def _open(actor: Actor, form: HandoverForm) -> str:
    data = form.cleaned_data
    row = operations.open_handover(
        actor,
        area_key=data["area_key"],
        to_unit_code=data["to_unit"],
        community=(data["community_zh"], data["community_en"]),
        now=timezone.now(),
    )
    return reverse("mandate:handover", args=[row.number])


MAIN_LINE = ("survey", "lists", "agreement", "notice", "transfer", "dual_run", "accept", "closed")


@page(*shared.READERS)
def handover_page(request: HttpRequest, number: str) -> HttpResponse:
    """One hand-over: where it stands, its five lists, the steps open to the reader."""
    actor = actor_of(request)
    row = queries.get_handover_by_number(actor, number)
    register = queries.register(actor)
    at = MAIN_LINE.index(row.state_before_dispute if row.state == "dispute" else row.state)
    context = {
        "row": row,
        "tone": labels.HANDOVER_TONES[row.state],
        "steps": [
            {"label": labels.HandoverState(s).label, "state": _state(i, at)}
            for i, s in enumerate(MAIN_LINE)
        ],
        "stages": [
            (labels.HandoverState(s).label, parse_date(row.stages[s]))
            for s in MAIN_LINE
            if s in row.stages
        ],
        "open": [
            (s, labels.HANDOVER_STEPS[s]) for s in rules.HANDOVER.open_to(row.state, actor.roles)
        ],
        "lists": [
            _list_line(name, row.lists.get(name, {"listed": 0, "accepted": 0}))
            for name in rules.LISTS
        ],
        "from_name": register.unit_name(register.code_of[row.from_unit_id]),
        "to_name": register.unit_name(register.code_of.get(row.to_unit_id or 0, "")),
        "share": _share(row),
        "may_move": actor.has(*shared.MOVERS) and row.state != "closed",
        "today": shared.today(),
    }
    return render(request, "mandate/handover.html", context)


def _list_line(name: str, entry: dict[str, Any]) -> dict[str, Any]:
    counted = {"is_counted": rules.is_counted(entry)}
    return {"name": name, "label": labels.LISTS[name], "is_none": False, **counted, **entry}


def _state(index: int, at: int) -> str:
    if index == at:
        return "current"
    return "done" if index < at else "todo"


@page(*shared.MOVERS)
@require_POST
def step_handover(request: HttpRequest, number: str) -> HttpResponse:
    """One step along the lifecycle."""
    form = StepForm(request.POST)
    if not form.is_valid():
        raise Invalid("input.invalid", dict.fromkeys(form.errors, "input.choice"))
    actor, data = actor_of(request), form.cleaned_data
    with tenancy.acting(actor):
        row = queries.get_handover_by_number(actor, number)
        operations.advance_handover(
            actor,
            row.pk,
            data["step"],
            on=data["on"] or shared.today(),
            document=data["document"],
            now=timezone.now(),
        )
    return HttpResponseSeeOther(reverse("mandate:handover", args=[number]))


@page(*shared.MOVERS)
@require_POST
def count_list(request: HttpRequest, number: str) -> HttpResponse:
    """How many objects one of the five lists holds."""
    form = ListForm(request.POST)
    if not form.is_valid():
        raise Invalid("input.invalid", dict.fromkeys(form.errors, "input.number"))
    actor, data = actor_of(request), form.cleaned_data
    with tenancy.acting(actor):
        row = queries.get_handover_by_number(actor, number)
        operations.count_list(
            actor,
            row.pk,
            data["name"],
            listed=0 if data["is_none"] else data["listed"],
            accepted=0 if data["is_none"] else data["accepted"],
            is_none=data["is_none"],
            now=timezone.now(),
        )
    return HttpResponseSeeOther(reverse("mandate:handover", args=[number]))


@page(*shared.READERS)
def lint_page(request: HttpRequest) -> HttpResponse:
    """What is wrong with the register on a day."""
    actor, on = actor_of(request), shared.day_of(request)
    register = queries.register(actor)
    found = operations.lint(actor, on)
    names = {c: u.name for c, u in register.units.items()}
    context = {
        "on": on,
        "rows": [_finding(register, f, names, on) for f in found],
        "errors": sum(f.severity == "error" for f in found),
        "warnings": sum(f.severity == "warning" for f in found),
        "checks": [(words.TITLES[c], c) for c in rules.CHECKS],
        "total": len(register.on(on)),
    }
    return render(request, "mandate/lint.html", context)


def _finding(
    register: queries.Register, found: rules.Finding, names: dict[str, str], on: date
) -> dict[str, Any]:
    card = register.find(found.subject, on)
    return {
        "title": words.TITLES[found.code],
        "sentence": words.finding_sentence(found, names),
        "subject": f"{found.subject} {card.name}" if card else found.subject,
        "url": reverse("mandate:matter", args=[found.subject]) if card else "",
        "tone": "over" if found.severity == "error" else "check",
        "mark": _("error") if found.severity == "error" else _("warning"),
    }
