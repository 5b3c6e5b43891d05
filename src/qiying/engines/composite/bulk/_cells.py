"""Cells of a table as numbers, words and facts, whatever the table holds them as."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import reduce
from operator import add

import ibis
import ibis.expr.types as ir

from qiying.engines.composite._cube import Fault
from qiying.engines.composite._tables import MISSING

YES = ("1", "true", "yes", "y", "是")
NOT = ("0", "false", "no", "n", "否")
NO = ibis.literal(value=False)
BLANK = "[ \\t\\r\\n]*"
DIGITS = "[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?"


def _any_of(words: Iterable[str]) -> str:
    return "(" + "|".join(re.escape(word) for word in sorted(words)) + ")"


PLAIN_NUMBER = f"^{BLANK}{DIGITS}{BLANK}$"
NUMBER_OR_NOTHING = f"(?i)^{BLANK}({DIGITS}|{_any_of(MISSING)}){BLANK}$"
HOLDS = f"(?i)^{BLANK}{_any_of(YES)}{BLANK}$"
CLEAR = f"(?i)^{BLANK}({DIGITS}|{_any_of({*YES, *NOT, *MISSING})}){BLANK}$"


def lacking(table: ir.Table, name: str, columns: Sequence[str]) -> list[Fault]:
    """Columns that a table does not have."""
    return [Fault("no_column", name, column=c) for c in columns if c not in table.columns]


def other_kind(table: ir.Table, name: str, columns: Sequence[str]) -> list[Fault]:
    """Columns that hold neither numbers nor facts nor text: dates, lists."""
    kinds = {column: table[column].type() for column in columns if column in table.columns}
    return [
        Fault("wrong_type", name, column=column, value=str(kind))
        for column, kind in kinds.items()
        if kind.is_temporal() or kind.is_nested() or kind.is_binary()
    ]


def number(column: ir.Value) -> ir.FloatingValue:
    """A float64, null where missing; text that is no number is null too and counted apart."""
    if column.type().is_string():
        held = ibis.ifelse(column.re_search(PLAIN_NUMBER), column, ibis.null("string"))
        value = held.try_cast("float64")
    else:
        value = column.cast("float64")
    return ibis.ifelse(value.isnan() | value.isinf(), ibis.null("float64"), value)


def is_unreadable(column: ir.Value) -> ir.BooleanValue:
    """Whether a cell says something that is no number, or one too large for any."""
    if column.type().is_string():
        is_word = ~column.re_search(NUMBER_OR_NOTHING)
        return (is_word | column.try_cast("float64").isinf().coalesce(NO)).coalesce(NO)
    return column.cast("float64").isinf().coalesce(NO)


def word(table: ir.Table, name: str, otherwise: str = "") -> ir.StringValue:
    """A column as text without blanks around it; `otherwise` where it is empty or absent."""
    if name not in table.columns:
        return ibis.literal(otherwise)
    text = table[name].cast("string").strip()
    return ibis.ifelse(text == "", ibis.literal(otherwise), text).fill_null(otherwise)


def fact(column: ir.Value) -> ir.BooleanValue:
    """Whether a fact holds: true, a number that is not nought, or a word that says so."""
    if column.type().is_string():
        return column.re_search(HOLDS).coalesce(NO) | (number(column) != 0.0).coalesce(NO)
    return column.cast("boolean").coalesce(NO)


def is_unclear(column: ir.Value) -> ir.BooleanValue:
    """Whether a cell says neither that a fact holds nor that it does not."""
    if column.type().is_string():
        return (~column.re_search(CLEAR)).coalesce(NO)
    return NO


def group(table: ir.Table, name: str) -> ir.StringValue:
    """A column of iData that names groups; what says that it is missing is no name."""
    text = word(table, name)
    return ibis.ifelse(text.lower().isin(("na", "nan")), ibis.literal(""), text)


def exact(value: float) -> ir.FloatingValue:
    """A number with all its digits: written plainly, DuckDB reads it as a decimal and rounds it."""
    return ibis.literal(repr(float(value))).cast("float64")


def total(parts: Sequence[ir.Value]) -> ir.Value:
    """A sum in the order of numpy's own, so that both round alike and ties stay ties.

    Source: ``pairwise_sum`` of numpy: eight sums side by side up to 128 numbers, halves beyond.
    """
    count = len(parts)
    if count < 8:
        return reduce(add, parts)
    if count > 128:
        half = count // 2 - count // 2 % 8
        return total(parts[:half]) + total(parts[half:])
    whole = count - count % 8
    eight = [reduce(add, parts[place:whole:8]) for place in range(8)]
    return reduce(add, parts[whole:], fold(eight, add))


def fold(parts: Sequence[ir.Value], two: Callable[[ir.Value, ir.Value], ir.Value]) -> ir.Value:
    """Bring parts together two by two."""
    if len(parts) < 3:
        return reduce(two, parts)
    half = len(parts) // 2
    return two(fold(parts[:half], two), fold(parts[half:], two))
