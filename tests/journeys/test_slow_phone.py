"""On a slow line pages come before their scripts, answers after the next tap: nothing is lost."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from qiying.kernel import tenancy
from qiying.slices.rescue import operations
from qiying.slices.rescue.models import Job
from tests.journeys.conftest import FIRM, Open, Reader, Zone
from tests.journeys.test_rescue import MACHINE, rescue

__all__ = ["rescue"]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning"),
]
LATE_S = 1.5
BUTTON = "/rescue/my/press/"


def late() -> Callable[[Route], None]:
    def go_on(route: Route) -> None:
        time.sleep(LATE_S)
        route.continue_()

    return go_on


def scripts_late(reader: Reader) -> None:
    """Modules come after the page can be read and tapped."""
    reader.page.route("**/*.js", late())
    reader.page.goto(BUTTON, wait_until="commit")
    expect(reader.page.get_by_role("button", name=reader.say("Call for rescue"))).to_be_visible()


def machine(reader: Reader) -> None:
    reader.page.get_by_role("radio", name=MACHINE).check()


def test_what_is_chosen_before_the_scripts_come_stays_and_names_the_place(
    rescue: Zone, open_browser: Open
) -> None:
    reader = open_browser("hongda", "zh-hans", is_phone=True)
    scripts_late(reader)
    page = reader.page
    box = page.get_by_role("radio", name=MACHINE).bounding_box()
    machine(reader)
    page.get_by_role("radio", name=reader.say("stopped suddenly")).check()
    page.wait_for_load_state()
    expect(page.locator("#id_place")).to_have_value("一车间东侧")
    expect(page.get_by_role("radio", name=MACHINE)).to_be_checked()
    expect(page.get_by_role("radio", name=reader.say("stopped suddenly"))).to_be_checked()
    assert page.get_by_role("radio", name=MACHINE).bounding_box() == box, "it moved under a finger"


def test_a_draft_does_not_undo_what_is_chosen_before_the_scripts_come(
    rescue: Zone, open_browser: Open
) -> None:
    reader = open_browser("hongda", "zh-hans", is_phone=True)
    page = reader.page
    page.goto(BUTTON)
    page.get_by_role("radio", name=reader.say("stopped suddenly")).check()
    page.locator("#id_text").fill("一声响后停机")
    expect(page.locator(".draft-line")).not_to_be_empty()
    scripts_late(reader)
    machine(reader)
    page.get_by_role("radio", name=reader.say("noise or vibration")).check()
    page.wait_for_load_state()
    page.wait_for_timeout(300)
    expect(page.get_by_role("radio", name=MACHINE)).to_be_checked()
    expect(page.get_by_role("radio", name=reader.say("noise or vibration"))).to_be_checked()


def test_who_is_in_danger_sees_the_numbers_before_the_scripts_come(
    rescue: Zone, open_browser: Open
) -> None:
    reader = open_browser("hongda", "zh-hans", is_phone=True)
    scripts_late(reader)
    expect(reader.page.locator(".danger-note")).to_be_hidden()
    reader.page.locator("[name=safety][value=danger]").check()
    expect(reader.page.locator(".danger-note")).to_be_visible()
    reader.page.wait_for_load_state()
    expect(reader.page.locator(".danger-note")).to_be_visible()


@pytest.mark.parametrize(("words", "shown"), [("锅炉", "2号锅炉"), ("无此", "没有符合")])
def test_a_late_answer_to_a_search_leaves_the_chosen_machine_chosen(
    rescue: Zone, open_browser: Open, words: str, shown: str
) -> None:
    """Whether the answer holds other machines or none."""
    house = rescue.world.system
    operations.register_machine(
        house,
        now=rescue.world.now,
        enterprise_id=rescue.world.firms[FIRM],
        kind_code="paper",
        name="2号锅炉",
        place="锅炉房",
    )
    reader = open_browser("hongda", "zh-hans", is_phone=True)
    page = reader.page
    page.goto(BUTTON)
    asked: list[Route] = []
    page.route("**/press/machines/**", lambda route: asked.append(route))  # noqa: PLW0108  Playwright keeps a mark on it
    with page.expect_request("**/press/machines/**"):
        page.locator("#machine-q").fill(words)
    machine(reader)
    with page.expect_response("**/press/machines/**"):
        asked[0].continue_()
    expect(page.locator("#machine-picks")).to_contain_text(shown)
    expect(page.get_by_role("radio", name=MACHINE)).to_be_checked()
    expect(page.locator("#id_place")).to_have_value("一车间东侧")
    page.get_by_role("radio", name=reader.say("No, nobody is in danger")).check()
    page.get_by_role("radio", name=reader.say("stopped suddenly")).check()
    page.get_by_role("radio", name=reader.say("The line stands still")).check()
    reader.press("Call for rescue")
    page.wait_for_url("**/rescue/my/*/?sent=1")
    with tenancy.reading(house):
        job = Job.objects.select_related("equipment").get()
    assert job.equipment is not None
    assert job.equipment.name == MACHINE


LINE_BACK = """form => {
  Object.defineProperty(navigator, "onLine", { get: () => false, configurable: true });
  form.requestSubmit(form.querySelector("button[type=submit], button:not([type])"));
  dispatchEvent(new Event("online"));
}"""


def test_a_line_that_is_back_while_a_press_is_being_kept_sends_it_at_once(
    rescue: Zone, open_browser: Open
) -> None:
    """Found when a press and the end of a dead line fell together: it waited for the next minute."""
    reader = open_browser("hongda", "zh-hans", is_phone=True)
    page = reader.page
    page.goto(BUTTON)
    page.get_by_role("radio", name=reader.say("No, nobody is in danger")).check()
    page.get_by_role("radio", name=reader.say("stopped suddenly")).check()
    page.get_by_role("radio", name=reader.say("The line stands still")).check()
    page.locator("form[data-press]").evaluate(LINE_BACK)
    page.wait_for_url("**/rescue/my/*/?sent=1", timeout=15_000)
    with tenancy.reading(rescue.world.system):
        assert Job.objects.count() == 1
