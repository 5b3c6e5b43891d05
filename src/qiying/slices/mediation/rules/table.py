"""The way of a mediation as one table: asked by the operation, shown as buttons, tested by role."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from qiying.kernel.access import Role
from qiying.kernel.lifecycle import Lifecycle, Step
from qiying.slices.mediation.rules.codes import OVER, Capacity, State

S, BY = State, Capacity
MEDIATING = frozenset(
    {
        Role.DESK,
        Role.SUPERVISOR,
        Role.HANDLER,
        Role.UNIT_LEADER,
        Role.GRID_OFFICER,
        Role.CALLBACK,
    }
)
"""Whoever is on the roster holds one of these roles."""
ROLES_OF: Mapping[Capacity, frozenset[str]] = {
    BY.PARTY: frozenset({Role.ENTERPRISE}),
    BY.MEDIATOR: MEDIATING,
    BY.DESK: frozenset({Role.DESK, Role.SUPERVISOR}),
    BY.OPENER: frozenset({Role.GRID_OFFICER}),
    BY.CALLER: frozenset({Role.CALLBACK}),
}
"""The roles that can have a capacity; who has it in a case is asked besides."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """Names of keyword arguments, those needed first."""

    needed: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.needed + self.optional)


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    step: Step
    by: frozenset[Capacity]
    inputs: Inputs


def _row(
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
    step = Step(frozenset(source), target, roles, f"mediation.{event}", guards)
    return Row(name, step, frozenset(by), Inputs(needed, optional))


HOUSE = (BY.MEDIATOR, BY.DESK)
FOR_PARTY = (BY.PARTY, BY.MEDIATOR, BY.DESK, BY.OPENER)
"""A party speaks for itself; the house writes down what an outside person said or signed."""
OPEN = (S.REGISTERED, S.MEDIATING, S.REAPPOINTING, S.DRAFTED)

TABLE: tuple[Row, ...] = (
    _row(
        "consent",
        (S.REGISTERED,),
        None,
        FOR_PARTY,
        "consented",
        "party_open",
        "speaks_for_party",
        needed=("party_id",),
        optional=("way", "text"),
    ),
    _row(
        "refuse",
        (S.REGISTERED,),
        S.FAILED,
        FOR_PARTY,
        "refused",
        "party_open",
        "speaks_for_party",
        needed=("party_id",),
        optional=("text",),
    ),
    _row(
        "decline",
        (S.REGISTERED,),
        S.DECLINED,
        (BY.DESK,),
        "declined",
        needed=("decline_reason", "text"),
    ),
    _row(
        "appoint",
        (S.REGISTERED, S.REAPPOINTING),
        S.MEDIATING,
        (BY.DESK,),
        "mediator_appointed",
        "all_consented",
        "mediator_fit",
        "mediator_not_tried",
        needed=("mediator_id",),
        optional=("is_chosen",),
    ),
    _row(
        "recuse",
        (S.MEDIATING, S.DRAFTED),
        S.REAPPOINTING,
        HOUSE,
        "mediator_recused",
        needed=("recusal", "text"),
    ),
    _row(
        "ask_another",
        (S.MEDIATING,),
        S.REAPPOINTING,
        (BY.PARTY, BY.DESK),
        "another_mediator_asked",
        "speaks_for_party",
        needed=("party_id", "text"),
    ),
    _row(
        "plan_session",
        (S.MEDIATING,),
        None,
        HOUSE,
        "session_planned",
        needed=("at", "place"),
        optional=("text",),
    ),
    _row(
        "hold_session",
        (S.MEDIATING,),
        None,
        (BY.MEDIATOR,),
        "session_held",
        "session_planned",
        "session_begun",
        needed=("session_id", "minutes", "present"),
    ),
    _row(
        "cancel_session",
        (S.MEDIATING, S.REAPPOINTING),
        None,
        HOUSE,
        "session_cancelled",
        "session_planned",
        needed=("session_id", "text"),
    ),
    _row(
        "draft",
        (S.MEDIATING,),
        S.DRAFTED,
        (BY.MEDIATOR,),
        "agreement_drafted",
        "session_held",
        "labour_in_writing",
        needed=("form", "text", "terms"),
    ),
    _row("redraft", (S.DRAFTED,), S.MEDIATING, (BY.MEDIATOR,), "redrafted", needed=("text",)),
    _row(
        "sign",
        (S.DRAFTED,),
        None,
        (BY.PARTY, BY.MEDIATOR),
        "signed",
        "speaks_for_party",
        "not_yet_signed",
        needed=("party_id",),
        optional=("way",),
    ),
    _row(
        "attest",
        (S.DRAFTED,),
        S.EFFECTIVE,
        (BY.MEDIATOR,),
        "agreement_in_force",
        "all_signed",
    ),
    _row(
        "ask_confirmation",
        (S.EFFECTIVE, S.BREACHED, S.PERFORMED),
        None,
        HOUSE,
        "confirmation_asked",
        "confirmation_not_asked",
        "within_window",
        needed=("on", "court"),
    ),
    _row(
        "record_confirmation",
        (S.EFFECTIVE, S.BREACHED, S.PERFORMED),
        None,
        HOUSE,
        "confirmation_recorded",
        "confirmation_asked",
        needed=("confirmation", "on"),
        optional=("text",),
    ),
    _row(
        "talk_again",
        (S.EFFECTIVE, S.BREACHED),
        S.MEDIATING,
        (BY.MEDIATOR,),
        "talks_reopened",
        "confirmation_refused",
        needed=("text",),
    ),
    _row(
        "perform",
        (S.EFFECTIVE, S.BREACHED),
        None,
        HOUSE,
        "term_performed",
        "term_open",
        needed=("term_id", "on"),
        optional=("text",),
    ),
    _row(
        "breach",
        (S.EFFECTIVE, S.BREACHED),
        S.BREACHED,
        HOUSE,
        "agreement_breached",
        "term_overdue",
        needed=("term_id", "text"),
    ),
    _row(
        "complete",
        (S.EFFECTIVE, S.BREACHED),
        S.PERFORMED,
        HOUSE,
        "agreement_performed",
        "all_performed",
    ),
    _row(
        "stop",
        OPEN,
        S.FAILED,
        FOR_PARTY,
        "stopped_by_party",
        "speaks_for_party",
        needed=("party_id", "text"),
    ),
    _row("fail", (S.MEDIATING, S.REAPPOINTING), S.FAILED, HOUSE, "failed", needed=("text",)),
    _row(
        "report_risk",
        OPEN,
        None,
        (BY.MEDIATOR, BY.DESK, BY.OPENER),
        "risk_reported",
        needed=("risk_to", "text"),
    ),
    _row(
        "revisit",
        (S.PERFORMED, S.BREACHED, S.FAILED),
        None,
        (BY.DESK, BY.CALLER),
        "revisited",
        needed=("text",),
    ),
    _row("archive", tuple(sorted(OVER)), S.ARCHIVED, (BY.DESK,), "archived"),
    _row("erase", (S.ARCHIVED,), None, (BY.DESK,), "words_erased", "not_erased", needed=("text",)),
)
ROWS: Mapping[str, Row] = {row.name: row for row in TABLE}
LIFECYCLE = Lifecycle(
    name="mediation",
    initial=S.REGISTERED,
    final=frozenset({S.ARCHIVED}),
    steps={row.name: row.step for row in TABLE},
)
GUARDS = frozenset(g for row in TABLE for g in row.step.guards)


def open_to(state: str, capacities: frozenset[str]) -> tuple[str, ...]:
    """The steps that somebody in these capacities can take in a state."""
    return tuple(r.name for r in TABLE if state in r.step.source and r.by & capacities)


def table_markdown() -> Iterator[str]:
    """The table for the docs."""
    yield "| step | from | to | who | event | guards |"
    yield "|---|---|---|---|---|---|"
    for row in TABLE:
        source = " ".join(sorted(row.step.source))
        guards = " ".join(row.step.guards)
        who = " ".join(sorted(row.by))
        target = row.step.target or "·"
        yield f"| {row.name} | {source} | {target} | {who} | {row.step.event} | {guards} |"
