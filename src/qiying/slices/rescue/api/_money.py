"""Settlements: one draws a provider's month up, another finds it right, then it is paid."""

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
from qiying.kernel.errors import Invalid
from qiying.kernel.web import actor_of
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.api._fields import Day
from qiying.slices.rescue.api._providers import provider_key
from qiying.slices.rescue.models import Settlement
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.rules import PAYERS, READERS

router = Router(tags=["rescue"])


class SettlementOut(Schema):
    """A provider's month; money in yuan."""

    id: UUID
    number: str
    provider: str
    month: date
    state: str
    jobs: int
    zone_cny: Decimal
    firm_cny: Decimal
    due_on: date | None
    voucher: str
    version: int


class SettlementLineOut(Schema):
    job: str
    zone_cny: Decimal
    firm_cny: Decimal


class SettlementDetailOut(SettlementOut):
    lines: list[SettlementLineOut]


class SettlementsOut(Schema):
    items: list[SettlementOut]
    next: str
    previous: str


class DrawIn(Schema):
    """``month`` is any day of it, this month when not said; ``budget_line`` one of that year."""

    model_config = ConfigDict(extra="forbid")

    month: Day | None = None
    budget_line: str = Field("", max_length=40)


class CheckIn(Schema):
    """``version`` as last read: nobody finds right what has changed meanwhile."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = None


class PayIn(CheckIn):
    voucher: str = Field(min_length=1, max_length=60)


class ReturnIn(CheckIn):
    text: str = Field("", max_length=300)


class SettlementQuery(Schema):
    state: str = Field("", max_length=12)
    cursor: str = ""
    size: int = Field(25, ge=1, le=200)


PAID_BY = tuple({*READERS, *PAYERS, Role.PROVIDER_MANAGER})


@router.get("/settlements", response=SettlementsOut, summary="List settlements")
@roles(*PAID_BY)
def list_settlements(request: HttpRequest, query: Query[SettlementQuery]) -> SettlementsOut:
    rows = queries.list_settlements(actor_of(request))
    if query.state:
        rows = rows.filter(state=query.state)
    page = paging.paginate(rows, order=("-month", "-id"), cursor=query.cursor, size=query.size)
    items = [SettlementOut(**_money(s)) for s in page.rows]
    return SettlementsOut(items=items, next=page.next, previous=page.previous)


def _money(s: Settlement) -> dict[str, Any]:
    found = {n: getattr(s, n) for n in SettlementOut.model_fields if n not in ("id", "provider")}
    return {**found, "id": s.public_id, "provider": s.provider.name_zh}


@router.get(
    "/settlements/{uuid:settlement_id}", response=SettlementDetailOut, summary="One settlement"
)
@roles(*PAID_BY)
def get_settlement(request: HttpRequest, settlement_id: UUID) -> SettlementDetailOut:
    return _detail(actor_of(request), settlement_id)


def _detail(actor: Actor, public_id: UUID) -> SettlementDetailOut:
    with tenancy.reading(actor):
        row = keep.settlement_of(actor, public_id)
        lines = [
            SettlementLineOut(job=x.job.number, zone_cny=x.zone_cny, firm_cny=x.firm_cny)
            for x in queries.lines_of(actor, row)
        ]
        return SettlementDetailOut(**_money(row), lines=lines)


@router.post(
    "/providers/{uuid:provider_id}/settlements",
    response={201: SettlementDetailOut},
    summary="Draw a settlement up",
)
@roles(*PAYERS)
@idempotent
def draw_up(
    request: HttpRequest, provider_id: UUID, body: DrawIn
) -> tuple[int, SettlementDetailOut]:
    """A provider's confirmed rescues of a month, and earlier ones confirmed late."""
    actor, now = actor_of(request), timezone.now()
    month = body.month or queries.today(now)
    with tenancy.acting(actor):
        row = operations.draw_up(
            actor,
            provider_key(actor, provider_id),
            now=now,
            month=month,
            budget_id=_budget(actor, body.budget_line, month.year),
        )
        return 201, _detail(actor, row.public_id)


def _budget(actor: Actor, line: str, year: int) -> int | None:
    if not line:
        return None
    lines = {u.budget.line: u.budget.pk for u in queries.budgets(actor, year)}
    if line not in lines:
        raise Invalid("input.invalid", {"budget_line": "input.choice"})
    return lines[line]


def _key(actor: Actor, public_id: UUID) -> int:
    with tenancy.reading(actor):
        return keep.settlement_of(actor, public_id).pk


@router.post(
    "/settlements/{uuid:settlement_id}/check",
    response=SettlementDetailOut,
    summary="Find a settlement right",
)
@roles(*PAYERS)
@idempotent
def check_settlement(
    request: HttpRequest, settlement_id: UUID, body: CheckIn
) -> tuple[int, SettlementDetailOut]:
    """By somebody else than who drew it up; its rescues are settled."""
    actor = actor_of(request)
    key = _key(actor, settlement_id)
    operations.check_settlement(actor, key, now=timezone.now(), version=body.version)
    return 200, _detail(actor, settlement_id)


@router.post(
    "/settlements/{uuid:settlement_id}/pay",
    response=SettlementDetailOut,
    summary="Enter the payment",
)
@roles(*PAYERS)
@idempotent
def pay_settlement(
    request: HttpRequest, settlement_id: UUID, body: PayIn
) -> tuple[int, SettlementDetailOut]:
    actor = actor_of(request)
    key = _key(actor, settlement_id)
    operations.pay_settlement(actor, key, now=timezone.now(), **body.dict())
    return 200, _detail(actor, settlement_id)


@router.post(
    "/settlements/{uuid:settlement_id}/return",
    response=SettlementDetailOut,
    summary="Send a settlement back",
)
@roles(*PAYERS)
@idempotent
def return_settlement(
    request: HttpRequest, settlement_id: UUID, body: ReturnIn
) -> tuple[int, SettlementDetailOut]:
    """Why it is not right; its rescues are free for the next one."""
    actor = actor_of(request)
    key = _key(actor, settlement_id)
    operations.return_settlement(actor, key, now=timezone.now(), **body.dict())
    return 200, _detail(actor, settlement_id)
