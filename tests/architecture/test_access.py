"""Every address, role and foreign zone: refused unless declared and visible.

The addresses are walked, so a new page is tested the day it is hung up: it must be declared, its
parameters need an example in ``asking.py``, and nobody may reach through it what is not theirs.
"""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponse
from django.test import override_settings
from django.urls import reverse

from qiying.kernel.access import Role
from qiying.kernel.errors import Problem
from qiying.kernel.revisions import Kept
from tests.architecture.asking import (
    BODIES,
    Asker,
    content_of,
    is_object,
    taken_back,
    text_of,
    value,
    values,
)
from tests.architecture.foreign_ids import REFUSED, borrow_file
from tests.architecture.routes import MACHINE_DOORS, Route, all_routes
from tests.architecture.two_zones import (
    ACCUSED,
    ACCUSED_DESK,
    COMPLAINT,
    EVERYTHING,
    SINGLE,
    Zone,
    make_zone,
)
from tests.slices.world import NOW

ROUTES = all_routes()
PAGES = [r for r in ROUTES if r.name not in MACHINE_DOORS]
OBJECT_ROUTES = [r for r in PAGES if any(is_object(r, p) for p in r.parameters)]
PUBLIC = frozenset(
    {
        "kernel:home",
        "kernel:sign-in",
        "kernel:send-code",
        "kernel:enter-code",
        "kernel:second",
        "kernel:oidc-start",
        "kernel:oidc-back",
        "kernel:oidc-invited",
        "kernel:calendar-feed",
        "kernel:manifest",
        "kernel:service-worker",
        "kernel:style-guide",
        "set_language",
        "open311:discovery",
        "open311:discovery-v2",
        "open311:services",
        "open311:definition",
        "open311:requests",
        "open311:request",
        "open311:token",
        "open311:updates",
    }
)
"""Open to strangers, by name, so that one more is a decision and not an accident."""
HARMLESS = frozenset({"kernel:notice", "kernel:saved-view-remove"})
"""Lead back to one's own list when the row is not one's own."""
NO = frozenset({400, 403, 404, 405, 409, 422})
TABS = re.compile(r'href="[^"?]*\?(tab=[\w:-]+)')


# --- two zones in one transaction ---


@pytest.fixture(scope="module", autouse=True)
def files_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The files of the zones live as long as the zones."""
    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
        yield


@pytest.fixture(scope="module")
def zones(
    django_db_setup: None, django_db_blocker: Any, files_folder: None
) -> Iterator[tuple[Zone, Zone]]:
    """Two zones for all tests of this file; refusals are not worth a line in the log."""
    log = logging.getLogger("django.request")
    before, log.level = log.level, logging.CRITICAL
    with django_db_blocker.unblock(), time_machine.travel(NOW, tick=True), transaction.atomic():
        yield make_zone("here", "JIAZONE", numbers_spent=60), make_zone("there", "YIZONE")
        transaction.set_rollback(True)
    log.level = before
    Kept.forget_all()


@pytest.fixture(scope="module")
def here(zones: tuple[Zone, Zone]) -> Zone:
    return zones[0]


@pytest.fixture(scope="module")
def there(zones: tuple[Zone, Zone]) -> Zone:
    return zones[1]


# --- declarations ---


def test_every_address_is_declared_or_is_a_machine_door_with_a_reason() -> None:
    undeclared = {r.name for r in ROUTES if r.roles is None}
    assert undeclared == set(MACHINE_DOORS), "declare the view with @page(...) or @roles(...)"


def test_what_strangers_may_open_is_named_here() -> None:
    assert {r.name for r in ROUTES if r.is_open} == PUBLIC


def test_every_parameter_has_an_example(here: Zone, there: Zone) -> None:
    for route in PAGES:
        for zone in (here, there):
            route.address(values(zone, route))


def test_every_body_belongs_to_an_address_and_is_taken_from_who_may(here: Zone) -> None:
    """So that a refusal elsewhere is never the fault of a form filled in wrongly."""
    by_name, refused = {r.name: r for r in PAGES}, []
    asker = Asker(here, EVERYTHING)
    for name in BODIES:
        route = by_name[name]
        answer = asker.ask(route.methods[-1], route, values(here, route))
        if answer.status_code >= 400:
            refused.append((name, answer.status_code, text_of(answer)[-700:]))
    assert not refused


# --- one role in its own zone ---


@pytest.mark.parametrize("role", [*SINGLE, "", "gone"])
def test_who_is_not_declared_is_refused(here: Zone, role: str) -> None:
    """Whoever holds another role gets 403; a stranger, or who held one once, must sign in."""
    asker = Asker(here, "gone" if role == "gone" else SINGLE.get(role, ""))
    asker.headers["Accept"] = "application/json"
    is_stranger, wrong = role not in SINGLE, []
    for route in PAGES:
        if route.is_open or role in (route.roles or ()):
            continue
        for method in route.methods:
            answer = asker.ask(method, route, values(here, route))
            if not (asks_to_sign_in(route, answer) if is_stranger else answer.status_code == 403):
                wrong.append((route.name, method, answer.status_code))
    assert not wrong


def asks_to_sign_in(route: Route, answer: HttpResponse) -> bool:
    if route.is_api:
        return answer.status_code in {401, 403}
    door = reverse("kernel:sign-in")
    return answer.status_code == 302 and answer.headers["Location"].startswith(door)


@pytest.mark.parametrize("role", list(SINGLE))
def test_who_is_declared_reads_and_never_meets_a_fault(here: Zone, role: str) -> None:
    asker, broken = Asker(here, SINGLE[role]), []
    for route in PAGES:
        if role in (route.roles or ()) and "GET" in route.methods:
            answer = asker.ask("GET", route, values(here, route))
            text_of(answer)
            if answer.status_code >= 500 or (answer.status_code == 403 and not route.parameters):
                broken.append((route.name, answer.status_code))
    assert not broken


def test_what_is_open_is_open_to_strangers(here: Zone) -> None:
    asker = Asker(here)
    for route in PAGES:
        if route.is_open:
            answer = asker.ask("GET", route, values(here, route))
            assert answer.status_code < 500, route.name
            is_protocol = route.name.startswith("open311:")
            private = {here.rows["call"].number, COMPLAINT} | (
                set() if is_protocol else {here.mark}
            )
            assert not shows(text_of(answer), private), route.name


def test_a_form_sent_empty_ends_in_a_sentence(here: Zone) -> None:
    asker, broken = Asker(here, EVERYTHING), []
    for route in PAGES:
        for method in set(route.methods) - {"GET"}:
            answer = asker.send(method, route.address(values(here, route)), {}, is_kept=False)
            if answer.status_code >= 500:
                broken.append((route.name, answer.status_code))
    assert not broken


def test_a_machine_reaches_what_is_declared_for_machines_only(here: Zone) -> None:
    asker, wrong = Asker(here, key=here.secret), []
    for route in PAGES:
        if not route.is_api:
            continue
        answer = asker.ask(route.methods[0], route, values(here, route))
        may = Role.MACHINE in (route.roles or ())
        if answer.status_code >= 500 or (not may and answer.status_code != 403):
            wrong.append((route.name, answer.status_code))
    assert not wrong


def test_a_session_without_a_header_that_other_sites_cannot_set_writes_nothing(
    here: Zone,
) -> None:
    asker = Asker(here, EVERYTHING)
    asker.headers = {}
    for route in PAGES:
        if route.is_api and route.methods != ("GET",):
            answer = asker.ask(route.methods[0], route, values(here, route))
            assert answer.status_code == 403, route.name


def test_the_stream_of_changes_is_for_people_who_signed_in(here: Zone) -> None:
    for name in ("", "gone"):
        assert Asker(here, name).send("GET", reverse("kernel:events"), {}).status_code == 401


# --- another zone ---


def foreign_values(own: Zone, other: Zone, route: Route) -> Iterator[dict[str, Any]]:
    """One row of the other zone at a time among one's own, then all of them."""
    objects = [p for p in route.parameters if is_object(route, p)]
    for parameter in objects:
        yield values(own, route) | {parameter: value(other, route, parameter)}
    if len(objects) > 1:
        yield values(other, route)


def test_nobody_reaches_a_row_of_another_zone_whatever_the_roles(here: Zone, there: Zone) -> None:
    """No way to it is open, and no text of it stands in the answer."""
    asker, secrets, holes = Asker(there, EVERYTHING), here.texts(), []
    for route in OBJECT_ROUTES:
        for given in foreign_values(there, here, route):
            for method in route.methods:
                answer = asker.ask(method, route, given)
                holes += faults_of(answer, route, given, secrets)
    assert not holes


def faults_of(
    answer: HttpResponse, route: Route, given: Mapping[str, Any], secrets: set[str]
) -> list[tuple[Any, ...]]:
    """What is wrong with the answer to a request for another zone's row."""
    text, found = text_of(answer), []
    for word in (route.address(given), *map(str, given.values())):
        text = text.replace(word, "")
    allowed = NO | ({302, 303} if route.name in HARMLESS else set())
    if answer.status_code not in allowed:
        found.append((route.name, answer.status_code, dict(given)))
    if shown := shows(text, secrets):
        found.append((route.name, "shows", shown))
    return found


def test_nothing_of_another_zone_changes_whatever_is_sent(here: Zone, there: Zone) -> None:
    """The same requests without being taken back, and then every row is compared."""
    asker, untouched, changed = Asker(there, EVERYTHING), content_of(here), []
    for route in OBJECT_ROUTES:
        for given in foreign_values(there, here, route):
            with taken_back():
                for method in route.methods:
                    asker.insist(method, route, given)
                if content_of(here) != untouched:
                    changed.append(route.name)
    assert not changed


def test_no_page_of_a_zone_shows_a_word_of_another(here: Zone, there: Zone) -> None:
    asker, secrets, leaks, own = Asker(there, EVERYTHING), here.texts(), [], 0
    for route in PAGES:
        for query, text in readings(asker, route):
            own += there.mark in text
            if shown := shows(text, secrets):
                leaks.append((route.name, query, shown))
    assert not leaks
    assert own > 60, "the mark must be on the pages that are searched"


def test_every_example_is_of_a_row_that_its_page_shows(here: Zone) -> None:
    """A wrong example would make each page refuse, and nothing here would be tested."""
    asker, closed = Asker(here, EVERYTHING), []
    for route in OBJECT_ROUTES:
        if "GET" in route.methods:
            status = asker.ask("GET", route, values(here, route)).status_code
            if status not in {200, 302, 405}:
                closed.append((route.name, status))
    assert not closed


def readings(asker: Asker, route: Route) -> Iterator[tuple[str, str]]:
    """What a page says, as a file too where there is one, found by a word, and tab by tab."""
    if "GET" not in route.methods:
        return
    given = values(asker.zone, route)
    text = text_of(asker.ask("GET", route, given))
    yield "", text
    queries = [f"?{tab}" for tab in sorted(set(TABS.findall(text)))]
    queries += ["?export=csv"] * ("export=csv" in text) + ["?q=delay"] * ('name="q"' in text)
    for query in queries:
        yield query, text_of(asker.ask("GET", route, given, query))


def shows(text: str, secrets: Iterable[str]) -> list[str]:
    return [secret for secret in secrets if secret in text]


# --- the unit that is complained of ---


@pytest.mark.parametrize("who", [ACCUSED, ACCUSED_DESK])
def test_the_unit_complained_of_finds_no_trace_of_the_complaint(here: Zone, who: str) -> None:
    asker, secrets, found = Asker(here, who), {COMPLAINT, *here.grievance_ids()}, []
    for route in PAGES:
        for query, text in readings(asker, route):
            if shown := shows(text, secrets):
                found.append((route.name, query, shown))
    assert not found


def test_others_do_find_the_complaint(here: Zone) -> None:
    """So that its absence elsewhere says something."""
    asker = Asker(here, EVERYTHING)
    for route in PAGES:
        if route.name in {"GET /calls/", "calls:list", "calls:history", "mandate:decisions"}:
            text = text_of(asker.ask("GET", route, {}))
            assert shows(text, here.grievance_ids() | {here.grievance["decision"]}), route.name


@pytest.mark.parametrize("who", [ACCUSED, ACCUSED_DESK])
def test_the_complaint_does_not_exist_for_the_unit_complained_of(here: Zone, who: str) -> None:
    asker, holes = Asker(here, who), []
    complained = replace(here, rows=here.rows | here.grievance)
    for route in OBJECT_ROUTES:
        given = values(complained, route)
        if given == values(here, route):
            continue
        for method in route.methods:
            answer = asker.ask(method, route, given)
            if answer.status_code == 302:
                answer = asker.send("GET", answer.headers["Location"], {}, is_kept=False)
            if answer.status_code not in {403, 404, 405}:
                holes.append((route.name, method, answer.status_code))
    assert not holes


# --- ids inside what is sent ---


@pytest.mark.parametrize("what", list(REFUSED))
def test_an_operation_refuses_the_id_of_another_zones_row(
    here: Zone, there: Zone, what: str
) -> None:
    with taken_back(), pytest.raises(Problem):
        REFUSED[what](there, here)


def test_a_file_of_somebody_else_cannot_be_borrowed(here: Zone, there: Zone) -> None:
    with taken_back():
        assert borrow_file(there, here) == 0
