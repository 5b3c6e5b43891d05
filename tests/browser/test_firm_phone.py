"""A firm raises a call on a phone and follows it, in Chinese and in English."""

from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.test import Client
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Browser, Page, Route, expect

from qiying.kernel.access import Role
from qiying.slices.registry import operations as registry
from tests.slices.world import INSIDE, World, make_world

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
BACKEND = "django.contrib.auth.backends.ModelBackend"
WORDS = {
    "zh-hans": {
        "title": "配电房有异响和焦味，请尽快来看",
        "text": "配电房有异响和焦味，请尽快来看。夜班还有二十个人在车间。",
        "send": "提交诉求",
        "see": "查看诉求",
        "received": "已收到您的诉求",
    },
    "en": {
        "title": "The switch room smells of burning",
        "text": "The switch room smells of burning. Twenty people work the night shift.",
        "send": "Send the call",
        "see": "See the call",
        "received": "We have your call",
    },
}


@pytest.fixture
def world(live_server: Any) -> World:
    world = make_world()
    world.now = timezone.now()
    registry.set_zone(world.keeper, now=world.now, hotline="0570-6688123")
    officer = world.person("周敏", Role.GRID_OFFICER)
    assert officer.person_id is not None
    registry.assign_grid(world.keeper, "G1", officer.person_id, now=world.now)
    world.firm("宏达精密机械有限公司", address="春晖路 18 号")
    world.person("王立新", Role.ENTERPRISE, firm="宏达精密机械有限公司")
    return world


Open = Callable[..., Page]


@pytest.fixture
def phone(browser: Browser, live_server: Any, world: World) -> Iterator[Open]:
    """Open a signed-in phone: ``phone("王立新", language="en")``."""
    contexts = []

    def open_phone(name: str, *, language: str = "zh-hans", width: int = 390) -> Page:
        client = Client()
        client.force_login(world.user(name), backend=BACKEND)
        context = browser.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 844},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            has_touch=True,
            geolocation={"longitude": INSIDE[0], "latitude": INSIDE[1], "accuracy": 18},
            permissions=["geolocation"],
        )
        session = client.cookies["sessionid"].value
        context.add_cookies(
            [
                {"name": "sessionid", "value": session, "url": live_server.url},
                {"name": "django_language", "value": language, "url": live_server.url},
            ]
        )
        # the test server has no event stream
        context.route("**/events", _no_stream)
        contexts.append(context)
        return context.new_page()

    yield open_phone
    for context in contexts:
        context.close()


def _no_stream(route: Route) -> None:
    route.fulfill(status=204)


def picture(folder: Path) -> Path:
    """A small photo on disk."""
    held = BytesIO()
    Image.new("RGB", (320, 240), (180, 120, 60)).save(held, "JPEG")
    path = folder / "site.jpg"
    path.write_bytes(held.getvalue())
    return path


def sound(page: Page) -> None:
    """No serious finding of axe, and nothing to scroll sideways."""
    found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
    serious = [v for v in found.response["violations"] if v["impact"] in {"serious", "critical"}]
    assert not serious, [(v["id"], [n["html"] for n in v["nodes"]]) for v in serious]
    wide = page.evaluate("() => document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{page.url} is {wide} px too wide"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_firm_raises_a_call_and_finds_it_again(
    phone: Open, tmp_path: Path, language: str
) -> None:
    words = WORDS[language]
    page = phone("王立新", language=language)
    page.goto("/calls/my/")
    sound(page)
    page.locator(".call-button").click()
    page.locator("#id_text").fill(words["text"])
    page.locator("input[name=photos]").set_input_files(str(picture(tmp_path)))
    expect(page.locator(".photo-list img")).to_have_count(1)
    sound(page)
    page.get_by_role("button", name=words["send"]).click()

    expect(page.get_by_role("heading", name=words["received"])).to_be_visible()
    number = page.locator(".receipt-number").inner_text()
    assert number.startswith("QY-")
    sound(page)
    page.get_by_role("link", name=words["see"]).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(words["title"])
    expect(page.locator(".media img")).to_have_count(1)
    sound(page)
    page.goto("/calls/my/")
    expect(page.locator(".call-card")).to_contain_text(number)
    sound(page)
