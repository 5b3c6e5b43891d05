"""Words and tones for the codes of this slice."""

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.slices.calls.rules import (
    CallState,
    Channel,
    Clock,
    ClosureType,
    DeclineCode,
    ExtensionReason,
    ExtensionState,
    Level,
    MeetingState,
    MilestoneState,
    Nature,
    Outcome,
    PauseReason,
    PauseState,
    PositionSource,
    Purpose,
    Resolved,
    Result,
    RoundState,
    SupervisionState,
    TaskState,
    Trigger,
    Urgency,
)

Words = dict[str, Promise | str]

STATE_LABELS: Words = {
    CallState.SUBMITTED: _("to be accepted"),
    CallState.NEED_INFO: _("waiting for the firm's information"),
    CallState.REFUSAL: _("not accepting it waits for approval"),
    CallState.DECLINED: _("not accepted"),
    CallState.WITHDRAWN: _("withdrawn by the firm"),
    CallState.TRIAGE: _("to be dispatched"),
    CallState.DISPATCHED: _("to be signed for"),
    CallState.DISPUTED: _("dispatch disputed"),
    CallState.WORKING: _("in hand"),
    CallState.SCHEDULED: _("followed through by milestones"),
    CallState.SUSPENDED: _("clock paused"),
    CallState.ANSWERED: _("answered, to be reviewed"),
    CallState.CALLBACK: _("to be called back"),
    CallState.REOPENED: _("to be redone"),
    CallState.CLOSED: _("closed"),
    CallState.ARCHIVED: _("archived"),
}
STATE_TONES: dict[str, str] = {
    CallState.SUBMITTED: "new",
    CallState.NEED_INFO: "paused",
    CallState.REFUSAL: "check",
    CallState.DECLINED: "over",
    CallState.WITHDRAWN: "done",
    CallState.TRIAGE: "new",
    CallState.DISPATCHED: "sent",
    CallState.DISPUTED: "check",
    CallState.WORKING: "way",
    CallState.SCHEDULED: "way",
    CallState.SUSPENDED: "paused",
    CallState.ANSWERED: "check",
    CallState.CALLBACK: "check",
    CallState.REOPENED: "fix",
    CallState.CLOSED: "done",
    CallState.ARCHIVED: "done",
}
ROUND_LABELS: Words = {
    RoundState.OPEN: _("in hand"),
    RoundState.ANSWERED: _("answered, to be reviewed"),
    RoundState.CALLBACK: _("to be called back"),
    RoundState.CLOSED: _("closed"),
    RoundState.REJECTED: _("not solved, says the firm"),
    RoundState.STOPPED: _("stopped"),
}
TASK_LABELS: Words = {
    TaskState.SENT: _("to be signed for"),
    TaskState.SIGNED: _("in hand"),
    TaskState.REPORTED: _("stage report given"),
    TaskState.DONE: _("done"),
    TaskState.WITHDRAWN: _("taken back"),
}
PAUSE_STATE_LABELS: Words = {
    PauseState.PROPOSED: _("waiting for approval"),
    PauseState.RUNNING: _("running"),
    PauseState.REFUSED: _("refused"),
    PauseState.ENDED: _("ended"),
}
URGENCY_LABELS: Words = {
    Urgency.NORMAL: _("ordinary"),
    Urgency.URGENT: _("urgent: water, power, gas or production stopped"),
    Urgency.DANGER: _("danger to life or property"),
}
CHANNEL_LABELS: Words = {
    Channel.ONLINE: _("online"),
    Channel.ON_BEHALF: _("by the grid officer on the firm's behalf"),
    Channel.PHONE: _("phone"),
    Channel.WINDOW: _("service window"),
    Channel.VISIT: _("found on a visit"),
    Channel.HOTLINE: _("12345 hotline"),
    Channel.OPEN311: _("Open311"),
    Channel.API: _("programming interface"),
    Channel.DEPUTIES: _("deputies and advisers"),
    Channel.LEADERS: _("handed on by leaders"),
    Channel.BATCH: _("batch import"),
    Channel.EMAIL: _("e-mail"),
}
NATURE_LABELS: Words = {
    Nature.ENQUIRY: _("question"),
    Nature.HELP: _("request for help"),
    Nature.COMPLAINT: _("complaint"),
    Nature.REPORT: _("report of a breach"),
    Nature.SUGGESTION: _("suggestion"),
    Nature.RESOURCE: _("production factors"),
}
POSITION_LABELS: Words = {
    PositionSource.STATED: _("place stated"),
    PositionSource.SITE: _("site of the firm"),
    PositionSource.REGISTERED: _("registered address"),
    PositionSource.NONE: _("no place"),
}
RESULT_LABELS: Words = {
    Result.SOLVED: _("solved"),
    Result.PARTLY: _("partly solved, followed through"),
    Result.EXPLAINED: _("explained: the law does not allow it"),
    Result.LEGAL_PATH: _("told the legal way"),
}
CLOSURE_LABELS: Words = {
    ClosureType.SOLVED: _("solved"),
    ClosureType.PARTLY: _("partly solved, followed through"),
    ClosureType.EXPLAINED: _("explained: the law does not allow it"),
    ClosureType.LEGAL_PATH: _("told the legal way"),
    ClosureType.MERGED: _("joined to another call"),
    ClosureType.WITHDRAWN: _("withdrawn by the firm"),
}
DECLINE_LABELS: Words = {
    DeclineCode.EMERGENCY: _("emergency: handed to 110, 119, 120 or 122"),
    DeclineCode.LEGAL_PATH: _("court, arbitration, review, discipline or information request"),
    DeclineCode.PETITION: _("already in the petition procedure"),
    DeclineCode.DONE_SAME_FACTS: _("done before, no new facts"),
    DeclineCode.SECRET: _("state or business secret, privacy"),
    DeclineCode.OUT_OF_DUTY: _("not a duty of government"),
    DeclineCode.ILLEGAL_OR_INDECENT: _("unlawful or indecent"),
    DeclineCode.UNCOOPERATIVE: _("the firm does not co-operate (approved in writing)"),
}
PAUSE_LABELS: Words = {
    PauseReason.AWAITING_INFORMATION: _("waiting for the firm's information"),
    PauseReason.FIRM_ASKED: _("the firm asked in writing to wait"),
    PauseReason.LEGAL_PROCEDURE: _("a statutory procedure is under way"),
    PauseReason.FORCE_MAJEURE: _("force majeure"),
    PauseReason.SUPERIOR_APPROVAL: _("waiting for a superior's approval (the clock runs on)"),
}
OUTCOME_LABELS: Words = {
    Outcome.CONFIRMED: _("reached, confirmed"),
    Outcome.REJECTED: _("reached, not solved"),
    Outcome.NO_ANSWER: _("no answer"),
    Outcome.WRONG_NUMBER: _("wrong number"),
    Outcome.DECLINED_TO_TALK: _("declined to talk"),
}
RESOLVED_LABELS: Words = {
    Resolved.YES: _("solved"),
    Resolved.PARTLY: _("partly solved"),
    Resolved.NO: _("not solved"),
}
SAID_LABELS: Words = {"unsolved": _("Not solved"), "discontent": _("Not content")}
"""Two marks that a firm can set apart: what is not solved, and what it is not content with."""
GRADE_LABELS: dict[int, Promise | str] = {
    5: _("very content"),
    4: _("content"),
    3: _("fairly content"),
    2: _("not content"),
    1: _("very discontent"),
}
CLOCK_LABELS: Words = {
    Clock.ACCEPT: _("acceptance"),
    Clock.DISPATCH: _("dispatch"),
    Clock.SIGN: _("signing for"),
    Clock.ADJUDICATE: _("adjudication"),
    Clock.CONTACT: _("first contact"),
    Clock.ANSWER: _("answer"),
    Clock.MILESTONE: _("milestone"),
    Clock.CALLBACK: _("call-back"),
    Clock.TASK: _("co-handler's part"),
}
PURPOSE_LABELS: Words = {
    Purpose.ROUTINE: _("routine visit"),
    Purpose.FOLLOW_UP: _("follow-up of a call"),
    Purpose.POLICY: _("explaining policies"),
    Purpose.SAFETY: _("safety"),
}
EXTENSION_STATE_LABELS: Words = {
    ExtensionState.PROPOSED: _("waiting for approval"),
    ExtensionState.GRANTED: _("granted"),
    ExtensionState.REFUSED: _("refused"),
    ExtensionState.LAPSED: _("fell away"),
}
EXTENSION_LABELS: Words = {
    ExtensionReason.COMPLEX: _("more complex than it seemed"),
    ExtensionReason.OTHER_UNITS: _("other units have to act first"),
    ExtensionReason.EXPERT_OPINION: _("an expert opinion or a test is needed"),
    ExtensionReason.WORKS_UNDER_WAY: _("works are under way"),
    ExtensionReason.SUPERIOR_APPROVAL: _("approval from above is awaited"),
    ExtensionReason.FORCE_MAJEURE: _("force majeure"),
}
LEVEL_LABELS: dict[int, Promise | str] = {
    Level.CHASE: _("Chased"),
    Level.SUPERVISE: _("Supervised"),
    Level.POST: _("Posted for supervision"),
    Level.INTERVIEW: _("Called in for a talk"),
}
SUPERVISION_STATE_LABELS: Words = {
    SupervisionState.OPEN: _("standing"),
    SupervisionState.REMOVING: _("removal proposed"),
    SupervisionState.RAISED: _("raised to the next rung"),
    SupervisionState.REMOVED: _("taken off"),
    SupervisionState.ENDED: _("ended with the call"),
}
TRIGGER_LABELS: Words = {
    Trigger.OVERDUE: _("overdue"),
    Trigger.LONG_OVERDUE: _("overdue for long"),
    Trigger.THIRD_ROUND: _("third round"),
    Trigger.DANGER: _("danger to life or property"),
    Trigger.REPEATED: _("the firm called again and again"),
    Trigger.PAUSE_CAP: _("pauses used up"),
    Trigger.LIMIT_OVER: _("the limit of the rung ran out"),
    Trigger.MARK: _("marked by a leader"),
    Trigger.BY_HAND: _("chased by hand"),
}
MEETING_STATE_LABELS: Words = {
    MeetingState.DUE: _("to be convened"),
    MeetingState.CONVENED: _("convened"),
    MeetingState.DECIDED: _("decided by the meeting"),
    MeetingState.WAIVED: _("done without"),
    MeetingState.LAPSED: _("fell away"),
}
MILESTONE_STATE_LABELS: Words = {
    MilestoneState.OPEN: _("ahead"),
    MilestoneState.REPORTED: _("reported"),
    MilestoneState.DROPPED: _("dropped"),
}
EVIDENCE_LABELS: Words = {
    "file": _("files"),
    "contact": _("record of the contact with the firm"),
    "report": _("report of a co-handler"),
    "statement": _("written proof"),
}
STEP_LABELS: Words = {
    "accept": _("Accept"),
    "ask_info": _("Ask the firm for information"),
    "supply_info": _("Give the information asked for"),
    "lapse_info": _("Back to the desk: no information in time"),
    "decline": _("Do not accept"),
    "propose_decline": _("Propose not to accept: no co-operation"),
    "approve_decline": _("Approve: do not accept"),
    "refuse_decline": _("The call stays"),
    "withdraw": _("Withdraw the call"),
    "classify": _("Set matter and place"),
    "dispatch": _("Dispatch"),
    "redispatch": _("Dispatch to another unit"),
    "add_co": _("Add co-handlers"),
    "recall": _("Take the part back"),
    "sign": _("Sign for it"),
    "assign_person": _("Name the person in charge"),
    "dispute": _("Dispute the dispatch"),
    "adjudicate": _("Decide whose job it is"),
    "contact": _("Record contact with the firm"),
    "stage_report": _("Give a stage report"),
    "task_done": _("Report the part as done"),
    "propose_pause": _("Propose to pause the clock"),
    "approve_pause": _("Approve the pause"),
    "refuse_pause": _("Refuse the pause"),
    "resume": _("Let the clock run on"),
    "schedule": _("Set a milestone"),
    "answer": _("Answer"),
    "review_pass": _("Pass the answer"),
    "review_return": _("Return the answer"),
    "attempt_callback": _("Record a failed attempt"),
    "supersede_attempt": _("Correct an attempt"),
    "callback_confirm": _("The firm confirms"),
    "callback_reject": _("Not solved, says the firm"),
    "hear_discontent": _("The firm is not content, 12345 was told"),
    "close_unreached": _("Close: not reached three times"),
    "rate": _("Rate"),
    "reopen": _("Re-open"),
    "archive": _("Archive"),
    "propose_extension": _("Ask for more time"),
    "approve_extension": _("Grant more time"),
    "refuse_extension": _("Refuse more time"),
    "chase": _("Chase the lead unit"),
    "supervise": _("Put on the supervision ladder"),
    "supervision_note": _("Write the weekly note"),
    "record_interview": _("Record the interview"),
    "propose_removal": _("Propose to end the supervision"),
    "approve_removal": _("End the supervision"),
    "refuse_removal": _("Keep the supervision"),
    "convene_meeting": _("Convene the joint meeting"),
    "decide_meeting": _("Record the meeting's decision"),
    "waive_meeting": _("Do without the joint meeting"),
    "report_milestone": _("Report on the milestone"),
    "note": _("Internal note"),
    "message": _("Message"),
}


def choices(words: Words) -> list[tuple[str, Promise | str]]:
    """A list of codes as Django wants its choices."""
    return [(str(code), label) for code, label in words.items()]


def level_choices() -> list[tuple[int, Promise | str]]:
    """The rungs as Django wants its choices."""
    return [(int(level), label) for level, label in LEVEL_LABELS.items()]


def codes(values: Iterable[str]) -> list[str]:
    """Codes as plain text, in order: what a migration writes down must not change by itself."""
    return sorted(str(value) for value in values)
