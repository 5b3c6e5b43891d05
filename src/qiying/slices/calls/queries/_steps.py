"""The buttons: what this actor may do with this call now, by the same table that decides it."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from qiying.kernel.access import Actor
from qiying.slices.calls import rules
from qiying.slices.calls.models import STEP_LABELS, Call, Pause, Task
from qiying.slices.calls.queries._case import Case
from qiying.slices.calls.queries._dossier import Dossier, case_of
from qiying.slices.calls.rules import INPUTS, ROW_STEPS, Entity, Inputs

PRIMARY = frozenset(
    {
        "accept",
        "supply_info",
        "dispatch",
        "sign",
        "adjudicate",
        "answer",
        "task_done",
        "review_pass",
        "callback_confirm",
        "approve_pause",
        "approve_decline",
        "rate",
        "resume",
        "approve_extension",
        "report_milestone",
        "convene_meeting",
        "decide_meeting",
    }
)
RECALLERS = rules.TASK.steps["recall"].roles
GRAVE = frozenset(
    {
        "decline",
        "propose_decline",
        "withdraw",
        "dispute",
        "callback_reject",
        "close_unreached",
        "supervise",
    }
)


@dataclass(frozen=True, slots=True)
class OpenStep:
    """One button. ``entity_id`` is the row it works on (the call, a task or a pause)."""

    name: str
    label: str
    entity: str
    entity_id: int
    tone: str
    """primary, danger or plain."""
    inputs: Inputs
    blocked: str
    """The guard that still stands in the way, "" when the step is free."""


def steps_open(
    actor: Actor, call: Call, *, now: datetime, dossier: Dossier | None = None
) -> tuple[OpenStep, ...]:
    """The steps that the table opens to this actor; those that a guard blocks say so."""
    case = case_of(actor, dossier, now=now) if dossier else Case(actor, call, now)
    return (*_of_call(case), *_of_tasks(case), *_of_pauses(case))


def _of_call(case: Case) -> Iterator[OpenStep]:
    for name in rules.CALL.open_to(case.call.state, case.actor.roles):
        if name not in ROW_STEPS:
            yield from _open(case, Entity.CALL, name, case.call.pk)


def _of_tasks(case: Case) -> Iterator[OpenStep]:
    if not (case.actor.units() or case.actor.roles & RECALLERS):
        return
    for task in case.tasks:
        yield from _of_row(replace(case, task=task, known=_known(case)), Entity.TASK, task)


def _of_pauses(case: Case) -> Iterator[OpenStep]:
    if "approve_pause" not in rules.PAUSE.open_to("proposed", case.actor.roles):
        return
    for pause in case.pauses:
        yield from _of_row(replace(case, pause=pause, known=_known(case)), Entity.PAUSE, pause)


def _of_row(case: Case, entity: Entity, row: Task | Pause) -> Iterator[OpenStep]:
    for name in rules.LIFECYCLES[entity].open_to(row.state, case.actor.roles):
        is_open = name not in rules.CALL.steps or _call_allows(case, name)
        if name in ROW_STEPS and is_open:
            yield from _open(case, entity, name, row.pk)


def _call_allows(case: Case, name: str) -> bool:
    """A step on a part that also moves the call needs the call's row too (except co-handlers')."""
    if name == "sign":
        return True
    return case.call.state in rules.CALL.steps[name].source


def _known(case: Case) -> dict[str, object]:
    names = (
        *("round", "tasks", "pauses", "callbacks", "disputes", "portfolio"),
        *("extensions", "supervision", "meeting", "milestones"),
    )
    return {n: case.__dict__[n] for n in names if n in case.__dict__}


def _open(case: Case, entity: Entity, name: str, entity_id: int) -> Iterator[OpenStep]:
    step = rules.LIFECYCLES[entity].steps[name]
    if not case.role_for(entity, name, step.roles):
        return
    blocked = rules.blocked_by(step.guards, case)
    if blocked in HIDING:
        return
    tone = "primary" if name in PRIMARY else "danger" if name in GRAVE else "plain"
    yield OpenStep(name, str(STEP_LABELS[name]), entity, entity_id, tone, INPUTS[name], blocked)


HIDING = frozenset(
    {
        "undispatched_or_rushed",
        "asked_in_vain",
        "is_co_task",
        "call_with_units",
        "firm_was_awaited",
        "not_yet_rated",
        "within_reopen_time",
        "reopen_time_over",
        "not_adjudicated",
        "no_pause_proposed",
        "no_extension_proposed",
        "extension_proposed",
        "before_due",
        "under_supervision",
        "removal_possible",
        "removal_proposed",
        "meeting_open",
        "meeting_convened",
        "milestone_open",
        "below_the_top",
    }
)
"""Guards that take the button away; the others leave it and say what is missing."""
