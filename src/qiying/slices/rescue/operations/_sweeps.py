"""What the clock does: offers run out, promises are lost, nights are planned, days draw near."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from qiying.kernel import events
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Problem
from qiying.kernel.people import SHANGHAI
from qiying.kernel.tenancy import operation
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Certificate, InspectionDue, Job, Offer
from qiying.slices.rescue.operations._ask import alarm
from qiying.slices.rescue.operations._steps import take
from qiying.slices.rescue.rules import OPEN, UNANSWERED, Kind, OfferState, State

OFFER_AFTER = timedelta(minutes=2)
"""A proposal that the duty chief has neither offered nor overridden is offered by the platform."""
UNABLE = "rescue.unable."
"""How the codes begin that say why somebody may not be sent."""
MOST = 200
"""Rows a sweep touches at most: the next minute goes on."""


def expire_offers(actor: Actor, *, now: datetime) -> int:
    """Offers whose minutes are over: the ladder goes on, each job in a transaction of its own."""
    return _take_each(actor, _late(actor, now), "expire", now)


@operation
def _late(actor: Actor, now: datetime) -> list[int]:
    rows = Offer.objects.filter(
        tenant_id=actor.tenant_id, state=OfferState.OPEN, answer_by_at__lte=now
    )
    return list(rows.order_by("answer_by_at").values_list("seat__job_id", flat=True)[:MOST])


def _take_each(actor: Actor, jobs: Iterable[int], step: str, now: datetime) -> int:
    """One transaction a job; somebody who was quicker is no fault."""
    done = 0
    for job_id in dict.fromkeys(jobs):
        try:
            take(actor, job_id, step, now=now)
            done += 1
        except Problem:
            continue
    return done


def offer_proposals(actor: Actor, *, now: datetime) -> int:
    """Proposals that nobody looked at for two minutes are offered: nights have no duty chief.

    Whoever was proposed may not be able any more: then the engine is asked anew, and says so when
    there is nobody.
    """
    done = 0
    for job_id in _waiting(actor, now):
        try:
            take(actor, job_id, "offer", now=now)
            done += 1
        except Problem as problem:
            if problem.code.startswith(UNABLE):
                done += _take_each(actor, [job_id], "propose", now)
                _take_each(actor, [job_id], "offer", now)
    return done


@operation
def _waiting(actor: Actor, now: datetime) -> list[int]:
    rows = Job.objects.filter(
        tenant_id=actor.tenant_id, state=State.PROPOSED, updated_at__lte=now - OFFER_AFTER
    )
    asked = Offer.objects.filter(tenant_id=actor.tenant_id, state=OfferState.OPEN)
    rows = rows.exclude(pk__in=asked.values("seat__job_id")).exclude(alarmed_at__isnull=False)
    return list(rows.order_by("answer_due_at").values_list("pk", flat=True)[:MOST])


@operation
def note_lost_promises(actor: Actor, *, now: datetime) -> int:
    """A promise that ran out is marked, told and stays marked; so is the goal beside it."""
    rows = Job.objects.filter(
        tenant_id=actor.tenant_id,
        state__in=sorted(OPEN),
        answered_at=None,
        promise_lost_at=None,
        answer_due_at__lt=now,
    )
    lost = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:MOST])
    for job in lost:
        job.promise_lost_at = job.answer_due_at
        job.save(update_fields=["promise_lost_at"])
        _record(actor, job, "promise_lost", now)
    rows = Job.objects.filter(
        tenant_id=actor.tenant_id,
        state__in=sorted(OPEN),
        arrived_at=None,
        goal_lost_at=None,
        arrive_goal_at__lt=now,
    ).exclude(state=State.REMOTE)
    missed = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:MOST])
    for job in missed:
        job.goal_lost_at = job.arrive_goal_at
        job.save(update_fields=["goal_lost_at"])
        _record(actor, job, "goal_lost", now)
    return len(lost) + len(missed)


def _record(actor: Actor, job: Job, event: str, now: datetime) -> None:
    events.record(
        f"rescue.{event}",
        subject=job,
        actor=actor,
        now=now,
        role=Role.SYSTEM,
        kind=str(job.kind),
        state=str(job.state),
    )


def alarm_unanswered(actor: Actor, *, now: datetime) -> int:
    """Jobs that nobody takes, or nobody has even heard: the duty chief is alarmed again."""
    alarmed, again = _alarm(actor, now)
    _take_each(actor, again, "propose", now)
    return alarmed


@operation
def _alarm(actor: Actor, now: datetime) -> tuple[int, list[int]]:
    """Tell again; and which proposals are asked for anew because nobody was able before."""
    rule = queries.rule_in_force(actor)
    before = now - timedelta(minutes=rule.alarm_every_min)
    rows = Job.objects.filter(tenant_id=actor.tenant_id, state__in=sorted(UNANSWERED))
    heard = rows.filter(alarmed_at__lte=before)
    unheard = rows.filter(
        state=State.REPORTED, kind=Kind.EMERGENCY, alarmed_at=None, reported_at__lte=before
    )
    asked = Offer.objects.filter(tenant_id=actor.tenant_id, state=OfferState.OPEN)
    found = (heard | unheard).exclude(pk__in=asked.values("seat__job_id"))
    jobs = list(found.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:MOST])
    for job in jobs:
        alarm(actor, job, now=now)
    return len(jobs), [j.pk for j in jobs if j.state == State.PROPOSED]


@operation
def list_night(actor: Actor, *, now: datetime) -> int:
    """At the hour of the rules every job that is not over is listed and wants a plan for the night."""
    rule = queries.rule_in_force(actor)
    local = now.astimezone(SHANGHAI)
    if local.hour < rule.night_hour:
        return 0
    today = local.date()
    rows = Job.objects.filter(tenant_id=actor.tenant_id, state__in=sorted(OPEN - {State.DONE}))
    rows = rows.exclude(night_listed_on=today)
    rows = rows.exclude(wanted_from_at__gt=now)
    jobs = list(rows.select_for_update(of=("self",), skip_locked=True).order_by("pk")[:MOST])
    for job in jobs:
        job.night_listed_on = today
        has_plan = job.night_until_at is not None and job.night_until_at > now
        if not has_plan:
            job.night_who = job.night_text = ""
            job.night_until_at = None
        job.save(update_fields=["night_listed_on", "night_who", "night_text", "night_until_at"])
        events.record("rescue.night_listed", subject=job, actor=actor, now=now, has_plan=has_plan)
    return len(jobs)


@operation
def remind_inspections(actor: Actor, *, now: datetime) -> int:
    """Once when the day draws near, once when it must be applied for, once when it has passed."""
    rule = queries.rule_in_force(actor)
    today = queries.today(now)
    rows = InspectionDue.objects.filter(
        tenant_id=actor.tenant_id,
        done_on=None,
        overdue_at=None,
        due_on__lt=today + timedelta(days=rule.remind_days + 1),
    )
    done = 0
    rows = rows.select_for_update(of=("self",), skip_locked=True).order_by("due_on", "id")
    for row in rows.select_related("equipment")[:MOST]:
        stage = _stage(row, (row.due_on - today).days, rule.apply_days)
        if stage is None:
            continue
        setattr(row, stage[0], now)
        row.save(update_fields=[stage[0]])
        events.record(
            f"rescue.inspection_{stage[1]}",
            subject=row,
            actor=actor,
            now=now,
            machine=row.equipment_id,
            firm=row.equipment.enterprise_id,
            due_on=row.due_on.isoformat(),
        )
        done += 1
    return done


def _stage(row: InspectionDue, left: int, apply_days: int) -> tuple[str, str] | None:
    """The reminder that is due and was not given: its column and its event."""
    if left < 0:
        return "overdue_at", "overdue"
    if left <= apply_days:
        pressing = row.pressed_at is None and row.booked_on is None
        return ("pressed_at", "to_apply") if pressing else None
    return ("reminded_at", "near") if row.reminded_at is None else None


@operation
def remind_certificates(actor: Actor, *, now: datetime) -> int:
    """Certificates that end soon: the technician and the provider's managers are told once."""
    rule = queries.rule_in_force(actor)
    until = queries.today(now) + timedelta(days=rule.certificate_days)
    rows = Certificate.objects.filter(
        tenant_id=actor.tenant_id,
        reminded_at=None,
        until_on__lte=until,
        technician__left_on=None,
    )
    found = list(
        rows.select_related("technician")
        .select_for_update(of=("self",), skip_locked=True)
        .order_by("until_on", "id")[:MOST]
    )
    for row in found:
        row.reminded_at = now
        row.save(update_fields=["reminded_at"])
        events.record(
            "rescue.certificate_ends",
            subject=row,
            actor=actor,
            now=now,
            technician=row.technician_id,
            provider=row.technician.provider_id,
        )
    return len(found)
