"""Statements put into words once: the object mapper takes longer to word a query than to ask it.

A query is built as everywhere, ``visible_to`` included, with a value that no record has in each
place where a value is put in when it is asked. Everything else stands in the text, so that the
server can plan it once and see which index serves it.

Words are kept by tenant and by what is held, never by person: a person is put in like any other
value. Words that hang on data (which firms somebody looks after, what a revision says) or on a
day are not kept; building them is watched, and whoever reads a record meanwhile has said so.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import connection, models
from django.db.models import QuerySet
from django.db.models.query import get_related_populators
from psycopg import sql

from qiying.kernel import prepared
from qiying.kernel.access import Actor

T = TypeVar("T")
M = TypeVar("M", bound=models.Model)
KEY = -8_046_911_557_203_001
PERSON = -8_046_911_557_203_002
ADDRESS = UUID(int=8_046_911_557_203_003)
NOW = datetime(1, 1, 1, tzinfo=UTC)
START = datetime(1, 2, 1, tzinfo=UTC)
SLOTS: dict[Any, str] = {
    KEY: "key",
    PERSON: "person",
    ADDRESS: "address",
    NOW: "now",
    START: "start",
}
"""What stands in a query for what is asked: the key of a record, the asking person, the id in an
address, the moment of asking, the first moment of a period."""
MOST = 2048


@dataclass(frozen=True, slots=True)
class Words:
    """A query in words as the object mapper gives them, to be put together with others."""

    text: str
    params: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Statement:
    """What is sent: ``$1``, ``$2`` … stand for the values called ``slots``."""

    text: str
    slots: tuple[str, ...]

    def ask(self, **given: Any) -> list[tuple[Any, ...]]:
        """The rows; KeyError when a value is missing, and what no slot asks for is left aside."""
        with prepared.numbered_cursor() as cursor:
            cursor.execute(self.text, [given[name] for name in self.slots])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def words(rows: QuerySet[Any]) -> Words:
    """A query in words; who may see nothing asks in vain, in words as well."""
    compiler = rows.query.get_compiler(connection=connection, elide_empty=False)
    text, params = compiler.as_sql()
    return Words(text, tuple(params))


def put(text: str, params: Iterable[Any] = ()) -> Statement:
    """A statement from words with ``%s`` for each of these values."""
    slots: list[str] = []
    return Statement(text % tuple(_place(value, slots) for value in params), tuple(slots))


def joined(rows: Iterable[QuerySet[Any]], frame: str = "{picked}") -> Statement:
    """Queries for the same columns as one statement, each with its own order and limit."""
    found = [words(each) for each in rows]
    text = " UNION ALL ".join(f"({w.text})" for w in found)
    return put(frame.format(picked=text), [p for w in found for p in w.params])


def _place(value: Any, slots: list[str]) -> str:
    name = SLOTS.get(value) if isinstance(value, int | UUID | datetime) else None
    if name is None:
        if isinstance(value, date):
            hangs_on_data()
        plain = value.value if isinstance(value, Enum) else value
        connection.ensure_connection()
        return sql.Literal(plain).as_string(connection.connection)
    if name not in slots:
        slots.append(name)
    return f"${slots.index(name) + 1}"


class Records(Generic[M]):
    """A query for records, put into words once; what it selects with them comes along."""

    def __init__(self, rows: QuerySet[M]) -> None:
        compiler: Any = rows.query.get_compiler(connection=connection, elide_empty=False)
        text, params = compiler.as_sql()
        self.statement = put(text, params)
        fields = compiler.klass_info["select_fields"]
        self._model: type[M] = compiler.klass_info["model"]
        self._own = slice(fields[0], fields[-1] + 1)
        self._names = [column.target.attname for column, *_ in compiler.select[self._own]]
        # the stubs are those of a later Django, which asks for one thing more
        populators: Any = get_related_populators
        self._near = populators(compiler.klass_info, compiler.select, connection.alias)
        self._more = tuple((compiler.annotation_col_map or {}).items())
        selected = [column for column, *_ in compiler.select[: compiler.col_count]]
        self._readers = tuple(compiler.get_converters(selected).items())

    def ask(self, **given: Any) -> list[M]:
        """The records, as the object mapper would make them."""
        return [self._made(row) for row in self.statement.ask(**given)]

    def first(self, **given: Any) -> M | None:
        """The first of them, or None."""
        found = self.ask(**given)
        return found[0] if found else None

    def _made(self, found: Sequence[Any]) -> M:
        row = list(found)
        for place, (readers, column) in self._readers:
            for read in readers:
                row[place] = read(row[place], column, connection)
        made = self._model.from_db(connection.alias, self._names, row[self._own])
        for near in self._near:
            near.populate(row, made)
        for name, place in self._more:
            setattr(made, name, row[place])
        return made


# --- keeping ---

_kept: dict[Any, Any] = {}
_hangs: ContextVar[list[bool] | None] = ContextVar("hangs", default=None)


def hangs_on_data() -> None:
    """Say that what is being worded hangs on records, so that it must not be kept."""
    seen = _hangs.get()
    if seen is not None:
        seen.append(True)


def kept(name: Any, actor: Actor, build: Callable[[Actor], T]) -> T:
    """What ``build`` words for whoever holds the same in the same tenant.

    ``name`` is hashable and says everything else that the words hang on. ``build`` is given an
    actor in whose place ``PERSON`` stands; where it turns out to read records it is called again
    with the actor itself, and nothing is kept.
    """
    is_person = actor.person_id is not None
    key = (name, actor.tenant_id, actor.held, actor.key_id, is_person)
    found = _kept.get(key) or _worded(key, actor, build)
    return build(actor) if found is UNKEPT else found


def forget_all() -> None:
    """Forget all words: the database was replaced, its tenants are others."""
    _kept.clear()


def _worded(key: Any, actor: Actor, build: Callable[[Actor], Any]) -> Any:
    is_person = actor.person_id is not None
    with _watched() as seen:
        made = build(replace(actor, name="", person_id=PERSON) if is_person else actor)
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[key] = found = UNKEPT if seen else made
    return found


UNKEPT = object()
"""Stands where words hang on data: they are built anew for everybody."""


@contextmanager
def _watched() -> Iterator[list[bool]]:
    """Whether records are read inside."""
    seen: list[bool] = []

    def note(execute: Any, *asked: Any) -> Any:
        seen.append(True)
        return execute(*asked)

    token = _hangs.set(seen)
    try:
        with connection.execute_wrapper(note):
            yield seen
    finally:
        _hangs.reset(token)
