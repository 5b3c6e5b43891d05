"""What every strategy needs: which rounds it could be used on, and which of those it picks."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from qiying.engines.rates._records import Receipt, Round, Table

DAY = timedelta(days=1)
COLLEAGUE = -1
"""The person of the unit itself who rings where nobody should."""


@dataclass(slots=True)
class Ground:
    """A table that is being changed: rounds by id, receipts by call, new keys."""

    rounds: dict[int, Round]
    receipts: dict[int, Receipt]
    firms: int
    touched: list[int] = field(default_factory=list)
    _next: int = 0

    @classmethod
    def of(cls, table: Table) -> "Ground":
        """Take a table over; the table itself stays as it is."""
        found = cls(
            {r.id: r for r in table.rounds}, {c.call: c for c in table.receipts}, table.firms
        )
        known = [*found.rounds, *found.receipts, *(r.call for r in table.rounds)]
        found._next = max(known, default=0)
        return found

    def table(self) -> Table:
        return Table(tuple(self.rounds.values()), tuple(self.receipts.values()), self.firms)

    def new_key(self) -> int:
        self._next += 1
        return self._next

    def put(self, row: Round) -> None:
        self.rounds[row.id] = row

    def chains(self) -> list[list[Round]]:
        """The rounds of each call in order."""
        found: dict[int, list[Round]] = defaultdict(list)
        for row in self.rounds.values():
            found[row.call].append(row)
        return [sorted(rows, key=lambda r: r.number) for _, rows in sorted(found.items())]

    def end_at(self, row: Round) -> None:
        """Let this round be the last of its call: what would have followed never begins."""
        for other in [r for r in self.rounds.values() if r.call == row.call]:
            if other.number > row.number:
                del self.rounds[other.id]


def picked(name: str, row: Round, intensity: float, seed: int) -> bool:
    """Whether this round is among those a strategy is used on; more intensity, never fewer."""
    text = f"{seed}:{name}:{row.id}"
    place = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") / 2**64
    return place < intensity


def first_in_each_call(ground: Ground, test: Callable[[Round], bool]) -> Sequence[Round]:
    """The first round of each call that a strategy could be used on."""
    found = (next((r for r in rows if test(r)), None) for rows in ground.chains())
    return [r for r in found if r is not None]


def is_unhappy(row: Round) -> bool:
    """The firm was asked and is not content, or graded it so."""
    was_asked = row.state in {"closed", "rejected"} and row.resolved in {"no", "partly"}
    return was_asked or (row.state != "stopped" and row.rating is not None and row.rating <= 2)


def is_failing(row: Round, now: datetime) -> bool:
    """Rejected, re-opened, closed without a yes, or overdue and open."""
    if row.state == "open":
        return row.due_at < now
    return row.state == "rejected" or (
        row.state == "closed" and (row.resolved != "yes" or row.reopened_at is not None)
    )


def closed(row: Round, at: datetime, **changes: object) -> Round:
    """The round closed without the firm's word, unless ``changes`` say one."""
    plain: dict[str, object] = {
        "state": "closed",
        "closed_at": row.closed_at or at,
        "resolved": "",
        "called_back_by": None,
        "called_back_in": "",
        "rating": None,
        "reopened_at": None,
    }
    return replace(row, **(plain | changes))  # type: ignore[arg-type]


def said_yes(row: Round, at: datetime, *, by: int, unit: str = "") -> Round:
    """The round closed as solved, on the word that this person reports."""
    return closed(row, at, resolved="yes", called_back_by=by, called_back_in=unit)


def moment(row: Round, now: datetime) -> datetime:
    """When somebody would close a round: at its answer, else when it fell due."""
    return min(row.answered_at or row.due_at, now)


def strangers(rows: Iterable[Round]) -> int:
    """A person who is none of those in the table, as who rings for another unit."""
    people = [p for r in rows for p in (r.answered_by, r.called_back_by) if p is not None]
    return max(people, default=0) + 1
