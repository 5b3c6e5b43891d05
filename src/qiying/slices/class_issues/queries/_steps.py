"""The steps that a reader can take on a class issue now: the buttons."""

from dataclasses import dataclass
from datetime import datetime

from qiying.kernel.access import Actor
from qiying.slices.class_issues import rules
from qiying.slices.class_issues.models import Issue
from qiying.slices.class_issues.queries._compare import Counted
from qiying.slices.class_issues.queries._dossier import Dossier
from qiying.slices.class_issues.rules import OF_INPUTS, Facts


@dataclass(frozen=True, slots=True)
class OpenStep:
    """A step with what stands in its way ("" when nothing does)."""

    name: str
    blocked: str


def facts_of(
    actor: Actor, issue: Issue, *, now: datetime, milestones_open: int = 0, is_fewer: bool = False
) -> Facts:
    """What guards ask about an actor and a class issue."""
    return Facts(
        person_id=actor.person_id,
        units=actor.units(),
        owner_unit_id=issue.owner_unit_id,
        owner_id=issue.owner_id,
        landed_by_id=issue.landed_by_id,
        now=now,
        window_ends_at=issue.window_ends_at,
        is_fewer=is_fewer,
        milestones_open=milestones_open,
    )


def steps_open(
    actor: Actor, found: Dossier, counted: Counted | None, *, now: datetime
) -> list[OpenStep]:
    """The steps of the table for this actor; those of another unit's owner are left out."""
    issue = found.issue
    facts = facts_of(
        actor,
        issue,
        now=now,
        milestones_open=sum(m.reached_at is None for m in found.present_milestones),
        is_fewer=counted is not None and counted.recurrence.is_fewer,
    )
    steps = []
    for name in rules.LIFECYCLE.open_to(issue.state, actor.roles):
        row = rules.LIFECYCLE.steps[name]
        guards = [g for g in row.guards if g not in OF_INPUTS]
        blocked = rules.blocked_by(guards, facts)
        is_hidden = blocked == "of_the_owner_unit" or (
            name == "reach" and not facts.milestones_open
        )
        if not is_hidden:
            steps.append(OpenStep(name, blocked))
    return steps
