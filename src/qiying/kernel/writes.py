"""Write records by statements that are made once per table and set of columns.

The object mapper makes the text of a statement anew for every record, which costs more than the
database takes to carry it out. What is written is the same, defaults and keys included; signals
and ``auto_now`` are not served, and no table here has them.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, TypeVar

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, models
from django.db.models.expressions import DatabaseDefault

from qiying.kernel import prepared

M = TypeVar("M", bound=models.Model)
PLACE = "\x00"
Reader = Callable[[models.Model], Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of a table but for its key, and how each is read from a record.

    ``fields`` and ``names`` are what a field and its attribute are called: unit and unit_id.
    """

    table: str
    key: str
    fields: tuple[str, ...]
    names: tuple[str, ...]
    columns: tuple[str, ...]
    places: tuple[str, ...]
    readers: tuple[Reader, ...]
    defaults: tuple[tuple[str, Any], ...]
    """What the database would fill in."""

    def values(self, row: models.Model) -> list[Any]:
        return [read(row) for read in self.readers]

    def insert(self, source: str) -> str:
        names = ", ".join(self.columns)
        return f"INSERT INTO {self.table} ({names}) {source} RETURNING {self.key}"


def insert(row: M) -> M:
    """Write a new record; its key stands on it afterwards."""
    with prepared.numbered_cursor() as cursor:
        cursor.execute(_one(type(row)), shape_of(type(row)).values(row))
        (key,) = cursor.fetchone()
    return _kept(row, key)


def insert_with(row: M, part: models.Model, link: str) -> M:
    """Write a new record and a part that points at it by the field ``link``, in one statement."""
    values = shape_of(type(row)).values(row), shape_of(type(part), link).values(part)
    with prepared.numbered_cursor() as cursor:
        cursor.execute(_two(type(row), type(part), link), [*values[0], *values[1]])
        key, part_key = cursor.fetchone()
    setattr(part, link, _kept(row, key))
    _kept(part, part_key)
    return row


def update(row: models.Model, fields: Iterable[str]) -> None:
    """Write these fields of a record that is there; RuntimeError when it is not."""
    names = tuple(sorted(fields))
    if not names:
        return
    statement, readers = _change(type(row), names)
    with prepared.numbered_cursor() as cursor:
        cursor.execute(statement, [*(read(row) for read in readers), row.pk])
        if cursor.rowcount != 1:
            raise RuntimeError(f"{type(row).__name__} {row.pk} is not there to be written")


@cache
def _change(model: type[models.Model], names: tuple[str, ...]) -> tuple[str, tuple[Reader, ...]]:
    shape = shape_of(model)
    at = {name: i for i, name in enumerate(shape.names)} | {
        field: i for i, field in enumerate(shape.fields)
    }
    chosen = sorted({at[name] for name in names})
    pairs = ", ".join(f"{shape.columns[i]} = {shape.places[i]}" for i in chosen)
    statement = f"UPDATE {shape.table} SET {pairs} WHERE {shape.key} = {PLACE}"  # noqa: S608  names of our own tables
    return _numbered(statement), tuple(shape.readers[i] for i in chosen)


def _kept(row: M, key: int) -> M:
    row.pk = key
    for name, default in shape_of(type(row)).defaults:
        if isinstance(getattr(row, name), DatabaseDefault):
            setattr(row, name, default)
    row._state.adding, row._state.db = False, connection.alias
    return row


@cache
def _one(model: type[models.Model]) -> str:
    shape = shape_of(model)
    return _numbered(shape.insert(f"VALUES ({', '.join(shape.places)})"))


@cache
def _two(model: type[models.Model], part: type[models.Model], link: str) -> str:
    below = shape_of(part, link)
    places = ", ".join(("above.id", *below.places))
    column = _column_of(part, link)
    names = ", ".join((column, *below.columns))
    first = shape_of(model)
    above = first.insert(f"VALUES ({', '.join(first.places)})")
    return _numbered(
        f"WITH above (id) AS ({above}), "  # noqa: S608  names of our own tables
        f"below AS (INSERT INTO {below.table} ({names}) SELECT {places} FROM above "
        f"RETURNING {below.key} AS id) "
        f"SELECT above.id, below.id FROM above CROSS JOIN below"
    )


def _column_of(model: type[models.Model], name: str) -> str:
    return next(str(f.column) for f in model._meta.concrete_fields if f.name == name)


def _numbered(statement: str) -> str:
    """With ``$1``, ``$2`` and so on where values stand."""
    head, *rest = statement.split(PLACE)
    return head + "".join(f"${n}{part}" for n, part in enumerate(rest, 1))


@cache
def shape_of(model: type[models.Model], link: str = "") -> Shape:
    """How records of a model are written; ``link`` is left out, because it is filled in."""
    meta = model._meta
    fields = [f for f in meta.concrete_fields if not f.primary_key and f.name != link]
    quote = connection.ops.quote_name
    return Shape(
        quote(meta.db_table),
        quote(str(meta.pk.column)),
        tuple(f.name for f in fields),
        tuple(f.attname for f in fields),
        tuple(quote(str(f.column)) for f in fields),
        tuple(f"{PLACE}::jsonb" if isinstance(f, models.JSONField) else PLACE for f in fields),
        tuple(_reader(f) for f in fields),
        tuple((f.attname, f.db_default) for f in fields if f.has_db_default()),
    )


def _reader(field: "models.Field[Any, Any]") -> Reader:
    """How a record's value is handed to the driver, which takes plain values as they are.

    A code is a member of an enumeration, which the driver would write by its name.
    """
    turn: Callable[[Any], Any] | None = None
    if isinstance(field, models.JSONField):
        turn = _JSON.encode
    elif isinstance(field, models.CharField | models.TextField):
        turn = str
    elif isinstance(field, models.IntegerField):
        turn = int
    default = field.db_default if field.has_db_default() else None
    return partial(_read, field.attname, turn, default)


_JSON = DjangoJSONEncoder(ensure_ascii=False)


def _read(name: str, turn: Callable[[Any], Any] | None, default: object, row: models.Model) -> Any:
    value = getattr(row, name)
    if isinstance(value, DatabaseDefault):
        value = default
    return value if value is None or turn is None else turn(value)
