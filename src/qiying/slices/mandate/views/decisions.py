"""Decisions: the list, one with its reasons, and its replay; precedents."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import exports, paging, posting, saved, tenancy
from qiying.kernel.web import actor_of, page
from qiying.slices.mandate import operations, queries
from qiying.slices.mandate.forms import PrecedentForm
from qiying.slices.mandate.models import labels, sentences
from qiying.slices.mandate.views import _shared as shared
from qiying.slices.mandate.views.here import answer_of

ORDER = ("-made_at", "-id")


@page(*shared.READERS)
def list_page(request: HttpRequest) -> HttpResponse:
    """Every decision, the latest first."""
    actor = actor_of(request)
    matter, flag = request.GET.get("matter", "")[:20], request.GET.get("flag", "")
    found = operations.worlds(actor)
    rows = queries.list_decisions(actor, matter=matter, flag=flag)
    kind = exports.wanted(request)
    if kind:
        asked = rows.order_by(*ORDER)[: exports.MAX_ROWS]
        said = [(_("Matter"), matter)] if matter else []
        lines = (_as_line(found, row) for row in asked)
        return shared.export(request, kind, _("Decisions"), _headings(), lines, said)
    found_page = paging.paginate(rows, order=ORDER, cursor=request.GET.get("cursor", ""))
    built_in = [
        (_("All"), ""),
        (_("To be confirmed"), "flag=confirm"),
        (_("For the county"), "flag=adjudicate"),
    ]
    context = {
        "page": found_page,
        "rows": [_line(found, row) for row in found_page],
        "views": saved.tabs(request, actor, built_in),
        "matters": shared.matter_list(found.register, shared.today()),
        "matter": matter,
    }
    return render(request, "mandate/decisions.html", context)


def _line(found: operations.Worlds, row: Any) -> dict[str, Any]:
    card = found.register.find(row.matter.code, row.decided_on)
    lead_code = row.lead_unit.code if row.lead_unit else None
    return {
        "row": row,
        "name": card.name if card else row.matter.code,
        "lead": shared.leader(found.register, card, lead_code),
        "side": sentences.side_word(row.side, is_walled=found.is_walled(row.decided_on)),
        "mark": _mark(row),
    }


def _mark(row: Any) -> tuple[str, str]:
    if row.needs_adjudication:
        return ("listed", _("for the county"))
    if row.needs_confirmation:
        return ("check", _("to be confirmed"))
    return ("done", _("decided"))


def _headings() -> list[str]:
    return [
        _("Decided at"),
        _("Matter"),
        _("Day of the incident"),
        _("Lead"),
        _("Where it lies"),
        _("State"),
        _("Digest"),
    ]


def _as_line(found: operations.Worlds, row: Any) -> list[Any]:
    line = _line(found, row)
    name = f"{row.matter.code} {line['name']}"
    return [
        row.made_at,
        name,
        row.decided_on,
        str(line["lead"] or "—"),
        line["side"],
        line["mark"][1],
        row.digest,
    ]


@page(*shared.READERS)
def decision_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Why: every rule that fired, in order, with its numbers, source and grade."""
    return _decision(request, public_id, replayed=None)


@page(*shared.READERS)
@require_POST
def replay(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Decide the same case again in the world that was kept, and compare."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = queries.get_decision_by_public_id(actor, str(public_id))
        replayed = operations.replay(actor, row.pk)
        return _decision(request, public_id, replayed=replayed)


def _decision(
    request: HttpRequest, public_id: UUID, *, replayed: tuple[str, str] | None
) -> HttpResponse:
    actor = actor_of(request)
    row = queries.get_decision_by_public_id(actor, str(public_id))
    register = queries.register(actor)
    ruling = operations.ruling(actor, row.pk)
    case = row.case
    shape = case["geometry"] or {}
    is_point = shape.get("type") == "Point"
    card = register.find(row.matter.code, row.decided_on)
    context = {
        "row": row,
        "card": card,
        "version": row.version,
        "mark": _mark(row),
        "object_kind": labels.ObjectKind(case["object_kind"]).label,
        "place": "{1:.6f}, {0:.6f}".format(*shape["coordinates"]) if is_point else "",
        "accuracy": case["accuracy_m"],
        "owner": queries.unit_word(case["owner"], register) if case["owner"] else "",
        "replayed": replayed,
        "holds": replayed is not None and replayed[0] == replayed[1],
        "may_adjudicate": actor.has(*shared.MOVERS) and row.needs_adjudication,
        **answer_of(ruling, register, card),
    }
    return render(request, "mandate/decision.html", context)


@page(*shared.READERS)
def precedents_page(request: HttpRequest) -> HttpResponse:
    """Adjudications of the county: the register's change log of hard cases."""
    actor = actor_of(request)
    register = queries.register(actor)
    rows = queries.list_precedents(actor, matter=request.GET.get("matter", "")[:20])
    found = paging.paginate(
        rows, order=("-valid_from", "-id"), cursor=request.GET.get("cursor", "")
    )
    context = {
        "page": found,
        "rows": [{"row": r, "card": register.find(r.matter.code, shared.today())} for r in found],
        "may_add": actor.has(*shared.MOVERS),
    }
    return render(request, "mandate/precedents.html", context)


@page(*shared.MOVERS)
def new_precedent(request: HttpRequest) -> HttpResponse:
    """Record what the county decided."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        register = queries.register(actor)
        start = {"valid_from": shared.today(), "decided_by": "COUNTY", **_from_decision(request)}
    form = PrecedentForm(
        request.POST or None,
        matters=shared.matter_list(register, shared.today()),
        units=shared.unit_list(register),
        initial=start,
    )
    if request.method == "POST":
        answer = posting.send(
            request, form, lambda: _record(request, form), fields=shared.FORM_FIELDS
        )
        if answer is not None:
            return answer
    context = {"form": form, "layers": shared.layers()}
    return render(request, "mandate/precedent_form.html", context)


def _from_decision(request: HttpRequest) -> dict[str, Any]:
    """Matter and place of the decision that waits for the county."""
    wanted = request.GET.get("decision", "")
    try:
        UUID(wanted)
    except ValueError:
        return {}
    row = queries.get_decision_by_public_id(actor_of(request), wanted)
    shape = row.case["geometry"] or {}
    start: dict[str, Any] = {"matter": row.matter.code, "decision": wanted}
    if shape.get("type") == "Point":
        start["lon"], start["lat"] = shape["coordinates"]
    return start


def _record(request: HttpRequest, form: PrecedentForm) -> str:
    actor, data = actor_of(request), form.cleaned_data
    with tenancy.acting(actor):
        decision = data["decision"] and queries.get_decision_by_public_id(
            actor, str(data["decision"])
        )
        operations.record_precedent(
            actor,
            matter_code=data["matter"],
            lead_unit_code=data["lead_unit"],
            decided_by_code=data["decided_by"],
            place={"longitude": data["lon"], "latitude": data["lat"]},
            reason=(data["reason_zh"], data["reason_en"]),
            document=data["document"],
            valid_from=data["valid_from"],
            decision_id=decision.pk if decision else None,
            now=timezone.now(),
        )
    return reverse("mandate:precedents")
