"""The codes of the deputies' council. None of them decides anything."""

from enum import StrEnum


class MemberKind(StrEnum):
    NPC = "npc"
    CPPCC = "cppcc"
    FIRM = "firm"


class Source(StrEnum):
    """Where a topic comes from."""

    MEMBER = "member"
    CALL = "call"
    CLASS_ISSUE = "class_issue"
    GRID = "grid"


class TopicState(StrEnum):
    PROPOSED = "proposed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    LISTED = "listed"
    SCHEDULED = "scheduled"
    DELIBERATED = "deliberated"
    ROUTED = "routed"
    CLOSED = "closed"


class MeetingState(StrEnum):
    PLANNED = "planned"
    NOTICED = "noticed"
    HELD = "held"
    PUBLISHED = "published"
    CANCELLED = "cancelled"


class SuggestionState(StrEnum):
    DRAFTED = "drafted"
    HANDED = "handed"
    WORKING = "working"
    RETURNED = "returned"
    ANSWERED = "answered"
    REDO = "redo"
    CONCLUDED = "concluded"
    PUBLISHED = "published"


class SuggestionKind(StrEnum):
    """What a suggestion is in law: its limits depend on it."""

    NPC = "npc"
    CPPCC = "cppcc"
    ZONE = "zone"


class Route(StrEnum):
    """Where a topic goes after deliberation."""

    SUGGESTION = "suggestion"
    TICKET = "ticket"
    POLICY = "policy"
    NO_ACTION = "no_action"


class Position(StrEnum):
    """What a member says; advisory, counted and not decisive."""

    SUPPORT = "support"
    RESERVE = "reserve"
    AGAINST = "against"
    ABSTAIN = "abstain"
    RECUSED = "recused"


class Decline(StrEnum):
    """Why a matter is no topic."""

    OUTSIDE = "outside"
    PRIVATE = "private"
    IN_PROCEDURE = "in_procedure"
    TENDER = "tender"
    VAGUE = "vague"
    PROMOTION = "promotion"


class AnswerClass(StrEnum):
    """How far an answer solves what was suggested."""

    SOLVED = "A"
    UNDER_WAY = "B"
    PLANNED = "C"
    EXPLAINED = "D"


class Satisfaction(StrEnum):
    SATISFIED = "satisfied"
    BASICALLY = "basically"
    DISSATISFIED = "dissatisfied"


class Capacity(StrEnum):
    """In what capacity somebody takes a step."""

    SECRETARY = "secretary"
    MEMBER = "member"
    PROPOSER = "proposer"
    HANDLER = "handler"
    CO_HANDLER = "co_handler"


PUBLIC_TOPICS = frozenset(
    {
        TopicState.LISTED,
        TopicState.SCHEDULED,
        TopicState.DELIBERATED,
        TopicState.ROUTED,
        TopicState.CLOSED,
    }
)
PUBLIC_MEETINGS = frozenset({MeetingState.NOTICED, MeetingState.HELD, MeetingState.PUBLISHED})
OPEN_SUGGESTIONS = frozenset(
    {SuggestionState.HANDED, SuggestionState.WORKING, SuggestionState.REDO}
)
"""Whose clock runs."""
ANSWERED = frozenset(
    {SuggestionState.ANSWERED, SuggestionState.CONCLUDED, SuggestionState.PUBLISHED}
)
MAX_TITLE, MAX_TEXT, MAX_CO_UNITS = 80, 4000, 6
