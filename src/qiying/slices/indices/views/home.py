"""Editions with their latest runs, and what is there to evaluate."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import paging
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page
from qiying.slices.indices import operations, queries
from qiying.slices.indices.views import shared

BEST = 10


@page(*shared.READERS)
def home(request: HttpRequest) -> HttpResponse:
    """The run released last, and the editions."""
    actor = actor_of(request)
    run = queries.latest_released(actor)
    shown = paging.paginate(
        queries.list_editions(actor),
        order=queries.EDITION_ORDER,
        cursor=request.GET.get("cursor", ""),
    )
    places = shared.places_by_code(queries.places_now(actor))
    context = {
        "page": shown,
        "editions": [
            {
                "row": row,
                "name": shared.name_of(row),
                "url": reverse("indices:edition", args=[row.public_id]),
                "kinds": shared.kinds_of(row),
            }
            for row in shown
        ],
        "run": shared.run_line(run) if run else None,
        "run_name": shared.name_of(run.edition) if run else "",
        "best": [
            {
                "standing": s,
                "name": shared.name_of(places[s.adcode]),
                "url": reverse("indices:unit", args=[run.public_id, s.adcode]) if run else "",
            }
            for s in (queries.ranking(run)[:BEST] if run else [])
            if s.adcode in places
        ],
        "indicators": queries.list_indicators(actor).count(),
        "places": len(places),
        "may_reckon": actor.has(*shared.ANALYSTS),
    }
    return render(request, "indices/home.html", context)


@page(*shared.ANALYSTS)
@require_POST
def take_over(request: HttpRequest) -> HttpResponse:
    """The standard dictionary and the list of places."""
    indicators, places = operations.take_over(actor_of(request), now=timezone.now())
    said = _("Taken over: %(indicators)s indicators, %(places)s places.")
    messages.success(request, said % {"indicators": indicators, "places": places})
    return HttpResponseSeeOther(reverse("indices:home"))
