"""The closed loop as one table: call, round, task and pause move by its rows and no other way.

One step can move several records (an answer moves the call, its round and the lead's task); it
then has a row for each, told apart by ``entity``. Sources: the states and steps of ``calls.md``
§3.3, roles by the separation of duties that the acceptance tests of the field ask for.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from qiying.kernel.access import Role
from qiying.kernel.lifecycle import Lifecycle
from qiying.slices.calls.rules.codes import OPEN, CallState, PauseState, RoundState, TaskState
from qiying.slices.calls.rules.rows import (
    ABOVE,
    AT_WORK,
    BEFORE_WORK,
    CALLER,
    DESK,
    EITHER,
    FILER,
    FIRM,
    GIVEN,
    GRID,
    INDOORS,
    MARKABLE,
    OVERSEER,
    PLATFORM,
    REFUSAL_ROWS,
    TALKING,
    UNIT,
    Entity,
    Row,
    Where,
    call_row,
    going,
    part_row,
)
from qiying.slices.calls.rules.watch import (
    ExtensionState,
    MeetingState,
    MilestoneState,
    SupervisionState,
)
from qiying.slices.calls.rules.watch_rows import WATCH_CALL_ROWS, WATCH_PART_ROWS

C, R, T, P = CallState, RoundState, TaskState, PauseState
X, S, M, G = ExtensionState, SupervisionState, MeetingState, MilestoneState
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
    "hear_discontent": ((PLATFORM,), ""),
    "reopen": ((FIRM, GRID, FILER, PLATFORM), ""),
}
"""Steps on the call after which nobody decides a pause that was proposed before."""


_CALL_ROWS = (
    call_row("accept", (C.SUBMITTED,), C.TRIAGE, (DESK,), "accepted"),
    call_row("ask_info", (C.SUBMITTED,), C.NEED_INFO, (DESK,), "info_asked", "pauses_left"),
    call_row(
        "supply_info", (C.NEED_INFO, C.REFUSAL), C.SUBMITTED, (FIRM, GRID, DESK), "info_supplied"
    ),
    call_row("lapse_info", (C.NEED_INFO,), C.SUBMITTED, (PLATFORM,), "info_lapsed"),
    call_row(
        "decline",
        (*BEFORE_WORK, C.DISPATCHED, C.WORKING),
        C.DECLINED,
        (DESK,),
        "declined",
        "undispatched_or_rushed",
        "needs_no_approval",
    ),
    *REFUSAL_ROWS,
    call_row("withdraw", (*BEFORE_WORK, C.REFUSAL, *AT_WORK), C.WITHDRAWN, (FIRM,), "withdrawn"),
    call_row("classify", (*BEFORE_WORK, *GIVEN, C.REOPENED), None, EITHER, "classified"),
    call_row("dispatch", (C.TRIAGE, C.REOPENED), C.DISPATCHED, (DESK,), "dispatched"),
    call_row("redispatch", GIVEN, C.DISPATCHED, EITHER, "redispatched", "adjudication_stands"),
    call_row("add_co", (*GIVEN, C.REOPENED), None, EITHER, "co_added"),
    call_row("sign", (C.DISPATCHED, C.REOPENED), C.WORKING, UNIT, "signed"),
    call_row(
        "dispute",
        (C.DISPATCHED, C.WORKING),
        C.DISPUTED,
        UNIT,
        "disputed",
        "not_adjudicated",
        "dispute_in_time",
    ),
    call_row(
        "adjudicate", (C.DISPUTED,), C.DISPATCHED, (OVERSEER,), "adjudicated", "not_the_disputant"
    ),
    call_row("contact", TALKING, None, UNIT, "contacted"),
    call_row(
        "propose_pause",
        (C.WORKING, C.SCHEDULED),
        None,
        UNIT,
        "pause_proposed",
        "no_pause_proposed",
        "pauses_left",
    ),
    call_row(
        "approve_pause", (C.WORKING, C.SCHEDULED), C.SUSPENDED, (OVERSEER,), "pause_approved"
    ),
    call_row("refuse_pause", tuple(OPEN), None, (OVERSEER,), "pause_refused"),
    call_row(
        "resume",
        (C.SUSPENDED,),
        C.WORKING,
        (*UNIT, OVERSEER, FIRM, GRID, PLATFORM),
        "resumed",
        "firm_was_awaited",
    ),
    call_row("schedule", (C.WORKING, C.SCHEDULED), C.SCHEDULED, UNIT, "scheduled"),
    call_row(
        "answer",
        (C.WORKING, C.SCHEDULED),
        C.ANSWERED,
        UNIT,
        "answered",
        "co_tasks_settled",
        "meeting_settled",
    ),
    call_row(
        "review_pass",
        (C.ANSWERED,),
        C.CALLBACK,
        (DESK,),
        "review_passed",
        "not_the_answerer",
        "evidence_given",
    ),
    call_row(
        "review_return", (C.ANSWERED,), C.WORKING, (DESK,), "review_returned", "not_the_answerer"
    ),
    call_row(
        "attempt_callback",
        (C.CALLBACK,),
        None,
        (CALLER,),
        "callback_attempted",
        "not_the_answerer",
        "not_of_the_answering_unit",
    ),
    call_row(
        "supersede_attempt",
        (C.CALLBACK,),
        None,
        (CALLER,),
        "callback_superseded",
        "not_the_answerer",
        "not_of_the_answering_unit",
    ),
    call_row(
        "callback_confirm",
        (C.CALLBACK,),
        C.CLOSED,
        (CALLER,),
        "closed",
        "firm_did_not_deny",
        "not_the_answerer",
        "not_of_the_answering_unit",
    ),
    call_row(
        "callback_reject",
        (C.CALLBACK,),
        C.REOPENED,
        (CALLER,),
        "callback_rejected",
        "not_the_answerer",
        "not_of_the_answering_unit",
    ),
    call_row("hear_discontent", (C.CALLBACK,), C.REOPENED, (PLATFORM,), "callback_rejected"),
    call_row(
        "close_unreached",
        (C.CALLBACK,),
        C.CLOSED,
        (CALLER,),
        "closed",
        "attempts_documented",
        "firm_did_not_deny",
        "not_the_answerer",
        "not_of_the_answering_unit",
    ),
    call_row("rate", (C.CALLBACK, C.CLOSED), None, (FIRM,), "rated", "not_yet_rated"),
    call_row(
        "reopen",
        (C.CLOSED,),
        C.REOPENED,
        (FIRM, GRID, FILER, PLATFORM),
        "reopened",
        "within_reopen_time",
    ),
    call_row(
        "archive",
        (C.CLOSED,),
        C.ARCHIVED,
        (DESK, OVERSEER, PLATFORM),
        "archived",
        "reopen_time_over",
        "not_supervised",
    ),
    call_row("mark", MARKABLE, None, EITHER, "marked", "marks_left"),
    call_row("unmark", MARKABLE, None, (OVERSEER,), "unmarked", "is_marked"),
    call_row("note", tuple(CallState), None, INDOORS, "noted", where=Where.ANY),
    call_row(
        "message",
        (*sorted(OPEN), C.CLOSED),
        None,
        (FIRM, GRID, DESK, *UNIT, FILER),
        "messaged",
        where=Where.ANY,
    ),
)
_ROUND_ROWS = (
    part_row(Entity.ROUND, "decline", (R.OPEN,), R.STOPPED, (DESK,), "declined"),
    part_row(Entity.ROUND, "approve_decline", (R.OPEN,), R.STOPPED, ABOVE, "declined"),
    part_row(Entity.ROUND, "withdraw", (R.OPEN,), R.STOPPED, (FIRM,), "withdrawn"),
    part_row(Entity.ROUND, "answer", (R.OPEN,), R.ANSWERED, UNIT, "answered"),
    part_row(Entity.ROUND, "review_pass", (R.ANSWERED,), R.CALLBACK, (DESK,), "review_passed"),
    part_row(Entity.ROUND, "review_return", (R.ANSWERED,), R.OPEN, (DESK,), "review_returned"),
    part_row(Entity.ROUND, "callback_confirm", (R.CALLBACK,), R.CLOSED, (CALLER,), "closed"),
    part_row(
        Entity.ROUND, "callback_reject", (R.CALLBACK,), R.REJECTED, (CALLER,), "callback_rejected"
    ),
    part_row(
        Entity.ROUND,
        "hear_discontent",
        (R.CALLBACK,),
        R.REJECTED,
        (PLATFORM,),
        "callback_rejected",
    ),
    part_row(Entity.ROUND, "close_unreached", (R.CALLBACK,), R.CLOSED, (CALLER,), "closed"),
)
_TASK_ROWS = (
    part_row(Entity.TASK, "sign", (T.SENT,), T.SIGNED, UNIT, "signed", "call_with_units"),
    part_row(
        Entity.TASK,
        "assign_person",
        (T.SENT, T.SIGNED, T.REPORTED),
        None,
        UNIT,
        "person_assigned",
        "call_with_units",
    ),
    part_row(
        Entity.TASK,
        "stage_report",
        (T.SIGNED, T.REPORTED),
        T.REPORTED,
        UNIT,
        "stage_reported",
        "call_with_units",
        "is_co_task",
    ),
    part_row(
        Entity.TASK,
        "task_done",
        (T.SIGNED, T.REPORTED),
        T.DONE,
        UNIT,
        "task_done",
        "call_with_units",
        "is_co_task",
    ),
    part_row(Entity.TASK, "answer", (T.SIGNED,), T.DONE, UNIT, "answered"),
    part_row(Entity.TASK, "review_return", (T.DONE,), T.SIGNED, (DESK,), "review_returned"),
    part_row(
        Entity.TASK,
        "recall",
        (T.SENT, T.SIGNED, T.REPORTED),
        T.WITHDRAWN,
        EITHER,
        "recalled",
        "call_with_units",
        "is_co_task",
    ),
    *going(Entity.TASK, (T.SENT, T.SIGNED, T.REPORTED, T.DONE), T.WITHDRAWN, _TAKING_BACK),
)
_PAUSE_ROWS = (
    part_row(
        Entity.PAUSE,
        "approve_pause",
        (P.PROPOSED,),
        P.RUNNING,
        (OVERSEER,),
        "pause_approved",
        "not_the_proposer",
    ),
    part_row(
        Entity.PAUSE,
        "refuse_pause",
        (P.PROPOSED,),
        P.REFUSED,
        (OVERSEER,),
        "pause_refused",
        "not_the_proposer",
    ),
    part_row(
        Entity.PAUSE,
        "resume",
        (P.RUNNING,),
        P.ENDED,
        (*UNIT, OVERSEER, FIRM, GRID, PLATFORM),
        "resumed",
    ),
    part_row(
        Entity.PAUSE, "supply_info", (P.RUNNING,), P.ENDED, (FIRM, GRID, DESK), "info_supplied"
    ),
    part_row(Entity.PAUSE, "lapse_info", (P.RUNNING,), P.ENDED, (PLATFORM,), "info_lapsed"),
    *going(Entity.PAUSE, (P.PROPOSED,), P.REFUSED, _LEAVING, "pause_lapsed"),
)
TABLE: tuple[Row, ...] = (
    *_CALL_ROWS,
    *WATCH_CALL_ROWS,
    *_ROUND_ROWS,
    *_TASK_ROWS,
    *_PAUSE_ROWS,
    *WATCH_PART_ROWS,
)


def _lifecycle(entity: Entity, initial: str, final: tuple[str, ...]) -> Lifecycle:
    steps = {row.name: row.step for row in TABLE if row.entity is entity}
    return Lifecycle(f"calls.{entity}", initial, frozenset(final), steps)


LIFECYCLES: dict[Entity, Lifecycle] = {
    Entity.CALL: _lifecycle(Entity.CALL, C.SUBMITTED, (C.DECLINED, C.WITHDRAWN, C.ARCHIVED)),
    Entity.ROUND: _lifecycle(Entity.ROUND, R.OPEN, (R.CLOSED, R.REJECTED, R.STOPPED)),
    Entity.TASK: _lifecycle(Entity.TASK, T.SENT, (T.DONE, T.WITHDRAWN)),
    Entity.PAUSE: _lifecycle(Entity.PAUSE, P.PROPOSED, (P.REFUSED, P.ENDED)),
    Entity.EXTENSION: _lifecycle(Entity.EXTENSION, X.PROPOSED, (X.GRANTED, X.REFUSED, X.LAPSED)),
    Entity.SUPERVISION: _lifecycle(Entity.SUPERVISION, S.OPEN, (S.RAISED, S.REMOVED, S.ENDED)),
    Entity.MEETING: _lifecycle(Entity.MEETING, M.DUE, (M.DECIDED, M.WAIVED, M.LAPSED)),
    Entity.MILESTONE: _lifecycle(Entity.MILESTONE, G.OPEN, (G.REPORTED, G.DROPPED)),
}
CALL, ROUND, TASK, PAUSE, EXTENSION, SUPERVISION, MEETING, MILESTONE = (
    LIFECYCLES[e] for e in Entity
)
PLAN_DONE = replace(CALL.steps["report_milestone"], target=C.WORKING)
"""``report_milestone`` of the last one: nothing is planned any more, the answer is owed."""
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
