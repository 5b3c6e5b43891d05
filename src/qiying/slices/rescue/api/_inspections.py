"""The calendar of statutory inspections by the licensed body."""

from datetime import date
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
from qiying.slices.rescue.api._fields import Code, Day
from qiying.slices.rescue.models import InspectionDue
from qiying.slices.rescue.rules import KEEPERS, READERS

router = Router(tags=["rescue"])
AT_MACHINES = (*READERS, Role.ADMINISTRATOR)


class InspectionOut(Schema):
    """A day by which the licensed body must have inspected a machine, and what it found."""

    id: int
    machine: UUID
    kind: str
    last_on: date | None
    due_on: date
    body: str
    booked_on: date | None
    booking_note: str
    done_on: date | None
    has_passed: bool | None
    result: str
    certificate: str


class InspectionsOut(Schema):
    items: list[InspectionOut]
    next: str
    previous: str


class InspectionQuery(Schema):
    enterprise: UUID | None = None
    cursor: str = ""
    size: int = Field(25, ge=1, le=200)


class InspectionIn(Schema):
    """An open day of the same machine and kind is moved."""

    model_config = ConfigDict(extra="forbid")

    due_on: Day
    kind: Code = "regular"
    last_on: Day | None = None


class BookingIn(Schema):
    """The appointment that the licensed body has given."""

    model_config = ConfigDict(extra="forbid")

    body: str = Field(min_length=1, max_length=100)
    booked_on: Day
    note: str = Field("", max_length=200)


class ResultIn(Schema):
    """What the body's report says; the next day follows from the class unless it is named."""

    model_config = ConfigDict(extra="forbid")

    done_on: Day
    has_passed: bool
    body: str = Field("", max_length=100)
    result: str = Field("", max_length=300)
    certificate: str = Field("", max_length=60)
    next_on: Day | None = None


@router.get("/inspections", response=InspectionsOut, summary="List inspections that are due")
@roles(*AT_MACHINES)
def list_inspections(request: HttpRequest, query: Query[InspectionQuery]) -> InspectionsOut:
    """Those not done yet, the soonest first."""
    actor = actor_of(request)
    firm = registry.enterprise_by_public_id(actor, query.enterprise).id if query.enterprise else 0
    rows = queries.due_inspections(actor, enterprise_id=firm)
    page = paging.paginate(rows, order=("due_on", "id"), cursor=query.cursor, size=query.size)
    items = [_out(row) for row in page.rows]
    return InspectionsOut(items=items, next=page.next, previous=page.previous)


def _out(row: InspectionDue) -> InspectionOut:
    names = set(InspectionOut.model_fields) - {"id", "machine"}
    found = {name: getattr(row, name) for name in names}
    return InspectionOut(**found, id=row.pk, machine=row.equipment.public_id)


def _one(actor: Actor, key: int) -> InspectionOut:
    with tenancy.reading(actor):
        return _out(queries.get_inspection(actor, key))


@router.get("/inspections/{int:inspection_id}", response=InspectionOut, summary="One inspection")
@roles(*AT_MACHINES)
def get_inspection(request: HttpRequest, inspection_id: int) -> InspectionOut:
    return _one(actor_of(request), inspection_id)


@router.post(
    "/machines/{uuid:machine_id}/inspections",
    response={201: InspectionOut},
    summary="Write down when an inspection is due",
)
@roles(*KEEPERS)
@idempotent
def plan_inspection(
    request: HttpRequest, machine_id: UUID, body: InspectionIn
) -> tuple[int, InspectionOut]:
    actor = actor_of(request)
    with tenancy.acting(actor):
        key = queries.machine_by_public_id(actor, machine_id).pk
        row = operations.plan_inspection(actor, key, now=timezone.now(), **body.dict())
        return 201, _one(actor, row.pk)


@router.post(
    "/inspections/{int:inspection_id}/book",
    response=InspectionOut,
    summary="Note the appointment of the body",
)
@roles(*KEEPERS)
@idempotent
def book_inspection(
    request: HttpRequest, inspection_id: int, body: BookingIn
) -> tuple[int, InspectionOut]:
    actor = actor_of(request)
    operations.book_inspection(actor, inspection_id, now=timezone.now(), **body.dict())
    return 200, _one(actor, inspection_id)


@router.post(
    "/inspections/{int:inspection_id}/close",
    response=InspectionOut,
    summary="Enter the report of the body",
)
@roles(*KEEPERS)
@idempotent
def close_inspection(
    request: HttpRequest, inspection_id: int, body: ResultIn
) -> tuple[int, InspectionOut]:
    actor = actor_of(request)
    operations.close_inspection(actor, inspection_id, now=timezone.now(), **body.dict())
    return 200, _one(actor, inspection_id)
