"""Pages for what went wrong: what happened, what still works, a reference to quote."""

import logging
import sys
from uuid import uuid4

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from qiying.kernel import problems
from qiying.kernel.errors import Problem
from qiying.kernel.web import problem_json

log = logging.getLogger(__name__)


def _answer(request: HttpRequest, code: str, status: int) -> HttpResponse:
    problem = Problem(code)
    problem.status = status
    if request.path.startswith("/api/"):
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
    """500; while the database is away 503, for then nothing is broken and asking again helps."""
    error = sys.exc_info()[1]
    if isinstance(error, OperationalError):
        response = _answer(request, "unavailable", 503)
        response["Retry-After"] = "2"
        return response
    return _answer(request, "broken", 500)
