"""The tree of an edition: which indicators make which sub-index, with which weight."""

import csv
import io
import math
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from qiying.kernel.errors import Invalid

COLUMNS = ("code", "parent", "weight", "name", "name_en")
MOST_NODES, MOST_CODE = 400, 24
NESTED = 6


@dataclass(frozen=True, slots=True)
class Branch:
    """A node: the index has no parent, an indicator of the dictionary no name of its own."""

    code: str
    parent: str
    weight: float
    name: str = ""
    name_en: str = ""


def read_tree(text: str, known: Collection[str]) -> tuple[Branch, ...]:
    """Read lines of ``code,parent,weight,name,name_en``; `known` are codes of the dictionary.

    Raises
    ------
    Invalid
        ``indices.tree.*`` with the line: heading, number, repeated, roots, parent, unknown, empty,
        depth.
    """
    try:
        rows = list(csv.reader(io.StringIO(text.strip(), newline="")))
    except csv.Error:
        raise _wrong("heading", 1) from None
    if not rows or tuple(cell.strip() for cell in rows[0][:3]) != COLUMNS[:3]:
        raise _wrong("heading", 1)
    if len(rows) > MOST_NODES:
        raise _wrong("size", MOST_NODES)
    found = tuple(_branches(rows[1:]))
    _check(found, known)
    return found


def _branches(rows: list[list[str]]) -> Iterator[Branch]:
    seen: set[str] = set()
    for line, cells in enumerate(rows, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        code, parent, weight, name, name_en = ([c.strip() for c in cells] + [""] * 5)[:5]
        try:
            number = float(weight or 1)
        except ValueError:
            raise _wrong("number", line) from None
        if not math.isfinite(number) or number < 0:
            raise _wrong("number", line)
        if not code or len(code) > MOST_CODE or code in seen:
            raise _wrong("repeated", line)
        seen.add(code)
        yield Branch(code, parent, number, name[:60], name_en[:60])


def _check(found: tuple[Branch, ...], known: Collection[str]) -> None:
    parents = {b.code: b.parent for b in found}
    if sum(not b.parent for b in found) != 1:
        raise _wrong("roots", 1)
    has_members = {b.parent for b in found}
    for line, branch in enumerate(found, start=2):
        if branch.parent and branch.parent not in parents:
            raise _wrong("parent", line)
        if branch.code not in has_members and branch.code not in known:
            raise _wrong("unknown", line)
        if branch.code in has_members and branch.code in known:
            raise _wrong("parent", line)
        steps, above = 0, branch.parent
        while above:
            steps, above = steps + 1, parents[above]
            if steps > NESTED:
                raise _wrong("depth", line)


def _wrong(code: str, line: int) -> Invalid:
    return Invalid("input.invalid", {"tree": f"indices.tree.{code}"}, line=line, most=MOST_NODES)
