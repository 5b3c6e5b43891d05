"""What the phones of firms and technicians show: own machines, own jobs, what waits for whom."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from pyproj import Geod

from qiying.kernel.access import Actor, Role, system
from qiying.slices.registry import public as registry
from qiying.slices.rescue import rules
from qiying.slices.rescue.models import (
    Equipment,
    InspectionDue,
    Job,
    Offer,
    Quote,
    Rating,
    Seat,
    Shift,
)
from qiying.slices.rescue.models import Technician as Worker
from qiying.slices.rescue.queries._find import technician_of, today
from qiying.slices.rescue.rules import (
    HELD,
    LIVE,
    OPEN,
    MachineState,
    OfferState,
    QuoteState,
    SeatState,
    State,
)

MOST_PICKS, MOST_JOBS = 8, 30
SHIFTS_AHEAD = timedelta(days=14)
GROUND = Geod(ellps="WGS84")


# --- the firm ---


def own_jobs(actor: Actor) -> "QuerySet[Job]":
    """The jobs of the firms that this person acts for; page them by ``queries.ORDER``."""
    rows = Job.objects.visible_to(actor).filter(enterprise_id__in=actor.enterprises)
    return rows.select_related("equipment__kind", "enterprise")


def own_machines(actor: Actor, q: str = "") -> "QuerySet[Equipment]":
    """The machines of the own firms that are not scrapped, by words or by label."""
    rows = Equipment.objects.visible_to(actor).filter(enterprise_id__in=actor.enterprises)
    return _searched(rows.exclude(state=MachineState.SCRAPPED), q)


def all_machines(actor: Actor, q: str = "") -> "QuerySet[Equipment]":
    """Every machine that the reader sees and that is not scrapped."""
    return _searched(Equipment.objects.visible_to(actor).exclude(state=MachineState.SCRAPPED), q)


def _searched(rows: "QuerySet[Equipment]", q: str) -> "QuerySet[Equipment]":
    for word in q.split()[:5]:
        rows = rows.filter(
            Q(name__icontains=word)
            | Q(label__istartswith=rules.tidy(word))
            | Q(place__icontains=word)
            | Q(line__icontains=word)
            | Q(model__icontains=word)
        )
    return rows.select_related("kind", "enterprise")


def picks(actor: Actor, enterprise_id: int, q: str = "") -> list[Equipment]:
    """The machines offered beside the red button: those that fit the words, line-stoppers first."""
    rows = own_machines(actor, q).filter(enterprise_id=enterprise_id)
    return list(rows.order_by("-loss_per_hour_cny", "id")[:MOST_PICKS])


def open_by_machine(actor: Actor, machines: Iterable[int]) -> dict[int, Job]:
    """The open job of each machine, the newest where there are several."""
    rows = Job.objects.visible_to(actor).filter(
        equipment_id__in=list(machines), state__in=sorted(OPEN)
    )
    return {int(j.equipment_id or 0): j for j in rows.order_by("reported_at", "id")}


def asks_of(actor: Actor, jobs: Sequence[Job]) -> dict[int, str]:
    """The step for which a job waits for the firm, in a fixed number of queries."""
    keys = [j.pk for j in jobs]
    shown = Quote.objects.visible_to(actor).filter(job_id__in=keys, state=QuoteState.SHOWN)
    quoted = set(shown.values_list("job_id", flat=True))
    rated = set(_rated(actor, keys))
    return {j.pk: ask for j in jobs if (ask := _ask(j, quoted, rated))}


def _rated(actor: Actor, jobs: list[int]) -> Iterable[int]:
    rows = Rating.objects.visible_to(actor).filter(job_id__in=jobs)
    return rows.values_list("job_id", flat=True)


def _ask(job: Job, quoted: set[int], rated: set[int]) -> str:
    if job.state == State.QUOTED and job.pk in quoted:
        return "accept_quote"
    if job.state == State.DONE:
        return "confirm"
    if job.state in (State.CONFIRMED, State.SETTLED) and job.pk not in rated:
        return "rate"
    return ""


def is_under_warranty(job: Job, *, now: datetime) -> bool:
    """Whether the firm may have the repair repeated free of charge."""
    until = job.warranty_until
    return (
        job.state in (State.CONFIRMED, State.SETTLED) and until is not None and today(now) <= until
    )


def reworks_of(actor: Actor, job: Job) -> list[Job]:
    """The free repairs of this repair, the newest first."""
    rows = Job.objects.visible_to(actor).filter(warranty_of_id=job.pk)
    return list(rows.order_by("-reported_at", "-id")[:MOST_JOBS])


# --- a machine ---


def history(actor: Actor, machine: Equipment) -> list[Job]:
    """The latest jobs of a machine.

    Whoever stands before it with a job in hand sees the course of the machine, not only the own
    job: the machine itself was open to the reader.
    """
    if actor.has(Role.TECHNICIAN):
        rows = Job.objects.filter(tenant_id=actor.tenant_id)
    else:
        rows = Job.objects.visible_to(actor)
    found = rows.filter(equipment_id=machine.pk).select_related("enterprise", "equipment__kind")
    return list(found.order_by("-reported_at", "-id")[:MOST_JOBS])


def seen_of(actor: Actor, jobs: Iterable[Job]) -> set[int]:
    """Those of some jobs that the reader may open."""
    rows = Job.objects.visible_to(actor).filter(pk__in=[j.pk for j in jobs])
    return set(rows.values_list("pk", flat=True))


def next_inspection(actor: Actor, machine: Equipment) -> InspectionDue | None:
    """The statutory inspection that comes next; None where none is planned."""
    rows = InspectionDue.objects.visible_to(actor).filter(equipment_id=machine.pk, done_on=None)
    return rows.order_by("due_on").first()


# --- the technician ---


@dataclass(frozen=True, slots=True)
class Asked:
    """A job that somebody is asked to take, with the minute until which to answer."""

    offer: Offer
    job: Job
    firm: str


@dataclass(frozen=True, slots=True)
class Held:
    """A seat of the own with its job."""

    seat: Seat
    job: Job
    firm: str


@dataclass(frozen=True, slots=True)
class Duty:
    """The phone of a technician: what is asked, what is in hand, when there is duty."""

    technician: Worker | None
    asked: tuple[Asked, ...] = ()
    held: tuple[Held, ...] = ()
    shifts: tuple[Shift, ...] = ()


def duty(actor: Actor, *, now: datetime) -> Duty:
    """Offers that are open, seats that are held, shifts of the next two weeks."""
    worker = technician_of(actor)
    if worker is None:
        return Duty(None)
    offers, seats = _offers(worker), _seats(worker)
    jobs = [*(o.seat.job for o in offers), *(s.job for s in seats)]
    # who is asked must know where to: the name of the firm is part of the offer
    firms = registry.names(system(actor.tenant_id), {j.enterprise_id for j in jobs})
    return Duty(
        worker,
        tuple(Asked(o, o.seat.job, firms.get(o.seat.job.enterprise_id, "")) for o in offers),
        tuple(Held(s, s.job, firms.get(s.job.enterprise_id, "")) for s in seats),
        shifts_of(worker, now=now),
    )


def _offers(worker: Worker) -> list[Offer]:
    rows = Offer.objects.filter(
        tenant_id=worker.tenant_id, technician=worker, state=OfferState.OPEN
    ).select_related("seat__job__enterprise", "seat__job__equipment", "proposal")
    return list(rows.order_by("answer_by_at"))


def _seats(worker: Worker) -> list[Seat]:
    rows = Seat.objects.filter(
        tenant_id=worker.tenant_id,
        technician=worker,
        state__in=sorted(LIVE - {SeatState.OFFERED}),
    ).select_related("job__enterprise", "job__equipment__kind")
    return list(rows.order_by("job__reported_at"))


def shifts_of(worker: Worker, *, now: datetime) -> tuple[Shift, ...]:
    """The published shifts of the next two weeks that are not over."""
    rows = Shift.objects.filter(
        tenant_id=worker.tenant_id,
        technician=worker,
        is_published=True,
        ends_at__gt=now,
        starts_at__lt=now + SHIFTS_AHEAD,
    ).select_related("station")
    return tuple(rows.order_by("starts_at"))


def jobs_of_worker(actor: Actor, worker: Worker) -> "QuerySet[Job]":
    """Every job with a seat that was held, for the list of one's own work."""
    seats = Seat.objects.filter(
        tenant_id=actor.tenant_id,
        technician_id=worker.pk,
        state__in=sorted(HELD | {SeatState.LEFT}),
    )
    rows = Job.objects.visible_to(actor).filter(pk__in=seats.values("job_id"))
    return rows.select_related("equipment__kind", "enterprise")


def last_seen(seat: Seat, *, now: datetime) -> dict[str, Any] | None:
    """How far the phone of somebody on the way was a moment ago; None when nothing is known."""
    who = seat.technician
    if seat.state != SeatState.EN_ROUTE or who is None or who.last_seen_at is None:
        return None
    longitude, latitude = who.last_longitude, who.last_latitude
    if longitude is None or latitude is None or now - who.last_seen_at > timedelta(minutes=30):
        return None
    *_, metres = GROUND.inv(longitude, latitude, seat.job.longitude, seat.job.latitude)
    return {"km": metres / 1000, "at": who.last_seen_at}
