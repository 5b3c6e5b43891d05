"""Key figures of the council; each share stands beside its numbers."""

from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from qiying.slices.council.forms import PeriodForm
from qiying.slices.council.queries import Figures

Edge = tuple[date, datetime]
EARLIEST, LATEST = date(1992, 1, 1), date(2190, 1, 1)


def period_of(request: HttpRequest, today: date) -> tuple[Edge, Edge]:
    """The days asked for, the last one included; the last twelve months otherwise."""
    form = PeriodForm(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    end = data.get("end") or today
    if not EARLIEST < end < LATEST:
        end = today
    start = data.get("start") or end - timedelta(days=365)
    if not EARLIEST < start <= end:
        start, end = today - timedelta(days=365), today
    return (start, _midnight(start)), (end, _midnight(end + timedelta(days=1)))


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime(day.year, day.month, day.day))  # noqa: DTZ001


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value * 100:.1f}%"


def kpis(found: Figures) -> list[dict[str, Any]]:
    routed = sum(found.routes.values())
    return [
        {
            "label": _("Topics in twelve months"),
            "value": found.topics,
            "note": _("%(count)s passed on") % {"count": routed},
        },
        {
            "label": _("Answered on time"),
            "value": _share(found.on_time_share),
            "note": f"{found.on_time} / {found.due}",
        },
        {
            "label": _("Deputies satisfied"),
            "value": _share(found.satisfied_share),
            "note": f"{found.satisfied} / {found.judged}",
        },
        {"label": _("Answered again"), "value": found.redone},
    ]
