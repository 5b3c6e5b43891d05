"""The pages of the staff in a real browser: sound in both languages and widths, worked by keys."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, Route, expect

from qiying.kernel.access import Role
from qiying.slices.calls.models import Call
from qiying.slices.registry import operations as registry
from tests.slices.calls import steps
from tests.slices.calls.steps import fresh
from tests.slices.world import World, make_world

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
BACKEND = "django.contrib.auth.backends.ModelBackend"
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]}
STAFF = {
    "desk": (Role.DESK, ""),
    "desk2": (Role.DESK, ""),
    "safety": (Role.HANDLER, "ZONE_SAFE"),
    "safety-lead": (Role.UNIT_LEADER, "ZONE_SAFE"),
    "emb": (Role.HANDLER, "EMB"),
    "caller": (Role.CALLBACK, ""),
    "supervisor": (Role.SUPERVISOR, ""),
    "leader": (Role.ZONE_LEADER, ""),
}
Open = Callable[..., Page]


@pytest.fixture
def world(live_server: Any) -> World:
    world = make_world()
    world.now = timezone.now()
    officer = world.person("grid", Role.GRID_OFFICER)
    assert officer.person_id is not None
    registry.assign_grid(world.keeper, "G1", officer.person_id, now=world.now)
    world.firm("宏达", address="春晖路 18 号")
    world.person("boss", Role.ENTERPRISE, firm="宏达")
    for name, (role, unit) in STAFF.items():
        world.person(name, role, unit=unit)
    return world


@pytest.fixture
def office(browser: Browser, live_server: Any, world: World) -> Iterator[Open]:
    """Open a signed-in browser: ``office("desk", language="en", width=390)``."""
    contexts = []

    def open_page(name: str, *, language: str = "zh-hans", width: int = 1440) -> Page:
        client = Client()
        client.force_login(world.user(name), backend=BACKEND)
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
        )
        cookies = {
            "sessionid": client.cookies["sessionid"].value,
            "django_language": language,
        }
        context.add_cookies(
            [{"name": n, "value": v, "url": live_server.url} for n, v in cookies.items()]
        )
        # the test server has no event stream
        context.route("**/events", _no_stream)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


def _no_stream(route: Route) -> None:
    route.fulfill(status=204)


def sound(page: Page) -> None:
    """No serious finding of axe, and nothing to scroll sideways."""
    found = Axe().run(page, options=RULES)
    serious = [v for v in found.response["violations"] if v["impact"] in {"serious", "critical"}]
    assert not serious, (page.url, [(v["id"], [n["html"] for n in v["nodes"]]) for v in serious])
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


def case(call: Call) -> str:
    return f"/calls/case/{call.public_id}/"


@pytest.fixture
def addresses(world: World) -> list[tuple[str, str]]:
    """A call in each state that looks different; the pages as such are walked by every-page."""
    triage, working = steps.triage(world), steps.working(world)
    callback = steps.callback(world)
    disputed, closed = steps.disputed(world), steps.closed(world)
    steps.take(world, "safety", working, "note", text="先停一条线")
    steps.take(world, "boss", working, "message", text="明天几点到？")
    return [
        ("desk", case(triage)),
        ("safety", case(working)),
        ("supervisor", case(disputed)),
        ("caller", case(callback)),
        ("leader", case(closed)),
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_call_is_sound_in_every_state(
    office: Open, addresses: list[tuple[str, str]], language: str
) -> None:
    for name, address in addresses:
        page = office(name, language=language)
        page.goto(address)
        expect(page.locator("main")).to_be_visible()
        sound(page)
        page.set_viewport_size({"width": 390, "height": 900})
        sound(page)
        page.close()


def test_drawers_are_sound_and_give_the_focus_back(office: Open, world: World) -> None:
    steps.triage(world)
    steps.callback(world)
    for name, address in (("desk", "/calls/"), ("caller", "/calls/callbacks/")):
        page = office(name)
        page.goto(address)
        link = page.locator("[data-open]").first
        link.click()
        expect(page.locator("[data-drawer]")).to_be_visible()
        sound(page)
        page.keyboard.press("Escape")
        expect(page.locator("[data-drawer]")).to_have_count(0)
        expect(link).to_be_focused()


def test_a_call_is_dispatched_by_keys_alone(office: Open, world: World) -> None:
    call = steps.triage(world)
    page = office("desk")
    page.goto("/calls/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    drawer = page.locator("[data-drawer]")
    expect(drawer).to_be_focused()
    _tab_to(page, "派单")
    page.keyboard.press("Enter")
    expect(page.locator("#do-dispatch select")).to_be_focused()
    lead = page.locator("#do-dispatch select").input_value()
    assert lead == str(world.units["ZONE_SAFE"])
    _tab_to(page, "派单")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text(call.number)
    now = fresh(world, call)
    assert (now.state, now.lead_unit_id) == ("dispatched", world.units["ZONE_SAFE"])


def _tab_to(page: Page, words: str) -> None:
    """Go on by the tab key until a control with these words has the focus."""
    for _step in range(80):
        page.keyboard.press("Tab")
        name = page.evaluate("() => document.activeElement.textContent.trim()")
        if name == words:
            return
    raise AssertionError(f"the tab key never reached {words}")


def test_a_shortcut_opens_its_form_and_single_keys_rest_while_typing(
    office: Open, world: World
) -> None:
    call = steps.working(world, co=())
    page = office("safety")
    page.goto(case(call))
    page.keyboard.press("i")
    note = page.locator("#do-note textarea")
    expect(note).to_be_focused()
    page.keyboard.type("dispatch in due time")
    expect(note).to_have_value("dispatch in due time")
    page.keyboard.press("Tab")


def test_what_somebody_typed_survives_a_change_by_somebody_else(
    office: Open, world: World
) -> None:
    call = steps.submitted(world)
    page = office("desk")
    page.goto(f"{case(call)}#do-ask_info")
    page.locator("#do-ask_info textarea").fill("请补充配电房的图纸")
    steps.take(world, "desk2", call, "accept")
    page.locator("#do-ask_info button[type=submit]").click()
    expect(page.get_by_text("其他同志已先一步办理。")).to_be_visible()
    expect(page.get_by_text("请补充配电房的图纸")).to_be_visible()
    assert fresh(world, call).state == "triage"


def test_the_filter_bar_keeps_its_state_in_the_address(office: Open, world: World) -> None:
    steps.triage(world)
    steps.working(world)
    page = office("desk")
    page.goto("/calls/")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.get_by_text("超时", exact=True).first.click()
    expect(page).to_have_url(re.compile("light=red"))
    expect(page.locator("#rows .empty")).to_be_visible()
    page.go_back()
    expect(page.locator("tbody tr")).to_have_count(2)


def test_nav_groups_fold_and_stay_folded(office: Open) -> None:
    page = office("desk")
    page.goto("/calls/")
    groups = page.locator("#side details[data-nav-group]:not(:has([aria-current]))")
    group = page.locator(
        f"#side [data-nav-group='{groups.first.get_attribute('data-nav-group')}']"
    )
    was_open = group.get_attribute("open") is not None
    if not was_open:
        group.locator("summary").click()
    expect(group).to_have_attribute("open", "")
    page.reload()
    expect(group).to_have_attribute("open", "")
    group.locator("summary").click()
    expect(group).not_to_have_attribute("open", "")
    page.reload()
    expect(group).not_to_have_attribute("open", "")
    expect(group.locator("ul")).to_be_hidden()
