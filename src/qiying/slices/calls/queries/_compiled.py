"""Queries of the busiest pages, put into words once: building one takes longer than running it.

What an actor may see is asked of ``visible_to`` as everywhere; the words are kept for those whose
answer hangs on nothing but tenant and units.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from qiying.kernel.access import Actor
from qiying.slices.calls.models import SEES_ALL

MOST = 512
NOW = datetime(1, 1, 1, tzinfo=UTC)
"""Stands in the words for the moment at which they are asked."""
START = datetime(1, 2, 1, tzinfo=UTC)
"""Stands in the words for the first moment of a period."""


@dataclass(frozen=True, slots=True)
class Words:
    """A statement with its parameters, where ``NOW`` and ``START`` stand for moments."""

    text: str
    params: tuple[Any, ...]

    def at(self, now: datetime, *, start: datetime = START) -> list[Any]:
        """The parameters with the moment, and the start of a period, put in."""
        given = {NOW: now, START: start}
        return [given.get(p, p) if isinstance(p, datetime) else p for p in self.params]


_kept: dict[tuple[str, int, frozenset[int]], tuple[Words, ...]] = {}


def words_of(
    name: str, actor: Actor, build: Callable[[Actor], Sequence[QuerySet[Any]]]
) -> tuple[Words, ...]:
    """The words of some queries that differ by nothing but what the actor may see."""
    key = (name, actor.tenant_id, actor.units())
    if not actor.roles & SEES_ALL:
        return _put(build(actor))
    if key not in _kept:
        if len(_kept) >= MOST:
            _kept.clear()
        _kept[key] = _put(build(actor))
    return _kept[key]


def _put(rows: Sequence[QuerySet[Any]]) -> tuple[Words, ...]:
    found = []
    for one in rows:
        # who may see nothing asks in vain, in words as well: nothing is left out of a union
        compiler = one.query.get_compiler(connection=connection, elide_empty=False)
        text, params = compiler.as_sql()
        found.append(Words(text, tuple(params)))
    return tuple(found)


def answers(text: str, params: Sequence[Any]) -> list[tuple[Any, ...]]:
    """The rows of a statement made of such words."""
    with connection.cursor() as cursor:
        cursor.execute(text, params)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found
