"""The desk dispatches without a mouse: list, cursor, key, form, Ctrl+Enter; and by the palette."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiying.kernel import people, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.models import User
from qiying.slices.calls import operations
from qiying.slices.calls.models import Call
from tests.journeys.conftest import FIRM, Open, Reader, Zone

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning"),
]
SAFETY = "M016"


def actor_of(zone: Zone, login: str) -> Actor:
    found = people.actors_of(User.objects.get(username=login), now=timezone.now())
    return next(a for a in found if a.tenant_id == zone.world.tenant.pk)


def waiting_call(zone: Zone, title: str, *, is_accepted: bool = True) -> Call:
    now = timezone.now()
    call = operations.receive(
        actor_of(zone, "hongda"),
        title=title,
        text="配电房有焦味，请来看看。",
        enterprise_id=zone.world.firms[FIRM],
        matter_code=SAFETY,
        now=now,
    )
    return operations.accept(actor_of(zone, "desk"), call.pk, now=now) if is_accepted else call


def fresh(zone: Zone, call: Call) -> Call:
    with tenancy.reading(zone.world.system):
        return Call.objects.get(pk=call.pk)


def focused(page: Page, script: str) -> Any:
    return page.evaluate(f"() => document.activeElement.{script}")


def press(reader: Reader, *keys: str) -> None:
    for key in keys:
        reader.page.keyboard.press(key)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_call_is_dispatched_without_the_mouse(
    zone: Zone, open_browser: Open, language: str
) -> None:
    """G C to the list, J to the row, D to the form, Ctrl+Enter sends it."""
    first, second = waiting_call(zone, "配电房焦味"), waiting_call(zone, "厂门口积水")
    reader = open_browser("desk", language)
    reader.page.goto("/calls/desk/")
    press(reader, "g", "c")
    reader.page.wait_for_url("**/calls/")
    press(reader, "j", "j")
    row = reader.page.locator("tr.cursor")
    expect(row).to_contain_text(first.number)
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    assert reader.page.evaluate(outline) != "none", "the focus is seen"
    press(reader, "d")
    reader.page.wait_for_url("**/calls/case/**#do-dispatch")
    form = reader.page.locator("details#do-dispatch")
    expect(form).to_have_attribute("open", "")
    expect(form.locator("select").first).to_be_focused()
    press(reader, "Control+Enter")
    expect(form).to_have_count(0)
    assert fresh(zone, first).state == "dispatched"
    assert fresh(zone, second).state == "triage"
    reader.leave()


def test_x_selects_rows_and_i_writes_one_note_to_them(zone: Zone, open_browser: Open) -> None:
    calls = [waiting_call(zone, "路灯不亮"), waiting_call(zone, "路面破损")]
    reader = open_browser("desk", "zh-hans")
    reader.page.goto("/calls/")
    press(reader, "j", "x", "j", "x", "i")
    reader.page.wait_for_url("**/calls/bulk/?**")
    reader.page.keyboard.press("Tab")
    area = reader.page.locator("textarea[name=text]")
    area.focus()
    reader.page.keyboard.type("先核实位置")
    press(reader, "Control+Enter")
    reader.page.wait_for_url("**/calls/bulk/*-*/")
    for call in calls:
        reader.sees(call.number)
    press(reader, "z")
    expect(reader.page.get_by_text(reader.say("taken back")).first).to_be_visible()
    reader.leave()


def test_the_palette_goes_and_acts(zone: Zone, open_browser: Open) -> None:
    """Ctrl+K, a few characters of a step and the end of a number."""
    call = waiting_call(zone, "管网压力不足")
    reader = open_browser("desk", "zh-hans")
    reader.page.goto("/calls/desk/")
    press(reader, "Control+k")
    reader.page.keyboard.type(f"派 {call.number}")
    option = reader.page.locator(
        f"#palette [role=option][href*='{call.public_id}/?step=dispatch#do-dispatch']"
    )
    expect(option.first).to_be_visible()
    press(reader, "Enter")
    reader.page.wait_for_url("**#do-dispatch")
    reader.leave()


def test_the_sheet_of_keys_opens_with_a_question_mark_and_keys_can_be_switched_off(
    zone: Zone, open_browser: Open
) -> None:
    waiting_call(zone, "噪声")
    reader = open_browser("desk", "zh-hans")
    reader.page.goto("/calls/")
    press(reader, "?")
    sheet = reader.page.locator("dialog#shortcuts")
    expect(sheet).to_be_visible()
    sheet.locator("[data-act=single-keys]").focus()
    press(reader, "Space", "Escape")
    reader.page.reload()
    press(reader, "j")
    expect(reader.page.locator("tr.cursor")).to_have_count(0)
    reader.leave()
