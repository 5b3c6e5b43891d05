"""GeoReport v2 addresses: discovery, services, definitions, requests, tokens."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from qiying.kernel import faults, files, idempotency, people, problems, tenancy
from qiying.kernel.access import Actor, Held, Role
from qiying.kernel.errors import Denied, NotFound, Problem
from qiying.kernel.models import Tenant
from qiying.kernel.web import page
from qiying.slices.calls import operations
from qiying.slices.calls.open311 import parse, rows
from qiying.slices.calls.open311.parse import Complaint
from qiying.slices.calls.open311.render import (
    DEFINITION,
    DISCOVERY,
    REQUESTS,
    SERVICES,
    answer,
    refuse,
    refuse_problem,
)
from qiying.slices.calls.queries.standard import list_standard

View = Callable[..., HttpResponseBase]
SPAN = timedelta(days=90)
MOST = 1000
CHANGED = datetime(2026, 11, 1, tzinfo=UTC)


def door(view: View) -> View:
    """An address of the protocol: faults answered in its own format, never as a page."""

    @csrf_exempt
    @page(anyone=True)
    @wraps(view)
    def run(request: HttpRequest, *, fmt: str, **more: Any) -> HttpResponseBase:
        try:
            return view(request, fmt=fmt, **more)
        except Complaint as complaint:
            return refuse(complaint.faults, fmt)
        except Problem as problem:
            return refuse_problem(problem, fmt)
        except faults.AWAY:
            return refuse([(503, problems.sentence("unavailable"))], fmt)

    return run


def tenant_of(data: Mapping[str, Any]) -> Tenant:
    """The zone that is asked; the identifier may be left out where there is only one."""
    found = people.zones(data.get("jurisdiction_id") or "")
    if not found:
        raise Complaint((404, _("jurisdiction_id is not known here.")))
    if len(found) > 1:
        raise Complaint((400, _("jurisdiction_id is needed: several zones answer here.")))
    return found[0]


def reader_of(data: Mapping[str, Any], tenant: Tenant) -> Actor:
    """Who reads: the holder of a key, or the public."""
    if key := data.get("api_key"):
        actor = people.actor_of_key(key, now=timezone.now())
        if actor is not None and actor.tenant_id == tenant.pk:
            return actor
    return Actor(tenant.pk, "open311", (Held(Role.MACHINE),))


def writer_of(data: Mapping[str, Any], tenant: Tenant) -> Actor:
    """Who files: only the holder of a key of this zone."""
    key = data.get("api_key")
    actor = people.actor_of_key(key, now=timezone.now()) if key else None
    if actor is None or actor.tenant_id != tenant.pk:
        raise Complaint((403, _("api_key is missing or not valid for this zone.")))
    if not actor.has(Role.MACHINE):
        raise Denied("access.role")
    return actor


@door
@require_http_methods(["GET", "HEAD"])
def discovery(request: HttpRequest, *, fmt: str) -> HttpResponse:
    """Where the endpoints are. Sent without a charset: a validator compares the type exactly."""
    base = request.build_absolute_uri("/open311/v2")
    return answer(rows.discovery(base, CHANGED), DISCOVERY, fmt, charset=False)


@door
@require_http_methods(["GET", "HEAD"])
def services(request: HttpRequest, *, fmt: str) -> HttpResponse:
    """The public matters of the zone."""
    actor = reader_of(request.GET, tenant_of(parse.merged(request)))
    with tenancy.reading(actor):
        return answer(rows.services(actor, timezone.localdate()), SERVICES, fmt)


@door
@require_http_methods(["GET", "HEAD"])
def definition(request: HttpRequest, *, fmt: str, code: str) -> HttpResponse:
    """What a matter asks besides place and words."""
    actor = reader_of(request.GET, tenant_of(parse.merged(request)))
    with tenancy.reading(actor):
        rows.service(actor, code, timezone.localdate())
    return answer(rows.definition(code), DEFINITION, fmt)


@door
@require_http_methods(["GET", "HEAD", "POST"])
def requests(request: HttpRequest, *, fmt: str) -> HttpResponse:
    """GET lists, POST files."""
    if request.method == "POST":
        return _file(request, fmt)
    data = parse.merged(request)
    actor = reader_of(data, tenant_of(data))
    with tenancy.reading(actor):
        found = list_standard(actor, **_window(data))
        return answer(rows.requests(actor, found, request), REQUESTS, fmt)


def _window(data: Any) -> dict[str, Any]:
    """The filter of a list; identifiers override everything else."""
    if numbers := parse.listed(data, "service_request_id"):
        return {"numbers": numbers, "limit": MOST}
    end = parse.moment(data, "end_date")
    start = parse.moment(data, "start_date")
    updated = parse.moment(data, "updated_after"), parse.moment(data, "updated_before")
    if start is None and not any(updated):
        start = (end or timezone.now()) - SPAN
    if start is not None and end is not None:
        start = max(start, end - SPAN)
    size = parse.whole(data, "page_size", MOST, low=1, high=MOST)
    number = parse.whole(data, "page", 1, low=1, high=10_000)
    return {
        "codes": parse.listed(data, "service_code"),
        "statuses": [s.lower() for s in parse.listed(data, "status")],
        "start": start,
        "end": end,
        "updated_after": updated[0],
        "updated_before": updated[1],
        "limit": size,
        "offset": (number - 1) * size,
    }


@door
@require_http_methods(["GET", "HEAD"])
def one(request: HttpRequest, *, fmt: str, number: str) -> HttpResponse:
    """One request, still as a list: clients take its first row."""
    data = parse.merged(request)
    actor = reader_of(data, tenant_of(data))
    with tenancy.reading(actor):
        found = list_standard(actor, numbers=[number], limit=1)
        if not found:
            raise NotFound("not_found")
        return answer(rows.requests(actor, found, request), REQUESTS, fmt)


@door
@require_http_methods(["GET", "HEAD"])
def token(request: HttpRequest, *, fmt: str, number: str) -> HttpResponse:
    """Every service answers at once, so a token is the request's own number."""
    data = parse.merged(request)
    actor = reader_of(data, tenant_of(data))
    with tenancy.reading(actor):
        if not list_standard(actor, numbers=[number], limit=1):
            raise NotFound("not_found")
    return answer([{"service_request_id": number, "token": number}], REQUESTS, fmt)


def _file(request: HttpRequest, fmt: str) -> HttpResponse:
    data = parse.merged(request)
    actor = writer_of(data, tenant_of(data))
    content = repr(sorted((k, data.getlist(k)) for k in data)).encode()
    stored = idempotency.once(
        actor,
        request.headers.get("Idempotency-Key", ""),
        content,
        work=lambda: idempotency.Answer(200, _receive(actor, request, data)),
    )
    row = {
        "service_request_id": stored.body,
        "service_notice": _("Received. You can follow the request by its number."),
    }
    return answer([row], REQUESTS, fmt)


def _receive(actor: Actor, request: HttpRequest, data: Any) -> str:
    """Turn what was filed into a call; returns its number."""
    filed = parse.filed(data)
    now = timezone.now()
    with tenancy.acting(actor):
        matter = rows.service(actor, filed.service_code, timezone.localdate())
        uploads = parse.files(request)
        kept = [files.store(actor, part, purpose="photo", now=now).pk for part in uploads]
        title = rows.title_of(filed.description, matter)
        call = operations.receive(
            actor,
            title=title,
            text=rows.text_of(filed) or title,
            matter_code=filed.service_code,
            channel="open311",
            attachments=kept,
            contact_name=filed.contact_name,
            contact_phone=filed.contact_phone,
            now=now,
            **rows.place_of(actor, filed),
            **rows.extras_of(filed),
        )
    return str(call.number)
