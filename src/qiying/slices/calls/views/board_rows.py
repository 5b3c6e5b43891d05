"""The tables of the leader's board as markup, drawn by functions: some two hundred linked shares.

Every text that came from outside is escaped where it is put in.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from qiying.kernel.templatetags._formats import number, percent1
from qiying.kernel.templatetags._markup import markup
from qiying.slices.calls.rules import LEAST_TO_RANK

NONE = '<span class="quiet">—</span>'


@dataclass(frozen=True, slots=True)
class Cell:
    """A share with what it was counted from."""

    name: str
    share: float | None
    top: str
    base: int
    low: float
    high: float
    url: str
    digest: str

    @property
    def seal(self) -> str:
        """The beginning of the hash, as people compare it; the list behind says it whole."""
        return self.digest[:12]

    @property
    def x(self) -> str:
        """Where the share stands on a line of 0 to 100 %."""
        return f"{(self.share or 0) * 100:.1f}%"

    @property
    def low_x(self) -> str:
        return f"{self.low * 100:.1f}%"

    @property
    def high_x(self) -> str:
        return f"{self.high * 100:.1f}%"


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a table of the board."""

    label: str
    due: Cell
    cells: list[Cell]
    rank: int | None
    """Place among those with enough rounds; None when there are too few to compare."""

    @property
    def verified(self) -> Cell:
        return next(c for c in self.cells if c.name == "verified")


def ranked(lines: Iterable[Line]) -> SafeString:
    """The units by rank, each with the interval of its verified closure."""
    few = f'<span class="tag" title="n &lt; {LEAST_TO_RANK}">{escape(gettext("too few"))}</span>'
    return markup("".join(_ranked(line, few) for line in lines))


def plain(lines: Iterable[Line]) -> SafeString:
    """Matters or places."""
    return markup("".join(f"<tr>{_cells(line)}</tr>" for line in lines))


def _ranked(line: Line, few: str) -> str:
    css, place = ("", f"<b>{line.rank}</b>") if line.rank else (' class="unranked"', few)
    return (
        f'<tr{css}><td class="num">{place}</td>{_cells(line)}'
        f'<td class="at-ci">{_interval(line.verified)}</td></tr>'
    )


def _cells(line: Line) -> str:
    due = line.due
    return (
        f'<td class="at-title"><b>{escape(line.label)}</b></td>'
        f'<td class="num"><a href="{escape(due.url)}">{number(due.base)}</a>{_seal(due)}</td>'
        f"{''.join(map(_share, line.cells))}"
    )


def _share(cell: Cell) -> str:
    css = "num share is-verified" if cell.name == "verified" else "num share"
    if cell.share is None:
        return f'<td class="{css}">{NONE}</td>'
    return (
        f'<td class="{css}"><a href="{escape(cell.url)}" title="{_span(cell)}">'
        f'{percent1(cell.share)}</a><small class="quiet">{cell.top}/{cell.base}</small>'
        f"{_seal(cell)}</td>"
    )


def _seal(cell: Cell) -> str:
    return f'<code class="seal">{cell.seal}</code>'


def _span(cell: Cell) -> str:
    return f"{percent1(cell.low)} \N{EN DASH} {percent1(cell.high)}"


def _interval(cell: Cell) -> str:
    """Where the share stands between 0 and 100 %, and how sure that is."""
    if not cell.base:
        return ""
    return (
        f'<svg class="ci" role="img" aria-label="{_span(cell)}">'
        '<line class="track" x1="0" x2="100%" y1="8" y2="8"/>'
        f'<line class="span" x1="{cell.low_x}" x2="{cell.high_x}" y1="8" y2="8"/>'
        f'<circle cx="{cell.x}" cy="8" r="4"/></svg>'
        f'<small class="quiet num">{_span(cell)}</small>'
    )
