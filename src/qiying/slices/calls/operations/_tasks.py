"""One lead and its co-handlers: who gets a part of a round, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, Refused
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, Note, Round, Task
from qiying.slices.calls.rules import Clock, NoteKind, TaskState
from qiying.slices.registry import public as registry

MOST_CO_UNITS = 8


@dataclass(frozen=True, slots=True)
class CoUnit:
    """A co-handler: the unit, its share of the work and what it is to do."""

    unit_id: int
    weight: int = 1
    duty: str = ""


def require_units(actor: Actor, call: Call, lead_unit_id: int, co_units: Sequence[CoUnit]) -> None:
    """The units exist, each once, and none of them is complained of."""
    ids = [lead_unit_id, *(c.unit_id for c in co_units)]
    known = {card.id for card in registry.units(actor).values() if not card.is_retired}
    if lead_unit_id not in known:
        raise Invalid("input.invalid", {"lead_unit_id": "input.choice"})
    if not known.issuperset(ids) or any(not 1 <= c.weight <= 100 for c in co_units):
        raise Invalid("input.invalid", {"co_units": "input.choice"})
    if len(set(ids)) != len(ids) or len(co_units) > MOST_CO_UNITS:
        raise Invalid("input.invalid", {"co_units": "calls.co_units"})
    if call.complained_unit_id in ids:
        raise Refused("calls.complained_unit")


def make_tasks(
    actor: Actor,
    call: Call,
    round_: Round,
    *,
    lead_unit_id: int | None,
    co_units: Sequence[CoUnit],
    now: datetime,
) -> list[Task]:
    """Write a task for each unit; the lead's runs with the round, a co-handler's by its own term."""
    calendar = registry.calendar(actor)
    terms = queries.terms(actor, now)
    sign_due_at = terms.step_due_at(Clock.SIGN, call.urgency, now, calendar)
    co_due_at = min(terms.co_task_due_at(now, calendar), max(round_.promised_at, sign_due_at))
    common = {
        "tenant_id": actor.tenant_id,
        "call": call,
        "round": round_,
        "state": TaskState.SENT,
        "sent_at": now,
        "sign_due_at": sign_due_at,
    }
    rows = [
        Task(
            **common,
            unit_id=c.unit_id,
            is_lead=False,
            weight=c.weight,
            due_at=co_due_at,
            duty=_duty(actor, call, c, now),
        )
        for c in co_units
    ]
    if lead_unit_id is not None:
        rows.insert(
            0, Task(**common, unit_id=lead_unit_id, is_lead=True, due_at=round_.promised_at)
        )
    return Task.objects.bulk_create(rows)


def _duty(actor: Actor, call: Call, co_unit: CoUnit, now: datetime) -> Note | None:
    text = co_unit.duty.strip()
    if not text:
        return None
    return Note.objects.create(
        tenant_id=actor.tenant_id,
        call=call,
        round_number=call.current_round,
        kind=NoteKind.DUTY,
        text=text[: rules.MAX_TEXT],
        author_id=actor.person_id,
        unit_id=co_unit.unit_id,
        at=now,
    )


def withdraw_tasks(tasks: Sequence[Task]) -> None:
    """Take tasks back; they stay on record."""
    for task in tasks:
        task.state = TaskState.WITHDRAWN
    Task.objects.bulk_update(tasks, ["state"])
