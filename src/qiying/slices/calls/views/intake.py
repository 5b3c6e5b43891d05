"""Logging a call that came by telephone, at the window or on a visit."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.models import Attachment
from qiying.kernel.web import actor_of, page
from qiying.slices.calls.forms.desk import with_channel
from qiying.slices.calls.forms.firm import PREMISES, RaiseForm
from qiying.slices.calls.queries import desk
from qiying.slices.calls.views import filters, raising, staff, uploads
from qiying.slices.calls.views.shared import send, uuid_of
from qiying.slices.registry import public as registry

MOST_FOUND = 8


@page(Role.DESK)
def find_firm(request: HttpRequest) -> HttpResponse:
    """Firms whose name, credit code or telephone fits; a fragment under the search box."""
    q = filters.plain(request.GET.get("q", "")).strip()[:100]
    found = registry.search_enterprises(actor_of(request), q, MOST_FOUND) if q else []
    return render(request, "calls/desk/firm_hits.html", {"firms": found, "q": q})


@page(Role.DESK)
def register(request: HttpRequest) -> HttpResponse:
    """Pick the firm, look at what it has open already, log the call."""
    actor, now = actor_of(request), timezone.now()
    wanted = request.GET.get("firm", "")
    if not wanted:
        q = filters.plain(request.GET.get("q", "")).strip()[:100]
        with tenancy.reading(actor):
            found = registry.search_enterprises(actor, q, MOST_FOUND) if q else []
        return render(request, "calls/desk/register.html", {"firms": found, "q": q})
    firm = registry.enterprise_by_public_id(actor, uuid_of(wanted))
    contacts = registry.contacts(actor, firm.id)
    first = (contacts[0].name, contacts[0].phone) if contacts else ("", "")
    again = request.GET.get("follows", "")
    scene = raising.scene_of(actor, firm, now=now, contact=first, is_on_behalf=True, follows=again)
    if request.method != "POST":
        start = {"where": PREMISES, "contact_name": first[0], "contact_phone": first[1]}
        start |= {"matter": raising.again_of(scene), **_rung(request)}
        form = with_channel(scene.form(initial=start))
        return _show(request, scene, form, contacts=contacts, held=[], key="", now=now)
    held = uploads.kept(request, actor)
    form = with_channel(scene.form(request.POST, request.FILES, kept_count=len(held)))

    def work(attachments: list[int]) -> str:
        call = raising.receive(actor, scene, form, attachments, now=now)
        messages.success(request, gettext("Logged as %(number)s.") % {"number": call.number})
        return reverse("calls:case", args=[call.public_id])

    sent = send(request, form, work, held=held, now=now)
    if sent.response is not None:
        return sent.response
    return _show(
        request, scene, form, contacts=contacts, held=sent.kept, key=sent.key, now=now, status=422
    )


def _rung(request: HttpRequest) -> dict[str, str]:
    """What whoever answered the telephone knows already: the channel, who rings, from where."""
    names = {"channel": "channel", "name": "contact_name", "phone": "contact_phone"}
    given = {field: filters.plain(request.GET.get(name, ""))[:64] for name, field in names.items()}
    return {field: value for field, value in given.items() if value}


def _show(
    request: HttpRequest,
    scene: raising.Scene,
    form: RaiseForm,
    *,
    contacts: list[registry.ContactCard],
    held: list[Attachment],
    key: str,
    now: datetime,
    status: int = 200,
) -> HttpResponse:
    actor = actor_of(request)
    with tenancy.reading(actor):
        firm = scene.firm
        others = desk.open_calls_of_firm(actor, firm.id)
        context: dict[str, Any] = {
            "scene": scene,
            "firm": firm,
            "form": form,
            "held": held,
            "key": key,
            "contacts": contacts,
            "others": staff.rows_of(actor, others, now=now),
            "matters": filters.matter_groups(actor, now),
            "units": filters.unit_groups(actor),
            "layers": [
                {"url": reverse("map:layer", args=[kind]), "kind": kind, "label": ""}
                for kind in ("planned", "wall")
            ],
            "draft": f"register-{firm.id}",
        }
        return render(request, "calls/desk/register_form.html", context, status=status)
