"""Machines: 12345 hands orders over and answers, others report what their data shows."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import AfterValidator, ConfigDict, Field

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.web import actor_of
from qiying.slices.calls import public as calls
from qiying.slices.channels import operations, queries
from qiying.slices.channels.models import WorkOrder
from qiying.slices.channels.rules.codes import SignalKind
from qiying.slices.channels.rules.columns import SHANGHAI, is_of_ours
from qiying.slices.channels.rules.tables import READERS

D = TypeVar("D", bound=date)
router = Router(tags=["channels"])
HOTLINE = (Role.MACHINE, Role.DESK)
Line = Annotated[str, Field(max_length=200)]
Words = Annotated[str, Field(max_length=4000)]
Number = Annotated[str, Field(min_length=1, max_length=64)]


def _in_our_time(moment: datetime) -> datetime:
    """A time without an offset is the clock on the wall here."""
    _in_our_years(moment)
    return moment if moment.tzinfo else moment.replace(tzinfo=SHANGHAI)


def _in_our_years(day: D) -> D:
    if not is_of_ours(day):
        raise ValueError("not a year of ours")
    return day


Moment = Annotated[datetime, AfterValidator(_in_our_time)]
Day = Annotated[date, AfterValidator(_in_our_years)]


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class OrderIn(Strict):
    """An order as 12345 hands it over (派单)."""

    order_number: Number
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    title: Annotated[str, Field(max_length=80)] = ""
    credit_code: Annotated[str, Field(max_length=18)] = ""
    issued_at: Moment | None = None
    due_at: Moment | None = None
    matter_code: Annotated[str, Field(max_length=20)] = ""
    longitude: Annotated[float, Field(ge=-180, le=180)] | None = None
    latitude: Annotated[float, Field(ge=-90, le=90)] | None = None
    address: Line = ""
    contact_name: Annotated[str, Field(max_length=64)] = ""
    contact_phone: Annotated[str, Field(max_length=40)] = ""


class OrderOut(Schema):
    """An order as it stands."""

    id: UUID
    order_number: str
    state: str
    call: str
    issued_at: datetime
    sign_due_at: datetime
    return_until: datetime
    due_at: datetime
    signed_at: datetime | None
    return_reason: str
    return_text: str
    reply_result: str
    reply_text: str
    replied_at: datetime | None
    closed_at: datetime | None
    reworks: int


class OrdersOut(Schema):
    items: list[OrderOut]
    next: str
    previous: str


class OrderQuery(Schema):
    state: Annotated[str, Field(max_length=12)] = ""
    cursor: Annotated[str, Field(max_length=400)] = ""
    size: Annotated[int, Field(ge=1, le=200)] = 25


class AnswerIn(Strict):
    """What 12345 says to a return, to an extension, or after its revisit."""

    about: Literal["return", "extension", "revisit"]
    is_agreed: bool
    """The return is accepted, the extension granted, the caller content."""
    text: Words = ""


class SignalIn(Strict):
    """What data show about a firm."""

    kind: SignalKind
    source: Annotated[str, Field(min_length=1, max_length=120)]
    text: Annotated[str, Field(min_length=1, max_length=4000)]
    title: Annotated[str, Field(max_length=80)] = ""
    reference: Annotated[str, Field(max_length=64)] = ""
    seen_on: Day | None = None
    credit_code: Annotated[str, Field(max_length=18)] = ""


class SignalOut(Schema):
    call: str


def _out(actor: Actor, row: WorkOrder) -> OrderOut:
    with tenancy.reading(actor):
        cards = calls.cards(actor, [row.call_id])
    return _shown(row, cards)


def _shown(row: WorkOrder, cards: Mapping[int, calls.CallCard]) -> OrderOut:
    card = cards.get(row.call_id)
    return OrderOut(
        id=row.public_id,
        call=card.number if card else "",
        **{name: getattr(row, name) for name in OrderOut.model_fields if name not in OWN},
    )


OWN = {"id", "call"}


@router.get("/orders", response=OrdersOut, summary="12345 orders")
@roles(*READERS, Role.MACHINE)
def list_orders(request: HttpRequest, query: Query[OrderQuery]) -> OrdersOut:
    """The visible orders, the latest first; a key sees the orders that it handed over."""
    actor = actor_of(request)
    rows = queries.list_orders(actor, tab=query.state)
    page = paging.paginate(
        rows, order=("-received_at", "-id"), cursor=query.cursor, size=query.size
    )
    cards = calls.cards(actor, [row.call_id for row in page.rows])
    items = [_shown(row, cards) for row in page.rows]
    return OrdersOut(items=items, next=page.next, previous=page.previous)


@router.post("/orders", response={201: OrderOut}, summary="Hand an order over")
@roles(*HOTLINE)
@idempotent
def hand_over(request: HttpRequest, body: OrderIn) -> tuple[int, OrderOut]:
    """派单. The same order number again answers with the order that is there."""
    actor = actor_of(request)
    given = {k: v for k, v in body.dict().items() if v not in (None, "")}
    row = operations.receive_order(actor, now=timezone.now(), **given)
    return 201, _out(actor, row)


@router.get("/orders/{uuid:order_id}", response=OrderOut, summary="One order")
@roles(*READERS, Role.MACHINE)
def get_order(request: HttpRequest, order_id: UUID) -> OrderOut:
    actor = actor_of(request)
    return _out(actor, queries.get_order(actor, order_id))


@router.post("/orders/{uuid:order_id}/answers", response=OrderOut, summary="Answer for an order")
@roles(*HOTLINE)
@idempotent
def answer(request: HttpRequest, order_id: UUID, body: AnswerIn) -> tuple[int, OrderOut]:
    """退单、延期、回访: what 12345 says to them."""
    actor, now = actor_of(request), timezone.now()
    if body.about == "return":
        row = operations.answer_return(
            actor, order_id, is_accepted=body.is_agreed, text=body.text, now=now
        )
    elif body.about == "revisit":
        row = operations.revisit_order(
            actor, order_id, is_content=body.is_agreed, text=body.text, now=now
        )
    else:
        operations.answer_extension(actor, order_id, is_granted=body.is_agreed, now=now)
        with tenancy.reading(actor):
            row = queries.get_order(actor, order_id)
    return 200, _out(actor, row)


@router.post("/signals", response={201: SignalOut}, summary="Report a signal")
@roles(Role.MACHINE, Role.DESK)
@idempotent
def report(request: HttpRequest, body: SignalIn) -> tuple[int, SignalOut]:
    """主动发现: a signal becomes a call that counts as found by the zone."""
    actor = actor_of(request)
    given = {k: v for k, v in body.dict().items() if v not in (None, "") and k != "credit_code"}
    if body.credit_code:
        firm = operations.firm_by_code(actor, body.credit_code)
        given |= {"firm": firm, "enterprise_id": firm.id}
    row = operations.record_signal(actor, now=timezone.now(), **given)
    return 201, SignalOut(call=calls.card(actor, row.call_id).number)
