"""A machine is down: the report, from whichever door; and the free repair of a repair."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qiying.engines import worktime
from qiying.kernel import events, files, numbering, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.registry import public as registry
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Equipment, EquipmentClass, Job
from qiying.slices.rescue.operations._move import choice
from qiying.slices.rescue.operations._propose import make_seats
from qiying.slices.rescue.rules import (
    MAX_TEXT,
    MAX_TITLE,
    OPEN,
    PREFIX,
    REPORTERS,
    Channel,
    Kind,
    MachineState,
    Rule,
    Safety,
    State,
    Urgency,
)

MAX_WINDOW_DAYS = 366


@dataclass(frozen=True, slots=True)
class ReportIn:
    """What a report says beside the firm, the title and the door it came through.

    The machine is named by its key or its label; without one the place of the firm counts.
    """

    kind: str = Kind.EMERGENCY
    equipment_id: int | None = None
    label: str = ""
    skill: str = ""
    facts: str = ""
    place: str = ""
    longitude: float | None = None
    latitude: float | None = None
    contact: str = ""
    contact_phone: str = ""
    urgency: str = Urgency.SLOWED
    safety: str = Safety.NOT_ASKED
    stopped_at: datetime | None = None
    wanted_from_at: datetime | None = None
    wanted_until_at: datetime | None = None
    call_id: int | None = None
    warranty_of_id: int | None = None
    attachments: Sequence[int] = ()


def report_job(
    actor: Actor,
    *,
    now: datetime,
    enterprise_id: int,
    title: str,
    channel: str,
    **given: Any,
) -> Job:
    """Take a report: the promise runs from ``now``, at any hour.

    ``given`` are the names of ``ReportIn``. The same call opens one job however often it is told.
    """
    with tenancy.acting(actor):
        actor.require(*REPORTERS)
        if actor.has(Role.ENTERPRISE) and not actor.has(*(REPORTERS - {Role.ENTERPRISE})):
            _require_own(actor, enterprise_id)
        told = ReportIn(**given)
        if told.call_id is not None:
            known = queries.find_of_call(actor, told.call_id)
            if known is not None:
                return known
        job = _job(actor, enterprise_id, told, now)
        job.title = clean(title, field="title", limit=MAX_TITLE)
        job.channel = choice("channel", channel, Channel)
        _locate(actor, job, told.longitude, told.latitude)
        _of_class(job, told.skill)
        _window(job, told.wanted_from_at, told.wanted_until_at)
        _promise(actor, job, queries.rule_in_force(actor))
        job.number = numbering.next_number(actor, PREFIX, now=now)
        job.save()
        make_seats(job)
        _attach(actor, told.attachments, job)
        _say(actor, job, now)
        return job


def _job(actor: Actor, enterprise_id: int, told: ReportIn, now: datetime) -> Job:
    machine = _machine(actor, enterprise_id, told.equipment_id, told.label)
    place = told.place or _place(machine)
    phone = told.contact_phone
    return Job(
        tenant_id=actor.tenant_id,
        kind=choice("kind", told.kind, Kind),
        enterprise_id=enterprise_id,
        equipment=machine,
        facts=clean(told.facts, field="facts", limit=MAX_TEXT, is_needed=False),
        place=clean(place, field="place", limit=160, is_needed=False),
        contact=clean(told.contact, field="contact", limit=40, is_needed=False),
        contact_phone=clean(phone, field="contact_phone", limit=20, is_needed=False),
        reported_by=actor.identity,
        call_id=told.call_id,
        warranty_of_id=told.warranty_of_id,
        urgency=choice("urgency", told.urgency, Urgency),
        safety=choice("safety", told.safety, Safety),
        reported_at=now,
        stopped_at=_past("stopped_at", told.stopped_at, now),
        updated_at=now,
    )


def _say(actor: Actor, job: Job, now: datetime) -> None:
    events.record(
        "rescue.reported",
        subject=job,
        actor=actor,
        now=now,
        kind=str(job.kind),
        channel=str(job.channel),
        urgency=str(job.urgency),
        firm=job.enterprise_id,
        machine=job.equipment_id,
        danger=job.safety == Safety.DANGER,
    )


def _require_own(actor: Actor, enterprise_id: int) -> None:
    if enterprise_id not in actor.enterprises:
        raise Denied("access.role")


def _machine(
    actor: Actor, enterprise_id: int, equipment_id: int | None, label: str
) -> Equipment | None:
    if label:
        found = queries.machine_by_label(actor, label)
    elif equipment_id is not None:
        found = queries.get_machine(actor, equipment_id)
    else:
        return None
    if found.enterprise_id != enterprise_id or found.state == MachineState.SCRAPPED:
        raise Invalid("input.invalid", {"equipment_id": "input.choice"})
    return found


def _place(machine: Equipment | None) -> str:
    return machine.place if machine else ""


def _past(name: str, moment: datetime | None, now: datetime) -> datetime | None:
    if moment is not None and moment > now:
        raise Invalid("input.invalid", {name: "rescue.in_past"})
    return moment


def _locate(actor: Actor, job: Job, longitude: float | None, latitude: float | None) -> None:
    """Where it is: as told, the machine, the firm, and last the zone's centre."""
    if longitude is not None and latitude is not None:
        if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
            raise Invalid("input.invalid", {"longitude": "input.choice"})
        job.longitude, job.latitude = longitude, latitude
        return
    if job.equipment is not None:
        job.longitude, job.latitude = job.equipment.longitude, job.equipment.latitude
        return
    firm = registry.enterprise(actor, job.enterprise_id)
    if firm.longitude is not None and firm.latitude is not None:
        job.longitude, job.latitude = firm.longitude, firm.latitude
        return
    zone = registry.zone(actor)
    job.longitude, job.latitude = zone.longitude, zone.latitude


def _of_class(job: Job, skill: str) -> None:
    """Skill, licence and permits follow from the class of the machine."""
    kind = job.equipment.kind if job.equipment else None
    if kind is not None:
        job.skill, job.permits = kind.skill, list(kind.permits)
        job.licence_item = kind.licence_item if kind.needs_licence else ""
    elif skill:
        rows = EquipmentClass.objects.filter(tenant_id=job.tenant_id, skill=skill)
        if not rows.exists():
            raise Invalid("input.invalid", {"skill": "input.choice"})
        job.skill = skill


def _window(job: Job, start: datetime | None, end: datetime | None) -> None:
    if start is None and end is None:
        return
    is_whole = start is not None and end is not None and job.reported_at <= end and start < end
    if not is_whole or job.kind == Kind.EMERGENCY:
        raise Invalid("input.invalid", {"wanted_from_at": "rescue.window"})
    job.wanted_from_at, job.wanted_until_at = start, end


def _promise(actor: Actor, job: Job, rule: Rule) -> None:
    """An emergency is answered by the clock; other work within working days."""
    if job.kind == Kind.EMERGENCY:
        job.answer_due_at = rule.answer_by(job.reported_at)
        job.arrive_goal_at = rule.arrive_by(job.reported_at)
        return
    days = worktime.Rule("working_days", rule.repair_answer_days)
    job.answer_due_at = worktime.due(job.reported_at, days, registry.calendar(actor)).due_at


def _attach(actor: Actor, attachments: Sequence[int], job: Job) -> None:
    wanted = sorted(set(attachments))
    if wanted and files.attach(actor, wanted, subject=job) != len(wanted):
        raise Invalid("input.invalid", {"attachments": "input.choice"})


@operation
def rework(actor: Actor, job_id: int, *, now: datetime, text: str) -> Job:
    """The repair did not hold within its warranty: a new job, free of charge."""
    actor.require(Role.ENTERPRISE, Role.DUTY_CHIEF, Role.DESK)
    old = queries.get_job(actor, job_id, for_update=True)
    if actor.has(Role.ENTERPRISE) and not actor.has(Role.DUTY_CHIEF, Role.DESK):
        _require_own(actor, old.enterprise_id)
    until = old.warranty_until
    is_held = until is not None and queries.today(now) <= until
    if old.state not in (State.CONFIRMED, State.SETTLED) or not is_held:
        raise Refused("rescue.no_warranty")
    is_firm = old.enterprise_id in actor.enterprises
    rows = Job.objects.filter(tenant_id=actor.tenant_id, warranty_of=old, state__in=sorted(OPEN))
    if rows.exists():
        raise Refused("rescue.rework_open")
    return report_job(
        actor,
        now=now,
        enterprise_id=old.enterprise_id,
        title=old.title,
        channel=Channel.BUTTON if is_firm else Channel.DESK,
        kind=Kind.EMERGENCY,
        equipment_id=old.equipment_id,
        skill=old.skill,
        facts=text,
        place=old.place,
        longitude=old.longitude,
        latitude=old.latitude,
        contact=old.contact,
        contact_phone=old.contact_phone,
        urgency=old.urgency,
        warranty_of_id=old.pk,
    )
