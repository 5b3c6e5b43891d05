"""The lists behind the figures of a sheet that count no rounds, and what moved closure."""

from datetime import date, datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema

from qiying.kernel import paging
from qiying.kernel.access import Role
from qiying.kernel.api import roles
from qiying.kernel.web import actor_of
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call, Task
from qiying.slices.calls.queries import members
from qiying.slices.calls.queries.members import MemberFilters

router = Router(tags=["calls"])
AUDITORS = (Role.ZONE_LEADER, Role.SUPERVISOR, Role.ANALYST, Role.AUDITOR)


class ReceivedQuery(Schema):
    """Received from ``start`` until before ``end``; ``unit`` as ``query`` of a figure says it."""

    start: date | None = None
    end: date | None = None
    unit: str = Field("", max_length=40)
    side: Literal["asked", "found_by_us", "all"] = "all"
    cursor: str = Field("", max_length=400)
    size: int = Field(25, ge=1, le=200)


class ReceivedOut(Schema):
    """A call that came in; ``unit`` is the code of the lead unit."""

    call: UUID
    number: str
    title: str
    state: str
    channel: str
    unit: str
    is_found_by_us: bool
    received_at: datetime


class ReceivedPage(Schema):
    items: list[ReceivedOut]
    next: str
    previous: str


class PartsQuery(Schema):
    """Due from ``start`` until before ``end``: settled at all or in time; ``missed`` fell short."""

    start: date | None = None
    end: date | None = None
    unit: str = Field("", max_length=40)
    side: Literal["co_settled", "co_on_time"] = "co_settled"
    missed: bool = False
    cursor: str = Field("", max_length=400)
    size: int = Field(25, ge=1, le=200)


class PartDueOut(Schema):
    """A co-handler's part: settled by its stage report or when it was done."""

    call: UUID
    number: str
    unit: str
    state: str
    due_at: datetime
    reported_at: datetime | None
    done_at: datetime | None


class PartsPage(Schema):
    items: list[PartDueOut]
    next: str
    previous: str


class MovedQuery(Schema):
    measure: Literal["declared", "verified"] = "verified"


class MovedCauseOut(Schema):
    """Rounds that did not count for this cause, and what the change added to the share (0 to 1).

    ``before_query`` and ``after_query`` list them at ``/calls/rounds``.
    """

    cause: str
    before: int
    after: int
    points: float
    before_query: dict[str, str]
    after_query: dict[str, str]


class MovedPeriodOut(Schema):
    start: date
    end: date
    counted: int
    of: int
    share: float | None


class MovedOut(Schema):
    """A share in two periods; the points of its causes add up to ``change``."""

    measure: str
    before: MovedPeriodOut
    after: MovedPeriodOut
    change: float
    causes: list[MovedCauseOut]


@router.get("/rates/received", response=ReceivedPage, summary="The calls behind a rate of calls")
@roles(*AUDITORS)
def list_received(request: HttpRequest, query: Query[ReceivedQuery]) -> ReceivedPage:
    """What 主动发现 and 百企诉求比 are counted from, the latest first."""
    rows = members.received(actor_of(request), MemberFilters.read(query.dict()))
    page = paging.paginate(
        rows, order=members.RECEIVED_ORDER, cursor=query.cursor, size=query.size
    )
    items = [_received(row) for row in page]
    return ReceivedPage(items=items, next=page.next, previous=page.previous)


def _received(row: Call) -> ReceivedOut:
    return ReceivedOut(
        call=row.public_id,
        number=row.number,
        title=row.title,
        state=row.state,
        channel=row.channel,
        unit=row.lead_unit.code if row.lead_unit else "",
        is_found_by_us=row.is_proactive,
        received_at=row.received_at,
    )


@router.get("/rates/parts", response=PartsPage, summary="The parts of co-handlers behind a rate")
@roles(*AUDITORS)
def list_parts(request: HttpRequest, query: Query[PartsQuery]) -> PartsPage:
    given = query.dict() | {"missed": "1" if query.missed else ""}
    rows = members.parts(actor_of(request), MemberFilters.read(given), now=timezone.now())
    page = paging.paginate(rows, order=members.PARTS_ORDER, cursor=query.cursor, size=query.size)
    items = [_part(row) for row in page]
    return PartsPage(items=items, next=page.next, previous=page.previous)


def _part(row: Task) -> PartDueOut:
    return PartDueOut(
        call=row.call.public_id,
        number=row.call.number,
        unit=row.unit.code,
        state=row.state,
        due_at=row.due_at,
        reported_at=row.reported_at,
        done_at=row.done_at,
    )


@router.get("/rates/moved", response=MovedOut, summary="What moved closure")
@roles(*AUDITORS)
def get_moved(request: HttpRequest, query: Query[MovedQuery]) -> MovedOut:
    """Before and after the call reform, else the last two settled years, cause by cause."""
    found = queries.moved(actor_of(request), query.measure, now=timezone.now())
    before, after = (
        MovedPeriodOut(start=start, end=end, counted=counted, of=base, share=share)
        for (start, end), counted, base, share in zip(
            found.periods, found.counted, found.bases, found.shares, strict=True
        )
    )
    return MovedOut(
        measure=found.measure,
        before=before,
        after=after,
        change=found.change,
        causes=[
            MovedCauseOut(
                cause=c.name,
                before=c.before,
                after=c.after,
                points=c.points,
                before_query=dict(c.queries[0]),
                after_query=dict(c.queries[1]),
            )
            for c in found.causes
        ],
    )
