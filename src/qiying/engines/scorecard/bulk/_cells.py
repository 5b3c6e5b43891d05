"""Columns of a table of firms as numbers, words, facts and days, and what of them is none."""

import ibis
import ibis.expr.types as ir

from qiying.engines.scorecard._facts import NOT, YES

NOTHING = ("", "na", "nan", "n/a", "null")
FIGURES = r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$"
FALSE = ibis.literal(value=False)


def text(table: ir.Table, name: str) -> ir.StringValue:
    """A column as text without blanks around it; empty where it is missing or absent."""
    if name not in table.columns:
        return ibis.literal("")
    return table[name].cast("string").strip().fill_null("")


def is_blank(words: ir.StringValue) -> ir.BooleanValue:
    """Whether a text says that there is nothing."""
    return words.lower().isin(NOTHING)


def number(table: ir.Table, name: str) -> ir.FloatingValue:
    """A float64, null where missing, unreadable, infinite or absent."""
    if name not in table.columns:
        return ibis.null("float64")
    column = table[name]
    if column.type().is_string():
        words = text(table, name)
        held = ibis.ifelse(words.re_search(FIGURES), words, ibis.null("string"))
        value = held.try_cast("float64")
    else:
        value = column.cast("float64")
    return ibis.ifelse(value.isnan() | value.isinf(), ibis.null("float64"), value)


def is_no_number(table: ir.Table, name: str) -> ir.BooleanValue:
    """Whether a cell says something, and that is no finite number."""
    if name not in table.columns:
        return FALSE
    column = table[name]
    if column.type().is_string():
        return ~is_blank(text(table, name)) & number(table, name).isnull()
    return column.cast("float64").isinf().coalesce(FALSE)


def fact(table: ir.Table, name: str) -> ir.BooleanValue:
    """Whether a fact is known to hold."""
    column = table[name]
    if column.type().is_string():
        return text(table, name).lower().isin(YES)
    return column.cast("boolean").coalesce(FALSE)


def is_no_fact(table: ir.Table, name: str) -> ir.BooleanValue:
    """Whether a cell says neither yes nor no nor nothing."""
    if not table[name].type().is_string():
        return FALSE
    return ~text(table, name).lower().isin((*YES, *NOT, *NOTHING))


def day(table: ir.Table, name: str) -> ir.DateValue:
    """A date, null where there is none."""
    if name not in table.columns:
        return ibis.null("date")
    column = table[name]
    return column.try_cast("date") if column.type().is_string() else column.cast("date")


def is_no_day(table: ir.Table, name: str) -> ir.BooleanValue:
    """Whether a cell of text is no date."""
    if name not in table.columns or not table[name].type().is_string():
        return FALSE
    return ~is_blank(text(table, name)) & day(table, name).isnull()


def exact(value: float) -> ir.FloatingValue:
    """A double with all its digits: a plain number would become a decimal of the backend."""
    return ibis.literal(repr(float(value))).cast("float64")
