"""The interface does what its own description says, whatever is sent: schemathesis over all of it.

Every operation is asked as people of several roles and as a machine, with what the description
allows and with what it forbids, for rows that are there and for rows that are not. No answer is a
fault, and each has a status, a content type and a shape that the description names. The program
is called in this process; what a request does is taken back.
"""

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
import time_machine
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import APIOperation, Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from qiying.config.cli.openapi import document
from qiying.kernel.access import Role
from qiying.kernel.revisions import Kept
from tests.architecture.asking import Asker, taken_back, values
from tests.architecture.routes import API_ROOT, Route
from tests.architecture.routes import operations as routes
from tests.architecture.two_zones import EVERYTHING, SINGLE, Zone, make_zone
from tests.slices.world import NOW

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
ASKING = (
    EVERYTHING,
    SINGLE[Role.ENTERPRISE],
    SINGLE[Role.HANDLER],
    SINGLE[Role.AUDITOR],
    "",
    "key",
)
"""Who asks: everybody at once, a firm, a handler, an auditor, a stranger, a machine."""
SHORT, LONG = 10, 300
INTERFACE = schemathesis.openapi.from_dict(json.loads(document()))
OPERATIONS = {
    f"{found.ok().method.upper()} {found.ok().path.removeprefix(API_ROOT)}": found.ok()
    for found in INTERFACE.get_all_operations()
}
ROUTES = {route.name: route for route in routes()}


@pytest.fixture(scope="module", autouse=True)
def files_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The files of the zone live as long as the zone."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
        yield


@pytest.fixture(scope="module")
def zone(django_db_setup: None, django_db_blocker: Any, files_folder: None) -> Iterator[Zone]:
    """One zone for all tests of this file, with a row for every address."""
    log = logging.getLogger("django.request")
    before, log.level = log.level, logging.CRITICAL
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=True), transaction.atomic():
        yield make_zone("here", "JIAZONE")
        transaction.set_rollback(True)
    log.level = before
    Kept.forget_all()


@pytest.fixture(scope="module", autouse=True)
def one_connection() -> Iterator[None]:
    """The end of a request would close the connection that holds the zone."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


def credentials(zone: Zone, who: str) -> dict[str, dict[str, str]]:
    """What somebody sends along to be known."""
    if who == "key":
        return {"headers": {"X-API-Key": zone.secret}, "cookies": {}}
    asker = Asker(zone, who)
    return {"headers": {"X-Requested-With": "fetch"}, "cookies": asker.cookies}


def cases(operation: APIOperation, mode: GenerationMode) -> st.SearchStrategy[Case]:
    found: st.SearchStrategy[Case] = operation.as_strategy(generation_mode=mode)
    return found


def ask(zone: Zone, case: Case, route: Route, who: str, *, is_there: bool) -> None:
    """Send it, take back what it did, and hold the answer against the description."""
    if is_there and route.parameters:
        case.path_parameters = {k: str(v) for k, v in values(zone, route).items()}
    with taken_back():
        response = case.call(app=get_wsgi_application(), **credentials(zone, who))
    case.validate_response(response, checks=CHECKS)


def drive(zone: Zone, name: str, examples: int) -> None:
    operation, route = OPERATIONS[name], ROUTES[name]
    modes = st.sampled_from((GenerationMode.POSITIVE, GenerationMode.NEGATIVE))
    own = modes.flatmap(lambda mode: cases(operation, mode))

    @settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),  # a case that fails is printed as a command
    )
    @given(case=own, who=st.sampled_from(ASKING), is_there=st.booleans())
    def holds(case: Case, who: str, is_there: bool) -> None:
        ask(zone, case, route, who, is_there=is_there)

    holds()


def test_the_description_names_every_operation() -> None:
    assert set(OPERATIONS) == set(ROUTES)


@pytest.mark.parametrize("name", OPERATIONS)
def test_an_operation_answers_as_it_is_described(zone: Zone, name: str) -> None:
    drive(zone, name, SHORT)


@pytest.mark.full
@pytest.mark.parametrize("name", OPERATIONS)
def test_and_so_it_does_many_times(zone: Zone, name: str) -> None:
    drive(zone, name, LONG)
