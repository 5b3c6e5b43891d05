"""Descriptions as JSON or TOML, read strictly: every fault is named with its place.

The reader, the writer and the schema walk over the same records, so they cannot differ.
"""

import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

from qiying.engines.valuation._faults import Fault, Misstated
from qiying.engines.valuation._params import Params
from qiying.engines.valuation._problem import Problem

Record = TypeVar("Record")
_WORDS: Mapping[type, str] = {
    float: "number",
    int: "integer",
    str: "string",
    bool: "boolean",
    date: "string",
}


class _Nothing:
    """Stands for a value that could not be read."""


_NOTHING = _Nothing()


def read(text: str, *, is_toml: bool = False) -> tuple[Problem, Params]:
    """Read a description; its table ``params`` changes the parameters.

    Raises
    ------
    Misstated
        With every fault and its place, such as ``assets[0].royalty.rate.low``.
    """
    data = _parsed(text, is_toml=is_toml)
    if not isinstance(data, dict):
        raise Misstated((Fault("$", "not_a_table"),))
    faults: list[Fault] = []
    params = _record(Params, data.get("params", {}), "params", faults)
    rest = {name: value for name, value in data.items() if name != "params"}
    problem = _record(Problem, rest, "", faults)
    if faults:
        raise Misstated(tuple(faults))
    return problem, params


def _parsed(text: str, *, is_toml: bool) -> Any:
    try:
        return tomllib.loads(text) if is_toml else json.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise Misstated((Fault("$", "not_toml", str(wrong)),)) from None
    except (json.JSONDecodeError, RecursionError) as wrong:
        line = getattr(wrong, "lineno", 0)
        raise Misstated((Fault("$", "not_json", f"line {line}"),)) from None


def _join(place: str, name: str) -> str:
    return f"{place}.{name}" if place and name else place or name


def _needs(field: "Field[Any]") -> bool:
    return field.default is MISSING and field.default_factory is MISSING


def _record(cls: type[Any], data: Any, place: str, faults: list[Fault]) -> Any:
    if not isinstance(data, dict):
        faults.append(Fault(place or "$", "not_a_table", str(data)[:60]))
        return _NOTHING
    before, hints = len(faults), get_type_hints(cls)
    known = {field.name: field for field in fields(cls)}
    faults += [Fault(_join(place, str(n)), "unknown_name") for n in data if n not in known]
    faults += [
        Fault(_join(place, n), "missing")
        for n, field in known.items()
        if n not in data and _needs(field)
    ]
    given = {n: _value(hints[n], data[n], _join(place, n), faults) for n in known if n in data}
    if len(faults) > before:
        return _NOTHING
    try:
        return cls(**given)
    except Misstated as wrong:
        faults += [Fault(_join(place, f.place) or "$", f.code, f.value) for f in wrong.faults]
        return _NOTHING


def _value(hint: Any, data: Any, place: str, faults: list[Fault]) -> Any:
    if isinstance(hint, UnionType):
        inner = next(h for h in get_args(hint) if h is not NoneType)
        return None if data is None else _value(inner, data, place, faults)
    if get_origin(hint) is tuple:
        return _row(get_args(hint), data, place, faults)
    if is_dataclass(hint):
        return _record(hint, data, place, faults)  # type: ignore[arg-type]  # a record by now
    read = _plain(hint, data)
    if read is _NOTHING:
        code = "not_one_of_" + "_".join(hint) if issubclass(hint, StrEnum) else _CODES[hint]
        faults.append(Fault(place, code, str(data)[:60]))
    return read


_CODES = {
    float: "not_a_number",
    int: "not_a_whole_number",
    str: "not_a_text",
    bool: "not_true_or_false",
    date: "not_a_date",
}


def _row(inner: tuple[Any, ...], data: Any, place: str, faults: list[Fault]) -> Any:
    many = inner[-1] is Ellipsis
    if not isinstance(data, list) or not (many or len(data) == len(inner)):
        faults.append(Fault(place, "not_a_list" if many else "not_a_list_of_this_length"))
        return _NOTHING
    hints = [inner[0]] * len(data) if many else inner
    pairs = zip(hints, data, strict=True)
    return tuple(_value(h, v, f"{place}[{n}]", faults) for n, (h, v) in enumerate(pairs))


def _plain(hint: Any, data: Any) -> Any:
    if hint is date:
        return _day(data)
    if hint is bool or isinstance(data, bool):
        return data if hint is bool and isinstance(data, bool) else _NOTHING
    if hint in {int, float}:
        return _number(hint, data)
    if not isinstance(data, str):
        return _NOTHING
    if hint is str:
        return data
    return hint(data) if data in {str(v) for v in hint} else _NOTHING


def _number(hint: Any, data: Any) -> Any:
    if not isinstance(data, int if hint is int else int | float):
        return _NOTHING
    try:
        return hint(data) if math.isfinite(float(data)) else _NOTHING
    except OverflowError:
        return _NOTHING


def _day(data: Any) -> Any:
    if isinstance(data, date) and not isinstance(data, datetime):
        return data
    try:
        return date.fromisoformat(data) if isinstance(data, str) else _NOTHING
    except ValueError:
        return _NOTHING


def to_plain(value: Any) -> Any:
    """Turn records into dictionaries and lists; money becomes text with two digits."""
    if is_dataclass(value):
        shown = (f for f in fields(value) if f.repr)
        return {f.name: to_plain(getattr(value, f.name)) for f in shown}
    if isinstance(value, tuple | list):
        return [to_plain(v) for v in value]
    if isinstance(value, Decimal | date):
        return str(value)
    return value


def schema() -> dict[str, Any]:
    """Return the JSON schema (2020-12) of a description."""
    seen: dict[str, Any] = {}
    _describe(Problem, seen)
    _describe(Params, seen)
    own = seen.pop(Problem.__name__)
    own["properties"]["params"] = {"$ref": f"#/$defs/{Params.__name__}"}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **own, "$defs": seen}


def _describe(cls: type[Any], seen: dict[str, Any]) -> None:
    if cls.__name__ in seen:
        return
    seen[cls.__name__] = {}
    hints = get_type_hints(cls)
    shapes = {field.name: _shape(hints[field.name], seen) for field in fields(cls)}
    needed = [field.name for field in fields(cls) if _needs(field)]
    seen[cls.__name__] = {
        "type": "object",
        "properties": shapes,
        "required": needed,
        "additionalProperties": False,
    }


def _shape(hint: Any, seen: dict[str, Any]) -> dict[str, Any]:
    if isinstance(hint, UnionType):
        inner = next(h for h in get_args(hint) if h is not NoneType)
        return {"anyOf": [_shape(inner, seen), {"type": "null"}]}
    if get_origin(hint) is tuple:
        parts = get_args(hint)
        if parts[-1] is Ellipsis:
            return {"type": "array", "items": _shape(parts[0], seen)}
        return {"type": "array", "prefixItems": [_shape(part, seen) for part in parts]}
    if is_dataclass(hint):
        _describe(hint, seen)  # type: ignore[arg-type]  # a record by now
        return {"$ref": f"#/$defs/{hint.__name__}"}  # type: ignore[union-attr]  # a record by now
    if hint in _WORDS:
        form = {"format": "date"} if hint is date else {}
        return {"type": _WORDS[hint], **form}
    return {"enum": [str(v) for v in hint]}
