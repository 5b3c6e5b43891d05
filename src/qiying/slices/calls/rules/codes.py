"""The closed lists of this slice, as codes; their words stand beside the tables."""

from enum import StrEnum


class CallState(StrEnum):
    SUBMITTED = "submitted"
    NEED_INFO = "need_info"
    REFUSAL = "refusal"
    """The desk proposes not to accept it; somebody above decides."""
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    TRIAGE = "triage"
    DISPATCHED = "dispatched"
    DISPUTED = "disputed"
    WORKING = "working"
    SCHEDULED = "scheduled"
    SUSPENDED = "suspended"
    ANSWERED = "answered"
    CALLBACK = "callback"
    REOPENED = "reopened"
    CLOSED = "closed"
    ARCHIVED = "archived"


STOPPED = frozenset(
    {CallState.DECLINED, CallState.WITHDRAWN, CallState.CLOSED, CallState.ARCHIVED}
)
"""States in which no clock runs any more."""
OPEN = frozenset(CallState) - STOPPED
PAUSED = frozenset({CallState.NEED_INFO, CallState.SUSPENDED})
PROVEN = frozenset({CallState.CLOSED, CallState.ARCHIVED})
"""States that stand for 办结; the database asks for their proof."""
WITH_UNIT = frozenset(
    {
        CallState.DISPATCHED,
        CallState.DISPUTED,
        CallState.WORKING,
        CallState.SCHEDULED,
        CallState.SUSPENDED,
        CallState.REOPENED,
    }
)
"""States in which a unit has the call in hand."""


class RoundState(StrEnum):
    OPEN = "open"
    ANSWERED = "answered"
    CALLBACK = "callback"
    CLOSED = "closed"
    REJECTED = "rejected"
    """The firm was not content: the next round has begun."""
    STOPPED = "stopped"
    """Declined or withdrawn: nothing was owed any more."""


AFTER_ANSWER = frozenset(
    {RoundState.ANSWERED, RoundState.CALLBACK, RoundState.CLOSED, RoundState.REJECTED}
)


class TaskState(StrEnum):
    SENT = "sent"
    SIGNED = "signed"
    REPORTED = "reported"
    DONE = "done"
    WITHDRAWN = "withdrawn"


TASK_OPEN = frozenset({TaskState.SENT, TaskState.SIGNED, TaskState.REPORTED})


class PauseState(StrEnum):
    PROPOSED = "proposed"
    RUNNING = "running"
    REFUSED = "refused"
    ENDED = "ended"


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"
    """Water, power, gas, heat or production stopped."""
    DANGER = "danger"
    """Life or property is in danger."""


class Mark(StrEnum):
    """What else a call is, beside its state: who may read it, what may still be done about it."""

    SECRET = "secret"  # noqa: S105  a mark, no password
    """State or business secrets stand in it (涉密)."""
    LITIGATION = "litigation"
    """The matter is before a court, an arbitrator or in administrative review (涉诉)."""
    COLLECTIVE = "collective"
    """Many speak through it (群体性)."""


class Channel(StrEnum):
    ONLINE = "online"
    ON_BEHALF = "on_behalf"
    PHONE = "phone"
    WINDOW = "window"
    VISIT = "visit"
    HOTLINE = "hotline"
    OPEN311 = "open311"
    API = "api"
    DEPUTIES = "deputies"
    LEADERS = "leaders"
    BATCH = "batch"
    EMAIL = "email"


class Nature(StrEnum):
    ENQUIRY = "enquiry"
    HELP = "help"
    COMPLAINT = "complaint"
    REPORT = "report"
    SUGGESTION = "suggestion"
    RESOURCE = "resource"


class PositionSource(StrEnum):
    STATED = "stated"
    SITE = "site"
    REGISTERED = "registered"
    NONE = "none"


class Result(StrEnum):
    """What the answering unit says it came to."""

    SOLVED = "solved"
    PARTLY = "partly"
    EXPLAINED = "explained"
    LEGAL_PATH = "legal_path"


class ClosureType(StrEnum):
    SOLVED = "solved"
    PARTLY = "partly"
    EXPLAINED = "explained"
    LEGAL_PATH = "legal_path"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class DeclineCode(StrEnum):
    EMERGENCY = "EMERGENCY"
    LEGAL_PATH = "LEGAL_PATH"
    PETITION = "PETITION"
    DONE_SAME_FACTS = "DONE_SAME_FACTS"
    SECRET = "SECRET"  # noqa: S105  a reason code, not a credential
    OUT_OF_DUTY = "OUT_OF_DUTY"
    ILLEGAL_OR_INDECENT = "ILLEGAL_OR_INDECENT"
    UNCOOPERATIVE = "UNCOOPERATIVE"


class PauseReason(StrEnum):
    AWAITING_INFORMATION = "awaiting_information"
    FIRM_ASKED = "firm_asked"
    LEGAL_PROCEDURE = "legal_procedure"
    FORCE_MAJEURE = "force_majeure"
    SUPERIOR_APPROVAL = "superior_approval"


NOT_EXCLUDED = frozenset({PauseReason.SUPERIOR_APPROVAL})
"""Pauses that are shown and do not stop the net clock."""
FOR_THE_FIRM = frozenset({PauseReason.AWAITING_INFORMATION, PauseReason.FIRM_ASKED})
"""Pauses that the firm itself can end."""


class Outcome(StrEnum):
    """What came of an attempt to reach the firm."""

    CONFIRMED = "confirmed"
    REJECTED = "rejected"
    NO_ANSWER = "no_answer"
    WRONG_NUMBER = "wrong_number"
    DECLINED_TO_TALK = "declined_to_talk"


REACHED = frozenset({Outcome.CONFIRMED, Outcome.REJECTED})
FAILED = frozenset(Outcome) - REACHED


class Resolved(StrEnum):
    YES = "yes"
    PARTLY = "partly"
    NO = "no"


NOT_CONTENT_UP_TO = 2
"""Grades from 1 up to this one say that the firm is not content."""


class Clock(StrEnum):
    """What a deadline is for."""

    ACCEPT = "accept"
    DISPATCH = "dispatch"
    SIGN = "sign"
    ADJUDICATE = "adjudicate"
    CONTACT = "contact"
    ANSWER = "answer"
    MILESTONE = "milestone"
    CALLBACK = "callback"
    TASK = "task"


OF_THE_HOUSE = frozenset({Clock.ACCEPT, Clock.DISPATCH, Clock.ADJUDICATE, Clock.CALLBACK})
"""Clocks that no unit answers for: desk, supervisors and call-back officers do."""


class Purpose(StrEnum):
    """Why a grid officer came."""

    ROUTINE = "routine"
    FOLLOW_UP = "follow_up"
    POLICY = "policy"
    SAFETY = "safety"


class NoteKind(StrEnum):
    """What a text is; the kinds that only staff may read stand in ``INTERNAL``."""

    NOTE = "note"
    MESSAGE = "message"
    ACCEPTANCE = "acceptance"
    QUESTION = "question"
    INFORMATION = "information"
    DECLINE = "decline"
    DECLINE_REPLY = "decline_reply"
    TOLD_PATH = "told_path"
    WITHDRAWAL = "withdrawal"
    DISPATCH = "dispatch"
    DUTY = "duty"
    DISPUTE = "dispute"
    ADJUDICATION = "adjudication"
    CONTACT = "contact"
    STAGE_REPORT = "stage_report"
    PAUSE = "pause"
    PAUSE_REFUSAL = "pause_refusal"
    RESUMPTION = "resumption"
    PLAN = "plan"
    ANSWER = "answer"
    RETURN = "return"
    CALLBACK = "callback"
    RATING = "rating"
    REOPENING = "reopening"
    VISIT = "visit"
    EVIDENCE = "evidence"
    EXTENSION = "extension"
    EXTENSION_REPLY = "extension_reply"
    SUPERVISION = "supervision"
    REMOVAL = "removal"
    MEETING = "meeting"
    MILESTONE = "milestone"


INTERNAL = frozenset(
    {
        NoteKind.NOTE,
        NoteKind.DECLINE_REPLY,
        NoteKind.DISPATCH,
        NoteKind.DUTY,
        NoteKind.DISPUTE,
        NoteKind.ADJUDICATION,
        NoteKind.STAGE_REPORT,
        NoteKind.PAUSE_REFUSAL,
        NoteKind.RETURN,
        NoteKind.VISIT,
        NoteKind.EXTENSION_REPLY,
        NoteKind.SUPERVISION,
        NoteKind.REMOVAL,
        NoteKind.MEETING,
    }
)
