"""What the duty chief sees: open jobs, people on duty, the cover of the next hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import OuterRef, Subquery

from qiying.kernel.access import Actor
from qiying.kernel.people import SHANGHAI
from qiying.slices.rescue.models import Certificate, Job, Offer, Proposal, Seat, Shift, Technician
from qiying.slices.rescue.queries._crew import in_force
from qiying.slices.rescue.queries._find import today
from qiying.slices.rescue.rules import (
    HELD,
    LIVE,
    OPEN,
    UNANSWERED,
    OfferState,
    SeatState,
    State,
    Tier,
)

MOST_JOBS = 200


@dataclass(frozen=True, slots=True)
class BoardJob:
    """An open job with who is asked or coming, and the time that is left of the promise."""

    job: Job
    seats: tuple[Seat, ...]
    offers: tuple[Offer, ...]
    proposal: Proposal | None
    left_min: float | None
    """Until the promise of an answer; negative when it is lost; none once somebody answered."""
    needs_night_plan: bool
    is_alarm: bool
    """Nobody takes it: this can be heard."""


@dataclass(frozen=True, slots=True)
class BoardTechnician:
    """Somebody on duty now: where, until when, at which job."""

    technician: Technician
    shift: Shift
    skills: tuple[str, ...]
    seat: Seat | None
    longitude: float
    latitude: float
    is_fresh: bool
    """Whether the place is of the phone and of the last half hour; otherwise it is the station."""

    @property
    def is_free(self) -> bool:
        return self.seat is None


@dataclass(frozen=True, slots=True)
class Board:
    """All of it, read in a fixed number of queries."""

    now: datetime
    jobs: tuple[BoardJob, ...]
    technicians: tuple[BoardTechnician, ...]

    @property
    def alarms(self) -> tuple[BoardJob, ...]:
        return tuple(j for j in self.jobs if j.is_alarm)

    @property
    def free(self) -> int:
        return sum(t.is_free for t in self.technicians)


def board(actor: Actor, *, now: datetime) -> Board:
    """Open jobs, the most pressing first, and everybody on duty; eight queries at most."""
    jobs = _open_jobs(actor)
    ids = [j.pk for j in jobs]
    seats = _by_job(_seats(actor, ids))
    offers = _offers_by_job(actor, ids)
    proposals = _proposals(actor, ids)
    rows = [
        _board_job(j, seats.get(j.pk, ()), offers.get(j.pk, ()), proposals.get(j.pk), now)
        for j in jobs
    ]
    rows.sort(key=lambda r: (r.left_min is None, r.left_min or 0.0, r.job.pk))
    return Board(now, tuple(rows), on_duty(actor, now=now))


def _open_jobs(actor: Actor) -> list[Job]:
    rows = Job.objects.visible_to(actor).filter(state__in=sorted(OPEN))
    rows = rows.select_related("enterprise", "equipment__kind")
    return list(rows.order_by("answer_due_at", "id")[:MOST_JOBS])


def _seats(actor: Actor, jobs: list[int]) -> list[Seat]:
    rows = Seat.objects.filter(tenant_id=actor.tenant_id, job_id__in=jobs)
    rows = rows.select_related("technician__person", "technician__provider")
    return list(rows.order_by("job_id", "position"))


def _by_job(seats: Iterable[Seat]) -> dict[int, tuple[Seat, ...]]:
    found: dict[int, list[Seat]] = {}
    for seat in seats:
        found.setdefault(seat.job_id, []).append(seat)
    return {job: tuple(rows) for job, rows in found.items()}


def _offers_by_job(actor: Actor, jobs: list[int]) -> dict[int, tuple[Offer, ...]]:
    rows = Offer.objects.filter(
        tenant_id=actor.tenant_id, seat__job_id__in=jobs, state=OfferState.OPEN
    )
    found: dict[int, list[Offer]] = {}
    for row in rows.select_related("seat", "technician__person").order_by("id"):
        found.setdefault(row.seat.job_id, []).append(row)
    return {job: tuple(given) for job, given in found.items()}


def _proposals(actor: Actor, jobs: list[int]) -> dict[int, Proposal]:
    """The newest of each job, without the instance that the engine was told."""
    last = Proposal.objects.filter(job_id=OuterRef("job_id"), tenant_id=actor.tenant_id)
    rows = Proposal.objects.filter(tenant_id=actor.tenant_id, job_id__in=jobs)
    rows = rows.filter(pk=Subquery(last.order_by("-id").values("pk")[:1]))
    return {row.job_id: row for row in rows.defer("problem")}


def _board_job(
    job: Job,
    seats: tuple[Seat, ...],
    offers: tuple[Offer, ...],
    proposal: Proposal | None,
    now: datetime,
) -> BoardJob:
    left = None
    if job.answered_at is None:
        left = (job.answer_due_at - now).total_seconds() / 60
    is_waiting = job.state in UNANSWERED and not offers
    is_alarm = is_waiting and (job.alarmed_at is not None or job.state == State.REPORTED)
    lists = job.night_listed_on == today(now)
    return BoardJob(
        job=job,
        seats=seats,
        offers=offers,
        proposal=proposal,
        left_min=left,
        needs_night_plan=lists and not job.night_who and job.state != State.DONE,
        is_alarm=is_alarm or (job.answered_at is None and job.tier == Tier.ALARM),
    )


def on_duty(actor: Actor, *, now: datetime) -> tuple[BoardTechnician, ...]:
    """Everybody whose published shift runs, with place and job; three queries."""
    shifts = list(
        Shift.objects.visible_to(actor)
        .filter(is_published=True, starts_at__lte=now, ends_at__gt=now, technician__left_on=None)
        .select_related("technician__person", "technician__provider", "station")
        .order_by("technician__provider_id", "technician_id")
    )
    people = [s.technician_id for s in shifts]
    skills = _skills(actor, people, now)
    busy = {
        s.technician_id: s
        for s in Seat.objects.filter(
            tenant_id=actor.tenant_id,
            technician_id__in=people,
            state__in=sorted(HELD - {SeatState.AWAY}),
        )
        .select_related("job")
        .order_by("technician_id", "held_at")
    }
    return tuple(
        _board_technician(s, skills.get(s.technician_id, ()), busy.get(s.technician_id), now)
        for s in shifts
    )


def _skills(actor: Actor, people: list[int], now: datetime) -> dict[int, tuple[str, ...]]:
    rows = Certificate.objects.filter(
        in_force(today(now)), tenant_id=actor.tenant_id, technician_id__in=people
    )
    found: dict[int, set[str]] = {}
    for technician, skill in rows.values_list("technician_id", "skill"):
        found.setdefault(technician, set()).add(skill)
    return {pk: tuple(sorted(held)) for pk, held in found.items()}


def _board_technician(
    shift: Shift, skills: tuple[str, ...], seat: Seat | None, now: datetime
) -> BoardTechnician:
    row = shift.technician
    seen = row.last_seen_at
    is_fresh = (
        seen is not None
        and now - seen <= timedelta(minutes=30)
        and row.last_longitude is not None
        and row.last_latitude is not None
    )
    return BoardTechnician(
        technician=row,
        shift=shift,
        skills=skills,
        seat=seat,
        longitude=(row.last_longitude if is_fresh else None) or shift.station.longitude,
        latitude=(row.last_latitude if is_fresh else None) or shift.station.latitude,
        is_fresh=is_fresh,
    )


@dataclass(frozen=True, slots=True)
class CoverHour:
    """An hour to come: how many people of each skill are on duty."""

    starts_at: datetime
    people: int
    by_skill: tuple[tuple[str, int], ...]


def cover(actor: Actor, *, now: datetime, hours: int = 24) -> tuple[CoverHour, ...]:
    """The strip of the next hours from published shifts; two queries."""
    start = now.astimezone(SHANGHAI).replace(minute=0, second=0, microsecond=0)
    end = start + timedelta(hours=hours)
    shifts = list(
        Shift.objects.visible_to(actor).filter(
            is_published=True, starts_at__lt=end, ends_at__gt=start, technician__left_on=None
        )
    )
    skills = _skills(actor, [s.technician_id for s in shifts], now)
    known = sorted({s for held in skills.values() for s in held})
    return tuple(_hour(start + timedelta(hours=n), shifts, skills, known) for n in range(hours))


def _hour(
    at: datetime, shifts: list[Shift], skills: dict[int, tuple[str, ...]], known: list[str]
) -> CoverHour:
    """Who is there for the whole hour."""
    until = at + timedelta(hours=1)
    here = {s.technician_id for s in shifts if s.starts_at <= at and s.ends_at >= until}
    counts = tuple((k, sum(k in skills.get(p, ()) for p in here)) for k in known)
    return CoverHour(at, len(here), counts)


@dataclass(frozen=True, slots=True)
class Duty:
    """What a technician's phone shows: who asks, what is in hand, when duty is."""

    technician: Technician
    offers: tuple[Offer, ...]
    seats: tuple[Seat, ...]
    shifts: tuple[Shift, ...]


def duty(actor: Actor, technician: Technician, *, now: datetime) -> Duty:
    """Open offers, seats in hand and the shifts of the next two weeks; three queries."""
    offers = Offer.objects.filter(
        tenant_id=actor.tenant_id, technician=technician, state=OfferState.OPEN
    ).select_related("seat__job__enterprise", "seat__job__equipment", "proposal")
    seats = Seat.objects.filter(
        tenant_id=actor.tenant_id, technician=technician, state__in=sorted(LIVE - {"offered"})
    ).select_related("job__enterprise", "job__equipment__kind")
    shifts = Shift.objects.filter(
        tenant_id=actor.tenant_id,
        technician=technician,
        is_published=True,
        ends_at__gt=now,
        starts_at__lt=now + timedelta(days=14),
    ).select_related("station")
    return Duty(
        technician,
        tuple(offers.order_by("answer_by_at")),
        tuple(seats.order_by("job__reported_at")),
        tuple(shifts.order_by("starts_at")),
    )
