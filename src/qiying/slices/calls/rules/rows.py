"""What a row of the table is, who is meant by its roles, and how rows are written down."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from qiying.kernel.access import Role
from qiying.kernel.lifecycle import Step
from qiying.slices.calls.rules.codes import CallState


class Entity(StrEnum):
    CALL = "call"
    ROUND = "round"
    TASK = "task"
    PAUSE = "pause"
    EXTENSION = "extension"
    SUPERVISION = "supervision"
    MEETING = "meeting"
    MILESTONE = "milestone"


class Where(StrEnum):
    """In which of the units that share a call a unit's role counts for a step."""

    LEAD = "lead"
    TASK = "task"
    ANY = "any"


@dataclass(frozen=True, slots=True)
class Row:
    entity: Entity
    name: str
    step: Step
    where: Where = Where.LEAD


C = CallState
FIRM, GRID, DESK = Role.ENTERPRISE, Role.GRID_OFFICER, Role.DESK
FILER = Role.MACHINE
"""The interface that filed the call, for whoever asked it to; no other call is its own."""
UNIT = (Role.HANDLER, Role.UNIT_LEADER)
CALLER, OVERSEER, PLATFORM = Role.CALLBACK, Role.SUPERVISOR, Role.SYSTEM
LEADER = Role.ZONE_LEADER
INDOORS = (DESK, *UNIT, CALLER, OVERSEER, LEADER)
EITHER = (DESK, OVERSEER)
ABOVE = (OVERSEER, LEADER)
BEFORE_WORK = (C.SUBMITTED, C.NEED_INFO, C.TRIAGE)
AT_WORK = (C.DISPATCHED, C.DISPUTED, C.WORKING, C.SCHEDULED, C.SUSPENDED, C.REOPENED)
GIVEN = (C.DISPATCHED, C.WORKING, C.SCHEDULED)
MARKABLE = tuple(s for s in CallState if s not in {C.DECLINED, C.WITHDRAWN, C.ARCHIVED})
TALKING = (C.DISPATCHED, C.REOPENED, C.WORKING, C.SCHEDULED, C.SUSPENDED)


def call_row(
    name: str,
    source: tuple[str, ...],
    target: str | None,
    roles: tuple[str, ...],
    event: str,
    *guards: str,
    where: Where = Where.LEAD,
) -> Row:
    step = Step(frozenset(source), target, frozenset(roles), f"calls.{event}", guards)
    return Row(Entity.CALL, name, step, where)


REFUSAL_ROWS = (
    call_row(
        "propose_decline", (C.SUBMITTED,), C.REFUSAL, (DESK,), "decline_proposed", "asked_in_vain"
    ),
    call_row("approve_decline", (C.REFUSAL,), C.DECLINED, ABOVE, "declined", "refusal_by_another"),
    call_row(
        "refuse_decline",
        (C.REFUSAL,),
        C.SUBMITTED,
        ABOVE,
        "decline_refused",
        "refusal_by_another",
    ),
)
"""Want of co-operation is no ground by itself: ``calls.md`` §3.4 asks for an approval in writing."""


def part_row(
    entity: Entity,
    name: str,
    source: tuple[str, ...],
    target: str | None,
    roles: tuple[str, ...],
    event: str,
    *guards: str,
) -> Row:
    step = Step(frozenset(source), target, frozenset(roles), f"calls.{event}", guards)
    return Row(entity, name, step, Where.TASK if entity is Entity.TASK else Where.LEAD)


def going(
    entity: Entity,
    source: tuple[str, ...],
    target: str,
    steps: Mapping[str, tuple[tuple[str, ...], str]],
    event: str = "",
) -> Iterator[Row]:
    for name, (roles, own) in steps.items():
        yield part_row(entity, name, source, target, roles, event or own)
