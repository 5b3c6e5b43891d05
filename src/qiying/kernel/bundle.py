"""Rows of many tables in one statement: everything that hangs on one record, asked at once.

A record with a dozen kinds of parts, most of them empty, costs a dozen statements, each with its
way through the ORM. Here the database gathers them as JSON, and the rows come back as the same
model instances. Row-level security holds as in any other statement.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from json import loads
from typing import Any, TypeVar
from uuid import UUID

from django.db import connection, models

from qiying.kernel.access import Actor
from qiying.kernel.statements import Statement

M = TypeVar("M", bound=models.Model)
Read = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Part:
    """The rows of one table; ``where`` is SQL on its columns, ``%(name)s`` the values given.

    ``where`` is written in the code, never by a reader.
    """

    model: type[models.Model]
    where: str


def fetch(
    actor: Actor, parts: Sequence[Part], values: Mapping[str, Any]
) -> dict[type[models.Model], list[Any]]:
    """The rows of each table by model, by id; only those of the actor's tenant."""
    names = tuple(sorted({*values, "tenant"}))
    statement = _statement(tuple(parts), names)
    (found,) = statement.ask(**values, tenant=actor.tenant_id)
    return {
        part.model: [_made(part.model, row) for row in (loads(text) if text else ())]
        for part, text in zip(parts, found, strict=True)
    }


@lru_cache(maxsize=64)
def _statement(parts: tuple[Part, ...], names: tuple[str, ...]) -> Statement:
    one = "(SELECT json_agg(t ORDER BY t.id)::text FROM {} t WHERE t.tenant_id = %(tenant)s AND ({}))"
    text = "SELECT " + ", ".join(one.format(_table(p.model), p.where) for p in parts)
    asked = [name for name in names if f"%({name})s" in text]
    return Statement(text % {name: f"${n}" for n, name in enumerate(asked, 1)}, tuple(asked))


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _made(model: type[M], row: Mapping[str, Any]) -> M:
    names, columns = _columns(model)
    values = [
        row[column] if read is None or row[column] is None else read(row[column])
        for column, read in columns
    ]
    return model.from_db("default", names, values)


@lru_cache(maxsize=64)
def _columns(
    model: type[models.Model],
) -> tuple[tuple[str, ...], tuple[tuple[str, Read | None], ...]]:
    """Names of the attributes, and of the columns with how each is read from JSON."""
    fields = model._meta.concrete_fields
    return tuple(f.attname for f in fields), tuple((f.column or "", _reader(f)) for f in fields)


def _reader(field: Any) -> Read | None:
    """How a value is read; TypeError for a kind that JSON would change without a word."""
    while field.remote_field is not None:
        field = field.target_field
    for kind, read in READERS:
        if isinstance(field, kind):
            return read
    raise TypeError(field)


READERS: tuple[tuple[type[Any] | tuple[type[Any], ...], Read | None], ...] = (
    (models.DateTimeField, datetime.fromisoformat),
    (models.DateField, date.fromisoformat),
    (models.FloatField, float),
    (models.UUIDField, UUID),
    ((models.IntegerField, models.BooleanField, models.CharField, models.TextField), None),
    (models.JSONField, None),
)
"""The first that fits; a subclass stands before its base."""
