"""What the pages of the staff share: who may open them, a job as a row, a proposal in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext

from qiying.kernel.access import Actor, Role
from qiying.kernel.templatetags._formats import duration
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Job, Proposal, Technician, labels
from qiying.slices.rescue.queries import record
from qiying.slices.rescue.queries.live import Person
from qiying.slices.rescue.rules import OPEN, READERS, UNANSWERED, State
from qiying.slices.rescue.views.chief import words

AT_BOARD = (Role.DUTY_CHIEF, Role.DESK, Role.SUPERVISOR, Role.ZONE_LEADER)
"""Who may look at the board; the duty chief acts on it."""
AT_LIST = (*READERS, Role.PROVIDER_MANAGER)
AT_PLANNING = (Role.DUTY_CHIEF, Role.ZONE_LEADER, Role.SUPERVISOR, Role.ANALYST)
AT_FIGURES = (
    *(Role.ZONE_LEADER, Role.SUPERVISOR, Role.ANALYST, Role.AUDITOR),
    *(Role.DUTY_CHIEF, Role.DESK),
)
AT_AUDIT = (Role.ZONE_LEADER, Role.SUPERVISOR, Role.AUDITOR, Role.DUTY_CHIEF)
SEES_PHONES = frozenset({Role.DUTY_CHIEF, Role.DESK, Role.PROVIDER_MANAGER})
"""Leaders, analysts and auditors read lists without the telephone numbers of persons."""


def sees_phones(actor: Actor) -> bool:
    return bool(actor.roles & SEES_PHONES)


def skills(actor: Actor) -> words.Skills:
    """The names of skills in the reader's language, in one query."""
    return words.skills_of((row.skill, row.name) for row in queries.classes(actor))


@dataclass(frozen=True, slots=True)
class Row:
    """A job as a line of a list or a card of the board."""

    job: Job
    firm: str
    url: str
    tone: str
    label: Promise | str
    urgency: Promise | str
    level: int
    machine: str

    @property
    def is_unanswered(self) -> bool:
        return self.job.state in UNANSWERED

    @property
    def is_open(self) -> bool:
        return self.job.state in OPEN

    @property
    def is_goal_open(self) -> bool:
        """Somebody is still to arrive within the goal."""
        return self.is_open and self.job.arrived_at is None and self.job.running_at is None

    @property
    def answer_took(self) -> str:
        return _took(self.job.reported_at, self.job.answered_at)

    @property
    def arrival_took(self) -> str:
        return _took(self.job.reported_at, self.job.arrived_at)


def _took(start: datetime, end: datetime | None) -> str:
    return duration((end - start).total_seconds()) if end else ""


LEVELS: Mapping[str, int] = {"line_stopped": 1, "slowed": 2, "not_urgent": 3}


def row_of(job: Job, firm: str) -> Row:
    machine = job.equipment
    return Row(
        job,
        firm,
        job_url(job.public_id),
        "over" if job.promise_lost_at and job.state in UNANSWERED else tone_of(job),
        labels.STATES[job.state],
        labels.URGENCIES[job.urgency],
        LEVELS.get(job.urgency, 3),
        f"{machine.kind.name} {machine.label}" if machine else "",
    )


def tone_of(job: Job) -> str:
    return labels.STATE_TONES[State(job.state)]


def doing(found: Person) -> Promise | str:
    """What somebody does now: the own place in a crew, else the duty that runs."""
    if found.seat is not None:
        return labels.SEAT_STATES[found.seat.state]
    return labels.SHIFT_KINDS[found.shift.kind] if found.shift is not None else ""


def job_url(public_id: UUID) -> str:
    return reverse("rescue:job", args=[public_id])


# --- a proposal in words ---


@dataclass(frozen=True, slots=True)
class Choice:
    """Whom the engine names, and when that person would be there."""

    technician: Technician
    start_at: datetime
    from_at: datetime
    until_at: datetime
    travel_min: int
    late_percent: int
    cover_loss: float


@dataclass(frozen=True, slots=True)
class Said:
    """A proposal as people read it."""

    proposal: Proposal
    chosen: tuple[Choice, ...]
    second: Choice | None
    reasons: tuple[str, ...]
    passed_over: tuple[str, ...]
    tier: Promise | str
    is_usable: bool
    """Everybody named is still known."""

    @property
    def regret_min(self) -> int | None:
        return None if self.proposal.regret is None else round(self.proposal.regret)

    @property
    def names(self) -> str:
        return gettext(", ").join(str(c.technician.person) for c in self.chosen)


def said(proposal: Proposal | None, people: Mapping[int, Technician]) -> Said | None:
    if proposal is None:
        return None
    chosen = [_choice(proposal, o, people) for o in proposal.chosen]
    second = _choice(proposal, proposal.second, people) if proposal.second else None
    return Said(
        proposal,
        tuple(c for c in chosen if c is not None),
        second,
        tuple(words.reason(r) for r in proposal.reasons),
        tuple(words.passed_over(proposal.excluded)),
        words.TIER_SHORT.get(proposal.tier, ""),
        bool(chosen) and all(c is not None for c in chosen),
    )


def _choice(
    proposal: Proposal, option: Mapping[str, Any], people: Mapping[int, Technician]
) -> Choice | None:
    technician = people.get(int(option["technician"]))
    if technician is None:
        return None

    def at(name: str) -> datetime:
        return proposal.at + timedelta(minutes=float(option[name]))

    return Choice(
        technician,
        at("start_at"),
        at("earliest_at"),
        at("latest_at"),
        round(float(option["travel"])),
        round(100 * float(option["late_chance"])),
        float(option["cover_loss"]),
    )


def people_of(actor: Actor, proposals: Iterable[Proposal | None]) -> dict[int, Technician]:
    """Everybody whom proposals name, in one query."""
    known: Sequence[Proposal] = [p for p in proposals if p is not None]
    wanted = record.people_in(known)
    return record.names_of(actor, wanted) if wanted else {}
