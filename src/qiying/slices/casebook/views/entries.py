"""Handing a case in, checking it, reading it under its blind number."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from qiying.kernel import posting, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, NotFound
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.forms import (
    EntryForm,
    EntryTextForm,
    InterestForm,
    PointsForm,
    RemarkForm,
)
from qiying.slices.casebook.models import Entry, Selection, labels
from qiying.slices.casebook.views import shared
from qiying.slices.casebook.views.library import finding_line
from qiying.slices.registry import public as registry

ENTRANTS = tuple(sorted(rules.ENTRANTS))
REVIEWERS = tuple(sorted(rules.REVIEWERS))


def url_of(entry: Entry) -> str:
    return reverse("casebook:entry", args=[entry.public_id])


@page(*ENTRANTS)
def enter(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Hand a case in."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = queries.get_selection_by_public_id(actor, public_id)
        units = _units(actor)
        county = registry.zone(actor).county_zh
    form = EntryForm(request.POST or None, units=units, initial={"county": county})
    if request.method == "POST":
        answer = posting.send(
            request, form, lambda: _enter(actor, row, form), raised=(NotFound, Denied)
        )
        if answer is not None:
            return answer
    context = {"row": row, "form": form, "criteria": shared.criteria_lines(row.criteria)}
    return render(request, "casebook/enter.html", context)


def _units(actor: Actor) -> list[tuple[str, str]]:
    """The units one may enter for: one's own, for an organiser all."""
    own = actor.units()
    everything = actor.has(*rules.ORGANISERS)
    cards = registry.units(actor).values()
    return [(str(c.id), c.name) for c in cards if not c.is_retired and (everything or c.id in own)]


def _enter(actor: Actor, row: Selection, form: EntryForm) -> str:
    data = form.cleaned_data
    entry = operations.enter(
        actor,
        row.pk,
        level=data["level"],
        county=data["county"],
        entrant=data["entrant"],
        unit_id=data["unit"],
        texts=form.texts(),
        evidence=data["evidence"],
        now=timezone.now(),
    )
    return url_of(entry)


@page(*shared.READERS)
def entry_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One entry: its text, and for entrant and organiser how it stands."""
    actor = actor_of(request)
    entry = queries.get_entry_by_public_id(actor, public_id)
    oversees = actor.has(*rules.ORGANISERS, *rules.CHOOSERS, "auditor")
    is_own = entry.submitted_by_id == actor.person_id
    works = oversees or is_own
    is_early = entry.selection.state in (rules.SelectionState.OPEN, rules.SelectionState.CHECKING)
    context = {
        "base": shared.base_of(actor),
        "is_house": shared.is_house(actor),
        "entry": entry,
        "row": entry.selection,
        "row_url": reverse("casebook:selection", args=[entry.selection.public_id]),
        "label": labels.ENTRY_LABELS[entry.state],
        "tone": labels.ENTRY_TONES[entry.state],
        "level": labels.LEVEL_LABELS[entry.level],
        "parts": parts_of(entry),
        "works": works,
        "findings": _findings(actor, entry) if works and is_early else [],
        "may_check": actor.has(*rules.ORGANISERS) and not is_own and is_early,
        "may_edit": is_own and is_early and entry.state in ("submitted", "returned"),
        "may_withdraw": is_own and is_early and entry.state != "withdrawn",
    }
    return render(request, "casebook/entry.html", context)


def parts_of(entry: Entry) -> list[tuple[Any, str]]:
    return [(labels.PART_LABELS[p], getattr(entry, p)) for p in rules.TEXTS if p != "title"]


def _findings(actor: Actor, entry: Entry) -> list[dict[str, Any]]:
    return [finding_line(f, {}) for f in operations.entry_findings(actor, entry)]


@page(*ENTRANTS)
def edit_entry(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Complete one's own entry."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        entry = queries.get_entry_by_public_id(actor, public_id)
        if entry.submitted_by_id != actor.person_id:
            raise NotFound("not_found")
    initial = {**queries.texts_of(entry), "evidence": entry.evidence}
    form = EntryTextForm(request.POST or None, initial=initial)
    if request.method == "POST":
        answer = posting.send(
            request, form, lambda: _resubmit(actor, entry, form), raised=(NotFound, Denied)
        )
        if answer is not None:
            return answer
    context = {"entry": entry, "row": entry.selection, "form": form}
    return render(request, "casebook/entry_edit.html", context)


def _resubmit(actor: Actor, entry: Entry, form: EntryTextForm) -> str:
    given = {"texts": form.texts(), "evidence": form.cleaned_data["evidence"]}
    operations.resubmit(actor, entry.pk, now=timezone.now(), **given)
    return url_of(entry)


@page(*ENTRANTS)
@require_POST
def step(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Found complete, given back, or withdrawn."""
    actor, data = actor_of(request), shared.checked(RemarkForm(request.POST))
    with tenancy.reading(actor):
        entry = queries.get_entry_by_public_id(actor, public_id)
    now = timezone.now()
    if data["step"] == "complete":
        operations.pass_check(actor, entry.pk, now=now)
    elif data["step"] == "give_back":
        operations.give_back(actor, entry.pk, remark=data["remark"], now=now)
    else:
        operations.withdraw_entry(actor, entry.pk, now=now)
    return HttpResponseSeeOther(url_of(entry))


@page(*REVIEWERS)
def reading(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Read and judge an entry without knowing whose it is."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        mark = queries.get_reading(actor, public_id)
        row = mark.entry.selection
    form = PointsForm(request.POST or None, criteria=row.criteria)
    if request.method == "POST":
        answer = posting.send(
            request, form, lambda: _mark(actor, public_id, row, form), raised=(NotFound, Denied)
        )
        if answer is not None:
            return answer
    context = {
        "blind": mark.entry.blind,
        "title": mark.entry.title,
        "parts": parts_of(mark.entry),
        "evidence": mark.entry.evidence,
        "row": row,
        "row_url": reverse("casebook:selection", args=[row.public_id]),
        "public_id": public_id,
        "form": form,
        "mark": mark,
        "is_given": mark.marked_at is not None,
        "is_open": row.state == rules.SelectionState.REVIEWING,
        "source": shared.source(),
    }
    return render(request, "casebook/reading.html", context)


def _mark(actor: Actor, public_id: UUID, row: Selection, form: PointsForm) -> str:
    operations.mark(
        actor,
        public_id,
        points=form.points(),
        comment=form.cleaned_data["comment"],
        now=timezone.now(),
    )
    return f"{reverse('casebook:selection', args=[row.public_id])}#readings"


@page(*REVIEWERS)
@require_POST
def recuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Stand back from an entry that was dealt to one."""
    actor, data = actor_of(request), shared.checked(InterestForm(request.POST))
    with tenancy.reading(actor):
        mark = queries.get_reading(actor, public_id)
        row = mark.entry.selection
    operations.declare_interest(actor, mark.entry_id, reason=data["reason"], now=timezone.now())
    return HttpResponseSeeOther(reverse("casebook:selection", args=[row.public_id]))
