"""Wordings on their shelf, and what helps with a step: words to begin with, whom to choose."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import nav, paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid, NotFound, Problem
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page, submit_once
from qiying.slices.calls import operations, queries
from qiying.slices.calls.forms.words import Words
from qiying.slices.calls.models import (
    STEP_LABELS,
    TEMPLATE_STATE_LABELS,
    TEMPLATE_TONES,
    Call,
    Wording,
)
from qiying.slices.calls.queries import colleagues as people
from qiying.slices.calls.queries import standing
from qiying.slices.calls.queries import wordings as shelves
from qiying.slices.calls.rules.desk import (
    APPROVERS,
    MAX_WORDING,
    TEMPLATE,
    TEMPLATE_STEPS,
    WRITERS,
)
from qiying.slices.calls.rules.handles import handles
from qiying.slices.calls.views import filters, staff
from qiying.slices.calls.views.shared import explain
from qiying.slices.calls.views.staff import READERS

AT_SHELF = tuple(sorted(WRITERS | APPROVERS))
PLACE_LABELS = {
    "firm": _("name of the firm"),
    "number": _("number of the call"),
    "due": _("when it is due"),
    "unit": _("lead unit"),
    "matter": _("matter"),
    "zone": _("name of the zone"),
}
MOST_PEOPLE = 8


class WordingForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=60)
    step = forms.ChoiceField(label=_("Step"))
    matter_code = forms.ChoiceField(label=_("Matter"), required=False)
    unit_id = forms.TypedChoiceField(label=_("Unit"), coerce=int, empty_value=None, required=False)
    text = Words(label=_("Words"), rows=5)

    def __init__(self, actor: Actor, *args: object, **more: object) -> None:
        super().__init__(*args, **more)  # type: ignore[arg-type]
        now = timezone.now()
        choices: dict[str, list[object]] = {
            "step": [(s, STEP_LABELS[s]) for s in TEMPLATE_STEPS],
            "matter_code": [("", _("Any matter")), *filters.matter_groups(actor, now)],
            "unit_id": _units(actor),
        }
        for name, found in choices.items():
            self.fields[name].choices = found  # type: ignore[attr-defined]


def _units(actor: Actor) -> list[object]:
    if actor.has(Role.DESK, Role.SUPERVISOR):
        return [("", _("Every unit")), *filters.unit_groups(actor)]
    cards = {u.id: u.name for u in queries.unit_cards(actor).values()}
    return [(u, cards[u]) for u in sorted(actor.units()) if u in cards]


@page(*AT_SHELF)
def shelf(request: HttpRequest) -> HttpResponse:
    """Every wording with its version, who put it in force and how often it was used."""
    actor = actor_of(request)
    if request.method == "POST":
        return _write(request, actor)
    return _shelf(request, actor, WordingForm(actor, initial=_initial(request, actor)))


def _initial(request: HttpRequest, actor: Actor) -> dict[str, object]:
    """A new version begins with the words of the one before."""
    text = request.GET.get("from", "")
    try:
        row = shelves.get_wording(actor, UUID(text)) if text else None
    except ValueError:
        row = None
    if row is None:
        return {}
    names = ("name", "step", "matter_code", "unit_id", "text")
    return {name: getattr(row, name) for name in names}


def _write(request: HttpRequest, actor: Actor) -> HttpResponse:
    actor.require(*WRITERS)
    with tenancy.reading(actor):
        form = WordingForm(actor, request.POST)
        is_valid = form.is_valid()
    key = request.POST.get("key", "")
    try:
        if is_valid:
            given = {**form.cleaned_data, "key": UUID(key) if key else None}

            def work() -> str:
                operations.write_wording(actor, now=timezone.now(), **given)
                return reverse("calls:wordings")

            return submit_once(request, work)
    except ValueError as error:
        raise NotFound("not_found") from error
    except NotFound:
        raise
    except Problem as problem:
        explain(form, problem)
    with tenancy.reading(actor):
        return _shelf(request, actor, form, status=422)


def _shelf(
    request: HttpRequest, actor: Actor, form: WordingForm, *, status: int = 200
) -> HttpResponse:
    state, step = request.GET.get("state", ""), request.GET.get("step", "")
    rows = shelves.shelf(
        actor,
        state=state if state in TEMPLATE_STATE_LABELS else "",
        step=step if step in TEMPLATE_STEPS else "",
    )
    found = paging.paginate(
        rows, order=("-written_at", "-id"), cursor=request.GET.get("cursor", "")
    )
    names = staff.matter_names(actor, timezone.now())
    base = shelves.shelf(actor).filter(public_id=_uuid(request.GET.get("from", ""))).first()
    context = {
        "page": found,
        "rows": [_line(actor, row, names) for row in found],
        "form": form,
        "may_write": bool(actor.roles & WRITERS),
        "next_of": base,
        "places": PLACE_LABELS.items(),
        "most": MAX_WORDING,
        "tabs": [
            {"label": label, "url": f"?state={code}" if code else "?", "active": code == state}
            for code, label in [("", _("All")), *TEMPLATE_STATE_LABELS.items()]
        ],
    }
    return render(request, "calls/speed/wordings.html", context, status=status)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)


def _line(actor: Actor, row: Wording, names: Mapping[str, str]) -> dict[str, object]:
    is_own = row.written_by_id == actor.person_id
    steps = TEMPLATE.open_to(row.state, actor.roles)
    return {
        "row": row,
        "tone": TEMPLATE_TONES[row.state],  # type: ignore[index]
        "label": TEMPLATE_STATE_LABELS[row.state],
        "matter": names.get(row.matter_code, row.matter_code),
        "may_approve": "approve" in steps and not is_own,
        "may_retire": "retire" in steps,
        "is_own": is_own and row.state == "draft",
    }


ACTS: Mapping[str, Callable[..., Wording]] = {
    "approve": operations.approve_wording,
    "retire": operations.retire_wording,
}


@page(*AT_SHELF)
def wording(request: HttpRequest, wording_id: UUID) -> HttpResponse:
    """GET leads to the shelf with these words to begin with; POST puts in force or retires."""
    actor = actor_of(request)
    if request.method != "POST":
        shelves.get_wording(actor, wording_id)
        return redirect(f"{reverse('calls:wordings')}?from={wording_id}")
    act = ACTS.get(request.POST.get("do", ""))
    if act is None:
        with tenancy.reading(actor):
            shelves.get_wording(actor, wording_id)
        raise Invalid("input.invalid", {"do": "input.choice"})
    act(actor, wording_id, now=timezone.now())
    messages.success(request, gettext("Kept."))
    return HttpResponseSeeOther(reverse("calls:wordings"))


# --- help with a step ---


@page(*READERS)
def aid(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """What helps with one step of a call; POST counts that a wording was put in."""
    actor, now = actor_of(request), timezone.now()
    if request.method == "POST":
        with tenancy.reading(actor):
            call = queries.get_by_public_id(actor, public_id)
        used = _uuid(request.POST.get("wording", ""))
        operations.use_wording(actor, used, call.pk, now=now)
        return HttpResponse(status=204)
    call = queries.get_by_public_id(actor, public_id)
    context = {
        "call": call,
        "step": step,
        "offered": shelves.offered(actor, call, step) if step in TEMPLATE_STEPS else [],
        "people": _suggested(request, actor, call) if step == "assign_person" else [],
    }
    return render(request, "calls/speed/aid.html", context)


def _suggested(request: HttpRequest, actor: Actor, call: Call) -> list[people.Suggestion]:
    text = request.GET.get("row", "")
    task_id = int(text) if text.isdecimal() and len(text) < 19 else 0
    if queries.find_task_call(actor, task_id) != call.pk:
        return []
    return people.suggestions(actor, queries.get_task(actor, task_id), call, now=timezone.now())


@page(*READERS)
def colleagues(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The people who can be named in a note of this call: only those who may read it."""
    actor, now = actor_of(request), timezone.now()
    call = queries.get_by_public_id(actor, public_id)
    q = request.GET.get("q", "").strip().lower()[:64]
    readers = people.readers_of(actor, call, now=now)
    units = standing.units_of(actor, readers, now=now)
    written = handles({p.pk: (p.name, p.username) for p in readers}, units)
    found = [
        p
        for p in readers
        if p.pk != actor.person_id and (q in p.name.lower() or q in p.username.lower())
    ]
    rows = [
        {
            "name": " · ".join(w for w in (p.name or p.username, units.get(p.pk, "")) if w),
            "insert": written[p.pk],
        }
        for p in found[:MOST_PEOPLE]
    ]
    return JsonResponse({"people": rows})


def register_wordings() -> None:
    """Hang the shelf into the navigation; called once at start-up."""
    nav.item("follow", _("Wordings"), "calls:wordings", "quote", AT_SHELF, order=18)
