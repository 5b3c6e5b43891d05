"""Where a notice about a job leads: each reader to the page that is made for him or her."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect

from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import queries
from qiying.slices.rescue.views.chief.job import job_page
from qiying.slices.rescue.views.chief.paper import document
from qiying.slices.rescue.views.chief.shared import AT_LIST
from qiying.slices.rescue.views.phone.shared import FIRM, WORKER, duty_url, my_url


@page()
def job(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The firm and the technician go to their phones, staff sees the page of the desk."""
    actor = actor_of(request)
    if actor.has(*AT_LIST) or not actor.has(FIRM, WORKER):
        return job_page(request, public_id)
    found = queries.get_by_public_id(actor, public_id)
    return redirect(my_url(found) if found.enterprise_id in actor.enterprises else duty_url(found))


@page(FIRM, WORKER)
def paper(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """The signed service report of a job that the reader sees."""
    return document(actor_of(request), public_id)
