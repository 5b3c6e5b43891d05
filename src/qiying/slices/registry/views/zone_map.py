"""The map of the zone, and its layers as GeoJSON."""

import hashlib
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import get_language, ngettext

from qiying.kernel import revisions
from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.web import actor_of, is_staff, page
from qiying.slices.registry import queries
from qiying.slices.registry.models import Area, Site
from qiying.slices.registry.models.labels import AREA_KINDS, SITE_KINDS, title, word
from qiying.slices.registry.rules import shapes
from qiying.slices.registry.rules.kinds import AreaKind
from qiying.slices.registry.views._edit import shell
from qiying.slices.registry.views.layers import all_layers

SITES = {"parcel": True, "site": False}
"""Layers of sites: those drawn as surfaces, and those that are points."""
MOST_SITES = 5000


def day_of(request: HttpRequest) -> date:
    """The day in the address (``?on=2026-11-22``), today when there is none."""
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return timezone.localdate()


@page()
def zone_map(request: HttpRequest) -> HttpResponse:
    """The zone on a day: areas, walls, grids, sites, and what other slices add."""
    actor, on = actor_of(request), day_of(request)
    context = {
        "shell": shell(request),
        "on": on,
        "is_today": on == timezone.localdate(),
        "layers": all_layers(actor, on),
        "zone": queries.find_zone(actor),
        "kpis": _kpis(queries.area_kinds(actor, on)) if is_staff(actor) else [],
        "has_areas": queries.list_areas_on(actor, on).exists(),
        "may_import": is_staff(actor),
    }
    return render(request, "registry/map.html", context)


def _kpis(kinds: dict[str, tuple[int, float]]) -> list[dict[str, Any]]:
    """Number and size of the areas that people ask for first."""
    return [
        {
            "label": title(AREA_KINDS, kind),
            "value": f"{kinds[kind][1] / 1e6:,.2f}",
            "unit": "km²",
            "note": ngettext("%(n)d area", "%(n)d areas", kinds[kind][0]) % {"n": kinds[kind][0]},
            "url": f"{reverse('registry:areas')}?kind={kind}",
        }
        for kind in (AreaKind.PLANNED, AreaKind.DEVELOPED, AreaKind.WALL, AreaKind.GRID)
        if kind in kinds
    ]


@page()
def layer(request: HttpRequest, kind: str) -> HttpResponseBase:
    """One layer as GeoJSON, with an ETag so that an unchanged one is not sent again."""
    actor, on = actor_of(request), day_of(request)
    if kind in SITES:
        found = [row for row in _sites(actor, on) if bool(row.area_m2) is SITES[kind]]
        body = _collection([_site(actor, row) for row in found])
        return _answer(request, body, hashlib.sha256(body).hexdigest()[:32])
    if kind not in AreaKind.values():
        raise NotFound("not_found")
    revision = revisions.current(actor).get("registry", 0)
    reader = "staff" if is_staff(actor) else "firm"
    stamp = f"{actor.tenant_id}.{revision}.{kind}.{on}.{get_language()}.{reader}"
    early = get_conditional_response(request, etag=f'"{stamp}"')
    if early is not None:
        return early
    rows = queries.list_areas_on(actor, on, [kind]).order_by("key")
    return _answer(request, _collection([_area(actor, row) for row in rows]), stamp)


def _sites(actor: Actor, on: date) -> list[Site]:
    return list(queries.list_sites(actor, on=on).order_by("kind", "key")[:MOST_SITES])


def _area(actor: Actor, row: Area) -> dict[str, Any]:
    note = word(AREA_KINDS, row.kind)
    if row.area_m2:
        note = f"{note} · {row.area_m2 / 1e6:,.2f} km²"
    url = reverse("registry:area", args=[row.pk]) if is_staff(actor) else ""
    return _feature(row.geometry, row.name, note, url, key=row.key)


def _site(actor: Actor, row: Site) -> dict[str, Any]:
    url = reverse("registry:site", args=[row.pk]) if is_staff(actor) else ""
    return _feature(row.geometry, row.name, word(SITE_KINDS, row.kind), url, key=row.key)


def _feature(geometry: Any, name: str, note: str, url: str, *, key: str) -> dict[str, Any]:
    properties = {"name": name, "note": note, "key": key}
    if url:
        properties["url"] = url
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _collection(features: list[dict[str, Any]]) -> bytes:
    data = {"type": "FeatureCollection", "features": features}
    return shapes.dump(data)


def _answer(request: HttpRequest, body: bytes, stamp: str) -> HttpResponseBase:
    response = HttpResponse(body, content_type="application/geo+json")
    response["ETag"] = f'"{stamp}"'
    response["Cache-Control"] = "private, no-cache"
    found = get_conditional_response(request, etag=f'"{stamp}"', response=response)
    return found or response
