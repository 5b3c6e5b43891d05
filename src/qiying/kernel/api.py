"""Machines at the edge: credentials, declared roles, idempotent creation, problem+json."""

import hashlib
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja.responses import Status
from ninja.security.base import AuthBase
from ninja.utils import contribute_operation_callback
from pydantic import BaseModel

from qiying.kernel import idempotency, openapi, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.errors import Denied, Invalid
from qiying.kernel.people import actor_of_key
from qiying.kernel.web import ROLES_OF, SIGNED_IN, actor_of

Endpoint = Callable[..., Any]


class Credential(AuthBase):
    """A signed-in session, ``Authorization: Bearer KEY`` or ``X-API-Key: KEY``."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Actor | None:
        secret = request.headers.get("X-API-Key", "")
        bearer = request.headers.get("Authorization", "")
        if bearer.lower().startswith("bearer "):
            secret = bearer[7:].strip()
        if secret:
            actor = actor_of_key(secret, now=timezone.now())
            request.actor = actor  # type: ignore[attr-defined]
            return actor
        if request.method not in {"GET", "HEAD"} and not _has_csrf(request):
            raise Denied("access.role")
        return getattr(request, "actor", None)


def _has_csrf(request: HttpRequest) -> bool:
    """A browser session may write only with a header that another site cannot set."""
    return "X-CSRFToken" in request.headers or "X-Requested-With" in request.headers


def roles(*names: str) -> Callable[[Endpoint], Endpoint]:
    """Declare who may call an endpoint; reads run in one transaction of the actor's tenant."""
    allowed = frozenset(names) or SIGNED_IN

    def declare(function: Endpoint) -> Endpoint:
        @wraps(function)
        def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            actor = actor_of(request)
            actor.require(*allowed)
            _require_readable(request)
            if request.method in {"GET", "HEAD"}:
                with tenancy.reading(actor):
                    return _settled(function(request, *args, **kwargs))
            return function(request, *args, **kwargs)

        ROLES_OF[run] = allowed
        contribute_operation_callback(run, partial(openapi.allow, roles=allowed))
        return run

    return declare


def _require_readable(request: HttpRequest) -> None:
    """Refuse a NUL in a parameter, which no text of the database can hold."""
    faults = {name: "input.control" for name, value in request.GET.items() if "\x00" in value}
    if faults:
        raise Invalid("input.invalid", faults)


def _settled(result: Any) -> Any:
    """Read lazy rows while the transaction is open."""
    return list(result) if hasattr(result, "_fetch_all") else result


def idempotent(function: Endpoint) -> Endpoint:
    """A creating POST that runs once per ``Idempotency-Key``; the answer is stored with it.

    The endpoint returns ``(status, schema)``; stands under ``@roles``. Forms with files too.
    """

    @wraps(function)
    def run(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return Status(*function(request, *args, **kwargs))

        def work() -> idempotency.Answer:
            status, body = function(request, *args, **kwargs)
            text = body.model_dump_json() if isinstance(body, BaseModel) else str(body)
            return idempotency.Answer(status, text)

        content = request.path.encode() + b"\x00" + _digest(request)
        answer = idempotency.once(actor_of(request), key, content, work=work)
        response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
        if answer.is_replay:
            response["Idempotent-Replay"] = "true"
        return response

    contribute_operation_callback(run, openapi.offer_key)
    return run


def _digest(request: HttpRequest) -> bytes:
    """The digest of what was sent; a form with files was read already, part by part."""
    if request.content_type != "multipart/form-data":
        return hashlib.sha256(request.body).digest()
    digest = hashlib.sha256(repr(sorted(request.POST.lists())).encode())
    for name in sorted(request.FILES):
        for upload in request.FILES.getlist(name):
            digest.update(f"\x00{name}\x00{upload.name}\x00".encode())
            for chunk in upload.chunks():
                digest.update(chunk)
            upload.seek(0)
    return digest.digest()
