"""The edge: who asks, which page is declared for whom, and refusals as pages or problem+json."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
    JsonResponse,
)
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.vary import vary_on_headers

from qiying.kernel import idempotency, problems, tenancy
from qiying.kernel.access import STAFF, Actor, Role
from qiying.kernel.errors import Denied, Invalid, Problem

View = Callable[..., HttpResponseBase]
V = TypeVar("V", bound=View)
ANYONE: frozenset[str] = frozenset()
CSRF_FIELD = "csrfmiddlewaretoken"
SIGNED_IN = frozenset(Role) - {Role.SYSTEM, Role.MACHINE}
ROLES_OF: dict[Any, frozenset[str]] = {}
"""Every declared view and who may ask for it; the access test walks the URLs against it."""


class HttpResponseSeeOther(HttpResponseRedirect):
    """303: the browser fetches the next page with GET, whatever the form's method was."""

    status_code = 303


def actor_of(request: HttpRequest) -> Actor:
    """The actor of a signed-in request; Denied when nobody signed in."""
    actor = getattr(request, "actor", None)
    if actor is None:
        raise Denied("access.sign_in")
    return actor  # type: ignore[no-any-return]  # set by ActorMiddleware


def page(*roles: str, anyone: bool = False) -> Callable[[View], View]:
    """Declare who may open a view; GET runs in one read transaction of the actor's tenant.

    ``page()`` is for everybody who signed in, ``page(anyone=True)`` for the public. POST opens
    no transaction: the operation does, so that no lock is held while a page is drawn; a view that
    reads after writing redirects or uses ``tenancy.reading``.
    """
    allowed = ANYONE if anyone else frozenset(roles) or SIGNED_IN

    def declare(view: View) -> View:
        @wraps(view)
        @vary_on_headers("HX-Request", "HX-Target", "Cookie")
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            try:
                return _guarded(view, allowed, request, args, kwargs)
            except Problem as problem:
                return refusal(request, problem)

        ROLES_OF[run] = allowed
        return run

    return declare


def _guarded(
    view: View, allowed: frozenset[str], request: HttpRequest, args: Any, kwargs: Any
) -> HttpResponseBase:
    actor: Actor | None = getattr(request, "actor", None)
    if allowed and actor is None:
        return _ask_to_sign_in(request)
    if actor is None:
        return view(request, *args, **kwargs)
    if allowed:
        actor.require(*allowed)
    if request.method in {"GET", "HEAD"}:
        with tenancy.reading(actor):
            return view(request, *args, **kwargs)
    return view(request, *args, **kwargs)


def _ask_to_sign_in(request: HttpRequest) -> HttpResponse:
    address = f"{reverse('kernel:sign-in')}?{urlencode({'next': request.get_full_path()})}"
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=401)
        response["HX-Redirect"] = address
        return response
    return redirect(address)


def refusal(request: HttpRequest, problem: Problem) -> HttpResponse:
    """A refusal as a page that says what happened and what still works."""
    if request.headers.get("Accept", "").startswith("application/json"):
        return problem_json(problem)
    context = {"problem": problem, "sentence": problems.explain(problem), "status": problem.status}
    return render(request, "problem.html", context, status=problem.status)


def problem_json(problem: Problem) -> HttpResponse:
    """RFC 9457: a refusal for machines."""
    body: dict[str, Any] = {
        "type": f"urn:qiying:problem:{problem.code}",
        "title": problems.explain(problem),
        "status": problem.status,
        "code": problem.code,
    }
    if isinstance(problem, Invalid) and problem.fields:
        body["errors"] = [
            {"field": field, "code": code, "detail": problems.sentence(code, problem.params)}
            for field, code in problem.fields.items()
        ]
    return JsonResponse(
        body,
        status=problem.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )


def is_part(request: HttpRequest, target: str) -> bool:
    """Does htmx ask for one element of a page, the one with this id? Then it alone is drawn."""
    headers = request.headers
    return bool(headers.get("HX-Request")) and headers.get("HX-Target") == target


def is_staff(actor: Actor) -> bool:
    return bool(actor.roles & STAFF)


def submit_once(request: HttpRequest, work: Callable[[], str]) -> HttpResponse:
    """Run a creating form once per rendered form; ``work`` returns the address to go to.

    A double click, a reload or a retry with the same hidden key is led to the first record.
    """
    content = repr(sorted((k, request.POST.getlist(k)) for k in request.POST if k != CSRF_FIELD))
    answer = idempotency.once(
        actor_of(request),
        request.POST.get("idempotency_key", ""),
        content.encode(),
        work=lambda: idempotency.Answer(303, work()),
    )
    if request.headers.get("HX-Request"):
        response = HttpResponse(status=204)
        response["HX-Redirect"] = answer.body
        return response
    return HttpResponseSeeOther(answer.body)
