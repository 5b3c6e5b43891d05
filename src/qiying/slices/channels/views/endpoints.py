"""Connections to other systems, kept by the administrator."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from qiying.kernel import paging, people, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.web import actor_of, page
from qiying.slices.channels import forms, operations, queries
from qiying.slices.channels.models import Endpoint, labels
from qiying.slices.channels.views.shape import (
    Button,
    Cell,
    Nothing,
    edit,
    listing,
    mark,
    moment,
    title,
)

HERE = "channels:endpoints"
HEADS = (_("Name"), _("Kind"), _("State"), _("Address"), _("Asked until"), _("Failed in a row"))


@page(Role.ADMINISTRATOR)
def endpoints(request: HttpRequest) -> HttpResponse:
    """Every connection: the only addresses that are ever asked."""
    shown = paging.paginate(
        queries.list_endpoints(actor_of(request)),
        order=("code", "id"),
        cursor=request.GET.get("cursor", ""),
    )
    new = reverse("channels:endpoint-new")
    return listing(
        request,
        here=HERE,
        heading=_("Connections to other systems"),
        lead=_("The only addresses that this platform asks; keys are kept sealed"),
        heads=HEADS,
        rows=[_row(row) for row in shown],
        page=shown,
        nothing=Nothing("plug", _("No connection was set up yet")),
        buttons=[Button(_("Set one up"), new, "plus", "primary")],
    )


def _row(row: Endpoint) -> list[Cell]:
    tone, label = ("done", _("in use")) if row.is_active else ("paused", _("switched off"))
    return [
        title(row.name, reverse("channels:endpoint", args=[row.public_id]), row.code),
        Cell(labels.ENDPOINT_LABELS[row.kind], css="at-sub"),
        mark(tone, label),
        Cell(row.url),
        moment(row.pulled_until),
        Cell(row.pull_fails, css="num", kind="number"),
    ]


def _keys(actor: Actor) -> list[tuple[str, str]]:
    with tenancy.reading(actor):
        rows = people.list_keys(actor).filter(revoked_at=None)
        return [(str(k.pk), f"{k.name} ({k.prefix}…)") for k in rows]


def _given(data: dict[str, Any]) -> dict[str, Any]:
    names = ("name", "url", "secret", "jurisdiction", "service_code")
    return {**{n: data[n] for n in names}, "key_id": int(data["key"]) if data["key"] else None}


@page(Role.ADMINISTRATOR)
def endpoint_new(request: HttpRequest) -> HttpResponse:
    """Set a connection up."""
    actor = actor_of(request)
    form = forms.NewEndpointForm(request.POST or None, keys=_keys(actor))

    def work() -> str:
        data = form.cleaned_data
        own = {"kind": data["kind"], "code": data["code"], "now": timezone.now()}
        operations.add_endpoint(actor, **own, **_given(data))
        return reverse(HERE)

    return edit(
        request,
        form,
        work,
        here=HERE,
        heading=_("Set a connection up"),
        back=reverse(HERE),
        submit=_("Set it up"),
    )


@page(Role.ADMINISTRATOR)
def endpoint(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change a connection, or switch it off."""
    actor = actor_of(request)
    with tenancy.reading(actor):
        row = queries.get_endpoint(actor, public_id)
    start = {
        "name": row.name,
        "url": row.url,
        "jurisdiction": row.jurisdiction,
        "service_code": row.service_code,
        "key": str(row.key_id or ""),
        "is_active": row.is_active,
    }
    form = forms.ChangeEndpointForm(request.POST or None, initial=start, keys=_keys(actor))

    def work() -> str:
        data = form.cleaned_data
        given = {**_given(data), "is_active": data["is_active"], "now": timezone.now()}
        operations.change_endpoint(actor, public_id, **given)
        return reverse(HERE)

    return edit(
        request,
        form,
        work,
        here=HERE,
        heading=row.name,
        back=reverse(HERE),
        submit=_("Save"),
    )
