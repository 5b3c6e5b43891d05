"""The rates of a zone counted again, the plain way: from the events, with a loop and no engine.

What a round went through is read from the chain of events; deadlines, names and the moment in
which a call came in are read from the rows by plain SQL. Nothing here is shared with
``queries._measures`` or ``engines.rates``: the definitions are those of the slice's page.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from qiying.kernel import tenancy
from qiying.kernel.models import Event
from tests.slices.world import World

RELAPSE = timedelta(days=30)
NAMES = (
    *("due", "responded", "on_time", "declared", "verified", "first_time", "solved", "satisfied"),
    *("satisfied_strictly", "rated", "redone"),
)


@dataclass
class Told:
    """What the events say about one round."""

    call: int
    number: int
    began_at: datetime
    contacted_at: datetime | None = None
    answered_at: datetime | None = None
    ended: str = ""
    """closed, rejected, stopped or nothing yet."""
    closed_at: datetime | None = None
    is_heard: bool = False
    says: str = ""
    grade: int = 0
    is_reopened: bool = False
    is_taken_back: bool = False
    """Withdrawn after a unit had it."""


@dataclass
class Count:
    """Numerator and denominator of each share."""

    top: dict[str, float] = field(default_factory=lambda: dict.fromkeys(NAMES, 0.0))
    base: dict[str, int] = field(default_factory=lambda: dict.fromkeys(NAMES, 0))

    def add(self, name: str, counts: float, *, asked: bool = True) -> None:
        if asked:
            self.base[name] += 1
            self.top[name] += counts

    def pairs(self) -> dict[str, tuple[float, int]]:
        return {name: (self.top[name], self.base[name]) for name in NAMES}


def rows(statement: str) -> list[dict[str, Any]]:
    """Rows of a statement as dictionaries, the tenant's only: row-level security sees to it."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
        names = [column.name for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def told(world: World) -> dict[tuple[int, int], Told]:
    """Every round of the zone as its events tell it, in the order in which they happened."""
    found: dict[tuple[int, int], Told] = {}
    dispatched: set[int] = set()
    last: dict[int, int] = {}
    for event in Event.objects.filter(subject_type="calls.call").order_by("sequence"):
        call, data, at = event.subject_id, event.data, event.occurred_at
        what = event.topic.removeprefix("calls.")
        if what == "received":
            last[call] = 1
            found[call, 1] = Told(call, 1, at)
            continue
        if what in {"callback_rejected", "reopened"}:
            _again(found, call, last, what, at)
            continue
        dispatched |= {call} if what == "dispatched" else set()
        _tell(found[call, last[call]], what, data, at, had_unit=call in dispatched)
    return found


def _again(
    found: dict[tuple[int, int], Told], call: int, last: dict[int, int], what: str, at: datetime
) -> None:
    """The firm was not content: the round before ends, the next begins."""
    before = found[call, last[call]]
    if what == "reopened":
        before.is_reopened = True
    else:
        before.ended, before.says, before.is_heard = "rejected", "no", True
    last[call] += 1
    found[call, last[call]] = Told(call, last[call], at)


def _tell(r: Told, what: str, data: dict[str, Any], at: datetime, *, had_unit: bool) -> None:
    if what == "contacted":
        r.contacted_at = r.contacted_at or at
    elif what == "answered":
        r.answered_at = at
    elif what == "review_returned":
        r.answered_at = None
    elif what == "rated":
        r.grade = data["grade"]
    elif what == "closed":
        r.ended, r.closed_at = "closed", at
        r.says, r.is_heard = data.get("resolved", ""), data["confirmed"]
    elif what in {"declined", "withdrawn"}:
        r.ended, r.is_taken_back = "stopped", what == "withdrawn" and had_unit


def recount(world: World, start: datetime, end: datetime, *, now: datetime) -> dict[str, Count]:
    """The shares of the rounds due in the period, of the zone ("") and of each unit (its id)."""
    with tenancy.reading(world.system):
        history = told(world)
        plain = {(r["call_id"], r["number"]): r for r in rows("SELECT * FROM calls_round")}
        calls = {r["id"]: r for r in rows("SELECT * FROM calls_call")}
    assert history.keys() == plain.keys(), "every round was begun by an event, and none else"
    counts: dict[str, Count] = defaultdict(Count)
    counts[""] = Count()
    for key, r in history.items():
        row, call = plain[key], calls[key[0]]
        if not start <= row["due_at"] < min(end, now):
            continue
        unit = row["lead_unit_id"] or call["first_receiver_id"]
        for count in (counts[""], counts[str(unit or "-")]):
            _count(count, r, row, call, calls.values())
    return counts


def _count(
    count: Count,
    r: Told,
    row: dict[str, Any],
    call: dict[str, Any],
    calls: Iterable[dict[str, Any]],
) -> None:
    if r.ended == "stopped":
        if r.is_taken_back:
            count.add("verified", 0, asked=r.number == 1 and not call["is_proactive"])
        return
    is_closed, is_solved = r.ended == "closed", r.says == "yes"
    contact, limit = r.contacted_at, row["contact_due_at"]
    first = is_closed and is_solved and r.is_heard and not r.is_reopened
    held = first and not any(_is_return(r, call, other) for other in calls)
    count.add("due", 1)
    count.add("responded", contact is not None and limit is not None and contact <= limit)
    count.add(
        "on_time", is_closed and r.answered_at is not None and r.answered_at <= row["due_at"]
    )
    count.add("declared", is_closed)
    count.add("verified", held, asked=(r.number == 1 or held) and not call["is_proactive"])
    count.add("first_time", first and r.number == 1)
    count.add("solved", {"yes": 1, "partly": 0.5}.get(r.says, 0), asked=r.says != "")
    count.add("satisfied", r.grade >= 3, asked=r.grade > 0)
    count.add("satisfied_strictly", r.grade >= 4, asked=r.grade > 0)
    count.add("rated", r.grade > 0)
    count.add("redone", r.ended == "rejected" or r.is_reopened)


def _is_return(r: Told, call: dict[str, Any], other: dict[str, Any]) -> bool:
    """The same firm called about the same matter from the round's start to 30 days after it."""
    if other["id"] == call["id"] or not call["matter_code"] or call["enterprise_id"] is None:
        return False
    is_same = (other["enterprise_id"], other["matter_code"]) == (
        call["enterprise_id"],
        call["matter_code"],
    )
    is_later = other["received_at"] > r.began_at or (
        other["received_at"] == r.began_at and other["id"] > call["id"]
    )
    assert r.closed_at is not None
    return is_same and is_later and other["received_at"] <= r.closed_at + RELAPSE
