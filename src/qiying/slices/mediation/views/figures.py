"""What leaders see: counts, shares, days. No case stands on this page."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.kernel import exports
from qiying.kernel.web import actor_of, page
from qiying.slices.mediation import queries
from qiying.slices.mediation.forms import PeriodForm
from qiying.slices.mediation.models import labels
from qiying.slices.mediation.queries import Count, Figures
from qiying.slices.mediation.views import shared

EARLIEST, LATEST = date(1992, 1, 1), date(2190, 1, 1)


@page(*sorted(shared.COUNTERS))
def figures_page(request: HttpRequest) -> HttpResponse:
    """Disputes registered in a period: settled, performed, how long it took."""
    actor, now = actor_of(request), timezone.now()
    start, end = _period(request, queries.today(now))
    found = queries.figures(
        actor, start=_midnight(start), end=_midnight(end + timedelta(days=1)), now=now
    )
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor.name, found, start, end, now), kind)
    context = {
        "form": PeriodForm(initial={"start": start, "end": end}),
        "start": start,
        "end": end,
        "kpis": _kpis(found),
        "rows": [{"count": c, "label": _kind(c)} for c in found.kinds],
        "total": found.total,
        "few": found.few,
        "labour_in_time": found.labour_in_time,
    }
    return render(request, "mediation/figures.html", context)


def _period(request: HttpRequest, today: date) -> tuple[date, date]:
    """The days asked for; the last twelve months otherwise."""
    form = PeriodForm(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    end = data.get("end") or today
    if not EARLIEST < end < LATEST:
        end = today
    start = data.get("start") or end - timedelta(days=365)
    if not EARLIEST < start <= end:
        return today - timedelta(days=365), today
    return start, end


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001


def _kind(count: Count) -> Any:
    return labels.KINDS.get(count.kind, "")


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value * 100:.1f}%"


def _kpis(found: Figures) -> list[dict[str, Any]]:
    total = found.total
    ended = total.settled + total.failed
    return [
        {
            "label": _("Disputes registered"),
            "value": total.registered,
            "note": _("%(count)s under way") % {"count": total.running},
        },
        {
            "label": _("Settled by agreement"),
            "value": _share(total.success),
            "note": f"{total.settled} / {ended}",
        },
        {
            "label": _("Terms performed"),
            "value": _share(found.performed),
            "note": f"{found.terms_performed} / {found.terms_due}",
        },
        {
            "label": _("Median days to agreement"),
            "value": "—" if total.days is None else f"{total.days:g}",
        },
        {
            "label": _("Confirmed by a court"),
            "value": found.confirmed,
            "note": _("%(count)s asked for") % {"count": found.asked},
        },
    ]


def _sheet(name: str, found: Figures, start: date, end: date, now: datetime) -> exports.Sheet:
    headings = [
        _("Kind of dispute"),
        _("Disputes registered"),
        _("Settled by agreement"),
        _("Ended without agreement"),
        _("Share settled"),
        _("Median days to agreement"),
    ]
    rows = [[str(_kind(c)), *_numbers(c)] for c in found.kinds]
    rows.append([_("All kinds"), *_numbers(found.total)])
    filters = [(_("Period"), f"{start} … {end}")]
    return exports.Sheet(_("Mediation in figures"), headings, rows, filters, name, now)


def _numbers(count: Count) -> list[Any]:
    return [count.registered, count.settled, count.failed, _share(count.success), count.days]
