"""The rows of now as the engine reads them: who is on duty, what is begun, what was told.

Times are minutes after ``origin`` (now, in the zone's local time, whose hour the engine needs);
places are metres east and north of the zone's centre on a plane, which over the few kilometres of
a zone differs from the ground by less than a metre in a thousand.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count
from django.db.models.functions import ExtractHour

from qiying.engines import dispatch
from qiying.engines.dispatch import Phase, Point
from qiying.kernel.access import Actor
from qiying.kernel.people import SHANGHAI
from qiying.slices.registry import public as registry
from qiying.slices.rescue.models import Certificate, Job, Seat, Shift, Technician
from qiying.slices.rescue.queries import _kept
from qiying.slices.rescue.queries._crew import valid_certificates
from qiying.slices.rescue.queries._find import today
from qiying.slices.rescue.rules import (
    MOVING,
    USUAL_MINUTES,
    WEIGHTS,
    Kind,
    Rule,
    SeatState,
    ShiftKind,
)

AHEAD = timedelta(hours=14)
"""How far ahead shifts are told to the engine: this shift and the next."""
SEEN = timedelta(minutes=30)
"""A position of a phone counts so long; afterwards the station counts."""
LOOK_BACK = timedelta(days=180)
"""The past from which demand by skill and hour is counted."""
EAST, NORTH = 111_320.0, 110_574.0
"""Metres of a degree of longitude at the equator, and of latitude."""
PLANNED = _kept.ASKED_OR_HELD - {SeatState.ON_SITE}


@dataclass(frozen=True, slots=True)
class Plane:
    """Degrees to metres around a centre."""

    longitude: float
    latitude: float

    def point(self, longitude: float, latitude: float) -> Point:
        east = (longitude - self.longitude) * EAST * math.cos(math.radians(self.latitude))
        return Point(round(east, 1), round((latitude - self.latitude) * NORTH, 1))


@dataclass(frozen=True, slots=True)
class World:
    """What was read, and the instance without the job that is asked about."""

    problem: dispatch.Problem
    plane: Plane
    now: datetime
    skills: tuple[str, ...]

    def minutes(self, moment: datetime) -> float:
        return (moment - self.now).total_seconds() / 60

    def moment(self, minutes: float) -> datetime:
        return self.now + timedelta(minutes=minutes)


def read_world(actor: Actor, rule: Rule, *, now: datetime, without: Job | None = None) -> World:
    """Everything that the engine is told, in six queries; ``without`` leaves one job to be asked."""
    zone = registry.zone(actor)
    plane = Plane(zone.longitude, zone.latitude)
    duty = _on_duty(actor, now)
    seats = _kept.seats_taken(actor.tenant_id).ask()
    certificates = valid_certificates(actor, duty, today(now))
    demand = _demand(actor, now)
    asked = without.skill if without else ""
    skills = _skills(certificates, seats, {asked, *(d.skill for d in demand)})
    begun = {s.job_id for s in seats if s.state == SeatState.ON_SITE}
    known = skills_known(certificates)
    jobs, published = _jobs(seats, begun, plane, now, without, duty, known)
    people = _people(duty, seats, certificates, plane, now, {j.id for j in jobs})
    problem = dispatch.Problem(
        origin=now.astimezone(SHANGHAI),
        now=0.0,
        skills=skills,
        technicians=people,
        jobs=jobs,
        travel=dispatch.Travel(kmh=float(rule.speed_kmh)),
        published=published,
        demand=tuple(d for d in demand if d.skill in skills),
    )
    return World(problem, plane, now, skills)


def skills_known(certificates: Mapping[int, Sequence[Certificate]]) -> dict[int, set[str]]:
    """The skills that each technician may use today."""
    return {pk: {c.skill for c in rows} for pk, rows in certificates.items()}


def _on_duty(actor: Actor, now: datetime) -> dict[int, list[Shift]]:
    """Published shifts of people in force that run or begin soon, by technician."""
    rows = _kept.shifts_ahead(actor.tenant_id).ask(now=now, start=now + AHEAD)
    found: dict[int, list[Shift]] = {}
    for row in rows:
        found.setdefault(row.technician_id, []).append(row)
    return found


def _demand(actor: Actor, now: datetime) -> tuple[dispatch.Demand, ...]:
    """Emergencies an hour by skill and hour of the day, over the last half year."""
    rows = Job.objects.filter(
        tenant_id=actor.tenant_id,
        kind=Kind.EMERGENCY,
        reported_at__gte=now - LOOK_BACK,
        reported_at__lt=now,
    ).exclude(skill="")
    found: dict[str, list[float]] = {}
    counted = rows.annotate(hour=ExtractHour("reported_at", tzinfo=SHANGHAI)).values_list(
        "skill", "hour"
    )
    for skill, hour, count in counted.annotate(n=Count("pk")).order_by("skill", "hour"):
        found.setdefault(skill, [0.0] * 24)[hour] = count / LOOK_BACK.days
    return tuple(dispatch.Demand(skill, tuple(rates)) for skill, rates in found.items())


def _skills(
    certificates: Mapping[int, Sequence[Certificate]], seats: Sequence[Seat], more: set[str]
) -> tuple[str, ...]:
    held = {c.skill for rows in certificates.values() for c in rows}
    return tuple(sorted((held | {s.job.skill for s in seats} | more) - {""}))


def _jobs(
    seats: Sequence[Seat],
    begun: set[int],
    plane: Plane,
    now: datetime,
    without: Job | None,
    duty: Mapping[int, Sequence[Shift]],
    known: Mapping[int, set[str]],
) -> tuple[tuple[dispatch.Job, ...], tuple[dispatch.Published, ...]]:
    """Work that is planned and may still be moved, with what people were told.

    A job where somebody is at work already is not planned again, nor one whose people are off
    duty by now: they come as promised, and the engine has no row for them.
    """
    crews: dict[int, list[Seat]] = {}
    for seat in seats:
        is_asked = without is not None and seat.job_id == without.pk
        if seat.state in PLANNED and seat.job_id not in begun and not is_asked:
            crews.setdefault(seat.job_id, []).append(seat)
    jobs: list[dispatch.Job] = []
    published: list[dispatch.Published] = []
    for crew in crews.values():
        job = crew[0].job
        people = [s.technician_id or 0 for s in crew]
        if not all(p in duty and job.skill in known.get(p, ()) for p in people):
            continue
        jobs.append(engine_job(job, plane, now, crew=len(crew)))
        expected = job.expected_at or now
        start = max((expected - now).total_seconds() / 60, 0.0)
        published += [dispatch.Published(str(job.pk), str(p), start) for p in people]
    return tuple(jobs), tuple(published)


def engine_job(
    job: Job,
    plane: Plane,
    now: datetime,
    *,
    crew: int,
    providers: Sequence[int] = (),
    refused_by: Sequence[int] = (),
) -> dispatch.Job:
    """A job as the engine reads it: an emergency with its promise, or work with a window."""
    usual = USUAL_MINUTES[job.kind]
    if job.equipment is not None and job.kind == Kind.EMERGENCY:
        usual = (float(job.equipment.kind.usual_min), float(job.equipment.kind.usual_spread_min))
    released = (job.reported_at - now).total_seconds() / 60
    goal = job.arrive_goal_at or job.answer_due_at
    promise = max((goal - job.reported_at).total_seconds() / 60, 0.0)
    is_booked = job.wanted_from_at is not None and job.wanted_until_at is not None
    window = {}
    if is_booked and job.wanted_from_at and job.wanted_until_at:
        window = {
            "opens_at": (job.wanted_from_at - now).total_seconds() / 60,
            "closes_at": (job.wanted_until_at - now).total_seconds() / 60,
        }
    return dispatch.Job(
        id=str(job.pk),
        kind=dispatch.Kind.INSPECTION if is_booked else dispatch.Kind.EMERGENCY,
        at=plane.point(job.longitude, job.latitude),
        skills=(job.skill,),
        released_at=released,
        duration=usual[0],
        spread=usual[1],
        weight=WEIGHTS[job.urgency],
        crew=crew,
        promise=() if is_booked else (dispatch.Step(promise),),
        providers=tuple(str(p) for p in providers),
        refused_by=tuple(str(t) for t in refused_by),
        **window,
    )


def _people(
    duty: Mapping[int, Sequence[Shift]],
    seats: Sequence[Seat],
    certificates: Mapping[int, Sequence[Certificate]],
    plane: Plane,
    now: datetime,
    planned: set[str],
) -> tuple[dispatch.Technician, ...]:
    moving = {s.technician_id: s for s in seats if s.state in MOVING}
    return tuple(
        _person(shifts, moving.get(pk), certificates.get(pk, ()), plane, now, planned)
        for pk, shifts in duty.items()
    )


def _person(
    shifts: Sequence[Shift],
    seat: Seat | None,
    certificates: Sequence[Certificate],
    plane: Plane,
    now: datetime,
    planned: set[str],
) -> dispatch.Technician:
    technician = shifts[0].technician
    free_at, spread, commitment = 0.0, 0.0, None
    at = _position(technician, shifts[0], plane, now)
    if seat is not None:
        name = str(seat.job_id)
        if seat.state == SeatState.EN_ROUTE and name in planned:
            commitment = dispatch.Commitment(name, Phase.EN_ROUTE)
        else:
            commitment = dispatch.Commitment(f"at-{name}", Phase.ON_SITE)
            at = plane.point(seat.job.longitude, seat.job.latitude)
            free_at, spread = _left(seat, now)
    return dispatch.Technician(
        id=str(technician.pk),
        at=at,
        certificates=_skills_of(certificates, now),
        windows=tuple(_window(s, now) for s in shifts),
        provider=str(technician.provider_id),
        home=plane.point(shifts[0].station.longitude, shifts[0].station.latitude),
        free_at=free_at,
        free_spread=spread,
        commitment=commitment,
    )


def _position(technician: Technician, shift: Shift, plane: Plane, now: datetime) -> Point:
    seen, longitude, latitude = (
        technician.last_seen_at,
        technician.last_longitude,
        technician.last_latitude,
    )
    if seen is None or longitude is None or latitude is None or now - seen > SEEN:
        return plane.point(shift.station.longitude, shift.station.latitude)
    return plane.point(longitude, latitude)


def _left(seat: Seat, now: datetime) -> tuple[float, float]:
    """What is left of the work at a machine, on average and how sure."""
    job = seat.job
    mean, spread = USUAL_MINUTES[job.kind]
    if job.equipment is not None:
        mean, spread = (
            float(job.equipment.kind.usual_min),
            float(job.equipment.kind.usual_spread_min),
        )
    since = seat.arrived_at or now
    return dispatch.residual(mean, spread, max((now - since).total_seconds() / 60, 0.0))


def _skills_of(
    certificates: Sequence[Certificate], now: datetime
) -> tuple[dispatch.Certificate, ...]:
    """A skill once, until its last certificate ends."""
    found: dict[str, float] = {}
    for row in certificates:
        ends = dispatch.FOREVER
        if row.until_on is not None:
            day = row.until_on
            midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI)
            ends = (midnight - now).total_seconds() / 60
        found[row.skill] = max(found.get(row.skill, ends), ends)
    return tuple(dispatch.Certificate(skill, ends) for skill, ends in sorted(found.items()))


def _window(shift: Shift, now: datetime) -> dispatch.Window:
    return dispatch.Window(
        starts_at=(shift.starts_at - now).total_seconds() / 60,
        ends_at=(shift.ends_at - now).total_seconds() / 60,
        on_call=shift.kind == ShiftKind.ON_CALL,
        turnout=float(shift.turnout_min),
    )
