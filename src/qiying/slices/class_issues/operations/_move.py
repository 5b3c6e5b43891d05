"""What every step shares: load and lock, ask the table and the guards, write, record."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from qiying.engines import worktime
from qiying.kernel import events, files, people
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.lifecycle import Step
from qiying.slices.class_issues import queries, rules
from qiying.slices.class_issues.models import Issue, Report
from qiying.slices.class_issues.rules import MAX_TEXT, OWNERS, Clock
from qiying.slices.registry import public as registry

CONTROL = frozenset(chr(n) for n in (*range(9), 11, 12, *range(14, 32), 127))


@dataclass
class Move:
    """A step that is under way: the locked class issue, the row of the table, when and by whom."""

    actor: Actor
    issue: Issue
    step: Step
    name: str
    now: datetime
    codes: dict[str, Any] = field(default_factory=dict)

    def guard(self, **facts: Any) -> None:
        """Refuse with the first guard of the row that does not let pass."""
        found = replace(queries.facts_of(self.actor, self.issue, now=self.now), **facts)
        blocked = rules.blocked_by(self.step.guards, found)
        if blocked:
            raise Refused(f"class_issues.guard.{blocked}")

    def say(
        self, text: str, *, attachments: Sequence[int] = (), is_needed: bool = True
    ) -> Report | None:
        """Keep the words of the step with their files; None when nothing was said."""
        words = clean(text, is_needed=is_needed)
        if not words and not attachments:
            return None
        row = Report.objects.create(
            tenant_id=self.actor.tenant_id,
            issue=self.issue,
            step=self.name,
            attempt=self.issue.attempt,
            text=words,
            author_id=self.actor.person_id,
            at=self.now,
        )
        attach(self.actor, attachments, row)
        self.codes["report"] = row.pk
        return row

    def promise(self, clock: Clock | None, days: int = 0, *, at: datetime | None = None) -> None:
        """Let a clock run from a moment (now), or stop it."""
        issue = self.issue
        if clock is None:
            issue.clock, issue.clock_from_at, issue.clock_days, issue.due_at = "", None, 0, None
            return
        issue.clock, issue.clock_from_at, issue.clock_days = clock, at or self.now, days
        issue.due_at = due(self.actor, issue.clock_from_at, days)

    def end(self, **codes: Any) -> Issue:
        """Write the class issue and say what happened."""
        if self.step.target is not None:
            self.issue.state = self.step.target
        self.issue.version += 1
        self.issue.updated_at = self.now
        self.issue.save()
        events.record(
            self.step.event,
            subject=self.issue,
            actor=self.actor,
            now=self.now,
            **{**self.codes, **codes},
        )
        return self.issue

    @property
    def person_id(self) -> int:
        """Who acts, where only a person may."""
        if self.actor.person_id is None:
            raise Denied("class_issues.nobody")
        return self.actor.person_id


def begin(
    actor: Actor, issue_id: int, name: str, *, now: datetime, version: int | None = None
) -> Move:
    """Load and lock a class issue for a step that its state and the actor's roles allow."""
    issue = queries.get_issue(actor, issue_id, for_update=True)
    step = rules.LIFECYCLE.step(issue.state, name, actor.roles)
    if version is not None and issue.version != version:
        raise Refused("class_issues.moved_on")
    return Move(actor, issue, step, name, now)


def due(actor: Actor, start_at: datetime, days: int) -> datetime:
    """The end of so many working days of the zone's calendar."""
    rule = worktime.Rule("working_days", days)
    return worktime.due(start_at, rule, registry.calendar(actor)).due_at


def clean(text: str, *, name: str = "text", is_needed: bool = True, most: int = MAX_TEXT) -> str:
    """The text without blanks around it; Invalid when it cannot stand."""
    tidy = text.replace("\r\n", "\n").strip()
    if is_needed and not tidy:
        raise Invalid("input.invalid", {name: "input.required"})
    if len(tidy) > most:
        raise Invalid("input.invalid", {name: "input.too_long"}, limit=most)
    if CONTROL & set(tidy) or (not tidy.isascii() and _is_broken(tidy)):
        raise Invalid("input.invalid", {name: "input.control"})
    return tidy


def _is_broken(text: str) -> bool:
    """Half of a pair of surrogates, which no text of the database can hold."""
    return any("\ud800" <= char <= "\udfff" for char in text)


def attach(actor: Actor, attachments: Sequence[int], row: Report) -> None:
    """Tie the actor's own loose files to a report; Invalid when one is not such a file."""
    wanted = set(attachments)
    if wanted and files.attach(actor, sorted(wanted), subject=row) != len(wanted):
        raise Invalid("input.invalid", {"attachments": "input.choice"})


def owner_of(actor: Actor, unit_id: int, person_id: int, now: datetime) -> tuple[int, int]:
    """The owner unit and person of this tenant; Invalid unless the person handles or leads there."""
    if all(card.id != unit_id for card in registry.units(actor).values()):
        raise Invalid("input.invalid", {"owner_unit": "input.choice"})
    on = now.astimezone(people.SHANGHAI).date()
    held = people.people_with(actor, *OWNERS, unit_id=unit_id, on=on)
    if all(person.pk != person_id for person in held):
        raise Invalid("input.invalid", {"owner": "class_issues.owner"})
    return unit_id, person_id


def number_between(name: str, value: int, least: int, most: int) -> int:
    """A whole number within limits; Invalid otherwise."""
    if not least <= value <= most:
        raise Invalid("input.invalid", {name: "class_issues.range"}, least=least, most=most)
    return value
