"""Working on cases: nominate, write, settle findings, judge, decide, cite."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from qiying.kernel import paging, posting, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, NotFound
from qiying.kernel.language import in_language
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page, submit_once
from qiying.slices.calls import public as calls
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.forms import (
    CiteForClassForm,
    CiteForm,
    NominateForm,
    PersonForm,
    PointsForm,
    ReasonForm,
    StepForm,
    TextForm,
)
from qiying.slices.casebook.models import Case, Citation, labels
from qiying.slices.casebook.views import shared
from qiying.slices.casebook.views.library import finding_line
from qiying.slices.class_issues import public as class_issues

AT_WORK = tuple(sorted(rules.NOMINATORS | rules.REVIEWERS))
NOMINATORS = tuple(sorted(rules.NOMINATORS))
DECIDERS = tuple(sorted(rules.DECIDERS))
REVIEWERS = tuple(sorted(rules.REVIEWERS))
CITERS = operations.CITERS
ORDER = ("-updated_at", "-id")


def url_of(case: Case) -> str:
    return reverse("casebook:case", args=[case.public_id])


@page(*AT_WORK)
def work(request: HttpRequest) -> HttpResponse:
    """Cases on their way, and what waits for this reader."""
    actor = actor_of(request)
    state = request.GET.get("state", "")
    state = state if state in set(rules.CaseState) else ""
    found = queries.list_cases(actor, queries.CaseFilter(state=state))
    rows = paging.paginate(found, order=ORDER, cursor=request.GET.get("cursor", ""))
    titles = queries.titles_of(actor, rows)
    context = {
        "page": rows,
        "lines": [
            {
                "case": row,
                "title": titles.get(row.pk, ""),
                "matter": in_language(row.card["matter_zh"], row.card["matter_en"]),
                "label": labels.CASE_LABELS[row.state],
                "tone": labels.CASE_TONES[row.state],
                "url": url_of(row),
            }
            for row in rows
        ],
        "to_do": [(r, url_of(r.case)) for r in queries.reviews_to_do(actor)],
        "states": labels.choices(labels.CASE_LABELS),
        "state": state,
        "may_nominate": actor.has(*rules.NOMINATORS),
    }
    return render(request, "casebook/work.html", context)


@page(*NOMINATORS)
def nominate(request: HttpRequest) -> HttpResponse:
    """Nominate a closed call by its number."""
    actor = actor_of(request)
    initial = {"number": request.GET.get("call", "")[:24]}
    form = NominateForm(request.POST or None, initial=initial)
    if request.method == "POST":
        answer = posting.send(
            request, form, lambda: _nominate(actor, form), raised=(NotFound, Denied)
        )
        if answer is not None:
            return answer
    return render(request, "casebook/nominate.html", {"form": form, "parts": rules.TEXTS})


def _nominate(actor: Actor, form: NominateForm) -> str:
    with tenancy.reading(actor):
        call = calls.find_by_number(actor, form.cleaned_data["number"])
    if call is None:
        raise Invalid("input.invalid", {"number": "casebook.no_call"})
    case = operations.nominate(actor, call.public_id, texts=form.texts(), now=timezone.now())
    return url_of(case)


@page(*NOMINATORS)
def write(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The text of a case beside what could tell who is meant."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        case = queries.get_case_by_public_id(actor, public_id)
        if case.nominated_by_id != actor.person_id or case.state != rules.CaseState.DRAFT:
            raise NotFound("not_found")
        version = queries.current_version(case)
        found = operations.findings(actor, case, version)
        reasons = queries.reasons_of(case)
    form = TextForm(request.POST or None, initial=queries.texts_of(version))
    if request.method == "POST":
        answer = posting.send(
            request, form, lambda: _write(actor, case, form), raised=(NotFound, Denied)
        )
        if answer is not None:
            return answer
    context = {
        "case": case,
        "form": form,
        "findings": [finding_line(f, reasons) for f in found],
        "facts": shared.card_lines(case.card),
    }
    return render(request, "casebook/write.html", context)


def _write(actor: Actor, case: Case, form: TextForm) -> str:
    operations.write(actor, case.pk, texts=form.texts(), now=timezone.now())
    return url_of(case)


@page(*NOMINATORS)
@require_POST
def reason(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say why a finding may stand."""
    actor, data = actor_of(request), shared.checked(ReasonForm(request.POST))
    case = _case(actor, public_id)
    operations.give_reason(actor, case.pk, data["key"], reason=data["reason"], now=timezone.now())
    return HttpResponseSeeOther(f"{url_of(case)}#findings")


def _case(actor: Actor, public_id: UUID) -> Case:
    with tenancy.reading(actor):
        return queries.get_case_by_public_id(actor, public_id)


WITH_REASON = {
    "accept": operations.accept,
    "decline": operations.decline,
    "send_back": operations.send_back,
    "withdraw": operations.withdraw,
}
WITHOUT = {
    "submit": operations.submit,
    "drop": operations.drop,
    "revise": operations.revise,
    "publish": operations.publish,
}


@page(*AT_WORK)
@require_POST
def step(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One step of the table of cases."""
    actor, data = actor_of(request), shared.checked(StepForm(request.POST))
    case, name = _case(actor, public_id), data["step"]
    if name in WITH_REASON:
        WITH_REASON[name](actor, case.pk, reason=data["reason"], now=timezone.now())
    elif name in WITHOUT:
        WITHOUT[name](actor, case.pk, now=timezone.now())
    else:
        raise Invalid("input.invalid", {"step": "input.choice"})
    return HttpResponseSeeOther(url_of(case))


@page(*DECIDERS)
@require_POST
def assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask somebody to read."""
    actor, data = actor_of(request), shared.checked(PersonForm(request.POST))
    case = _case(actor, public_id)

    def name() -> str:
        operations.name_reviewer(actor, case.pk, data["person"], now=timezone.now())
        return url_of(case)

    return submit_once(request, name)


@page(*REVIEWERS)
def review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Judge the case that one was asked about."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        case = queries.get_case_by_public_id(actor, public_id)
        own = queries.own_review(actor, case)
        if own is None or case.state != rules.CaseState.REVIEW:
            raise NotFound("not_found")
        version = queries.current_version(case)
    form = PointsForm(request.POST or None, criteria=case.criteria)
    if request.method == "POST":
        answer = posting.send(
            request, form, lambda: _review(actor, case, form), raised=(NotFound, Denied)
        )
        if answer is not None:
            return answer
    context = {
        "case": case,
        "version": version,
        "parts": [
            (labels.PART_LABELS[p], getattr(version, p)) for p in rules.TEXTS if p != "title"
        ],
        "facts": shared.card_lines(case.card),
        "form": form,
        "is_given": own.reviewed_at is not None,
        "source": shared.source(),
    }
    return render(request, "casebook/review.html", context)


def _review(actor: Actor, case: Case, form: PointsForm) -> str:
    operations.review(
        actor,
        case.pk,
        points=form.points(),
        comment=form.cleaned_data["comment"],
        now=timezone.now(),
    )
    return url_of(case)


@page(*CITERS)
def cite(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Cases that fit a call, and which of them was followed."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        call = calls.card_by_public_id(actor, public_id)
        _card, text = calls.wording(actor, call.id)
        words = f"{call.title}\n{text}"
        fits = queries.fitting(
            actor, matter=call.matter_code, text=words, besides=call.id, limit=8
        )
        cited = queries.cited_for(actor, call.id)
    form = CiteForm(request.POST or None)
    if request.method == "POST":
        answer = posting.send(
            request, form, lambda: _cite(actor, public_id, form), raised=(NotFound, Denied)
        )
        if answer is not None:
            return answer
    context = {
        **_shelf(fits, cited),
        "number": call.number,
        "form": form,
        "places": labels.CitedIn.choices,
        "back": reverse("calls:case", args=[public_id]) if actor.has(*CASE_PAGE) else "",
        "nothing": _("No published case fits this call"),
    }
    return render(request, "casebook/cite.html", context)


def _shelf(fits: list[queries.Fit], cited: list[Citation]) -> dict[str, Any]:
    taken = {c.case_id for c in cited}
    return {
        "fits": [(f, url_of(f.case), f.case.pk in taken) for f in fits],
        "cited": [(c, url_of(c.case)) for c in cited],
    }


CASE_PAGE = (Role.DESK, Role.HANDLER, Role.UNIT_LEADER)


@page(*CITERS)
def cite_for_class(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Cases that fit a class issue, and which of them its measure follows."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        issue = class_issues.card_by_public_id(actor, public_id)
        fits = queries.fitting(actor, matter=issue.matter_code, text=issue.words, limit=8)
        cited = queries.cited_for_class(actor, issue.id)
    form = CiteForClassForm(request.POST or None)
    if request.method == "POST":
        answer = posting.send(request, form, lambda: _cite_for_class(actor, public_id, form))
        if answer is not None:
            return answer
    context = {
        **_shelf(fits, cited),
        "number": issue.number,
        "form": form,
        "back": reverse("class_issues:issue", args=[public_id]),
        "nothing": _("No published case fits this class issue"),
    }
    return render(request, "casebook/cite.html", context)


def _cite_for_class(actor: Actor, public_id: UUID, form: CiteForClassForm) -> str:
    data: dict[str, Any] = form.cleaned_data
    operations.cite_for_class(
        actor, data["case"], issue_public_id=public_id, note=data["note"], now=timezone.now()
    )
    return reverse("casebook:cite-class", args=[public_id])


def _cite(actor: Actor, public_id: UUID, form: CiteForm) -> str:
    data: dict[str, Any] = form.cleaned_data
    operations.cite(
        actor,
        data["case"],
        call_public_id=public_id,
        cited_in=data["cited_in"],
        note=data["note"],
        now=timezone.now(),
    )
    return reverse("casebook:cite", args=[public_id])
