"""One firm, one page: profile, contacts, sites, what other slices add, history; and its forms."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import NotFound
from qiying.kernel.web import HttpResponseSeeOther, actor_of, is_staff, page
from qiying.slices.registry import operations, public, queries
from qiying.slices.registry.forms import ContactForm, FirmForm
from qiying.slices.registry.forms.fields import divisions
from qiying.slices.registry.models import Contact, Enterprise
from qiying.slices.registry.models.labels import (
    ENTITY_KINDS,
    FIRM_STATUSES,
    FIRM_TONES,
    SITE_KINDS,
    word,
)
from qiying.slices.registry.rules import shapes
from qiying.slices.registry.rules.kinds import FirmStatus
from qiying.slices.registry.views._edit import KEEPERS, edit, shell
from qiying.slices.registry.views.firms import industry_name
from qiying.slices.registry.views.history import lines_of
from qiying.slices.registry.views.layers import layers

TABS = ("profile", "contacts", "sites", "history")


@page()
def firm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """一企一档: everything about a firm that the reader may see."""
    actor = actor_of(request)
    row = queries.get_enterprise_by_public_id(actor, public_id)
    panels = {p.url_name: p for p in public.firm_panels(actor)}
    tab = request.GET.get("tab", "profile")
    tab = tab if tab in TABS or tab in panels else "profile"
    if tab == "history" and not is_staff(actor):
        tab = "profile"
    context: dict[str, Any] = {
        "shell": shell(request),
        "firm": row,
        "kind": word(ENTITY_KINDS, row.entity_kind),
        "status": word(FIRM_STATUSES, row.status),
        "tone": FIRM_TONES.get(row.status, ""),
        "tabs": _tabs(row, tab, panels, is_staff=is_staff(actor)),
        "tab": tab,
        "panel_url": reverse(tab, args=[row.public_id]) if tab in panels else "",
        "may_change": queries.may_change(actor, row),
        "may_retire": actor.has(*KEEPERS) and row.status == FirmStatus.ACTIVE,
    }
    return render(request, "registry/firm.html", context | _content(request, row, tab))


def _tabs(
    row: Enterprise, tab: str, panels: dict[str, public.FirmPanel], *, is_staff: bool
) -> list[dict[str, Any]]:
    here = reverse("registry:firm", args=[row.public_id])
    named = [("profile", _("Profile")), ("contacts", _("Contacts")), ("sites", _("Sites"))]
    named += [(name, str(panel.label)) for name, panel in panels.items()]
    if is_staff:
        named.append(("history", _("History")))
    return [
        {"label": label, "url": f"{here}?tab={name}", "active": name == tab}
        for name, label in named
    ]


def _content(request: HttpRequest, row: Enterprise, tab: str) -> dict[str, Any]:
    """What one tab shows; the others cost nothing."""
    actor = actor_of(request)
    if tab == "contacts":
        return {"contacts": list(queries.list_contacts(actor, row.pk))}
    if tab == "sites":
        rows = queries.list_sites(actor).filter(enterprise_id=row.pk).order_by("key")
        return {"sites": [{"row": x, "kind": word(SITE_KINDS, x.kind)} for x in rows]}
    if tab == "history":
        return {"history": lines_of(queries.what_happened(actor, row))}
    if tab != "profile":
        return {}
    units = queries.unit_index(actor)
    township = units.get(row.township_code)
    return {
        "facts": _facts(row, township.name if township else row.township_code),
        "spot_layers": [*layers("wall", "grid"), _spot(row)],
    }


def _spot(row: Enterprise) -> dict[str, Any]:
    url = reverse("registry:firm-place", args=[row.public_id])
    return {"url": url, "kind": "site", "label": _("Firm"), "off": False}


@page()
def firm_place(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Where the firm lies, as GeoJSON."""
    row = queries.get_enterprise_by_public_id(actor_of(request), public_id)
    features = []
    if row.longitude is not None and row.latitude is not None:
        geometry = shapes.point(row.longitude, row.latitude)
        properties = {"name": row.name}
        features = [{"type": "Feature", "geometry": geometry, "properties": properties}]
    body = shapes.dump({"type": "FeatureCollection", "features": features})
    return HttpResponse(body, content_type="application/geo+json")


def _facts(row: Enterprise, township: str) -> list[tuple[str, Any]]:
    capital = f"{row.capital_cny / 10_000:,.2f}" if row.capital_cny is not None else None
    return [
        (_("Unified social credit code"), row.credit_code),
        (_("Kind"), word(ENTITY_KINDS, row.entity_kind)),
        (_("Industry"), f"{row.industry_code} {industry_name(row.industry_code)}".strip() or None),
        (_("Staff"), f"{row.staff_count:,}"),
        (_("Registered capital (10,000 yuan)"), capital),
        (_("Registered on"), row.registered_on.isoformat() if row.registered_on else None),
        (_("Above designated size"), _("yes") if row.is_above_scale else _("no")),
        (_("Belongs to the zone"), _("yes") if row.belongs_to_zone else _("no")),
        (_("Address"), row.address or None),
        (_("Township or sub-district"), township or None),
        (_("Enterprise grid"), row.grid.name if row.grid else None),
    ]


@page(*KEEPERS)
def firm_new(request: HttpRequest) -> HttpResponse:
    """Register a firm by hand."""
    actor = actor_of(request)
    form = FirmForm(
        request.POST or None, initial={"status": FirmStatus.ACTIVE, "belongs_to_zone": True}
    )

    def work() -> str:
        row = operations.create_enterprise(actor, now=timezone.now(), **form.values())
        return reverse("registry:firm", args=[row.public_id])

    return _firm_form(request, form, work, _("New firm"), reverse("registry:firms"))


@page(*KEEPERS, Role.GRID_OFFICER)
def firm_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Correct a firm."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = queries.get_enterprise_by_public_id(actor, public_id)
    names = [name for name in FirmForm.base_fields if name != "capital_10k"]
    initial: dict[str, Any] = {name: getattr(row, name) for name in names}
    if row.capital_cny is not None:
        initial["capital_10k"] = format((row.capital_cny / 10_000).normalize(), "f")
    form = FirmForm(request.POST or None, initial=initial)
    back = reverse("registry:firm", args=[row.public_id])

    def work() -> str:
        operations.change_enterprise(actor, row.pk, now=timezone.now(), **form.values())
        return back

    return _firm_form(request, form, work, row.name, back)


def _firm_form(
    request: HttpRequest, form: FirmForm, work: Any, title: str, back: str
) -> HttpResponse:
    return edit(
        request,
        form,
        work,
        template="registry/firm_form.html",
        title=title,
        back=back,
        layers=layers("planned", "wall", "grid"),
        divisions=divisions(),
    )


@page(*KEEPERS)
@require_POST
def firm_retire(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that a firm moved away or was deregistered."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = queries.get_enterprise_by_public_id(actor, public_id)
    operations.retire_enterprise(
        actor, row.pk, status=request.POST.get("status", ""), now=timezone.now()
    )
    messages.success(request, _("The status was changed; the record stays."))
    return HttpResponseSeeOther(reverse("registry:firm", args=[public_id]))


@page(*KEEPERS, Role.GRID_OFFICER)
def contact_new(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """A person to ring at a firm."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = queries.get_enterprise_by_public_id(actor, public_id)
    form = ContactForm(request.POST or None)
    back = f"{reverse('registry:firm', args=[public_id])}?tab=contacts"

    def work() -> str:
        operations.add_contact(actor, row.pk, now=timezone.now(), **form.cleaned_data)
        return back

    return edit(request, form, work, title=_("New contact"), lead=row.name, back=back)


@page(*KEEPERS, Role.GRID_OFFICER)
def contact_edit(request: HttpRequest, public_id: UUID, contact_id: int) -> HttpResponse:
    """Correct a contact, or erase it (``do=erase``)."""
    actor = actor_of(request)
    contact = _contact(request, public_id, contact_id)
    back = f"{reverse('registry:firm', args=[public_id])}?tab=contacts"
    if request.POST.get("do") == "erase":
        operations.erase_contact(actor, contact.pk, now=timezone.now())
        messages.success(request, _("The person's data was erased."))
        return HttpResponseSeeOther(back)
    initial = {name: getattr(contact, name) for name in ContactForm.base_fields}
    form = ContactForm(request.POST or None, initial=initial)

    def work() -> str:
        operations.change_contact(actor, contact.pk, now=timezone.now(), **form.cleaned_data)
        return back

    return edit(
        request,
        form,
        work,
        template="registry/contact_form.html",
        title=contact.name,
        back=back,
    )


def _contact(request: HttpRequest, public_id: UUID, contact_id: int) -> Contact:
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = queries.get_enterprise_by_public_id(actor, public_id)
        found = queries.list_contacts(actor, row.pk).filter(id=contact_id).first()
    if found is None:
        raise NotFound("not_found")
    return found
