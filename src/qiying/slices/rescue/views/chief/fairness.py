"""The audit: shares of jobs against what was to be expected, and every choice by hand."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from qiying.kernel import exports, paging
from qiying.kernel.access import Actor
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Override, labels
from qiying.slices.rescue.queries import audit
from qiying.slices.rescue.queries.audit import Slice
from qiying.slices.rescue.views.chief import periods, shared
from qiying.slices.rescue.views.chief.periods import Period
from qiying.slices.rescue.views.chief.shared import AT_AUDIT


@page(*AT_AUDIT)
def audit_page(request: HttpRequest) -> HttpResponse:
    """Who got how many jobs, and where somebody chose otherwise than the engine."""
    actor, now = actor_of(request), timezone.now()
    period = periods.period_of(request, queries.today(now), usual="quarter")
    rows = audit.list_overrides(actor, period.start, period.end)
    if kind := exports.wanted(request):
        return exports.respond(_sheet(actor, rows, period, now), kind)
    found = audit.fairness(actor, period.start, period.end)
    most = max((n for s in found.slices for n in (s.got, s.expected)), default=0) or 1
    cursor = request.GET.get("cursor", "")
    context = {
        "period": period,
        "periods": periods.choices(period),
        "found": found,
        "slices": [_line(s, period, most) for s in found.slices],
        "far": audit.FAR,
        "page": (shown := paging.paginate(rows, order=audit.ORDER, cursor=cursor)),
        "overrides": [_override(o) for o in shown.rows],
        "kpis": _kpis(found),
    }
    return render(request, "rescue/chief/audit.html", context)


def _line(found: Slice, period: Period, most: float) -> dict[str, Any]:
    """A provider with its two bars; ``most`` is the longest of all, so that rows compare."""
    query = urlencode({**period.query, "provider": str(found.provider.pk)})
    return {
        "slice": found,
        "url": f"{reverse('rescue:list')}?{query}",
        "got_x": f"{100 * found.got / most:.1f}%",
        "expected_x": f"{100 * found.expected / most:.1f}%",
        "apart": f"{found.apart:+.1f}" if found.spread else "",
    }


def _override(row: Override) -> dict[str, Any]:
    return {
        "row": row,
        "url": shared.job_url(row.job.public_id),
        "why": labels.WHYS[row.why],
    }


def _kpis(found: audit.Fairness) -> list[dict[str, Any]]:
    share = found.share_by_hand
    return [
        {"label": gettext("Jobs given out"), "value": found.jobs},
        {
            "label": gettext("Chosen by hand"),
            "value": "—" if share is None else f"{100 * share:.1f}",
            "unit": "" if share is None else "%",
            "note": gettext("%(n)s with a reason each") % {"n": found.overrides},
            "url": "#overrides",
        },
        {
            "label": gettext("Providers far from what was to be expected"),
            "value": sum(s.is_far for s in found.slices),
            "unit": f"/ {len(found.slices)}",
        },
    ]


def _sheet(actor: Actor, rows: Any, period: Period, now: datetime) -> exports.Sheet:
    headings = [
        gettext("When"),
        gettext("Job"),
        gettext("Proposed"),
        gettext("Provider"),
        gettext("Sent instead"),
        gettext("Provider"),
        gettext("Reason"),
        gettext("In words"),
        gettext("By whom"),
    ]
    lines = (
        [
            o.at,
            o.job.number,
            str(o.proposed.person) if o.proposed else "",
            o.proposed.provider.name if o.proposed else "",
            str(o.chosen.person),
            o.chosen.provider.name,
            str(labels.WHYS[o.why]),
            o.text,
            str(o.by or ""),
        ]
        for o in rows.order_by(*audit.ORDER)[: exports.MAX_ROWS]
    )
    said = [(gettext("Period"), f"{period.start} \N{EN DASH} {period.last}")]
    return exports.Sheet(gettext("Choices by hand"), headings, lines, said, actor.name, now)
