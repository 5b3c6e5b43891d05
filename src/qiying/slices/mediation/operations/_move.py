"""The one shape of a step: load and lock, ask the table and its guards, write, record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from qiying.kernel import events
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.words import clean
from qiying.slices.mediation import queries, rules
from qiying.slices.mediation.models import Case, Note, Party
from qiying.slices.mediation.queries import Docket
from qiying.slices.mediation.rules import ENDED, MAX_TEXT, Audience, Capacity, Row
from qiying.slices.registry import public as registry


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
    def case(self) -> Case:
        return self.docket.case

    @property
    def today(self) -> date:
        return queries.today(self.now)

    @property
    def capacity(self) -> str:
        return sorted(self.row.by & self.docket.capacities)[0]

    def set(self, **values: Any) -> None:
        """Change columns of the case; they are written when the step ends."""
        for name, value in values.items():
            setattr(self.case, name, value)
        self.changed.update(values)

    def tell(self, **codes: Any) -> None:
        """Add codes and numbers to the event of the step."""
        self.told.update(codes)

    def party(self) -> Party:
        """The party that the step is about."""
        wanted = self.inputs["party_id"]
        return next(p for p in self.docket.parties if p.pk == wanted)

    def write(self, *, audience: str = Audience.ALL, is_needed: bool = True) -> None:
        """Keep the words of the step, if there are any."""
        text = clean(
            self.inputs.get("text") or "", field="text", limit=MAX_TEXT, is_needed=is_needed
        )
        if text:
            Note.objects.create(
                tenant_id=self.case.tenant_id,
                case=self.case,
                step=self.row.name,
                audience=audience,
                author_id=self.actor.person_id,
                text=text,
                at=self.now,
            )


def begin(
    actor: Actor, case_id: int, name: str, inputs: Mapping[str, Any], *, now: datetime
) -> Move:
    """Lock a visible case and find that this actor may take this step on it now."""
    case = queries.get_case(actor, case_id, for_update=True)
    rules.LIFECYCLE.step(case.state, name, actor.roles)
    row = rules.ROWS[name]
    docket = queries.docket(actor, case, now=now)
    if not row.by & docket.capacities:
        raise Denied("mediation.capacity")
    given = checked(row, inputs)
    for guard in row.step.guards:
        code = queries.GUARDS[guard](docket, given)
        if code:
            raise (Denied if code == "mediation.not_for_party" else Refused)(code)
    return Move(docket, row, given, now)


def checked(row: Row, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs of a step: nothing that it does not ask for, everything that it needs."""
    given = {k: v for k, v in inputs.items() if v not in (None, "")}
    faults = {k: "input.choice" for k in given if k not in row.inputs.names}
    faults |= {k: "input.required" for k in row.inputs.needed if k not in given}
    if faults:
        raise Invalid("input.invalid", faults)
    return given


def end(move: Move) -> Case:
    """Write the case with its new state, derive its clocks again, say what happened."""
    case, target = move.case, move.row.step.target
    before = case.state
    if target is not None:
        move.set(state=target)
    if (case.state in ENDED) != (case.ended_at is not None):
        move.set(ended_at=move.now if case.state in ENDED else None)
    derive(move.docket)
    move.changed |= DERIVED
    move.set(version=case.version + 1, updated_at=move.now)
    case.save(update_fields=sorted(move.changed))
    events.record(
        move.row.step.event,
        subject=case,
        actor=move.actor,
        now=move.now,
        role=move.capacity,
        before=before,
        after=case.state,
        **move.told,
    )
    return case


DERIVED = {
    "settle_due_at",
    "confirm_due_at",
    "is_provisional",
    "calendar_version",
    "next_reminder_at",
    "reminded_until",
}


def derive(docket: Docket) -> None:
    """Derive deadlines and the next reminder from the days and the calendar that counts now."""
    case = docket.case
    calendar = registry.calendar(docket.actor)
    limit = rules.settle_fact(case.kind).days
    case.settle_due_at, is_open = rules.ends_after(case.applied_on, limit, calendar)
    is_window_open = False
    if case.effective_on is not None:
        case.confirm_due_at, is_window_open = rules.ends_after(
            case.effective_on, rules.CONFIRM_WITHIN_DAYS, calendar
        )
    case.is_provisional = is_open or is_window_open
    case.calendar_version = calendar.version
    case.next_reminder_at = rules.next_reminder(docket.days(), case.reminded_until)


def require_online_by_party(move: Move, way: str) -> str:
    """A party confirms online; what others write down was said or signed on paper."""
    is_party = Capacity.PARTY in move.docket.capacities
    if is_party:
        return str(rules.Way.ONLINE)
    if way == rules.Way.ONLINE:
        raise Invalid("input.invalid", {"way": "mediation.online_by_party"})
    return way
