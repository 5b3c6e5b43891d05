"""Signing in by a real identity provider on this machine, as people do it, in a real browser.

A person links the identity once, comes back by it without a password, and is refused as somebody
whom nobody linked. A second factor is set up and asked for where staff must have one.
"""

from collections.abc import Iterator
from typing import Any

import oidc_provider_mock
import pyotp
import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Browser, expect

from qiying.kernel import oidc_client, sealing, sign_in_oidc
from qiying.kernel.access import system
from qiying.kernel.models import SecondFactor
from tests.browser.sound import barriers
from tests.journeys.conftest import PASSWORD, Open, Reader, Zone
from tests.receiver import THIS_MACHINE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning"),
    # the provider's own
    pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning"),
]
SUBJECT = "gov-330825-42"


@pytest.fixture
def provider(zone: Zone, settings: Any) -> Iterator[None]:
    """The provider is set as its keeper would by command."""
    settings.OUTBOUND_ALLOW = THIS_MACHINE
    oidc_client.forget()
    with oidc_provider_mock.run_server_in_thread() as server:
        sign_in_oidc.set_provider(
            system(zone.world.tenant.pk),
            "province",
            issuer=f"http://localhost:{server.server_port}",
            client_id="qiying",
            client_secret="not-told",
            name_zh="省统一身份认证",
            name_en="Provincial identity",
            vouches_second_factor=False,
            now=timezone.now(),
        )
        yield


def name_of(reader: Reader) -> str:
    return "Provincial identity" if reader.language == "en" else "省统一身份认证"


def agree(reader: Reader, subject: str) -> None:
    """On the provider's page: type who one is, and agree."""
    reader.page.wait_for_url("**/oauth2/authorize**")
    reader.page.locator("input[name=sub]").fill(subject)
    reader.page.get_by_role("button", name="Authorize").click()


def by_provider(reader: Reader, subject: str) -> None:
    reader.page.goto("/sign-in/")
    label = reader.say("Sign in with %(name)s", name=name_of(reader))
    reader.page.get_by_role("link", name=label).click()
    agree(reader, subject)


def stranger(browser: Browser, address: str, language: str) -> Reader:
    """A browser in which nobody signed in yet."""
    context = browser.new_context(base_url=address, locale="zh-CN")
    cookie = {"name": "django_language", "value": language, "url": address}
    context.add_cookies([cookie])  # type: ignore[list-item]
    # the page of the provider asks a style sheet of the internet
    context.route("**/cdn.jsdelivr.net/**", lambda route: route.fulfill(body=""))
    return Reader(context, language)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_an_identity_is_linked_once_and_opens_afterwards(
    provider: None, browser: Browser, open_browser: Open, served: str, language: str
) -> None:
    desk = open_browser("desk", language)
    desk.page.context.route("**/cdn.jsdelivr.net/**", lambda route: route.fulfill(body=""))
    desk.page.goto("/account/security/")
    assert not barriers(desk.page)
    label = desk.say("Link with %(name)s", name=name_of(desk))
    desk.page.get_by_role("button", name=label).click()
    onwards = desk.page.get_by_role("link", name=desk.say("Go on to %(name)s", name=name_of(desk)))
    expect(onwards).to_be_visible()
    desk.page.wait_for_load_state("load")
    assert not barriers(desk.page)
    onwards.click()
    agree(desk, SUBJECT)
    desk.page.wait_for_url("**/account/security/")
    desk.sees(name_of(desk))

    other = stranger(browser, served, language)
    by_provider(other, "somebody-else")
    other.page.wait_for_url("**/sign-in/back/**")
    expect(other.page.get_by_role("alert")).to_be_visible()
    assert not barriers(other.page)

    by_provider(other, SUBJECT)
    other.page.wait_for_url(
        lambda address: address.startswith(served) and "sign-in" not in address
    )
    other.page.goto("/account/")
    other.sees("陈静")
    other.press("Sign out")
    expect(other.page.get_by_role("link", name=other.say("Sign out there too"))).to_be_visible()
    other.page.goto("/account/")
    assert "/sign-in/" in other.page.url
    other.context.close()
    desk.context.close()


def test_staff_set_up_a_second_factor_and_are_asked_for_it(
    zone: Zone,
    browser: Browser,
    served: str,
    settings: Any,
    clock: time_machine.Traveller,
) -> None:
    settings.SECOND_FACTOR = "required"
    reader = stranger(browser, served, "zh-hans")
    _by_password(reader)
    expect(reader.page.locator(".qr-code svg")).to_be_visible()
    assert not barriers(reader.page)
    reader.page.locator("input[name=code]").fill(_code(zone))
    reader.press("Continue")
    expect(reader.page.locator(".spare-codes li")).to_have_count(10)
    spare = reader.page.locator(".spare-codes li").first.inner_text()
    reader.page.get_by_role("link", name=reader.say("I have kept them; go on")).click()
    reader.page.goto("/account/")
    reader.sees("陈静")
    reader.leave()

    again = stranger(browser, served, "zh-hans")
    _by_password(again)
    again.page.locator("input[name=code]").fill("000000")
    again.press("Continue")
    expect(again.page.get_by_role("alert")).to_be_visible()
    again.page.locator("input[name=code]").fill(spare)
    again.press("Continue")
    again.page.goto("/account/security/")
    again.sees(again.say("Second factor"))
    again.context.close()


def _by_password(reader: Reader) -> None:
    reader.page.goto("/sign-in/")
    reader.page.get_by_label(reader.say("User name or mobile number")).fill("desk")
    reader.page.get_by_label(reader.say("Password")).fill(PASSWORD)
    reader.press("Sign in")
    reader.page.wait_for_url("**/sign-in/second/")


def _code(zone: Zone) -> str:
    row = SecondFactor.objects.get(person_id=zone.ids["desk"])
    return pyotp.TOTP(sealing.unseal(row.secret, purpose="second-factor")).at(timezone.now())
