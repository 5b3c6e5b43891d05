"""Where a notice about a job leads: each reader to the page that is made for him or her."""

from uuid import UUID

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.module_loading import import_string

from qiying.kernel.access import Role
from qiying.kernel.web import actor_of, page
from qiying.slices.rescue import queries
from qiying.slices.rescue.rules import READERS
from qiying.slices.rescue.views.phone.shared import WORKER, duty_url, my_url

STAFF = (*READERS, Role.PROVIDER_MANAGER)


@page()
def job(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """The firm and the technician go to their phones, staff sees the page of the desk."""
    actor = actor_of(request)
    if actor.has(*STAFF) or request.method != "GET":
        return import_string(CHIEF)(request, public_id)  # type: ignore[no-any-return]  # a view
    found = queries.get_by_public_id(actor, public_id)
    return redirect(duty_url(found) if actor.has(WORKER) else my_url(found))


CHIEF = "qiying.slices.rescue.views.chief.job.job_page"
