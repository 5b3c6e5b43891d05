"""Names for the numbers that grants carry: the slice that owns units and firms tells them."""

from collections.abc import Callable, Iterable

from qiying.kernel.access import Actor

Namer = Callable[[Actor, Iterable[int]], dict[int, str]]
Finder = Callable[[Actor, str], int | None]
Coder = Callable[[Actor, int], str]
_namers: dict[str, Namer] = {}
_finders: dict[str, Finder] = {}
_coders: dict[str, Coder] = {}


def names(kind: str, namer: Namer, finder: Finder, coder: Coder | None = None) -> None:
    """Register who knows the names of a kind (``unit``, ``enterprise``).

    ``namer(actor, ids)`` gives names; ``finder(actor, code)`` gives the id of a unit's code or a
    firm's credit code, or None; ``coder(actor, id)`` is its inverse.
    """
    if coder is not None:
        _coders[kind] = coder
    _namers[kind] = namer
    _finders[kind] = finder


def names_of(actor: Actor, kind: str, ids: Iterable[int]) -> dict[int, str]:
    wanted = sorted(set(ids))
    return _namers[kind](actor, wanted) if wanted and kind in _namers else {}


def find(actor: Actor, kind: str, code: str) -> int | None:
    return _finders[kind](actor, code) if kind in _finders else None


def code_of(actor: Actor, kind: str, record_id: int | None) -> str:
    """The code by which ``find`` finds this record; "" for none."""
    return _coders[kind](actor, record_id) if record_id and kind in _coders else ""
