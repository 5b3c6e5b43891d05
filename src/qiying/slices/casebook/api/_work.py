"""Cases on their way: what stands, who could be recognised, who judged, and each next step."""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.web import actor_of
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.api._fields import (
    CaseTextIn,
    CaseTextOut,
    Person,
    Points,
    ReaderOut,
    RecognisedOut,
    Strict,
    Words,
    recognised,
)
from qiying.slices.casebook.models import Case

router = Router(tags=["casebook"])
AT_WORK = tuple(sorted(rules.NOMINATORS | rules.REVIEWERS))
ORDER = ("-updated_at", "-id")


class CaseAtWorkOut(Schema):
    """A case in any state, with the frozen card of its call: codes, days and rounds, no names."""

    id: UUID
    number: str
    state: str
    version: int
    title: str
    matter: str
    category: str
    card: dict[str, Any]
    score: Decimal | None
    updated_at: datetime


class CaseAtWorkPage(Schema):
    items: list[CaseAtWorkOut]
    next: str
    previous: str


class CaseWorkQuery(Schema):
    """``state``: one state of the table; nothing for all. ``mine``: what waits for my review."""

    state: str = Field("", max_length=12)
    mine: bool = False
    cursor: str = Field("", max_length=400)
    size: int = Field(25, ge=1, le=paging.MAX_PAGE)


class CaseFindingOut(RecognisedOut):
    """``reason`` says why it may stand; what must go has none."""

    reason: str


class CaseReviewOut(Schema):
    """A place of a review; points and remark as far as the asker may read them by now."""

    position: int
    reviewer: str
    reviewed_at: datetime | None
    points: dict[str, int]
    total: Decimal | None
    comment: str


class CaseWorkOut(CaseAtWorkOut):
    """The text that is worked on and everything that stands about it; ``steps`` are open now."""

    text: CaseTextOut
    findings: list[CaseFindingOut]
    reviews: list[CaseReviewOut]
    criteria: list[dict[str, Any]]
    reason: str
    steps: list[str]


class CaseStepIn(Strict):
    """A step of a case and what it asks for.

    ``write`` takes ``text``; ``reason`` takes ``key`` and ``reason``; ``assign`` takes ``person``;
    ``review`` takes ``points`` (code → 0 to 10) and ``comment``; ``decline``, ``send_back`` and
    ``withdraw`` take ``reason``, ``accept`` may; the others take nothing.
    """

    step: str = Field(max_length=12)
    text: CaseTextIn | None = None
    key: str = Field("", max_length=16)
    reason: Words = ""
    person: Person | None = None
    points: Points | None = None
    comment: Words = ""


Step = Callable[[Actor, int, CaseStepIn, datetime], object]


def _write(actor: Actor, pk: int, body: CaseStepIn, now: datetime) -> object:
    if body.text is None:
        raise Invalid("input.invalid", {"text": "input.required"})
    return operations.write(actor, pk, texts=body.text.given(), now=now)


def _assign(actor: Actor, pk: int, body: CaseStepIn, now: datetime) -> object:
    if body.person is None:
        raise Invalid("input.invalid", {"person": "input.required"})
    return operations.name_reviewer(actor, pk, body.person, now=now)


STEPS: Mapping[str, Step] = {
    "write": _write,
    "reason": lambda a, pk, b, now: operations.give_reason(a, pk, b.key, reason=b.reason, now=now),
    "submit": lambda a, pk, _b, now: operations.submit(a, pk, now=now),
    "assign": _assign,
    "review": lambda a, pk, b, now: operations.review(
        a, pk, points=b.points or {}, comment=b.comment, now=now
    ),
    "send_back": lambda a, pk, b, now: operations.send_back(a, pk, reason=b.reason, now=now),
    "accept": lambda a, pk, b, now: operations.accept(a, pk, reason=b.reason, now=now),
    "decline": lambda a, pk, b, now: operations.decline(a, pk, reason=b.reason, now=now),
    "publish": lambda a, pk, _b, now: operations.publish(a, pk, now=now),
    "revise": lambda a, pk, _b, now: operations.revise(a, pk, now=now),
    "drop": lambda a, pk, _b, now: operations.drop(a, pk, now=now),
    "withdraw": lambda a, pk, b, now: operations.withdraw(a, pk, reason=b.reason, now=now),
}


def _plain(case: Case, title: str) -> dict[str, Any]:
    return {
        "id": case.public_id,
        "number": case.number,
        "state": case.state,
        "version": case.version,
        "title": title,
        "matter": case.matter_code,
        "category": case.category,
        "card": case.card,
        "score": case.score,
        "updated_at": case.updated_at,
    }


@router.get("/work", response=CaseAtWorkPage, summary="Cases on their way")
@roles(*AT_WORK)
def list_work(request: HttpRequest, query: Query[CaseWorkQuery]) -> CaseAtWorkPage:
    """The cases that the asker may see, the latest touched first."""
    actor = actor_of(request)
    rows = queries.list_cases(actor, queries.CaseFilter(state=query.state))
    if query.mine:
        rows = rows.filter(pk__in=queries.reviews_to_do(actor).order_by().values("case_id"))
    page = paging.paginate(rows, order=ORDER, cursor=query.cursor, size=query.size)
    titles = queries.titles_of(actor, page)
    items = [CaseAtWorkOut(**_plain(row, titles.get(row.pk, ""))) for row in page]
    return CaseAtWorkPage(items=items, next=page.next, previous=page.previous)


def _at_work(actor: Actor, public_id: UUID) -> Case:
    case = queries.get_case_by_public_id(actor, public_id)
    if not queries.is_at_work(actor, case):
        raise NotFound("not_found")
    return case


@router.get("/work/{uuid:case_id}", response=CaseWorkOut, summary="One case on its way")
@roles(*AT_WORK)
def get_work(request: HttpRequest, case_id: UUID) -> CaseWorkOut:
    """For the nominator, its reviewers, deciders and auditors."""
    actor = actor_of(request)
    return _workroom(actor, _at_work(actor, case_id))


def _workroom(actor: Actor, case: Case) -> CaseWorkOut:
    version = queries.current_version(case)
    reasons = queries.reasons_of(case)
    found = operations.findings(actor, case, version)
    return CaseWorkOut(
        **_plain(case, version.title),
        text=CaseTextOut(**queries.texts_of(version)),
        findings=[_finding(f, reasons) for f in found],
        reviews=[
            CaseReviewOut(
                position=r.position,
                reviewer=str(r.reviewer),
                reviewed_at=r.reviewed_at,
                points=r.points,
                total=r.total,
                comment=r.comment,
            )
            for r in queries.reviews_of(actor, case)
        ],
        criteria=case.criteria or [c.as_row() for c in rules.STANDARD],
        reason=case.reason,
        steps=queries.steps_open(actor, case),
    )


def _finding(found: rules.Found, reasons: Mapping[str, Any]) -> CaseFindingOut:
    kept = reasons.get(found.key)
    reason = kept.reason if kept and not found.is_hard else ""
    return CaseFindingOut(**recognised(found).dict(), reason=reason)


@router.get(
    "/work/{uuid:case_id}/readers",
    response=list[ReaderOut],
    summary="Who may be asked to read a case",
)
@roles(*sorted(rules.DECIDERS))
def list_readers(request: HttpRequest, case_id: UUID) -> list[ReaderOut]:
    """People who had no hand in the call and were not asked yet."""
    actor = actor_of(request)
    case = _at_work(actor, case_id)
    people = queries.may_review(actor, case, timezone.localdate())
    return [ReaderOut(id=p.pk, name=str(p)) for p in people]


@router.post("/work/{uuid:case_id}/steps", response=CaseWorkOut, summary="Take a step with a case")
@roles(*AT_WORK)
@idempotent
def take_case_step(
    request: HttpRequest, case_id: UUID, body: CaseStepIn
) -> tuple[int, CaseWorkOut]:
    actor, now = actor_of(request), timezone.now()
    step = STEPS.get(body.step)
    if step is None:
        raise NotFound("not_found")
    with tenancy.acting(actor):
        case = _at_work(actor, case_id)
        step(actor, case.pk, body, now)
        return 200, _workroom(actor, queries.get_case(actor, case.pk))
