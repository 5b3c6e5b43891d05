"""What the description of the interface says about every operation: credentials, roles, refusals."""

from collections.abc import Iterable
from typing import Any

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "A refusal (RFC 9457); the title is in the language of Accept-Language.",
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": ["urn:qiying:problem:not_found"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; meant for programs."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {name: {"type": "string"} for name in ("field", "code", "detail")},
            },
        },
    },
}
KEY: dict[str, Any] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "description": "Repeating a request with the same key and content changes nothing and gets "
    "the first answer again, with Idempotent-Replay: true.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
MEANINGS = {
    400: "What was sent cannot be read at all",
    401: "No credential, or none that is valid",
    403: "The credential's roles do not allow this",
    404: "A record that the address or the values name is not there for the caller",
    409: "The record's state does not allow this now",
    422: "A value cannot be accepted; errors name the fields",
    503: "The database is away; nothing was stored, asking again is safe",
}
GEOJSON = "application/geo+json"
API_KEY = {"type": "apiKey", "in": "header", "name": "X-API-Key"}


def allow(operation: Any, roles: Iterable[str]) -> None:
    """Name the roles that an operation is declared for."""
    _extra(operation)["x-roles"] = sorted(roles)


def offer_key(operation: Any) -> None:
    """Say that a creating request may carry a key."""
    _extra(operation)["parameters"] = [KEY]


def _extra(operation: Any) -> dict[str, Any]:
    operation.openapi_extra = operation.openapi_extra or {}
    extra: dict[str, Any] = operation.openapi_extra
    return extra


def complete(document: dict[str, Any]) -> dict[str, Any]:
    """Add to every operation the refusals that can come from it, and the ways to sign in."""
    document["components"]["schemas"]["Problem"] = PROBLEM
    document["components"]["securitySchemes"]["ApiKey"] = API_KEY
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            operation["security"] = [*operation["security"], {"ApiKey": []}]
            for status in _refusals(method, operation):
                operation["responses"].setdefault(status, _refusal(status))
            if path.endswith(".geojson") or _answers_features(operation):
                _is_geojson(operation["responses"][200])
    return document


def _answers_features(operation: dict[str, Any]) -> bool:
    answer = operation["responses"].get(200, {}).get("content", {}).get("application/json", {})
    return str(answer.get("schema", {}).get("$ref", "")).endswith("/FeatureCollection")


def _is_geojson(answer: dict[str, Any]) -> None:
    """Features are sent in the content type of RFC 7946."""
    answer["content"] = {GEOJSON: answer["content"].pop("application/json")}


def _refusals(method: str, operation: dict[str, Any]) -> Iterable[int]:
    sends = "requestBody" in operation
    can_name = bool(operation["parameters"]) or sends
    if sends:
        yield 400
    yield from (401, 403)
    if can_name:
        yield 404
    if method != "get":
        yield 409
    if can_name:
        yield 422
    yield 503


def _refusal(status: int) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": MEANINGS[status],
        "content": {"application/problem+json": {"schema": schema}},
    }
