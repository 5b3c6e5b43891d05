"""The measure: planned with cause and deadline, begun, reported on, landed with evidence, verified."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import Any

from qiying.kernel import people
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.kernel.tenancy import operation
from qiying.slices.class_issues import queries
from qiying.slices.class_issues.models import Issue, Member, Milestone
from qiying.slices.class_issues.operations._move import (
    Move,
    begin,
    clean,
    number_between,
    owner_of,
)
from qiying.slices.class_issues.rules import LIMITS, MAX_MILESTONES, Clock, How, Verdict

MAX_MILESTONE = 100
Stone = tuple[date, str]
"""Day and what is done by then."""


@operation
def assign(
    actor: Actor,
    issue_id: int,
    *,
    now: datetime,
    owner_unit: int,
    owner: int,
    text: str,
    version: int | None = None,
) -> Issue:
    """Give the class issue to another unit or person, with a reason."""
    move = begin(actor, issue_id, "assign", now=now, version=version)
    move.issue.owner_unit_id, move.issue.owner_id = owner_of(actor, owner_unit, owner, now)
    move.say(text)
    return move.end(unit=owner_unit, person=owner)


@operation
def plan(
    actor: Actor,
    issue_id: int,
    *,
    now: datetime,
    root_cause: str,
    measure: str,
    within: int,
    milestones: Sequence[Stone] = (),
    version: int | None = None,
) -> Issue:
    """Say the cause, the measure and in how many working days it lands; milestones as wished.

    After a measure that did not help another one is planned; what was said of the first stays.
    """
    move = begin(actor, issue_id, "plan", now=now, version=version)
    move.guard()
    issue = move.issue
    issue.attempt += 1
    issue.root_cause = clean(root_cause, name="root_cause")
    issue.measure = clean(measure, name="measure")
    move.say(f"{issue.root_cause}\n\n{issue.measure}"[:4000])
    days = number_between("within", within, *LIMITS["measure_within"])
    move.promise(Clock.MEASURE, days)
    issue.first_due_at, issue.planned_at, issue.extensions = issue.due_at, now, 0
    _forget_landing(issue)
    _set_stones(move, milestones)
    return move.end(due=_stamp(issue.due_at), attempt=issue.attempt)


def _forget_landing(issue: Issue) -> None:
    issue.landed_at = issue.landed_by = issue.landing = issue.window_ends_at = None
    issue.window_days, issue.verdict = 0, ""
    issue.verified_at = issue.verified_by = None


def _set_stones(move: Move, milestones: Sequence[Stone]) -> None:
    if len(milestones) > MAX_MILESTONES:
        raise Invalid("input.invalid", {"milestones": "class_issues.milestones"})
    first, last = _day(move.now), _day(move.issue.due_at or move.now)
    rows = []
    for position, (due_on, name) in enumerate(sorted(milestones), start=1):
        if not first <= due_on <= last:
            raise Invalid("input.invalid", {"milestones": "class_issues.milestone_day"})
        words = clean(name, name="milestones", most=MAX_MILESTONE)
        rows.append(
            Milestone(
                tenant_id=move.actor.tenant_id,
                issue=move.issue,
                attempt=move.issue.attempt,
                position=position,
                name=words,
                due_on=due_on,
            )
        )
    Milestone.objects.bulk_create(rows)


def _day(moment: datetime) -> date:
    return moment.astimezone(people.SHANGHAI).date()


def _stamp(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat()


@operation
def start(
    actor: Actor, issue_id: int, *, now: datetime, text: str = "", version: int | None = None
) -> Issue:
    """Begin with the measure."""
    move = begin(actor, issue_id, "start", now=now, version=version)
    move.guard()
    move.say(text, is_needed=False)
    return move.end()


@operation
def report(
    actor: Actor,
    issue_id: int,
    *,
    now: datetime,
    text: str,
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Issue:
    """Say how far it is."""
    move = begin(actor, issue_id, "report", now=now, version=version)
    move.guard()
    move.say(text, attachments=attachments)
    return move.end()


@operation
def reach(
    actor: Actor,
    issue_id: int,
    *,
    now: datetime,
    milestone: int,
    text: str = "",
    attachments: Sequence[int] = (),
    version: int | None = None,
) -> Issue:
    """A milestone of the present measure, by its position, was reached."""
    move = begin(actor, issue_id, "reach", now=now, version=version)
    move.guard()
    row = next((m for m in _open_stones(move.issue) if m.position == milestone), None)
    if row is None:
        raise Invalid("input.invalid", {"milestone": "input.choice"})
    row.reached_at = now
    row.save(update_fields=["reached_at"])
    move.say(text, attachments=attachments, is_needed=False)
    return move.end(milestone=milestone)


def _open_stones(issue: Issue) -> list[Milestone]:
    rows = Milestone.objects.filter(
        tenant_id=issue.tenant_id, issue=issue, attempt=issue.attempt, reached_at=None
    )
    return list(rows.order_by("position"))


@operation
def extend(
    actor: Actor,
    issue_id: int,
    *,
    now: datetime,
    more: int,
    text: str,
    version: int | None = None,
) -> Issue:
    """Give so many working days more; the first deadline and the number of extensions are kept."""
    move = begin(actor, issue_id, "extend", now=now, version=version)
    move.guard()
    issue = move.issue
    days = issue.clock_days + number_between("more", more, 1, 60)
    move.say(text)
    move.promise(Clock.MEASURE, days, at=issue.clock_from_at)
    issue.extensions += 1
    return move.end(due=_stamp(issue.due_at), more=more)


@operation
def land(
    actor: Actor,
    issue_id: int,
    *,
    now: datetime,
    text: str,
    attachments: Sequence[int],
    version: int | None = None,
) -> Issue:
    """The measure is in place: words and at least one file show it; from now on it is watched."""
    move = begin(actor, issue_id, "land", now=now, version=version)
    issue, person_id = move.issue, move.person_id
    move.guard(milestones_open=len(_open_stones(issue)), evidence=len(attachments))
    row = move.say(text, attachments=attachments)
    rule = queries.rule_in_force(actor)
    issue.landing, issue.landed_at, issue.landed_by_id = row, now, person_id
    issue.window_days = rule.effect_days
    issue.window_ends_at = now + timedelta(days=rule.effect_days)
    move.promise(Clock.VERIFY, rule.verify_within, at=issue.window_ends_at)
    members = Member.objects.filter(tenant_id=actor.tenant_id, issue=issue, is_live=True)
    # what came after a former measure came before this one
    members.filter(how=How.RECURRENCE).update(how=How.JOINED)
    members.update(told_at=None)
    return move.end(due=_stamp(issue.window_ends_at), evidence=len(set(attachments)))


@operation
def find_effective(
    actor: Actor, issue_id: int, *, now: datetime, text: str, version: int | None = None
) -> Issue:
    """Somebody else than the owner finds that the problem comes back less; figures are kept."""
    return _verify(actor, issue_id, "find_effective", Verdict.EFFECTIVE, now, text, version)


@operation
def find_not_effective(
    actor: Actor, issue_id: int, *, now: datetime, text: str, version: int | None = None
) -> Issue:
    """Somebody else than the owner finds that it did not help; it may be seen before the end."""
    return _verify(
        actor, issue_id, "find_not_effective", Verdict.NOT_EFFECTIVE, now, text, version
    )


def _verify(
    actor: Actor,
    issue_id: int,
    name: str,
    verdict: Verdict,
    now: datetime,
    text: str,
    version: int | None,
) -> Issue:
    move = begin(actor, issue_id, name, now=now, version=version)
    issue, person_id = move.issue, move.person_id
    counted = queries.recurrence_of(actor, issue, now=now)
    assert counted is not None  # noqa: S101  it has landed
    move.guard(is_fewer=counted.recurrence.is_fewer)
    move.say(text)
    issue.verdict, issue.verified_at, issue.verified_by_id = verdict, now, person_id
    issue.figures = figures_plain(counted)
    if verdict == Verdict.EFFECTIVE:
        move.promise(None)
    else:
        move.promise(Clock.PLAN, queries.rule_in_force(actor).plan_within)
    found = counted.recurrence
    return move.end(before=found.before.count, after=found.so_far)


def figures_plain(counted: queries.Counted) -> dict[str, Any]:
    """The figures of a verification as they are kept, with a digest of the calls counted."""
    found = counted.recurrence
    ids = json.dumps(sorted(counted.call_ids)).encode()
    return {
        "window_days": found.window_days,
        "before": asdict(found.before),
        "after": None if found.after is None else asdict(found.after),
        "so_far": found.so_far,
        "ratio": found.ratio,
        "ratio_low": found.ratio_low,
        "ratio_high": found.ratio_high,
        "trend": str(found.trend),
        "calls": sha256(ids).hexdigest(),
    }


@operation
def close(
    actor: Actor, issue_id: int, *, now: datetime, text: str, version: int | None = None
) -> Issue:
    """End a verified class issue; one that did not help ends with the reason why nothing follows."""
    move = begin(actor, issue_id, "close", now=now, version=version)
    move.guard()
    move.say(text)
    move.issue.closed_at = now
    move.promise(None)
    return move.end()
