"""The one shape of a step: load and lock, ask the table and its guards, write, record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from qiying.kernel import events
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.words import clean
from qiying.slices.council import queries, rules
from qiying.slices.council.queries import Docket
from qiying.slices.council.rules import MAX_TEXT, Row


@dataclass(slots=True)
class Move:
    """One step on its way."""

    docket: Docket
    row: Row
    inputs: dict[str, Any]
    now: datetime
    changed: set[str] = field(default_factory=set)
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def actor(self) -> Actor:
        return self.docket.actor

    @property
    def record(self) -> Any:
        return self.docket.row

    @property
    def tenant(self) -> dict[str, int]:
        return {"tenant_id": self.record.tenant_id}

    @property
    def today(self) -> date:
        return queries.today(self.now)

    def set(self, **values: Any) -> None:
        """Change columns of the record; they are written when the step ends."""
        for name, value in values.items():
            setattr(self.record, name, value)
        self.changed.update(values)

    def tell(self, **codes: Any) -> None:
        """Add codes and numbers to the event of the step."""
        self.told.update(codes)

    def text(self, *, is_needed: bool = True) -> str:
        words = self.inputs.get("text") or ""
        return clean(words, field="text", limit=MAX_TEXT, is_needed=is_needed)


def begin(
    actor: Actor,
    entity: str,
    record_id: int,
    name: str,
    inputs: Mapping[str, Any],
    *,
    now: datetime,
) -> Move:
    """Lock a visible record and find that this actor may take this step on it now."""
    record = queries.get_record(actor, entity, record_id, for_update=True)
    rules.LIFECYCLES[entity].step(record.state, name, actor.roles)
    row = rules.ROWS[entity, name]
    docket = Docket(actor, entity, record, now)
    if not row.by & docket.capacities:
        raise Denied("council.capacity")
    given = _checked(row, inputs)
    for guard in row.step.guards:
        code = queries.GUARDS[guard](docket, given)
        if code:
            raise Refused(code)
    return Move(docket, row, given, now)


def _checked(row: Row, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a step: nothing that it does not ask for, everything that it needs."""
    given = {k: v for k, v in inputs.items() if v not in (None, "", [])}
    faults = {k: "input.choice" for k in given if k not in row.inputs.names}
    faults |= {k: "input.required" for k in row.inputs.needed if k not in given}
    if faults:
        raise Invalid("input.invalid", faults)
    return given


def end(move: Move) -> Any:
    """Write the record with its new state and say what happened."""
    record, before = move.record, move.record.state
    if move.row.step.target is not None:
        move.set(state=move.row.step.target)
    move.set(version=record.version + 1)
    record.save(update_fields=sorted(move.changed))
    events.record(
        move.row.step.event,
        subject=record,
        actor=move.actor,
        now=move.now,
        role=sorted(move.row.by & move.docket.capacities)[0],
        before=before,
        after=record.state,
        **move.told,
    )
    return record
