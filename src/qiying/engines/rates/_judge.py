"""What one round says to each question: is it asked, and how much does it add."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from qiying.engines.rates._definitions import Definitions
from qiying.engines.rates._links import Returns
from qiying.engines.rates._records import Round

Vote = float | None
"""What a round adds above the line; None when it does not stand below it."""


@dataclass(frozen=True, slots=True)
class Context:
    """What judging a round needs besides the round."""

    definitions: Definitions
    returns: Returns
    put_back: frozenset[int]
    """Rounds left out of call-back that count as asked all the same."""


def due_at(row: Round, definitions: Definitions) -> datetime:
    """When a round falls into a period."""
    if not definitions.extension_moves_period:
        return row.due_at
    return max((row.due_at, *(e.due_at for e in row.extensions)))


def stretched(row: Round, definitions: Definitions) -> datetime:
    """The moment until which an answer is in time: the due time with what extensions add."""
    agreed = (
        e.due_at
        for e in row.extensions
        if not definitions.extension_by_other
        or (e.is_asked_in_time and e.approved_by is not None and e.approved_by != e.asked_by)
    )
    return max((row.due_at, *agreed))


def is_heard(row: Round, definitions: Definitions) -> bool:
    """The firm was asked by somebody who may ask, and said something."""
    if row.resolved == "" or row.called_back_by is None:
        return False
    if not definitions.callback_by_other:
        return True
    return is_by_other(row)


def is_by_other(row: Round) -> bool:
    """Another person rang than the one who answered, and not of the unit that is answerable."""
    is_own_unit = row.called_back_in != "" and row.called_back_in == row.unit
    return row.called_back_by != row.answered_by and not is_own_unit


def is_verified(row: Round, context: Context) -> bool:
    """Closed as solved, so said by the firm to somebody else, not denied by it, and it held."""
    rules = context.definitions
    if row.state != "closed" or row.resolved != "yes" or row.reopened_at is not None:
        return False
    if row.exclusion is not None or (rules.needs_answer and row.answered_at is None):
        return False
    if row.is_denied:
        return False
    return is_heard(row, rules) and not context.returns.of(row)


def _verified(row: Round, context: Context) -> Vote:
    rules = context.definitions
    if row.state == "stopped" and not (rules.keeps_withdrawn and row.is_withdrawn_from_unit):
        return None
    if rules.found_by_us_apart and row.is_found_by_us:
        return None
    if is_verified(row, context):
        return 1.0
    return None if rules.failure_counts_once and row.number > 1 else 0.0


def _responded(row: Round, _: Context) -> Vote:
    if row.contacted_at is None or row.contact_due_at is None:
        return 0.0
    return float(row.contacted_at <= row.contact_due_at)


def _on_time(row: Round, context: Context) -> Vote:
    if row.state != "closed" or row.answered_at is None:
        return 0.0
    return float(row.answered_at <= stretched(row, context.definitions))


def _on_time_first(row: Round, _: Context) -> Vote:
    """As on time, against the first due time: no extension helps."""
    if row.state != "closed" or row.answered_at is None:
        return 0.0
    return float(row.answered_at <= row.due_at)


def _first_time(row: Round, context: Context) -> Vote:
    is_solved = row.state == "closed" and row.resolved == "yes" and row.reopened_at is None
    return float(is_solved and row.number == 1 and is_heard(row, context.definitions))


def _solved(row: Round, context: Context) -> Vote:
    if row.id in context.put_back:
        return 0.0
    if row.resolved == "" or row.exclusion is not None:
        return None
    if not is_heard(row, context.definitions):
        return 0.0
    return {"yes": 1.0, "partly": context.definitions.partly_weight}.get(row.resolved, 0.0)


def _graded(row: Round, least: int) -> Vote:
    return None if row.rating is None else float(row.rating >= least)


def _signed(row: Round, _: Context) -> Vote:
    if row.sign_due_at is None:
        return None
    return float(row.signed_at is not None and row.signed_at <= row.sign_due_at)


def _called_back(row: Round) -> bool:
    return row.state in {"closed", "rejected"}


TESTS: Mapping[str, Callable[[Round, Context], Vote]] = {
    "due": lambda row, context: 1.0,
    "responded": _responded,
    "on_time": _on_time,
    "on_time_first": _on_time_first,
    "declared": lambda row, context: float(row.state == "closed"),
    "verified": _verified,
    "first_time": _first_time,
    "solved": _solved,
    "satisfied": lambda row, context: _graded(row, context.definitions.satisfied_from),
    "satisfied_strictly": lambda row, context: _graded(row, context.definitions.strictly_from),
    "rated": lambda row, context: float(row.rating is not None),
    "redone": lambda row, context: float(row.state == "rejected" or row.reopened_at is not None),
    "returned": lambda row, context: float(row.is_returned),
    "signed": _signed,
    "reached": lambda row, context: (
        float(is_heard(row, context.definitions)) if _called_back(row) else None
    ),
    "excluded": lambda row, context: (
        float(row.exclusion is not None) if _called_back(row) else None
    ),
}


def vote(name: str, row: Round, context: Context) -> Vote:
    """What a round adds to a measure; stopped ones are owed nothing, except to verified."""
    if name != "verified" and row.state == "stopped":
        return None
    return TESTS[name](row, context)


def put_back(rows: Iterable[Round], definitions: Definitions) -> frozenset[int]:
    """Rounds whose exclusion does not count: without code, or beyond each unit's cap."""
    asked: dict[str, int] = {}
    coded: dict[str, list[Round]] = {}
    found: set[int] = set()
    for row in rows:
        if not _called_back(row):
            continue
        asked[row.unit] = asked.get(row.unit, 0) + 1
        if row.exclusion is None:
            continue
        if row.exclusion == "" and definitions.exclusion_needs_code:
            found.add(row.id)
        else:
            coded.setdefault(row.unit, []).append(row)
    for unit, excluded in coded.items():
        allowed = int(asked[unit] * definitions.exclusion_cap)
        excluded.sort(key=lambda row: (row.due_at, row.id))
        found.update(row.id for row in excluded[allowed:])
    return frozenset(found)
