"""Topics, meetings and suggestions as three tables of steps.

There is no step that decides: topics are talked over and routed, suggestions are handed over,
answered and judged by who made them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qiying.kernel.access import STAFF, Role
from qiying.kernel.lifecycle import Lifecycle, Step
from qiying.slices.council.rules.codes import (
    Capacity,
    MeetingState,
    SuggestionState,
    TopicState,
)

BY = Capacity
PEOPLE = frozenset(STAFF) | {Role.ENTERPRISE}
ROLES_OF: Mapping[Capacity, frozenset[str]] = {
    BY.SECRETARY: frozenset({Role.DESK, Role.SUPERVISOR}),
    BY.MEMBER: PEOPLE,
    BY.PROPOSER: PEOPLE,
    BY.HANDLER: frozenset({Role.HANDLER, Role.UNIT_LEADER}),
    BY.CO_HANDLER: frozenset({Role.HANDLER, Role.UNIT_LEADER}),
}


@dataclass(frozen=True, slots=True)
class Inputs:
    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.needed + self.optional)


@dataclass(frozen=True, slots=True)
class Row:
    entity: str
    name: str
    step: Step
    by: frozenset[Capacity]
    inputs: Inputs


def _row(
    entity: str,
    name: str,
    source: tuple[str, ...],
    target: str | None,
    by: tuple[Capacity, ...],
    event: str,
    *guards: str,
    needed: tuple[str, ...] = (),
    optional: tuple[str, ...] = (),
) -> Row:
    roles = frozenset().union(*(ROLES_OF[c] for c in by))
    step = Step(frozenset(source), target, roles, f"council.{event}", guards)
    return Row(entity, name, step, frozenset(by), Inputs(needed, optional))


T, M, S = TopicState, MeetingState, SuggestionState
SECRETARY = (BY.SECRETARY,)
_TOPIC = (
    ("support", (T.PROPOSED, T.LISTED, T.SCHEDULED), None, (BY.MEMBER,), "topic_supported",
     ("not_supported_yet",), (), ()),
    ("list", (T.PROPOSED,), T.LISTED, SECRETARY, "topic_listed", ("screened",),
     (), ("is_in_zone", "is_public_matter", "is_free", "text")),
    ("decline", (T.PROPOSED,), T.DECLINED, SECRETARY, "topic_declined", (),
     ("decline_reason", "text"), ()),
    ("withdraw", (T.PROPOSED, T.LISTED), T.WITHDRAWN, (BY.PROPOSER,), "topic_withdrawn", (),
     (), ("text",)),
    ("schedule", (T.LISTED,), T.SCHEDULED, SECRETARY, "topic_scheduled", ("meeting_open",),
     ("meeting_id",), ()),
    ("recuse", (T.SCHEDULED,), None, (BY.MEMBER,), "member_recused", ("not_spoken_yet",),
     (), ("text",)),
    ("speak", (T.SCHEDULED,), None, (BY.MEMBER, BY.SECRETARY), "member_spoke",
     ("meeting_held", "may_speak"), ("position", "text"), ("member_id",)),
    ("record", (T.SCHEDULED,), T.DELIBERATED, SECRETARY, "topic_deliberated", ("meeting_held",),
     ("text",), ()),
    ("route", (T.DELIBERATED,), T.ROUTED, SECRETARY, "topic_routed", (),
     ("route", "text"), ("member_id",)),
    ("close", (T.ROUTED,), T.CLOSED, SECRETARY, "topic_closed", ("followed_through",),
     ("text",), ()),
)  # fmt: skip
_MEETING = (
    ("invite", (M.PLANNED,), None, SECRETARY, "members_invited", (), ("members",), ()),
    ("notice", (M.PLANNED,), M.NOTICED, SECRETARY, "meeting_noticed",
     ("has_topics", "has_members", "days_of_notice"), (), ()),
    ("put_off", (M.PLANNED, M.NOTICED), M.PLANNED, SECRETARY, "meeting_put_off", (),
     ("at",), ("place", "text")),
    ("hold", (M.NOTICED,), M.HELD, SECRETARY, "meeting_held", ("meeting_begun", "quorum"),
     ("present",), ()),
    ("publish", (M.HELD,), M.PUBLISHED, SECRETARY, "meeting_published", ("all_recorded",),
     ("text",), ()),
    ("cancel", (M.PLANNED, M.NOTICED), M.CANCELLED, SECRETARY, "meeting_cancelled", (),
     ("text",), ()),
)  # fmt: skip
_SUGGESTION = (
    ("amend", (S.DRAFTED, S.RETURNED), None, (BY.PROPOSER,), "suggestion_amended", (),
     ("text",), ()),
    ("hand", (S.DRAFTED, S.RETURNED), S.HANDED, SECRETARY, "suggestion_handed", (),
     ("unit_id",), ("co_units", "is_key")),
    ("sign", (S.HANDED,), S.WORKING, (BY.HANDLER,), "suggestion_signed", (), (), ()),
    ("send_back", (S.HANDED, S.WORKING), S.RETURNED, (BY.HANDLER,), "suggestion_sent_back",
     ("within_return_days",), ("text",), ()),
    ("extend", (S.HANDED, S.WORKING), None, SECRETARY, "suggestion_extended", ("extendable",),
     ("text",), ()),
    ("talk", (S.WORKING, S.REDO), None, (BY.HANDLER,), "suggestion_talked", (), ("text",), ()),
    ("co_answer", (S.HANDED, S.WORKING), None, (BY.CO_HANDLER,), "suggestion_co_answered",
     ("co_open",), ("text",), ()),
    ("answer", (S.WORKING,), S.ANSWERED, (BY.HANDLER,), "suggestion_answered",
     ("talked_first", "co_answered"), ("answer_class", "text"), ()),
    ("accept", (S.ANSWERED,), S.CONCLUDED, (BY.PROPOSER,), "answer_judged", ("final_verdict",),
     ("satisfaction",), ("text",)),
    ("reject", (S.ANSWERED,), S.REDO, (BY.PROPOSER,), "answer_rejected", ("first_answer",),
     ("text",), ()),
    ("answer_again", (S.REDO,), S.ANSWERED, (BY.HANDLER,), "suggestion_answered_again",
     ("talked_first",), ("answer_class", "text"), ()),
    ("follow_up", (S.CONCLUDED, S.PUBLISHED), None, (BY.HANDLER,), "suggestion_followed_up",
     ("not_solved_yet",), ("answer_class", "text"), ()),
    ("publish", (S.CONCLUDED,), S.PUBLISHED, SECRETARY, "suggestion_published", (), (), ()),
)  # fmt: skip


def _rows(entity: str, lines: tuple) -> tuple[Row, ...]:  # type: ignore[type-arg]
    return tuple(
        _row(entity, n, src, to, by, event, *guards, needed=needed, optional=optional)
        for n, src, to, by, event, guards, needed, optional in lines
    )


TABLE: tuple[Row, ...] = (
    *_rows("topic", _TOPIC),
    *_rows("meeting", _MEETING),
    *_rows("suggestion", _SUGGESTION),
)
ROWS: Mapping[tuple[str, str], Row] = {(row.entity, row.name): row for row in TABLE}
_ENDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "topic": (T.PROPOSED, frozenset({T.DECLINED, T.WITHDRAWN, T.CLOSED})),
    "meeting": (M.PLANNED, frozenset({M.PUBLISHED, M.CANCELLED})),
    "suggestion": (S.DRAFTED, frozenset({S.PUBLISHED})),
}
LIFECYCLES: Mapping[str, Lifecycle] = {
    entity: Lifecycle(
        name=entity,
        initial=first,
        final=last,
        steps={row.name: row.step for row in TABLE if row.entity == entity},
    )
    for entity, (first, last) in _ENDS.items()
}
GUARDS = frozenset(g for row in TABLE for g in row.step.guards)


def open_to(entity: str, state: str, capacities: frozenset[str]) -> tuple[str, ...]:
    """The steps that somebody in these capacities can take in a state."""
    return tuple(
        r.name
        for r in TABLE
        if r.entity == entity and state in r.step.source and r.by & capacities
    )


def table_markdown() -> Iterator[str]:
    """The table for the docs."""
    yield "| of | step | from | to | who | event | guards |"
    yield "|---|---|---|---|---|---|---|"
    for row in TABLE:
        source = " ".join(sorted(row.step.source))
        who, guards = " ".join(sorted(row.by)), " ".join(row.step.guards)
        target = row.step.target or "·"
        yield (
            f"| {row.entity} | {row.name} | {source} | {target} | {who} | {row.step.event} "
            f"| {guards} |"
        )
