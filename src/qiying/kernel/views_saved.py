"""Saved views and the tenants of a reader."""

from typing import Any

from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.views.decorators.http import require_POST

from qiying.kernel import saved
from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.forms import SavedViewForm
from qiying.kernel.models import Tenant
from qiying.kernel.web import HttpResponseSeeOther, actor_of, page


def _back(request: HttpRequest) -> HttpResponse:
    address = request.POST.get("page", "/")
    if not url_has_allowed_host_and_scheme(address, set()):
        address = "/"
    query = request.POST.get("query", "")
    return HttpResponseSeeOther(f"{address}?{query}" if query else address)


@page()
@require_POST
def saved_view(request: HttpRequest) -> HttpResponse:
    """Keep the present filter of a list under a name."""
    form = SavedViewForm(request.POST)
    if not form.is_valid():
        raise Invalid("input.invalid", dict.fromkeys(form.errors, "input.required"))
    actor, given = actor_of(request), dict(form.cleaned_data)
    units = sorted(actor.units())
    if given.pop("is_of_unit") and units:
        given["unit_id"] = units[0]
    try:
        saved.save(actor, now=timezone.now(), **given)
    except IntegrityError as error:
        raise Refused("saved_view.name") from error
    return _back(request)


@page()
@require_POST
def saved_view_remove(request: HttpRequest, view_id: int) -> HttpResponse:
    """Forget one of one's own views."""
    saved.remove(actor_of(request), view_id)
    return _back(request)


def tenants(request: HttpRequest) -> list[dict[str, Any]]:
    """The tenants in which the reader holds a grant."""
    ids = getattr(request, "tenant_ids", [])
    chosen = actor_of(request).tenant_id
    rows = Tenant.objects.filter(id__in=ids).order_by("id")
    is_english = (get_language() or "").startswith("en")
    return [
        {
            "tenant": row,
            "name": row.name_en if is_english else row.name_zh,
            "is_chosen": row.pk == chosen,
        }
        for row in rows
    ]
