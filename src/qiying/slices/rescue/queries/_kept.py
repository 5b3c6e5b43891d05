"""What every step of a job asks, in words that are kept: wording took longer than asking."""

from collections.abc import Callable, Hashable
from datetime import timedelta
from typing import TypeVar

from django.db.models import DateTimeField, Model, Value
from django.db.models.functions import Cast

from qiying.kernel import statements
from qiying.kernel.access import Actor, system
from qiying.kernel.statements import ADDRESS, KEY, NOW, PERSON, START, Records
from qiying.slices.rescue.models import Job, Quote, Seat, Shift, Technician
from qiying.slices.rescue.rules import QuoteState, SeatState

M = TypeVar("M", bound=Model)
LONGEST_SHIFT = timedelta(hours=24)
ASKED_OR_HELD = frozenset(
    {SeatState.OFFERED, SeatState.ACCEPTED, SeatState.EN_ROUTE, SeatState.ON_SITE}
)
"""Seats of people who are on their way to a job, at it, or asked whether they come."""


def job_by(actor: Actor, path: str, *, for_update: bool) -> Records[Job]:
    """A visible job by ``pk`` (given as ``key``) or ``public_id`` (given as ``address``)."""

    def build(seen_by: Actor) -> Records[Job]:
        rows = Job.objects.visible_to(seen_by).select_related("equipment__kind")
        if for_update:
            rows = rows.select_for_update(of=("self",))
        else:
            rows = rows.select_related("enterprise")
        return Records(rows.filter(**{path: KEY if path == "pk" else ADDRESS}))

    return statements.kept(("rescue.job", path, for_update), actor, build)


def seats_of_job(tenant_id: int, *, for_update: bool) -> Records[Seat]:
    """The seats of the job ``key`` by position, with their technicians.

    Who locks them to take a step needs no more of the people than the technician's own row.
    """

    def build(house: Actor) -> Records[Seat]:
        rows = Seat.objects.filter(tenant_id=house.tenant_id, job_id=KEY).order_by("position")
        if for_update:
            return Records(rows.select_related("technician").select_for_update(of=("self",)))
        return Records(rows.select_related("technician__person", "technician__provider"))

    return _of_house(("rescue.seats", for_update), tenant_id, build)


def crew_of_job(tenant_id: int) -> Records[Seat]:
    """The seats of the job ``key`` by position and nothing else."""

    def build(house: Actor) -> Records[Seat]:
        rows = Seat.objects.filter(tenant_id=house.tenant_id, job_id=KEY)
        return Records(rows.order_by("position"))

    return _of_house("rescue.crew", tenant_id, build)


def technicians_of_person(tenant_id: int) -> Records[Technician]:
    """The technician that ``person`` is now."""

    def build(house: Actor) -> Records[Technician]:
        rows = Technician.objects.filter(tenant_id=house.tenant_id, person_id=PERSON, left_on=None)
        return Records(rows.select_related("person", "provider", "station").order_by("pk"))

    return _of_house("rescue.technician", tenant_id, build)


def technician_by_key(actor: Actor) -> Records[Technician]:
    """The visible technician ``key``."""

    def build(seen_by: Actor) -> Records[Technician]:
        rows = Technician.objects.visible_to(seen_by).filter(pk=KEY)
        return Records(rows.select_related("person", "provider", "station"))

    return statements.kept("rescue.technician_by_key", actor, build)


def quotes_of_job(tenant_id: int, states: tuple[QuoteState, ...]) -> Records[Quote]:
    """The newest quote of the job ``key`` in one of these states, or in any."""

    def build(house: Actor) -> Records[Quote]:
        rows = Quote.objects.filter(tenant_id=house.tenant_id, job_id=KEY)
        rows = rows.filter(state__in=states) if states else rows
        return Records(rows.order_by("-version")[:1])

    return _of_house(("rescue.quotes", *states), tenant_id, build)


def shifts_ahead(tenant_id: int) -> Records[Shift]:
    """Published shifts that end after ``now`` and begin before ``start``, of people in force.

    No shift is longer than ``LONGEST_SHIFT``: the years before need not be read.
    """

    def build(house: Actor) -> Records[Shift]:
        rows = Shift.objects.filter(
            tenant_id=house.tenant_id,
            is_published=True,
            ends_at__gt=NOW,
            starts_at__lt=START,
            starts_at__gte=Cast(Value(NOW), DateTimeField()) - LONGEST_SHIFT,
            technician__left_on=None,
        )
        rows = rows.select_related("technician__station", "station")
        return Records(rows.order_by("technician_id", "starts_at"))

    return _of_house("rescue.shifts", tenant_id, build)


def seats_taken(tenant_id: int) -> Records[Seat]:
    """The places of all crews that are held or asked for now."""

    def build(house: Actor) -> Records[Seat]:
        rows = Seat.objects.filter(tenant_id=house.tenant_id, state__in=sorted(ASKED_OR_HELD))
        rows = rows.select_related("job__equipment__kind")
        return Records(rows.order_by("job_id", "position"))

    return _of_house("rescue.taken", tenant_id, build)


def _of_house(name: Hashable, tenant_id: int, build: Callable[[Actor], Records[M]]) -> Records[M]:
    """The same for everybody of a zone: what the operations must know whoever takes the step."""
    return statements.kept(name, system(tenant_id), build)
