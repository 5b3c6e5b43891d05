"""Values that no form of ours sends, in every parameter and every field: refused, never a fault.

Which parameters a page reads is found by listening to it, which fields an operation takes by its
description, so what is added later is tried too.
"""

import base64
import json
import logging
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

import pytest
import time_machine
from django.db import transaction
from django.http import QueryDict
from django.test import override_settings

from qiying.config.api import api
from qiying.kernel.revisions import Kept
from tests.architecture.asking import BODIES, Asker, text_of, values
from tests.architecture.routes import MACHINE_DOORS, Route, all_routes
from tests.architecture.two_zones import EVERYTHING, Zone, make_zone
from tests.slices.world import NOW

ROUTES = [r for r in all_routes() if r.name not in MACHINE_DOORS]


def cursor(*key: Any) -> str:
    """A cursor as ours are written, with a key that no row of ours has."""
    return base64.urlsafe_b64encode(json.dumps(["n", key]).encode()).decode().rstrip("=")


FIRST, LAST = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"
WORDS = (
    "\x00",
    "9" * 5000,
    FIRST,
    "-1",
    "9" * 30,
    "NaN",
    "9999-12-31",
    "\uff12\uff10\uff12\uff16-11-16",
    "²",
    "'\"<>\\%_;--",
    "\u202e\ufeff\ufffe",
)
CURSORS = (
    cursor({"t": FIRST}, 1),
    cursor({"t": LAST}, 10**30),
    cursor({"t": "2026-11-16"}, 1),
    cursor("\x00", "\x00"),
    cursor(1e308, float("inf")),
    cursor("\ud800", 1),
    cursor("", 0, 1, 2),
    "!",
)
IN_ADDRESS = [*(quote(w) for w in WORDS), "%ED%A0%80", "%FF"]
IN_BODY: tuple[Any, ...] = (
    "\x00",
    "\ud800",
    -1,
    10**30,
    ["\x00"],
    "0001-01-01T00:00:00",
    *WORDS,
    None,
    float("nan"),
    [],
    [{}],
    "9999-12-31T23:59:59",
)


@pytest.fixture(scope="session")
def most(request: pytest.FixtureRequest) -> int | None:
    """How many values are tried in each place: all in the long run, else the worst few."""
    return None if request.config.getoption("--full") else 3


@pytest.fixture(scope="module")
def zone(
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Zone]:
    log = logging.getLogger("django.request")
    before, log.level = log.level, logging.CRITICAL
    with (
        override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")),
        django_db_blocker.unblock(),
        time_machine.travel(NOW, tick=True),
        transaction.atomic(),
    ):
        yield make_zone("here", "JIAZONE", numbers_spent=60)
        transaction.set_rollback(True)
    log.level = before
    Kept.forget_all()


class Ear(QueryDict):
    """Notes which parameters were asked for."""

    heard: set[str] = set()

    def get(self, key: Any, default: Any = None) -> Any:
        self.heard.add(key)
        return super().get(key, default)

    def getlist(self, key: Any, default: Any = None) -> Any:
        self.heard.add(key)
        return super().getlist(key, default)

    def __contains__(self, key: object) -> bool:
        self.heard.add(str(key))
        return super().__contains__(key)


def names_of(asker: Asker, route: Route, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The parameters that this address reads."""
    if route.is_api:
        found = api.get_openapi_schema()["paths"][route.template][route.methods[0].lower()]
        return {p["name"] for p in found.get("parameters", ()) if p["in"] == "query"}
    monkeypatch.setattr("django.core.handlers.wsgi.QueryDict", Ear)
    Ear.heard.clear()
    text_of(asker.ask("GET", route, values(asker.zone, route)))
    monkeypatch.undo()
    return set(Ear.heard)


@pytest.mark.parametrize("route", [r for r in ROUTES if "GET" in r.methods], ids=lambda r: r.name)
def test_no_parameter_is_a_fault(
    zone: Zone, route: Route, monkeypatch: pytest.MonkeyPatch, most: int | None
) -> None:
    asker, broken = Asker(zone, EVERYTHING), []
    for name in sorted(names_of(asker, route, monkeypatch)):
        for odd in (CURSORS if name == "cursor" else IN_ADDRESS)[:most]:
            answer = asker.ask("GET", route, values(zone, route), f"?{name}={odd}")
            text_of(answer)
            if answer.status_code >= 500:
                broken.append((name, odd[:60]))
    assert not broken


WRITERS = [r for r in ROUTES if r.name in BODIES]


@pytest.mark.parametrize("route", WRITERS, ids=lambda r: r.name)
def test_no_field_is_a_fault(zone: Zone, route: Route, most: int | None) -> None:
    asker, broken = Asker(zone, EVERYTHING), []
    address = route.address(values(zone, route))
    body = dict(BODIES[route.name](zone))
    for name in fields_of(route) | body.keys():
        for odd in WORDS[:most] if is_form(route, body) else IN_BODY[: most and 2 * most]:
            answer = asker.send(
                route.methods[-1], address, encoded({**body, name: odd}, route), is_kept=False
            )
            if answer.status_code >= 500:
                broken.append((name, repr(odd)[:60]))
    assert not broken


def fields_of(route: Route) -> set[str]:
    """The fields that an operation's description names."""
    if not route.is_api:
        return set()
    schema = api.get_openapi_schema()
    found = schema["paths"][route.template][route.methods[0].lower()].get("requestBody", {})
    return set(_properties(found, schema["components"]["schemas"]))


def _properties(part: Any, known: Mapping[str, Any]) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield from _properties(known[part["$ref"].rpartition("/")[2]], known)
        yield from part.get("properties", {})
        for inner in part.values():
            yield from _properties(inner, known)
    elif isinstance(part, list):
        for inner in part:
            yield from _properties(inner, known)


def is_form(route: Route, body: Mapping[str, Any]) -> bool:
    return not route.is_api or "file" in body


def encoded(body: Mapping[str, Any], route: Route) -> Any:
    """As it goes over the wire: JSON with everything that its grammar allows."""
    return body if is_form(route, body) else json.dumps(body)
