"""Any step by its name, for interfaces that do not know them one by one."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, NotFound, Refused
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call
from qiying.slices.calls.operations import (
    _amend,
    _chase,
    _closing,
    _dispatch,
    _extension,
    _intake,
    _meetings,
    _plan,
    _refusal,
    _supervision,
    _talk,
    _work,
)
from qiying.slices.calls.rules import INPUTS, ROW_STEPS

STEPS: Mapping[str, Callable[..., Call]] = {
    "accept": _intake.accept,
    "ask_info": _intake.ask_info,
    "supply_info": _intake.supply_info,
    "lapse_info": _intake.lapse_info,
    "decline": _intake.decline,
    "propose_decline": _refusal.propose_decline,
    "approve_decline": _refusal.approve_decline,
    "refuse_decline": _refusal.refuse_decline,
    "withdraw": _intake.withdraw,
    "classify": _intake.classify,
    "dispatch": _dispatch.dispatch,
    "redispatch": _amend.redispatch,
    "add_co": _amend.add_co,
    "recall": _amend.recall,
    "sign": _dispatch.sign,
    "assign_person": _dispatch.assign_person,
    "dispute": _dispatch.dispute,
    "adjudicate": _dispatch.adjudicate,
    "contact": _work.contact,
    "stage_report": _work.stage_report,
    "task_done": _work.task_done,
    "propose_pause": _work.propose_pause,
    "approve_pause": _work.approve_pause,
    "refuse_pause": _work.refuse_pause,
    "resume": _work.resume,
    "schedule": _plan.schedule,
    "answer": _work.answer,
    "review_pass": _work.review_pass,
    "review_return": _work.review_return,
    "attempt_callback": _closing.attempt_callback,
    "supersede_attempt": _closing.supersede_attempt,
    "callback_confirm": _closing.callback_confirm,
    "callback_reject": _closing.callback_reject,
    "hear_discontent": _closing.hear_discontent,
    "close_unreached": _closing.close_unreached,
    "rate": _closing.rate,
    "reopen": _closing.reopen,
    "archive": _closing.archive,
    "propose_extension": _extension.propose_extension,
    "approve_extension": _extension.approve_extension,
    "refuse_extension": _extension.refuse_extension,
    "chase": _chase.chase,
    "supervise": _supervision.supervise,
    "supervision_note": _supervision.supervision_note,
    "record_interview": _supervision.record_interview,
    "propose_removal": _supervision.propose_removal,
    "approve_removal": _supervision.approve_removal,
    "refuse_removal": _supervision.refuse_removal,
    "convene_meeting": _meetings.convene_meeting,
    "decide_meeting": _meetings.decide_meeting,
    "waive_meeting": _meetings.waive_meeting,
    "report_milestone": _plan.report_milestone,
    "note": _talk.note,
    "message": _talk.message,
}


def take(
    actor: Actor,
    call_id: int,
    step: str,
    *,
    now: datetime,
    version: int | None = None,
    **inputs: Any,
) -> Call:
    """Take a step with the inputs that ``rules.INPUTS`` lists for it.

    Raises
    ------
    Refused
        For a step that there is not.
    Invalid
        For inputs that are missing or that the step does not know.
    NotFound
        For a task or pause of another call.
    """
    function = STEPS.get(step)
    if function is None:
        raise Refused("lifecycle.unknown_step", step=step)
    known = INPUTS[step]
    faults = dict.fromkeys(sorted(set(inputs) - known.names), "calls.unknown_input")
    faults |= {
        name: "input.required" for name in known.needed if inputs.get(name) in (None, "", [])
    }
    if faults:
        raise Invalid("input.invalid", faults)
    row_name = ROW_STEPS.get(step)
    if row_name is None:
        return function(actor, call_id, now=now, version=version, **inputs)
    row_id = inputs.pop(row_name)
    find = queries.find_task_call if row_name == "task_id" else queries.find_pause_call
    if find(actor, row_id) != call_id:
        raise NotFound("not_found")
    return function(actor, row_id, now=now, version=version, **inputs)
