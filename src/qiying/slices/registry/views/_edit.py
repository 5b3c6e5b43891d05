"""What every page with a form does: show it, try it, show what is wrong."""

from collections.abc import Callable
from typing import Any

from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qiying.kernel import tenancy
from qiying.kernel.access import STAFF, Role
from qiying.kernel.errors import Invalid, Refused
from qiying.kernel.web import actor_of, is_staff, submit_once
from qiying.slices.registry.forms.fields import add_problem

KEEPERS = (Role.ADMINISTRATOR, Role.DESK)
ASSIGNERS = (*KEEPERS, Role.UNIT_LEADER)
READERS = tuple(sorted(STAFF))


def edit(
    request: HttpRequest,
    form: Form,
    work: Callable[[], str],
    *,
    template: str = "registry/form.html",
    **context: Any,
) -> HttpResponse:
    """A page with one form; ``work`` writes and returns the address to go to."""
    if request.method == "POST" and form.is_valid():
        try:
            return submit_once(request, work)
        except (Invalid, Refused) as problem:
            add_problem(form, problem)
    status = 422 if form.is_bound else 200
    with tenancy.reading(actor_of(request)):
        return render(request, template, {"form": form, **context}, status=status)


def shell(request: HttpRequest) -> str:
    """The base template: staff work at a desk, firms with a telephone."""
    return "base.html" if is_staff(actor_of(request)) else "phone.html"
