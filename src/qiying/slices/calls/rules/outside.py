"""What leaves the house: who reads from outside, and what such a reader may know of a call."""

from qiying.kernel.access import Actor, Role
from qiying.slices.calls.rules.codes import (
    AFTER_ANSWER,
    CallState,
    ClosureType,
    PauseState,
    RoundState,
)

OUTSIDERS = frozenset({Role.ENTERPRISE, Role.MACHINE})
READABLE = AFTER_ANSWER - {RoundState.ANSWERED}
"""States of a round in which its answer passed review: firms read it from then on."""
PAUSES_SHOWN = frozenset({PauseState.RUNNING, PauseState.ENDED})
"""Pauses that stopped the clock; what was only proposed or refused stays in the house."""


def is_outside(actor: Actor) -> bool:
    """Nothing but a firm or a machine."""
    return actor.roles <= OUTSIDERS


UPDATE_STATUS = {
    CallState.SUBMITTED: "OPEN",
    CallState.NEED_INFO: "OPEN",
    CallState.REFUSAL: "OPEN",
    CallState.DECLINED: "NO_FURTHER_ACTION",
    CallState.WITHDRAWN: "CANCELLED",
    CallState.TRIAGE: "FOR_TRIAGE",
    CallState.DISPATCHED: "INTERNAL_REFERRAL",
    CallState.DISPUTED: "INTERNAL_REFERRAL",
    CallState.WORKING: "IN_PROGRESS",
    CallState.SCHEDULED: "ACTION_SCHEDULED",
    CallState.SUSPENDED: "INVESTIGATING",
    CallState.ANSWERED: "IN_PROGRESS",
    CallState.CALLBACK: "IN_PROGRESS",
    CallState.REOPENED: "REOPEN",
    CallState.CLOSED: "CLOSED",
    CallState.ARCHIVED: "CLOSED",
}
"""The states in the words of ``servicerequestupdates`` (FixMyStreet's extension of Open311)."""
CLOSURE_STATUS = {
    ClosureType.SOLVED: "FIXED",
    ClosureType.PARTLY: "CLOSED",
    ClosureType.EXPLAINED: "CLOSED",
    ClosureType.LEGAL_PATH: "NOT_COUNCILS_RESPONSIBILITY",
    ClosureType.MERGED: "DUPLICATE",
    ClosureType.WITHDRAWN: "CANCELLED",
}
DONE_STATUS = frozenset({*CLOSURE_STATUS.values(), "NO_FURTHER_ACTION"})
"""Statuses after which the other side does nothing more."""
SAID_STATUS = frozenset({*UPDATE_STATUS.values(), *DONE_STATUS})
