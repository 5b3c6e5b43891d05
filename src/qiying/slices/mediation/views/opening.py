"""Registering a dispute, from a call or directly."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.kernel import posting, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import public as calls
from qiying.slices.mediation import operations, queries
from qiying.slices.mediation.forms import OpenForm
from qiying.slices.mediation.operations import PartyIn
from qiying.slices.mediation.rules import FACTS
from qiying.slices.mediation.views.case import fact_line
from qiying.slices.registry import public as registry

SHOWN_FACTS = ("voluntary", "free", "refusal_ends", "labour_fallback", "general_time")
PORTFOLIO_SHOWN = 300


@page(*operations.OPENERS)
def open_page(request: HttpRequest) -> HttpResponse:
    """The form of a new dispute; ``?call=`` fills in what the call knows."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        form = OpenForm(request.POST or None, initial=_initial(request, actor))
        parties = _resolved(actor, form) if request.method == "POST" else []
    if request.method == "POST":
        answer = posting.send(request, form, lambda: _open(actor, form, parties))
        if answer is not None:
            return answer
    with tenancy.reading(actor):
        is_officer = not actor.has(Role.DESK, Role.SUPERVISOR)
        firms = registry.enterprises_of(actor)[:PORTFOLIO_SHOWN] if is_officer else []
        context = {
            "form": form,
            "firms": firms,
            "facts": [fact_line(FACTS[code]) for code in SHOWN_FACTS],
            "today": queries.today(now),
        }
        return render(request, "mediation/open.html", context)


def _initial(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    found: dict[str, Any] = {"applied_on": queries.today(timezone.now())}
    given = request.GET.get("call", "")
    if not given.isdecimal() or len(given) > 18:
        return found
    try:
        card = calls.card(actor, int(given))
    except NotFound:
        return found
    found |= {"call": card.id, "title": card.title}
    if card.enterprise_id is not None:
        found["party0_firm"] = registry.enterprise(actor, card.enterprise_id).name
    return found


def _resolved(actor: Actor, form: OpenForm) -> list[PartyIn]:
    """The parties of the form; a firm that cannot be told from others is a fault of its line."""
    if not form.is_valid():
        return []
    found = []
    for line, row in form.parties():
        firm_id = None
        if row["firm"]:
            firm_id = _firm(actor, row["firm"])
            if firm_id is None:
                form.add_error(
                    f"party{line}_firm",
                    _("No firm, or more than one, fits. Give the credit code."),
                )
                continue
        name = "" if firm_id else row["name"]
        phone = "" if firm_id else row["phone"]
        found.append(PartyIn(row["side"], firm_id, name, phone, row["spokesperson"]))
    return found


def _firm(actor: Actor, text: str) -> int | None:
    """The one firm of this name or credit code."""
    found = registry.search_enterprises(actor, text, 5)
    exact = [c for c in found if text in {c.name_zh, c.name_en, c.credit_code}]
    rows = exact or found
    return rows[0].id if len(rows) == 1 else None


def _open(actor: Actor, form: OpenForm, parties: list[PartyIn]) -> str:
    data = form.cleaned_data
    case = operations.open_case(
        actor,
        kind=data["kind"],
        title=data["title"],
        facts=data["facts"],
        parties=parties,
        now=timezone.now(),
        applied_on=data["applied_on"],
        arose_on=data["arose_on"],
        claim_cny=data["claim_cny"],
        call_id=data["call"],
    )
    return reverse("mediation:case", args=[case.public_id])
