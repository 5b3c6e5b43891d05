"""Many objects at once: a file of points in, a file of answers out."""

import csv
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import TextIO

import numpy as np
import numpy.typing as npt

from qiying.engines.jurisdiction import (
    BELONGS_ELSEWHERE,
    BELONGS_TO_ZONE,
    IS_DANGER,
    KINDS,
    NEEDS_ADJUDICATION,
    NEEDS_CONFIRMATION,
    RULES,
    SIDES,
    Batch,
    Verdicts,
    World,
    decide_many,
)
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.slices.mandate import rules
from qiying.slices.mandate.operations._world import Worlds, worlds

AT_ONCE = 200_000
NEEDED = ("matter", "lon", "lat")
COLUMNS = (*NEEDED, "on", "object_kind", "accuracy_m", "belongs_to_zone", "owner", "is_danger")
ANSWER = ("lead", "co", "side", "rule", "needs_confirmation", "needs_adjudication")
YES, NO = frozenset({"1", "true", "yes", "是"}), frozenset({"0", "false", "no", "否"})
UNKNOWN = -2


def decide_file(actor: Actor, source: TextIO, sink: TextIO, *, on: date) -> int:
    """Decide every line of a CSV file; how many there were.

    Parameters
    ----------
    source
        With a head line. ``matter``, ``lon`` and ``lat`` are needed; ``on`` (ISO date),
        ``object_kind``, ``accuracy_m``, ``belongs_to_zone``, ``owner`` (unit code) and
        ``is_danger`` may stand beside them. Further columns are carried along.
    sink
        Gets the same columns and then ``lead``, ``co`` (codes joined by ``;``), ``side``,
        ``rule``, ``needs_confirmation``, ``needs_adjudication``.
    on
        The day of lines that state none.

    Raises
    ------
    Invalid
        ``mandate.file_columns`` or ``mandate.file_line`` with the number of the line.
    """
    reader, writer = csv.reader(source), csv.writer(sink)
    head = [name.strip() for name in next(reader, [])]
    if not set(NEEDED) <= set(head):
        raise Invalid("mandate.file_columns", needed=", ".join(NEEDED))
    at = {name: head.index(name) for name in COLUMNS if name in head}
    writer.writerow([*head, *ANSWER])
    found, done = worlds(actor), 0
    while chunk := list(islice(reader, AT_ONCE)):
        answers = _answers(found, chunk, at, on, first_line=done + 2)
        writer.writerows([*row, *answer] for row, answer in zip(chunk, answers, strict=True))
        done += len(chunk)
    return done


def _answers(
    found: Worlds, chunk: list[list[str]], at: Mapping[str, int], on: date, *, first_line: int
) -> list[tuple[str | int, ...]]:
    """The answers of a chunk in its order; each stretch of the register is asked once."""
    days = _days(chunk, at.get("on"), on, first_line)
    answers: list[tuple[str | int, ...]] = [()] * len(chunk)
    turns = np.array([np.datetime64(day) for day in found.turns], dtype="datetime64[D]")
    stretch = np.searchsorted(turns, days, side="right")
    for number in np.unique(stretch):
        mine = np.flatnonzero(stretch == number)
        world = found.on(days[mine[0]].item()).world
        rows = [chunk[i] for i in mine]
        lines = mine + first_line
        verdicts = decide_many(world, _batch(world, rows, at, days[mine], lines))
        for i, answer in zip(mine, _words(world, verdicts), strict=True):
            answers[i] = answer
    return answers


def _days(
    chunk: list[list[str]], column: int | None, on: date, first_line: int
) -> npt.NDArray[np.datetime64]:
    if column is None:
        return np.full(len(chunk), np.datetime64(on), dtype="datetime64[D]")
    known: dict[str, np.datetime64] = {"": np.datetime64(on)}
    days = np.empty(len(chunk), dtype="datetime64[D]")
    for i, row in enumerate(chunk):
        try:
            text = row[column].strip()
            if text not in known:
                known[text] = np.datetime64(date.fromisoformat(text))
            days[i] = known[text]
        except (IndexError, ValueError) as error:
            raise Invalid("mandate.file_line", line=first_line + i) from error
    return days


def _batch(
    world: World,
    rows: list[list[str]],
    at: Mapping[str, int],
    days: npt.NDArray[np.datetime64],
    lines: npt.NDArray[np.int64],
) -> Batch:
    matters = {m.code: i for i, m in enumerate(world.matters)}
    units = {u.code: i for i, u in enumerate(world.units)} | {"": -1}
    kinds = {k.value: i for i, k in enumerate(KINDS)}
    kinds[""] = kinds[rules.ObjectKind.ENTERPRISE_PREMISES.value]
    column = _Columns(rows, at, lines)
    danger = column.flags("is_danger", IS_DANGER, 0)
    responder = next((units[u] for u in rules.RESPONDERS if u in units), -1)
    return Batch(
        matter=column.codes("matter", matters),
        kind=column.codes("object_kind", kinds),
        lon=column.numbers("lon", None),
        lat=column.numbers("lat", None),
        accuracy_m=column.numbers("accuracy_m", 5.0),
        flags=column.flags("belongs_to_zone", BELONGS_TO_ZONE, BELONGS_ELSEWHERE) + danger,
        on=days,
        owner=column.codes("owner", units),
        responder=np.where(danger > 0, responder, -1),
    )


class _Columns:
    """Columns of text turned into arrays; an error names the line of the file."""

    def __init__(
        self, rows: list[list[str]], at: Mapping[str, int], lines: npt.NDArray[np.int64]
    ) -> None:
        self._rows, self._at, self._lines = rows, at, lines

    def _texts(self, name: str) -> Iterator[str]:
        column = self._at.get(name)
        if column is None:
            return iter([""] * len(self._rows))
        return (row[column].strip() if column < len(row) else "" for row in self._rows)

    def codes(self, name: str, known: Mapping[str, int]) -> npt.NDArray[np.int64]:
        return self._looked_up(known, self._texts(name))

    def numbers(self, name: str, default: float | None) -> npt.NDArray[np.float64]:
        found = np.array([_number(t, default) for t in self._texts(name)], dtype=np.float64)
        limits = {"lon": (-180.0, 180.0), "lat": (-84.0, 84.0), "accuracy_m": (0.0, 1e9)}
        low, high = limits[name]
        self._check((found >= low) & (found <= high))
        return found

    def flags(self, name: str, yes: int, no: int) -> npt.NDArray[np.int64]:
        words = {"": 0} | dict.fromkeys(YES, yes) | dict.fromkeys(NO, no)
        return self._looked_up(words, (text.lower() for text in self._texts(name)))

    def _looked_up(self, words: Mapping[str, int], texts: Iterable[str]) -> npt.NDArray[np.int64]:
        found = np.array([words.get(text, UNKNOWN) for text in texts], dtype=np.int64)
        self._check(found != UNKNOWN)
        return found

    def _check(self, is_good: npt.NDArray[np.bool_]) -> None:
        bad = np.flatnonzero(~is_good)
        if len(bad):
            raise Invalid("mandate.file_line", line=int(self._lines[bad[0]]))


def _number(text: str, default: float | None) -> float:
    if not text and default is not None:
        return default
    try:
        return float(text)
    except ValueError:
        return float("nan")


def _words(world: World, verdicts: Verdicts) -> Iterator[tuple[str | int, ...]]:
    """Each verdict as the cells of the answer."""
    units = [*(u.code for u in world.units), ""]
    table = [";".join(codes) for codes in verdicts.co_table]
    sides, fired = [s.value for s in SIDES], [r.value for r in RULES]
    columns = (
        verdicts.lead.tolist(),
        verdicts.co.tolist(),
        verdicts.side.tolist(),
        verdicts.rule.tolist(),
        ((verdicts.flags & NEEDS_CONFIRMATION) > 0).astype(int).tolist(),
        ((verdicts.flags & NEEDS_ADJUDICATION) > 0).astype(int).tolist(),
    )
    for lead, co, side, rule, confirm, adjudicate in zip(*columns, strict=True):
        yield units[lead], table[co], sides[side], fired[rule], confirm, adjudicate
