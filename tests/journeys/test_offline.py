"""The line drops while a firm writes: nothing is lost, and what was sent is recorded once."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from qiying.kernel import tenancy
from qiying.slices.calls.models import Call
from qiying.slices.calls.views import raising
from tests.journeys.conftest import Open, Reader, Zone

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning"),
]
WORDS = "厂区东门外积水，货车进不来"
ENTRIES = """() => new Promise((done) => {
  const asked = indexedDB.open("qy-outbox", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction("entries").objectStore("entries").getAll();
    all.onsuccess = () => done(all.result.map((e) => [e.state, e.person, e.fields.length]));
  };
})"""


def calls(zone: Zone) -> list[str]:
    with tenancy.reading(zone.world.system):
        return list(Call.objects.filter(text__contains=WORDS).values_list("number", flat=True))


def write(reader: Reader) -> Page:
    page = reader.page
    page.goto("/calls/my/raise/")
    page.locator("#id_text").fill(WORDS)
    page.wait_for_timeout(200)
    return page


def wait_for_calls(zone: Zone, page: Page, count: int) -> None:
    for _ in range(60):
        if len(calls(zone)) >= count:
            break
        page.wait_for_timeout(200)
    assert len(calls(zone)) == count


def faults(reader: Reader) -> list[str]:
    """What went wrong besides requests without a line."""
    return [f for f in reader.faults if "net::" not in f and "htmx" not in f]


def test_a_call_raised_without_a_line_is_sent_once_when_it_is_back(
    zone: Zone, open_browser: Open
) -> None:
    reader = open_browser("hongda", "zh-hans", is_phone=True)
    page = write(reader)
    reader.context.set_offline(True)
    reader.press("Send the call")
    expect(page.locator(".outbox")).to_contain_text(reader.say("Send now"))
    assert calls(zone) == []
    assert {state for state, *_ in page.evaluate(ENTRIES)} == {"waiting"}
    reader.press("Send the call")
    assert len(page.evaluate(ENTRIES)) == 1, "pressed twice it is still one"
    reader.context.set_offline(False)
    page.wait_for_url("**/received/")
    wait_for_calls(zone, page, 1)
    assert page.evaluate(ENTRIES) == []
    page.reload()
    page.wait_for_timeout(500)
    assert len(calls(zone)) == 1
    assert not faults(reader)


def test_an_answer_that_got_lost_on_the_way_makes_no_second_call(
    zone: Zone, open_browser: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server recorded the call and broke before it could say so."""
    real, broken = raising.send, []

    def lose(*args: Any, **more: Any) -> Any:
        answer = real(*args, **more)
        if not broken:
            broken.append(1)
            raise ConnectionResetError
        return answer

    monkeypatch.setattr(raising, "send", lose)
    reader = open_browser("hongda", "zh-hans", is_phone=True)
    page = write(reader)
    reader.press("Send the call")
    wait_for_calls(zone, page, 1)
    page.wait_for_timeout(800)
    page.goto("/calls/my/")
    page.wait_for_timeout(1500)
    assert page.evaluate(ENTRIES) == []
    assert broken
    assert len(calls(zone)) == 1


def test_what_was_being_written_is_offered_again_after_a_reload(
    zone: Zone, open_browser: Open
) -> None:
    reader = open_browser("hongda", "en", is_phone=True)
    page = write(reader)
    key = page.locator("form[data-raise] [name=idempotency_key]").input_value()
    reader.context.set_offline(True)
    page.wait_for_timeout(400)
    assert [state for state, *_ in page.evaluate(ENTRIES)] == ["draft"]
    reader.context.set_offline(False)
    page.goto("/calls/my/")
    page.goto("/calls/my/raise/")
    page.get_by_role("button", name="Fill in again").click()
    assert page.locator("#id_text").input_value() == WORDS
    assert page.locator("form[data-raise] [name=idempotency_key]").input_value() == key
    reader.press("Send the call")
    page.wait_for_url("**/received/")
    wait_for_calls(zone, page, 1)
    page.wait_for_timeout(400)
    assert page.evaluate(ENTRIES) == []


def test_somebody_else_on_the_same_phone_sees_and_sends_nothing_of_it(
    zone: Zone, open_browser: Open
) -> None:
    reader = open_browser("hongda", "zh-hans", is_phone=True)
    page = write(reader)
    reader.context.set_offline(True)
    reader.press("Send the call")
    expect(page.locator(".outbox")).to_be_visible()
    reader.context.clear_cookies(name="sessionid")
    page.goto("about:blank")
    reader.context.set_offline(False)
    reader.sign_in("grid")
    page.goto("/calls/officer/")
    page.wait_for_timeout(800)
    assert page.locator(".outbox").count() == 0
    assert calls(zone) == []


def test_the_phone_keeps_the_shell_and_no_page(zone: Zone, open_browser: Open) -> None:
    reader = open_browser("hongda", "zh-hans", is_phone=True)
    page = reader.page
    page.goto("/calls/my/")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.goto("/calls/my/")
    kept = page.evaluate(
        """async () => (await Promise.all((await caches.keys()).map(async (name) =>
        (await (await caches.open(name)).keys()).map((r) => new URL(r.url).pathname)))).flat()"""
    )
    assert kept
    assert all(path.startswith("/static/") for path in kept), kept
    reader.context.set_offline(True)
    page.goto("/calls/my/")
    expect(page.get_by_role("heading", level=1)).to_have_text("网络已断开")
    assert "王立新" not in page.content()
    reader.context.set_offline(False)


def test_the_pages_can_be_installed(zone: Zone, open_browser: Open) -> None:
    reader = open_browser("hongda", "zh-hans", is_phone=True)
    page = reader.page
    address = page.locator("link[rel=manifest]").get_attribute("href") or ""
    found = reader.context.request.get(address).json()
    assert found["display"] == "standalone"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in found["icons"]}
    for icon in found["icons"]:
        assert reader.context.request.get(icon["src"]).ok
