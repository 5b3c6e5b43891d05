"""What stands around a call: like calls, boxes of other slices, what else the firm has open.

The page of a call fetches it when the place for it comes into view; it is no part of the call.
"""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from qiying.kernel.web import actor_of, page
from qiying.slices.calls import queries
from qiying.slices.calls.queries import desk
from qiying.slices.calls.views import staff
from qiying.slices.calls.views.staff import READERS
from qiying.slices.calls.views.triage import MOST_LIKE, like_lines, near_call


@page(*READERS)
def around(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The boxes beside a call, as a part for htmx and as a page for whoever has no scripts."""
    actor, now = actor_of(request), timezone.now()
    call = queries.get_by_public_id(actor, public_id)
    others = desk.open_calls_of_firm(actor, call.enterprise_id) if call.enterprise_id else []
    context = {
        "call": call,
        "likes": like_lines(actor, queries.like_calls(actor, near_call(call), limit=MOST_LIKE)),
        "others": staff.rows_of(actor, [c for c in others if c.pk != call.pk], now=now),
        "case_url": staff.call_url(actor, call),
    }
    is_part = bool(request.headers.get("HX-Request"))
    name = "calls/desk/parts/around.html" if is_part else "calls/desk/around.html"
    return render(request, name, context)
