"""Sites and parcels."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import exports, paging, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page
from qiying.slices.registry import operations, queries
from qiying.slices.registry.forms import SiteForm
from qiying.slices.registry.models import Site
from qiying.slices.registry.models.labels import SITE_KINDS, word
from qiying.slices.registry.rules import shapes
from qiying.slices.registry.rules.credit_code import normalise
from qiying.slices.registry.rules.kinds import SiteKind
from qiying.slices.registry.views._edit import KEEPERS, READERS, edit
from qiying.slices.registry.views.layers import layers
from qiying.slices.registry.views.units import unit_choices


@page(*READERS)
def sites(request: HttpRequest) -> HttpResponse:
    """Sites in use, by kind."""
    actor = actor_of(request)
    rows = _filtered(request, actor)
    if wanted := exports.wanted(request):
        return exports.respond(
            _sheet(actor, list(rows.order_by("kind", "key", "id")[: exports.MAX_ROWS])), wanted
        )
    shown = paging.paginate(
        rows, order=("kind", "key", "id"), cursor=request.GET.get("cursor", "")
    )
    context = {
        "page": shown,
        "lines": [{"row": row, "kind": word(SITE_KINDS, row.kind)} for row in shown],
        "total": rows.count(),
        "kinds": SITE_KINDS,
        "may_change": actor.has(*KEEPERS),
    }
    return render(request, "registry/sites.html", context)


def _filtered(request: HttpRequest, actor: Actor) -> Any:
    on = None if request.GET.get("retired") == "1" else timezone.localdate()
    rows = queries.list_sites(actor, on=on).select_related("enterprise", "owner_unit")
    if request.GET.get("kind") in SiteKind.values():
        rows = rows.filter(kind=request.GET["kind"])
    if text := request.GET.get("q", "").strip():
        rows = rows.filter(name_zh__icontains=text) | rows.filter(key__istartswith=text)
    return rows


def _sheet(actor: Actor, rows: list[Site]) -> exports.Sheet:
    headings = (
        _("key"),
        _("name"),
        _("English name"),
        _("kind"),
        _("credit code"),
        _("owner unit"),
        _("longitude"),
        _("latitude"),
        _("area (m²)"),
        _("in force from"),
        _("in force until"),
    )
    cells = [
        (
            row.key,
            row.name_zh,
            row.name_en,
            word(SITE_KINDS, row.kind),
            row.enterprise.credit_code if row.enterprise else "",
            row.owner_unit.code if row.owner_unit else "",
            row.longitude,
            row.latitude,
            row.area_m2,
            row.valid_from,
            row.retired_on,
        )
        for row in rows
    ]
    return exports.Sheet(_("Sites"), headings, cells, [], actor.name, timezone.now())


@page(*READERS)
def site(request: HttpRequest, site_id: int) -> HttpResponse:
    """One site on the map."""
    actor = actor_of(request)
    row = queries.get_site(actor, site_id)
    here = {
        "url": reverse("registry:site-shape", args=[row.pk]),
        "kind": "site",
        "label": row.name,
    }
    firm = row.enterprise
    firm_url = reverse("registry:firm", args=[firm.public_id]) if firm else ""
    context = {
        "site": row,
        "kind": word(SITE_KINDS, row.kind),
        "layers": [*layers("planned", "wall"), here],
        "may_change": actor.has(*KEEPERS),
        "may_retire": row.retired_on is None or row.retired_on > timezone.localdate(),
        "facts": [
            (_("Key"), row.key, ""),
            (_("Firm"), firm.name if firm else None, firm_url),
            (_("Owned by the unit"), row.owner_unit.name if row.owner_unit else None, ""),
            (_("Area"), f"{row.area_m2:,.0f} m²" if row.area_m2 else None, ""),
            (_("Position"), f"{row.longitude:.6f}, {row.latitude:.6f}", ""),
            (_("In use from"), row.valid_from.isoformat() if row.valid_from else None, ""),
            (_("Until"), row.retired_on.isoformat() if row.retired_on else None, ""),
        ],
    }
    return render(request, "registry/site.html", context)


@page(*READERS)
def site_shape(request: HttpRequest, site_id: int) -> HttpResponse:
    """The shape of one site as GeoJSON."""
    row = queries.get_site(actor_of(request), site_id)
    feature = {"type": "Feature", "geometry": row.geometry, "properties": {"name": row.name}}
    return HttpResponse(
        shapes.dump({"type": "FeatureCollection", "features": [feature]}),
        content_type="application/geo+json",
    )


@page(*KEEPERS)
def site_new(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    initial = {"credit_code": request.GET.get("firm", ""), "kind": SiteKind.PARCEL}
    form = SiteForm(
        request.POST or None, request.FILES or None, initial=initial, units=unit_choices(actor)
    )

    def work() -> str:
        row = operations.create_site(actor, now=timezone.now(), **_values(actor, form))
        return reverse("registry:site", args=[row.pk])

    return _form(request, form, work, _("New site"), reverse("registry:sites"))


@page(*KEEPERS)
def site_edit(request: HttpRequest, site_id: int) -> HttpResponse:
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = queries.get_site(actor, site_id)
        code = row.enterprise.credit_code if row.enterprise else ""
    names = ("key", "kind", "name_zh", "name_en", "valid_from", "retired_on")
    initial: dict[str, Any] = {name: getattr(row, name) for name in names}
    initial |= {"credit_code": code, "owner_unit": row.owner_unit_id}
    if row.geometry["type"] == "Point":
        initial |= {"longitude": row.longitude, "latitude": row.latitude}
    form = SiteForm(
        request.POST or None,
        request.FILES or None,
        initial=initial,
        units=unit_choices(actor),
        has_shape=True,
    )
    back = reverse("registry:site", args=[row.pk])

    def work() -> str:
        operations.change_site(actor, row.pk, now=timezone.now(), **_values(actor, form))
        return back

    return _form(request, form, work, row.name, back)


def _form(request: HttpRequest, form: SiteForm, work: Any, title: str, back: str) -> HttpResponse:
    return edit(
        request,
        form,
        work,
        template="registry/site_form.html",
        title=title,
        back=back,
        layers=layers("planned", "wall"),
    )


def _values(actor: Actor, form: SiteForm) -> dict[str, Any]:
    found = dict(form.cleaned_data)
    found["owner_unit_id"] = found.pop("owner_unit")
    code = normalise(found.pop("credit_code"))
    found["enterprise_id"] = _firm_with(actor, code) if code else None
    lon, lat, shape = found.pop("longitude"), found.pop("latitude"), found.pop("shape")
    if shape is not None:
        found["geometry"] = shape
    elif lon is not None and lat is not None:
        found["geometry"] = shapes.point(lon, lat)
    return found


def _firm_with(actor: Actor, code: str) -> int:
    with tenancy.reading(actor):
        found = queries.list_enterprises(actor).filter(credit_code=code).first()
    if found is None:
        raise Invalid("registry.cell.firm", {"credit_code": "registry.cell.firm"}, value=code)
    return found.pk


@page(*KEEPERS)
@require_POST
def site_retire(request: HttpRequest, site_id: int) -> HttpResponse:
    now = timezone.now()
    operations.retire_site(actor_of(request), site_id, on=timezone.localdate(now), now=now)
    messages.success(request, _("The site was retired; its record stays."))
    return HttpResponseSeeOther(reverse("registry:site", args=[site_id]))
