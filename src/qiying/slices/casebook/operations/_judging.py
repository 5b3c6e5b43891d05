"""Reviewing a case, deciding on it, publishing it, taking it back."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone

from qiying.kernel import events, revisions, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Refused
from qiying.slices.casebook import queries, rules
from qiying.slices.casebook.models import Case, CaseReview
from qiying.slices.casebook.operations._cases import (
    CASE,
    closure_that_stands,
    end_revision,
    require_unrecognisable,
    touch,
)
from qiying.slices.casebook.operations._shared import person_of, points_of, said


def case_at(actor: Actor, case_id: int, step: str) -> Case:
    """A visible case at a step, locked; Denied to whoever had a hand in the call."""
    case = queries.get_case(actor, case_id, for_update=True)
    CASE.step(case.state, step, actor.roles)
    if "not_involved" in CASE.steps[step].guards:
        require_stranger(actor, case)
    return case


def require_stranger(actor: Actor, case: Case) -> None:
    """By person, and by unit: who handled or nominated a case has no say in it."""
    if person_of(actor) in case.involved:
        raise Denied("casebook.involved")
    if actor.units() & set(case.units):
        raise Denied("casebook.involved")


@tenancy.operation
def name_reviewer(actor: Actor, case_id: int, person_id: int, *, now: datetime) -> CaseReview:
    """Ask somebody who had no hand in it to read the case; a third only on wide disagreement."""
    case = case_at(actor, case_id, "assign")
    allowed = {p.pk for p in queries.may_review(actor, case, timezone.localdate(now))}
    if person_id not in allowed:
        raise Refused("casebook.reviewer_involved")
    reviews = queries.all_reviews(case)
    if len(reviews) >= rules.reviews_needed(_totals(reviews)):
        raise Refused("casebook.reviewers_enough")
    row = CaseReview.objects.create(
        tenant_id=actor.tenant_id,
        case=case,
        version=queries.current_version(case),
        position=len(reviews) + 1,
        reviewer_id=person_id,
        assigned_by_id=actor.person_id,
        assigned_at=now,
    )
    touch(case, now)
    events.record(
        "casebook.case_reviewer_named",
        subject=case,
        actor=actor,
        now=now,
        reviewer=person_id,
        place=row.position,
    )
    return row


def _totals(reviews: list[CaseReview]) -> list[Decimal]:
    return [r.total for r in reviews if r.total is not None]


@tenancy.operation
def review(
    actor: Actor,
    case_id: int,
    *,
    points: Mapping[str, Any],
    comment: str,
    now: datetime,
) -> CaseReview:
    """Judge the case one was asked about, by its criteria; what was given is never changed."""
    case = case_at(actor, case_id, "review")
    row = queries.own_review(actor, case, for_update=True)
    if row is None:
        raise Denied("casebook.not_assigned")
    if row.reviewed_at is not None:
        raise Refused("casebook.reviewed_already")
    row.points = points_of(points, case.criteria)
    row.total = rules.total(row.points, case.criteria)
    row.comment = said(comment, "comment")
    row.reviewed_at = now
    row.save()
    touch(case, now)
    events.record("casebook.case_reviewed", subject=case, actor=actor, now=now, place=row.position)
    return row


def _judged(case: Case) -> list[Decimal]:
    """The totals of every review that the decision needs; Refused while one is missing."""
    reviews = queries.all_reviews(case)
    found = _totals(reviews)
    if len(found) < rules.reviews_needed(found) or len(found) < len(reviews):
        raise Refused("casebook.reviews_missing", count=rules.reviews_needed(found))
    return found


def _require_decider(actor: Actor, case: Case) -> None:
    if any(r.reviewer_id == actor.person_id for r in queries.all_reviews(case)):
        raise Denied("casebook.reviewer_decides")


@tenancy.operation
def accept(actor: Actor, case_id: int, *, reason: str, now: datetime) -> Case:
    """Accept a case whose reviews are in; under the pass mark only the refusal is open."""
    case = case_at(actor, case_id, "accept")
    _require_decider(actor, case)
    score = rules.mean(_judged(case))
    if score is None or score < rules.PASS_MARK:
        raise Refused("casebook.pass_mark", mark=rules.PASS_MARK)
    closure_that_stands(actor, case.call_id)
    touch(
        case,
        now,
        state=rules.CaseState.ACCEPTED,
        decided_by_id=person_of(actor),
        decided_at=now,
        reason=reason.strip()[:2000],
        score=score,
    )
    events.record("casebook.case_accepted", subject=case, actor=actor, now=now)
    return case


@tenancy.operation
def decline(actor: Actor, case_id: int, *, reason: str, now: datetime) -> Case:
    """Do not accept a case, and say why."""
    case = case_at(actor, case_id, "decline")
    _require_decider(actor, case)
    changes = {
        "decided_by_id": person_of(actor),
        "decided_at": now,
        "score": rules.mean(_judged(case)),
        "reason": said(reason, "reason"),
    }
    return end_revision(actor, case, "decline", now=now, **changes)


@tenancy.operation
def send_back(actor: Actor, case_id: int, *, reason: str, now: datetime) -> Case:
    """Ask for a better text; the reviews of this text are void."""
    case = case_at(actor, case_id, "send_back")
    CaseReview.objects.filter(
        tenant_id=actor.tenant_id, case=case, version__number=case.version
    ).update(is_void=True)
    touch(case, now, state=rules.CaseState.DRAFT, reason=said(reason, "reason"))
    events.record("casebook.case_sent_back", subject=case, actor=actor, now=now)
    return case


@tenancy.operation
def publish(actor: Actor, case_id: int, *, now: datetime) -> Case:
    """Put an accepted case into the library: nobody to be recognised, the 30 days over."""
    case = case_at(actor, case_id, "publish")
    card = closure_that_stands(actor, case.call_id)
    if card.settled_at is None or card.settled_at > now:
        raise Refused("casebook.window_open")
    version = queries.current_version(case)
    require_unrecognisable(actor, case, version, now)
    version.published_by_id = person_of(actor)
    version.published_at = now
    version.save()
    touch(case, now, state=rules.CaseState.PUBLISHED, published_version_id=version.pk)
    revisions.bump(actor, queries.REVISION)
    events.record("casebook.case_published", subject=case, actor=actor, now=now, v=version.number)
    return case


@tenancy.operation
def withdraw(actor: Actor, case_id: int, *, reason: str, now: datetime) -> Case:
    """Take a case from the library, and say why; what cited it still shows that it did."""
    case = case_at(actor, case_id, "withdraw")
    touch(case, now, state=rules.CaseState.WITHDRAWN, reason=said(reason, "reason"))
    revisions.bump(actor, queries.REVISION)
    events.record("casebook.case_withdrawn", subject=case, actor=actor, now=now)
    return case
