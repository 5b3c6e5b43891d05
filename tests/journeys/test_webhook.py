"""An administrator connects another system, a firm calls, and the other system verifies it.

The receiver is a server of its own with the public library of Standard Webhooks; it gets the
secret as people get it, by copying it from the page.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from qiying.kernel import people
from qiying.kernel.access import Role
from qiying.slices.calls import operations as calls
from tests.browser.sound import barriers
from tests.journeys.conftest import FIRM, Open, Person, Reader, Zone
from tests.receiver import THIS_MACHINE, Receiver, receiving, work_off

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning"),
]
KEEPER = Person("keeper", "何勇", Role.ADMINISTRATOR)


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.OUTBOUND_ALLOW = THIS_MACHINE
    with receiving() as found:
        yield found


def make(reader: Reader, receiver: Receiver) -> None:
    """Fill the form and copy the secret from the page that follows."""
    page = reader.page
    page.goto("/system/webhooks/new/")
    page.locator("input[name=name]").fill("OA")
    page.get_by_label(reader.say("Address that receives")).fill(receiver.url)
    page.get_by_label(reader.say("Call received")).check()
    assert not barriers(page)
    reader.press("Make the webhook")
    secret = page.locator("code", has_text="whsec_")
    expect(secret).to_be_visible()
    receiver.secret = secret.inner_text()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_another_system_receives_and_verifies_what_happened(
    zone: Zone, open_browser: Open, receiver: Receiver, language: str
) -> None:
    zone.enter(KEEPER)
    reader = open_browser("keeper", language)
    make(reader, receiver)
    page = reader.page

    reader.press("Send a test")
    reader.sees(reader.say("A test message is on its way; reload to see the answer."))
    work_off("kernel.deliver_webhook")
    assert receiver.topics == ["webhooks.ping"]
    page.reload()
    expect(page.locator("code", has_text="whsec_")).to_have_count(0)
    expect(page.locator("table tbody tr")).to_contain_text("204")

    boss = people.actors_of(_user(zone, "hongda"), now=timezone.now())[0]
    call = calls.receive(
        boss,
        enterprise_id=zone.world.firms[FIRM],
        title="配电房有异响",
        text="配电房有异响和焦味。",
        now=timezone.now(),
    )
    work_off("kernel.handle_event", "kernel.deliver_webhook")
    assert receiver.topics == ["webhooks.ping", "calls.received"]
    assert receiver.verified[1]["data"]["subject"]["id"] == str(call.public_id)
    assert "配电房" not in receiver.seen[1][1].decode()

    good, receiver.secret = receiver.secret, "whsec_" + "QUJD" * 10
    page.reload()
    page.get_by_role("button", name=reader.say("Send again"), exact=True).first.click()
    reader.sees(reader.say("The message is on its way again."))
    work_off("kernel.deliver_webhook")
    assert len(receiver.refused) == 1
    page.reload()
    expect(page.locator("table tbody tr").first).to_contain_text("401")
    receiver.secret = good
    assert not barriers(page)
    reader.leave()


def _user(zone: Zone, login: str) -> Any:
    from qiying.kernel.models import User  # noqa: PLC0415

    return User.objects.get(id=zone.ids[login])
