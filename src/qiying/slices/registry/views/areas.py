"""Boundaries and lines with their versions, and the sites."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import exports, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Invalid
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page
from qiying.slices.registry import operations, queries
from qiying.slices.registry.forms import AreaForm
from qiying.slices.registry.forms.fields import add_problem
from qiying.slices.registry.models import Area
from qiying.slices.registry.models.labels import AREA_KINDS, title, word
from qiying.slices.registry.operations.areas import allowed_for
from qiying.slices.registry.rules import coordinates, shapes
from qiying.slices.registry.rules.kinds import AreaKind
from qiying.slices.registry.views._edit import KEEPERS, READERS, edit
from qiying.slices.registry.views.history import lines_of
from qiying.slices.registry.views.layers import LOOK, layers
from qiying.slices.registry.views.units import unit_choices
from qiying.slices.registry.views.zone_map import day_of


@page(*READERS)
def areas(request: HttpRequest) -> HttpResponse:
    """The areas in force on a day, by kind."""
    actor, on = actor_of(request), day_of(request)
    counts = queries.area_kinds(actor, on)
    kind = request.GET.get("kind", "")
    kind = kind if kind in AreaKind.values() else AreaKind.WALL
    rows = list(queries.list_areas_on(actor, on, [kind]).select_related("unit").order_by("key"))
    if wanted := exports.wanted(request):
        return exports.respond(_sheet(actor, rows), wanted)
    context = {
        "on": on,
        "kind": kind,
        "kind_label": title(AREA_KINDS, kind),
        "rows": rows,
        "tabs": [
            {
                "label": title(AREA_KINDS, code),
                "url": f"?kind={code}&on={on.isoformat()}",
                "count": counts.get(code, (0, 0.0))[0],
                "active": code == kind,
            }
            for code, _label in AREA_KINDS
        ],
        "total_m2": counts.get(kind, (0, 0.0))[1],
        "layers": layers(*dict.fromkeys(("planned", kind)), on=on),
        "may_change": actor.has(*KEEPERS),
        "has_people": kind in {AreaKind.NEIGHBOURHOOD, AreaKind.VILLAGE},
    }
    return render(request, "registry/areas.html", context)


def _sheet(actor: Actor, rows: list[Area]) -> exports.Sheet:
    return exports.Sheet(
        _("Boundaries"),
        (
            _("kind"),
            _("key"),
            _("name"),
            _("English name"),
            _("unit"),
            _("area (km²)"),
            _("households"),
            _("residents"),
            _("in force from"),
            _("in force until"),
        ),
        [
            (
                word(AREA_KINDS, row.kind),
                row.key,
                row.name_zh,
                row.name_en,
                row.unit.code if row.unit else "",
                round(row.area_m2 / 1e6, 6),
                row.households,
                row.residents,
                row.valid_from,
                row.valid_to,
            )
            for row in rows
        ],
        [],
        actor.name,
        timezone.now(),
    )


@page(*READERS)
def area(request: HttpRequest, area_id: int) -> HttpResponse:
    """One area with all its versions."""
    actor = actor_of(request)
    row = queries.get_area(actor, area_id)
    versions = list(queries.area_history(actor, row.kind, row.key).select_related("unit"))
    here = {
        "url": reverse("registry:area-shape", args=[row.pk]),
        "kind": LOOK.get(row.kind, row.kind),
        "label": row.name,
    }
    context = {
        "area": row,
        "kind_label": title(AREA_KINDS, row.kind),
        "versions": versions,
        "layers": [*layers("planned", on=row.valid_from), here],
        "history": lines_of(queries.what_happened(actor, row)),
        "may_change": actor.has(*KEEPERS),
        "is_open": row.valid_to is None,
        "facts": [
            (_("Key"), row.key),
            (_("Area"), f"{row.area_m2 / 1e6:,.4f} km²" if row.area_m2 else None),
            (_("Unit that answers for it"), row.unit.name if row.unit else None),
            (_("Households"), f"{row.households:,}" if row.households else None),
            (_("Residents"), f"{row.residents:,}" if row.residents else None),
            (_("In force from"), row.valid_from.isoformat()),
            (_("Until (not included)"), row.valid_to.isoformat() if row.valid_to else None),
        ],
    }
    return render(request, "registry/area.html", context)


@page(*READERS)
def area_shape(request: HttpRequest, area_id: int) -> HttpResponse:
    """The shape of one version as GeoJSON."""
    row = queries.get_area(actor_of(request), area_id)
    feature = {"type": "Feature", "geometry": row.geometry, "properties": {"name": row.name}}
    return HttpResponse(
        shapes.dump({"type": "FeatureCollection", "features": [feature]}),
        content_type="application/geo+json",
    )


@page(*KEEPERS)
def area_new(request: HttpRequest) -> HttpResponse:
    """A new area, or with ``?of=`` a new version of one."""
    actor = actor_of(request)
    initial: dict[str, Any] = {"kind": request.GET.get("kind", "wall")}
    title = _("New boundary")
    of = request.GET.get("of", "")[:18]
    if of.isdecimal():
        with tenancy.reading(actor):
            row = queries.get_area(actor, int(of))
        copied = ("kind", "key", "name_zh", "name_en", "households", "residents")
        initial = {name: getattr(row, name) for name in copied} | {"unit": row.unit_id}
        title = _("New version of %(name)s") % {"name": row.name}
    form = AreaForm(
        request.POST or None,
        request.FILES or None,
        initial=initial,
        units=unit_choices(actor),
    )
    values = _values(form) if request.method == "POST" and form.is_valid() else {}

    def work() -> str:
        row = operations.set_area(actor, now=timezone.now(), **values)
        return reverse("registry:area", args=[row.pk])

    back = f"{reverse('registry:areas')}?kind={initial['kind']}"
    return edit(request, form, work, title=title, back=back, is_upload=True)


def _values(form: AreaForm) -> dict[str, Any]:
    """What the operation takes; a shape that cannot be converted becomes a fault of its field."""
    found = dict(form.cleaned_data)
    system = coordinates.parse(found.pop("system"))
    found["unit_id"] = found.pop("unit")
    for name in ("households", "residents"):
        found[name] = found[name] or 0
    try:
        shape = shapes.read(found.pop("shape"), allowed_for(found["kind"]), system)
    except Invalid as problem:
        add_problem(form, Invalid(problem.code, {"shape": problem.code}, **problem.params))
        return {}
    return found | {"geometry": shape.geometry}


@page(*KEEPERS)
@require_POST
def area_end(request: HttpRequest, area_id: int) -> HttpResponse:
    """Let a version end today."""
    now = timezone.now()
    operations.end_area(actor_of(request), area_id, on=timezone.localdate(now), now=now)
    messages.success(request, _("The version was ended today."))
    return HttpResponseSeeOther(reverse("registry:area", args=[area_id]))
