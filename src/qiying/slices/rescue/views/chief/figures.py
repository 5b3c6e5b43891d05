"""The leader's page: how soon, how well, at what cost; every number leads to its jobs."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from qiying.kernel import charts, exports
from qiying.kernel.access import Actor
from qiying.kernel.charts import Series
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import queries
from qiying.slices.rescue.queries import leading
from qiying.slices.rescue.queries.leading import LEAST, Line, Performance, Share
from qiying.slices.rescue.views.chief import periods, words
from qiying.slices.rescue.views.chief.periods import Period
from qiying.slices.rescue.views.chief.shared import AT_FIGURES

SHARES = leading.NAMES
SHOWN = frozenset({"answer", "arrival", "repaired", "praised", "repeat"})
HOURS_2 = 120


@dataclass(frozen=True, slots=True)
class Cell:
    """A share with the lists behind it."""

    share: Share
    hit_url: str
    of_url: str


@dataclass(frozen=True, slots=True)
class Row:
    """A group of jobs as a row of a table."""

    line: Line
    label: str
    url: str
    cells: tuple[Cell, ...]
    answer_url: str
    arrival_url: str


@page(*AT_FIGURES)
def performance_page(request: HttpRequest) -> HttpResponse:
    """Figures of a period by month, provider and class of equipment."""
    actor, now = actor_of(request), timezone.now()
    period = periods.period_of(request, queries.today(now), usual="year")
    found = leading.performance(actor, period.start, period.end, now=now)
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, found, period, now), kind)
    total = _row(found.total, "", {}, period)
    context = {
        "period": period,
        "periods": periods.choices(period),
        "now": now,
        "total": total,
        "kpis": _kpis(total),
        "tables": _tables(found, period),
        "heads": [words.MEASURES[name] for name in SHARES],
        "least": LEAST,
        "trend": _trend(found.by_month),
        "legend": charts.legend(
            [(gettext("P90 of the answer"), 1), (gettext("P90 of the arrival"), 2)]
        ),
    }
    return render(request, "rescue/chief/performance.html", context)


def _tables(found: Performance, period: Period) -> list[tuple[str, str, str, list[Row]]]:
    """By month, provider and class: key, title, head of the first column, rows."""
    return [
        (
            "month",
            gettext("By month"),
            gettext("Month"),
            [_row(x, x.label, _month(x), period) for x in found.by_month],
        ),
        (
            "provider",
            gettext("By provider"),
            gettext("Provider"),
            [_row(x, _name(x), _of(x, "provider"), period) for x in found.by_provider],
        ),
        (
            "class",
            gettext("By class of equipment"),
            gettext("Class"),
            [_row(x, _name(x), _of(x, "class"), period) for x in found.by_kind],
        ),
    ]


def _name(line: Line) -> str:
    return line.label or gettext("not known")


def _of(line: Line, name: str) -> dict[str, str]:
    return {name: line.key} if line.key else {}


def _month(line: Line) -> dict[str, str]:
    """The days of a month, for the address of a list."""
    first = datetime.strptime(f"{line.key}-01", "%Y-%m-%d").date()  # noqa: DTZ007  a day
    after = (first + timedelta(days=32)).replace(day=1)
    return {"from": first.isoformat(), "to": (after - timedelta(days=1)).isoformat()}


def _row(line: Line, label: str, query: Mapping[str, str], period: Period) -> Row:
    given = {**period.query, **query}
    cells = tuple(
        Cell(
            line.shares[name],
            _list(given, measure=name, hit="1"),
            _list(given, measure=name),
        )
        for name in SHARES
    )
    return Row(
        line,
        label,
        _list(given, measure=leading.NEED, hit="1"),
        cells,
        _list(given, measure="answer"),
        _list(given, measure="arrival"),
    )


def _list(given: Mapping[str, str], **more: str) -> str:
    return f"{reverse('rescue:list')}?{urlencode({**given, **more})}"


def _kpis(total: Row) -> list[dict[str, Any]]:
    line = total.line
    shown = [
        {"label": gettext("Jobs"), "value": line.count, "url": total.url},
        *(_kpi(words.MEASURES[c.share.name], c) for c in total.cells if c.share.name in SHOWN),
    ]
    mean = f"¥{line.cost_cny:,.0f}" if line.cost_cny is not None else "—"
    priced = gettext("%(n)s with an accepted quote") % {"n": line.priced}
    return [*shown, {"label": gettext("Cost a job"), "value": mean, "note": priced}]


def _kpi(label: Promise | str, cell: Cell) -> dict[str, Any]:
    share = cell.share
    value = "—" if share.value is None else f"{100 * share.value:.1f}"
    return {
        "label": label,
        "value": value,
        "unit": "" if share.value is None else "%",
        "note": gettext("%(a)s of %(b)s") % {"a": share.hit, "b": share.of},
        "url": cell.hit_url,
    }


def _trend(lines: Iterable[Line]) -> SafeString | str:
    """P90 of answer and arrival by month, beside the two hours of the promise."""
    rows = list(lines)
    if not rows:
        return ""
    return charts.chart(
        [x.label for x in rows],
        [
            Series(gettext("P90 of the answer"), [_p90(x.answer) for x in rows], "line", 1),
            Series(gettext("P90 of the arrival"), [_p90(x.arrival) for x in rows], "line", 2),
        ],
        title=gettext("Nine of ten within so many minutes"),
        unit=gettext(" min"),
        target=HOURS_2,
    )


def _p90(values: tuple[float, ...]) -> float | None:
    return round(values[1], 1) if values else None


# --- files ---


def _sheet(actor: Actor, found: Performance, period: Period, now: datetime) -> exports.Sheet:
    groups = [
        (gettext("All"), [found.total]),
        (gettext("By month"), found.by_month),
        (gettext("By provider"), found.by_provider),
        (gettext("By class of equipment"), found.by_kind),
    ]
    quantiles = ("P50", "P90", "P99")
    headings = [
        gettext("Group"),
        gettext("Name"),
        gettext("Jobs"),
        *(f"{gettext('Minutes to the answer')} {q}" for q in quantiles),
        *(f"{gettext('Minutes to the arrival')} {q}" for q in quantiles),
        *(f"{words.MEASURES[n]} {part}" for n in SHARES for part in ("n", "N")),
        gettext("Cost a job (yuan)"),
        gettext("Paid by the zone (yuan)"),
    ]
    said = [(gettext("Period"), f"{period.start} \N{EN DASH} {period.last}")]
    rows = (_cells(group, line) for group, lines in groups for line in lines)
    return exports.Sheet(gettext("Industry 120 in figures"), headings, rows, said, actor.name, now)


def _cells(group: str, line: Line) -> list[Any]:
    blank: tuple[float | None, ...] = (None, None, None)
    shares = [line.shares[name] for name in SHARES]
    return [
        group,
        line.label,
        line.count,
        *(_rounded(v) for v in line.answer or blank),
        *(_rounded(v) for v in line.arrival or blank),
        *(n for s in shares for n in (s.hit, s.of)),
        None if line.cost_cny is None else round(line.cost_cny, 2),
        line.zone_cny,
    ]


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)
