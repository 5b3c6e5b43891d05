"""12345: orders handed over, what we say to them and what it answers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import Field

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of
from qiying.slices.calls import public as calls
from qiying.slices.channels import operations, queries
from qiying.slices.channels.api._fields import Cursor, Line, Moment, Number, Size, Strict, Words
from qiying.slices.channels.models import Delivery, WorkOrder
from qiying.slices.channels.rules.tables import READERS

router = Router(tags=["channels"])
HOTLINE = (Role.MACHINE, Role.DESK)


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
    cursor: Cursor = ""
    size: Size = 25


class AnswerIn(Strict):
    """What 12345 says to a return, to an extension, or after its revisit."""

    about: Literal["return", "extension", "revisit"]
    is_agreed: bool
    """The return is accepted, the extension granted, the caller content."""
    text: Words = ""


class OrderStepIn(Strict):
    """What the zone does with an order.

    ``sign`` takes nothing; ``reply`` may take ``text`` (else the reviewed answer goes); ``ask_return``
    takes ``reason`` and ``text``; ``ask_extension`` takes ``days`` (working days) and ``text``;
    ``approve_extension`` and ``refuse_extension`` are somebody else's than the asker's.
    """

    step: Annotated[str, Field(max_length=20)]
    text: Words = ""
    reason: Annotated[str, Field(max_length=20)] = ""
    days: Annotated[int, Field(ge=0, le=100)] = 0


class FiledReplyOut(Schema):
    """What goes to 12345 in the file: sign, return, extension or reply, as the lines say it."""

    id: UUID
    kind: str
    sent_at: datetime | None
    body: dict[str, str | None]


class FiledRepliesOut(Schema):
    """The replies that were marked as sent by this request; a second request has none of them."""

    items: list[FiledReplyOut]


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


Step = Callable[[Actor, UUID, OrderStepIn, datetime], object]
STEPS: Mapping[str, Step] = {
    "sign": lambda a, key, _b, now: operations.sign_order(a, key, now=now),
    "reply": lambda a, key, b, now: operations.reply_order(a, key, text=b.text, now=now),
    "ask_return": lambda a, key, b, now: operations.ask_return(
        a, key, reason=b.reason, text=b.text, now=now
    ),
    "ask_extension": lambda a, key, b, now: operations.ask_extension(
        a, key, days=b.days, text=b.text, now=now
    ),
    "approve_extension": lambda a, key, _b, now: operations.decide_extension(
        a, key, is_approved=True, now=now
    ),
    "refuse_extension": lambda a, key, _b, now: operations.decide_extension(
        a, key, is_approved=False, now=now
    ),
}


@router.post(
    "/orders/{uuid:order_id}/steps", response=OrderOut, summary="Take a step with an order"
)
@roles(Role.DESK, Role.SUPERVISOR)
@idempotent
def take_order_step(
    request: HttpRequest, order_id: UUID, body: OrderStepIn
) -> tuple[int, OrderOut]:
    """签收、退单、延期、答复: what we say to 12345."""
    actor, now = actor_of(request), timezone.now()
    step = STEPS.get(body.step)
    if step is None:
        raise NotFound("not_found")
    with tenancy.acting(actor):
        step(actor, order_id, body, now)
        row = queries.get_order(actor, order_id)
    return 200, _out(actor, row)


@router.post(
    "/orders/replies", response={201: FiledRepliesOut}, summary="Take the replies that go by file"
)
@roles(Role.DESK)
@idempotent
def file_replies(request: HttpRequest) -> tuple[int, FiledRepliesOut]:
    """What has no connection to go by; what is taken counts as sent."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.acting(actor):
        ids = set(operations.export_replies(actor, now=now))
        rows = [row for row in queries.list_sent_by_file(actor, now) if row.pk in ids]
    return 201, FiledRepliesOut(items=[_filed(row) for row in rows])


def _filed(row: Delivery) -> FiledReplyOut:
    return FiledReplyOut(id=row.public_id, kind=row.kind, sent_at=row.sent_at, body=row.body)
