"""What each step asks for besides the record: names of keyword arguments, those needed first."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Inputs:
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.needed + self.optional)


_TEXT = Inputs(("text",))
_MAYBE_TEXT = Inputs((), ("text",))
_NOTHING = Inputs()
_WITH_FILES = Inputs(("text",), ("attachments",))

INPUTS: Mapping[str, Inputs] = {
    "accept": _MAYBE_TEXT,
    "ask_info": _TEXT,
    "supply_info": _WITH_FILES,
    "lapse_info": _NOTHING,
    "decline": Inputs(("code", "text", "told_path"), ("told_unit_id",)),
    "propose_decline": Inputs(("text", "told_path"), ("attachments",)),
    "approve_decline": _MAYBE_TEXT,
    "refuse_decline": _TEXT,
    "withdraw": _MAYBE_TEXT,
    "classify": Inputs(
        ("matter_code",),
        (
            "nature",
            "object_kind",
            "urgency",
            "longitude",
            "latitude",
            "accuracy_m",
            "complained_unit_id",
        ),
    ),
    "dispatch": Inputs(("lead_unit_id",), ("co_units", "text")),
    "redispatch": Inputs(("lead_unit_id", "text"), ("co_units",)),
    "add_co": Inputs(("co_units", "text")),
    "recall": Inputs(("task_id", "text")),
    "sign": Inputs(("task_id",)),
    "assign_person": Inputs(("task_id", "person_id")),
    "dispute": Inputs(("text",), ("proposed_unit_id",)),
    "adjudicate": Inputs(("unit_id", "text"), ("co_units", "is_precedent")),
    "contact": Inputs((), ("is_reached", "text")),
    "stage_report": Inputs(("task_id", "text"), ("attachments",)),
    "task_done": Inputs(("task_id", "text"), ("attachments",)),
    "propose_pause": Inputs(("reason", "text"), ("expected_to_at", "attachments")),
    "approve_pause": Inputs(("pause_id",), ("expected_to_at",)),
    "refuse_pause": Inputs(("pause_id", "text")),
    "resume": Inputs((), ("text", "attachments")),
    "schedule": Inputs(("milestone_on", "text")),
    "answer": Inputs(("result", "text"), ("evidence", "attachments")),
    "review_pass": _NOTHING,
    "review_return": _TEXT,
    "attempt_callback": Inputs(("outcome",), ("text",)),
    "supersede_attempt": Inputs(("callback_id", "outcome", "text")),
    "callback_confirm": Inputs(("resolved",), ("text",)),
    "callback_reject": _TEXT,
    "hear_discontent": _TEXT,
    "close_unreached": _NOTHING,
    "rate": Inputs(("grade", "resolved"), ("text",)),
    "reopen": _WITH_FILES,
    "archive": _NOTHING,
    "propose_extension": Inputs(("reason", "text", "until_on"), ("attachments",)),
    "approve_extension": _MAYBE_TEXT,
    "refuse_extension": _TEXT,
    "chase": _MAYBE_TEXT,
    "supervise": Inputs(("level", "text"), ("officer_id",)),
    "supervision_note": _WITH_FILES,
    "record_interview": Inputs(("talked_on", "text"), ("promised_on", "attachments")),
    "propose_removal": _WITH_FILES,
    "approve_removal": _MAYBE_TEXT,
    "refuse_removal": _TEXT,
    "convene_meeting": Inputs(("meets_on", "unit_ids"), ("text",)),
    "decide_meeting": Inputs(("text",), ("task_unit_id", "task_due_on", "attachments")),
    "waive_meeting": _TEXT,
    "report_milestone": _WITH_FILES,
    "note": _WITH_FILES,
    "message": _WITH_FILES,
}
ROW_STEPS = {
    "sign": "task_id",
    "assign_person": "task_id",
    "stage_report": "task_id",
    "task_done": "task_id",
    "recall": "task_id",
    "approve_pause": "pause_id",
    "refuse_pause": "pause_id",
}
"""Steps that are taken on a row of the call, with the name under which its id is given."""
