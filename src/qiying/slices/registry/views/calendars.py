"""Work calendars: a year at a glance, its editions, and the form for a new one."""

from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from qiying.kernel import tenancy
from qiying.kernel.web import actor_of, page
from qiying.slices.registry import operations, queries
from qiying.slices.registry.forms import CalendarForm
from qiying.slices.registry.models import WorkCalendar
from qiying.slices.registry.rules import calendars as rules
from qiying.slices.registry.views._edit import KEEPERS, edit

WORDS = {"work": "", "weekend": "", "rest": _lazy("off"), "makeup": _lazy("work")}


@page()
def calendar(request: HttpRequest, year: int = 0) -> HttpResponse:
    """A year as twelve small months: what rests, what works."""
    actor = actor_of(request)
    known = [row.year for row in queries.latest_editions(actor)]
    today = timezone.localdate()
    year = year or today.year
    editions = list(queries.list_editions(actor, year))
    row = editions[0] if editions else None
    rests, works = _days(row)
    years = sorted({*known, today.year, today.year + 1, year})
    context = {
        "year": year,
        "edition": row,
        "editions": editions,
        "years": [
            {
                "label": str(y),
                "url": reverse("registry:calendar", args=[y]),
                "active": y == year,
            }
            for y in years
        ],
        "months": _months(year, rests, works, today),
        "weekdays": [date_format(date(2024, 1, day), "D") for day in range(1, 8)],
        "kpis": _kpis(year, rests, works),
        "hours": _hours(row),
        "may_change": actor.has(*KEEPERS),
    }
    return render(request, "registry/calendar.html", context)


def _days(row: WorkCalendar | None) -> tuple[set[date], set[date]]:
    if row is None:
        return set(), set()
    return (
        {date.fromisoformat(d) for d in row.rest_days},
        {date.fromisoformat(d) for d in row.work_days},
    )


def _months(year: int, rests: set[date], works: set[date], today: date) -> list[dict[str, Any]]:
    names = {"rest": _("rests"), "makeup": _("works"), "weekend": _("weekend"), "work": ""}
    months = []
    for number, cells in enumerate(rules.year_grid(year, rests, works), start=1):
        days = [
            None
            if cell is None
            else {
                "number": cell.on.day,
                "kind": cell.kind,
                "word": str(WORDS[cell.kind]),
                "title": f"{cell.on.isoformat()} {names[cell.kind]}".strip(),
                "is_today": cell.on == today,
            }
            for cell in cells
        ]
        weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
        months.append({"name": date_format(date(year, number, 1), "F"), "weeks": weeks})
    return months


def _kpis(year: int, rests: set[date], works: set[date]) -> list[dict[str, Any]]:
    cells = [c for month in rules.year_grid(year, rests, works) for c in month if c is not None]
    working = sum(1 for c in cells if c.kind in {"work", "makeup"})
    return [
        {"label": _("Working days"), "value": working},
        {"label": _("Days off"), "value": len(cells) - working},
        {"label": _("Weekdays that rest"), "value": sum(1 for c in cells if c.kind == "rest")},
        {"label": _("Make-up days"), "value": sum(1 for c in cells if c.kind == "makeup")},
    ]


def _hours(row: WorkCalendar | None) -> str:
    spans = row.hours if row and row.hours else rules.STANDARD_HOURS
    return ", ".join(f"{opens}-{closes}" for opens, closes in spans)


@page(*KEEPERS)
def calendar_edit(request: HttpRequest, year: int) -> HttpResponse:
    """Make a new edition of a year, starting from the latest one."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = queries.list_editions(actor, year).first()
    form = CalendarForm(request.POST or None, initial=_initial(row))
    back = reverse("registry:calendar", args=[year])

    def work() -> str:
        operations.set_calendar(actor, year, now=timezone.now(), **form.cleaned_data)
        return back

    return edit(
        request,
        form,
        work,
        title=_("Work calendar of %(year)s") % {"year": year},
        lead=_("Saving makes a new edition; deadlines that touch the year are derived again."),
        back=back,
    )


def _initial(row: WorkCalendar | None) -> dict[str, Any]:
    found: dict[str, Any] = {"hours": _hours(row), "grade": "D"}
    if row is None:
        return found
    names = ("notice", "name_zh", "name_en", "issued_on", "grade")
    found |= {name: getattr(row, name) for name in names}
    found["rest_days"] = "\n".join(row.rest_days)
    found["work_days"] = "\n".join(row.work_days)
    return found
