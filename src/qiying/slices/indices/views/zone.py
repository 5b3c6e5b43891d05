"""The zone's own board for its leaders: targets, the year before, lights, and the records behind."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.kernel import charts, exports, posting, tenancy
from qiying.kernel.language import is_chinese
from qiying.kernel.web import actor_of, page
from qiying.slices.indices import operations, queries
from qiying.slices.indices.forms import TargetForm
from qiying.slices.indices.models import Indicator, ZoneTarget, labels
from qiying.slices.indices.rules.zone import (
    POINTS,
    WHOLE_YEAR,
    Basis,
    BoardLine,
    Group,
    Nature,
    Period,
)
from qiying.slices.indices.views import shared

ROOMS = {
    "calls": "calls:rates",
    "rescue": "rescue:performance",
    "council": "council:home",
    "mediation": "mediation:figures",
}
"""Where the records behind a counted line are shown."""
DRAWN_YEARS = 3


@page(*shared.INSIDERS)
def zone(request: HttpRequest) -> HttpResponse:
    """All lines by group, at the last period with values or at `?period=2026-09`."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        shown = queries.board(actor, _asked(request), now=timezone.now())
    rows = [_row(standing, shown.period) for standing in shown.standings]
    if wanted := exports.wanted(request):
        return exports.respond(_sheet(shown, rows, actor.name), wanted)
    three = shown.three_years
    context = {
        "shown": shown,
        "chosen": _code(shown.period),
        "period": period_of(shown.period),
        "periods": [(_code(p), period_of(p)) for p in shown.periods],
        "groups": [
            (labels.BOARD_GROUPS[group], [r for r in rows if r["line"].group is group])
            for group in Group
        ],
        "kpis": _kpis(rows, three),
        "has_values": bool(shown.periods),
        "may_deliver": actor.has(*shared.ANALYSTS),
    }
    return render(request, "indices/zone.html", context)


def _asked(request: HttpRequest) -> Period | None:
    found = re.fullmatch(r"(\d{4})-(\d{2})", request.GET.get("period", ""), re.ASCII)
    if found is None or not 1 <= int(found[2]) <= WHOLE_YEAR or int(found[1]) < 1949:
        return None
    return int(found[1]), int(found[2])


def _code(period: Period) -> str:
    return f"{period[0]}-{period[1]:02}"


def period_of(period: Period) -> str:
    """A period as people say it: a whole year, or January to a month."""
    year, month = period
    if month == WHOLE_YEAR:
        return _("%(year)s, whole year") % {"year": year}
    if month == 1:
        return _("January %(year)s") % {"year": year}
    return _("January to month %(month)s of %(year)s") % {"month": month, "year": year}


def name_of(line: BoardLine, indicator: Indicator | None) -> str:
    """The line's own name, else that of its indicator."""
    if line.name:
        return line.name if is_chinese() else line.name_en
    return shared.name_of(indicator) if indicator else line.key


def unit_of(line: BoardLine, indicator: Indicator | None) -> str:
    if line.unit:
        return line.unit if is_chinese() else line.unit_en
    if indicator is None:
        return ""
    return indicator.unit if is_chinese() or not indicator.unit_en else indicator.unit_en


def number(value: float, decimals: int) -> str:
    return f"{value:,.{decimals}f}"


def said(line: BoardLine, unit: str, changed: float | None) -> str:
    """A change with its sign: per cent, or points where the values are shares."""
    if changed is None:
        return "—"
    if unit == POINTS:
        return _("%(n)s points") % {"n": shared.signed(changed, line.decimals)}
    return f"{shared.signed(changed, 1)}%"


def aim(line: BoardLine, unit: str, target: ZoneTarget) -> str:
    """A target as it was promised."""
    if target.basis == Basis.VALUE:
        sign = "≥" if line.polarity > 0 else "≤"
        return f"{sign} {number(target.value, line.decimals)}"
    return _("growth %(n)s") % {"n": said(line, unit, target.value).lstrip("+")}


def _row(standing: queries.ZoneStanding, asked: Period) -> dict[str, Any]:
    line, target = standing.line, standing.target
    unit = unit_of(line, standing.indicator)
    is_good = standing.changed is not None and standing.changed * line.polarity > 0
    is_bad = standing.changed is not None and standing.changed * line.polarity < 0
    return {
        "line": line,
        "standing": standing,
        "name": name_of(line, standing.indicator),
        "unit": unit,
        "url": reverse("indices:zone-line", args=[line.key]),
        "value": "—" if standing.value is None else number(standing.value, line.decimals),
        "changed": said(line, standing.unit, standing.changed),
        "trend": "up" if is_good else "down" if is_bad else "flat",
        "spark": charts.spark(standing.trend, width=72),
        "aim": aim(line, standing.unit, target) if target else "",
        "due": number(standing.due, line.decimals) if standing.due is not None else "",
        "is_due_less": line.nature is Nature.FLOW,
        "light": labels.LIGHTS[standing.light] if standing.light else "",
        "tone": labels.LIGHT_TONES[standing.light] if standing.light else "",
        "other": period_of(standing.period)
        if standing.period and standing.period != asked
        else "",
        "is_live": bool(line.live),
    }


def _kpis(rows: list[dict[str, Any]], three: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if three is not None:
        note = f"{three.first}\N{EN DASH}{three.last}"
        found += [
            {
                "label": _("Industrial output over three years"),
                "value": f"{shared.signed(three.growth, 1)}%",
                "note": note,
                "url": reverse("indices:zone-line", args=["E01"]),
            },
            {
                "label": _("Investment in three years"),
                "value": number(three.total, 1),
                "unit": _("100 million yuan"),
                "note": note,
                "url": reverse("indices:zone-line", args=["E05"]),
            },
        ]
    lights = [row["standing"].light for row in rows if row["standing"].light]
    for light, word in labels.LIGHTS.items():
        found.append({"label": str(word), "value": lights.count(light), "note": _("lines")})
    return found


def _sheet(shown: queries.Board, rows: list[dict[str, Any]], made_by: str) -> exports.Sheet:
    headings = [
        *(_("Group of indicators"), _("Indicator"), _("Unit of measure"), _("Period"), _("Value")),
        *(_("Against the year before"), _("Target"), _("Due by now"), _("Status"), _("Source")),
    ]
    cells = [
        [
            str(labels.BOARD_GROUPS[row["line"].group]),
            row["name"],
            row["unit"],
            period_of(row["standing"].period) if row["standing"].period else "",
            row["standing"].value,
            row["changed"],
            row["aim"],
            row["standing"].due,
            str(row["light"]),
            _source(row),
        ]
        for row in rows
    ]
    title = _("Board of the zone")
    about = [(_("Period"), period_of(shown.period))]
    return exports.Sheet(title, headings, cells, about, made_by, timezone.now())


def _source(row: dict[str, Any]) -> str:
    if row["is_live"]:
        return _("counted from records")
    indicator = row["standing"].indicator
    return str(indicator.source) if indicator else ""


@page(*shared.INSIDERS)
def line(request: HttpRequest, key: str) -> HttpResponse:
    """One line with everything that was brought in for it, and its targets."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        record = queries.line_record(actor, key)
    unit = unit_of(record.line, record.indicator)
    name = name_of(record.line, record.indicator)
    source = record.line.live.partition(".")[0]
    context = {
        "record": record,
        "name": name,
        "unit": unit,
        "about": _about(record.indicator) if record.indicator else {},
        "values": [
            {
                "row": row,
                "period": period_of((row.year, row.month)),
                "value": number(row.value, record.line.decimals),
                "changed": said(record.line, record.unit, changed),
                "url": reverse("indices:delivery", args=[row.delivery.public_id]),
            }
            for row, changed in record.values
        ],
        "targets": [
            {"row": row, "aim": aim(record.line, record.unit, row)} for row in record.targets
        ],
        "chart": _chart(record, name, unit),
        "records_url": reverse(ROOMS[source]) if source else "",
        "may_target": actor.has(*shared.ANALYSTS, *shared.APPROVERS),
    }
    return render(request, "indices/zone_line.html", context)


def _about(indicator: Indicator) -> dict[str, str]:
    is_own = is_chinese() or not indicator.definition_en
    return {
        "definition": indicator.definition if is_own else indicator.definition_en,
        "source": indicator.source,
        "calibre": indicator.calibre,
        "grade": indicator.grade,
        "kind": labels.word(labels.KINDS, indicator.kind),
        "code": indicator.code,
    }


def _chart(record: queries.LineRecord, name: str, unit: str) -> str:
    """Months of the last years one over the other; whole years where no month is known."""
    values = {(row.year, row.month): row.value for row, _changed in record.values}
    years = sorted({year for year, _month in values})[-DRAWN_YEARS:]
    months = sorted({month for _year, month in values})
    if len(months) > 1:
        series = [
            charts.Series(
                str(year),
                [values.get((year, m)) for m in months],
                "line",
                colour=n,
                is_dashed=n > 1,
            )
            for n, year in enumerate(reversed(years), start=1)
        ]
        names = [_("month %(n)s") % {"n": m} for m in months]
        return charts.chart(names, series, title=name, unit=unit) + charts.legend(
            [(s.name, s.colour, s.is_dashed) for s in series]
        )
    all_years = sorted({year for year, _month in values})
    if len(all_years) < 2:
        return ""
    bars = [values[year, months[0]] for year in all_years]
    return charts.chart(all_years, [charts.Series(name, bars)], title=name, unit=unit)


@page(*sorted({*shared.ANALYSTS, *shared.APPROVERS}))
def set_target(request: HttpRequest, key: str) -> HttpResponse:
    """What the zone promises for a line in a year."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        record = queries.line_record(actor, key)
    first = {"year": timezone.localdate().year}
    form = TargetForm(request.POST or None, initial=first)
    back = reverse("indices:zone-line", args=[key])

    def work() -> str:
        operations.set_target(actor, line=key, now=timezone.now(), **form.cleaned_data)
        return back

    answer = posting.send(request, form, work) if form.is_bound else None
    if answer is not None:
        return answer
    name = name_of(record.line, record.indicator)
    return shared.form_page(request, form, _("Set a target"), (back, name))
