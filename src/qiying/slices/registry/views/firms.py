"""The list of firms: filter, saved views, export, portfolios."""

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from qiying.kernel import exports, paging, people, saved, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Invalid
from qiying.kernel.language import in_language
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page
from qiying.slices.registry import operations, queries
from qiying.slices.registry.forms import AssignForm, FirmFilterForm
from qiying.slices.registry.forms.fields import divisions
from qiying.slices.registry.models import Enterprise
from qiying.slices.registry.models.labels import (
    ENTITY_KINDS,
    FIRM_STATUSES,
    FIRM_TONES,
    word,
)
from qiying.slices.registry.rules.industry import division_of
from qiying.slices.registry.rules.kinds import AreaKind
from qiying.slices.registry.views._edit import ASSIGNERS, KEEPERS, READERS

ORDERS = {
    "name": ("name_zh", "id"),
    "-name": ("-name_zh", "-id"),
    "staff": ("staff_count", "id"),
    "-staff": ("-staff_count", "-id"),
    "updated": ("updated_at", "id"),
    "-updated": ("-updated_at", "-id"),
}


@page(*READERS)
def firms(request: HttpRequest) -> HttpResponse:
    """Firms of the tenant, filtered by the address."""
    actor = actor_of(request)
    if not request.GET and (first := saved.first_of(actor, request.path)):
        return redirect(f"{request.path}?{first}")
    form = FirmFilterForm(request.GET)
    rows = queries.list_enterprises(actor, form.wanted()).select_related("grid", "grid_officer")
    order = ORDERS.get(request.GET.get("sort", ""), ORDERS["name"])
    if kind := exports.wanted(request):
        found = rows.order_by(*order)[: exports.MAX_ROWS]
        return exports.respond(_sheet(actor, form, found), kind)
    shown = paging.paginate(rows, order=order, cursor=request.GET.get("cursor", ""))
    officers = officer_choices(actor)
    context = {
        "page": shown,
        "lines": [_line(row) for row in shown],
        "total": rows.count(),
        "tabs": saved.tabs(request, actor, _built_in(actor)),
        "kinds": ENTITY_KINDS,
        "statuses": FIRM_STATUSES,
        "divisions": divisions(),
        "grids": grid_choices(actor),
        "officers": officers,
        "may_assign": actor.has(*ASSIGNERS),
        "may_add": actor.has(*KEEPERS),
        "is_officer": actor.has(Role.GRID_OFFICER),
    }
    return render(request, "registry/firms.html", context)


def _built_in(actor: Actor) -> list[tuple[str, str]]:
    found = [
        (_("In operation"), "status=active"),
        (_("Above designated size"), "status=active&only=scale"),
        (_("Without a place"), "status=active&only=unplaced"),
        (_("Without an officer"), "status=active&only=unassigned"),
    ]
    if actor.has(Role.GRID_OFFICER):
        found.insert(0, (_("My firms"), "only=mine"))
    return [(_("All"), ""), *found]


def _line(row: Enterprise) -> dict[str, Any]:
    return {
        "row": row,
        "url": reverse("registry:firm", args=[row.public_id]),
        "kind": word(ENTITY_KINDS, row.entity_kind),
        "industry": industry_name(row.industry_code),
        "status": word(FIRM_STATUSES, row.status),
        "tone": FIRM_TONES.get(row.status, ""),
    }


def industry_name(code: str) -> str:
    found = division_of(code) if code else None
    return in_language(found.name_zh, found.name_en) if found else ""


def grid_choices(actor: Actor) -> list[tuple[str, str]]:
    rows = queries.list_areas_on(actor, timezone.localdate(), [AreaKind.GRID]).order_by("key")
    return [(row.key, row.name) for row in rows]


def officer_choices(actor: Actor) -> list[tuple[str, str]]:
    holders = people.people_with(actor, Role.GRID_OFFICER, on=timezone.localdate())
    return [(str(person.pk), str(person)) for person in holders]


def _sheet(actor: Actor, form: FirmFilterForm, rows: Iterable[Enterprise]) -> exports.Sheet:
    """Headings are those that an import understands, so that an export can be brought back."""
    return exports.Sheet(
        _("Firms"),
        (
            _("credit code"),
            _("firm name"),
            _("English name"),
            _("kind"),
            _("industry"),
            _("status"),
            _("staff"),
            _("above scale"),
            _("belongs to zone"),
            _("registered on"),
            _("address"),
            _("longitude"),
            _("latitude"),
            _("township"),
            _("grid"),
            _("grid officer"),
        ),
        [_cells(row) for row in rows],
        _words(form),
        actor.name,
        timezone.now(),
    )


def _cells(row: Enterprise) -> tuple[Any, ...]:
    return (
        row.credit_code,
        row.name_zh,
        row.name_en,
        word(ENTITY_KINDS, row.entity_kind),
        row.industry_code,
        word(FIRM_STATUSES, row.status),
        row.staff_count,
        _("yes") if row.is_above_scale else _("no"),
        _("yes") if row.belongs_to_zone else _("no"),
        row.registered_on,
        row.address,
        row.longitude,
        row.latitude,
        row.township_code,
        row.grid.key if row.grid else "",
        str(row.grid_officer or ""),
    )


def _words(form: FirmFilterForm) -> list[tuple[str, str]]:
    """The filter in words, for the file."""
    wanted = form.wanted()
    pairs = [
        (_("Search"), wanted.q),
        (_("Kind"), word(ENTITY_KINDS, wanted.entity_kind)),
        (_("Status"), word(FIRM_STATUSES, wanted.status)),
        (_("Industry"), wanted.industry),
        (_("Grid"), wanted.grid),
        (_("Only"), ", ".join(form.cleaned_data.get("only") or ())),
    ]
    return [(label, value) for label, value in pairs if value]


@page(*ASSIGNERS)
@require_POST
def assign(request: HttpRequest) -> HttpResponse:
    """Name an officer for the selected firms."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        form = AssignForm(
            request.POST, officers=officer_choices(actor), ids=request.POST.getlist("id")
        )
    if not form.is_valid() or not form.cleaned_data["id"]:
        raise Invalid("input.invalid", {"officer": "input.choice"})
    many = operations.assign_firms(
        actor, form.cleaned_data["id"], form.cleaned_data["officer"], now=timezone.now()
    )
    text = ngettext("%(n)d firm has a new officer.", "%(n)d firms have a new officer.", many) % {
        "n": many
    }
    messages.success(request, text)
    query = request.GET.urlencode()  # back to the same filter
    address = reverse("registry:firms")
    return HttpResponseSeeOther(f"{address}?{query}" if query else address)
