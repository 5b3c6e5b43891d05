"""Pages for what went wrong: what happened, what still works, a reference to quote."""

import logging
from uuid import uuid4

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qiying.kernel import problems
from qiying.kernel.errors import Problem
from qiying.kernel.web import problem_json

log = logging.getLogger(__name__)
AWAY = (OperationalError, InterfaceError)
"""What is raised while the database restarts or its connections are all taken."""


def _answer(request: HttpRequest, code: str, status: int) -> HttpResponse:
    problem = Problem(code)
    problem.status = status
    if request.path.startswith(("/api/", "/open311/")):
        return problem_json(problem)
    reference = uuid4().hex[:8].upper()
    context = {
        "problem": problem,
        "sentence": problems.explain(problem),
        "status": status,
        "reference": reference if status >= 500 else "",
    }
    if status >= 500:
        log.error("reference %s: %s %s", reference, request.method, request.path)
    return render(request, "problem.html", context, status=status)


def bad_request(request: HttpRequest, exception: SuspiciousOperation) -> HttpResponse:
    return _answer(request, "input.invalid", 400)


def forbidden(request: HttpRequest, exception: PermissionDenied) -> HttpResponse:
    return _answer(request, "access.role", 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, "not_found", 404)


def broken(request: HttpRequest) -> HttpResponse:
    return _answer(request, "broken", 500)


def unavailable(request: HttpRequest) -> HttpResponse:
    """503 while the database is away: nothing is broken and asking again is safe."""
    response = _answer(request, "unavailable", 503)
    response["Retry-After"] = "2"
    return response
