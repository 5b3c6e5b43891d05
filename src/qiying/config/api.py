"""The one OpenAPI document. Slices contribute routers; refusals become problem+json here, once."""

from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from qiying.kernel import faults, openapi
from qiying.kernel.api import Credential
from qiying.kernel.api_connect import layer_router, webhook_router
from qiying.kernel.errors import Denied, Invalid, Problem
from qiying.kernel.web import problem_json
from qiying.slices.calls.api import router as calls
from qiying.slices.casebook.api import router as casebook
from qiying.slices.channels.api import router as channels
from qiying.slices.class_issues.api import router as class_issues
from qiying.slices.council.api import router as council
from qiying.slices.indices.api import router as indices
from qiying.slices.mandate.api import router as mandate
from qiying.slices.mediation.api import router as mediation
from qiying.slices.registry.api import router as registry
from qiying.slices.rescue.api import router as rescue


class Interface(NinjaAPI):
    """Its description names refusals, roles and idempotency keys, and ids that last."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        room = "_".join(operation.tags or [])
        return f"{room}_{operation.view_func.__name__}"

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        document = super().get_openapi_schema(**options)
        openapi.complete(document)
        return document


api = Interface(
    title="Qiying 企应",
    version="1",
    description="An enterprise calls, the zone answers. Errors are problem+json (RFC 9457); "
    "creating requests take an Idempotency-Key; lists are paged by cursor.",
    urls_namespace="api",
    auth=Credential(),
)


@api.exception_handler(Problem)
def on_problem(_request: HttpRequest, problem: Problem) -> HttpResponse:
    return problem_json(problem)


@api.exception_handler(AuthenticationError)
def on_stranger(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    response = problem_json(Denied("access.sign_in"))
    response.status_code = 401
    response["WWW-Authenticate"] = "Bearer"
    return response


@api.exception_handler(HttpError)
def on_unreadable(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """What was sent is no JSON at all."""
    problem = Invalid("input.invalid")
    problem.status = error.status_code
    return problem_json(problem)


@api.exception_handler(ValidationError)
def on_invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    fields = {
        ".".join(str(p) for p in e["loc"] if p not in {"body", "payload"}): CODES.get(
            e["type"], "input.invalid"
        )
        for e in error.errors
    }
    return problem_json(Invalid("input.invalid", fields))


@api.exception_handler(OperationalError)
@api.exception_handler(InterfaceError)
def on_database_gone(request: HttpRequest, _error: Exception) -> HttpResponse:
    """The database restarts or is full: nothing was stored, asking again is safe."""
    return faults.unavailable(request)


CODES = {
    "missing": "input.required",
    "string_too_long": "input.too_long",
    "string_too_short": "input.required",
    "int_parsing": "input.number",
    "float_parsing": "input.number",
    "enum": "input.choice",
    "literal_error": "input.choice",
    "date_from_datetime_parsing": "input.date",
}


ROUTERS = {
    "/registry": registry,
    "/mandate": mandate,
    "/calls": calls,
    "/channels": channels,
    "/class-issues": class_issues,
    "/mediations": mediation,
    "/council": council,
    "/casebook": casebook,
    "/rescue": rescue,
    "/indices": indices,
    "/layers": layer_router,
    "/webhooks": webhook_router,
}
for prefix, router in ROUTERS.items():
    api.add_router(prefix, router)
