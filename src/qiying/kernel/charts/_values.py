"""What charts are given, and how its values are written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from django.utils.html import escape

Number = int | float | Decimal
Kind = Literal["bar", "line", "area"]


@dataclass(frozen=True, slots=True)
class Series:
    """One row of values over the categories; None where there is no value (yet)."""

    name: str
    values: Sequence[Number | None]
    kind: Kind = "bar"
    colour: int = 1
    is_dashed: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """A share of a whole."""

    name: str
    value: Number
    colour: int


@dataclass(frozen=True, slots=True)
class Bar:
    """One horizontal bar, with the target it should reach."""

    label: str
    value: Number
    target: Number | None = None
    url: str = ""


def num(value: Number) -> str:
    """A coordinate with at most two decimals."""
    return f"{float(value):.2f}".rstrip("0").rstrip(".")


def text(value: Number | None) -> str:
    """A value as people read it."""
    if value is None:
        return ""
    return f"{float(value):,.2f}".rstrip("0").rstrip(".")


def table(title: str, head: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> str:
    columns = "".join(f'<th scope="col">{escape(h)}</th>' for h in head)
    body = "".join(
        f'<tr><th scope="row">{escape(name)}</th>'
        f"{''.join(f'<td>{escape(c)}</td>' for c in cells)}</tr>"
        for name, cells in rows
    )
    return (
        f'<div class="sr"><table><caption>{escape(title)}</caption><thead><tr><td></td>{columns}</tr>'
        f"</thead><tbody>{body}</tbody></table></div>"
    )
