"""The list of disputes: the desk's register, a mediator's own, a firm's own."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import exports, paging, saved
from qiying.kernel.access import Actor
from qiying.kernel.web import actor_of, page
from qiying.slices.mediation import operations, queries
from qiying.slices.mediation.models import Case, is_house, labels
from qiying.slices.mediation.queries import ORDER, Filters
from qiying.slices.mediation.rules import TALKING, Confirmation, Kind, State
from qiying.slices.mediation.views import shared

TAB_LABELS: Mapping[str, Promise] = {
    "open": _("Under way"),
    "waiting": _("Consent or mediator missing"),
    "performing": _("Being performed"),
    "confirm": _("Window for confirmation open"),
    "over": _("Ended"),
    "all": _("All disputes"),
}


@page(*sorted(shared.READERS))
def list_page(request: HttpRequest) -> HttpResponse:
    """Disputes, newest first; tabs, kind and words narrow them."""
    actor, now = actor_of(request), timezone.now()
    wanted = _wanted(request, actor)
    rows = queries.list_cases(actor, wanted, now=now)
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, rows, wanted, now), kind)
    found = paging.paginate(rows, order=ORDER, cursor=request.GET.get("cursor", ""))
    counts = queries.tab_counts(actor, now=now)
    names = queries.party_names(actor, found.rows)
    context = {
        "page": found,
        "rows": [row_of(c, names, now) for c in found],
        "tabs": _tabs(request, actor, counts, wanted.tab),
        "kinds": labels.choices(labels.KINDS),
        "kind": wanted.kind,
        "may_open": actor.has(*operations.OPENERS),
        "is_house": is_house(actor),
        "is_empty": counts["all"] == 0,
    }
    return render(request, "mediation/list.html", context)


def _wanted(request: HttpRequest, actor: Actor) -> Filters:
    default = "open" if is_house(actor) else "all"
    tab, kind = request.GET.get("tab", default), request.GET.get("kind", "")
    return Filters(
        tab if tab in TAB_LABELS else default,
        kind if kind in set(Kind) else "",
        request.GET.get("q", "").strip()[:100],
    )


def _tabs(
    request: HttpRequest, actor: Actor, counts: Mapping[str, int], tab: str
) -> list[dict[str, Any]]:
    built_in = [
        {"label": label, "url": f"?tab={key}", "count": counts[key], "active": key == tab}
        for key, label in TAB_LABELS.items()
    ]
    kept = saved.views_of(actor, request.path)
    path = request.path
    return [
        *built_in,
        *({"label": v.name, "url": f"{path}?{v.query}", "active": False} for v in kept),
    ]


def row_of(case: Case, names: Mapping[int, str], now: datetime) -> dict[str, Any]:
    """A case as a line: who, how it stands, which limit runs."""
    label, due_at = limit_of(case, now)
    return {
        "case": case,
        "url": reverse("mediation:case", args=[case.public_id]),
        "kind": labels.KINDS[case.kind],
        "label": labels.STATES[case.state],
        "tone": labels.STATE_TONES[case.state],
        "parties": names.get(case.pk, ""),
        "mediator": str(case.mediator.person) if case.mediator else "",
        "limit": label,
        "due_at": due_at,
    }


def limit_of(case: Case, now: datetime) -> tuple[Promise | str, datetime | None]:
    """The limit that runs now and what it is for."""
    if case.state in TALKING:
        is_labour = case.kind == Kind.LABOUR
        return (_("15 days of labour mediation") if is_labour else _("Agreement aimed at")), (
            case.settle_due_at
        )
    is_waiting = case.confirmation == Confirmation.NOT_ASKED and case.state != State.ARCHIVED
    if is_waiting and case.confirm_due_at and case.confirm_due_at > now:
        return _("Window for confirmation"), case.confirm_due_at
    return "", None


def _sheet(actor: Actor, rows: Any, wanted: Filters, now: datetime) -> exports.Sheet:
    cases = list(rows.order_by(*ORDER)[: exports.MAX_ROWS])
    names = queries.party_names(actor, cases)
    headings = [
        gettext("Number"),
        gettext("Kind of dispute"),
        gettext("In short"),
        gettext("Parties"),
        gettext("Mediator"),
        gettext("State"),
        gettext("Application received on"),
        gettext("In force since"),
        gettext("Judicial confirmation"),
    ]
    lines = [_line(case, names) for case in cases]
    filters = [(gettext("List"), str(TAB_LABELS[wanted.tab]))]
    if wanted.kind:
        filters.append((gettext("Kind of dispute"), str(labels.KINDS[wanted.kind])))
    if wanted.q:
        filters.append((gettext("Words searched"), wanted.q))
    return exports.Sheet(gettext("Disputes"), headings, lines, filters, actor.name, now)


def _line(case: Case, names: Mapping[int, str]) -> list[Any]:
    return [
        case.number,
        str(labels.KINDS[case.kind]),
        case.title,
        names.get(case.pk, ""),
        str(case.mediator.person) if case.mediator else "",
        str(labels.STATES[case.state]),
        case.applied_on,
        case.effective_on,
        str(labels.CONFIRMATIONS[case.confirmation]) if case.effective_on else "",
    ]
