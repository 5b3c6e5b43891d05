"""``/api/v1/mandate``: editions, delegated powers, hand-overs and precedents as lists."""

from datetime import date, datetime

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from qiying.kernel import paging
from qiying.kernel.access import STAFF, Role
from qiying.kernel.api import roles
from qiying.kernel.web import actor_of
from qiying.slices.mandate import queries, rules

router = Router(tags=["mandate"])
READERS = tuple(sorted(STAFF | {Role.MACHINE}))


class Turn(Schema):
    cursor: str = ""
    size: int = Field(25, ge=1, le=200)


class MatterTurn(Turn):
    matter: str = Field("", max_length=20)


class DelegationQuery(MatterTurn):
    """``on`` leaves those that are in force on that day."""

    on: date | None = None


class RegisterEditionOut(Schema):
    """A day of the register that was published; ``holds`` when its digest is still that of today."""

    kind: str
    name: str
    name_en: str
    effective_on: date
    document: str
    matters: int
    digest: str
    holds: bool
    published_at: datetime


class DelegationOut(Schema):
    """A power that another unit exercises; units by their codes."""

    matter: str
    kind: str
    from_unit: str
    to_unit: str
    document: str
    scope: str
    scope_en: str
    valid_from: date
    valid_to: date | None


class DelegationPage(Schema):
    items: list[DelegationOut]
    next: str
    previous: str


class HandoverOut(Schema):
    """A neighbourhood on its way to a community of a township."""

    number: str
    area: str
    name: str
    name_en: str
    households: int
    residents: int
    from_unit: str
    to_unit: str | None
    community: str
    community_en: str
    state: str
    document: str
    handed_over_on: date | None
    dual_run_until: date | None
    is_extended: bool


class HandoverPage(Schema):
    items: list[HandoverOut]
    next: str
    previous: str


class PrecedentOut(Schema):
    """What the county decided, for a place or an area, from a day on."""

    number: str
    matter: str
    longitude: float | None
    latitude: float | None
    area_kind: str
    area: str
    lead: str
    decided_by: str
    document: str
    reason: str
    reason_en: str
    valid_from: date
    valid_to: date | None


class PrecedentPage(Schema):
    items: list[PrecedentOut]
    next: str
    previous: str


@router.get(
    "/editions", response=list[RegisterEditionOut], summary="Published days of the register"
)
@roles(*READERS)
def list_editions(request: HttpRequest) -> list[RegisterEditionOut]:
    actor = actor_of(request)
    register = queries.register(actor)
    return [
        RegisterEditionOut(
            kind=row.kind,
            name=row.name_zh,
            name_en=row.name_en,
            effective_on=row.effective_on,
            document=row.document,
            matters=row.matters_count,
            digest=row.digest,
            holds=rules.digest_of_rows(tuple(register.on(row.effective_on).values()))
            == row.digest,
            published_at=row.published_at,
        )
        for row in queries.list_editions(actor)
    ]


@router.get("/delegations", response=DelegationPage, summary="Delegated powers")
@roles(*READERS)
def list_delegations(request: HttpRequest, query: Query[DelegationQuery]) -> DelegationPage:
    rows = queries.list_delegations(actor_of(request), matter=query.matter, on=query.on)
    page = paging.paginate(
        rows, order=("-valid_from", "-id"), cursor=query.cursor, size=query.size
    )
    items = [
        DelegationOut(
            matter=row.matter.code,
            kind=row.kind,
            from_unit=row.from_unit.code,
            to_unit=row.to_unit.code,
            document=row.document,
            scope=row.scope_zh,
            scope_en=row.scope_en,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in page
    ]
    return DelegationPage(items=items, next=page.next, previous=page.previous)


@router.get("/handovers", response=HandoverPage, summary="Neighbourhoods that are handed over")
@roles(*READERS)
def list_handovers(request: HttpRequest, query: Query[Turn]) -> HandoverPage:
    rows = queries.list_handovers(actor_of(request))
    page = paging.paginate(rows, order=("number", "id"), cursor=query.cursor, size=query.size)
    items = [
        HandoverOut(
            number=row.number,
            area=row.area_key,
            name=row.name_zh,
            name_en=row.name_en,
            households=row.households,
            residents=row.residents,
            from_unit=row.from_unit.code,
            to_unit=row.to_unit.code if row.to_unit else None,
            community=row.community_zh,
            community_en=row.community_en,
            state=row.state,
            document=row.document,
            handed_over_on=row.handed_over_on,
            dual_run_until=row.dual_run_until,
            is_extended=row.is_extended,
        )
        for row in page
    ]
    return HandoverPage(items=items, next=page.next, previous=page.previous)


@router.get("/precedents", response=PrecedentPage, summary="What the county decided")
@roles(*READERS)
def list_precedents(request: HttpRequest, query: Query[MatterTurn]) -> PrecedentPage:
    rows = queries.list_precedents(actor_of(request), matter=query.matter)
    page = paging.paginate(
        rows, order=("-valid_from", "-id"), cursor=query.cursor, size=query.size
    )
    items = [
        PrecedentOut(
            number=row.number,
            matter=row.matter.code,
            longitude=row.longitude,
            latitude=row.latitude,
            area_kind=row.area_kind,
            area=row.area_key,
            lead=row.lead_unit.code,
            decided_by=row.decided_by.code,
            document=row.document,
            reason=row.reason_zh,
            reason_en=row.reason_en,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in page
    ]
    return PrecedentPage(items=items, next=page.next, previous=page.previous)
