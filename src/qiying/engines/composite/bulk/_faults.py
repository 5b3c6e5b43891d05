"""What of a table cannot be used: counted in one pass, then named place by place."""

import math
from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import ibis
import ibis.expr.types as ir

from qiying.engines.composite._classes import Scheme
from qiying.engines.composite._cube import Fault, Node, Unusable
from qiying.engines.composite._tables import NO_TIME
from qiying.engines.composite.bulk._cells import is_unclear, is_unreadable, word
from qiying.engines.composite.bulk._panel import absent
from qiying.engines.composite.bulk._rules import WORDS, absent_firms, facts

ROW = "_row"
"""Column of a table that says where a row stood."""
Counts = Mapping[str, Any]


def checks(table: ir.Table, nodes: Sequence[Node]) -> ir.Table:
    """One row that counts what cannot be used: read by `faults_in`."""
    faults = absent(table, nodes)
    if faults:
        raise Unusable(tuple(faults))
    unit, bad = word(table, "uCode"), _unreadable(table, _read(nodes))
    return table.aggregate(
        rows=table.count(),
        keys=_key(table).nunique(),
        units=unit.nunique(),
        nameless=(unit == "").sum(),
        **bad,
    )


def faults_in(counts: Counts, nodes: Sequence[Node]) -> tuple[Fault, ...]:
    """What the row of `checks` says: `value` is the number of rows or cells."""
    return _said(counts, "iData", "uCode", _read(nodes))


def places(table: ir.Table, nodes: Sequence[Node], faults: Sequence[Fault]) -> ir.Table:
    """Every place of the faults that `faults_in` found.

    Returns
    -------
    ``code``, ``row`` (that of a column `ROW` of the table, 0 without one), ``unit``, ``time``,
    ``column``, ``value``.
    """
    table = table.mutate(of_key=_key(table), of_unit=word(table, "uCode"))
    return _placed(table.mutate(of_time=word(table, "Time", NO_TIME)), faults)


def firm_checks(table: ir.Table, scheme: Scheme) -> ir.Table:
    """One row that counts what of the firms cannot be used: read by `firm_faults_in`."""
    faults = absent_firms(table, scheme)
    if faults:
        raise Unusable(tuple(faults))
    codes = _items(scheme)
    own = {name: word(table, name) for name in WORDS}
    unclear = {f"unclear{n}": is_unclear(table[code]) for n, code in enumerate(facts(scheme))}
    firms = table.select(**own, **_marks(table, codes), **unclear)
    alone = _alone(firms).aggregate(alone=lambda t: t.count())
    return firms.aggregate(
        rows=firms.count(),
        keys=firms.unit.nunique(),
        nameless=(firms.unit == "").sum(),
        **{name: firms[name].sum() for name in (*_marks(table, codes), *unclear)},
    ).cross_join(alone)


def firm_faults_in(counts: Counts, scheme: Scheme) -> tuple[Fault, ...]:
    """What the row of `firm_checks` says: `value` is the number of rows or cells."""
    return _said(counts, "firms", "unit", _items(scheme), facts(scheme))


def firm_places(table: ir.Table, scheme: Scheme, faults: Sequence[Fault]) -> ir.Table:
    """Every place of the faults that `firm_faults_in` found, as `places` gives them."""
    own = {f"of_{name}": word(table, name) for name in WORDS}
    table = table.mutate(**own, of_key=own["of_unit"], of_time=ibis.literal(""))
    return _placed(table, faults)


def _read(nodes: Sequence[Node]) -> list[str]:
    return [node.code for node in nodes if node.kind in {"Indicator", "Denominator"}]


def _items(scheme: Scheme) -> list[str]:
    return [item.code for item in scheme.items]


def _key(table: ir.Table) -> ir.StringValue:
    return word(table, "Time", NO_TIME) + "\x1f" + word(table, "uCode")


def _marks(table: ir.Table, codes: Sequence[str]) -> dict[str, ir.Value]:
    return {f"bad{n}": is_unreadable(table[code]) for n, code in enumerate(codes)}


def _unreadable(table: ir.Table, codes: Sequence[str]) -> dict[str, ir.Value]:
    return {name: mark.sum() for name, mark in _marks(table, codes).items()}


def _said(
    counts: Counts, table: str, key: str, codes: Sequence[str], marks: Sequence[str] = ()
) -> tuple[Fault, ...]:
    if not counts["rows"]:
        return (Fault("no_rows", table),)
    said = [
        ("repeated_unit", key, counts["rows"] - counts["keys"]),
        ("no_unit", key, counts["nameless"]),
        ("nobody_to_follow", "follows", counts.get("alone", 0)),
        *(("no_number", code, counts[f"bad{n}"]) for n, code in enumerate(codes)),
        *(("no_fact", code, counts[f"unclear{n}"]) for n, code in enumerate(marks)),
    ]
    found = [(code, column, n) for code, column, n in said if n and not math.isnan(n)]
    return tuple(Fault(code, table, column=column, value=str(int(n))) for code, column, n in found)


def _alone(firms: ir.Table, before: str = "") -> ir.Table:
    """Firms that follow somebody who is not there or follows himself."""
    unit, exempt, follows = (firms[f"{before}{name}"] for name in ("unit", "exempt", "follows"))
    lead = firms.filter((follows == "") | (exempt != "")).select(leader=unit)
    behind = firms.filter(follows != "")
    return behind.anti_join(lead, behind[f"{before}follows"] == lead.leader)


def _placed(table: ir.Table, faults: Sequence[Fault]) -> ir.Table:
    parts = []
    for fault in faults:
        if fault.code == "no_number":
            bad, value = table.filter(is_unreadable(table[fault.column])), fault.column
        elif fault.code == "no_fact":
            bad, value = table.filter(is_unclear(table[fault.column])), fault.column
        elif fault.code == "no_unit":
            bad, value = table.filter(table.of_unit == ""), ""
        elif fault.code == "repeated_unit":
            counted = table.mutate(times=table.count().over(ibis.window(group_by="of_key")))
            bad, value = counted.filter(counted.times > 1), "of_unit"
        else:
            bad, value = _alone(table, "of_"), "of_follows"
        parts.append(_told(bad, fault, value))
    return reduce(lambda one, other: one.union(other), parts)


def _told(bad: ir.Table, fault: Fault, value: str) -> ir.Table:
    row = bad[ROW].cast("int64") if ROW in bad.columns else ibis.literal(0).cast("int64")
    return bad.select(
        code=ibis.literal(fault.code),
        row=row,
        unit=bad.of_unit,
        time=bad.of_time,
        column=ibis.literal(fault.column),
        value=bad[value].cast("string").fill_null("") if value else ibis.literal(""),
    )
