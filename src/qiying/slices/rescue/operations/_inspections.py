"""The calendar of statutory inspections: when, with whom it is booked, what the body found."""

from calendar import monthrange
from datetime import date, datetime

from qiying.kernel import events
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import InspectionDue
from qiying.slices.rescue.operations._machines import require_firm
from qiying.slices.rescue.operations._move import choice
from qiying.slices.rescue.rules import InspectionKind


@operation
def plan_inspection(
    actor: Actor,
    equipment_id: int,
    *,
    now: datetime,
    due_on: date,
    kind: str = InspectionKind.REGULAR,
    last_on: date | None = None,
) -> InspectionDue:
    """Write down when the licensed body must have inspected a machine next."""
    machine = queries.get_machine(actor, equipment_id, for_update=True)
    require_firm(actor, machine.enterprise_id)
    if last_on is not None and due_on <= last_on:
        raise Invalid("input.invalid", {"due_on": "rescue.in_future"})
    row, is_new = InspectionDue.objects.get_or_create(
        tenant_id=actor.tenant_id,
        equipment=machine,
        kind=choice("kind", kind, InspectionKind),
        done_on=None,
        defaults={"due_on": due_on, "last_on": last_on},
    )
    if not is_new:
        row.due_on, row.last_on = due_on, last_on
        row.reminded_at = row.pressed_at = row.overdue_at = None
        row.save()
    events.record(
        "rescue.inspection_planned",
        subject=row,
        actor=actor,
        now=now,
        due_on=due_on.isoformat(),
        machine=machine.pk,
    )
    return row


@operation
def book_inspection(
    actor: Actor,
    inspection_id: int,
    *,
    now: datetime,
    body: str,
    booked_on: date,
    note: str = "",
) -> InspectionDue:
    """Note the appointment that the licensed body has given; nothing is inspected here."""
    row = _inspection(actor, inspection_id)
    if booked_on < queries.today(now):
        raise Invalid("input.invalid", {"booked_on": "rescue.in_future"})
    row.body = clean(body, field="body", limit=100)
    row.booked_on = booked_on
    row.booking_note = clean(note, field="note", limit=200, is_needed=False)
    row.save()
    events.record(
        "rescue.inspection_booked",
        subject=row,
        actor=actor,
        now=now,
        booked_on=booked_on.isoformat(),
        is_late=booked_on > row.due_on,
    )
    return row


def _inspection(actor: Actor, inspection_id: int) -> InspectionDue:
    row = queries.get_inspection(actor, inspection_id)
    require_firm(actor, row.equipment.enterprise_id)
    if row.done_on is not None:
        raise Refused("rescue.inspection_over")
    return row


@operation
def close_inspection(
    actor: Actor,
    inspection_id: int,
    *,
    now: datetime,
    done_on: date,
    has_passed: bool,
    body: str = "",
    result: str = "",
    certificate: str = "",
    next_on: date | None = None,
) -> InspectionDue:
    """Write down what the body found; the next day follows from the class unless it is named."""
    row = _inspection(actor, inspection_id)
    if done_on > queries.today(now):
        raise Invalid("input.invalid", {"done_on": "rescue.in_past"})
    row.body = clean(body or row.body, field="body", limit=100)
    row.done_on, row.has_passed = done_on, has_passed
    row.result = clean(result, field="result", limit=300, is_needed=False)
    row.certificate = clean(certificate, field="certificate", limit=60, is_needed=False)
    row.save()
    following = next_on or _following(row, done_on) if has_passed else None
    if following is not None and following > done_on:
        InspectionDue.objects.create(
            tenant_id=actor.tenant_id,
            equipment=row.equipment,
            kind=InspectionKind.REGULAR if row.kind == InspectionKind.FIRST else row.kind,
            last_on=done_on,
            due_on=following,
        )
    events.record(
        "rescue.inspection_done",
        subject=row,
        actor=actor,
        now=now,
        has_passed=has_passed,
        is_late=done_on > row.due_on,
    )
    return row


def _following(row: InspectionDue, done_on: date) -> date | None:
    months = row.equipment.kind.inspection_months
    if not months:
        return None
    year, month = divmod(done_on.year * 12 + done_on.month - 1 + months, 12)
    days = monthrange(year, month + 1)[1]
    return date(year, month + 1, min(done_on.day, days))
