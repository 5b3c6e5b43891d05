"""What follows from an event: people are told, a call opens a job, the clock does its work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from qiying.kernel import events, files, jobs, notifications, tenancy
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.errors import NotFound
from qiying.kernel.models import Event
from qiying.kernel.people import people_with
from qiying.slices.calls import public as calls
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.models import Job
from qiying.slices.rescue.rules import Channel, Urgency


@dataclass(frozen=True, slots=True)
class Case:
    """An event of a job with what is needed to find its audience."""

    actor: Actor
    job: Job
    event: Event

    def having(self, *roles: str) -> set[int]:
        on = queries.today(self.event.occurred_at)
        return {p.pk for p in people_with(self.actor, *roles, on=on)}


Find = Callable[[Case], set[int]]


def _chiefs(case: Case) -> set[int]:
    return case.having(Role.DUTY_CHIEF)


def _bosses(case: Case) -> set[int]:
    return case.having(Role.DUTY_CHIEF, Role.ZONE_LEADER)


def _firm(case: Case) -> set[int]:
    on = queries.today(case.event.occurred_at)
    firm = case.job.enterprise_id
    held = people_with(case.actor, Role.ENTERPRISE, enterprise_id=firm, on=on)
    return {p.pk for p in held}


def _crew(case: Case) -> set[int]:
    return queries.people_of(case.job)


def _asked(case: Case) -> set[int]:
    return queries.people_of_technicians(case.actor, case.event.data.get("technicians") or ())


def _no_longer(case: Case) -> set[int]:
    named = [case.event.data.get("refused_by"), case.event.data.get("technician")]
    return queries.people_of_technicians(case.actor, [t for t in named if t])


@dataclass(frozen=True, slots=True)
class Told:
    find: Find
    kind: str
    when: Callable[[Event], bool] = lambda _event: True


def _is_answered(event: Event) -> bool:
    return bool(event.data.get("after") == "answered")


def _is_nobody(event: Event) -> bool:
    return bool(event.data.get("technicians") == [])


def _has_asked(event: Event) -> bool:
    return bool(event.data.get("offers"))


ASKING = (
    Told(_asked, "rescue.offered", _has_asked),
    Told(_chiefs, "rescue.nobody", _is_nobody),
)
AUDIENCES: Mapping[str, tuple[Told, ...]] = {
    "rescue.reported": (
        Told(_chiefs, "rescue.reported"),
        Told(_bosses, "rescue.danger", lambda e: bool(e.data.get("danger"))),
    ),
    "rescue.offered": (Told(_asked, "rescue.offered"),),
    "rescue.overridden": (Told(_asked, "rescue.offered"),),
    "rescue.proposed": (Told(_chiefs, "rescue.nobody", _is_nobody),),
    "rescue.refused": ASKING,
    "rescue.expired": (*ASKING, Told(_no_longer, "rescue.offer_over")),
    "rescue.released": (*ASKING, Told(_firm, "rescue.released")),
    "rescue.accepted": (
        Told(_firm, "rescue.answered", _is_answered),
        Told(_chiefs, "rescue.answered", _is_answered),
    ),
    "rescue.helped_remotely": (Told(_firm, "rescue.helped_remotely"),),
    "rescue.set_out": (Told(_firm, "rescue.set_out"),),
    "rescue.arrived": (Told(_firm, "rescue.arrived"),),
    "rescue.quoted": (Told(_firm, "rescue.quoted"),),
    "rescue.quote_accepted": (Told(_crew, "rescue.quote_accepted"),),
    "rescue.quote_declined": (
        Told(_crew, "rescue.quote_declined"),
        Told(_chiefs, "rescue.quote_declined"),
    ),
    "rescue.waits_for_parts": (
        Told(_firm, "rescue.waits_for_parts"),
        Told(_chiefs, "rescue.waits_for_parts"),
    ),
    "rescue.patched": (Told(_firm, "rescue.patched"), Told(_chiefs, "rescue.patched")),
    "rescue.finished": (Told(_firm, "rescue.finished"),),
    "rescue.solved": (Told(_firm, "rescue.finished"),),
    "rescue.disputed": (Told(_crew, "rescue.disputed"), Told(_chiefs, "rescue.disputed")),
    "rescue.referred": (Told(_firm, "rescue.referred"), Told(_crew, "rescue.referred")),
    "rescue.dismissed": (Told(_firm, "rescue.dismissed"), Told(_crew, "rescue.dismissed")),
    "rescue.withdrawn": (Told(_crew, "rescue.withdrawn"), Told(_chiefs, "rescue.withdrawn")),
    "rescue.alarmed": (Told(_chiefs, "rescue.alarmed"),),
    "rescue.promise_lost": (Told(_bosses, "rescue.promise_lost"),),
    "rescue.night_listed": (
        Told(_chiefs, "rescue.night_listed", lambda e: not e.data.get("has_plan")),
    ),
}


def tell(event: Event) -> None:
    """Put a line before everybody whom an event of a job concerns, once per event."""
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        try:
            job = queries.get_job(actor, event.subject_id)
        except NotFound:
            return
        case = Case(actor, job, event)
        for told in AUDIENCES[event.topic]:
            if told.when(event):
                people = {p for p in told.find(case) if f"p{p}" != event.actor}
                _notify(actor, people, job, told.kind, event)


def _duty() -> str:
    return reverse("rescue:duty")


def _notify(actor: Actor, people: set[int], job: Job, kind: str, event: Event) -> None:
    is_asked = kind in ("rescue.offered", "rescue.offer_over")
    notifications.notify(
        actor,
        people,
        kind=kind,
        subject=job,
        url=_duty() if is_asked else reverse("rescue:job", args=[job.public_id]),
        params={"number": job.number},
        effect_key=f"e{event.pk}:{kind}",
        now=event.occurred_at,
    )


for _topic in AUDIENCES:
    events.on(_topic)(tell)


@events.on("rescue.inspection_near")
@events.on("rescue.inspection_to_apply")
@events.on("rescue.inspection_overdue")
def remind(event: Event) -> None:
    """The firm and its grid officer are told of an inspection; the duty chief once it is overdue."""
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        row = queries.get_inspection(actor, event.subject_id)
        on = queries.today(event.occurred_at)
        firm = row.equipment.enterprise_id
        people = {
            p.pk for p in people_with(actor, Role.ENTERPRISE, enterprise_id=firm, on=on)
        } | queries.grid_officers_of(actor, firm)
        if event.topic == "rescue.inspection_overdue":
            people |= {p.pk for p in people_with(actor, Role.DUTY_CHIEF, on=on)}
        notifications.notify(
            actor,
            people,
            kind=event.topic,
            subject=row.equipment,
            url=reverse("rescue:inspections"),
            params={"label": row.equipment.label},
            effect_key=f"e{event.pk}",
            now=event.occurred_at,
        )


@events.on("rescue.certificate_ends")
def warn(event: Event) -> None:
    """The technician and the provider's managers hear that a certificate ends."""
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        technician = queries.get_technician(actor, int(event.data["technician"]))
        notifications.notify(
            actor,
            {technician.person_id} | queries.managers_of(actor, technician.provider_id),
            kind=event.topic,
            subject=technician,
            url=reverse("rescue:providers"),
            params={"name": technician.person.name},
            effect_key=f"e{event.pk}",
            now=event.occurred_at,
        )


@events.on("rescue.roster_published")
def tell_roster(event: Event) -> None:
    """Everybody whose shifts were published is told."""
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        shift = queries.find_shift(actor, event.subject_id)
        if shift is None:
            return
        notifications.notify(
            actor,
            event.data.get("people") or (),
            kind=event.topic,
            subject=shift,
            url=_duty(),
            params={"start": event.data["start"]},
            effect_key=f"e{event.pk}",
            now=event.occurred_at,
        )


@events.on("rescue.settlement_drawn_up")
@events.on("rescue.settlement_checked")
@events.on("rescue.settlement_returned")
@events.on("rescue.settlement_paid")
def tell_settlement(event: Event) -> None:
    """Who checks hears of a new settlement; the provider of how it went."""
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        row = queries.get_settlement(actor, event.subject_id)
        on = queries.today(event.occurred_at)
        if event.topic == "rescue.settlement_drawn_up":
            people = {p.pk for p in people_with(actor, Role.SUPERVISOR, on=on)}
        else:
            people = queries.managers_of(actor, row.provider_id) | {row.drawn_by_id}
        notifications.notify(
            actor,
            {p for p in people if f"p{p}" != event.actor},
            kind=event.topic,
            subject=row,
            url=reverse("rescue:settlements"),
            params={"number": row.number},
            effect_key=f"e{event.pk}",
            now=event.occurred_at,
        )


@events.on("calls.dispatched")
def open_for_call(event: Event) -> None:
    """A call of a matter that the zone has marked as equipment opens a job, once."""
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        rule = queries.rules_row(actor)
        if rule is None or not rule.matter_codes:
            return
        card = calls.card(actor, event.subject_id)
        if card.matter_code not in rule.matter_codes or card.enterprise_id is None:
            return
        if queries.find_of_call(actor, card.id) is not None:
            return
        job = operations.report_job(
            actor,
            now=event.occurred_at,
            enterprise_id=card.enterprise_id,
            title=card.title,
            channel=Channel.CALL,
            urgency=Urgency.SLOWED,
            call_id=card.id,
        )
        calls.add_line(
            actor,
            card.id,
            "rescue.call_opened",
            now=event.occurred_at,
            codes={"number": job.number},
        )


@events.on("rescue.confirmed")
@events.on("rescue.referred")
@events.on("rescue.withdrawn")
@events.on("rescue.dismissed")
def tell_call(event: Event) -> None:
    """The call that opened a job hears of its end."""
    actor = system(event.tenant_id)
    with tenancy.acting(actor):
        job = queries.get_job(actor, event.subject_id)
        if job.call_id is not None:
            calls.add_line(
                actor,
                job.call_id,
                "rescue.call_rescued",
                now=event.occurred_at,
                codes={"number": job.number, "after": str(event.data.get("after", ""))},
            )


@events.on("rescue.accepted")
@events.on("rescue.finished")
@events.on("rescue.released")
def look_for_better(event: Event) -> None:
    """Something has changed on the board: look for a better plan in the background.

    For the present, however long the event waited: an offer may have run out meanwhile.
    """
    operations.improve(system(event.tenant_id), now=max(event.occurred_at, timezone.now()))


@jobs.sweeper("rescue.clock")
def sweep(actor: Actor, now: datetime) -> int:
    """Offers, promises, alarms, the night, inspections, certificates: once a minute."""
    work = (
        operations.note_lost_promises,
        operations.expire_offers,
        operations.offer_proposals,
        operations.alarm_unanswered,
        operations.list_night,
        operations.remind_inspections,
        operations.remind_certificates,
    )
    return sum(step(actor, now=now) for step in work)


@files.guard("rescue.job")
def _may_see_job(actor: Actor, job_id: int) -> bool:
    return queries.may_see_job(actor, job_id)


@files.guard("rescue.note")
def _may_see_note(actor: Actor, note_id: int) -> bool:
    return queries.may_see_note(actor, note_id)


@files.guard("rescue.report")
def _may_see_report(actor: Actor, report_id: int) -> bool:
    return queries.may_see_report(actor, report_id)
