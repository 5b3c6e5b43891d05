"""Followed through to the end: a plan of days, each reported on, counted as not solved."""

from collections.abc import Sequence
from datetime import date, datetime

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, NotFound
from qiying.kernel.tenancy import operation
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, Milestone
from qiying.slices.calls.operations._move import (
    Move,
    begin,
    record,
    run_answer_clock,
    run_plan_clock,
    write,
)
from qiying.slices.calls.rules import (
    MILESTONES_MOST,
    MilestoneState,
    NoteKind,
    TermClock,
)
from qiying.slices.registry import public as registry


@operation
def schedule(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    milestone_on: date,
    text: str,
    version: int | None = None,
) -> Call:
    """It cannot be finished in time: one more day of a plan that is followed through."""
    move = begin(actor, call_id, "schedule", now=now, version=version)
    calendar = registry.calendar(actor)
    within = queries.terms(actor, now).rule(TermClock.MILESTONE)
    last = rules.due_at(now, within, calendar)
    if not now < rules.closing(milestone_on, calendar) <= last:
        raise Invalid(
            "input.invalid", {"milestone_on": "calls.milestone"}, days=int(within.amount)
        )
    known = move.case.milestones
    if len(known) >= MILESTONES_MOST or milestone_on in {m.due_on for m in known}:
        raise Invalid("input.invalid", {"milestone_on": "calls.milestone_again"})
    note = write(move, NoteKind.PLAN, text, unit_id=move.call.lead_unit_id)
    row = Milestone.objects.create(
        tenant_id=actor.tenant_id,
        call=move.call,
        round=move.round,
        due_on=milestone_on,
        plan_id=note,
        set_by_id=actor.person_id,
        set_at=now,
    )
    move.case.milestones = sorted([*known, row], key=lambda m: m.due_on)
    _follow(move)
    return move.end(note=note, milestone=milestone_on.isoformat(), milestone_id=row.pk)


@operation
def report_milestone(
    actor: Actor,
    call_id: int,
    *,
    now: datetime,
    text: str,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Call:
    """Say what was done by the next day of the plan; after the last one the answer is owed."""
    move = begin(actor, call_id, "report_milestone", now=now, version=version)
    row = move.case.next_milestone
    if row is None:
        raise NotFound("not_found")
    note = write(
        move, NoteKind.MILESTONE, text, attachments=attachments, unit_id=move.call.lead_unit_id
    )
    step = rules.MILESTONE.step(row.state, "report_milestone", frozenset({move.role}))
    row.state, row.report_id = step.target or row.state, note
    row.reported_by_id, row.reported_at = actor.person_id, now
    row.is_late = now > rules.closing(row.due_on, registry.calendar(actor))
    row.save(update_fields=["state", "report", "reported_by", "reported_at", "is_late"])
    _follow(move)
    return move.end(
        note=note,
        milestone=row.due_on.isoformat(),
        milestone_id=row.pk,
        unit=move.call.lead_unit_id,
        late=row.is_late,
    )


def _follow(move: Move) -> None:
    """What runs is the time until the next open day; without one the promise of the round."""
    following = move.case.next_milestone
    if following is None:
        move.step = rules.PLAN_DONE
        move.set(milestone_on=None)
        run_answer_clock(move)
        return
    move.set(milestone_on=following.due_on)
    run_plan_clock(move, following.due_on)


def drop_milestones(move: Move, name: str) -> None:
    """What is still open falls away with the step that ends the plan."""
    days = [m for m in move.case.milestones if m.state == MilestoneState.OPEN]
    for row in days:
        step = rules.MILESTONE.step(row.state, name, frozenset({move.role}))
        row.state = step.target or row.state
        row.save(update_fields=["state"])
    if days:
        record(move, "calls.milestone_dropped", round=move.call.current_round, count=len(days))
