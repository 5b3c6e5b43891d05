"""Who is on duty when; the database lets nobody be in two shifts at once."""

from datetime import datetime

from django.db import IntegrityError, transaction

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.tenancy import operation
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Manager, Seat, Shift, Station
from qiying.slices.rescue.operations._move import choice
from qiying.slices.rescue.operations._providers import SIGNERS, may_lead
from qiying.slices.rescue.rules import MOVING, ShiftKind

MOST_TURNOUT = 120


@operation
def plan_shift(
    actor: Actor,
    technician_id: int,
    *,
    now: datetime,
    starts_at: datetime,
    ends_at: datetime,
    kind: str = ShiftKind.DAY,
    station_id: int | None = None,
    turnout_min: int = 0,
    is_published: bool = False,
) -> Shift:
    """Put somebody on duty; Refused when it overlaps another shift of the same person."""
    technician = queries.get_technician(actor, technician_id)
    may_lead(actor, technician.provider_id)
    if not starts_at < ends_at <= starts_at + queries.LONGEST_SHIFT:
        raise Invalid("input.invalid", {"ends_at": "rescue.shift_length"})
    if not 0 <= turnout_min <= MOST_TURNOUT:
        raise Invalid("input.invalid", {"turnout_min": "rescue.range"}, least=0, most=MOST_TURNOUT)
    station = technician.station_id if station_id is None else station_id
    if not Station.objects.filter(tenant_id=actor.tenant_id, pk=station).exists():
        raise Invalid("input.invalid", {"station_id": "input.choice"})
    try:
        with transaction.atomic():
            row = Shift.objects.create(
                tenant_id=actor.tenant_id,
                technician=technician,
                starts_at=starts_at,
                ends_at=ends_at,
                kind=choice("kind", kind, ShiftKind),
                station_id=station,
                turnout_min=turnout_min,
                is_published=is_published,
            )
    except IntegrityError:
        raise Refused("rescue.shift_overlaps") from None
    events.record(
        "rescue.shift_planned", subject=row, actor=actor, now=now, technician=technician_id
    )
    return row


@operation
def drop_shift(actor: Actor, shift_id: int, *, now: datetime) -> None:
    """Take a shift back; not while the person is on the way or at a machine in it."""
    row = Shift.objects.visible_to(actor).select_related("technician").filter(pk=shift_id).first()
    if row is None:
        raise Refused("rescue.shift_gone")
    may_lead(actor, row.technician.provider_id)
    runs = row.starts_at <= now < row.ends_at
    seats = Seat.objects.filter(
        tenant_id=actor.tenant_id, technician_id=row.technician_id, state__in=sorted(MOVING)
    )
    if runs and seats.exists():
        raise Refused("rescue.technician_at_work")
    events.record(
        "rescue.shift_dropped", subject=row, actor=actor, now=now, technician=row.technician_id
    )
    row.delete()


@operation
def publish_roster(actor: Actor, *, now: datetime, start: datetime, end: datetime) -> int:
    """Make the shifts that begin in a period binding and tell the people; how many were new.

    A provider's manager publishes the own people only.
    """
    rows = Shift.objects.visible_to(actor).filter(
        starts_at__gte=start, starts_at__lt=end, is_published=False
    )
    if not actor.has(*SIGNERS):
        if not actor.has(Role.PROVIDER_MANAGER):
            raise Denied("access.role")
        led = Manager.objects.filter(
            tenant_id=actor.tenant_id, person_id=actor.person_id, is_current=True
        )
        rows = rows.filter(technician__provider_id__in=led.values("provider_id"))
    found = list(rows.select_related("technician"))
    for row in found:
        row.is_published = True
    Shift.objects.bulk_update(found, ["is_published"])
    if found:
        events.record(
            "rescue.roster_published",
            subject=found[0],
            actor=actor,
            now=now,
            shifts=len(found),
            people=sorted({s.technician.person_id for s in found}),
            start=start.date().isoformat(),
        )
    return len(found)
