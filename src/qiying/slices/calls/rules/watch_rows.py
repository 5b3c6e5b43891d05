"""The rows of the table about time and supervision: extension, ladder, joint meeting, milestones."""

from qiying.slices.calls.rules.codes import CallState
from qiying.slices.calls.rules.rows import (
    ABOVE,
    AT_WORK,
    CALLER,
    DESK,
    EITHER,
    FIRM,
    LEADER,
    OVERSEER,
    PLATFORM,
    UNIT,
    Entity,
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

C = CallState
Going = dict[str, tuple[tuple[str, ...], str]]
"""Steps on the call that end a part on the way, with their roles."""
X, S, M, G = ExtensionState, SupervisionState, MeetingState, MilestoneState
IN_HAND = (C.WORKING, C.SCHEDULED)
DECIDABLE = (C.WORKING, C.SCHEDULED, C.SUSPENDED)
WATCHED = (*AT_WORK, C.ANSWERED, C.CALLBACK)
AFTER = (*WATCHED, C.CLOSED)
"""A posted call stays posted after its closing until somebody else agrees that it is taken off."""
REMOVABLE = tuple(state for state in AFTER if state != C.DISPUTED)
"""While the dispatch is disputed it is open whose supervision that is."""
DECIDES_EXTENSION = (
    "extension_proposed",
    "extension_by_another",
    "second_extension_by_leader",
)
DECIDES_REMOVAL = ("removal_proposed", "removal_by_another")
WATCH_CALL_ROWS = (
    call_row(
        "propose_extension",
        IN_HAND,
        None,
        UNIT,
        "extension_proposed",
        "no_extension_proposed",
        "extensions_left",
        "before_due",
    ),
    call_row("approve_extension", DECIDABLE, None, ABOVE, "extended", *DECIDES_EXTENSION),
    call_row(
        "refuse_extension", DECIDABLE, None, ABOVE, "extension_refused", *DECIDES_EXTENSION[:2]
    ),
    call_row("chase", AT_WORK, None, (DESK, *ABOVE), "supervised"),
    call_row("supervise", WATCHED, None, (*ABOVE, PLATFORM), "supervised", "below_the_top"),
    call_row(
        "supervision_note",
        AFTER,
        None,
        (*UNIT, *ABOVE),
        "supervision_noted",
        "under_supervision",
        where=Where.ANY,
    ),
    call_row(
        "record_interview",
        AFTER,
        None,
        ABOVE,
        "interviewed",
        "interview_open",
        "not_of_the_lead_unit",
    ),
    call_row(
        "propose_removal",
        REMOVABLE,
        None,
        UNIT,
        "removal_proposed",
        "removal_possible",
        "interview_held",
    ),
    call_row(
        "approve_removal",
        AFTER,
        None,
        ABOVE,
        "supervision_removed",
        *DECIDES_REMOVAL,
        "interview_held",
    ),
    call_row("refuse_removal", AFTER, None, ABOVE, "removal_refused", *DECIDES_REMOVAL),
    call_row("convene_meeting", AT_WORK, None, (OVERSEER,), "meeting_convened", "meeting_open"),
    call_row(
        "decide_meeting",
        AT_WORK,
        None,
        ABOVE,
        "meeting_decided",
        "meeting_convened",
        "not_of_the_lead_unit",
    ),
    call_row(
        "waive_meeting",
        AT_WORK,
        None,
        (LEADER,),
        "meeting_waived",
        "meeting_open",
        "not_of_the_lead_unit",
    ),
    call_row(
        "report_milestone", (C.SCHEDULED,), None, UNIT, "milestone_reported", "milestone_open"
    ),
)
LEAVES_EXTENSION: Going = {
    "decline": ((DESK,), ""),
    "withdraw": ((FIRM,), ""),
    "classify": (EITHER, ""),
    "redispatch": (EITHER, ""),
    "dispute": (UNIT, ""),
    "answer": (UNIT, ""),
}
LEAVES_PLAN: Going = {
    "withdraw": ((FIRM,), ""),
    "classify": (EITHER, ""),
    "redispatch": (EITHER, ""),
    "answer": (UNIT, ""),
}
ENDS_CALL: Going = {"decline": ((DESK,), ""), "withdraw": ((FIRM,), "")}
CALLERS = (CALLER,)
CLOSES_CALL: Going = {"callback_confirm": (CALLERS, ""), "close_unreached": (CALLERS, "")}
WATCH_PART_ROWS = (
    part_row(Entity.EXTENSION, "approve_extension", (X.PROPOSED,), X.GRANTED, ABOVE, "extended"),
    part_row(
        Entity.EXTENSION, "refuse_extension", (X.PROPOSED,), X.REFUSED, ABOVE, "extension_refused"
    ),
    *going(Entity.EXTENSION, (X.PROPOSED,), X.LAPSED, LEAVES_EXTENSION, "extension_lapsed"),
    part_row(
        Entity.SUPERVISION,
        "supervise",
        (S.OPEN, S.REMOVING),
        S.RAISED,
        (*ABOVE, PLATFORM),
        "supervised",
    ),
    part_row(
        Entity.SUPERVISION, "propose_removal", (S.OPEN,), S.REMOVING, UNIT, "removal_proposed"
    ),
    part_row(
        Entity.SUPERVISION,
        "approve_removal",
        (S.REMOVING,),
        S.REMOVED,
        ABOVE,
        "supervision_removed",
    ),
    part_row(
        Entity.SUPERVISION, "refuse_removal", (S.REMOVING,), S.OPEN, ABOVE, "removal_refused"
    ),
    *going(
        Entity.SUPERVISION,
        (S.OPEN, S.REMOVING),
        S.ENDED,
        ENDS_CALL | CLOSES_CALL,
        "supervision_ended",
    ),
    part_row(
        Entity.MEETING,
        "convene_meeting",
        (M.DUE, M.CONVENED),
        M.CONVENED,
        (OVERSEER,),
        "meeting_convened",
    ),
    part_row(Entity.MEETING, "decide_meeting", (M.CONVENED,), M.DECIDED, ABOVE, "meeting_decided"),
    part_row(
        Entity.MEETING, "waive_meeting", (M.DUE, M.CONVENED), M.WAIVED, (LEADER,), "meeting_waived"
    ),
    part_row(Entity.MEETING, "withdraw", (M.DUE, M.CONVENED), M.LAPSED, (FIRM,), "meeting_lapsed"),
    part_row(
        Entity.MILESTONE, "report_milestone", (G.OPEN,), G.REPORTED, UNIT, "milestone_reported"
    ),
    *going(Entity.MILESTONE, (G.OPEN,), G.DROPPED, LEAVES_PLAN, "milestone_dropped"),
)
