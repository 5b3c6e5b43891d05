"""Which rows of a table can be rated, and what of the others is wrong, cell by cell."""

import math
from collections.abc import Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

import ibis
import ibis.expr.types as ir

from qiying.engines.scorecard._card import Card, Fault, Unusable
from qiying.engines.scorecard._firm_faults import limits
from qiying.engines.scorecard.bulk._cells import (
    day,
    exact,
    fact,
    is_blank,
    is_no_day,
    is_no_fact,
    is_no_number,
    number,
    text,
)

ROW = "_row"
"""Column of a table that says where a row stood."""
NONE = "none"
Bad = tuple[str, str, ir.BooleanValue]


def lacking(table: ir.Table, card: Card, *, needs_evidence: bool = False) -> tuple[Fault, ...]:
    """Columns that a card names and a table does not have, or has as dates or lists.

    Judgements and notches may be absent (nobody judged yet), and so may days of expiry.
    """
    later = {c.judged for c in card.characteristics} | {n.input for n in card.notches}
    asked = ["firm", *(n for n in card.numbers if n not in later), *card.words, *card.facts]
    if needs_evidence:
        asked += [f"{name}_evidence" for name in card.scales]
    found = [Fault(f"firms.{name}", "no_column") for name in asked if name not in table.columns]
    for name in [*card.numbers, *card.words, *card.facts]:
        kind = table[name].type() if name in table.columns else None
        if kind is not None and (kind.is_temporal() or kind.is_nested() or kind.is_binary()):
            found.append(Fault(f"firms.{name}", "wrong_type", str(kind)))
    return tuple(found)


def _bad(table: ir.Table, card: Card) -> list[Bad]:
    """(column, code, where) of everything that makes a row unusable."""
    firm = text(table, "firm")
    times = table.count().over(ibis.window(group_by=firm))
    found: list[Bad] = [
        ("firm", "no_firm", firm == ""),
        ("firm", "repeated_firm", (firm != "") & (times > 1)),
    ]
    bounds = limits(card)
    whole = {c.judged for c in card.characteristics} | {n.input for n in card.notches}
    for name in card.numbers:
        value = number(table, name)
        found.append((name, "no_number", is_no_number(table, name)))
        least, most = bounds.get(name, (-math.inf, math.inf))
        ends = [value < exact(least)] if least > -math.inf else []
        ends += [value > exact(most)] if most < math.inf else []
        if ends:
            found.append((name, "out_of_range", reduce(or_, ends)))
        if name in whole:
            found.append((name, "not_whole", value != value.floor()))
    for name in card.words:
        words = [band.word for band in card.scales[name].bands if band.word]
        own = text(table, name)
        found.append((name, "unknown_word", ~is_blank(own) & ~own.isin([*words, NONE])))
    found += [(name, "no_fact", is_no_fact(table, name)) for name in card.facts]
    days = [f"{name}_until" for name in card.scales if f"{name}_until" in table.columns]
    found += [(name, "no_day", is_no_day(table, name)) for name in days]
    no = ibis.literal(value=False)
    return [(column, code, where.coalesce(no)) for column, code, where in found]


def marked(table: ir.Table, card: Card) -> ir.Table:
    """The table with ``_bad``: whether anything of a row cannot be used."""
    bad = _bad(table, card)
    columns = table.mutate(**{f"_bad{n}": where for n, (_column, _code, where) in enumerate(bad)})
    marks = [columns[f"_bad{n}"] for n in range(len(bad))]
    return columns.mutate(_bad=reduce(or_, marks)).drop(*(f"_bad{n}" for n in range(len(bad))))


def counts(table: ir.Table, card: Card) -> ir.Table:
    """One row: ``rows``, and how often each fault occurs; read by `faults_in`."""
    bad = _bad(table, card)
    marks = table.select(**{f"bad{n}": where for n, (_c, _k, where) in enumerate(bad)})
    sums = {name: marks[name].cast("int64").sum() for name in marks.columns}
    return marks.aggregate(rows=marks.count(), **sums)


def faults_in(table: ir.Table, card: Card, counted: Mapping[str, Any]) -> tuple[Fault, ...]:
    """What the row of `counts` says; ``value`` is the number of rows."""
    if not counted["rows"]:
        return (Fault("firms", "no_rows"),)
    return tuple(
        Fault(f"firms.{column}", code, str(int(counted[f"bad{n}"])))
        for n, (column, code, _where) in enumerate(_bad(table, card))
        if counted[f"bad{n}"]
    )


def places(table: ir.Table, card: Card, faults: Sequence[Fault]) -> ir.Table:
    """``row``, ``firm``, ``column``, ``code``, ``value`` of every cell with one of the faults."""
    wanted = {(fault.place.removeprefix("firms."), fault.code) for fault in faults}
    parts = [
        _told(table, column, code, where)
        for column, code, where in _bad(table, card)
        if (column, code) in wanted
    ]
    return reduce(lambda one, other: one.union(other), parts)


def _told(table: ir.Table, column: str, code: str, where: ir.BooleanValue) -> ir.Table:
    row = table[ROW].cast("int64") if ROW in table.columns else ibis.literal(0).cast("int64")
    told = table.select(
        row=row,
        firm=text(table, "firm"),
        column=ibis.literal(column),
        code=ibis.literal(code),
        value=text(table, column),
        is_bad=where,
    )
    return told.filter(told.is_bad).drop("is_bad")


def typed(table: ir.Table, card: Card, *, needs_evidence: bool = False) -> ir.Table:
    """What `rate` reads, of the rows that can be rated; text is read as numbers here, once.

    Raises
    ------
    Unusable
        With every column that is not there.
    """
    if faults := lacking(table, card, needs_evidence=needs_evidence):
        raise Unusable(faults)
    good = marked(table, card)
    good = good.filter(~good["_bad"])
    columns: dict[str, ir.Value] = {"firm": text(good, "firm")}
    columns |= {name: number(good, name) for name in card.numbers}
    columns |= {name: _word(good, name) for name in card.words}
    if needs_evidence:
        columns |= {name: _proven(good, name, columns[name]) for name in card.scales}
    columns |= {name: fact(good, name) for name in card.facts}
    keys = [s.input for c in card.characteristics if c.is_key for s in c.scales]
    return good.select(**columns, **{f"{name}_until": day(good, f"{name}_until") for name in keys})


def _word(table: ir.Table, name: str) -> ir.StringValue:
    words = text(table, name)
    return ibis.ifelse(is_blank(words), ibis.literal(""), words)


def _proven(table: ir.Table, name: str, value: ir.Value) -> ir.Value:
    nothing = ibis.literal("") if value.type().is_string() else ibis.null("float64")
    return ibis.ifelse(text(table, f"{name}_evidence") == "", nothing, value)
