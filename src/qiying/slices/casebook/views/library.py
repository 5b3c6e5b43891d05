"""The library for everybody of the zone, and the page of one case."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.kernel import exports, paging
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.language import in_language
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import public as calls
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.models import Case, CaseVersion, Citation, labels
from qiying.slices.casebook.views import shared
from qiying.slices.class_issues import public as class_issues

ORDER = ("-published_at", "-id")


def _wanted(request: HttpRequest) -> queries.CaseFilter:
    asked = request.GET
    return queries.CaseFilter(
        q=asked.get("q", "")[:60],
        matter=asked.get("matter", "")[:20],
        category=asked.get("category", "")[:20],
    )


@page(*shared.READERS)
def library(request: HttpRequest) -> HttpResponse:
    """Published cases by words, matter and category."""
    actor, wanted = actor_of(request), _wanted(request)
    found, known = queries.list_published(actor, wanted), shared.matters(actor)
    names = shared.categories(known)
    if kind := exports.wanted(request):
        return _as_file(request, kind, list(found.order_by("-id")[: exports.MAX_ROWS]), names)
    rows = paging.paginate(found, order=ORDER, cursor=request.GET.get("cursor", ""), size=24)
    counts = queries.citation_counts(actor, [row.pk for row in rows])
    context = {
        "base": shared.base_of(actor),
        "is_house": shared.is_house(actor),
        "page": rows,
        "lines": [_line(row, counts, names) for row in rows],
        "is_filtered": any((wanted.q, wanted.matter, wanted.category)),
        "categories": sorted(names.items()),
        "wanted": wanted,
        "may_nominate": actor.has(*rules.NOMINATORS),
        "criteria": shared.criteria_lines([c.as_row() for c in rules.STANDARD]),
        "source": shared.source(),
        "wide": rules.WIDE,
        "pass_mark": rules.PASS_MARK,
    }
    return render(request, "casebook/library.html", context)


def _line(case: Case, counts: dict[int, int], names: dict[str, str]) -> dict[str, Any]:
    version = case.published_version
    return {
        "case": case,
        "title": version.title if version else "",
        "lead": version.practice if version else "",
        "matter": in_language(case.card["matter_zh"], case.card["matter_en"]),
        "category": names.get(case.category, ""),
        "count": counts.get(case.pk, 0),
        "at": version.published_at if version else None,
        "url": reverse("casebook:case", args=[case.public_id]),
    }


def _as_file(
    request: HttpRequest, kind: str, rows: list[Case], names: dict[str, str]
) -> HttpResponse:
    counts = queries.citation_counts(actor_of(request), [row.pk for row in rows])
    lines = [_line(row, counts, names) for row in rows]
    headings = [_("Number"), _("Title"), _("Matter"), _("Category"), _("Published at"), _("Cited")]
    cells = [
        [x["case"].number, x["title"], x["matter"], x["category"], x["at"], x["count"]]
        for x in lines
    ]
    sheet = shared.sheet(request, _("Typical cases"), headings, cells, [], now=timezone.now())
    return exports.respond(sheet, kind)


@page(*shared.READERS)
def case_page(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """One case: the published text for all, the workroom for those who work on it."""
    actor = actor_of(request)
    case = queries.get_case_by_public_id(actor, public_id)
    version = _shown(request, actor, case)
    citations = queries.citations_of(actor, case)
    seen = calls.cards(actor, [c.call_id for c in citations if c.call_id] + [case.call_id])
    house = shared.is_house(actor)
    known = shared.matters(actor)
    context = {
        "base": shared.base_of(actor),
        "is_house": house,
        "case": case,
        "version": version,
        "parts": [
            (labels.PART_LABELS[p], getattr(version, p)) for p in rules.TEXTS if p != "title"
        ],
        "facts": shared.card_lines(case.card),
        "category": shared.categories(known).get(case.category, ""),
        "state_label": labels.CASE_LABELS[case.state],
        "tone": labels.CASE_TONES[case.state],
        "is_public": queries.is_public(case),
        "citations": _citations(actor, citations, seen, house=house),
        "citation_count": len({(c.call_id, c.issue_id) for c in citations}),
        "call": seen.get(case.call_id) if house else None,
        **(_workroom(actor, case) if house and queries.is_at_work(actor, case) else {}),
    }
    return render(request, "casebook/case.html", context)


def _citations(
    actor: Actor, rows: list[Citation], seen: Mapping[int, calls.CallCard], *, house: bool
) -> list[dict[str, Any]]:
    """Where a case was used; the house reads for what, as far as each reader sees it."""
    ids = [c.issue_id for c in rows if c.issue_id]
    may_read = house and actor.has(*class_issues.READERS)
    issues = class_issues.cards(actor, ids) if ids and may_read else {}
    return [_citation(c, seen if house else {}, issues) for c in rows]


def _citation(
    row: Citation,
    seen: Mapping[int, calls.CallCard],
    issues: Mapping[int, class_issues.ClassCard],
) -> dict[str, Any]:
    call, issue = seen.get(row.call_id or 0), issues.get(row.issue_id or 0)
    url = reverse("calls:case", args=[call.public_id]) if call else ""
    url = reverse("class_issues:issue", args=[issue.public_id]) if issue else url
    found = call or issue
    words = f"{found.number} {found.title}" if found else row.get_cited_in_display()
    return {"row": row, "url": url, "words": words}


def _shown(request: HttpRequest, actor: Actor, case: Case) -> CaseVersion:
    """The version asked for; else what is worked on for those who do, the published for others."""
    versions = {str(v.number): v for v in queries.versions_of(actor, case)}
    open_to_all = {k: v for k, v in versions.items() if v.published_at is not None}
    allowed = versions if queries.is_at_work(actor, case) else open_to_all
    asked = allowed.get(request.GET.get("version", ""))
    if asked is not None:
        return asked
    wanted = str(case.version)
    if wanted in allowed:
        return allowed[wanted]
    if case.published_version_id is None or not queries.is_public(case):
        raise NotFound("not_found")
    return next(v for v in versions.values() if v.pk == case.published_version_id)


def _workroom(actor: Actor, case: Case) -> dict[str, Any]:
    version = queries.current_version(case)
    reasons = queries.reasons_of(case)
    found = operations.findings(actor, case, version)
    reviews = queries.reviews_of(actor, case)
    own = case.nominated_by_id == actor.person_id
    may_decide = actor.has(*rules.DECIDERS) and actor.person_id not in case.involved
    on = timezone.localdate()
    is_reviewing = case.state == rules.CaseState.REVIEW
    totals = [r.total for r in reviews if r.total is not None]
    lacks = is_reviewing and len(reviews) < rules.reviews_needed(totals)
    return {
        "at_work": True,
        "findings": [finding_line(f, reasons) for f in found],
        "open_findings": sum(f.is_hard or f.key not in reasons for f in found),
        "reviews": [review_line(r, case) for r in reviews],
        "readers": queries.may_review(actor, case, on) if may_decide and lacks else [],
        "is_own": own,
        "may_write": own and case.state == rules.CaseState.DRAFT and actor.has(*rules.NOMINATORS),
        "may_review": is_reviewing and any(_is_mine(r, actor) for r in reviews),
        "steps": [
            (s, labels.CASE_STEPS[s])
            for s in _open_steps(actor, case, is_own=own, may_decide=may_decide)
        ],
        "versions": queries.versions_of(actor, case),
        "criteria": shared.criteria_lines(case.criteria or [c.as_row() for c in rules.STANDARD]),
        "source": shared.source(),
        "needs_reason": {"decline", "send_back", "withdraw"},
    }


def _is_mine(review: Any, actor: Actor) -> bool:
    return review.reviewer_id == actor.person_id and review.reviewed_at is None


def _open_steps(actor: Actor, case: Case, *, is_own: bool, may_decide: bool) -> list[str]:
    """The steps of the table that this person can take by a button here."""
    mine = ("submit", "revise", "drop") if is_own else ()
    others = ("publish", "accept", "send_back", "decline", "withdraw") if may_decide else ()
    open_now = rules.CASE.open_to(case.state, actor.roles)
    return [s for s in (*mine, *others) if s in open_now]


def finding_line(found: rules.Found, reasons: Any) -> dict[str, Any]:
    reason = reasons.get(found.key)
    return {
        "found": found,
        "kind": labels.FINDING_LABELS[found.kind],
        "part": labels.PART_LABELS[found.part],
        "suggestion": labels.SUGGESTIONS[found.kind],
        "place": found.start + 1,
        "reason": reason.reason if reason and not found.is_hard else "",
        "by": str(reason.by) if reason else "",
        "is_settled": reason is not None and not found.is_hard,
    }


def review_line(review: Any, case: Case) -> dict[str, Any]:
    rows = shared.criteria_lines(case.criteria)
    return {
        "review": review,
        "points": [(r["name"], review.points.get(r["code"], "—")) for r in rows],
        "is_given": review.reviewed_at is not None,
    }
