"""``/api/v1/mandate``: the register, whose job it is, decisions and the linter for machines."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from qiying.kernel import paging
from qiying.kernel.access import Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.web import actor_of
from qiying.slices.mandate import models, operations, queries, rules
from qiying.slices.mandate.api import _lists
from qiying.slices.mandate.models.findings import finding_sentence

router = Router(tags=["mandate"])
router.add_router("", _lists.router)
READERS = _lists.READERS
EVERYBODY = (*READERS, Role.ENTERPRISE)


class ArticleOut(Schema):
    law: str
    law_en: str
    article: str
    grade: str


class SideOut(Schema):
    """Unit codes; ``LOCAL_TOWNSHIP`` stands for the township that holds the place."""

    lead: list[str]
    co: list[str]


class MatterOut(Schema):
    """A row of the register in one stretch of days."""

    code: str
    name: str
    name_zh: str
    name_en: str
    category: str
    status: str
    basis: str
    nature: str
    power: str
    duty: str
    grade: str
    legal_basis: list[ArticleOut]
    time_kind: str
    time_amount: int
    is_public: bool
    is_resident_matter: bool
    lead_before_reform: str
    inside: SideOut
    outside: SideOut
    note: str
    version: int
    valid_from: date
    valid_to: date | None


class MatterQuery(Schema):
    """What the list is narrowed by."""

    on: date | None = None
    status: str = ""
    public: bool | None = None

    def fits(self, card: queries.MatterCard) -> bool:
        is_status = not self.status or card.status == self.status
        return is_status and (self.public is None or card.is_public == self.public)


class Question(Schema):
    """What is asked. Longitude and latitude in WGS 84 / CGCS2000; ``geometry`` is GeoJSON."""

    matter: str = Field(max_length=20)
    longitude: float | None = Field(None, ge=-180, le=180)
    latitude: float | None = Field(None, ge=-84, le=84)
    geometry: dict[str, Any] | None = None
    on: date | None = None
    object_kind: str = "enterprise_premises"
    accuracy_m: float = Field(5.0, ge=0)
    belongs_to_zone: bool | None = None
    owner: str | None = None
    presume_owner: bool = Field(
        default=True,
        description="Take a facility without a recorded owner for that of the unit that the "
        "register names for its side, to be confirmed; false leaves it to the county.",
    )
    is_danger: bool = False
    responder: str | None = None
    recused: list[Annotated[str, Field(max_length=40, pattern=r"^[\w.-]+$")]] = []

    def asked(self) -> operations.Asked:
        return {
            "longitude": self.longitude,
            "latitude": self.latitude,
            "geometry": self.geometry,
            "object_kind": self.object_kind,
            "accuracy_m": self.accuracy_m,
            "belongs_to_zone": self.belongs_to_zone,
            "owner_unit_code": self.owner,
            "presumes_owner": self.presume_owner,
            "is_danger": self.is_danger,
            "responder_code": self.responder,
            "recused": self.recused,
        }


class ReasonOut(Schema):
    code: str
    title: str
    sentence: str
    source: str
    article: str
    grade: str


class RejectedOut(Schema):
    unit: str
    rule: str
    sentence: str


class SplitOut(Schema):
    unit: str
    side: str
    amount: float
    share: float


class RulingOut(Schema):
    """Whose job it is and why; sentences in the language of ``Accept-Language``."""

    id: UUID | None
    matter: str
    lead: str | None
    lead_name: str | None
    phone: str | None
    co: list[str]
    candidates: list[str]
    side: str
    distance_m: float | None
    township: str | None
    rule: str
    needs_confirmation: bool
    needs_adjudication: bool
    presumption: str = Field(description="Why the owner was presumed; empty when it was not.")
    reasons: list[ReasonOut]
    rejected: list[RejectedOut]
    split_tasks: list[SplitOut]
    confidence: float
    digest: str
    versions: dict[str, str]


class DecisionOut(Schema):
    id: UUID
    matter: str
    on: date
    decided_at: datetime
    lead: str | None
    side: str
    needs_confirmation: bool
    needs_adjudication: bool
    digest: str


class DecisionPage(Schema):
    items: list[DecisionOut]
    next: str
    previous: str


class ReplayOut(Schema):
    stored: str
    replayed: str
    holds: bool


class FindingOut(Schema):
    code: str
    severity: str
    subject: str
    sentence: str
    params: dict[str, str | int | float]


def matter_out(card: queries.MatterCard) -> MatterOut:
    """A card as machines get it."""
    articles = [
        ArticleOut(law=a.law_zh, law_en=a.law_en, article=a.article, grade=a.grade)
        for a in card.legal_basis
    ]
    names = MatterOut.model_fields.keys() - {"legal_basis", "inside", "outside", "version"}
    return MatterOut(
        **{name: getattr(card, name) for name in names},
        legal_basis=articles,
        inside=SideOut(lead=list(card.lead_inside), co=list(card.co_inside)),
        outside=SideOut(lead=list(card.lead_outside), co=list(card.co_outside)),
        version=card.number,
    )


def ruling_out(found: operations.Ruling, register: queries.Register) -> RulingOut:
    """A ruling as machines and commands get it."""
    lead = register.units.get(found.lead_code or "")
    return RulingOut(
        id=UUID(found.public_id) if found.public_id else None,
        matter=found.matter_code,
        lead=found.lead_code,
        lead_name=lead.name if lead else None,
        phone=lead.phone if lead else None,
        co=list(found.co_codes),
        candidates=list(found.candidate_codes),
        side=found.side,
        distance_m=found.distance_m,
        township=found.township_code,
        rule=found.rule,
        needs_confirmation=found.needs_confirmation,
        needs_adjudication=found.needs_adjudication,
        presumption=found.presumption,
        reasons=[ReasonOut.from_orm(r) for r in found.reasons],
        rejected=[
            RejectedOut(unit=r.unit_code, rule=r.code, sentence=r.sentence) for r in found.rejected
        ],
        split_tasks=[
            SplitOut(unit=s.unit_code, side=s.side, amount=s.amount, share=s.share)
            for s in found.split_tasks
        ],
        confidence=found.confidence,
        digest=found.digest,
        versions=dict(found.versions),
    )


@router.get("/matters", response=list[MatterOut], summary="The register in force on a day")
@roles(*EVERYBODY)
def list_matters(request: HttpRequest, wanted: Query[MatterQuery]) -> list[MatterOut]:
    cards = queries.matters(actor_of(request), wanted.on or timezone.localdate())
    return [matter_out(card) for card in cards if wanted.fits(card)]


@router.get("/matters/{code}", response=MatterOut, summary="One matter in force on a day")
@roles(*EVERYBODY)
def get_matter(request: HttpRequest, code: str, on: date | None = None) -> MatterOut:
    return matter_out(queries.matter(actor_of(request), code, on or timezone.localdate()))


@router.post("/decide", response=RulingOut, summary="Whose job it would be; nothing is kept")
@roles(*EVERYBODY)
def propose(request: HttpRequest, payload: Question) -> RulingOut:
    actor = actor_of(request)
    found = operations.propose(
        actor,
        matter_code=payload.matter,
        on=payload.on or timezone.localdate(),
        **payload.asked(),
    )
    return ruling_out(found, queries.register(actor))


@router.post("/decisions", response={201: RulingOut}, summary="Decide and keep the decision")
@roles(*READERS)
@idempotent
def decide(request: HttpRequest, payload: Question) -> tuple[int, RulingOut]:
    actor = actor_of(request)
    found = operations.decide(
        actor,
        matter_code=payload.matter,
        on=payload.on or timezone.localdate(),
        now=timezone.now(),
        **payload.asked(),
    )
    return 201, ruling_out(found, queries.register(actor))


@router.get("/decisions", response=DecisionPage, summary="Decisions, the latest first")
@roles(*READERS)
def list_decisions(
    request: HttpRequest, matter: str = "", flag: str = "", cursor: str = "", size: int = 25
) -> DecisionPage:
    rows = queries.list_decisions(actor_of(request), matter=matter, flag=flag)
    page = paging.paginate(rows, order=("-made_at", "-id"), cursor=cursor, size=size)
    items = [_decision_out(row) for row in page]
    return DecisionPage(items=items, next=page.next, previous=page.previous)


def _decision_out(row: models.Decision) -> DecisionOut:
    return DecisionOut(
        id=row.public_id,
        matter=row.matter.code,
        on=row.decided_on,
        decided_at=row.made_at,
        lead=row.lead_unit.code if row.lead_unit else None,
        side=row.side,
        needs_confirmation=row.needs_confirmation,
        needs_adjudication=row.needs_adjudication,
        digest=row.digest,
    )


@router.get("/decisions/{public_id}", response=RulingOut, summary="One decision with its reasons")
@roles(*READERS)
def get_decision(request: HttpRequest, public_id: UUID) -> RulingOut:
    actor = actor_of(request)
    row = queries.get_decision_by_public_id(actor, str(public_id))
    return ruling_out(operations.ruling(actor, row.pk), queries.register(actor))


@router.get(
    "/decisions/{public_id}/replay", response=ReplayOut, summary="Decide again in the kept world"
)
@roles(*READERS)
def replay(request: HttpRequest, public_id: UUID) -> ReplayOut:
    actor = actor_of(request)
    row = queries.get_decision_by_public_id(actor, str(public_id))
    stored, again = operations.replay(actor, row.pk)
    return ReplayOut(stored=stored, replayed=again, holds=stored == again)


@router.get("/lint", response=list[FindingOut], summary="What is wrong with the register on a day")
@roles(*READERS)
def lint(request: HttpRequest, on: date | None = None) -> list[FindingOut]:
    actor = actor_of(request)
    found = operations.lint(actor, on or timezone.localdate())
    return [finding_out(f, queries.register(actor)) for f in found]


def finding_out(found: rules.Finding, register: queries.Register) -> FindingOut:
    names = {code: card.name for code, card in register.units.items()}
    return FindingOut(
        code=found.code,
        severity=found.severity,
        subject=found.subject,
        sentence=finding_sentence(found, names),
        params=dict(found.params),
    )
