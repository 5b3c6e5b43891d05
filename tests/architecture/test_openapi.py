"""The description of the interface: kept in the repository, whole, and the same as the code."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from ninja.openapi.schema import OpenAPISchema

from qiying.config.api import api
from qiying.config.cli.openapi import document
from qiying.config.environment import REPOSITORY

KEPT = REPOSITORY / "docs" / "reference" / "openapi.json"
DOCUMENT = json.loads(document())


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in DOCUMENT["paths"].items():
        for method, operation in methods.items():
            yield method, path, operation


def test_the_kept_description_is_the_one_of_the_code() -> None:
    kept = KEPT.read_text(encoding="utf-8")
    assert kept == document(), f"run: qiying openapi {KEPT.relative_to(REPOSITORY)}"


def test_every_operation_has_a_sentence_an_id_and_its_roles() -> None:
    ids = [operation["operationId"] for _, _, operation in operations()]
    assert len(ids) == len(set(ids))
    for _, router in api._routers:
        for path, view in router.path_operations.items():
            for operation in view.operations:
                guessed = operation.view_func.__name__.title().replace("_", " ")
                assert operation.summary != guessed, f"{path} needs a summary"
    for method, path, operation in operations():
        assert operation["x-roles"], f"{method} {path} is declared for nobody"


def test_every_refusal_is_a_problem() -> None:
    for method, path, operation in operations():
        refused = {s: r for s, r in operation["responses"].items() if s >= "4"}
        assert {"401", "403", "503"} <= set(refused), f"{method} {path}"
        sends = "requestBody" in operation
        can_name = bool(operation["parameters"]) or sends
        assert ("404" in refused) == can_name, f"{method} {path}"
        assert ("400" in refused) == sends, f"{method} {path}"
        assert method == "get" or "409" in refused, f"{method} {path}"
        for response in refused.values():
            assert list(response["content"]) == ["application/problem+json"]


def test_every_creating_request_takes_an_idempotency_key() -> None:
    for method, path, operation in operations():
        takes_key = any(p["name"] == "Idempotency-Key" for p in operation["parameters"])
        is_creating = method == "post" and "201" in operation["responses"]
        assert takes_key or not is_creating, f"{path} creates without @idempotent"
        assert method == "post" or not takes_key


def test_one_name_means_one_schema(monkeypatch: pytest.MonkeyPatch) -> None:
    """Slices name their schemas alone; where two say the same name they must mean the same."""
    seen: dict[str, Any] = {}

    def add(self: OpenAPISchema, definitions: dict[str, Any]) -> None:
        for name, schema in definitions.items():
            assert seen.setdefault(name, schema) == schema, f"two schemas are called {name}"
        self.schemas.update(definitions)

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", add)
    api.get_openapi_schema(path_prefix="")


@pytest.mark.django_db
def test_the_server_hands_out_the_same_description(client: Client) -> None:
    assert client.get("/api/v1/openapi.json").json() == DOCUMENT
