"""Providers under contract: signed, their licences, prices and leaders; the stations."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid
from qiying.kernel.web import actor_of
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.api._fields import Code, Day, Latitude, Longitude, Row
from qiying.slices.rescue.models import Provider
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.rules import KEEPERS, READERS

router = Router(tags=["rescue"])
AT_PROVIDERS = (*READERS, Role.ADMINISTRATOR, Role.PROVIDER_MANAGER)
MOST_ITEMS = 500


class ProviderOut(Schema):
    """A provider; ``until_on`` is the first day out of contract."""

    id: UUID
    name_zh: str
    name_en: str
    kind: str
    contract: str
    from_on: date
    until_on: date | None
    classes: list[str]
    public_percent: int | None
    phone: str
    people: int


class ProvidersOut(Schema):
    items: list[ProviderOut]
    next: str
    previous: str


class LicenceOut(Schema):
    item: str
    number: str
    body: str
    from_on: date
    until_on: date | None


class PriceItemOut(Schema):
    """A row of a price list; money in yuan a unit."""

    code: str
    name_zh: str
    name_en: str
    unit_zh: str
    unit_en: str
    price_cny: Decimal
    is_part: bool
    has_night_price: bool


class PriceListOut(Schema):
    version: int
    from_on: date
    until_on: date | None
    note: str
    items: list[PriceItemOut]


class ProviderDetailOut(ProviderOut):
    licences: list[LicenceOut]
    prices: list[PriceListOut]


class ProviderQuery(Schema):
    cursor: str = ""
    size: int = Field(25, ge=1, le=200)


class ContractIn(Schema):
    """What a contract says; ``classes`` are codes, none means whatever its people can do."""

    model_config = ConfigDict(extra="forbid")

    kind: Code = "contracted"
    contract: str = Field("", max_length=60)
    from_on: Day
    until_on: Day | None = None
    phone: str = Field("", max_length=20)
    public_percent: int | None = Field(None, ge=0, le=100)
    classes: Annotated[list[Code], Field(max_length=200)] = []


class ProviderIn(ContractIn):
    """A new provider; the name stays what it is once signed."""

    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=150)


class LicenceIn(Schema):
    """A licence that the house has seen."""

    model_config = ConfigDict(extra="forbid")

    item: str = Field(min_length=1, max_length=60)
    number: str = Field(min_length=1, max_length=60)
    body: str = Field("", max_length=100)
    from_on: Day
    until_on: Day | None = None


class PriceItemIn(Schema):
    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=20)
    name_zh: str = Field(min_length=1, max_length=80)
    name_en: str = Field("", max_length=120)
    unit_zh: str = Field(min_length=1, max_length=10)
    unit_en: str = Field("", max_length=20)
    price_cny: Decimal = Field(ge=0, max_digits=12, decimal_places=2)
    is_part: bool = False
    has_night_price: bool = True


class PricesIn(Schema):
    """A new version of the prices; the one in force ends the day before."""

    model_config = ConfigDict(extra="forbid")

    from_on: Day
    until_on: Day | None = None
    note: str = Field("", max_length=200)
    items: Annotated[list[PriceItemIn], Field(min_length=1, max_length=MOST_ITEMS)]


class ManagerIn(Schema):
    """``person`` is the id of somebody who holds the role; no longer when ``is_current`` is not."""

    model_config = ConfigDict(extra="forbid")

    person: Row
    is_current: bool = True


class StationOut(Schema):
    """A place where technicians wait; WGS 84."""

    code: str
    name_zh: str
    name_en: str
    longitude: float
    latitude: float


class StationIn(Schema):
    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, max_length=20)
    name_zh: str = Field(min_length=1, max_length=60)
    name_en: str = Field("", max_length=100)
    longitude: Longitude
    latitude: Latitude


@router.get("/providers", response=ProvidersOut, summary="List providers")
@roles(*AT_PROVIDERS)
def list_providers(request: HttpRequest, query: Query[ProviderQuery]) -> ProvidersOut:
    actor = actor_of(request)
    rows = queries.list_providers(actor)
    page = paging.paginate(rows, order=("id",), cursor=query.cursor, size=query.size)
    people = queries.people_by_provider(actor)
    items = [ProviderOut(**_plain(p, people)) for p in page.rows]
    return ProvidersOut(items=items, next=page.next, previous=page.previous)


def _plain(row: Provider, people: dict[int, int]) -> dict[str, Any]:
    names = set(ProviderOut.model_fields) - {"id", "people"}
    found = {name: getattr(row, name) for name in names}
    return {**found, "id": row.public_id, "people": people.get(row.pk, 0)}


def provider_key(actor: Actor, public_id: UUID) -> int:
    """The row of a provider; NotFound when the caller sees none such."""
    with tenancy.reading(actor):
        return keep.provider_of(actor, public_id).pk


def _detail(actor: Actor, public_id: UUID) -> ProviderDetailOut:
    with tenancy.reading(actor):
        row = keep.provider_of(actor, public_id)
        return ProviderDetailOut(
            **_plain(row, queries.people_by_provider(actor)),
            licences=[
                LicenceOut(**{name: getattr(x, name) for name in LicenceOut.model_fields})
                for x in queries.licences_of(actor, row)
            ],
            prices=[_prices(found) for found in keep.price_lists(actor, row)],
        )


def _prices(found: keep.Prices) -> PriceListOut:
    told = {n: getattr(found.version, n) for n in PriceListOut.model_fields if n != "items"}
    return PriceListOut(
        **told,
        items=[
            PriceItemOut(**{name: getattr(x, name) for name in PriceItemOut.model_fields})
            for x in found.items
        ],
    )


@router.get("/providers/{uuid:provider_id}", response=ProviderDetailOut, summary="One provider")
@roles(*AT_PROVIDERS)
def get_provider(request: HttpRequest, provider_id: UUID) -> ProviderDetailOut:
    """With its licences and every version of its prices, the newest first."""
    return _detail(actor_of(request), provider_id)


@router.post("/providers", response={201: ProviderDetailOut}, summary="Sign a provider")
@roles(*KEEPERS)
@idempotent
def sign_provider(request: HttpRequest, body: ProviderIn) -> tuple[int, ProviderDetailOut]:
    actor = actor_of(request)
    with tenancy.acting(actor):
        if queries.list_providers(actor).filter(name_zh=body.name_zh.strip()).exists():
            raise Invalid("input.invalid", {"name_zh": "rescue.keep.provider_known"})
        _require_classes(actor, body.classes)
        row = operations.sign_provider(actor, now=timezone.now(), **body.dict())
        return 201, _detail(actor, row.public_id)


def _require_classes(actor: Actor, codes: list[str]) -> None:
    if set(codes) - {c.code for c in queries.classes(actor)}:
        raise Invalid("input.invalid", {"classes": "input.choice"})


@router.put(
    "/providers/{uuid:provider_id}/contract",
    response=ProviderDetailOut,
    summary="Change or renew the contract",
)
@roles(*KEEPERS)
def renew_contract(request: HttpRequest, provider_id: UUID, body: ContractIn) -> ProviderDetailOut:
    """The name and the areas stay as they are."""
    actor = actor_of(request)
    with tenancy.acting(actor):
        kept = keep.provider_of(actor, provider_id)
        _require_classes(actor, body.classes)
        operations.sign_provider(
            actor,
            now=timezone.now(),
            name_zh=kept.name_zh,
            name_en=kept.name_en,
            areas=kept.areas,
            **body.dict(),
        )
    return _detail(actor, provider_id)


@router.post(
    "/providers/{uuid:provider_id}/licences",
    response={201: ProviderDetailOut},
    summary="Enter a licence",
)
@roles(*KEEPERS)
@idempotent
def add_licence(
    request: HttpRequest, provider_id: UUID, body: LicenceIn
) -> tuple[int, ProviderDetailOut]:
    actor = actor_of(request)
    key = provider_key(actor, provider_id)
    operations.add_licence(actor, key, now=timezone.now(), **body.dict())
    return 201, _detail(actor, provider_id)


@router.post(
    "/providers/{uuid:provider_id}/prices",
    response={201: ProviderDetailOut},
    summary="Set the prices from a day on",
)
@roles(*KEEPERS)
@idempotent
def set_prices(
    request: HttpRequest, provider_id: UUID, body: PricesIn
) -> tuple[int, ProviderDetailOut]:
    actor, given = actor_of(request), body.dict()
    given["items"] = [operations.PriceIn(**item) for item in given["items"]]
    operations.set_prices(actor, provider_key(actor, provider_id), now=timezone.now(), **given)
    return 201, _detail(actor, provider_id)


@router.put(
    "/providers/{uuid:provider_id}/managers",
    response=ProviderDetailOut,
    summary="Name who leads its people",
)
@roles(*KEEPERS)
def name_manager(request: HttpRequest, provider_id: UUID, body: ManagerIn) -> ProviderDetailOut:
    actor = actor_of(request)
    operations.name_manager(
        actor,
        provider_key(actor, provider_id),
        now=timezone.now(),
        person_id=body.person,
        is_current=body.is_current,
    )
    return _detail(actor, provider_id)


@router.get("/stations", response=list[StationOut], summary="List stations")
@roles(*AT_PROVIDERS)
def list_stations(request: HttpRequest) -> list[StationOut]:
    names = StationOut.model_fields
    found = queries.stations(actor_of(request))
    return [StationOut(**{name: getattr(s, name) for name in names}) for s in found]


@router.post("/stations", response={201: StationOut}, summary="Enter a station")
@roles(*KEEPERS)
@idempotent
def add_station(request: HttpRequest, body: StationIn) -> tuple[int, StationOut]:
    """The same code again moves or renames the station."""
    row = operations.add_station(actor_of(request), now=timezone.now(), **body.dict())
    return 201, StationOut(**{name: getattr(row, name) for name in StationOut.model_fields})
