"""A call with what its guards ask for, each fetched once and only when asked."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied
from qiying.slices.calls import rules
from qiying.slices.calls.models import Call, CallBack, Dispute, Pause, Round, Task
from qiying.slices.calls.queries._terms import terms as terms_at
from qiying.slices.calls.queries._watch_facts import WatchFacts
from qiying.slices.calls.rules import (
    FAILED,
    TASK_OPEN,
    Entity,
    PauseReason,
    PauseState,
    TaskState,
    TermClock,
    Where,
)
from qiying.slices.registry import public as registry

SHANGHAI = ZoneInfo("Asia/Shanghai")
OF_THE_ROUND = (
    *("round", "tasks", "pauses", "callbacks", "extensions", "milestones", "meeting"),
    "evidence_kind",
)
"""Rows that belong to one round."""
UNIT_ROLES = frozenset({Role.HANDLER, Role.UNIT_LEADER})


@dataclass(slots=False)
class Case(WatchFacts):
    """Implements ``rules.Facts`` over one call; ``known`` holds rows that are loaded already."""

    actor: Actor
    call: Call
    now: datetime
    task: Task | None = None
    pause: Pause | None = None
    decline_code: str = ""
    known: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.__dict__.update(self.known)

    @cached_property
    def round(self) -> Round:
        """The current round."""
        return Round.objects.get(
            tenant_id=self.actor.tenant_id,
            call_id=self.call.pk,
            number=self.call.current_round,
        )

    @cached_property
    def tasks(self) -> list[Task]:
        """The tasks of the current round that were not taken back, the lead's first."""
        rows = Task.objects.filter(
            tenant_id=self.actor.tenant_id,
            call_id=self.call.pk,
            round__number=self.call.current_round,
        )
        return list(rows.exclude(state=TaskState.WITHDRAWN).order_by("-is_lead", "id"))

    @cached_property
    def pauses(self) -> list[Pause]:
        """The ledger of the current round."""
        rows = Pause.objects.filter(
            tenant_id=self.actor.tenant_id,
            call_id=self.call.pk,
            round__number=self.call.current_round,
        )
        return list(rows.order_by("id"))

    @cached_property
    def callbacks(self) -> list[CallBack]:
        """The attempts of the current round that still count."""
        rows = CallBack.objects.filter(
            tenant_id=self.actor.tenant_id,
            call_id=self.call.pk,
            round__number=self.call.current_round,
            superseded_by=None,
        )
        return list(rows.order_by("attempt"))

    @cached_property
    def disputes(self) -> list[Dispute]:
        """Every dispute of the call."""
        rows = Dispute.objects.filter(tenant_id=self.actor.tenant_id, call_id=self.call.pk)
        return list(rows.order_by("id"))

    @cached_property
    def portfolio(self) -> frozenset[int]:
        return registry.portfolio_ids(self.actor)

    @property
    def lead_task(self) -> Task | None:
        return next((t for t in self.tasks if t.is_lead), None)

    @property
    def running_pause(self) -> Pause | None:
        return next((p for p in self.pauses if p.state == PauseState.RUNNING), None)

    @property
    def open_dispute(self) -> Dispute | None:
        return next((d for d in self.disputes if d.adjudicated_at is None), None)

    def begin_round(self, round_: Round) -> None:
        """Look at a round that was just opened; what was known of the one before is forgotten."""
        for name in OF_THE_ROUND:
            self.__dict__.pop(name, None)
        self.__dict__["round"] = round_

    # --- rules.Facts ---

    @property
    def state(self) -> str:
        return self.call.state

    @property
    def person_id(self) -> int | None:
        return self.actor.person_id

    @property
    def roles(self) -> frozenset[str]:
        return self.actor.roles

    @property
    def own_units(self) -> frozenset[int]:
        return self.actor.units(*UNIT_ROLES)

    @property
    def marks(self) -> frozenset[str]:
        return frozenset(self.call.marks)

    @property
    def is_adjudicated(self) -> bool:
        lead = self.call.lead_unit_id
        return any(d.adjudicated_unit_id == lead for d in self.disputes if d.adjudicated_at)

    @property
    def was_dispatched(self) -> bool:
        return self.call.dispatched_at is not None

    @property
    def was_rushed(self) -> bool:
        """Whether it was accepted in the moment in which it came in, which no person can."""
        is_first = self.call.current_round == 1
        return is_first and self.call.accepted_at == self.call.received_at

    @cached_property
    def dispute_until(self) -> datetime | None:
        if self.call.dispatched_at is None:
            return None
        calendar = registry.calendar(self.actor)
        terms = terms_at(self.actor, self.now)
        return terms.due_at(TermClock.DISPUTE, "", self.call.dispatched_at, calendar)

    @property
    def disputant_id(self) -> int | None:
        dispute = self.open_dispute
        return dispute.raised_by_id if dispute else None

    @property
    def disputing_unit_id(self) -> int | None:
        dispute = self.open_dispute
        return dispute.unit_id if dispute else None

    @property
    def was_asked_in_vain(self) -> bool:
        """Whether the firm's time for the last question ran out without an answer."""
        asked = [p for p in self.pauses if p.reason_code == PauseReason.AWAITING_INFORMATION]
        last = asked[-1] if asked else None
        if last is None or last.to_at is None or last.expected_to_at is None:
            return False
        return last.to_at >= last.expected_to_at

    @property
    def refusal_proposer_id(self) -> int | None:
        return self.call.refusal_proposer_id

    @property
    def open_co_tasks(self) -> int:
        unsettled = TASK_OPEN - {TaskState.REPORTED}
        return sum(not t.is_lead and t.state in unsettled for t in self.tasks)

    @property
    def answerer_id(self) -> int | None:
        return self.round.answered_by_id

    @property
    def worker_ids(self) -> frozenset[int]:
        """Who signed for a part of this round or has one in hand, the lead's or another."""
        ids = {t.person_id for t in self.tasks} | {t.signed_by_id for t in self.tasks}
        return frozenset(i for i in ids if i is not None)

    @property
    def answering_unit_ids(self) -> frozenset[int]:
        ids = {self.round.lead_unit_id, *(t.unit_id for t in self.tasks)}
        return frozenset(i for i in ids if i is not None)

    @property
    def rating_resolved(self) -> str:
        return self.round.rating_resolved

    @property
    def failed_attempts(self) -> tuple[int, int]:
        failed = [c for c in self.callbacks if c.outcome in FAILED]
        return len(failed), len({c.at.astimezone(SHANGHAI).date() for c in failed})

    @property
    def proposed_pauses(self) -> int:
        return sum(p.state == PauseState.PROPOSED for p in self.pauses)

    @property
    def pauses_used(self) -> int:
        return sum(p.state in {PauseState.RUNNING, PauseState.ENDED} for p in self.pauses)

    @property
    def pause_reason(self) -> str:
        pause = self.running_pause
        return pause.reason_code if pause else ""

    @property
    def reopen_until(self) -> datetime | None:
        return self.call.reopen_until

    @property
    def is_rated(self) -> bool:
        return self.round.rating is not None

    @property
    def is_co_task(self) -> bool:
        return self.task is not None and not self.task.is_lead

    @property
    def pause_proposer_id(self) -> int | None:
        return self.pause.proposer_id if self.pause else None

    # --- whose role counts here ---

    def role_for(self, entity: Entity, step: str, roles: frozenset[str]) -> str:
        """The role in which this actor may take a step on this very call, or "".

        Holding the role somewhere is not enough: a unit's role counts for the unit's own task,
        a firm's for the firm's own call, a grid officer's for the firms of the portfolio.
        """
        where = rules.WHERE[(entity, step)]
        held = sorted(self.actor.roles & roles, key=lambda r: r == Role.GRID_OFFICER)
        return next((r for r in held if self._counts(r, where)), "")

    def _counts(self, role: str, where: Where) -> bool:
        check = _CHECKS.get(role)
        return check is None or check(self, role, where)

    def _of_the_firm(self, _role: str, _where: Where) -> bool:
        return self.call.enterprise_id in self.actor.enterprises

    def _of_the_portfolio(self, _role: str, _where: Where) -> bool:
        return self.call.enterprise_id in self.portfolio

    def _of_the_unit(self, role: str, where: Where) -> bool:
        units = self.actor.units(role)
        if where is Where.LEAD:
            return self.call.lead_unit_id in units
        if where is Where.TASK:
            return self.task is not None and self.task.unit_id in units
        return any(t.unit_id in units for t in self.tasks)

    def _of_the_machine(self, _role: str, _where: Where) -> bool:
        return self.actor.key_id is not None and self.call.raised_by_key_id == self.actor.key_id

    def require_role(self, entity: Entity, step: str, roles: frozenset[str]) -> str:
        """As ``role_for``, but Denied when no role of the actor counts here."""
        role = self.role_for(entity, step, roles)
        if not role:
            raise Denied("calls.not_yours")
        return role


_CHECKS: Mapping[str, Callable[[Case, str, Where], bool]] = {
    Role.ENTERPRISE: Case._of_the_firm,
    Role.GRID_OFFICER: Case._of_the_portfolio,
    Role.HANDLER: Case._of_the_unit,
    Role.UNIT_LEADER: Case._of_the_unit,
    Role.MACHINE: Case._of_the_machine,
}


def local_day(now: datetime) -> date:
    """The day in Shanghai."""
    return now.astimezone(SHANGHAI).date()


def local_hour(now: datetime) -> int:
    """The hour of the clock in Shanghai."""
    return now.astimezone(SHANGHAI).hour
