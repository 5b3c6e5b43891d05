"""Many calls at once: what is to be done, to which, and afterwards what came of each."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from qiying.kernel import problems, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, NotFound
from qiying.kernel.people import people_with
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page, submit_once
from qiying.slices.calls import operations, queries
from qiying.slices.calls.forms.words import Words
from qiying.slices.calls.models import BULK_LABELS, BULK_STATE_LABELS, BULK_TONES, BulkRow, BulkRun
from qiying.slices.calls.queries import bulk
from qiying.slices.calls.rules.desk import (
    BULK_ROLES,
    BULK_USERS,
    MOST_AT_ONCE,
    UNDOABLE,
    BulkAction,
    BulkState,
)
from qiying.slices.calls.views import filters, staff

ICONS = {
    BulkAction.ASSIGN: "user-check",
    BulkAction.SIGN: "pen-line",
    BulkAction.URGE: "bell-ring",
    BulkAction.CLASSIFY: "map-pin-pen",
    BulkAction.NOTE: "lock",
}
KEYS = {BulkAction.ASSIGN: "a", BulkAction.NOTE: "i", BulkAction.URGE: "u", BulkAction.SIGN: "s"}
HINTS: Mapping[str, Promise] = {
    BulkAction.ASSIGN: _("The person is put in charge of your unit's part of each call."),
    BulkAction.SIGN: _("Your unit signs for its part of each call; the work begins."),
    BulkAction.URGE: _(
        "Each call goes on the first rung of the ladder and its unit is told; one that stands on a rung is chased again. This cannot be taken back."
    ),
    BulkAction.CLASSIFY: _("Each call is decided again: whose job it is and until when."),
    BulkAction.NOTE: _("Colleagues who may see the call read it; the firm never does."),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One thing that this reader may do to the picked rows."""

    action: str
    label: Promise | str
    icon: str
    keys: str


def offers_of(actor: Actor) -> list[Offer]:
    """The buttons of the bar under a list."""
    if actor.person_id is None:
        return []
    return [
        Offer(a, BULK_LABELS[a], ICONS[a], KEYS.get(a, ""))
        for a in BulkAction
        if actor.roles & BULK_ROLES[a]
    ]


class BulkForm(forms.Form):
    """What the action needs besides the calls."""

    person_id = forms.TypedChoiceField(label=_("Person in charge"), coerce=int, required=True)
    matter_code = forms.ChoiceField(label=_("Matter"))
    text = Words(label=_("Words to colleagues"), rows=3)

    def __init__(self, actor: Actor, action: str, now: datetime, *args: Any) -> None:
        super().__init__(*args)
        for name in set(self.fields) - FIELDS[BulkAction(action)]:
            del self.fields[name]
        if "person_id" in self.fields:
            found = _people(actor, now)
            self.fields["person_id"].choices = [("", _("Choose a person")), *found]  # type: ignore[attr-defined]
        if "matter_code" in self.fields:
            groups = filters.matter_groups(actor, now)
            self.fields["matter_code"].choices = [("", _("Choose a matter")), *groups]  # type: ignore[attr-defined]
        if action == BulkAction.URGE:
            self.fields["text"].required = False
            self.fields["text"].label = _("A word to the unit")


FIELDS: Mapping[BulkAction, set[str]] = {
    BulkAction.ASSIGN: {"person_id"},
    BulkAction.SIGN: set(),
    BulkAction.URGE: {"text"},
    BulkAction.CLASSIFY: {"matter_code"},
    BulkAction.NOTE: {"text"},
}


def _people(actor: Actor, now: datetime) -> list[tuple[int, str]]:
    on = queries.local_day(now)
    found = {}
    for unit_id in sorted(actor.units(Role.HANDLER, Role.UNIT_LEADER)):
        for person in people_with(actor, Role.HANDLER, Role.UNIT_LEADER, unit_id=unit_id, on=on):
            found[person.pk] = str(person)
    return sorted(found.items(), key=lambda pair: pair[1])


@page(*BULK_USERS)
def ask(request: HttpRequest) -> HttpResponse:
    """GET: the picked calls and a form; POST: do it, row by row."""
    actor, now = actor_of(request), timezone.now()
    given = request.POST if request.method == "POST" else request.GET
    action = given.get("do", "")
    if action not in set(BulkAction):
        raise NotFound("not_found")
    if not actor.roles & BULK_ROLES[BulkAction(action)]:
        raise Denied("access.role")
    numbers = [filters.plain(n)[:24] for n in given.getlist("id")[: MOST_AT_ONCE + 1]]
    if request.method != "POST":
        form = BulkForm(actor, action, now)
        return _form(request, actor, action, numbers, form, now=now)
    with tenancy.reading(actor):
        calls = bulk.picked_calls(actor, numbers, limit=MOST_AT_ONCE + 1)
        form = BulkForm(actor, action, now, request.POST)
        is_valid = form.is_valid()
    if not is_valid:
        return _form(request, actor, action, numbers, form, now=now, status=422)
    return _submit(request, actor, action, [c.pk for c in calls], form, now)


def _submit(
    request: HttpRequest,
    actor: Actor,
    action: str,
    ids: list[int],
    form: BulkForm,
    now: datetime,
) -> HttpResponse:
    begun: list[BulkRun] = []

    def work() -> str:
        if not ids:
            raise Invalid("calls.bulk_none")
        run = operations.begin_bulk(actor, action, ids, now=now, **form.cleaned_data)
        begun.append(run)
        return reverse("calls:bulk-result", args=[run.public_id])

    response = submit_once(request, work)
    for run in begun:
        operations.run_bulk(actor, run.pk, now=now)
    return response


def _form(
    request: HttpRequest,
    actor: Actor,
    action: str,
    numbers: Iterable[str],
    form: BulkForm,
    *,
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    with tenancy.reading(actor):
        calls = bulk.picked_calls(actor, numbers, limit=MOST_AT_ONCE)
        context = {
            "action": action,
            "label": BULK_LABELS[action],
            "icon": ICONS[BulkAction(action)],
            "hint": HINTS[action],
            "may_undo": BulkAction(action) in UNDOABLE,
            "form": form,
            "rows": staff.rows_of(actor, calls, now=now),
            "most": MOST_AT_ONCE,
        }
        return render(request, "calls/speed/bulk.html", context, status=status)


# --- what came of it ---


@dataclass(frozen=True, slots=True)
class Line:
    """One call with what came of it."""

    row: BulkRow
    number: str
    title: str
    firm: str
    url: str
    tone: str
    label: Promise | str
    why: str


@page(*BULK_USERS)
def result(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Each call with what came of it, and the way back while there is one."""
    actor, now = actor_of(request), timezone.now()
    run = bulk.get_run_by_public_id(actor, run_id)
    rows = bulk.rows_of_run(actor, run)
    counts = {s: sum(r.state == s for r in rows) for s in BulkState}
    until = [
        r.undo_until
        for r in rows
        if r.state == BulkState.DONE and r.undo_until and r.undo_until >= now
    ]
    context = {
        "run": run,
        "label": BULK_LABELS[run.action],
        "lines": [_line(r) for r in rows],
        "counts": [
            (BULK_STATE_LABELS[s], BULK_TONES[s], counts[s]) for s in BulkState if counts[s]
        ],
        "waiting": counts[BulkState.WAITING],
        "undo_until": max(until) if until else None,
        "undo_count": len(until),
        "may_undo": BulkAction(run.action) in UNDOABLE,
    }
    return render(request, "calls/speed/result.html", context)


def _line(row: BulkRow) -> Line:
    why = problems.sentence(row.problem) if row.problem else ""
    if row.undo_problem and row.state == BulkState.DONE:
        why = problems.sentence(row.undo_problem)
    return Line(
        row,
        row.call.number,
        row.call.title,
        str(row.call.enterprise or ""),
        reverse("calls:case", args=[row.call.public_id]),
        BULK_TONES[BulkState(row.state)],
        BULK_STATE_LABELS[row.state],
        why,
    )


@page(*BULK_USERS)
@require_POST
def undo(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Take back what can be taken back: all rows, or the one that ``row`` names."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        run = bulk.get_run_by_public_id(actor, run_id)
    count = operations.undo_bulk(actor, run.pk, now=now)
    _say(request, count)
    return HttpResponseSeeOther(reverse("calls:bulk-result", args=[run_id]))


def _say(request: HttpRequest, count: int) -> None:
    words = ngettext("%(n)d call was put back.", "%(n)d calls were put back.", count)
    messages.info(request, words % {"n": count})


@page(*BULK_USERS)
@require_POST
def go_on(request: HttpRequest, run_id: UUID) -> HttpResponse:
    """Do the rows that still wait after a run was cut short."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        run = bulk.get_run_by_public_id(actor, run_id)
    operations.run_bulk(actor, run.pk, now=now)
    return HttpResponseSeeOther(reverse("calls:bulk-result", args=[run_id]))
