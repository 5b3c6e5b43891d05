"""The closed loop as one table: call, round, task and pause move by its rows and no other way.

One step can move several records (an answer moves the call, its round and the lead's task); it
then has a row for each, told apart by ``entity``. Sources: the states and steps of ``calls.md``
§3.3, roles by the separation of duties that the acceptance tests of the field ask for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from qiying.kernel.access import Role
from qiying.kernel.lifecycle import Lifecycle, Step
from qiying.slices.calls.rules.codes import (
    OPEN,
    CallState,
    PauseState,
    RoundState,
    TaskState,
)


class Entity(StrEnum):
    CALL = "call"
    ROUND = "round"
    TASK = "task"
    PAUSE = "pause"


class Where(StrEnum):
    """In which of the units that share a call a unit's role counts for a step."""

    LEAD = "lead"
    TASK = "task"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Row:
    entity: Entity
    name: str
    step: Step
    where: Where = Where.LEAD


C, R, T, P = CallState, RoundState, TaskState, PauseState
FIRM, GRID, DESK = Role.ENTERPRISE, Role.GRID_OFFICER, Role.DESK
FILER = Role.MACHINE
"""The interface that filed the call, for whoever asked it to; no other call is its own."""
UNIT = (Role.HANDLER, Role.UNIT_LEADER)
CALLER, OVERSEER, PLATFORM = Role.CALLBACK, Role.SUPERVISOR, Role.SYSTEM
INDOORS = (DESK, *UNIT, CALLER, OVERSEER, Role.ZONE_LEADER)
EITHER = (DESK, OVERSEER)
BEFORE_WORK = (C.SUBMITTED, C.NEED_INFO, C.TRIAGE)
AT_WORK = (C.DISPATCHED, C.DISPUTED, C.WORKING, C.SCHEDULED, C.SUSPENDED, C.REOPENED)
GIVEN = (C.DISPATCHED, C.WORKING, C.SCHEDULED)
TALKING = (C.DISPATCHED, C.REOPENED, C.WORKING, C.SCHEDULED, C.SUSPENDED)


def _call(
    name: str,
    source: tuple[str, ...],
    target: str | None,
    roles: tuple[str, ...],
    event: str,
    *guards: str,
    where: Where = Where.LEAD,
) -> Row:
    step = Step(frozenset(source), target, frozenset(roles), f"calls.{event}", guards)
    return Row(Entity.CALL, name, step, where)


def _part(
    entity: Entity,
    name: str,
    source: tuple[str, ...],
    target: str | None,
    roles: tuple[str, ...],
    event: str,
    *guards: str,
) -> Row:
    step = Step(frozenset(source), target, frozenset(roles), f"calls.{event}", guards)
    return Row(entity, name, step, Where.TASK if entity is Entity.TASK else Where.LEAD)


_TAKING_BACK: Mapping[str, tuple[tuple[str, ...], str]] = {
    "decline": ((DESK,), "declined"),
    "withdraw": ((FIRM,), "withdrawn"),
    "classify": (EITHER, "classified"),
    "dispatch": ((DESK,), "dispatched"),
    "redispatch": (EITHER, "redispatched"),
    "adjudicate": ((OVERSEER,), "adjudicated"),
}
"""Steps on the call that take parts back on the way."""
_LEAVING: Mapping[str, tuple[tuple[str, ...], str]] = {
    "decline": ((DESK,), ""),
    "withdraw": ((FIRM,), ""),
    "classify": (EITHER, ""),
    "redispatch": (EITHER, ""),
    "dispute": (UNIT, ""),
    "answer": (UNIT, ""),
    "callback_reject": ((CALLER,), ""),
    "reopen": ((FIRM, GRID, FILER), ""),
}
"""Steps on the call after which nobody decides a pause that was proposed before."""


def _going(
    entity: Entity,
    source: tuple[str, ...],
    target: str,
    steps: Mapping[str, tuple[tuple[str, ...], str]],
    event: str = "",
) -> Iterator[Row]:
    for name, (roles, own) in steps.items():
        yield _part(entity, name, source, target, roles, event or own)


_CALL_ROWS = (
    _call("accept", (C.SUBMITTED,), C.TRIAGE, (DESK,), "accepted"),
    _call("ask_info", (C.SUBMITTED,), C.NEED_INFO, (DESK,), "info_asked"),
    _call("supply_info", (C.NEED_INFO,), C.SUBMITTED, (FIRM, GRID, DESK), "info_supplied"),
    _call(
        "decline",
        (*BEFORE_WORK, C.DISPATCHED, C.WORKING),
        C.DECLINED,
        (DESK,),
        "declined",
        "undispatched_or_rushed",
        "uncooperative_approved",
    ),
    _call("withdraw", (*BEFORE_WORK, *AT_WORK), C.WITHDRAWN, (FIRM,), "withdrawn"),
    _call("classify", (*BEFORE_WORK, *GIVEN, C.REOPENED), None, EITHER, "classified"),
    _call("dispatch", (C.TRIAGE, C.REOPENED), C.DISPATCHED, (DESK,), "dispatched"),
    _call("redispatch", GIVEN, C.DISPATCHED, EITHER, "redispatched", "adjudication_stands"),
    _call("add_co", (*GIVEN, C.REOPENED), None, EITHER, "co_added"),
    _call("sign", (C.DISPATCHED, C.REOPENED), C.WORKING, UNIT, "signed"),
    _call(
        "dispute",
        (C.DISPATCHED, C.WORKING),
        C.DISPUTED,
        UNIT,
        "disputed",
        "not_adjudicated",
        "dispute_in_time",
    ),
    _call(
        "adjudicate", (C.DISPUTED,), C.DISPATCHED, (OVERSEER,), "adjudicated", "not_the_disputant"
    ),
    _call("contact", TALKING, None, UNIT, "contacted"),
    _call(
        "propose_pause",
        (C.WORKING, C.SCHEDULED),
        None,
        UNIT,
        "pause_proposed",
        "no_pause_proposed",
        "pauses_left",
    ),
    _call("approve_pause", (C.WORKING, C.SCHEDULED), C.SUSPENDED, (OVERSEER,), "pause_approved"),
    _call("refuse_pause", tuple(OPEN), None, (OVERSEER,), "pause_refused"),
    _call(
        "resume",
        (C.SUSPENDED,),
        C.WORKING,
        (*UNIT, OVERSEER, FIRM, GRID, PLATFORM),
        "resumed",
        "firm_was_awaited",
    ),
    _call("schedule", (C.WORKING, C.SCHEDULED), C.SCHEDULED, UNIT, "scheduled"),
    _call("answer", (C.WORKING, C.SCHEDULED), C.ANSWERED, UNIT, "answered", "co_tasks_settled"),
    _call("review_pass", (C.ANSWERED,), C.CALLBACK, (DESK,), "review_passed", "not_the_answerer"),
    _call(
        "review_return", (C.ANSWERED,), C.WORKING, (DESK,), "review_returned", "not_the_answerer"
    ),
    _call(
        "attempt_callback",
        (C.CALLBACK,),
        None,
        (CALLER,),
        "callback_attempted",
        "not_the_answerer",
        "not_of_the_answering_unit",
    ),
    _call(
        "supersede_attempt",
        (C.CALLBACK,),
        None,
        (CALLER,),
        "callback_superseded",
        "not_the_answerer",
        "not_of_the_answering_unit",
    ),
    _call(
        "callback_confirm",
        (C.CALLBACK,),
        C.CLOSED,
        (CALLER,),
        "closed",
        "not_the_answerer",
        "not_of_the_answering_unit",
    ),
    _call(
        "callback_reject",
        (C.CALLBACK,),
        C.REOPENED,
        (CALLER,),
        "callback_rejected",
        "not_the_answerer",
        "not_of_the_answering_unit",
    ),
    _call(
        "close_unreached",
        (C.CALLBACK,),
        C.CLOSED,
        (CALLER,),
        "closed",
        "attempts_documented",
        "not_the_answerer",
        "not_of_the_answering_unit",
    ),
    _call("rate", (C.CALLBACK, C.CLOSED), None, (FIRM,), "rated", "not_yet_rated"),
    _call(
        "reopen",
        (C.CLOSED,),
        C.REOPENED,
        (FIRM, GRID, FILER),
        "reopened",
        "within_reopen_time",
    ),
    _call(
        "archive",
        (C.CLOSED,),
        C.ARCHIVED,
        (DESK, OVERSEER, PLATFORM),
        "archived",
        "reopen_time_over",
    ),
    _call("note", tuple(CallState), None, INDOORS, "noted", where=Where.ANY),
    _call(
        "message",
        (*sorted(OPEN), C.CLOSED),
        None,
        (FIRM, GRID, DESK, *UNIT, FILER),
        "messaged",
        where=Where.ANY,
    ),
)
_ROUND_ROWS = (
    _part(Entity.ROUND, "decline", (R.OPEN,), R.STOPPED, (DESK,), "declined"),
    _part(Entity.ROUND, "withdraw", (R.OPEN,), R.STOPPED, (FIRM,), "withdrawn"),
    _part(Entity.ROUND, "answer", (R.OPEN,), R.ANSWERED, UNIT, "answered"),
    _part(Entity.ROUND, "review_pass", (R.ANSWERED,), R.CALLBACK, (DESK,), "review_passed"),
    _part(Entity.ROUND, "review_return", (R.ANSWERED,), R.OPEN, (DESK,), "review_returned"),
    _part(Entity.ROUND, "callback_confirm", (R.CALLBACK,), R.CLOSED, (CALLER,), "closed"),
    _part(
        Entity.ROUND, "callback_reject", (R.CALLBACK,), R.REJECTED, (CALLER,), "callback_rejected"
    ),
    _part(Entity.ROUND, "close_unreached", (R.CALLBACK,), R.CLOSED, (CALLER,), "closed"),
)
_TASK_ROWS = (
    _part(Entity.TASK, "sign", (T.SENT,), T.SIGNED, UNIT, "signed", "call_with_units"),
    _part(
        Entity.TASK,
        "assign_person",
        (T.SENT, T.SIGNED, T.REPORTED),
        None,
        UNIT,
        "person_assigned",
        "call_with_units",
    ),
    _part(
        Entity.TASK,
        "stage_report",
        (T.SIGNED, T.REPORTED),
        T.REPORTED,
        UNIT,
        "stage_reported",
        "call_with_units",
        "is_co_task",
    ),
    _part(
        Entity.TASK,
        "task_done",
        (T.SIGNED, T.REPORTED),
        T.DONE,
        UNIT,
        "task_done",
        "call_with_units",
        "is_co_task",
    ),
    _part(Entity.TASK, "answer", (T.SIGNED,), T.DONE, UNIT, "answered"),
    _part(Entity.TASK, "review_return", (T.DONE,), T.SIGNED, (DESK,), "review_returned"),
    _part(
        Entity.TASK,
        "recall",
        (T.SENT, T.SIGNED, T.REPORTED),
        T.WITHDRAWN,
        EITHER,
        "recalled",
        "call_with_units",
        "is_co_task",
    ),
    *_going(Entity.TASK, (T.SENT, T.SIGNED, T.REPORTED, T.DONE), T.WITHDRAWN, _TAKING_BACK),
)
_PAUSE_ROWS = (
    _part(
        Entity.PAUSE,
        "approve_pause",
        (P.PROPOSED,),
        P.RUNNING,
        (OVERSEER,),
        "pause_approved",
        "not_the_proposer",
    ),
    _part(
        Entity.PAUSE,
        "refuse_pause",
        (P.PROPOSED,),
        P.REFUSED,
        (OVERSEER,),
        "pause_refused",
        "not_the_proposer",
    ),
    _part(
        Entity.PAUSE,
        "resume",
        (P.RUNNING,),
        P.ENDED,
        (*UNIT, OVERSEER, FIRM, GRID, PLATFORM),
        "resumed",
    ),
    _part(Entity.PAUSE, "supply_info", (P.RUNNING,), P.ENDED, (FIRM, GRID, DESK), "info_supplied"),
    *_going(Entity.PAUSE, (P.PROPOSED,), P.REFUSED, _LEAVING, "pause_lapsed"),
)
TABLE: tuple[Row, ...] = (*_CALL_ROWS, *_ROUND_ROWS, *_TASK_ROWS, *_PAUSE_ROWS)


def _lifecycle(entity: Entity, initial: str, final: tuple[str, ...]) -> Lifecycle:
    steps = {row.name: row.step for row in TABLE if row.entity is entity}
    return Lifecycle(f"calls.{entity}", initial, frozenset(final), steps)


LIFECYCLES: dict[Entity, Lifecycle] = {
    Entity.CALL: _lifecycle(Entity.CALL, C.SUBMITTED, (C.DECLINED, C.WITHDRAWN, C.ARCHIVED)),
    Entity.ROUND: _lifecycle(Entity.ROUND, R.OPEN, (R.CLOSED, R.REJECTED, R.STOPPED)),
    Entity.TASK: _lifecycle(Entity.TASK, T.SENT, (T.DONE, T.WITHDRAWN)),
    Entity.PAUSE: _lifecycle(Entity.PAUSE, P.PROPOSED, (P.REFUSED, P.ENDED)),
}
CALL, ROUND, TASK, PAUSE = (LIFECYCLES[e] for e in Entity)
RESUME_PLAN = replace(CALL.steps["resume"], target=C.SCHEDULED)
"""``resume`` of a call that was followed through by a milestone: it goes on where it was."""
CLASSIFY_BACK = replace(CALL.steps["classify"], target=C.TRIAGE)
"""``classify`` when the lead turns out to be complained of: somebody else must be found."""
WHERE = {(row.entity, row.name): row.where for row in TABLE}
RECEIVERS = frozenset({FIRM, GRID, DESK, Role.MACHINE, PLATFORM})
"""Who may raise a call: the one step that has no row, because nothing is there yet."""


def table_markdown() -> Iterator[str]:
    """The table for the docs, line by line."""
    yield "| entity | step | from | to | roles | event | guards |"
    yield "|---|---|---|---|---|---|---|"
    for row in TABLE:
        step = row.step
        cells = (
            row.entity,
            row.name,
            " ".join(sorted(step.source)),
            step.target or "·",
            " ".join(sorted(step.roles)),
            step.event,
            " ".join(step.guards),
        )
        yield f"| {' | '.join(cells)} |"
