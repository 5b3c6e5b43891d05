"""The codes of class issues; their words stand in ``models.labels``."""

from enum import StrEnum


class State(StrEnum):
    """Where a class of like calls stands."""

    CANDIDATE = "candidate"
    DISMISSED = "dismissed"
    MERGED = "merged"
    RAISED = "raised"
    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    LANDED = "landed"
    EFFECTIVE = "effective"
    NOT_EFFECTIVE = "not_effective"
    CLOSED = "closed"


class Verdict(StrEnum):
    """Whether the measure helped, as somebody else than its owner found."""

    EFFECTIVE = "effective"
    NOT_EFFECTIVE = "not_effective"


class FoundBy(StrEnum):
    """How a class came to be seen."""

    ENGINE = "engine"
    SPLIT = "split"


class How(StrEnum):
    """How a call came into a class."""

    FOUNDING = "founding"
    JOINED = "joined"
    ADDED = "added"
    MERGED = "merged"
    RECURRENCE = "recurrence"
    """It came after the measure had landed."""


class Dismissal(StrEnum):
    """Why a candidate is no class issue."""

    NOT_ONE_PROBLEM = "not_one_problem"
    KNOWN = "known"
    CHANCE = "chance"
    OUT_OF_REACH = "out_of_reach"


class Place(StrEnum):
    """What near means: a distance, the same enterprise grid, or anywhere."""

    DISTANCE = "distance"
    GRID = "grid"
    ANYWHERE = "anywhere"


class Clock(StrEnum):
    """Which promise runs."""

    JUDGE = "judge"
    PLAN = "plan"
    MEASURE = "measure"
    VERIFY = "verify"


class Trend(StrEnum):
    """What the rates before and after a measure allow to say."""

    TOO_EARLY = "too_early"
    FELL = "fell"
    ROSE = "rose"
    UNCLEAR = "unclear"


MAX_TITLE, MAX_TEXT, MAX_MILESTONES = 80, 4000, 12
OPEN = frozenset(
    {State.RAISED, State.PLANNED, State.IN_PROGRESS, State.LANDED, State.NOT_EFFECTIVE}
)
"""Raised, and not yet found to be over."""
WORKED_ON = frozenset({State.RAISED, State.PLANNED, State.IN_PROGRESS})
"""The measure has not landed: new like calls join."""
GONE = frozenset({State.DISMISSED, State.MERGED})
RAISED = frozenset(State) - GONE - {State.CANDIDATE}
"""States in which there is an owner; what a firm may read of."""
WITH_MEASURE = RAISED - {State.RAISED}
AFTER_LANDING = frozenset({State.LANDED, State.EFFECTIVE, State.NOT_EFFECTIVE, State.CLOSED})
VERIFIED = frozenset({State.EFFECTIVE, State.NOT_EFFECTIVE, State.CLOSED})
