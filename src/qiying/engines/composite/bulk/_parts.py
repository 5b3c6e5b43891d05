"""Parts of a table that a caller asks for besides its scores."""

from collections.abc import Sequence

import ibis.expr.types as ir

from qiying.engines.composite._classes import Scheme
from qiying.engines.composite._cube import Node
from qiying.engines.composite._plan import Normalise, Plan
from qiying.engines.composite._tables import NO_TIME
from qiying.engines.composite.bulk._cells import fact, group, number, word
from qiying.engines.composite.bulk._judge import own
from qiying.engines.composite.bulk._rules import WORDS, facts


def years(table: ir.Table) -> ir.Table:
    """``Time`` and ``rows``: how many rows each year has."""
    return (
        table.select(Time=word(table, "Time", NO_TIME))
        .group_by("Time")
        .aggregate(rows=lambda t: t.count())
    )


def references(table: ir.Table, plan: Plan, nodes: Sequence[Node]) -> ir.Table:
    """``uCode`` of the units that a plan refers to and the table has."""
    steps = [step for step in plan.steps if isinstance(step, Normalise)]
    asked = {own(step, node).reference for step in steps for node in nodes} | {""}
    units = table.select(uCode=word(table, "uCode")).distinct()
    return units.filter(units.uCode.isin(sorted(asked)))


def typed(table: ir.Table, nodes: Sequence[Node]) -> ir.Table:
    """What `scores` reads, text read as numbers once: worth keeping where the table is text."""
    read = [node.code for node in nodes if node.kind in {"Indicator", "Denominator"}]
    words = {node.code: group(table, node.code) for node in nodes if node.kind == "Group"}
    keys = {"Time": word(table, "Time", NO_TIME), "uCode": word(table, "uCode")}
    return table.select(**keys, **words, **{code: number(table[code]) for code in read})


def typed_firms(table: ir.Table, scheme: Scheme) -> ir.Table:
    """What `rate` reads, text read as numbers and facts once."""
    items = {item.code: number(table[item.code]) for item in scheme.items}
    held = {code: fact(table[code]) for code in facts(scheme)}
    return table.select(**{name: word(table, name) for name in WORDS}, **items, **held)


def rows_of(table: ir.Table, nodes: Sequence[Node], some: Sequence[str]) -> ir.Table:
    """What `recount` reads of some years."""
    read = {"Indicator", "Denominator", "Group"}
    codes = [node.code for node in nodes if node.kind in read]
    own_years = table.filter(word(table, "Time", NO_TIME).isin(list(some)))
    time = word(own_years, "Time", NO_TIME)
    return own_years.select(*codes, Time=time, uCode=word(own_years, "uCode"))


def pools(table: ir.Table) -> ir.Table:
    """``pool`` and ``rows``: how many firms each pool has, ranked or not."""
    return (
        table.select(pool=word(table, "pool")).group_by("pool").aggregate(rows=lambda t: t.count())
    )


def firms_of(table: ir.Table, scheme: Scheme, some: Sequence[str] | None) -> ir.Table:
    """What `recount_classes` reads: all, or of some pools the firms that follow nobody."""
    codes = [*(item.code for item in scheme.items), *facts(scheme)]
    firms = table.select(*codes, **{name: word(table, name) for name in WORDS})
    if some is None:
        return firms
    return firms.filter(
        firms.pool.isin(list(some)) & ((firms.follows == "") | (firms.exempt != ""))
    )
