"""The one shape of a step: load and lock, ask the table and its guards, write, record."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from qiying.kernel import events, files
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.lifecycle import Step
from qiying.kernel.words import clean
from qiying.slices.rescue import queries, rules
from qiying.slices.rescue.models import Job, Note, Report, Seat, Technician, Track
from qiying.slices.rescue.rules import (
    FINAL,
    HELD,
    INPUTS,
    MAX_TEXT,
    PHONE,
    PLACE,
    Rule,
    SeatState,
    State,
    is_device_key,
)

Work = Callable[["Move"], None]
MOMENTS = (
    *("reported_at", "acknowledged_at", "answered_at", "set_out_at", "arrived_at"),
    *("diagnosed_at", "begun_at", "running_at"),
)
LATE = timedelta(hours=24)
"""A phone that comes back later than this has its actions written at the time they came in."""


@dataclass
class Move:
    """One step on its way: the locked job and its seats, when, by whom, with what."""

    actor: Actor
    job: Job
    seats: list[Seat]
    step: Step
    name: str
    inputs: dict[str, Any]
    now: datetime
    at: datetime
    """When it happened; for a phone without a line that is before ``now``."""
    rule: Rule
    technician: Technician | None = None
    """Who acts, when a technician acts."""
    is_repeat: bool = False
    stays: bool = False
    """The state remains although the row has a target: the rest of a crew, a job that is ahead."""
    codes: dict[str, Any] = field(default_factory=dict)
    note: Note | None = None
    before: dict[str, Any] = field(init=False)
    """The job as it was loaded."""

    def __post_init__(self) -> None:
        self.before = columns(self.job)

    @property
    def seat(self) -> Seat:
        """The seat of the technician who acts; refused when there is none."""
        found = self.seat_of(self.technician)
        if found is None:
            raise Refused("rescue.guard.in_seat")
        return found

    def seat_of(self, technician: Technician | None) -> Seat | None:
        """The seat that somebody holds in this job."""
        return next(
            (
                s
                for s in self.seats
                if technician and s.technician_id == technician.pk and s.state in HELD
            ),
            None,
        )

    @property
    def worker(self) -> Technician:
        """Who acts, where only a technician does."""
        if self.technician is None:
            raise Denied("rescue.technician")
        return self.technician

    def refuse_unless(self, guard: str, *, holds: bool) -> None:
        """Refuse by a guard of the row."""
        if not holds:
            raise Refused(f"rescue.guard.{guard}")

    def text(self, name: str = "text", *, limit: int = MAX_TEXT, is_needed: bool = False) -> str:
        """An input in words, as it is kept."""
        given = self.inputs.get(name) or ""
        return clean(str(given), field=name, limit=limit, is_needed=is_needed)

    def choice(self, name: str, values: type[Any], default: str = "") -> Any:
        """An input that is one of known codes."""
        return choice(name, self.inputs.get(name) or default, values)

    def say(self, *, is_needed: bool = False) -> None:
        """Keep the words and the files of the step."""
        text = self.text(is_needed=is_needed)
        attachments = sorted(set(self.inputs.get("attachments") or ()))
        if not text and not attachments:
            return
        self.note = Note.objects.create(
            tenant_id=self.job.tenant_id,
            job=self.job,
            step=self.name,
            author_id=self.actor.person_id,
            text=text,
            at=self.at,
        )
        attach(self.actor, attachments, self.note)


def columns(job: Job) -> dict[str, Any]:
    """What stands in the columns of a job."""
    return {field.attname: getattr(job, field.attname) for field in Job._meta.concrete_fields}


def attach(actor: Actor, attachments: list[int], row: Note | Report) -> None:
    """Tie the actor's own loose files to words; Invalid when one is not such a file."""
    if attachments and files.attach(actor, attachments, subject=row) != len(attachments):
        raise Invalid("input.invalid", {"attachments": "input.choice"})


def choice(name: str, value: Any, values: type[Any]) -> Any:
    """One of the codes of an enumeration; Invalid otherwise."""
    if value in (None, ""):
        raise Invalid("input.invalid", {name: "input.required"})
    try:
        return values(value)
    except ValueError:
        raise Invalid("input.invalid", {name: "input.choice"}) from None


def begin(
    actor: Actor,
    job_id: int,
    name: str,
    inputs: Mapping[str, Any],
    *,
    now: datetime,
    version: int | None = None,
) -> Move:
    """Load and lock a job for a step that its state and the actor's roles allow.

    Raises
    ------
    Refused
        ``lifecycle.state`` and the guards; ``rescue.moved_on`` when somebody changed the job since
        the page was shown; ``rescue.device_key`` when a phone sends something else under a key
        that was used.
    """
    job = queries.get_job(actor, job_id, for_update=True)
    given = checked(name, inputs)
    technician = queries.technician_of(actor) if actor.has(Role.TECHNICIAN) else None
    seats = queries.seats_of(job, for_update=True)
    if technician is not None and _is_repeat(job, technician, name, given):
        step, rule = rules.LIFECYCLE.steps[name], rules.DEFAULTS
        move = Move(actor, job, seats, step, name, given, now, now, rule, technician)
        move.is_repeat = True
        return move
    step = rules.LIFECYCLE.step(job.state, name, actor.roles)
    if version is not None and job.version != version:
        raise Refused("rescue.moved_on")
    at = happened(job, given.get("sent_at"), now)
    rule = queries.rule_in_force(actor)
    move = Move(actor, job, seats, step, name, given, now, at, rule, technician)
    _require_right(move)
    return move


def _require_right(move: Move) -> None:
    """A firm's account acts for its own jobs; a technician without a seat acts for nobody."""
    actor, job, row = move.actor, move.job, move.step
    others = row.roles - {Role.ENTERPRISE, Role.TECHNICIAN}
    if actor.has(*others):
        return
    is_firm = Role.ENTERPRISE in row.roles and job.enterprise_id in actor.enterprises
    is_worker = Role.TECHNICIAN in row.roles and move.technician is not None
    if not is_firm and not is_worker:
        raise Denied("lifecycle.role", step=move.name)
    if "in_seat" in row.guards or (is_worker and not is_firm and move.name not in OPEN_TO_ASKED):
        move.refuse_unless("in_seat", holds=move.seat_of(move.technician) is not None)


OPEN_TO_ASKED = frozenset({"accept", "refuse", "help_remotely"})
"""Steps of somebody who is asked and holds no seat yet."""


def checked(name: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a step: nothing that it does not ask for, everything that it needs."""
    wanted = INPUTS.get(name)
    if wanted is None:
        raise Refused("lifecycle.unknown_step", step=name)
    given = {k: v for k, v in inputs.items() if v not in (None, "")}
    faults = {k: "input.choice" for k in given if k not in wanted.names}
    faults |= {k: "input.required" for k in wanted.needed if k not in given}
    if not is_device_key(str(given.get("device_key", "-"))):
        faults["device_key"] = "input.choice"
    if faults:
        raise Invalid("input.invalid", faults)
    return given


def happened(job: Job, sent_at: datetime | None, now: datetime) -> datetime:
    """When a phone says it happened, held between the last moment of the job and now."""
    if sent_at is None or now - sent_at > LATE:
        return now
    last: datetime = max(m for m in (getattr(job, name) for name in MOMENTS) if m is not None)
    return min(max(sent_at, last), now)


def digest_of(name: str, inputs: Mapping[str, Any]) -> str:
    """What a phone sent under a key: another content is another action."""
    plain = {k: str(v) for k, v in inputs.items() if k not in PLACE}
    text = json.dumps([name, plain], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _is_repeat(job: Job, technician: Technician, name: str, given: Mapping[str, Any]) -> bool:
    key = given.get("device_key")
    if name not in PHONE or not key:
        return False
    kept = Track.objects.filter(
        tenant_id=job.tenant_id, technician=technician, device_key=str(key)
    ).first()
    if kept is None:
        return False
    if kept.job_id != job.pk or kept.digest != digest_of(name, given):
        raise Refused("rescue.device_key")
    return True


def end(move: Move) -> Job:
    """Write the job with its new state and say what happened."""
    job, before = move.job, move.job.state
    if move.step.target is not None and not move.stays:
        job.state = move.step.target
    if job.state in FINAL and job.ended_at is None:
        job.ended_at = move.now
    job.version += 1
    job.updated_at = move.now
    job.save(update_fields=[k for k, v in columns(job).items() if v != move.before[k]])
    if move.note is not None:
        move.codes["note"] = move.note.pk
    events.record(
        move.step.event,
        subject=job,
        actor=move.actor,
        now=move.now,
        before=str(before),
        after=str(job.state),
        **move.codes,
    )
    return job


def let_go(move: Move, state: SeatState = SeatState.LEFT, *, also_asked: bool = False) -> None:
    """Set everybody of the crew free: the work is over, or nobody is needed any more."""
    for seat in move.seats:
        if seat.state in HELD or (also_asked and seat.state == SeatState.OFFERED):
            was_there = seat.state in (SeatState.ON_SITE, SeatState.AWAY)
            seat.state = SeatState.LEFT if was_there else state
            seat.left_at = move.at if was_there else seat.left_at
            seat.save(update_fields=["state", "left_at"])
        elif also_asked and seat.state == SeatState.FREE:
            seat.state = SeatState.RELEASED
            seat.save(update_fields=["state"])


def send_away(move: Move) -> None:
    """The crew leaves the site and comes back: it may be elsewhere in between."""
    for seat in move.seats:
        if seat.state in HELD:
            seat.state, seat.left_at = SeatState.AWAY, move.at
            seat.save(update_fields=["state", "left_at"])


def call_back(move: Move) -> None:
    """The crew of before comes again: each sets out anew."""
    for seat in move.seats:
        if seat.state in (SeatState.AWAY, SeatState.LEFT) and seat.technician_id is not None:
            seat.state, seat.held_at = SeatState.ACCEPTED, move.now
            seat.set_out_at = seat.arrived_at = seat.left_at = None
            seat.save(update_fields=["state", "held_at", "set_out_at", "arrived_at", "left_at"])


AHEAD = (
    *(State.ANSWERED, State.UNDER_WAY, State.ON_SITE, State.DIAGNOSED, State.QUOTED),
    *(State.WORKING, State.TRIAL),
)


def is_ahead(job: Job, target: str) -> bool:
    """Whether the job is at this state already or further on: somebody else of the crew was first."""
    known = [str(s) for s in AHEAD]
    return job.state in known and known.index(job.state) > known.index(str(target))
