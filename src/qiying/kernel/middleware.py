"""Language and actor of each request."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils import timezone, translation

from qiying.kernel import faults, second_factor
from qiying.kernel.models import User
from qiying.kernel.people import doors_of

Respond = Callable[[HttpRequest], HttpResponse]
TENANT_KEY = "qy_tenant"


class NulMiddleware:
    """No NUL in an address: nobody types one, and the database takes none in a text.

    A page reads on without it; the interface is told by ``kernel.api``, where a program is wrong.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path_info:
            return HttpResponseBadRequest()
        query = request.META.get("QUERY_STRING", "")
        while "%00" in query and not request.path_info.startswith("/api/"):
            query = query.replace("%00", "")
        request.META["QUERY_STRING"] = query
        return self.respond(request)


class LanguageMiddleware:
    """Chinese unless the reader chose otherwise: the browser's wish does not decide.

    Staff share screens and print pages; a page must not change its language with the machine.
    Interfaces may ask by ``Accept-Language`` under ``/api`` and ``/open311``.
    """

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if request.path.startswith(("/api/", "/open311/")):
            language = translation.get_language_from_request(request)
            if not request.headers.get("Accept-Language"):
                language = settings.LANGUAGE_CODE
        if language not in dict(settings.LANGUAGES):
            language = settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = self.respond(request)
        response.headers.setdefault("Content-Language", language)
        return response


class ActorMiddleware:
    """``request.actor`` for a signed-in person, in the tenant chosen for this session."""

    def __init__(self, respond: Respond) -> None:
        self.respond = respond

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = None  # type: ignore[attr-defined]
        if not request.path.startswith(("/static/", "/healthz", "/readyz", "/open311/")):
            try:
                self._attach(request)
            except faults.AWAY:
                return faults.unavailable(request)
        response = self.respond(request)
        if getattr(request, "actor", None) is not None:
            # somebody's page: no cache on the way keeps it, and after signing out it is asked anew
            response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A view that found no database answers 503, not 500."""
        return faults.unavailable(request) if isinstance(error, faults.AWAY) else None

    def _attach(self, request: HttpRequest) -> None:
        user = request.user
        if not isinstance(user, User) or not user.is_active:
            return
        doors = doors_of(user, now=timezone.now())
        chosen = request.session.get(TENANT_KEY)
        first = doors[0] if doors else None
        mine = next((d for d in doors if d[0].tenant_id == chosen), first)
        actor, tenant = mine or (None, None)
        if actor is not None and second_factor.is_due(request.session, actor):
            request.is_second_due = True  # type: ignore[attr-defined]
            return
        request.actor = actor  # type: ignore[attr-defined]
        request.tenant = tenant  # type: ignore[attr-defined]  # ours, for all views
        request.tenant_ids = [a.tenant_id for a, _ in doors]  # type: ignore[attr-defined]  # as above
