"""Selections of innovative cases: the list, one selection, what is decided about it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from qiying.kernel import exports, paging, posting, printing, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid, NotFound
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page, submit_once
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.forms import (
    ChooseForm,
    ObjectionForm,
    PersonForm,
    SelectionForm,
    SettleForm,
    StepForm,
)
from qiying.slices.casebook.models import Selection, labels
from qiying.slices.casebook.views import lists, shared
from qiying.slices.registry import public as registry

ORGANISERS = tuple(sorted(rules.ORGANISERS))
CHOOSERS = tuple(sorted(rules.CHOOSERS))
MOVERS = tuple(sorted(rules.ORGANISERS | rules.CHOOSERS))
ORDER = ("-made_at", "-id")


def url_of(row: Selection) -> str:
    return reverse("casebook:selection", args=[row.public_id])


@page(*shared.READERS)
def selections(request: HttpRequest) -> HttpResponse:
    """Every selection that the reader may see."""
    actor = actor_of(request)
    found = queries.list_selections(actor)
    rows = paging.paginate(found, order=ORDER, cursor=request.GET.get("cursor", ""))
    counts = queries.counts_of(actor, rows.rows)
    context = {
        "base": shared.base_of(actor),
        "page": rows,
        "lines": [
            {
                "row": row,
                "url": url_of(row),
                "label": labels.SELECTION_LABELS[row.state],
                "tone": labels.SELECTION_TONES[row.state],
                "count": counts.get(row.pk, 0),
            }
            for row in rows
        ],
        "may_prepare": actor.has(*rules.ORGANISERS),
        "to_read": queries.readings_to_do(actor),
    }
    return render(request, "casebook/selections.html", context)


@page(*ORGANISERS)
def prepare(request: HttpRequest) -> HttpResponse:
    """Prepare a call for cases."""
    actor = actor_of(request)
    form = SelectionForm(request.POST or None)
    if request.method == "POST":
        answer = posting.send(
            request, form, lambda: _prepare(actor, form), raised=(NotFound, Denied)
        )
        if answer is not None:
            return answer
    context = {"form": form, "source": shared.source()}
    return render(request, "casebook/prepare.html", context)


def _prepare(actor: Actor, form: SelectionForm) -> str:
    return url_of(operations.prepare(actor, now=timezone.now(), **form.terms()))


MAIN_LINE = (
    *("draft", "open", "checking", "reviewing", "ranked", "shortlisted", "publicity", "final"),
)


@page(*shared.READERS)
def selection_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One selection as far as the reader may see it."""
    actor, now = actor_of(request), timezone.now()
    row = queries.get_selection_by_public_id(actor, public_id)
    if kind := exports.wanted(request):
        return exports.respond(lists.sheet_of(request, actor, row, now=now), kind)
    state = MAIN_LINE.index(row.state) if row.state in MAIN_LINE else -1
    house = shared.is_house(actor)
    context = {
        "base": shared.base_of(actor),
        "is_house": house,
        "row": row,
        "label": labels.SELECTION_LABELS[row.state],
        "tone": labels.SELECTION_TONES[row.state],
        "stages": [
            {"label": labels.SELECTION_LABELS[rules.SelectionState(s)], "state": _at(i, state)}
            for i, s in enumerate(MAIN_LINE)
        ],
        "tie_rule": row.get_tie_rule_display(),
        "criteria": shared.criteria_lines(row.criteria),
        "source": shared.source(),
        "listed": lists.listed(actor, row),
        "per_county": queries.per_county(queries.publicised(actor, row)),
        "objections": lists.objection_lines(actor, row),
        "may_object": rules.SELECTION.open_to(row.state, actor.roles).count("object") > 0,
        "is_listed": row.state in rules.LISTED,
        **(_inside(actor, row, now=now) if house else {}),
    }
    return render(request, "casebook/selection.html", context)


def _at(index: int, at: int) -> str:
    if index == at:
        return "current"
    return "done" if index < at else "todo"


BUTTONS = ("announce", "close", "deal", "third", "rank", "publicise", "conclude", "cancel")


def _inside(actor: Actor, row: Selection, *, now: datetime) -> dict[str, Any]:
    """What the house sees: entries, panel, progress, ranking, steps."""
    may_organise = actor.has(*rules.ORGANISERS)
    may_choose = actor.has(*rules.CHOOSERS)
    oversees = actor.has(*rules.ORGANISERS, *rules.CHOOSERS, "auditor")
    open_now = rules.SELECTION.open_to(row.state, actor.roles)
    marks = queries.marks_of(row) if oversees else []
    return {
        "oversees": oversees,
        "entries": lists.entry_lines(actor, row),
        "may_enter": "enter" in open_now,
        "seats": lists.seat_lines(row, marks) if oversees else [],
        "people": queries.may_sit(actor, row) if may_organise and "seat" in open_now else [],
        "done": sum(m.marked_at is not None for m in marks),
        "all": len(marks),
        "wide": len(queries.wide_entries(row, marks)),
        "readings": lists.reading_lines(actor, row),
        "ranking": lists.ranking_lines(actor, row) if oversees else [],
        "facts": lists.ranking_facts(row) if oversees else [],
        "may_choose": may_choose and row.state == rules.SelectionState.RANKED,
        "may_settle": may_choose,
        "steps": [
            (s, labels.SELECTION_STEPS[s]) for s in open_now if s in BUTTONS and s != "cancel"
        ],
        "may_cancel": "cancel" in open_now,
        "today": timezone.localdate(now),
    }


def _row(actor: Actor, public_id: UUID) -> Selection:
    with tenancy.reading(actor):
        return queries.get_selection_by_public_id(actor, public_id)


Work = Callable[..., object]
STEPS: dict[str, Work] = {
    "announce": operations.announce,
    "close": operations.close_entries,
    "deal": operations.deal,
    "third": operations.deal_again,
    "rank": operations.rank,
    "publicise": operations.publicise,
    "conclude": operations.conclude,
}


@page(*MOVERS)
@require_POST
def step(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One step of the table of selections."""
    actor, data = actor_of(request), shared.checked(StepForm(request.POST))
    row, name = _row(actor, public_id), data["step"]
    if name == "cancel":
        operations.cancel(actor, row.pk, reason=data["reason"], now=timezone.now())
    elif name in STEPS:
        STEPS[name](actor, row.pk, now=timezone.now())
    else:
        raise Invalid("input.invalid", {"step": "input.choice"})
    return HttpResponseSeeOther(url_of(row))


@page(*ORGANISERS)
@require_POST
def seat(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Put somebody on the panel."""
    actor, data = actor_of(request), shared.checked(PersonForm(request.POST))
    row = _row(actor, public_id)

    def put() -> str:
        county = data["county"]
        operations.seat(actor, row.pk, data["person"], county=county, now=timezone.now())
        return f"{url_of(row)}#panel"

    return submit_once(request, put)


WHY = "why_"
LONGEST_ID = 18


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= LONGEST_ID


@page(*CHOOSERS)
@require_POST
def choose(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The meeting's decision."""
    actor, data = actor_of(request), shared.checked(ChooseForm(request.POST))
    row = _row(actor, public_id)
    ids = [int(v) for v in request.POST.getlist("entry") if _is_id(v)]
    reasons = {
        int(k.removeprefix(WHY)): str(v).replace("\x00", "")
        for k, v in request.POST.items()
        if k.startswith(WHY) and _is_id(k.removeprefix(WHY))
    }
    given = {"met_on": data["met_on"], "minutes": data["minutes"], "deviations": reasons}
    operations.choose(actor, row.pk, ids, now=timezone.now(), **given)
    return HttpResponseSeeOther(url_of(row))


@page(*shared.READERS)
@require_POST
def raise_objection(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Object to an entry of the publicised list."""
    actor, data = actor_of(request), shared.checked(ObjectionForm(request.POST))
    row = _row(actor, public_id)

    def put() -> str:
        given = {"text": data["text"], "now": timezone.now()}
        operations.raise_objection(actor, data["entry"], **given)
        return f"{url_of(row)}#objections"

    return submit_once(request, put)


@page(*CHOOSERS)
@require_POST
def settle(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Settle an objection."""
    actor, data = actor_of(request), shared.checked(SettleForm(request.POST))
    row = operations.settle(
        actor,
        public_id,
        is_upheld=data["outcome"] == "upheld",
        finding=data["finding"],
        now=timezone.now(),
    )
    with tenancy.reading(actor):
        address = url_of(queries.get_entry(actor, row.entry_id).selection)
    return HttpResponseSeeOther(f"{address}#objections")


@page(*shared.READERS)
def print_list(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The publicised or final list as PDF."""
    actor, now = actor_of(request), timezone.now()
    row = queries.get_selection_by_public_id(actor, public_id)
    if row.state not in rules.LISTED and not actor.has(*MOVERS):
        raise NotFound("not_found")
    return printing.respond(
        lists.sheet_of(request, actor, row, now=now),
        notes=lists.notes_of(row),
        issuer=registry.zone(actor).name,
    )
