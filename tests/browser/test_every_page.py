"""Every page of the platform in a browser: as somebody who may open it, in both languages.

The pages are walked, so a new one is tested the day it is hung up, with the examples of the tests
of access. A page that staff and firms share is opened by one of each. Each is opened once in
Chinese and once in English at 1440 px and narrowed to 390 px; axe reads the Chinese one, and those
of the phone at both widths.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import time_machine
from django.apps import apps
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings
from playwright.sync_api import Browser, BrowserContext, Page
from playwright.sync_api import Route as Request

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.models import Tenant, User
from qiying.kernel.revisions import Kept
from tests.architecture.asking import values
from tests.architecture.routes import MACHINE_DOORS, Route, pages
from tests.architecture.two_zones import SINGLE, Zone, make_zone, tenant_models
from tests.browser.serving import serve
from tests.browser.sound import READ, barriers, foreign_words, overflow, texts_of
from tests.slices.world import NOW

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning"),
]
PAGES = [r for r in pages() if r.name not in MACHINE_DOORS and not r.name.startswith("open311")]
LANGUAGES = ("zh-hans", "en")
DESKTOP, PHONE = 1440, 390
STRANGER = ""
NOT_HERE = frozenset({403, 404})
BY_PHONE = (Role.ENTERPRISE, Role.GRID_OFFICER)
AT_DESK = tuple(role for role in SINGLE if role not in BY_PHONE)
QUERIES: Mapping[str, tuple[str, ...]] = {
    "calls:board": ("?period=year",),
    "calls:bulk": ("?do=note&id={number}", "?do=classify"),
    "calls:list": ("?tab=closed", "?q=nothing-like-this"),
    "calls:morning": ("", "?unit={unit}"),
    "calls:supervision": ("", "?tab=over"),
    "calls:meetings": ("", "?tab=over"),
    "calls:rounds": ("?measure=due&start=2026-11-01&end=2026-12-01",),
    "casebook:library": ("", "?q=nothing-like-this"),
    "casebook:selection": ("",),
    "kernel:audit": ("?verify=1",),
    "kernel:search": ("?q=QM7",),
    "kernel:security": ("", "?set=1"),
    "kernel:sign-in": ("", "?way=phone"),
    "mandate:here": ("", "?matter=M016&lon=119.205&lat=29.005"),
    "mandate:register": ("", "?q=nothing-like-this"),
    "registry:firms": ("", "?q=nothing-like-this"),
    "rescue:press-machines": ("?firm={firm}", "?firm={firm}&q=nothing-like-this"),
}
"""Pages that look different with a question in their address."""
OF_ONES_OWN_FIRMS = {"calls:officer-firm", "calls:officer-raise", "calls:officer-visit"}
"""The tests of access ask for a firm of whoever holds every role; here the grid officer reads."""
OF_THE_DESK = {
    "casebook:write": "desk_draft",
    "casebook:entry-edit": "desk_entry",
    "rescue:duty-job": "rescue",
}
"""Pages of whoever holds a record: the tests of access ask for those of whoever holds every role."""
SAMPLES = {"kernel:style-guide"}
"""Shows every part with records of its own, which stand in no table."""


@pytest.fixture(scope="module")
def zone(
    test_databases: Any,
    django_test_environment: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Zone]:
    """One zone with a row in every table for all pages; they only read it."""
    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"))
    with django_db_blocker.unblock(), files, time_machine.travel(NOW, tick=True):
        zone = make_zone("lc", "QM7")
        yield zone
        connection.close()
        test_databases.renew()
        Kept.forget_all()


@pytest.fixture(scope="module")
def data(zone: Zone) -> Mapping[str, list[str]]:
    """What people wrote, for each language."""
    with tenancy.reading(zone.world.system):
        models = [*tenant_models(), Tenant, User, apps.get_model("kernel", "OneTimeCode")]
        return {language: texts_of(models, language) for language in LANGUAGES}


@pytest.fixture(scope="module")
def address(zone: Zone) -> Iterator[str]:
    with serve() as found:
        yield found


class Readers:
    """A browser for each person and language, signed in once."""

    def __init__(self, browser: Browser, zone: Zone, address: str) -> None:
        self.browser, self.zone, self.address = browser, zone, address
        self.contexts: dict[tuple[str, str], BrowserContext] = {}

    def open(self, name: str, language: str) -> Page:
        key = (name, language)
        if key not in self.contexts:
            self.contexts[key] = self._sign_in(name, language)
        return self.contexts[key].new_page()

    def _sign_in(self, name: str, language: str) -> BrowserContext:
        context = self.browser.new_context(
            base_url=self.address, viewport={"width": DESKTOP, "height": 900}
        )
        context.route("**/events", _no_stream)
        cookies = {"django_language": language}
        if name:
            cookies["sessionid"] = client_of(self.zone, name).cookies["sessionid"].value
        context.add_cookies(
            [{"name": n, "value": v, "url": self.address} for n, v in cookies.items()]
        )
        return context

    def close(self) -> None:
        for context in self.contexts.values():
            context.close()


def _no_stream(request: Request) -> None:
    """A page that holds a stream never comes to rest; the journeys have it open."""
    request.fulfill(status=204)


@pytest.fixture(scope="module")
def readers(browser: Browser, zone: Zone, address: str) -> Iterator[Readers]:
    found = Readers(browser, zone, address)
    yield found
    found.close()


def client_of(zone: Zone, name: str) -> Client:
    client = Client()
    if name:
        backend = "django.contrib.auth.backends.ModelBackend"
        client.force_login(zone.world.user(name), backend=backend)
    return client


def who_opens(zone: Zone, route: Route, address: str) -> Iterator[tuple[str, HttpResponse]]:
    """Somebody at a desk and somebody with a phone to whom the address answers, if there are."""
    if route.is_open:
        yield STRANGER, client_of(zone, STRANGER).get(address)
        return
    codes = set()
    for group in (AT_DESK, BY_PHONE):
        for role in (r for r in group if r in (route.roles or ())):
            answer = client_of(zone, SINGLE[role]).get(address)
            codes.add(answer.status_code)
            if answer.status_code == 200:
                yield SINGLE[role], answer
            if answer.status_code not in NOT_HERE:
                break
    assert codes - NOT_HERE, f"nobody can open {address}: {codes}"


def addresses(zone: Zone, route: Route) -> list[str]:
    given = values(zone, route)
    if route.name in OF_ONES_OWN_FIRMS:
        given["public_id"] = zone.rows["firm"].public_id
    if route.name == "calls:bulk-result":
        # each person sees the own ones only; whoever holds every role sits at no desk here
        given["run_id"] = zone.rows["desk_bulk"].public_id
    if route.name in OF_THE_DESK:
        given["public_id"] = zone.rows[OF_THE_DESK[route.name]].public_id
    plain = route.address(given)
    unit = zone.world.units["ZONE_SAFE"]
    number = zone.rows["call"].number
    firm = zone.rows["firm"].public_id
    return [
        plain + query.format(unit=unit, number=number, firm=firm)
        for query in QUERIES.get(route.name, ("",))
    ]


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.name)
def test_page_is_sound(
    route: Route, zone: Zone, readers: Readers, data: Mapping[str, list[str]]
) -> None:
    faults = []
    for address in addresses(zone, route):
        for name, answer in who_opens(zone, route, address):
            text = _html(answer)
            if text.lower().startswith("<!doctype"):
                for language in LANGUAGES:
                    known = data[language] if route.name not in SAMPLES else None
                    found = faults_of(readers, name, language, address, known)
                    faults += [f"{address} as {name} in {language}: {f}" for f in found]
            elif text:
                texts = re.findall(r">([^<>]+)<", text)
                found = foreign_words(texts, "zh-hans", data["zh-hans"])
                faults += [f"{address} as {name}: {f}" for f in found]
    assert not faults, "\n".join(faults)


def _html(answer: HttpResponse) -> str:
    """The page or the part of one; "" for data, files and redirects."""
    is_page = answer.headers.get("Content-Type", "").startswith("text/html")
    if answer.status_code != 200 or answer.streaming or not is_page:
        return ""
    return answer.content.decode().strip()


def faults_of(
    readers: Readers, name: str, language: str, address: str, data: list[str] | None
) -> list[str]:
    """What is wrong with one page; without ``data`` its words are not searched."""
    page = readers.open(name, language)
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(f"script: {error}"))
    page.on("console", lambda m: m.type == "error" and faults.append(f"console: {m.text}"))
    try:
        page.goto(address, wait_until="load")
        page.wait_for_function("() => !document.querySelector('.htmx-request')")
        if data is not None:
            faults += foreign_words(page.evaluate(READ), language, data)
        faults += overflow(page, DESKTOP)
        is_chinese = language.startswith("zh")
        faults += barriers(page) if is_chinese else []
        faults += overflow(page, PHONE)
        if is_chinese and page.locator("body.phone").count():
            faults += barriers(page)
        return faults
    finally:
        page.close()
