"""The zone's published rates, for firms: what was promised to be kept, and what was kept."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from qiying.kernel.access import Role
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import rules
from qiying.slices.calls.models import DECLINE_LABELS, RATE_LABELS
from qiying.slices.calls.queries.published import PUBLISHED, published


@page(Role.ENTERPRISE)
def published_rates(request: HttpRequest) -> HttpResponse:
    """The last settled month: shares with their numbers, refusals by reason, units."""
    found = published(actor_of(request), now=timezone.now())
    figures = found.whole.figures
    context = {
        "found": found,
        "figures": [(RATE_LABELS[name], figures[name]) for name in PUBLISHED],
        "declined": [
            (code, DECLINE_LABELS.get(code, code), count) for code, count in found.declined
        ],
        "least": rules.LEAST_TO_RANK,
    }
    return render(request, "calls/firm/published.html", context)
