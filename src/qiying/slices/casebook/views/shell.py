"""Where the slice hangs its pages: navigation, search, the audit trail, boxes on a call's page."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import nav, search, tenancy, trail
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.panels import Action, Line, Panel
from qiying.kernel.panels import provider as panel
from qiying.slices.calls import public as calls
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.models import CaseReview, Citation, labels
from qiying.slices.class_issues import public as class_issues

GROUP = _("Typical cases")
EVERYBODY = STAFF | {Role.ENTERPRISE}


def hang_up() -> None:
    """Register navigation, search, names of records and boxes; called once at start-up."""
    nav.item(
        "cases",
        _("Cases"),  # five tabs share the width of a phone
        "casebook:library",
        "book-open-check",
        EVERYBODY,
        order=60,
        on_phone=True,
    )
    nav.item(
        "cases",
        _("Cases on their way"),
        "casebook:work",
        "file-pen-line",
        rules.NOMINATORS | rules.REVIEWERS,
        order=61,
        count=_to_review,
    )
    nav.item(
        "cases",
        _("Selections of cases"),
        "casebook:selections",
        "trophy",
        EVERYBODY,
        order=62,
        count=queries.entries_to_read,
    )
    search.provider("casebook")(find)
    trail.name_subjects("casebook.case", audited_cases)
    trail.name_subjects("casebook.selection", audited_selections)
    panel("calls.call", name="casebook")(box_of_call)
    panel("class_issues.issue", name="casebook")(box_of_class)


def _to_review(actor: Actor) -> QuerySet[CaseReview] | int:
    return queries.reviews_to_do(actor).order_by() if actor.person_id is not None else 0


def find(actor: Actor, text: str, limit: int) -> list[search.Hit]:
    """Published cases whose number, matter or words fit, and selections by number."""
    with tenancy.reading(actor):
        found = queries.list_published(actor, queries.CaseFilter(q=text)).order_by("-id")[:limit]
        hits = [
            search.Hit(
                title=case.published_version.title if case.published_version else "",
                subtitle=case.number,
                url=reverse("casebook:case", args=[case.public_id]),
                icon="book-open-check",
                group=GROUP,
            )
            for case in found
        ]
        rows = queries.list_selections(actor).filter(number__iexact=text.strip())[:limit]
        return hits + [
            search.Hit(row.title, row.number, _selection_url(row), "trophy", GROUP) for row in rows
        ]


def _selection_url(row: object) -> str:
    return reverse("casebook:selection", args=[getattr(row, "public_id", "")])


def audited_cases(actor: Actor, ids: Iterable[int]) -> dict[int, trail.Subject]:
    rows = queries.list_cases(actor).filter(pk__in=list(ids))
    return {
        r.pk: trail.Subject(r.number, reverse("casebook:case", args=[r.public_id])) for r in rows
    }


def audited_selections(actor: Actor, ids: Iterable[int]) -> dict[int, trail.Subject]:
    rows = queries.list_selections(actor).filter(pk__in=list(ids))
    return {r.pk: trail.Subject(r.number, _selection_url(r)) for r in rows}


def box_of_call(actor: Actor, call_id: int, _now: datetime) -> Panel | None:
    """On the page of a call: cases that it cites or that may help, and what can be done."""
    if not actor.has(*operations.CITERS, *rules.DECIDERS):
        return None
    card, text = calls.wording(actor, call_id)
    words = f"{card.title}\n{text}"
    fits = queries.fitting(actor, matter=card.matter_code, text=words, besides=call_id)
    cited = queries.cited_for(actor, call_id)
    taken = {c.case_id for c in cited}
    lines = [*_cited_lines(cited), *(_line(fit) for fit in fits if fit.case.pk not in taken)]
    actions = _actions(actor, card, has_fits=bool(fits))
    if not lines and not actions:
        return None
    return Panel(_("Typical cases that may help"), "book-open-check", tuple(lines), actions, 60)


def box_of_class(actor: Actor, issue_id: int, _now: datetime) -> Panel | None:
    """On the page of a class issue: cases that its measure follows or could follow."""
    issue = class_issues.cards(actor, [issue_id]).get(issue_id)
    if issue is None:
        return None
    fits = queries.fitting(actor, matter=issue.matter_code, text=issue.words)
    cited = queries.cited_for_class(actor, issue_id)
    taken = {c.case_id for c in cited}
    lines = [*_cited_lines(cited), *(_line(fit) for fit in fits if fit.case.pk not in taken)]
    is_ours = issue.owner_unit_id in actor.units(Role.HANDLER, Role.UNIT_LEADER)
    actions: tuple[Action, ...] = ()
    if fits and (is_ours or actor.has(Role.DESK)):
        url = reverse("casebook:cite-class", args=[issue.public_id])
        actions = (Action(_("Cite a case"), url, "quote"),)
    if not lines:
        return None
    return Panel(_("Typical cases that may help"), "book-open-check", tuple(lines), actions, 60)


def _cited_lines(cited: Iterable[Citation]) -> list[Line]:
    return [
        Line(
            c.version.title,
            url=reverse("casebook:case", args=[c.case.public_id]),
            note=c.case.number,
            tone="done",
            label=gettext("cited"),
        )
        for c in cited
    ]


def _line(fit: queries.Fit) -> Line:
    version = fit.case.published_version
    why = [gettext("same matter")] if fit.is_same_matter else []
    why += [f"“{word}”" for word in fit.shared]
    return Line(
        version.title if version else fit.case.number,
        url=reverse("casebook:case", args=[fit.case.public_id]),
        note=" · ".join([fit.case.number, *why]),
    )


def _actions(actor: Actor, card: calls.CallCard, *, has_fits: bool) -> tuple[Action, ...]:
    found = []
    if has_fits and actor.has(*operations.CITERS):
        url = reverse("casebook:cite", args=[card.public_id])
        found.append(Action(_("Cite a case"), url, "quote"))
    if card.is_solved and actor.has(*rules.NOMINATORS):
        own = queries.find_case_of_call(actor, card.id)
        if own is None:
            url = f"{reverse('casebook:nominate')}?call={card.number}"
            found.append(Action(_("Nominate as a typical case"), url, "award"))
        else:
            url = reverse("casebook:case", args=[own.public_id])
            words = gettext("Case %(number)s: %(state)s") % {
                "number": own.number,
                "state": labels.CASE_LABELS[own.state],
            }
            found.append(Action(words, url, "book-open-check"))
    return tuple(found)
