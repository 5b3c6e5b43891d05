"""One lead and its co-handlers: who gets a part of a round, and until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid, Refused
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, Note, Round, Task
from qiying.slices.calls.operations._move import clean
from qiying.slices.calls.rules import NoteKind, TaskState
from qiying.slices.registry import public as registry

MOST_CO_UNITS = 8


@dataclass(frozen=True, slots=True)
class CoUnit:
    """A co-handler: the unit, what it is to do, until when, and with which weight.

    ``weight`` is its share of the responsibility in whole per cents, None for an equal one;
    ``due_at`` None for the usual time.
    """

    unit_id: int
    weight: int | None = None
    duty: str = ""
    due_at: datetime | None = None

    @property
    def is_bare(self) -> bool:
        """Whether nothing but the unit was named."""
        return self.weight is None and self.due_at is None and not self.duty.strip()


def require_units(actor: Actor, call: Call, lead_unit_id: int, co_units: Sequence[CoUnit]) -> None:
    """The units exist, each once, and none of them is complained of."""
    ids = [lead_unit_id, *(c.unit_id for c in co_units)]
    known = {card.id for card in registry.units(actor).values() if not card.is_retired}
    if lead_unit_id not in known:
        raise Invalid("input.invalid", {"lead_unit_id": "input.choice"})
    if not known.issuperset(ids):
        raise Invalid("input.invalid", {"co_units": "input.choice"})
    if lead_unit_id in ids[1:]:
        raise Invalid("input.invalid", {"co_units": "calls.co_lead"})
    if len(set(ids)) != len(ids) or len(co_units) > MOST_CO_UNITS:
        raise Invalid("input.invalid", {"co_units": "calls.co_units"})
    if call.complained_unit_id in ids:
        raise Refused("calls.complained_unit")


def new_parts(
    actor: Actor,
    call: Call,
    round_: Round,
    *,
    co_units: Sequence[CoUnit],
    helping: Sequence[Task],
    now: datetime,
) -> list[CoUnit]:
    """The units that are given a part now, beside those that go on helping; Invalid if they cannot.

    What a unit was given once it keeps: to have something else done it is recalled first.
    """
    held = {t.unit_id for t in helping}
    if any(c.unit_id in held and not c.is_bare for c in co_units):
        raise Invalid("input.invalid", {"co_units": "calls.co_kept"})
    found = [c for c in co_units if c.unit_id not in held]
    if len(found) + len(helping) > MOST_CO_UNITS:
        raise Invalid("input.invalid", {"co_units": "calls.co_units"})
    if not rules.weights_fit([*(t.weight for t in helping), *(c.weight for c in found)]):
        raise Invalid("input.invalid", {"co_units": "calls.co_weight"})
    terms = rules.part_terms(
        queries.terms(actor, now), now, call.urgency, round_.promised_at, registry.calendar(actor)
    )
    named = (c.due_at for c in found if c.due_at is not None)
    if not all(rules.due_fits(at, now, terms.latest_at) for at in named):
        raise Invalid("input.invalid", {"co_units": "calls.co_due"})
    for co_unit in found:
        clean(co_unit.duty, name="co_units", is_needed=False)
    return found


def make_tasks(
    actor: Actor,
    call: Call,
    round_: Round,
    *,
    lead_unit_id: int | None,
    co_units: Sequence[CoUnit],
    now: datetime,
) -> list[Task]:
    """Write a task for each unit; the lead's runs with the round, a co-handler's as it was set."""
    terms = rules.part_terms(
        queries.terms(actor, now), now, call.urgency, round_.promised_at, registry.calendar(actor)
    )
    common = {
        "tenant_id": actor.tenant_id,
        "call": call,
        "round": round_,
        "state": TaskState.SENT,
        "sent_at": now,
        "sign_due_at": terms.sign_due_at,
    }
    rows = [
        Task(
            **common,
            unit_id=c.unit_id,
            is_lead=False,
            weight=c.weight,
            due_at=c.due_at or terms.usual_due_at,
            set_due_at=c.due_at,
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
    text = clean(co_unit.duty, name="co_units", is_needed=False)
    if not text:
        return None
    return Note.objects.create(
        tenant_id=actor.tenant_id,
        call=call,
        round_number=call.current_round,
        kind=NoteKind.DUTY,
        text=text,
        author_id=actor.person_id,
        unit_id=co_unit.unit_id,
        at=now,
    )


def told_parts(co_units: Sequence[CoUnit]) -> list[dict[str, Any]] | None:
    """For an event: what was set of the parts, unit by unit; None when nothing was."""
    found = []
    for row in co_units:
        told = {"weight": row.weight, "due": row.due_at and row.due_at.isoformat()}
        named = {name: value for name, value in told.items() if value is not None}
        if named:
            found.append({"unit": row.unit_id, **named})
    return found or None


def withdraw_tasks(tasks: Sequence[Task]) -> None:
    """Take tasks back; they stay on record."""
    for task in tasks:
        task.state = TaskState.WITHDRAWN
    Task.objects.bulk_update(tasks, ["state"])
