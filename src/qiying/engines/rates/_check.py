"""An independent recount of a sheet: plain loops over the table, sharing nothing with `rates`."""

from datetime import datetime
from typing import Any

from qiying.engines.rates._definitions import DEFAULTS, Definitions
from qiying.engines.rates._records import CoTask, Period, Receipt, Round, Table
from qiying.engines.rates._result import Sheet, Violation

Found = dict[int, float]


def check(
    table: Table,
    period: Period,
    sheet: Sheet,
    *,
    now: datetime,
    definitions: Definitions = DEFAULTS,
) -> tuple[Violation, ...]:
    """Count everything again and name each statement of the sheet that does not agree.

    Members, denominators and numerators of every figure are judged, and 百企诉求比, composite and
    the provisional mark; not the findings and not the hashes.
    """
    recount = _Recount(table, period, now, definitions)
    found: list[Violation] = []
    for name, figure in sheet.figures.items():
        expected = recount.members(name, sheet.unit)
        above = {key: weight for key, weight in expected.items() if weight > 0}
        below = tuple(sorted(key for key, weight in expected.items() if weight == 0))
        if dict(figure.counted) != above or figure.missed != below:
            found.append(Violation(name, expected, (figure.counted, figure.missed)))
        if figure.denominator != len(expected):
            found.append(Violation(f"{name}.denominator", len(expected), figure.denominator))
        if abs(figure.numerator - sum(expected.values())) > 1e-9:
            found.append(Violation(f"{name}.numerator", sum(expected.values()), figure.numerator))
    found += recount.declined(sheet)
    whole = (
        ("per_100_firms", recount.per_100(sheet.unit), sheet.per_100_firms),
        ("composite", recount.composite(sheet.unit), sheet.composite),
    )
    found += [Violation(code, a, b) for code, a, b in whole if not _same(a, b)]
    is_provisional = (now - period.end) < definitions.relapse_within
    if sheet.is_provisional != is_provisional:
        found.append(Violation("is_provisional", is_provisional, sheet.is_provisional))
    return tuple(found)


def _same(a: float | None, b: float | None) -> bool:
    if a is None or b is None:
        return a is b
    return abs(a - b) < 1e-9


class _Recount:
    def __init__(self, table: Table, period: Period, now: datetime, rules: Definitions) -> None:
        self.table, self.period, self.now, self.rules = table, period, now, rules

    def falls(self, at: datetime) -> bool:
        return self.period.start <= at < self.period.end and at < self.now

    def due(self, row: Round) -> datetime:
        latest = row.due_at
        if self.rules.extension_moves_period:
            for extension in row.extensions:
                latest = max(latest, extension.due_at)
        return latest

    def members(self, name: str, unit: str | None) -> Found:
        if name in {"found_by_us", "declined"}:
            return self.calls(name, unit)
        found: Found = {}
        if name in {"co_settled", "co_on_time"}:
            for task in self.co_tasks():
                if unit in {None, task.unit}:
                    found[task.id] = 1.0 if self.co_task_counts(name, task) else 0.0
            return found
        for row in self.table.rounds:
            if unit in {None, row.unit} and self.falls(self.due(row)) and self.stands(name, row):
                found[row.id] = self.adds(name, row)
        return found

    def stands(self, name: str, row: Round) -> bool:
        if name == "verified":
            return self.stands_in_verified(row)
        return row.state != "stopped" and self.is_asked(name, row)

    def calls(self, name: str, unit: str | None) -> Found:
        found: Found = {}
        for call in self.table.receipts:
            if self.falls(call.received_at) and unit in {None, call.unit}:
                said = call.is_found_by_us if name == "found_by_us" else call.is_declined
                found[call.call] = 1.0 if said else 0.0
        return found

    def declined(self, sheet: Sheet) -> list[Violation]:
        """Each reason and place counted by hand; together they are what was not accepted."""
        expected: dict[tuple[str, str], list[int]] = {}
        received: list[int] = []
        for call in self.table.receipts:
            if not self.falls(call.received_at) or sheet.unit not in {None, call.unit}:
                continue
            received.append(call.call)
            if call.is_declined:
                expected.setdefault((call.declined_as, call.told), []).append(call.call)
        said = {(d.code, d.told): d.figure for d in sheet.declined}
        found = []
        if set(said) != set(expected) or len(said) != len(sheet.declined):
            found.append(Violation("declined.kinds", sorted(expected), sorted(said)))
        for kind, calls in expected.items():
            figure = said.get(kind)
            if figure is None or sorted(key for key, _ in figure.counted) != sorted(calls):
                found.append(Violation("declined.members", calls, figure))
            elif figure.denominator != len(received):
                found.append(Violation("declined.of", len(received), figure.denominator))
        return found

    def co_tasks(self) -> list[CoTask]:
        found = []
        for row in self.table.rounds:
            if row.state == "stopped":
                continue
            for task in row.co_tasks:
                if self.falls(task.due_at):
                    found.append(task)
        return found

    def co_task_counts(self, name: str, task: CoTask) -> bool:
        if task.settled_at is None:
            return False
        return name == "co_settled" or not task.settled_at > task.due_at

    def spoke(self, row: Round) -> bool:
        """The firm said something to somebody who may ask."""
        if row.resolved == "":
            return False
        if row.called_back_by is None:
            return False
        if self.rules.callback_by_other:
            if row.called_back_by == row.answered_by:
                return False
            if row.called_back_in and row.called_back_in == row.unit:
                return False
        return True

    def held(self, row: Round) -> bool:
        reasons_against = [
            row.state != "closed",
            row.resolved != "yes",
            row.is_denied,
            not self.spoke(row),
            row.reopened_at is not None,
            row.exclusion is not None,
            self.rules.needs_answer and row.answered_at is None,
            self.came_back(row),
        ]
        return not any(reasons_against)

    def came_back(self, row: Round) -> bool:
        for call in self.table.receipts:
            if call.call == row.call or row.firm is None or call.firm != row.firm:
                continue
            if self.is_same_thing(row, call) and self.is_after(row, call):
                return True
        return False

    def is_same_thing(self, row: Round, call: Receipt) -> bool:
        if "matter" in self.rules.linked_by and row.matter and row.matter == call.matter:
            return True
        return "unit" in self.rules.linked_by and row.unit != "" and row.unit == call.unit

    def is_after(self, row: Round, call: Receipt) -> bool:
        if row.closed_at is None or call.received_at - row.closed_at > self.rules.relapse_within:
            return False
        if not self.rules.relapse_from_start:
            return call.received_at > row.closed_at
        if call.received_at == row.started_at:
            return call.call > row.call
        return call.received_at > row.started_at

    def stands_in_verified(self, row: Round) -> bool:
        if row.is_found_by_us and self.rules.found_by_us_apart:
            return False
        if row.state == "stopped" and not (
            self.rules.keeps_withdrawn and row.is_withdrawn_from_unit
        ):
            return False
        if self.rules.failure_counts_once and row.number >= 2:
            return self.held(row)
        return True

    def is_left_out(self, row: Round) -> bool:
        """Left out of a call-back that was owed, with a code where one is needed."""
        if row.exclusion is None or row.state not in ("closed", "rejected"):
            return False
        return row.exclusion != "" or not self.rules.exclusion_needs_code

    def is_put_back(self, row: Round) -> bool:
        """Left out of call-back without a code, or behind those that the cap allows."""
        if row.exclusion is None or row.state not in ("closed", "rejected"):
            return False
        if not self.is_left_out(row):
            return True
        called_back = before = 0
        for other in self.table.rounds:
            if other.unit == row.unit and self.falls(self.due(other)):
                called_back += other.state in ("closed", "rejected")
                is_before = (other.due_at, other.id) < (row.due_at, row.id)
                before += is_before and self.is_left_out(other)
        return before >= int(called_back * self.rules.exclusion_cap)

    def is_asked(self, name: str, row: Round) -> bool:
        if name in {"satisfied", "satisfied_strictly"}:
            return row.rating is not None
        if name in {"reached", "excluded"}:
            return row.state in ("closed", "rejected")
        if name == "signed":
            return row.sign_due_at is not None
        if name == "solved":
            return self.is_put_back(row) or (row.resolved != "" and row.exclusion is None)
        return True

    def adds(self, name: str, row: Round) -> float:
        if name == "verified":
            return 1.0 if self.held(row) else 0.0
        if name == "solved" and not self.is_put_back(row) and self.spoke(row):
            if row.resolved == "partly":
                return self.rules.partly_weight
            return 1.0 if row.resolved == "yes" else 0.0
        return 1.0 if self.facts(row).get(name) else 0.0

    def facts(self, row: Round) -> dict[str, Any]:
        closed = row.state == "closed"
        grade = row.rating or 0
        return {
            "due": True,
            "responded": row.contacted_at is not None
            and row.contact_due_at is not None
            and row.contacted_at <= row.contact_due_at,
            "on_time": closed and row.answered_at is not None and self.in_time(row),
            "on_time_first": closed
            and row.answered_at is not None
            and not row.answered_at > row.due_at,
            "declared": closed,
            "first_time": closed
            and row.number == 1
            and row.resolved == "yes"
            and row.reopened_at is None
            and self.spoke(row),
            "satisfied": grade >= self.rules.satisfied_from,
            "satisfied_strictly": grade >= self.rules.strictly_from,
            "rated": grade > 0,
            "redone": row.state == "rejected" or row.reopened_at is not None,
            "returned": row.is_returned,
            "signed": row.signed_at is not None
            and row.sign_due_at is not None
            and row.signed_at <= row.sign_due_at,
            "reached": self.spoke(row),
            "excluded": row.exclusion is not None,
        }

    def in_time(self, row: Round) -> bool:
        if row.answered_at is None:
            return False
        if row.answered_at <= row.due_at:
            return True
        for extension in row.extensions:
            agreed = (
                extension.is_asked_in_time
                and extension.approved_by is not None
                and extension.approved_by != extension.asked_by
            )
            counts = agreed or not self.rules.extension_by_other
            if counts and row.answered_at <= extension.due_at:
                return True
        return False

    def per_100(self, unit: str | None) -> float | None:
        if self.table.firms <= 0:
            return None
        asked = 0
        for call in self.table.receipts:
            is_counted = self.falls(call.received_at) and not call.is_found_by_us
            if is_counted and unit in {None, call.unit}:
                asked += 1
        days = (self.period.end - self.period.start).total_seconds() / 86_400
        return asked * 100 / self.table.firms * 30 / days

    def composite(self, unit: str | None) -> float | None:
        total = 0.0
        for position, name in enumerate(("responded", "solved", "satisfied")):
            members = self.members(name, unit)
            if not members:
                return None
            total += self.rules.weights[position] * sum(members.values()) / len(members)
        return total
