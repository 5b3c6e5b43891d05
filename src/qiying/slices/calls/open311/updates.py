"""``servicerequestupdates``: what became of requests, told and heard (FixMyStreet's extension)."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from qiying.kernel import tenancy
from qiying.slices.calls import public
from qiying.slices.calls.open311 import parse
from qiying.slices.calls.open311.parse import Complaint
from qiying.slices.calls.open311.render import UPDATES, answer, stamp
from qiying.slices.calls.open311.views import MOST, SPAN, door, reader_of, tenant_of, writer_of
from qiying.slices.calls.queries.changes import Change, list_changes
from qiying.slices.calls.rules import SAID_STATUS

RECENT = timedelta(days=1)
MOST_ID = 64


@door
@require_http_methods(["GET", "HEAD", "POST"])
def updates(request: HttpRequest, *, fmt: str) -> HttpResponse:
    """GET tells what became of requests in a window of time, POST takes one update of a request."""
    data = parse.merged(request)
    tenant = tenant_of(data)
    if request.method == "POST":
        actor = writer_of(data, tenant)
        kept = public.taken_update(actor, _said(data))
        return answer([{"update_id": kept}], UPDATES, fmt)
    actor = reader_of(data, tenant)
    end = parse.moment(data, "end_date") or timezone.now()
    start = parse.moment(data, "start_date") or end - RECENT
    with tenancy.reading(actor):
        found = list_changes(
            actor,
            start=max(start, end - SPAN),
            end=end,
            numbers=parse.listed(data, "service_request_id"),
            limit=parse.whole(data, "page_size", MOST, low=1, high=MOST),
        )
    return answer([_row(change) for change in found], UPDATES, fmt)


def _row(change: Change) -> dict[str, Any]:
    return {
        "update_id": change.update_id,
        "service_request_id": change.number,
        "status": change.status,
        "external_status_code": change.state,
        "description": change.text,
        "updated_datetime": stamp(change.at),
    }


def _said(data: Any) -> public.Said:
    """An update as it was sent; every fault is told at once."""
    number, update_id = data.get("service_request_id") or "", data.get("update_id") or ""
    status = (data.get("status") or "OPEN").upper().replace(" ", "_")
    text = data.get("description") or ""
    faults = []
    if not number:
        faults.append((400, _("service_request_id is needed.")))
    if not update_id or len(update_id) > MOST_ID or not update_id.isprintable():
        faults.append((400, _("update_id is needed, at most 64 characters.")))
    if status not in SAID_STATUS:
        faults.append((400, _("status is not one of the words of this interface.")))
    if len(text) > parse.MAX_DESCRIPTION:
        faults.append((400, _("The description has more than 4000 characters.")))
    if faults:
        raise Complaint(*faults)
    at = parse.moment(data, "updated_datetime") or timezone.now()
    return public.Said(number, update_id, status, text, at, parse.contact_name(data)[:64])
