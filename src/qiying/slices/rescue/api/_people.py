"""Technicians with their certificates, and when they are on duty."""

from datetime import date
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid
from qiying.kernel.web import actor_of
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.api._fields import Code, Day, Moment, Row
from qiying.slices.rescue.api._house import ShiftOut, require_period, shift_out, span
from qiying.slices.rescue.api._providers import AT_PROVIDERS, provider_key
from qiying.slices.rescue.models import Certificate, Technician
from qiying.slices.rescue.queries import keep
from qiying.slices.rescue.rules import KEEPERS

router = Router(tags=["rescue"])
LEADS = (*KEEPERS, Role.PROVIDER_MANAGER)
ORDER = ("provider_id", "id")


class CertificateOut(Schema):
    """A skill that somebody has proved; ``until_on`` is the first day without it."""

    skill: str
    number: str
    from_on: date
    until_on: date | None


class TechnicianOut(Schema):
    """Somebody in work; ``station`` is a code."""

    id: UUID
    name: str
    provider: UUID
    station: str
    joined_on: date
    left_on: date | None
    certificates: list[CertificateOut]


class TechniciansOut(Schema):
    items: list[TechnicianOut]
    next: str
    previous: str


class TechnicianQuery(Schema):
    provider: UUID | None = None
    cursor: str = ""
    size: int = Field(50, ge=1, le=200)


class TechnicianIn(Schema):
    """``person`` is the id of somebody who holds the role; ``station`` is a code."""

    model_config = ConfigDict(extra="forbid")

    person: Row
    provider: UUID
    station: str = Field(min_length=1, max_length=20)
    phone: str = Field("", max_length=20)
    joined_on: Day | None = None


class CertificateIn(Schema):
    model_config = ConfigDict(extra="forbid")

    skill: Code
    number: str = Field("", max_length=60)
    from_on: Day
    until_on: Day | None = None


class LeaveIn(Schema):
    """``on`` is the first day no longer here; today when it is not said."""

    model_config = ConfigDict(extra="forbid")

    on: Day | None = None


class ShiftIn(Schema):
    """A time on duty; ``station`` is a code, the technician's own when it is not said."""

    model_config = ConfigDict(extra="forbid")

    technician: UUID
    starts_at: Moment
    ends_at: Moment
    kind: Code = "day"
    station: str = Field("", max_length=20)
    turnout_min: Annotated[int, Field(ge=0, le=120)] = 0


class RosterIn(Schema):
    """Shifts that begin from ``start`` on, before ``end``; 62 days at most."""

    model_config = ConfigDict(extra="forbid")

    start: Day
    end: Day


class RosterPublishedOut(Schema):
    """How many shifts became binding by this."""

    published: int


@router.get("/technicians", response=TechniciansOut, summary="List technicians in work")
@roles(*AT_PROVIDERS)
def list_technicians(request: HttpRequest, query: Query[TechnicianQuery]) -> TechniciansOut:
    actor = actor_of(request)
    key = keep.provider_of(actor, query.provider).pk if query.provider else 0
    rows = queries.list_technicians(actor, provider_id=key)
    page = paging.paginate(rows, order=ORDER, cursor=query.cursor, size=query.size)
    held = queries.certificates_of(actor, [t.pk for t in page.rows])
    items = [_technician(t, held.get(t.pk, [])) for t in page.rows]
    return TechniciansOut(items=items, next=page.next, previous=page.previous)


def _technician(row: Technician, held: list[Certificate]) -> TechnicianOut:
    return TechnicianOut(
        id=row.public_id,
        name=str(row.person),
        provider=row.provider.public_id,
        station=row.station.code,
        joined_on=row.joined_on,
        left_on=row.left_on,
        certificates=[
            CertificateOut(**{name: getattr(c, name) for name in CertificateOut.model_fields})
            for c in held
        ],
    )


def _one(actor: Actor, key: int) -> TechnicianOut:
    with tenancy.reading(actor):
        row = queries.get_technician(actor, key)
        return _technician(row, queries.certificates_of(actor, [key]).get(key, []))


def _key(actor: Actor, public_id: UUID) -> int:
    with tenancy.reading(actor):
        return keep.technician_by_public_id(actor, public_id).pk


def _station(actor: Actor, code: str) -> int | None:
    """The row of a station by its code; None when none was named."""
    if not code:
        return None
    with tenancy.reading(actor):
        found = {s.code: s.pk for s in queries.stations(actor)}
    if code not in found:
        raise Invalid("input.invalid", {"station": "input.choice"})
    return found[code]


@router.post("/technicians", response={201: TechnicianOut}, summary="Add a technician")
@roles(*KEEPERS)
@idempotent
def add_technician(request: HttpRequest, body: TechnicianIn) -> tuple[int, TechnicianOut]:
    actor = actor_of(request)
    row = operations.add_technician(
        actor,
        provider_key(actor, body.provider),
        now=timezone.now(),
        person_id=body.person,
        station_id=_station(actor, body.station) or 0,
        phone=body.phone,
        joined_on=body.joined_on,
    )
    return 201, _one(actor, row.pk)


@router.post(
    "/technicians/{uuid:technician_id}/certificates",
    response={201: TechnicianOut},
    summary="Enter a certificate",
)
@roles(*KEEPERS)
@idempotent
def certify(
    request: HttpRequest, technician_id: UUID, body: CertificateIn
) -> tuple[int, TechnicianOut]:
    """``skill`` is one that a class of equipment asks for."""
    actor = actor_of(request)
    with tenancy.acting(actor):
        if body.skill not in {c.skill for c in queries.classes(actor)}:
            raise Invalid("input.invalid", {"skill": "input.choice"})
        key = _key(actor, technician_id)
        operations.certify(actor, key, now=timezone.now(), **body.dict())
        return 201, _one(actor, key)


@router.post(
    "/technicians/{uuid:technician_id}/end", response=TechnicianOut, summary="A technician leaves"
)
@roles(*KEEPERS)
@idempotent
def end_technician(
    request: HttpRequest, technician_id: UUID, body: LeaveIn
) -> tuple[int, TechnicianOut]:
    """Refused while a rescue is in hand."""
    actor = actor_of(request)
    key = _key(actor, technician_id)
    operations.end_technician(actor, key, now=timezone.now(), on=body.on)
    return 200, _one(actor, key)


@router.post("/shifts", response={201: ShiftOut}, summary="Plan a shift")
@roles(*LEADS)
@idempotent
def plan_shift(request: HttpRequest, body: ShiftIn) -> tuple[int, ShiftOut]:
    """A draft until its week is published; nobody is in two shifts at once."""
    actor = actor_of(request)
    row = operations.plan_shift(
        actor,
        _key(actor, body.technician),
        now=timezone.now(),
        starts_at=body.starts_at,
        ends_at=body.ends_at,
        kind=body.kind,
        station_id=_station(actor, body.station),
        turnout_min=body.turnout_min,
    )
    with tenancy.reading(actor):
        return 201, shift_out(keep.shift_of(actor, row.pk))


@router.delete("/shifts/{int:shift_id}", response={204: None}, summary="Take a shift back")
@roles(*LEADS)
def drop_shift(request: HttpRequest, shift_id: int) -> HttpResponse:
    """Refused while the person is on the way or at a machine in it."""
    operations.drop_shift(actor_of(request), shift_id, now=timezone.now())
    return HttpResponse(status=204)


@router.post("/roster/publish", response=RosterPublishedOut, summary="Make shifts binding")
@roles(*LEADS)
@idempotent
def publish_roster(request: HttpRequest, body: RosterIn) -> tuple[int, RosterPublishedOut]:
    """The people are told; a provider's manager publishes the own people only."""
    require_period(body.start, body.end)
    start, end = span(body.start, body.end)
    told = operations.publish_roster(actor_of(request), now=timezone.now(), start=start, end=end)
    return 200, RosterPublishedOut(published=told)
