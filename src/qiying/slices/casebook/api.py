"""``/api/v1/casebook``: the library, citing, selections and their lists for machines."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import AfterValidator

from qiying.kernel import paging
from qiying.kernel.access import STAFF, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.web import actor_of
from qiying.slices.casebook import operations, queries, rules
from qiying.slices.casebook.models import Case, Selection

router = Router(tags=["casebook"])
EVERYBODY = (*sorted(STAFF), Role.ENTERPRISE, Role.MACHINE)
ORDER = ("-published_at", "-id")


def _without_nul(text: str) -> str:
    """No text of the database can hold a NUL."""
    if "\x00" in text:
        raise ValueError("a NUL")
    return text


Title = Annotated[str, Field(max_length=rules.MAX_TITLE), AfterValidator(_without_nul)]
Text = Annotated[str, Field(max_length=rules.MAX_TEXT), AfterValidator(_without_nul)]
Note = Annotated[str, Field(max_length=300), AfterValidator(_without_nul)]


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


class RecognisedOut(Schema):
    """Something that could tell who is meant: characters ``start`` to ``end`` of a part."""

    key: str
    kind: str
    part: str
    start: int
    end: int
    excerpt: str
    must_go: bool


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


class SelectionOut(Schema):
    id: UUID
    number: str
    title: str
    state: str
    quota: int
    opens_on: date
    closes_on: date
    publicity_until: date | None
    final_digest: str


class ListedOut(Schema):
    number: str
    title: str
    level: str
    county: str
    entrant: str
    rank: int
    score: Decimal


class ListOut(Schema):
    """The publicised or final list; the digest is SHA-256 over canonical JSON of the final one."""

    selection: str
    state: str
    publicity_from: date | None
    publicity_until: date | None
    concluded_on: date | None
    final_digest: str
    items: list[ListedOut]


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
    findings = [
        RecognisedOut(
            key=f.key,
            kind=f.kind,
            part=f.part,
            start=f.start,
            end=f.end,
            excerpt=f.excerpt,
            must_go=f.is_hard,
        )
        for f in found
    ]
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


def selection_out(row: Selection) -> SelectionOut:
    names = set(SelectionOut.model_fields) - {"id"}
    return SelectionOut(id=row.public_id, **{name: getattr(row, name) for name in names})


@router.get("/selections", response=list[SelectionOut], summary="Selections of innovative cases")
@roles(*EVERYBODY)
def list_selections(request: HttpRequest) -> list[SelectionOut]:
    rows = queries.list_selections(actor_of(request)).order_by("-made_at", "-id")
    return [selection_out(row) for row in rows[: paging.MAX_PAGE]]


@router.get(
    "/selections/{uuid:selection_id}/list",
    response=ListOut,
    summary="The publicised or final list of a selection",
)
@roles(*EVERYBODY)
def get_list(request: HttpRequest, selection_id: UUID) -> ListOut:
    actor = actor_of(request)
    row = queries.get_selection_by_public_id(actor, selection_id)
    if row.state not in rules.LISTED:
        raise NotFound("not_found")
    return ListOut(
        selection=row.number,
        state=row.state,
        publicity_from=row.publicity_from,
        publicity_until=row.publicity_until,
        concluded_on=row.concluded_on,
        final_digest=row.final_digest,
        items=[ListedOut(**line) for line in queries.list_lines(actor, row)],
    )
