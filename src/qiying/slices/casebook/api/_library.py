"""The library: published cases, nominating a verified closure, citing."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from qiying.kernel import paging
from qiying.kernel.access import STAFF, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.web import actor_of
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.api._fields import Note, RecognisedOut, Text, Title, recognised
from qiying.slices.casebook.models import Case

router = Router(tags=["casebook"])
EVERYBODY = (*sorted(STAFF), Role.ENTERPRISE, Role.MACHINE)
ORDER = ("-published_at", "-id")


class CaseOut(Schema):
    """A published case; it names nobody."""

    id: UUID
    number: str
    version: int
    published_at: datetime
    matter: str
    category: str
    days: int
    rounds: int
    outcome: str
    citations: int
    title: str
    background: str
    difficulty: str
    practice: str
    effect: str
    replicable: str


class CasePage(Schema):
    items: list[CaseOut]
    next: str
    previous: str


class CaseQuery(Schema):
    """What the library is narrowed by."""

    q: str = Field("", max_length=60)
    matter: str = Field("", max_length=20)
    category: str = Field("", max_length=20)
    cursor: str = ""


class NominateIn(Schema):
    """The closed call, and the text as far as it is written."""

    call: UUID
    title: Title = ""
    background: Text = ""
    difficulty: Text = ""
    practice: Text = ""
    effect: Text = ""
    replicable: Text = ""


class NominatedOut(Schema):
    id: UUID
    number: str
    state: str
    findings: list[RecognisedOut]


class CiteIn(Schema):
    """For which call, or in the measure of which class issue, the case was followed."""

    call: UUID | None = None
    issue: UUID | None = None
    cited_in: str = Field("answer", max_length=8)
    note: Note = ""


class CitedOut(Schema):
    case: str
    citations: int


def case_out(case: Case, citations: int) -> CaseOut:
    version = case.published_version
    if version is None or version.published_at is None:
        raise NotFound("not_found")
    return CaseOut(
        id=case.public_id,
        number=case.number,
        version=version.number,
        published_at=version.published_at,
        matter=case.matter_code,
        category=case.category,
        days=case.card["days"],
        rounds=case.card["rounds"],
        outcome=case.card["outcome"],
        citations=citations,
        **queries.texts_of(version),
    )


@router.get("/cases", response=CasePage, summary="Published typical cases")
@roles(*EVERYBODY)
def list_cases(request: HttpRequest, wanted: Query[CaseQuery]) -> CasePage:
    actor = actor_of(request)
    narrowed = queries.CaseFilter(q=wanted.q, matter=wanted.matter, category=wanted.category)
    rows = paging.paginate(
        queries.list_published(actor, narrowed), order=ORDER, cursor=wanted.cursor
    )
    counts = queries.citation_counts(actor, [row.pk for row in rows])
    items = [case_out(row, counts.get(row.pk, 0)) for row in rows]
    return CasePage(items=items, next=rows.next, previous=rows.previous)


@router.get("/cases/{uuid:case_id}", response=CaseOut, summary="One published typical case")
@roles(*EVERYBODY)
def get_case(request: HttpRequest, case_id: UUID) -> CaseOut:
    actor = actor_of(request)
    case = queries.get_case_by_public_id(actor, case_id)
    if not queries.is_public(case):
        raise NotFound("not_found")
    return case_out(case, queries.citation_counts(actor, [case.pk]).get(case.pk, 0))


@router.post("/cases", response={201: NominatedOut}, summary="Nominate a verified closure")
@roles(*sorted(rules.NOMINATORS))
@idempotent
def nominate(request: HttpRequest, payload: NominateIn) -> tuple[int, NominatedOut]:
    actor = actor_of(request)
    texts = {part: getattr(payload, part) for part in rules.TEXTS}
    case, found = operations.nominate_and_look(
        actor, payload.call, texts=texts, now=timezone.now()
    )
    findings = [recognised(f) for f in found]
    return 201, NominatedOut(
        id=case.public_id, number=case.number, state=case.state, findings=findings
    )


@router.post(
    "/cases/{uuid:case_id}/citations",
    response={201: CitedOut},
    summary="Say that a case was followed for a call or a class issue",
)
@roles(*operations.CITERS)
@idempotent
def cite(request: HttpRequest, case_id: UUID, payload: CiteIn) -> tuple[int, CitedOut]:
    actor = actor_of(request)
    now = timezone.now()
    if payload.issue is not None and payload.call is None:
        row = operations.cite_for_class(
            actor, case_id, issue_public_id=payload.issue, note=payload.note, now=now
        )
    elif payload.call is not None and payload.issue is None:
        row = operations.cite(
            actor,
            case_id,
            call_public_id=payload.call,
            cited_in=payload.cited_in,
            note=payload.note,
            now=now,
        )
    else:
        raise Invalid("input.invalid", {"call": "input.required"})
    return 201, CitedOut(case=row.case.number, citations=operations.count_citations(actor, row))
