"""Instances and plans as JSON, read strictly: an unknown or missing name is refused with its place.

One walk over the dataclasses gives the reader, the writer and the schema, so they cannot differ.
"""

import json
import math
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from qiying.engines.dispatch._problem import MalformedError, Problem
from qiying.engines.dispatch._result import Plan

T = TypeVar("T")
_PLAIN = frozenset({str, int, float, bool, NoneType})
"""What most of an instance is made of, looked at first."""


def read_problem(text: str) -> Problem:
    """Read an instance; a ``MalformedError`` names the place and the reason."""
    return read(Problem, _parsed(text), "")


def read_plan(text: str) -> Plan:
    """Read a plan."""
    return read(Plan, _parsed(text), "")


def read_json(cls: type[T], text: str) -> T:
    """Read any dataclass of this engine, such as a roster to be planned."""
    return read(cls, _parsed(text), "")


def write_json(value: Any, *, indent: int | None = None) -> str:
    """Write an instance, a plan or a result; values that equal their default are left out."""
    plain = to_plain(value)
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, indent=indent, allow_nan=False)


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise MalformedError("not_json", f"line {error.lineno}") from None


def to_plain(value: Any) -> Any:
    """Turn a dataclass into dictionaries and lists."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    if is_dataclass(value):
        named = ((n, getattr(value, n), default) for n, default in _defaults(kind))
        return {n: to_plain(v) for n, v, default in named if default is MISSING or v != default}
    if isinstance(value, list | tuple):
        return [to_plain(v) for v in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return value


@cache
def _defaults(cls: type[Any]) -> tuple[tuple[str, Any], ...]:
    return tuple((f.name, _default(f)) for f in fields(cls))


def _default(field: "Field[Any]") -> Any:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def read(cls: type[T], data: Any, place: str) -> T:
    """Read one dataclass from dictionaries and lists."""
    given = _fields(cls, data, place)
    try:
        return cls(**given)
    except MalformedError as error:
        raise MalformedError(error.reason, _join(place, error.place) or "$") from None
    except ValueError:
        raise MalformedError("out_of_range", place or "$") from None


def _fields(cls: type[Any], data: Any, place: str) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise MalformedError("not_an_object", place or "$")
    hints, known = get_type_hints(cls), {f.name: f for f in fields(cls)}
    for name in data:
        if name not in known:
            raise MalformedError("unknown_name", _join(place, name))
    for name, field in known.items():
        if name not in data and _default(field) is MISSING:
            raise MalformedError("missing", _join(place, name))
    return {n: _value(hints[n], data[n], _join(place, n)) for n in known if n in data}


def _join(place: str, name: str) -> str:
    return ".".join(p for p in (place, name) if p)


def _value(hint: Any, data: Any, place: str) -> Any:
    if isinstance(hint, UnionType):
        inner = [h for h in get_args(hint) if h is not NoneType]
        return None if data is None else _value(inner[0], data, place)
    if get_origin(hint) is tuple:
        return _row(get_args(hint), data, place)
    if is_dataclass(hint):
        return read(hint, data, place)  # type: ignore[arg-type]  # a record by now
    if hint in _SCALARS:
        return _SCALARS[hint](data, place)
    return _choice(hint, data, place)


def _row(inner: tuple[Any, ...], data: Any, place: str) -> tuple[Any, ...]:
    if not isinstance(data, list):
        raise MalformedError("not_a_list", place)
    if inner[-1] is Ellipsis:
        return tuple(_value(inner[0], v, f"{place}[{i}]") for i, v in enumerate(data))
    if len(data) != len(inner):
        raise MalformedError("wrong_length", place)
    pairs = zip(inner, data, strict=True)
    return tuple(_value(h, v, f"{place}[{i}]") for i, (h, v) in enumerate(pairs))


def _choice(hint: Any, data: Any, place: str) -> StrEnum:
    if not isinstance(data, str) or data not in {str(v) for v in hint}:
        raise MalformedError("not_one_of_" + "_".join(sorted(str(v) for v in hint)), place)
    found: StrEnum = hint(data)
    return found


def _number(data: Any, place: str) -> float:
    if isinstance(data, bool) or not isinstance(data, int | float) or not math.isfinite(data):
        raise MalformedError("not_a_number", place)
    return float(data)


def _whole(data: Any, place: str) -> int:
    if isinstance(data, bool) or not isinstance(data, int):
        raise MalformedError("not_a_whole_number", place)
    return data


def _text(data: Any, place: str) -> str:
    if not isinstance(data, str):
        raise MalformedError("not_a_text", place)
    return data


def _flag(data: Any, place: str) -> bool:
    if not isinstance(data, bool):
        raise MalformedError("not_true_or_false", place)
    return data


def _moment(data: Any, place: str) -> datetime:
    try:
        return datetime.fromisoformat(_text(data, place))
    except ValueError:
        raise MalformedError("not_a_moment", place) from None


_SCALARS = {float: _number, int: _whole, str: _text, bool: _flag, datetime: _moment}
_NAMES = {float: "number", int: "integer", str: "string", bool: "boolean"}


def schema(cls: type[Any] = Problem) -> dict[str, Any]:
    """Return the JSON schema (2020-12) of a dataclass of this engine."""
    found: dict[str, Any] = {}
    _describe(cls, found)
    top = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    own: dict[str, Any] = found.pop(cls.__name__)
    return top | own | {"$defs": found}


def _describe(cls: type[Any], found: dict[str, Any]) -> None:
    if cls.__name__ in found:
        return
    found[cls.__name__] = {}
    hints = get_type_hints(cls)
    found[cls.__name__] = {
        "type": "object",
        "additionalProperties": False,
        "required": [f.name for f in fields(cls) if _default(f) is MISSING],
        "properties": {f.name: _shape(hints[f.name], found) for f in fields(cls)},
    }


def _shape(hint: Any, found: dict[str, Any]) -> dict[str, Any]:
    if isinstance(hint, UnionType):
        inner = [h for h in get_args(hint) if h is not NoneType]
        return {"anyOf": [_shape(inner[0], found), {"type": "null"}]}
    if get_origin(hint) is tuple:
        parts = get_args(hint)
        if parts[-1] is Ellipsis:
            return {"type": "array", "items": _shape(parts[0], found)}
        return {"type": "array", "prefixItems": [_shape(h, found) for h in parts]}
    if is_dataclass(hint):
        _describe(hint, found)  # type: ignore[arg-type]  # a record by now
        return {"$ref": f"#/$defs/{hint.__name__}"}  # type: ignore[union-attr]  # a record by now
    if hint is datetime:
        return {"type": "string", "format": "date-time"}
    return {"type": _NAMES[hint]} if hint in _NAMES else {"enum": [str(v) for v in hint]}
