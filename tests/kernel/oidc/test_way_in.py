"""Signing in by a real identity provider on this machine: who comes in."""

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.utils import timezone

from qiying.kernel import sign_in_oidc
from qiying.kernel.access import system
from qiying.kernel.models import IdentityProvider, Tenant, User
from tests.kernel.oidc.asking import agree, come_back, leave, linked, opens

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    # the provider's own
    pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning"),
]


# --- the way in ---


def test_a_linked_person_is_signed_in(
    client: Client, provider: IdentityProvider, person: User
) -> None:
    linked(provider, person)
    reply = come_back(client, agree(leave(client, provider)))
    assert (reply.status_code, reply["Location"], opens(client)) == (303, "/", True)


def test_the_request_asks_for_a_code_with_pkce_state_and_nonce(
    client: Client, provider: IdentityProvider
) -> None:
    query = parse_qs(urlsplit(leave(client, provider)).query)
    assert query["response_type"] == ["code"]
    assert query["code_challenge_method"] == ["S256"]
    assert query["scope"] == ["openid"]
    assert min(len(query[k][0]) for k in ("state", "nonce", "code_challenge")) >= 32


def test_an_unknown_subject_opens_nothing_and_makes_no_account(
    client: Client, provider: IdentityProvider, person: User
) -> None:
    before = User.objects.count()
    reply = come_back(client, agree(leave(client, provider), "stranger"))
    assert (reply.status_code, opens(client)) == (403, False)
    assert "没有账号与该身份绑定" in reply.content.decode()
    assert User.objects.count() == before


def test_an_equal_e_mail_links_nothing(
    client: Client, provider: IdentityProvider, person: User
) -> None:
    """The provider names the subject as e-mail; an account with that e-mail stays closed."""
    person.email = "zhoumin@lc.example"
    person.save()
    assert come_back(client, agree(leave(client, provider), person.email)).status_code == 403
    assert not opens(client)


def test_the_button_stands_only_where_a_provider_is_in_use(
    client: Client, provider: IdentityProvider, tenant: Tenant
) -> None:
    assert "省统一身份认证" in client.get("/sign-in/").content.decode()
    sign_in_oidc.close_provider(system(tenant.pk), "province", now=timezone.now())
    assert "省统一身份认证" not in client.get("/sign-in/").content.decode()
    assert client.get(f"/sign-in/with/{provider.pk}/").status_code == 404


def test_a_person_without_a_role_in_force_stays_outside(
    client: Client, provider: IdentityProvider, tenant: Tenant
) -> None:
    late = User.objects.create_user("late", None, name="晚")
    linked(provider, late)
    assert come_back(client, agree(leave(client, provider))).status_code == 403
    late.is_active = False
    late.save()
    assert come_back(client, agree(leave(client, provider))).status_code == 403


def test_staff_still_give_a_second_proof(
    client: Client, provider: IdentityProvider, person: User, settings: Any
) -> None:
    linked(provider, person)
    settings.SECOND_FACTOR = "required"
    reply = come_back(client, agree(leave(client, provider)))
    assert (reply["Location"], opens(client)) == ("/sign-in/second/", False)


def test_signing_out_offers_to_end_the_session_at_the_provider(
    client: Client, provider: IdentityProvider, person: User, issuer: str
) -> None:
    linked(provider, person)
    come_back(client, agree(leave(client, provider)))
    page = client.post("/sign-out/").content.decode()
    found = re.search(r'href="([^"]+end_session[^"]+)"', page)
    assert found is not None
    assert "id_token_hint=" in found.group(1)
    assert not opens(client)
