"""Keyset paging: the next page starts after the last row, whatever the table's size."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import F, Model, Q, QuerySet

from qiying.kernel.errors import Invalid

M = TypeVar("M", bound=Model)
PAGE = 25
MAX_PAGE = 200
EARLIEST, LATEST = 1900, 2200
BIGGEST = 2**63


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """Rows of one page and the cursors of its neighbours ("" when there is none)."""

    rows: Sequence[M]
    next: str
    previous: str

    def __iter__(self) -> Any:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def paginate(
    rows: "QuerySet[M]", *, order: Sequence[str], cursor: str = "", size: int = PAGE
) -> Page[M]:
    """One page of a query in the given order.

    Parameters
    ----------
    order
        Field names, ``-`` for descending; the last must be unique. Fields may not be null.
    cursor
        What ``Page.next`` or ``Page.previous`` said, or "" for the first page.
    """
    size = size_of(size)
    is_back, values = _read(cursor, len(order))
    steps = [_flip(name) for name in order] if is_back else list(order)
    if values is not None:
        rows = _bounded(rows, steps, values)
    found = list(first(rows, steps, size))
    if values is None:
        return page_of(found, order, size)
    has_more = len(found) > size
    found = found[:size]
    if is_back:
        found.reverse()
    if not found:
        return Page([], "", "")
    has_next, has_previous = (True, has_more) if is_back else (has_more, True)
    return Page(
        found,
        _write("n", found[-1], order) if has_next else "",
        _write("p", found[0], order) if has_previous else "",
    )


def size_of(size: int) -> int:
    """How many rows a page has that asked for so many."""
    return max(1, min(size, MAX_PAGE))


def first(rows: "QuerySet[M]", order: Sequence[str], size: int) -> "QuerySet[M]":
    """The rows of the first page and one more, which tells whether there is a next one."""
    return rows.order_by(*(_ordering(s) for s in order))[: size + 1]


def page_of(found: Sequence[M], order: Sequence[str], size: int) -> Page[M]:
    """The first page from what ``first`` found."""
    rows = found[:size]
    return Page(rows, _write("n", rows[-1], order) if len(found) > size else "", "")


def _bounded(rows: "QuerySet[M]", steps: Sequence[str], values: Sequence[Any]) -> "QuerySet[M]":
    """The rows after the cursor; a key of the wrong kind is no cursor that we gave."""
    try:
        return rows.filter(_after(steps, values))
    except (ValidationError, ValueError, TypeError) as error:
        raise Invalid("input.invalid", {"cursor": "input.choice"}) from error


def _flip(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _ordering(name: str) -> Any:
    return F(name[1:]).desc() if name.startswith("-") else F(name).asc()


def _after(order: Sequence[str], values: Sequence[Any]) -> Q:
    """Rows after a key in lexicographic order; the leading bound lets the index start there."""
    result = Q()
    for depth, name in enumerate(order):
        bare = name.lstrip("-")
        test = Q(**{f"{bare}__{'lt' if name.startswith('-') else 'gt'}": values[depth]})
        for before in range(depth):
            test &= Q(**{order[before].lstrip("-"): values[before]})
        result |= test
    lead = order[0].lstrip("-")
    bound = Q(**{f"{lead}__{'lte' if order[0].startswith('-') else 'gte'}": values[0]})
    return bound & result


def _write(direction: str, row: Model, order: Sequence[str]) -> str:
    values = []
    for name in order:
        value: Any = row
        for part in name.lstrip("-").split("__"):
            value = getattr(value, part)
        values.append({"t": value.isoformat()} if isinstance(value, datetime) else value)
    text = json.dumps([direction, values], separators=(",", ":"), default=str)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read(cursor: str, length: int) -> tuple[bool, list[Any] | None]:
    if not cursor:
        return False, None
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        direction, values = json.loads(base64.urlsafe_b64decode(padded.encode()))
        if direction not in {"n", "p"} or len(values) != length:
            raise ValueError
        return direction == "p", [_value(v) for v in values]
    except (ValueError, TypeError, KeyError, binascii.Error, UnicodeError) as error:
        raise Invalid("input.invalid", {"cursor": "input.choice"}) from error


def _value(value: Any) -> Any:
    """A key as we write them; ValueError or TypeError for what no column of ours can hold."""
    if isinstance(value, dict):
        moment = datetime.fromisoformat(value["t"])
        if moment.tzinfo is None or not EARLIEST < moment.year < LATEST:
            raise ValueError
        return moment
    if isinstance(value, str) and "\x00" not in value:
        value.encode()
        return value
    if isinstance(value, int | float) and abs(value) < BIGGEST:
        return value
    raise TypeError
