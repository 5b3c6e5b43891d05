"""Class rules read from TOML, every fault with its place."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from typing import Any, get_args, get_type_hints

from qiying.engines.composite._classes import Bonus, Scheme, Veto, faults_of_scheme
from qiying.engines.composite._cube import Fault, Unusable
from qiying.engines.composite._points import Item

PARTS: Mapping[str, type[Any]] = {"item": Item, "bonus": Bonus, "veto": Veto}
PLURALS = {"item": "items", "bonus": "bonuses", "veto": "vetoes"}


def read_scheme(text: str) -> Scheme:
    """Read class rules: the keys of `Scheme`, and a table for each item, bonus and veto.

    Raises
    ------
    Unusable
        With every fault: an unknown key or one of another type, and those that `classify` names.
    """
    try:
        raw = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        raise Unusable((Fault("no_toml", "scheme", value=str(wrong)),)) from None
    faults: list[Fault] = []
    if raw.pop("version", None) != 1:
        faults.append(Fault("unknown_version", "scheme", column="version"))
    parts: dict[str, Any] = {
        PLURALS[name]: _parts(name, raw.pop(name, []), faults) for name in PARTS
    }
    whole = _table(Scheme, raw, "scheme", 0, faults)
    if faults or whole is None:
        raise Unusable(tuple(faults))
    scheme = Scheme(**parts, **whole)
    if faults := faults_of_scheme(scheme):
        raise Unusable(tuple(faults))
    return scheme


def _parts(name: str, rows: Any, faults: list[Fault]) -> tuple[Any, ...]:
    if not isinstance(rows, list):
        faults.append(Fault("wrong_type", "scheme", column=name))
        return ()
    kind, found = PARTS[name], []
    for place, row in enumerate(rows, 1):
        values = _table(kind, row, f"scheme.{name}", place, faults)
        if values is None:
            continue
        lacking = [n for n in ("code", "weight") if n in _types(kind) and n not in values]
        faults += [Fault("no_key", f"scheme.{name}", place, key) for key in lacking]
        found += [] if lacking else [kind(**values)]
    return tuple(found)


def _types(kind: type[Any]) -> dict[str, Any]:
    return {item.name: get_type_hints(kind)[item.name] for item in fields(kind)}


def _table(
    kind: type[Any], row: Any, table: str, place: int, faults: list[Fault]
) -> dict[str, Any] | None:
    """Values for one dataclass; None when there is a fault among them."""
    if not isinstance(row, Mapping):
        faults.append(Fault("wrong_type", table, place))
        return None
    known = {name: hint for name, hint in _types(kind).items() if name not in PLURALS.values()}
    bad = [Fault("unknown_key", table, place, key) for key in row if key not in known]
    given = {key: (known[key], value) for key, value in row.items() if key in known}
    bad += [
        Fault("wrong_type", table, place, key, str(value))
        for key, (hint, value) in given.items()
        if not _fits(hint, value)
    ]
    faults += bad
    return None if bad else {key: _made(hint, value) for key, (hint, value) in given.items()}


def _fits(hint: Any, value: Any) -> bool:
    words = get_args(hint)
    if isinstance(value, bool):
        return False
    if hint is float:
        return isinstance(value, int | float) and not math.isnan(value)
    if hint in {int, str}:
        return isinstance(value, hint)
    if words[-1] is Ellipsis:
        return isinstance(value, list) and all(_fits(words[0], v) and v != math.inf for v in value)
    if len(words) == 2 and words == (str, float):
        return isinstance(value, Mapping) and all(_fits(float, one) for one in value.values())
    return value in words


def _made(hint: Any, value: Any) -> Any:
    if hint is float:
        return float(value)
    if isinstance(value, list):
        return tuple(_made(get_args(hint)[0], one) for one in value)
    if isinstance(value, Mapping):
        return {key: float(one) for key, one in value.items()}
    return value
