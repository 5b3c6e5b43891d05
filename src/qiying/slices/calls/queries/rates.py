"""The zone's records as the engine `rates` reads them, and what it counts from them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q

from qiying.engines import rates as engine
from qiying.engines.rates import CoTask, Period, Receipt, Sheet, Table, gaming
from qiying.kernel.access import Actor
from qiying.slices.calls import rules
from qiying.slices.calls.models import Call, Dispute, Extension, Round, Task
from qiying.slices.calls.queries._dossier import unit_cards
from qiying.slices.calls.queries._measures import midnight
from qiying.slices.calls.rules import CallState, ExtensionState, Resolved, RoundState, TaskState
from qiying.slices.registry import public as registry

FIRMS = "A03.enterprises"
Row = Mapping[str, Any]
_ROUND = (
    *("id", "call_id", "number", "state", "started_at", "due_at", "contact_due_at"),
    *("contacted_at", "answered_at", "answered_by_id", "called_back_by_id", "resolved"),
    *("rating", "rating_resolved"),
    *("closed_at", "reopened_at", "lead_unit_id", "extended_due_at"),
)
_OF_CALL = {
    "firm": F("call__enterprise_id"),
    "matter": F("call__matter_code"),
    "first": F("call__first_receiver_id"),
    "found_by_us": F("call__is_proactive"),
    "call_state": F("call__state"),
    "dispatched_at": F("call__dispatched_at"),
}
_STATES: Mapping[str, engine.State] = {
    RoundState.OPEN: "open",
    RoundState.ANSWERED: "open",
    RoundState.CALLBACK: "open",
    RoundState.CLOSED: "closed",
    RoundState.REJECTED: "rejected",
    RoundState.STOPPED: "stopped",
}


def period_of(start: date, end: date) -> Period:
    """Days in Shanghai, ``end`` exclusive, as the engine's period."""
    return Period(midnight(start), midnight(end))


def settles_at(period: Period) -> datetime:
    """When nothing in the period can change any more by a firm that comes back."""
    return period.end + rules.RELAPSE_WITHIN


def sheet(
    actor: Actor, *, start: date, end: date, now: datetime, unit: str | None = None
) -> Sheet:
    """Every rate of a period, of one unit (its code) or of the zone."""
    table = rates_table(actor, start=start, end=end, now=now)
    return engine.rates(table, period_of(start, end), now=now, unit=unit, definitions=rules.RATES)


@dataclass(frozen=True, slots=True)
class Month:
    """The sheet of the whole zone and of each unit that had something due, by code."""

    whole: Sheet
    units: Mapping[str, Sheet]


def by_unit(actor: Actor, *, start: date, end: date, now: datetime) -> Month:
    """Every rate of a period for the zone and for each unit."""
    table = rates_table(actor, start=start, end=end, now=now)
    period = period_of(start, end)
    return Month(
        engine.rates(table, period, now=now, definitions=rules.RATES),
        engine.rates_by_unit(table, period, now=now, definitions=rules.RATES),
    )


@dataclass(frozen=True, slots=True)
class Simulation:
    """What each strategy does to the rates of a period, and what it would do by the letter."""

    whole: Sheet
    effects: tuple[gaming.Effect, ...]
    by_letter: tuple[gaming.Effect, ...]


def simulation(
    actor: Actor, *, start: date, end: date, now: datetime, intensity: float, seed: int = 0
) -> Simulation:
    """Let every strategy be used on the records of a period; nothing is written."""
    table = rates_table(actor, start=start, end=end, now=now)
    period = period_of(start, end)

    def effects(definitions: engine.Definitions) -> tuple[gaming.Effect, ...]:
        return tuple(
            gaming.simulate(
                name, table, period, now=now, intensity=intensity, seed=seed,
                definitions=definitions,
            )
            for name in gaming.STRATEGIES
        )  # fmt: skip

    whole = engine.rates(table, period, now=now, definitions=rules.RATES)
    return Simulation(whole, effects(rules.RATES), effects(engine.LETTER))


def rates_table(actor: Actor, *, start: date, end: date, now: datetime) -> Table:
    """The rounds due in a period and the others of their calls, in a fixed number of queries.

    Units go by their codes. What the operations refuse does not occur in it: nobody is left out
    of call-back, nothing is merged, and no unit rings for itself. A round stands in the period of
    its first due time; its extensions come with it.
    """
    codes = {card.id: card.code for card in unit_cards(actor).values()}
    rows = _rounds(actor, start, end, now)
    keys = [r["id"] for r in rows]
    tasks, more = _tasks(keys), _extensions(rows)
    returned = set(Dispute.objects.filter(round_id__in=keys).values_list("round_id", flat=True))
    rounds = tuple(
        _round(r, codes, tasks[r["id"]], more.get(r["id"], ()), is_returned=r["id"] in returned)
        for r in rows
    )
    receipts = tuple(_receipt(c, codes) for c in _calls(actor, rows, start, end))
    firms = int(registry.figures(actor, (start, end)).get(FIRMS, 0))
    return Table(rounds, receipts, firms)


def _rounds(actor: Actor, start: date, end: date, now: datetime) -> list[Row]:
    until = min(midnight(end), now)
    seen = Round.objects.visible_to(actor)
    due = seen.filter(due_at__gte=midnight(start), due_at__lt=until).values("call_id")
    parts = Task.objects.visible_to(actor).filter(
        is_lead=False, due_at__gte=midnight(start), due_at__lt=until
    )
    calls = Q(call_id__in=due) | Q(call_id__in=parts.values("call_id"))
    return list(seen.filter(calls).order_by("id").values(*_ROUND, **_OF_CALL))


def _tasks(keys: list[int]) -> dict[int, list[Task]]:
    found: dict[int, list[Task]] = defaultdict(list)
    rows = Task.objects.filter(round_id__in=keys).exclude(state=TaskState.WITHDRAWN)
    for task in rows.order_by("id"):
        found[task.round_id].append(task)
    return found


def _extensions(rows: Iterable[Row]) -> dict[int, tuple[engine.Extension, ...]]:
    """What was granted, by round, in the order in which it was."""
    longer = [r["id"] for r in rows if r["extended_due_at"] is not None]
    found: dict[int, tuple[engine.Extension, ...]] = {}
    if not longer:
        return found
    granted = Extension.objects.filter(round_id__in=longer, state=ExtensionState.GRANTED)
    for row in granted.order_by("ordinal"):
        more = engine.Extension(
            due_at=row.due_at,
            asked_by=row.proposer_id,
            approved_by=row.approver_id,
            is_asked_in_time=row.is_in_time,
            asked_before=row.due_before_at - row.proposed_at,
        )
        found[row.round_id] = (*found.get(row.round_id, ()), more)
    return found


def _calls(actor: Actor, rows: Iterable[Row], start: date, end: date) -> Iterable[Row]:
    """Calls of the period, and whatever may be a return; of all calls, seen by the reader or not,
    because a share must not depend on who asks."""
    rows = list(rows)
    first = min((r["started_at"] for r in rows), default=midnight(start))
    last = max((r["closed_at"] for r in rows if r["closed_at"]), default=midnight(end))
    found = Call.objects.filter(
        tenant_id=actor.tenant_id,
        received_at__gte=min(first, midnight(start)),
        received_at__lte=max(last + rules.RELAPSE_WITHIN, midnight(end)),
    )
    names = ("id", "received_at", "enterprise_id", "matter_code", "is_proactive", "state")
    why = ("decline_code", "told_unit_id")
    return list(found.order_by().values(*names, *why, "lead_unit_id", "first_receiver_id"))


def _receipt(row: Row, codes: Mapping[int, str]) -> Receipt:
    return Receipt(
        call=row["id"],
        received_at=row["received_at"],
        firm=row["enterprise_id"],
        matter=row["matter_code"],
        unit=codes.get(row["lead_unit_id"] or row["first_receiver_id"], ""),
        is_found_by_us=row["is_proactive"],
        is_declined=row["state"] == CallState.DECLINED,
        declined_as=row["decline_code"],
        told=codes.get(row["told_unit_id"], ""),
    )


def _round(
    row: Row,
    codes: Mapping[int, str],
    tasks: Iterable[Task],
    extensions: tuple[engine.Extension, ...],
    *,
    is_returned: bool,
) -> engine.Round:
    tasks = list(tasks)
    lead = next((t for t in tasks if t.is_lead), None)
    is_withdrawn = row["call_state"] == CallState.WITHDRAWN and row["dispatched_at"] is not None
    return engine.Round(
        id=row["id"],
        call=row["call_id"],
        number=row["number"],
        firm=row["firm"],
        matter=row["matter"],
        unit=codes.get(row["lead_unit_id"] or row["first"], ""),
        state=_STATES[row["state"]],
        started_at=row["started_at"],
        due_at=row["due_at"],
        contact_due_at=row["contact_due_at"],
        contacted_at=row["contacted_at"],
        sign_due_at=lead.sign_due_at if lead else None,
        signed_at=lead.signed_at if lead else None,
        answered_at=row["answered_at"],
        answered_by=row["answered_by_id"],
        called_back_by=row["called_back_by_id"],
        resolved=row["resolved"],
        is_denied=row["rating_resolved"] == Resolved.NO,
        rating=row["rating"],
        closed_at=row["closed_at"],
        reopened_at=row["reopened_at"],
        is_returned=is_returned,
        is_found_by_us=row["found_by_us"],
        is_withdrawn_from_unit=row["state"] == RoundState.STOPPED and is_withdrawn,
        extensions=extensions,
        co_tasks=tuple(_part(t, codes) for t in tasks if not t.is_lead),
    )


def _part(task: Task, codes: Mapping[int, str]) -> CoTask:
    settled = [at for at in (task.reported_at, task.done_at) if at is not None]
    return CoTask(
        id=task.pk,
        unit=codes.get(task.unit_id, ""),
        due_at=task.due_at,
        settled_at=min(settled, default=None),
    )
