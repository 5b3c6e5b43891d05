"""The one shape of a step: load and lock, ask the table and its guards, write, record."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from qiying.kernel import events, files
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, NotFound, Refused
from qiying.kernel.lifecycle import Step
from qiying.kernel.writes import insert, update
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, Note, Pause, Round, Task
from qiying.slices.calls.operations import _parts
from qiying.slices.calls.queries import Case
from qiying.slices.calls.rules import MAX_TEXT, CallState, Clock, Entity
from qiying.slices.registry import public as registry

ONE_DAY = timedelta(days=1)
GONE_WITH_FILING = frozenset({"reopen", "rate"})
"""What a firm could do with a closed call and cannot with one that is on file."""


@dataclass(slots=True)
class Move:
    """One step on its way: the case, its row of the table, and the columns that changed."""

    case: Case
    step: Step
    role: str
    now: datetime
    before: str
    changed: set[str] = field(default_factory=set)

    @property
    def actor(self) -> Actor:
        return self.case.actor

    @property
    def call(self) -> Call:
        return self.case.call

    @property
    def round(self) -> Round:
        return self.case.round

    @property
    def task(self) -> Task:
        """The task of a step that was begun on one."""
        if self.case.task is None:
            raise RuntimeError("this step was not begun on a task")
        return self.case.task

    @property
    def lead_unit_id(self) -> int:
        """The lead of a call that is in the hands of units."""
        if self.call.lead_unit_id is None:
            raise Refused("lifecycle.state", step="", state=self.call.state)
        return self.call.lead_unit_id

    def set(self, **values: Any) -> None:
        """Change columns of the call; they are written when the step ends."""
        for name, value in values.items():
            setattr(self.call, name, value)
        self.changed.update(values)

    def move_round(self, name: str, **values: Any) -> Round:
        """Move the current round along its own row of the table and write it."""
        row = rules.ROUND.step(self.round.state, name, frozenset({self.role}))
        if row.target is not None:
            self.round.state = row.target
            values["state"] = row.target
        for field_name, value in values.items():
            setattr(self.round, field_name, value)
        if values:
            update(self.round, values)
        return self.round

    def end(self, **data: Any) -> Call:
        """Write the call with its new state and version, and say what happened."""
        call = self.call
        if self.step.target is not None:
            self.set(state=self.step.target)
        self.set(version=call.version + 1, updated_at=self.now)
        update(call, self.changed)
        codes = {"round": call.current_round, "before": self.before, "after": call.state}
        record(self, self.step.event, **{**codes, **data})
        return call


def touch(move: Move, topic: str, **data: Any) -> Call:
    """End a step that moved a part and not the call."""
    call = move.call
    move.set(version=call.version + 1, updated_at=move.now)
    update(call, move.changed)
    record(move, topic, round=call.current_round, **data)
    return call


def record(move: Move, topic: str, **data: Any) -> None:
    """Record an event of the call; empty values are left out."""
    kept = {k: v for k, v in data.items() if v not in (None, "")}
    events.record(topic, subject=move.call, actor=move.actor, now=move.now, role=move.role, **kept)


def begin(
    actor: Actor,
    call_id: int,
    name: str,
    *,
    now: datetime,
    version: int | None = None,
    decline_code: str = "",
) -> Move:
    """Lock a visible call and find that this actor may take this step on it now."""
    call = queries.get_call(actor, call_id, for_update=True)
    _require_version(call, version)
    step = _step_of(call, name, actor)
    case = Case(actor, call, now, decline_code=decline_code)
    role = case.require_role(Entity.CALL, name, step.roles)
    _require_guards(step, case)
    return Move(case, step, role, now, call.state)


def _step_of(call: Call, name: str, actor: Actor) -> Step:
    """The row of the table; what a firm misses on a call that is on file is said in full."""
    try:
        return rules.CALL.step(call.state, name, actor.roles)
    except Refused as problem:
        if call.state == CallState.ARCHIVED and name in GONE_WITH_FILING:
            raise Refused("calls.archived") from problem
        raise


def begin_task(
    actor: Actor, task_id: int, name: str, *, now: datetime, version: int | None = None
) -> Move:
    """As ``begin``, for a step on one unit's task; ``move.case.task`` is the task."""
    found = queries.get_task(actor, task_id)
    call = queries.get_call(actor, found.call_id, for_update=True)
    _require_version(call, version)
    case = Case(actor, call, now)
    task = next((t for t in case.tasks if t.pk == task_id), None)
    if task is None:
        raise Refused("lifecycle.state", step=name, state=found.state)
    case.task = task
    step = rules.TASK.step(task.state, name, actor.roles)
    role = case.require_role(Entity.TASK, name, step.roles)
    _require_guards(step, case)
    return Move(case, step, role, now, task.state)


def begin_pause(
    actor: Actor, pause_id: int, name: str, *, now: datetime, version: int | None = None
) -> tuple[Move, Pause]:
    """As ``begin``, for a decision on a proposed pause: its row and the call's must both allow."""
    found = queries.get_pause(actor, pause_id)
    call = queries.get_call(actor, found.call_id, for_update=True)
    _require_version(call, version)
    case = Case(actor, call, now)
    pause = next((p for p in case.pauses if p.pk == pause_id), None)
    if pause is None:
        raise NotFound("not_found")
    case.pause = pause
    own = rules.PAUSE.step(pause.state, name, actor.roles)
    step = rules.CALL.step(call.state, name, actor.roles)
    role = case.require_role(Entity.PAUSE, name, own.roles)
    _require_guards(own, case)
    return Move(case, step, role, now, call.state), pause


def move_task(task: Task, name: str, role: str, **values: Any) -> None:
    """Move a task along its row and write it."""
    row = rules.TASK.step(task.state, name, frozenset({role}))
    if row.target is not None:
        values["state"] = row.target
    for field_name, value in values.items():
        setattr(task, field_name, value)
    update(task, values)


def _require_version(call: Call, version: int | None) -> None:
    if version is not None and call.version != version:
        raise Refused("calls.moved_on")


def _require_guards(step: Step, case: Case) -> None:
    blocked = rules.blocked_by(step.guards, case)
    if blocked:
        raise Refused(f"calls.guard.{blocked}")


# --- words and files ---


def clean(text: str, *, name: str = "text", is_needed: bool = True, most: int = MAX_TEXT) -> str:
    """The text without blanks around it and with plain line ends; Invalid when it cannot stand."""
    tidy = text.replace("\r\n", "\n").strip()
    if is_needed and not tidy:
        raise Invalid("input.invalid", {name: "input.required"})
    if len(tidy) > most:
        raise Invalid("input.invalid", {name: "input.too_long"}, limit=most)
    if rules.has_control(tidy):
        raise Invalid("input.invalid", {name: "input.control"})
    return tidy


def write(
    move: Move,
    kind: str,
    text: str,
    *,
    attachments: Sequence[int] = (),
    unit_id: int | None = None,
    is_needed: bool = True,
) -> int | None:
    """Keep what was said, with its files; None when nothing was."""
    tidy = clean(text, is_needed=is_needed)
    if not tidy and not attachments:
        return None
    row = Note(
        tenant_id=move.actor.tenant_id,
        call_id=move.call.pk,
        round_number=move.call.current_round,
        kind=kind,
        text=tidy,
        author_id=move.actor.person_id,
        unit_id=unit_id,
        at=move.now,
    )
    note = insert(row)
    attach(move.actor, attachments, subject=note)
    return note.pk


def attach(actor: Actor, attachments: Sequence[int], *, subject: events.Subject) -> None:
    """Tie the actor's own loose files to a record; Invalid when one of them is not such a file."""
    wanted = set(attachments)
    if wanted and files.attach(actor, sorted(wanted), subject=subject) != len(wanted):
        raise Invalid("input.invalid", {"attachments": "input.choice"})


# --- clocks ---


def step_clock(move: Move, clock: str | None) -> None:
    """Start the clock of the next step indoors, or stop it."""
    if clock is None:
        move.set(step_clock="", step_from_at=None, step_due_at=None)
        return
    due_at = step_due(move.actor, clock, move.call.urgency, move.now, now=move.now)
    move.set(step_clock=clock, step_from_at=move.now, step_due_at=due_at)


def step_due(
    actor: Actor, clock: str, urgency: str, start_at: datetime, *, now: datetime
) -> datetime:
    """When a step must be done, by the terms in force now."""
    calendar = registry.calendar(actor)
    return queries.terms(actor, now).step_due_at(clock, urgency, start_at, calendar)


def run_answer_clock(move: Move) -> None:
    """Let the call show the promise of its round again."""
    move.set(
        clock=Clock.ANSWER,
        due_at=move.round.promised_at,
        yellow_at=move.round.yellow_at,
        is_provisional=move.round.is_provisional,
    )


def run_on(move: Move) -> None:
    """After a pause the call goes on where it was: by its plan, or towards the answer."""
    milestone_on = move.call.milestone_on
    if milestone_on is None:
        run_answer_clock(move)
        return
    move.step = rules.RESUME_PLAN
    run_plan_clock(move, milestone_on)


def run_plan_clock(move: Move, milestone_on: date) -> None:
    """What runs now is the time until the milestone."""
    due_at = rules.closing(milestone_on, registry.calendar(move.actor))
    yellow_at = max(min(move.now, due_at), due_at - ONE_DAY)
    move.set(clock=Clock.MILESTONE, due_at=due_at, yellow_at=yellow_at, is_provisional=False)


def run_callback_clock(move: Move) -> None:
    """The unit's part is done: what runs now is the time to review and to call back."""
    terms = queries.terms(move.actor, move.now)
    found = terms.callback_term(move.now, registry.calendar(move.actor))
    move.set(
        clock=Clock.CALLBACK,
        due_at=found.due_at,
        yellow_at=found.yellow_at,
        is_provisional=found.is_provisional,
    )


def derive_round(move: Move, pauses: Iterable[Pause]) -> None:
    """Derive the deadlines of round and parts again: rule, calendar, ledgers."""
    round_, paused = move.round, ledger(pauses)
    calendar, terms = registry.calendar(move.actor), queries.terms(move.actor, move.now)
    extensions = move.case.granted
    _parts.promise_of(round_, extensions, calendar, paused)
    round_.contact_due_at = _parts.contact_due(move.call, round_, calendar, terms, paused)
    update(round_, DERIVED)
    for extension in extensions:
        update(extension, ["due_at"])
    for task in move.case.tasks:
        if _parts.renew_task(task, move.call, round_, calendar, terms, paused):
            update(task, ["sign_due_at", "due_at"])


DERIVED = (
    *("due_at", "extended_due_at", "yellow_at", "is_provisional", "calendar_version"),
    "contact_due_at",
)
"""What follows from rule, calendar and ledgers."""


def ledger(pauses: Iterable[Pause]) -> tuple[rules.Paused, ...]:
    """The pauses that ran or run, as plain values."""
    return tuple(
        rules.Paused(p.from_at, p.to_at, p.reason_code, p.expected_to_at)
        for p in pauses
        if p.state in {rules.PauseState.RUNNING, rules.PauseState.ENDED}
    )


def end_pause(move: Move, *, at: datetime | None = None) -> None:
    """End the pause that runs, if one does, and derive the deadline from the longer ledger."""
    pause = move.case.running_pause
    if pause is None:
        return
    pause.state, pause.to_at = rules.PauseState.ENDED, max(at or move.now, pause.from_at)
    update(pause, ["state", "to_at"])
    derive_round(move, move.case.pauses)
