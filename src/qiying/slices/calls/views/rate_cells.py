"""The sheet of rates as rows: for the page, for the files, for the printed month."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext

from qiying.engines.rates import Figure, Sheet
from qiying.kernel import exports
from qiying.kernel.access import Actor
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import DECLINE_LABELS, RATE_LABELS
from qiying.slices.calls.queries import RoundFilters, members
from qiying.slices.calls.queries.members import MemberFilters
from qiying.slices.calls.queries.rates import Month
from qiying.slices.calls.queries.watch import DeclinedFilters

SHOWN = (
    *("responded", "on_time", "declared", "verified", "first_time", "solved"),
    *("satisfied", "satisfied_strictly", "co_on_time"),
)
"""The columns of the monthly sheet by unit."""
MORE = ("co_settled", "redone", "returned", "signed", "reached", "rated")
WIDTHS = (20, 6, *(8 for _ in SHOWN), 10)


@dataclass(frozen=True, slots=True)
class Cell:
    """A figure on the page with the address of the list behind it."""

    name: str
    label: Promise | str
    share: float | None
    top: str
    base: int
    low: float
    high: float
    is_ranked: bool
    digest: str
    url: str

    @property
    def seal(self) -> str:
        """The beginning of the hash, as people compare it."""
        return self.digest[:12]


def cell_of(figure: Figure, filters: RoundFilters | None) -> Cell:
    """A figure with its list; ``filters`` say period and unit."""
    low, high = figure.interval
    return Cell(
        figure.name,
        RATE_LABELS[figure.name],
        figure.share,
        f"{figure.numerator:.1f}".removesuffix(".0"),
        figure.denominator,
        low,
        high,
        figure.is_ranked,
        figure.digest,
        list_url(figure.name, filters) if filters else "",
    )


def list_url(name: str, filters: RoundFilters) -> str:
    """The exact list behind a figure of a sheet of this period and unit."""
    if name in queries.LISTED:
        query = {**filters.as_query(), "measure": name}
        return f"{reverse('calls:rounds')}?{urlencode(query)}"
    if name == "declined":
        return _declined_url(filters)
    there = MemberFilters(filters.start, filters.end, filters.unit, side=name)
    page = "calls:parts" if name in members.PART_MEASURES else "calls:received"
    return f"{reverse(page)}?{urlencode(there.as_query())}"


def _declined_url(filters: RoundFilters, **more: str) -> str:
    asked = DeclinedFilters(filters.start, filters.end, unit=filters.unit, **more)
    return f"{reverse('calls:declined')}?{urlencode(asked.as_query())}"


@dataclass(frozen=True, slots=True)
class DeclinedCell:
    """Calls that were not accepted for one reason and told to turn to one place."""

    reason: Promise | str
    told: str
    figure: Figure
    url: str

    @property
    def low(self) -> float:
        return self.figure.interval[0]

    @property
    def high(self) -> float:
        return self.figure.interval[1]

    @property
    def seal(self) -> str:
        return self.figure.digest[:12]


def declined_cells(actor: Actor, sheet: Sheet, filters: RoundFilters) -> list[DeclinedCell]:
    """What was not accepted, by reason and by where the firm was told to go."""
    cards = {card.code: card for card in queries.unit_cards(actor).values()}
    found = []
    for row in sheet.declined:
        card = cards.get(row.told)
        told = str(card.id) if card else "-"
        url = _declined_url(filters, code=row.code, told=told)
        name = card.name if card else gettext("outside the zone's units")
        found.append(DeclinedCell(DECLINE_LABELS.get(row.code, row.code), name, row.figure, url))
    return found


@dataclass(frozen=True, slots=True)
class UnitLine:
    """A unit in the table of the month."""

    code: str
    label: str
    due: Cell
    cells: list[Cell]
    is_ranked: bool
    url: str


def unit_lines(actor: Actor, month: Month, start: date, end: date) -> list[UnitLine]:
    """The units by what was due, most first; few rounds are shown and not ranked."""
    cards = {card.code: card for card in queries.unit_cards(actor).values()}
    found = []
    for code, sheet in month.units.items():
        card = cards.get(code)
        filters = RoundFilters(start, end, unit=str(card.id) if card else "-")
        due = cell_of(sheet.figures["due"], filters)
        cells = [cell_of(sheet.figures[name], filters) for name in SHOWN]
        label = card.name if card else gettext("Not said")
        url = f"?{urlencode({'month': f'{start:%Y-%m}', 'unit': code})}" if code else ""
        found.append(UnitLine(code, label, due, cells, due.base >= rules.LEAST_TO_RANK, url))
    return sorted(found, key=lambda line: (-line.due.base, line.label))


def file_of(
    actor: Actor, month: Month, start: date, now: datetime, *, is_printed: bool
) -> exports.Sheet:
    """The month by unit: shares with their counts; the printed one is narrower."""
    names = SHOWN if is_printed else (*SHOWN, *MORE)
    headings = [gettext("Unit"), gettext("Rounds due")]
    rows = [_line(gettext("Zone"), month.whole, names, is_printed=is_printed)]
    cards = {card.code: card.name for card in queries.unit_cards(actor).values()}
    by_due = sorted(month.units.items(), key=lambda u: -u[1].figures["due"].denominator)
    rows += [
        _line(cards.get(code) or gettext("Not said"), sheet, names, is_printed=is_printed)
        for code, sheet in by_due
    ]
    for name in names:
        label = str(RATE_LABELS[name])
        headings += [label] if is_printed else _four(label)
    verified = {"label": RATE_LABELS["verified"]}
    span = gettext("%(label)s: 95 %% interval") % verified
    headings.append(span if is_printed else gettext("Hash"))
    title = gettext("Rates of %(month)s") % {"month": f"{start:%Y-%m}"}
    return exports.Sheet(title, headings, rows, _said(month.whole, start), actor.name, now)


def _four(label: str) -> list[str]:
    said = {"label": label}
    return [
        f"{label} %",
        gettext("%(label)s: counted") % said,
        gettext("%(label)s: of") % said,
        gettext("%(label)s: 95 %% interval") % said,
        gettext("%(label)s: hash") % said,
    ]


def _said(sheet: Sheet, start: date) -> list[tuple[str, str]]:
    said = [
        (gettext("Month"), f"{start:%Y-%m}"),
        (gettext("State"), gettext("provisional") if sheet.is_provisional else gettext("final")),
        (gettext("Rules"), f"{sheet.version}"),
        (gettext("Hash of verified closure"), sheet.figures["verified"].digest[:16]),
    ]
    if sheet.composite is not None:
        said.append((gettext("Composite"), f"{sheet.composite * 100:.1f}"))
    if sheet.per_100_firms is not None:
        said.append((gettext("Calls per 100 firms"), f"{sheet.per_100_firms:.1f}"))
    return said


def _line(label: str, sheet: Sheet, names: Sequence[str], *, is_printed: bool) -> list[Any]:
    line: list[Any] = [label, sheet.figures["due"].denominator]
    for name in names:
        figure = sheet.figures[name]
        line += [_brief(figure)] if is_printed else _long(figure)
    verified = sheet.figures["verified"]
    return [*line, _span(verified) if is_printed else verified.digest]


def _brief(figure: Figure) -> str:
    if figure.share is None:
        return "—"
    return f"{figure.share * 100:.1f} %\n{figure.numerator:g}/{figure.denominator}"


def _long(figure: Figure) -> list[Any]:
    share = None if figure.share is None else round(figure.share * 100, 2)
    return [share, figure.numerator, figure.denominator, _span(figure), figure.digest]


def _span(figure: Figure) -> str:
    low, high = figure.interval
    return f"{low * 100:.1f}~{high * 100:.1f}" if figure.denominator else ""


def cells_of(
    figures: Mapping[str, Figure], names: Iterable[str], filters: RoundFilters | None
) -> list[Cell]:
    """Some of the figures, in this order."""
    return [cell_of(figures[name], filters) for name in names]
