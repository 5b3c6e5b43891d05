"""Process retrofits: planned, begun, measured by readings before and after."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.web import actor_of
from qiying.slices.registry import public as registry
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.api._fields import Amount, Code, Day, Text
from qiying.slices.rescue.models import Retrofit
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.rules import READERS

router = Router(tags=["rescue"])
HOUSE = (Role.DUTY_CHIEF, Role.DESK)


class EffectOut(Schema):
    """Means of the readings before and after; ``better_percent`` as the figure shall move."""

    before: Decimal
    after: Decimal
    better_percent: Decimal
    is_reached: bool


class RetrofitOut(Schema):
    """A project of a firm; money in yuan. Without readings on both sides there is no effect."""

    id: UUID
    number: str
    enterprise: UUID
    title: str
    text: str
    figure: str
    unit: str
    is_less_better: bool
    target_percent: Decimal
    cost_cny: Decimal
    public_cny: Decimal
    state: str
    planned_on: date
    started_on: date | None
    finished_on: date | None
    effect: EffectOut | None


class RetrofitsOut(Schema):
    items: list[RetrofitOut]
    next: str
    previous: str


class RetrofitReadingOut(Schema):
    phase: str
    on: date
    value: Decimal
    source: str


class RetrofitDetailOut(RetrofitOut):
    readings: list[RetrofitReadingOut]


class RetrofitQuery(Schema):
    cursor: str = ""
    size: int = Field(25, ge=1, le=200)


class RetrofitIn(Schema):
    """What is changed at a firm, which figure it shall move and by how many percent."""

    model_config = ConfigDict(extra="forbid")

    enterprise: UUID
    title: str = Field(min_length=1, max_length=120)
    text: Text = ""
    figure: str = Field(min_length=1, max_length=60)
    unit: str = Field(min_length=1, max_length=20)
    is_less_better: bool = True
    target_percent: Decimal = Field(gt=0, le=1000, max_digits=6, decimal_places=2)
    cost_cny: Amount = Decimal(0)
    public_cny: Amount = Decimal(0)


class RetrofitReadingIn(Schema):
    """A value of the figure; the same day and phase again replaces it."""

    model_config = ConfigDict(extra="forbid")

    phase: Code
    on: Day
    value: Decimal = Field(ge=0, max_digits=14, decimal_places=4)
    source: str = Field(min_length=1, max_length=120)


class RetrofitDayIn(Schema):
    """The day; today when it is not said."""

    model_config = ConfigDict(extra="forbid")

    on: Day | None = None


@router.get("/retrofits", response=RetrofitsOut, summary="List process retrofits")
@roles(*READERS)
def list_retrofits(request: HttpRequest, query: Query[RetrofitQuery]) -> RetrofitsOut:
    actor = actor_of(request)
    rows = queries.list_retrofits(actor)
    page = paging.paginate(
        rows, order=("-planned_on", "-id"), cursor=query.cursor, size=query.size
    )
    effects = keep.effects(actor, list(page.rows))
    items = [RetrofitOut(**_plain(r, effects[r.pk])) for r in page.rows]
    return RetrofitsOut(items=items, next=page.next, previous=page.previous)


def _plain(row: Retrofit, effect: queries.Effect | None) -> dict[str, Any]:
    names = set(RetrofitOut.model_fields) - {"id", "enterprise", "effect"}
    found = {name: getattr(row, name) for name in names}
    told = effect and EffectOut(**{n: getattr(effect, n) for n in EffectOut.model_fields})
    return {**found, "id": row.public_id, "enterprise": row.enterprise.public_id, "effect": told}


def _detail(actor: Actor, public_id: UUID) -> RetrofitDetailOut:
    with tenancy.reading(actor):
        row = keep.retrofit_of(actor, public_id)
        readings = queries.readings_of(actor, row)
        names = RetrofitReadingOut.model_fields
        return RetrofitDetailOut(
            **_plain(row, queries.effect(row, readings)),
            readings=[RetrofitReadingOut(**{n: getattr(r, n) for n in names}) for r in readings],
        )


@router.get("/retrofits/{uuid:retrofit_id}", response=RetrofitDetailOut, summary="One retrofit")
@roles(*READERS)
def get_retrofit(request: HttpRequest, retrofit_id: UUID) -> RetrofitDetailOut:
    return _detail(actor_of(request), retrofit_id)


@router.post("/retrofits", response={201: RetrofitDetailOut}, summary="Plan a retrofit")
@roles(*HOUSE)
@idempotent
def plan_retrofit(request: HttpRequest, body: RetrofitIn) -> tuple[int, RetrofitDetailOut]:
    actor, given = actor_of(request), body.dict()
    with tenancy.acting(actor):
        firm = registry.enterprise_by_public_id(actor, given.pop("enterprise")).id
        row = operations.plan_retrofit(actor, now=timezone.now(), enterprise_id=firm, **given)
        return 201, _detail(actor, row.public_id)


def _key(actor: Actor, public_id: UUID) -> int:
    with tenancy.reading(actor):
        return keep.retrofit_of(actor, public_id).pk


@router.post(
    "/retrofits/{uuid:retrofit_id}/readings",
    response={201: RetrofitDetailOut},
    summary="Enter a reading",
)
@roles(*HOUSE)
@idempotent
def add_reading(
    request: HttpRequest, retrofit_id: UUID, body: RetrofitReadingIn
) -> tuple[int, RetrofitDetailOut]:
    actor = actor_of(request)
    key = _key(actor, retrofit_id)
    operations.add_reading(actor, key, now=timezone.now(), **body.dict())
    return 201, _detail(actor, retrofit_id)


@router.post(
    "/retrofits/{uuid:retrofit_id}/start", response=RetrofitDetailOut, summary="The work begins"
)
@roles(*HOUSE)
@idempotent
def start_retrofit(
    request: HttpRequest, retrofit_id: UUID, body: RetrofitDayIn
) -> tuple[int, RetrofitDetailOut]:
    """Refused without a reading from before."""
    actor = actor_of(request)
    key = _key(actor, retrofit_id)
    operations.start_retrofit(actor, key, now=timezone.now(), on=body.on)
    return 200, _detail(actor, retrofit_id)


@router.post(
    "/retrofits/{uuid:retrofit_id}/finish",
    response=RetrofitDetailOut,
    summary="The effect is measured",
)
@roles(*HOUSE)
@idempotent
def finish_retrofit(
    request: HttpRequest, retrofit_id: UUID, body: RetrofitDayIn
) -> tuple[int, RetrofitDetailOut]:
    """Refused without a reading from afterwards."""
    actor = actor_of(request)
    key = _key(actor, retrofit_id)
    operations.finish_retrofit(actor, key, now=timezone.now(), on=body.on)
    return 200, _detail(actor, retrofit_id)
