"""Calls where other pages show them: pins on the map, the tab on a firm's page."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext

from qiying.kernel.access import Role
from qiying.kernel.web import actor_of, page
from qiying.slices.calls import queries
from qiying.slices.calls.models import STATE_LABELS
from qiying.slices.calls.queries import desk
from qiying.slices.calls.views import staff
from qiying.slices.calls.views.staff import MAP_READERS, READERS
from qiying.slices.registry import public as registry

PIN_TONES = {"purple": "listed", "red": "over", "yellow": "warn"}
"""Pins by light; solid red is for time that ran out, violet for what is posted for supervision."""
MOST_PINS = 500
MOST_ROWS = 10


@page(*sorted(MAP_READERS))
def layer(request: HttpRequest) -> HttpResponse:
    """The open calls that the reader may see, as GeoJSON points."""
    actor, now = actor_of(request), timezone.now()
    points = queries.map_points(actor, now=now, limit=MOST_PINS)
    features = [_pin(staff.call_url(actor, p), p) for p in points]
    response = JsonResponse({"type": "FeatureCollection", "features": features})
    response["Content-Type"] = "application/geo+json"
    response["Cache-Control"] = "private, no-cache"
    return response


def _pin(url: str, point: queries.MapPoint) -> dict[str, Any]:
    light = staff.LIGHT_LABELS.get(point.light, "")
    note = gettext("%(state)s, %(light)s") % {"state": STATE_LABELS[point.state], "light": light}
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [point.longitude, point.latitude]},
        "properties": {
            "name": f"{point.number} {point.title}",
            "note": note if light else str(STATE_LABELS[point.state]),
            "url": url,
            "tone": PIN_TONES.get(point.light, "plain"),
        },
    }


@page(*sorted(MAP_READERS))
def firm_panel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The calls of one firm, for its page; a fragment."""
    actor, now = actor_of(request), timezone.now()
    firm = registry.enterprise_by_public_id(actor, public_id)
    recent = queries.firm_calls(actor, firm.id).select_related("enterprise", "lead_unit")
    rows = list(recent.order_by(*queries.ORDER)[:MOST_ROWS])
    still_open = desk.open_calls_of_firm(actor, firm.id, limit=queries.CAP)
    lights = [queries.light(c, now) for c in still_open]
    everything = f"{reverse('calls:list')}?{urlencode({'enterprise': firm.id})}"
    context = {
        "firm": firm,
        "rows": staff.rows_of(actor, rows, now=now),
        "kpis": [
            {"label": gettext("Calls in all"), "value": _total(actor, firm.id)},
            {"label": gettext("Open"), "value": len(still_open)},
            {
                "label": gettext("Overdue"),
                "value": lights.count("red"),
                "hot": "red" in lights,
            },
        ],
        "list_url": everything if actor.has(*READERS) else "",
        "register_url": f"{reverse('calls:register')}?firm={firm.public_id}"
        if actor.has(Role.DESK)
        else "",
    }
    return render(request, "calls/desk/firm_panel.html", context)


def _total(actor: Any, firm_id: int) -> int:
    return queries.count_by_enterprise(actor, [firm_id]).get(firm_id, 0)
