"""What people do on every journey: open a call from a list, open the form of a step."""

import pytest
from playwright.sync_api import Locator, expect

from qiying.slices.calls import operations
from qiying.slices.calls.models import Call
from tests.journeys.conftest import FIRM, Reader, Zone
from tests.slices.calls.steps import SAFETY

MARKS = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # the server's threads close their sockets and connections when they are collected
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning"),
]


def step(reader: Reader, name: str) -> Locator:
    """The form of one step on the page of a call, opened once the form sent before is gone."""
    reader.page.wait_for_load_state()  # its scripts may still move what is clicked
    expect(reader.page.locator("form[data-sending]")).to_have_count(0)
    box = reader.page.locator(f"details.step[id^='do-{name}']")
    expect(box).to_have_count(1)
    if box.get_attribute("open") is None:
        box.locator("summary").first.click()
    return box


def to_the_call(reader: Reader, number: str, address: str) -> None:
    """From a list to the whole page of a call, over the panel beside the list."""
    reader.page.goto(address)
    row = reader.page.locator("tr, article").filter(has_text=number[-3:])
    row.locator("a[data-open]").first.click()
    drawer = reader.page.locator("#drawer")
    expect(drawer).to_contain_text(number)
    drawer.get_by_role("link", name=reader.say("Open the call"), exact=True).last.click()
    expect(reader.page.get_by_role("heading", level=1)).to_be_visible()


def dispatched(zone: Zone, lead: str = "ZONE_SAFE") -> Call:
    """A call of the firm that stands with its lead, for journeys that begin there."""
    world = zone.world
    call = operations.receive(
        world.actor("hongda"),
        enterprise_id=world.firms[FIRM],
        title="配电房异响",
        text="配电房有异响和焦味，请来看看。",
        matter_code=SAFETY,
        contact_name="王立新",
        contact_phone="13900001234",
        now=world.now,
    )
    desk = world.actor("desk")
    operations.accept(desk, call.pk, now=world.now)
    return operations.dispatch(desk, call.pk, lead_unit_id=world.units[lead], now=world.now)
