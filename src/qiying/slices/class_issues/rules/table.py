"""The lifecycle of a class issue: who may move it from where to where."""

from collections.abc import Mapping
from dataclasses import dataclass

from qiying.kernel.access import Role
from qiying.kernel.lifecycle import Lifecycle, Step
from qiying.slices.class_issues.rules.codes import WORKED_ON, State

OFFICERS = frozenset({Role.DESK, Role.SUPERVISOR})
"""Who judges candidates."""
OWNERS = frozenset({Role.HANDLER, Role.UNIT_LEADER})
"""Who carries a measure, in the owner unit."""
VERIFIERS = frozenset({Role.SUPERVISOR, Role.ANALYST, Role.DESK})
BOSSES = frozenset({Role.SUPERVISOR})
READERS = (
    *(Role.DESK, Role.HANDLER, Role.UNIT_LEADER, Role.CALLBACK, Role.SUPERVISOR),
    *(Role.ZONE_LEADER, Role.ANALYST, Role.AUDITOR),
)
KEEPERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
"""Who sets the zone's thresholds."""
SCANNERS = (Role.DESK, Role.SUPERVISOR, Role.ANALYST)


def _step(
    source: frozenset[State] | State,
    target: State | None,
    roles: frozenset[Role],
    event: str,
    *guards: str,
) -> Step:
    sources = frozenset({source}) if isinstance(source, State) else source
    return Step(sources, target, frozenset(roles), f"class_issues.{event}", guards)


_JOINABLE = WORKED_ON | {State.CANDIDATE}
LIFECYCLE = Lifecycle(
    "class_issue",
    State.CANDIDATE,
    frozenset({State.DISMISSED, State.MERGED, State.CLOSED}),
    {
        "raise": _step(State.CANDIDATE, State.RAISED, OFFICERS, "raised"),
        "dismiss": _step(State.CANDIDATE, State.DISMISSED, OFFICERS, "dismissed"),
        "merge": _step(State.CANDIDATE, State.MERGED, OFFICERS, "merged", "other_takes_calls"),
        "split": _step(State.CANDIDATE, None, OFFICERS, "split", "leaves_some"),
        "add_call": _step(_JOINABLE, None, OFFICERS, "call_added", "call_is_free"),
        "drop_call": _step(_JOINABLE, None, OFFICERS, "call_dropped", "leaves_some"),
        "assign": _step(WORKED_ON | {State.NOT_EFFECTIVE}, None, BOSSES, "assigned"),
        "plan": _step(
            frozenset({State.RAISED, State.NOT_EFFECTIVE}),
            State.PLANNED,
            OWNERS,
            "planned",
            "of_the_owner_unit",
        ),
        "start": _step(State.PLANNED, State.IN_PROGRESS, OWNERS, "started", "of_the_owner_unit"),
        "report": _step(WORKED_ON, None, OWNERS, "reported", "of_the_owner_unit"),
        "reach": _step(State.IN_PROGRESS, None, OWNERS, "reached", "of_the_owner_unit"),
        "extend": _step(
            frozenset({State.PLANNED, State.IN_PROGRESS}),
            None,
            BOSSES,
            "extended",
            "not_the_owner",
        ),
        "land": _step(
            State.IN_PROGRESS,
            State.LANDED,
            OWNERS,
            "landed",
            "of_the_owner_unit",
            "milestones_reached",
            "has_evidence",
        ),
        "find_effective": _step(
            State.LANDED,
            State.EFFECTIVE,
            VERIFIERS,
            "found_effective",
            "not_the_owner",
            "not_of_the_owner_unit",
            "window_over",
            "fewer_than_before",
        ),
        "find_not_effective": _step(
            State.LANDED,
            State.NOT_EFFECTIVE,
            VERIFIERS,
            "found_not_effective",
            "not_the_owner",
            "not_of_the_owner_unit",
        ),
        "close": _step(
            frozenset({State.EFFECTIVE, State.NOT_EFFECTIVE}),
            State.CLOSED,
            BOSSES,
            "closed",
            "not_the_owner",
        ),
    },
)


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a step asks for: names of keyword arguments of ``operations.take``."""

    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (*self.needed, *self.optional)


INPUTS: Mapping[str, Inputs] = {
    "raise": Inputs(("title", "owner_unit", "owner"), ("text",)),
    "dismiss": Inputs(("code", "text")),
    "merge": Inputs(("other", "text")),
    "split": Inputs(("calls", "text")),
    "add_call": Inputs(("call", "text")),
    "drop_call": Inputs(("call", "text")),
    "assign": Inputs(("owner_unit", "owner", "text")),
    "plan": Inputs(("root_cause", "measure", "within"), ("milestones",)),
    "start": Inputs((), ("text",)),
    "report": Inputs(("text",), ("attachments",)),
    "reach": Inputs(("milestone",), ("text", "attachments")),
    "extend": Inputs(("more", "text")),
    "land": Inputs(("text", "attachments")),
    "find_effective": Inputs(("text",)),
    "find_not_effective": Inputs(("text",)),
    "close": Inputs(("text",)),
}
assert set(INPUTS) == set(LIFECYCLE.steps)  # noqa: S101  each step says what it asks for


def table_markdown() -> str:
    """The table of the docs."""
    lines = ["| step | from | to | who | event | guards |", "|---|---|---|---|---|---|"]
    for name, row in LIFECYCLE.steps.items():
        source, roles = " ".join(sorted(row.source)), " ".join(sorted(row.roles))
        guards = " ".join(row.guards)
        lines.append(
            f"| {name} | {source} | {row.target or '·'} | {roles} | {row.event} | {guards} |"
        )
    return "\n".join(lines)
