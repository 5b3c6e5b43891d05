"""A person's day, leaders in charge, workload, visits and trainings over the wire."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.people import people_with
from qiying.kernel.web import actor_of
from qiying.slices.calls import operations, queries
from qiying.slices.calls.api._steps import Moment, Text
from qiying.slices.calls.models import TriageModel, Visit
from qiying.slices.calls.queries import colleagues, daily
from qiying.slices.calls.queries import units as unit_queries
from qiying.slices.calls.rules import Purpose
from qiying.slices.registry import public as registry

router = Router(tags=["calls"])
AT_DAY = (
    *(Role.DESK, Role.HANDLER, Role.UNIT_LEADER, Role.CALLBACK),
    *(Role.SUPERVISOR, Role.ZONE_LEADER),
)
AT_CHARGES = (Role.ADMINISTRATOR, Role.SUPERVISOR, Role.ZONE_LEADER)
OVER_UNITS = (Role.DESK, Role.SUPERVISOR, Role.ZONE_LEADER)
AT_WORKLOAD = (Role.UNIT_LEADER, Role.HANDLER, *OVER_UNITS)
VISITORS = (Role.GRID_OFFICER, Role.DESK)
AT_TRAININGS = (Role.ANALYST, Role.SUPERVISOR, Role.ADMINISTRATOR)
MOST_TRAININGS = 50
Row = Annotated[int, Field(ge=1, lt=2**62)]


class Strict(Schema):
    model_config = ConfigDict(extra="forbid")


class DayChoiceIn(Strict):
    """Whether the sheet of the day comes, and at which full hour."""

    is_on: bool
    hour: int = Field(ge=0, le=23)


class DayOut(Schema):
    """The three numbers of a person's day (counted to 100) and the calls behind two of them."""

    is_on: bool
    hour: int
    waiting: int
    changed: int
    red: int
    waiting_calls: list[str]
    red_calls: list[str]


class ChargeIn(Strict):
    """``unit`` is a code; ``person`` the leader's id, or null to end the charge."""

    unit: str = Field(min_length=1, max_length=40)
    person: Row | None = None


class ChargeOut(Schema):
    unit: str
    unit_name: str
    person: int
    leader: str
    valid_from: date


class ChargesOut(Schema):
    """Who is in charge of which unit today, and the leaders that can be named."""

    items: list[ChargeOut]
    leaders: dict[str, str]


class LoadOut(Schema):
    """Open parts in hand; ``person`` is null for parts that nobody was put in charge of."""

    person: int | None
    name: str
    parts: int
    led: int
    weight: int
    due_week: int
    overdue: int


class UnitLoadOut(Schema):
    unit: str
    name: str
    parts: int
    weight: int
    rows: list[LoadOut]


class VisitIn(Strict):
    """A visit to a firm; ``attachments`` are ids that uploading gave."""

    enterprise: UUID
    text: Text
    purpose: Purpose = Purpose.ROUTINE
    visited_at: Moment | None = None
    attachments: list[Row] = Field(default_factory=list, max_length=9)


class VisitOut(Schema):
    """Which firm was visited, by whom, why and when."""

    id: UUID
    enterprise: str
    officer: str
    purpose: str
    visited_at: datetime


class VisitPage(Schema):
    items: list[VisitOut]
    next: str
    previous: str


class VisitQuery(Schema):
    """``enterprise``: the id of one firm; nothing for every one that the asker looks after."""

    enterprise: UUID | None = None
    cursor: str = Field("", max_length=400)
    size: int = Field(25, ge=1, le=200)


class TrainingOut(Schema):
    """A training of the triage model: asked, ready or failed; ``report`` is its evaluation."""

    id: UUID
    state: str
    is_in_use: bool
    asked_at: datetime
    trained_at: datetime | None
    digest: str
    engine_version: str
    examples: int
    matters: int
    report: dict[str, Any]


# --- my day ---


@router.get("/day", response=DayOut, summary="My day")
@roles(*AT_DAY)
def get_day(request: HttpRequest) -> DayOut:
    return _day(actor_of(request), timezone.now())


def _day(actor: Actor, now: datetime) -> DayOut:
    choice = daily.choice_of(actor)
    return DayOut(
        is_on=choice.is_on,
        hour=choice.hour,
        **daily.figures(actor, now=now),
        waiting_calls=[c.number for c in daily.first(daily.waiting_calls(actor, now=now))],
        red_calls=[c.number for c in daily.first(daily.reddening_calls(actor, now=now))],
    )


@router.put("/day", response=DayOut, summary="When the sheet of the day comes")
@roles(*AT_DAY)
def choose_day(request: HttpRequest, body: DayChoiceIn) -> DayOut:
    actor, now = actor_of(request), timezone.now()
    with tenancy.acting(actor):
        operations.choose_daily(actor, is_on=body.is_on, hour=body.hour, now=now)
        return _day(actor, now)


# --- leaders in charge, and how the work is spread ---


@router.get("/charges", response=ChargesOut, summary="Leaders in charge of units")
@roles(*AT_CHARGES)
def list_charges(request: HttpRequest) -> ChargesOut:
    return _charges(actor_of(request), timezone.now())


def _charges(actor: Actor, now: datetime) -> ChargesOut:
    today = queries.local_day(now)
    items = [
        ChargeOut(
            unit=c.unit.code,
            unit_name=c.unit.name,
            person=c.person_id,
            leader=str(c.person),
            valid_from=c.valid_from,
        )
        for c in daily.charges(actor, on=today)
    ]
    leaders = {str(p.pk): str(p) for p in people_with(actor, Role.ZONE_LEADER, on=today)}
    return ChargesOut(items=items, leaders=leaders)


@router.put("/charges", response=ChargesOut, summary="Name the leader in charge of a unit")
@roles(Role.ADMINISTRATOR, Role.SUPERVISOR)
def put_in_charge(request: HttpRequest, body: ChargeIn) -> ChargesOut:
    """分管: from today on."""
    actor, now = actor_of(request), timezone.now()
    with tenancy.acting(actor):
        unit = registry.unit_by_code(actor, body.unit)
        operations.put_in_charge(actor, unit.id, body.person, now=now)
        return _charges(actor, now)


@router.get("/workload", response=list[UnitLoadOut], summary="Open parts by unit and person")
@roles(*AT_WORKLOAD)
def get_workload(request: HttpRequest) -> list[UnitLoadOut]:
    """The heaviest unit first; whoever works in a unit sees the own ones."""
    actor = actor_of(request)
    own = None if actor.has(*OVER_UNITS) else unit_queries.own_units(actor)
    codes = {u.id: u.code for u in registry.units(actor).values()}
    return [
        UnitLoadOut(
            unit=codes.get(found.unit_id, ""),
            name=found.name,
            parts=found.parts,
            weight=found.weight,
            rows=[_load(row) for row in found.all],
        )
        for found in colleagues.workload(actor, now=timezone.now(), unit_ids=own)
    ]


def _load(row: colleagues.Load) -> LoadOut:
    names = set(LoadOut.model_fields) - {"person"}
    return LoadOut(person=row.person_id, **{name: getattr(row, name) for name in names})


# --- visits ---


@router.get("/visits", response=VisitPage, summary="Visits to firms")
@roles(*VISITORS)
def list_visits(request: HttpRequest, query: Query[VisitQuery]) -> VisitPage:
    actor = actor_of(request)
    firm = registry.enterprise_by_public_id(actor, query.enterprise) if query.enterprise else None
    page = paging.paginate(
        queries.visits(actor, firm.id if firm else None),
        order=("-visited_at", "-id"),
        cursor=query.cursor,
        size=query.size,
    )
    items = [_visit(row) for row in page]
    return VisitPage(items=items, next=page.next, previous=page.previous)


def _visit(row: Visit) -> VisitOut:
    return VisitOut(
        id=row.public_id,
        enterprise=row.enterprise.name,
        officer=str(row.officer or ""),
        purpose=row.purpose,
        visited_at=row.visited_at,
    )


@router.post("/visits", response={201: VisitOut}, summary="Write a visit down")
@roles(*VISITORS)
@idempotent
def record_visit(request: HttpRequest, body: VisitIn) -> tuple[int, VisitOut]:
    """走访: a call that follows from it counts as found by the zone."""
    actor = actor_of(request)
    with tenancy.acting(actor):
        row = operations.record_visit(
            actor,
            enterprise_id=registry.enterprise_by_public_id(actor, body.enterprise).id,
            text=body.text,
            purpose=body.purpose,
            visited_at=body.visited_at,
            attachments=body.attachments,
            now=timezone.now(),
        )
        return 201, _visit(queries.visits(actor).get(pk=row.pk))


# --- trainings ---


@router.get("/triage/trainings", response=list[TrainingOut], summary="Trainings of triage")
@roles(*AT_TRAININGS)
def list_trainings(request: HttpRequest) -> list[TrainingOut]:
    """The latest fifty, with the evaluation of each on calls that it did not learn from."""
    return [_training(row) for row in queries.trainings(actor_of(request), MOST_TRAININGS)]


def _training(row: TriageModel) -> TrainingOut:
    names = set(TrainingOut.model_fields) - {"id"}
    return TrainingOut(id=row.public_id, **{name: getattr(row, name) for name in names})


@router.post("/triage/trainings", response={201: TrainingOut}, summary="Ask for a new model")
@roles(Role.SUPERVISOR, Role.ADMINISTRATOR)
@idempotent
def ask_training(request: HttpRequest) -> tuple[int, TrainingOut]:
    """The worker trains it; the list tells when it is there."""
    return 201, _training(operations.ask_training(actor_of(request), now=timezone.now()))
