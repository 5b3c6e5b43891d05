"""Cases as an actor may see them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet
from django.utils import timezone

from qiying.kernel.access import Actor, Role, system
from qiying.kernel.errors import NotFound
from qiying.kernel.people import people_with
from qiying.slices.calls import public as calls
from qiying.slices.casebook import rules
from qiying.slices.casebook.models import (
    Case,
    CaseReview,
    CaseVersion,
    Citation,
    Entry,
    FindingReason,
)
from qiying.slices.registry import public as registry

ORDER = ("-updated_at", "-id")
MOST = 500


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What a list of cases is narrowed to; empty values narrow nothing."""

    q: str = ""
    matter: str = ""
    category: str = ""
    state: str = ""


def list_cases(actor: Actor, wanted: CaseFilter | None = None) -> QuerySet[Case]:
    """Cases at work and in the library that the actor may see."""
    rows = Case.objects.visible_to(actor)
    return _narrowed(rows, wanted or CaseFilter())


def list_published(actor: Actor, wanted: CaseFilter | None = None) -> QuerySet[Case]:
    """The library: what stands published, a revision under way or not."""
    rows = Case.objects.visible_to(actor).filter(published_version__isnull=False)
    rows = rows.exclude(state=rules.CaseState.WITHDRAWN).select_related("published_version")
    rows = rows.annotate(published_at=F("published_version__published_at"))
    return _narrowed(rows, wanted or CaseFilter())


def _narrowed(rows: QuerySet[Case], wanted: CaseFilter) -> QuerySet[Case]:
    exact = {"matter_code": wanted.matter, "category": wanted.category, "state": wanted.state}
    rows = rows.filter(**{k: v for k, v in exact.items() if v})
    text = wanted.q.strip()
    if not text:
        return rows
    return rows.filter(
        Q(number__iexact=text)
        | Q(matter_code__iexact=text)
        | Q(published_version__words__icontains=text)
    )


def get_case(actor: Actor, case_id: int, *, for_update: bool = False) -> Case:
    rows = Case.objects.visible_to(actor).filter(pk=case_id)
    return _one(rows, for_update=for_update)


def get_case_by_public_id(actor: Actor, public_id: UUID, *, for_update: bool = False) -> Case:
    rows = Case.objects.visible_to(actor).filter(public_id=public_id)
    return _one(rows, for_update=for_update)


def _one(rows: QuerySet[Case], *, for_update: bool) -> Case:
    if for_update:
        rows = rows.select_for_update(of=("self",))
    row = rows.first()
    if row is None:
        raise NotFound("not_found")
    return row


def is_public(case: Case) -> bool:
    """Whether the case stands in the library."""
    return case.published_version_id is not None and case.state != rules.CaseState.WITHDRAWN


def is_at_work(actor: Actor, case: Case) -> bool:
    """Whether the actor sees more of a visible case than the library shows."""
    is_own = actor.person_id is not None and case.nominated_by_id == actor.person_id
    return (
        is_own or actor.has(*rules.DECIDERS, Role.AUDITOR) or own_review(actor, case) is not None
    )


def steps_open(actor: Actor, case: Case) -> list[str]:
    """The steps that the table opens to this person now, by state, role and part in the case."""
    own = own_review(actor, case)
    held = {
        "own_nomination": case.nominated_by_id == actor.person_id,
        "not_involved": actor.person_id not in case.involved,
        "assigned": own is not None and own.reviewed_at is None,
    }
    return [
        name
        for name in rules.CASE.open_to(case.state, actor.roles)
        if all(held.get(guard, True) for guard in rules.CASE.steps[name].guards)
    ]


def find_case_of_call(actor: Actor, call_id: int) -> Case | None:
    ended = (rules.CaseState.DECLINED, rules.CaseState.DROPPED, rules.CaseState.WITHDRAWN)
    return Case.objects.visible_to(actor).filter(call_id=call_id).exclude(state__in=ended).first()


def current_version(case: Case) -> CaseVersion:
    """The version that is being worked on."""
    return CaseVersion.objects.get(tenant_id=case.tenant_id, case=case, number=case.version)


def versions_of(actor: Actor, case: Case) -> list[CaseVersion]:
    rows = CaseVersion.objects.visible_to(actor).filter(case=case)
    return list(rows.select_related("written_by", "published_by").order_by("-number"))


def titles_of(actor: Actor, cases: Iterable[Case]) -> dict[int, str]:
    """The title of each case's present version."""
    found = list(cases)
    rows = CaseVersion.objects.filter(tenant_id=actor.tenant_id, case__in=[c.pk for c in found])
    titles = {(c, n): t for c, n, t in rows.values_list("case_id", "number", "title")}
    return {c.pk: titles.get((c.pk, c.version), "") for c in found}


def reviews_of(actor: Actor, case: Case) -> list[CaseReview]:
    """The reviews of the present version that the actor may read, in their order."""
    rows = CaseReview.objects.visible_to(actor).filter(case=case, is_void=False)
    rows = rows.filter(version__number=case.version)
    return list(rows.select_related("reviewer").order_by("position"))


def all_reviews(case: Case) -> list[CaseReview]:
    """Every review of the present version, for deciding."""
    rows = CaseReview.objects.filter(tenant_id=case.tenant_id, case=case, is_void=False)
    return list(rows.filter(version__number=case.version).order_by("position"))


def own_review(actor: Actor, case: Case, *, for_update: bool = False) -> CaseReview | None:
    rows = CaseReview.objects.filter(
        tenant_id=actor.tenant_id, case=case, reviewer_id=actor.person_id, is_void=False
    )
    rows = rows.filter(version__number=case.version)
    if for_update:
        rows = rows.select_for_update(of=("self",))
    return rows.first() if actor.person_id is not None else None


def reviews_to_do(actor: Actor) -> QuerySet[CaseReview]:
    """What waits for this reader."""
    rows = CaseReview.objects.filter(
        tenant_id=actor.tenant_id, reviewed_at=None, is_void=False, reviewer_id=actor.person_id
    )
    rows = rows.filter(case__state=rules.CaseState.REVIEW)
    return rows.select_related("case").order_by("assigned_at", "id")


def reasons_of(case: Case) -> dict[str, FindingReason]:
    rows = FindingReason.objects.filter(tenant_id=case.tenant_id, case=case)
    return {row.key: row for row in rows.select_related("by")}


def citations_of(actor: Actor, case: Case) -> list[Citation]:
    """Where a case was used; the newest first."""
    rows = Citation.objects.visible_to(actor).filter(case=case).select_related("unit", "cited_by")
    return list(rows.order_by("-cited_at", "-id")[:MOST])


def citation_counts(actor: Actor, case_ids: Iterable[int]) -> dict[int, int]:
    """How many calls and class issues cite each case."""
    rows = Citation.objects.filter(tenant_id=actor.tenant_id, case_id__in=list(case_ids))
    pairs = rows.values_list("case_id").annotate(
        n=Count("call_id", distinct=True) + Count("issue_id", distinct=True)
    )
    return dict(pairs)


def cited_for(actor: Actor, call_id: int) -> list[Citation]:
    """The cases that a call's answer cites."""
    rows = Citation.objects.visible_to(actor).filter(call_id=call_id)
    return list(rows.select_related("case", "version").order_by("id"))


def cited_for_class(actor: Actor, issue_id: int) -> list[Citation]:
    """The cases that the measure of a class issue cites."""
    rows = Citation.objects.visible_to(actor).filter(issue_id=issue_id)
    return list(rows.select_related("case", "version").order_by("id"))


def texts_of(version: CaseVersion | Entry) -> dict[str, str]:
    """The parts of a text by name, of a case or of an entry."""
    return {part: getattr(version, part) for part in rules.TEXTS}


# --- who could be recognised ---


def known_of(actor: Actor, *, call_id: int | None, card: Mapping[str, Any]) -> rules.Known:
    """Whom the register and the house know; the firm that called is marked as its own."""
    found = registry.identities(actor)
    own = None
    if call_id is not None:
        platform = system(actor.tenant_id)
        own = calls.cards(platform, [call_id])[call_id].enterprise_id
    staff = people_with(actor, *Role, on=_today())
    return rules.Known(
        firms=tuple(
            rules.Firm(f.names, f.credit_code, f.address, is_own=f.id == own) for f in found.firms
        ),
        people=tuple(dict.fromkeys([*found.people, *(p.name for p in staff)])),
        phones=tuple(dict.fromkeys([*found.phones, *(p.phone for p in staff if p.phone)])),
        numbers=frozenset(str(card[k]) for k in ("days", "rounds") if k in card),
    )


def _today() -> date:
    return timezone.localdate()


def may_review(actor: Actor, case: Case, on: date) -> list[Any]:
    """People of the house who may read this case: neither handler nor nominator nor of a unit
    that had the call, and not named for it already."""
    taken = {r.reviewer_id for r in all_reviews(case)} | set(case.involved)
    units = set(case.units)
    concerned = {
        p.pk for unit_id in units for p in people_with(actor, *Role, unit_id=unit_id, on=on)
    }
    people = people_with(actor, *sorted(rules.REVIEWERS), on=on)
    return [p for p in people if p.pk not in taken | concerned]
