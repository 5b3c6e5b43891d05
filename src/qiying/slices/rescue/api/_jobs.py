"""Rescues: listed, reported, moved; positions of phones."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest
from django.utils import timezone
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict

from qiying.kernel import paging, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.api import idempotent, roles
from qiying.kernel.errors import Invalid, Problem, Refused
from qiying.kernel.web import actor_of
from qiying.slices.registry import public as registry
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.api._fields import (
    Accuracy,
    DeviceKey,
    Latitude,
    Longitude,
    Moment,
    StepInputs,
)
from qiying.slices.rescue.api._readers import EVERYBODY
from qiying.slices.rescue.models import Job, labels
from qiying.slices.rescue.queries import record
from qiying.slices.rescue.rules import INPUTS, MAX_TEXT, REPORTERS

router = Router(tags=["rescue"])
MOVERS = (Role.DUTY_CHIEF, Role.DESK, Role.ENTERPRISE, Role.TECHNICIAN)
MOST_TRACKS = 200


class JobOut(Schema):
    """A rescue; times in UTC. The four moments are measured apart."""

    id: UUID
    number: str
    kind: str
    state: str
    state_label: str
    title: str
    enterprise: UUID
    machine: UUID | None
    urgency: str
    safety: str
    reported_at: datetime
    acknowledged_at: datetime | None
    answered_at: datetime | None
    arrived_at: datetime | None
    running_at: datetime | None
    answer_due_at: datetime
    promise_lost_at: datetime | None
    expected_at: datetime | None
    version: int


class JobsOut(Schema):
    items: list[JobOut]
    next: str
    previous: str


class JobQuery(Schema):
    """What the list is narrowed by; tab open, unanswered, lost, overnight, confirm, over or all."""

    tab: str = Field("all", max_length=12)
    kind: str = Field("", max_length=12)
    state: str = Field("", max_length=16)
    q: str = Field("", max_length=60)
    cursor: str = ""
    size: int = Field(25, ge=1, le=200)


class JobStepOut(Schema):
    name: str
    needed: list[str]
    optional: list[str]


class JobDetailOut(JobOut):
    facts: str
    place: str
    steps: list[JobStepOut]


class JobIn(Schema):
    """A machine is down. ``label`` or ``machine`` names it; without both the firm's place counts."""

    model_config = ConfigDict(extra="forbid")

    enterprise: UUID
    title: str = Field(min_length=1, max_length=120)
    kind: str = Field("emergency", max_length=12)
    machine: UUID | None = None
    label: str = Field("", max_length=12)
    facts: str = Field("", max_length=MAX_TEXT)
    place: str = Field("", max_length=160)
    contact: str = Field("", max_length=40)
    contact_phone: str = Field("", max_length=20)
    urgency: str = Field("slowed", max_length=16)
    safety: str = Field("not_asked", max_length=12)
    stopped_at: Moment | None = None


class JobStepIn(Schema):
    """One step; ``GET`` of the job says which are open and what each asks for."""

    model_config = ConfigDict(extra="forbid")

    step: str = Field(max_length=24)
    version: int | None = None
    inputs: StepInputs = StepInputs()


@router.get("/jobs", response=JobsOut, summary="List rescues")
@roles(*EVERYBODY)
def list_jobs(request: HttpRequest, query: Query[JobQuery]) -> JobsOut:
    actor = actor_of(request)
    wanted = queries.JobFilter(tab=query.tab, kind=query.kind, state=query.state, q=query.q)
    rows = queries.list_jobs(actor, wanted, now=timezone.now())
    page = paging.paginate(rows, order=queries.ORDER, cursor=query.cursor, size=query.size)
    items = [JobOut(**_plain(job)) for job in page.rows]
    return JobsOut(items=items, next=page.next, previous=page.previous)


def _plain(job: Job) -> dict[str, Any]:
    given = ("id", "state_label", "enterprise", "machine")
    found = {n: getattr(job, n) for n in JobOut.model_fields if n not in given}
    return {
        **found,
        "id": job.public_id,
        "state_label": str(labels.STATES[job.state]),
        "enterprise": job.enterprise.public_id,
        "machine": job.equipment.public_id if job.equipment else None,
    }


def _detail(actor: Actor, job: Job) -> JobDetailOut:
    found = record.record(actor, job, now=timezone.now())
    steps = [
        JobStepOut(name=s.name, needed=list(s.inputs.needed), optional=list(s.inputs.optional))
        for s in record.steps_open(found)
    ]
    return JobDetailOut(**_plain(job), facts=job.facts, place=job.place, steps=steps)


@router.get("/jobs/{uuid:job_id}", response=JobDetailOut, summary="One rescue")
@roles(*EVERYBODY)
def get_job(request: HttpRequest, job_id: UUID) -> JobDetailOut:
    actor = actor_of(request)
    return _detail(actor, queries.get_by_public_id(actor, job_id))


@router.post("/jobs", response={201: JobDetailOut}, summary="Report a rescue")
@roles(*(REPORTERS - {Role.SYSTEM}))
@idempotent
def report_job(request: HttpRequest, body: JobIn) -> tuple[int, JobDetailOut]:
    """The promise runs from now, at any hour."""
    actor, given = actor_of(request), body.dict()
    machine = given.pop("machine")
    with tenancy.acting(actor):
        key = queries.machine_by_public_id(actor, machine).pk if machine else None
        made = operations.report_job(
            actor,
            now=timezone.now(),
            enterprise_id=registry.enterprise_by_public_id(actor, given.pop("enterprise")).id,
            channel="api",
            equipment_id=key,
            **given,
        )
        return 201, _detail(actor, queries.get_job(actor, made.pk))


@router.post("/jobs/{uuid:job_id}/steps", response=JobDetailOut, summary="Take a step")
@roles(*MOVERS)
@idempotent
def take_step(request: HttpRequest, job_id: UUID, body: JobStepIn) -> tuple[int, JobDetailOut]:
    """Move a rescue; steps of a phone carry a ``device_key`` and count once under it."""
    actor = actor_of(request)
    if body.step not in INPUTS or body.step in ("settle", "expire"):
        raise Refused("lifecycle.unknown_step", step=body.step)
    with tenancy.acting(actor):
        job = queries.get_by_public_id(actor, job_id)
        operations.take(
            actor,
            job.pk,
            body.step,
            now=timezone.now(),
            version=body.version,
            **body.inputs.given(),
        )
        return 200, _detail(actor, queries.get_by_public_id(actor, job_id))


class ReworkIn(Schema):
    """What is wrong again."""

    model_config = ConfigDict(extra="forbid")

    text: str = Field("", max_length=MAX_TEXT)


@router.post("/jobs/{uuid:job_id}/rework", response={201: JobDetailOut}, summary="It broke again")
@roles(Role.ENTERPRISE, Role.DUTY_CHIEF, Role.DESK)
@idempotent
def rework(request: HttpRequest, job_id: UUID, body: ReworkIn) -> tuple[int, JobDetailOut]:
    """A new rescue, free of charge, while the warranty of the old one runs."""
    actor = actor_of(request)
    if not body.text.strip():
        raise Invalid("input.invalid", {"text": "input.required"})
    with tenancy.acting(actor):
        old = queries.get_by_public_id(actor, job_id)
        made = operations.rework(actor, old.pk, now=timezone.now(), text=body.text)
        return 201, _detail(actor, queries.get_job(actor, made.pk))


class TrackIn(Schema):
    """A position of a technician's phone; the same ``device_key`` counts once."""

    model_config = ConfigDict(extra="forbid")

    job: UUID
    device_key: DeviceKey
    longitude: Longitude
    latitude: Latitude
    accuracy_m: Accuracy | None = None
    sent_at: Moment | None = None


class TracksIn(Schema):
    tracks: Annotated[list[TrackIn], Field(min_length=1, max_length=MOST_TRACKS)]


class TrackOut(Schema):
    """What became of a position: kept, or the code of the refusal."""

    device_key: str
    is_kept: bool
    code: str


class TracksOut(Schema):
    items: list[TrackOut]


@router.post("/tracks", response=TracksOut, summary="Positions of a phone")
@roles(Role.TECHNICIAN)
def post_tracks(request: HttpRequest, body: TracksIn) -> TracksOut:
    """A queue of a phone that was without a line; each is answered by itself."""
    actor = actor_of(request)
    return TracksOut(items=[_track(actor, one) for one in body.tracks])


def _track(actor: Actor, given: TrackIn) -> TrackOut:
    key = given.device_key
    try:
        with tenancy.reading(actor):
            job_id = queries.get_by_public_id(actor, given.job).pk
        operations.track(
            actor,
            job_id,
            now=timezone.now(),
            device_key=key,
            longitude=given.longitude,
            latitude=given.latitude,
            sent_at=given.sent_at,
            accuracy_m=given.accuracy_m,
        )
    except Problem as problem:
        return TrackOut(device_key=key, is_kept=False, code=problem.code)
    return TrackOut(device_key=key, is_kept=True, code="")
