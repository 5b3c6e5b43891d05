"""Everything that can happen to a call; the only writer of its tables."""

from qiying.slices.calls.operations._amend import add_co, recall, redispatch
from qiying.slices.calls.operations._archive import archive_closed
from qiying.slices.calls.operations._asked import CallValues
from qiying.slices.calls.operations._bulk import begin_bulk, run_bulk, undo_bulk, undo_row
from qiying.slices.calls.operations._chase import chase
from qiying.slices.calls.operations._climb import climb
from qiying.slices.calls.operations._closing import (
    archive,
    attempt_callback,
    callback_confirm,
    callback_reject,
    close_unreached,
    hear_discontent,
    rate,
    reopen,
    supersede_attempt,
)
from qiying.slices.calls.operations._daily import choose_daily, put_in_charge, send_daily
from qiying.slices.calls.operations._deadlines import rederive
from qiying.slices.calls.operations._dispatch import (
    adjudicate,
    assign_person,
    dispatch,
    dispute,
    sign,
)
from qiying.slices.calls.operations._extension import (
    approve_extension,
    propose_extension,
    refuse_extension,
)
from qiying.slices.calls.operations._intake import (
    UNCHANGED,
    accept,
    ask_info,
    classify,
    decline,
    lapse_info,
    supply_info,
    withdraw,
)
from qiying.slices.calls.operations._lines import add_line
from qiying.slices.calls.operations._meetings import convene_meeting, decide_meeting, waive_meeting
from qiying.slices.calls.operations._mentions import name_colleagues
from qiying.slices.calls.operations._overdue import note_overdue
from qiying.slices.calls.operations._pauses import end_pauses, lapse_infos
from qiying.slices.calls.operations._plan import report_milestone, schedule
from qiying.slices.calls.operations._receive import receive
from qiying.slices.calls.operations._refusal import (
    approve_decline,
    propose_decline,
    refuse_decline,
)
from qiying.slices.calls.operations._supervision import (
    approve_removal,
    propose_removal,
    record_interview,
    refuse_removal,
    supervise,
    supervision_note,
)
from qiying.slices.calls.operations._take import STEPS, take
from qiying.slices.calls.operations._talk import message, note, record_visit
from qiying.slices.calls.operations._tasks import CoUnit
from qiying.slices.calls.operations._terms import apply_terms, set_term
from qiying.slices.calls.operations._triage import (
    TRAINERS,
    ask_training,
    ask_when_due,
    evaluate_triage,
    fit_asked,
    replay_rankings,
    train_triage,
)
from qiying.slices.calls.operations._wordings import (
    approve_wording,
    retire_wording,
    use_wording,
    write_wording,
)
from qiying.slices.calls.operations._work import (
    answer,
    approve_pause,
    contact,
    propose_pause,
    refuse_pause,
    resume,
    review_pass,
    review_return,
    stage_report,
    task_done,
)

__all__ = [
    "STEPS",
    "TRAINERS",
    "UNCHANGED",
    "CallValues",
    "CoUnit",
    "accept",
    "add_co",
    "add_line",
    "adjudicate",
    "answer",
    "apply_terms",
    "approve_decline",
    "approve_extension",
    "approve_pause",
    "approve_removal",
    "approve_wording",
    "archive",
    "archive_closed",
    "ask_info",
    "ask_training",
    "ask_when_due",
    "assign_person",
    "attempt_callback",
    "begin_bulk",
    "callback_confirm",
    "callback_reject",
    "chase",
    "choose_daily",
    "classify",
    "climb",
    "close_unreached",
    "contact",
    "convene_meeting",
    "decide_meeting",
    "decline",
    "dispatch",
    "dispute",
    "end_pauses",
    "evaluate_triage",
    "fit_asked",
    "hear_discontent",
    "lapse_info",
    "lapse_infos",
    "message",
    "name_colleagues",
    "note",
    "note_overdue",
    "propose_decline",
    "propose_extension",
    "propose_pause",
    "propose_removal",
    "put_in_charge",
    "rate",
    "recall",
    "receive",
    "record_interview",
    "record_visit",
    "rederive",
    "redispatch",
    "refuse_decline",
    "refuse_extension",
    "refuse_pause",
    "refuse_removal",
    "reopen",
    "replay_rankings",
    "report_milestone",
    "resume",
    "retire_wording",
    "review_pass",
    "review_return",
    "run_bulk",
    "schedule",
    "send_daily",
    "set_term",
    "sign",
    "stage_report",
    "supersede_attempt",
    "supervise",
    "supervision_note",
    "supply_info",
    "take",
    "task_done",
    "train_triage",
    "undo_bulk",
    "undo_row",
    "use_wording",
    "waive_meeting",
    "withdraw",
    "write_wording",
]
