"""The page of a class issue: its calls and why, cause, measure, recurrence, the steps that are open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from qiying.kernel import files, posting, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, NotFound, Problem
from qiying.kernel.models import Attachment
from qiying.kernel.web import actor_of, page, submit_once
from qiying.slices.class_issues import operations, queries
from qiying.slices.class_issues.forms import StepForm
from qiying.slices.class_issues.models import Issue
from qiying.slices.class_issues.models.labels import STEP_LABELS
from qiying.slices.class_issues.rules import READERS
from qiying.slices.class_issues.views import _record as record
from qiying.slices.class_issues.views import _shared as shared
from qiying.slices.class_issues.views import _steps as steps


@dataclass(frozen=True, slots=True)
class Tried:
    """A form that could not be taken, with the files that are with us already."""

    form: StepForm
    held: list[Attachment]


@page(*READERS)
def issue_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One class issue."""
    actor = actor_of(request)
    return _show(request, queries.get_by_public_id(actor, public_id), now=timezone.now())


def _show(
    request: HttpRequest,
    issue: Issue,
    *,
    now: datetime,
    tried: Tried | None = None,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    found = queries.dossier(actor, issue)
    counted = queries.recurrence_of(actor, issue, now=now)
    names = shared.matter_names(actor)
    tone, label = shared.tone(issue)
    opened = queries.steps_open(actor, found, counted, now=now)
    scene = steps.Scene(actor, found, shared.heading(issue, names), now)
    context = {
        "issue": issue,
        "heading": shared.heading(issue, names),
        "tone": tone,
        "label": label,
        "is_late": shared.is_late(issue, now),
        "stepper": record.stepper(issue),
        "facts": record.facts(issue, names.get(issue.matter_code, issue.matter_code)),
        "members": record.members(found),
        "hidden": found.hidden,
        "firms": len({line.card.enterprise_id for line in found.members}),
        "milestones": record.milestones(found, now),
        "evidence": [(f.name, files.url(f)) for f in found.evidence],
        "recurrence": record.recurrence(counted),
        "findings": record.findings(found),
        "lines": record.timeline_of(actor, found),
        "steps": [steps.view_of(scene, s, tried.form if tried else None) for s in opened],
        "held": tried.held if tried else [],
        "tried": tried.form.step if tried else "",
    }
    return render(request, "class_issues/issue.html", context, status=status)


@page(*READERS)
@require_POST
def take(request: HttpRequest, public_id: UUID, step: str) -> HttpResponse:
    """Take one step once; a form that cannot be taken comes back with everything it held."""
    if step not in STEP_LABELS:
        raise NotFound("not_found")
    actor, now = actor_of(request), timezone.now()
    with tenancy.reading(actor):
        issue = queries.get_by_public_id(actor, public_id)
        scene = steps.Scene(actor, queries.dossier(actor, issue), "", now)
        held = _held(request, actor)
        form = steps.form_of(scene, step, request.POST, request.FILES)
    try:
        if form.is_valid():
            return _submit(request, issue, form, held, now)
    except (NotFound, Denied):
        raise
    except Problem as refused:
        posting.explain(form, refused, fields=shared.FORM_FIELDS)
        status = refused.status
    else:
        status = 422
    held = [*held, *_store(actor, form, now)][: files.MAX_FILES]
    with tenancy.reading(actor):
        fresh = queries.get_by_public_id(actor, public_id)
        return _show(request, fresh, now=now, tried=Tried(form, held), status=status)


def _submit(
    request: HttpRequest, issue: Issue, form: StepForm, held: list[Attachment], now: datetime
) -> HttpResponse:
    actor, version = actor_of(request), request.POST.get("version", "")

    def work() -> str:
        ids = [row.pk for row in (*held, *_store(actor, form, now))]
        seen = int(version) if version.isdecimal() and len(version) < 10 else None
        made = operations.take(
            actor, issue.pk, form.step, now=now, version=seen, **form.inputs(ids)
        )
        return reverse("class_issues:issue", args=[made.public_id])

    response = submit_once(request, work)
    words = {"number": issue.number, "step": STEP_LABELS[form.step]}
    messages.success(request, gettext("%(number)s: %(step)s, done.") % words)
    return response


def _store(actor: Actor, form: StepForm, now: datetime) -> list[Attachment]:
    return [files.store(actor, u, purpose="evidence", now=now) for u in form.uploads]


def _held(request: HttpRequest, actor: Actor) -> list[Attachment]:
    """The actor's own loose files that a form which came back still holds."""
    found: list[Attachment] = []
    for text in request.POST.getlist("kept")[: files.MAX_FILES]:
        try:
            row = files.get(actor, UUID(text))
        except (ValueError, NotFound):
            continue
        if row.subject_id is None and row not in found:
            found.append(row)
    return found
