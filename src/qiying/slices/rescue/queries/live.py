"""The board of now: what is open, who is on duty and where, what has to be heard.

One set of queries whatever the number of jobs; the page keeps what was drawn from it until
something of the zone changes (``stamp``).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from qiying.kernel.access import Actor
from qiying.kernel.models import Chain
from qiying.slices.registry import public as registry
from qiying.slices.rescue.models import (
    Certificate,
    Job,
    Offer,
    Proposal,
    Seat,
    Shift,
    Station,
    Technician,
)
from qiying.slices.rescue.queries._crew import in_force
from qiying.slices.rescue.queries._find import today
from qiying.slices.rescue.rules import (
    DEFAULTS,
    HELD,
    LIVE,
    OPEN,
    UNANSWERED,
    OfferState,
    Rule,
    SeatState,
    ShiftKind,
    State,
)

WITH_A_JOB = (SeatState.ACCEPTED, SeatState.EN_ROUTE, SeatState.ON_SITE)
"""Who has accepted works on when the shift is over, and is nowhere else."""
_OF_TECHNICIANS = ("technician__person", "technician__provider", "technician__station")
MOST = 200
"""Open jobs that a board can hold; a zone has a handful."""
MOST_WAITING = 100
SEEN = timedelta(minutes=30)
"""A phone's position counts so long, then the place where its owner waits or works."""
SOON = timedelta(minutes=30)
"""So long before the promise is lost the board says it."""
NEW = timedelta(seconds=45)
"""A report is heard within this time, or the board calls out."""


def stamp(actor: Actor) -> str:
    """What changes with every event of the zone: the key of a board that was drawn."""
    head = Chain.objects.filter(tenant_id=actor.tenant_id).values_list("sequence", "digest")
    sequence, digest = head.first() or (0, "")
    return f"{sequence}:{digest[:16]}"


@dataclass(frozen=True, slots=True)
class Person:
    """A technician on duty: where, doing what."""

    technician: Technician
    shift: Shift | None
    """None for somebody whose shift is over and who is still with a job."""
    seat: Seat | None
    """The seat that is moving or held, or the one that is being offered."""
    skills: frozenset[str]
    longitude: float
    latitude: float
    is_seen: bool
    """The place is what the phone said lately."""

    @property
    def state(self) -> str:
        """free, on_call, or the state of the seat."""
        if self.seat is not None:
            return str(self.seat.state)
        is_on_call = self.shift is not None and self.shift.kind == ShiftKind.ON_CALL
        return "on_call" if is_on_call else "free"

    @property
    def is_free(self) -> bool:
        return self.seat is None


@dataclass(frozen=True, slots=True)
class Case:
    """An open job with whoever is asked or comes."""

    job: Job
    firm: str
    seats: tuple[Seat, ...]
    offers: tuple[Offer, ...]
    """Every offer of its seats, the latest last."""
    proposal: Proposal | None

    @property
    def is_unanswered(self) -> bool:
        return self.job.state in UNANSWERED

    @property
    def open_offers(self) -> tuple[Offer, ...]:
        return tuple(o for o in self.offers if o.state == OfferState.OPEN)

    @property
    def has_expired(self) -> bool:
        """The last answer to an offer was none, and nobody else is asked."""
        last = self.offers[-1] if self.offers else None
        return (
            self.is_unanswered
            and not self.open_offers
            and last is not None
            and last.state == OfferState.EXPIRED
        )


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that has to be heard, and from when on."""

    code: str
    """unacknowledged, offer_expired, about_to_lose, lost"""
    case: Case
    at: datetime
    tier: str = ""


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the duty chief looks at."""

    cases: tuple[Case, ...]
    people: tuple[Person, ...]
    alarms: tuple[Alarm, ...]
    """With those that are still to come: the page rings when their moment is there."""
    rule: Rule
    to_confirm: int = 0
    """Jobs that run again and wait for the firm's word; they are not on the board itself."""


def board(actor: Actor, *, now: datetime, rule: Rule = DEFAULTS) -> Board:
    """Read it in nine queries."""
    jobs = _jobs(actor)
    keys = [j.pk for j in jobs]
    names = registry.names(actor, {j.enterprise_id for j in jobs})
    seats = _by_job(_seats(actor, keys))
    offers = _offers(actor, keys)
    proposals = newest_proposals(actor, keys)
    cases = tuple(
        Case(
            job,
            names.get(job.enterprise_id, ""),
            tuple(seats.get(job.pk, ())),
            tuple(offers.get(job.pk, ())),
            proposals.get(job.pk),
        )
        for job in jobs
    )
    alarms = tuple(a for case in cases for a in _alarms(case))
    done = Job.objects.visible_to(actor).filter(state=State.DONE).count()
    return Board(cases, people_on_duty(actor, now=now), alarms, rule, done)


def _jobs(actor: Actor) -> list[Job]:
    """Unanswered first, by what is promised; then those under way."""
    rows = Job.objects.visible_to(actor).filter(state__in=sorted(OPEN - {State.DONE}))
    rows = rows.select_related("enterprise", "equipment__kind").order_by("answer_due_at", "id")
    found = list(rows[:MOST])
    found.sort(key=lambda j: j.state not in UNANSWERED)
    return found


def _seats(actor: Actor, jobs: Sequence[int]) -> Iterable[Seat]:
    rows = Seat.objects.visible_to(actor).filter(job_id__in=jobs)
    rows = rows.select_related("technician__person", "technician__provider")
    return rows.order_by("job_id", "position")


def _by_job(rows: Iterable[Seat]) -> dict[int, list[Seat]]:
    found: dict[int, list[Seat]] = {}
    for row in rows:
        found.setdefault(row.job_id, []).append(row)
    return found


def _offers(actor: Actor, jobs: Sequence[int]) -> dict[int, list[Offer]]:
    rows = Offer.objects.visible_to(actor).filter(seat__job_id__in=jobs)
    rows = rows.select_related("seat", "technician__person", "technician__provider")
    found: dict[int, list[Offer]] = {}
    for row in rows.order_by("id"):
        found.setdefault(row.seat.job_id, []).append(row)
    return found


def newest_proposals(actor: Actor, jobs: Sequence[int]) -> dict[int, Proposal]:
    """What the engine said last about each job; without the instance, which is large."""
    rows = Proposal.objects.visible_to(actor).filter(job_id__in=jobs).defer("problem")
    return {p.job_id: p for p in rows.order_by("job_id", "-id").distinct("job_id")}


def people_on_duty(actor: Actor, *, now: datetime) -> tuple[Person, ...]:
    """Technicians whose published shift runs, or who are with a job although it ended."""
    shifts = _shifts(actor, now)
    seats = _held(actor, shifts)
    known = {pk: shift.technician for pk, shift in shifts.items()}
    for pk, seat in seats.items():
        if seat.technician is not None:
            known.setdefault(pk, seat.technician)
    skills = skills_of(actor, known, now=now)
    people = [
        _person(who, shifts.get(pk), seats.get(pk), skills.get(pk, frozenset()), now)
        for pk, who in known.items()
    ]
    people.sort(key=lambda p: (p.technician.provider.pk, not p.is_free, p.technician.pk))
    return tuple(people)


def _shifts(actor: Actor, now: datetime) -> dict[int, Shift]:
    rows = Shift.objects.visible_to(actor).filter(
        is_published=True, starts_at__lte=now, ends_at__gt=now, technician__left_on=None
    )
    rows = rows.select_related("technician__person", "technician__provider", "station")
    return {s.technician_id: s for s in rows.order_by("technician_id", "starts_at")}


def _held(actor: Actor, people: Iterable[int]) -> dict[int, Seat]:
    """The seat that says most of each: at work before under way before named before asked.

    Of those on duty, and of everybody else who has accepted and is not done.
    """
    order = (SeatState.OFFERED, SeatState.ACCEPTED, SeatState.EN_ROUTE, SeatState.ON_SITE)
    rank = {str(state): n for n, state in enumerate(order)}
    asked = Q(technician_id__in=list(people), state__in=sorted(LIVE - {SeatState.AWAY}))
    rows = Seat.objects.visible_to(actor).filter(asked | Q(state__in=WITH_A_JOB))
    rows = rows.select_related("job", *_OF_TECHNICIANS)
    return {s.technician_id or 0: s for s in sorted(rows, key=lambda s: rank.get(str(s.state), 0))}


def skills_of(
    actor: Actor, people: Iterable[int], *, now: datetime
) -> Mapping[int, frozenset[str]]:
    """The skills that may be used today, by technician."""
    rows = Certificate.objects.visible_to(actor).filter(
        in_force(today(now)), technician_id__in=list(people)
    )
    found: dict[int, set[str]] = {}
    for pk, skill in rows.values_list("technician_id", "skill"):
        found.setdefault(pk, set()).add(skill)
    return {pk: frozenset(skills) for pk, skills in found.items()}


def _person(
    who: Technician,
    shift: Shift | None,
    seat: Seat | None,
    skills: frozenset[str],
    now: datetime,
) -> Person:
    longitude, latitude = _place(shift.station if shift else who.station, seat)
    seen = who.last_seen_at
    is_seen = seen is not None and now - seen <= SEEN and who.last_longitude is not None
    if is_seen and who.last_longitude is not None and who.last_latitude is not None:
        longitude, latitude = who.last_longitude, who.last_latitude
    return Person(who, shift, seat, skills, longitude, latitude, is_seen)


def _place(station: Station, seat: Seat | None) -> tuple[float, float]:
    if seat is not None and seat.state == SeatState.ON_SITE:
        return seat.job.longitude, seat.job.latitude
    return station.longitude, station.latitude


def _alarms(case: Case) -> Iterable[Alarm]:
    """What has to be heard about a job now or soon."""
    job = case.job
    if not case.is_unanswered:
        return
    if job.state == State.REPORTED:
        yield Alarm("unacknowledged", case, job.reported_at + NEW)
    for offer in case.open_offers:
        yield Alarm("offer_expired", case, offer.answer_by_at, offer.tier)
    if case.has_expired:
        last = case.offers[-1]
        yield Alarm("offer_expired", case, last.answered_at or last.answer_by_at, last.tier)
    if job.promise_lost_at is None:
        yield Alarm("about_to_lose", case, job.answer_due_at - SOON)
    yield Alarm("lost", case, job.promise_lost_at or job.answer_due_at)


def able_now(board_: Board, case: Case) -> list[Person]:
    """Who on duty holds the skill of a job and no interest in the firm, the free ones first."""
    job = case.job
    inside = {s.technician_id for s in case.seats if s.state in HELD}
    found = [
        p
        for p in board_.people
        if p.shift is not None
        and (not job.skill or job.skill in p.skills)
        and job.enterprise_id not in p.technician.recused
        and p.technician.pk not in inside
    ]
    return sorted(found, key=lambda p: not p.is_free)


# --- beside the board ---


def waiting_rows(actor: Actor) -> QuerySet[Job]:
    """Jobs that nobody has accepted, for the number beside the board."""
    rows = Job.objects.visible_to(actor).filter(state__in=sorted(UNANSWERED))
    return rows.order_by()[:MOST_WAITING]


def named(actor: Actor, ids: Iterable[int]) -> list[tuple[int, str, UUID]]:
    """Key, number and public id of jobs."""
    rows = Job.objects.visible_to(actor).filter(pk__in=list(ids))
    return list(rows.values_list("pk", "number", "public_id"))


def search(actor: Actor, q: str, limit: int) -> list[Job]:
    """Jobs by number and words, the latest first."""
    rows = Job.objects.visible_to(actor).filter(Q(number__icontains=q) | Q(title__icontains=q))
    return list(rows.order_by("-reported_at", "-id")[:limit])
