"""领导看板: the rates with their denominators, each number a link to the rounds behind it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any, Literal
from urllib.parse import quote_plus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from qiying.kernel import charts, exports
from qiying.kernel.access import Actor
from qiying.kernel.charts import Bar, Series
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import queries
from qiying.slices.calls.models import RATE_LABELS
from qiying.slices.calls.queries import BoardRow, Figure, units
from qiying.slices.calls.rules import LEAST_TO_RANK
from qiying.slices.calls.views import board_rows, periods
from qiying.slices.calls.views.board_rows import Cell, Line
from qiying.slices.calls.views.periods import Period
from qiying.slices.calls.views.staff import AT_BOARD

MEASURES: Mapping[str, Promise] = RATE_LABELS
COLUMNS = ("responded", "on_time", "declared", "verified", "solved", "satisfied")
SHORT = ("on_time", "declared", "verified")
AGE_LABELS: Mapping[str, Promise] = {
    "0-1": _("under 1 day"),
    "1-3": _("1 to 3 days"),
    "3-7": _("3 to 7 days"),
    "7-15": _("7 to 15 days"),
    "15-30": _("15 to 30 days"),
    "30+": _("30 days and more"),
}
TREND_MONTHS = 12


@page(*AT_BOARD)
def board(request: HttpRequest) -> HttpResponse:
    """The rates of a period by unit, matter and place; the age of what is open; the trend."""
    actor, now = actor_of(request), timezone.now()
    today = queries.local_day(now)
    period = periods.period_of(request, today)
    found = queries.leader_board(actor, start=period.start, end=period.end, now=now)
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, found, period, now), kind)
    trend = units.months(actor, start=_trend_start(today), end=units.next_month(today), now=now)
    context = {
        "period": period,
        "periods": _periods(request, period),
        "kpis": _kpis(found.total, trend),
        "columns": [MEASURES[name] for name in COLUMNS],
        "short": [MEASURES[name] for name in SHORT],
        **_tables(found),
        "least": LEAST_TO_RANK,
        "ages": _ages(found.ages),
        "open_calls": sum(a.count for a in found.ages),
        "trend": _trend(trend),
        "legend": charts.legend(
            [
                (str(MEASURES["declared"]), 1),
                (str(MEASURES["verified"]), 2),
                (gettext("not settled: 30 days are not over"), 2, True),
            ]
        ),
        "now": now,
    }
    return render(request, "calls/board/board.html", context)


def _tables(found: queries.Board) -> dict[str, Any]:
    """The three tables, as lines and as they are drawn."""
    by_unit = _lines(found.by_unit, COLUMNS, is_ranked=True)
    by_matter, by_place = _lines(found.by_matter, SHORT), _lines(found.by_place, SHORT)
    return {
        "by_unit": by_unit,
        "by_matter": by_matter,
        "by_place": by_place,
        "unit_rows": board_rows.ranked(by_unit),
        "matter_rows": board_rows.plain(by_matter),
        "place_rows": board_rows.plain(by_place),
    }


def _trend_start(today: date) -> date:
    day = today.replace(day=1)
    months = day.year * 12 + day.month - TREND_MONTHS
    return date(months // 12, months % 12 + 1, 1)


def _periods(request: HttpRequest, period: Period) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": f"?period={key}", "active": key == period.key}
        for key, label in periods.LABELS.items()
        if key != "custom"
    ]


# --- figures ---


def cell_of(figure: Figure) -> Cell:
    low, high = figure.interval
    return Cell(
        figure.name,
        figure.share,
        _top(figure.numerator),
        figure.denominator,
        low,
        high,
        f"{_rounds_url()}?{'&'.join(f'{k}={_quoted(v)}' for k, v in figure.query.items())}",
        figure.digest,
    )


_quoted = lru_cache(maxsize=4096)(quote_plus)
"""Two hundred addresses of a few days, units and measures."""


@cache
def _rounds_url() -> str:
    """Looked up once: two hundred cells lead there."""
    return reverse("calls:rounds")


def _top(value: float) -> str:
    """A numerator: whole, or with the half that a partly solved round counts."""
    return f"{value:.1f}".removesuffix(".0")


def _kpis(total: BoardRow, trend: Sequence[units.Month]) -> list[dict[str, Any]]:
    """The strip: how many were due, then each share with numerator and denominator."""
    cells = {name: cell_of(total.figures[name]) for name in ("due", *COLUMNS)}
    due = cells["due"]
    shown = [
        {
            "label": MEASURES["due"],
            "value": f"{due.base:,}",
            "url": due.url,
            "note": gettext("promises due by now"),
            "seal": due.seal,
        }
    ]
    return shown + [_kpi(cells[n], trend) for n in COLUMNS]


def _kpi(cell: Cell, trend: Sequence[units.Month]) -> dict[str, Any]:
    return {
        "label": MEASURES[cell.name],
        "value": "—" if cell.share is None else f"{cell.share * 100:.1f}",
        "unit": "" if cell.share is None else "%",
        "url": cell.url,
        "note": gettext("%(top)s of %(base)s") % {"top": cell.top, "base": f"{cell.base:,}"},
        "spark": _spark(cell.name, trend),
        "seal": cell.seal,
    }


def _spark(name: str, trend: Sequence[units.Month]) -> SafeString | str:
    if name not in units.TREND:
        return ""
    shares = (m.figures[name].share for m in trend if m.is_settled)
    return charts.spark([s for s in shares if s is not None], width=72)


def _lines(
    rows: Iterable[BoardRow], names: Sequence[str], *, is_ranked: bool = False
) -> list[Line]:
    """Rows with enough rounds by their verified share, then the others by size, unranked."""
    rows = list(rows)
    enough = [r for r in rows if r.figures["verified"].is_ranked]
    rest = [r for r in rows if not r.figures["verified"].is_ranked]
    enough.sort(key=lambda r: -(r.figures["verified"].share or 0))
    if not is_ranked:
        return [_line(r, names, None) for r in rows]
    ranked = [_line(r, names, place) for place, r in enumerate(enough, start=1)]
    return ranked + [_line(r, names, None) for r in rest]


def _line(row: BoardRow, names: Sequence[str], rank: int | None) -> Line:
    label = row.label if row.key != "-" else gettext("Not said")
    cells = [cell_of(row.figures[n]) for n in names]
    return Line(label, cell_of(row.figures["due"]), cells, rank)


def _ages(ages: Iterable[queries.Age]) -> SafeString:
    here = reverse("calls:list")
    bars = [Bar(str(AGE_LABELS[a.key]), a.count, url=f"{here}?{urlencode(a.query)}") for a in ages]
    return charts.hbar(bars, title=gettext("Open calls by age"))


def _trend(trend: Sequence[units.Month]) -> SafeString:
    """Twelve months of declared and verified closure; those that can still change are dashed."""
    settled = sum(m.is_settled for m in trend)

    def values(name: str, first: int, end: int) -> list[float | None]:
        """The shares from one month until before another; nothing outside."""
        shares = [m.figures[name].share for m in trend]
        return [
            None if s is None or not first <= i < end else round(s * 100, 1)
            for i, s in enumerate(shares)
        ]

    def series(name: str, kind: Literal["line", "area"], colour: int) -> list[Series]:
        label = str(MEASURES[name])
        open_label = gettext("%(label)s, not settled yet") % {"label": label}
        later = values(name, max(settled - 1, 0), len(trend))
        return [
            Series(label, values(name, 0, settled), kind, colour),
            Series(open_label, later, "line", colour, is_dashed=True),
        ]

    return charts.chart(
        [f"{m.start:%y-%m}" for m in trend],
        [*series("declared", "line", 1), *series("verified", "area", 2)],
        title=gettext("Declared and verified closure by month"),
        unit="%",
        high=100,
        height=240,
    )


# --- as a file ---


def _sheet(actor: Actor, found: queries.Board, period: Period, now: datetime) -> exports.Sheet:
    """One table of all three groupings; every share with numerator, denominator and interval."""
    headings = [gettext("Grouped by"), gettext("Name"), gettext("Rounds due")]
    headings.append(gettext("Hash of the rounds due"))
    for name in COLUMNS:
        label = str(MEASURES[name])
        headings += [
            f"{label} %",
            gettext("%(label)s: counted") % {"label": label},
            gettext("%(label)s: of") % {"label": label},
            gettext("%(label)s: 95 %% interval") % {"label": label},
            gettext("%(label)s: hash") % {"label": label},
        ]
    groups = (
        (gettext("Zone"), [found.total]),
        (gettext("Unit"), found.by_unit),
        (gettext("Matter"), found.by_matter),
        (gettext("Place"), found.by_place),
    )
    rows = (_export_line(group, row) for group, rows in groups for row in rows)
    days = f"{period.start.isoformat()} ~ {period.last.isoformat()}"
    said = [(gettext("Period"), days)]
    return exports.Sheet(gettext("Leader's board"), headings, rows, said, actor.name, now)


def _export_line(group: str, row: BoardRow) -> list[Any]:
    label = gettext("Not said") if row.key == "-" else row.label
    due = row.figures["due"]
    line: list[Any] = [group, label, due.denominator, due.digest]
    for name in COLUMNS:
        cell = cell_of(row.figures[name])
        share = None if cell.share is None else round(cell.share * 100, 2)
        span = f"{cell.low * 100:.1f}~{cell.high * 100:.1f}" if cell.base else ""
        line += [share, float(cell.top), cell.base, span, cell.digest]
    return line
