"""Signing in by a real identity provider on this machine: what is refused, and who is who."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import oidc_provider_mock
import pytest
from django.test import Client
from django.utils import timezone

from qiying.kernel import oidc_client, people, sign_in_oidc, tenancy
from qiying.kernel.access import Role, stand_in, system
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.models import IdentityProvider, LinkedIdentity, Tenant, User
from tests.receiver import THIS_MACHINE

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    # the provider's own
    pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning"),
]
SUBJECT = "gov-330825-7"


@pytest.fixture(scope="module")
def issuer() -> Iterator[str]:
    with oidc_provider_mock.run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def provider(tenant: Tenant, issuer: str, settings: Any) -> IdentityProvider:
    settings.OUTBOUND_ALLOW = THIS_MACHINE
    oidc_client.forget()
    return sign_in_oidc.set_provider(
        system(tenant.pk),
        "province",
        issuer=issuer,
        client_id="qiying",
        client_secret="not-told",
        name_zh="省统一身份认证",
        name_en="Provincial identity",
        vouches_second_factor=False,
        now=timezone.now(),
    )


def agree(target: str, subject: str = SUBJECT) -> Mapping[str, str]:
    """Confirm at the provider as this subject; what it sends back with the browser."""
    reply = httpx.post(target, data={"sub": subject}, trust_env=False)
    query = parse_qs(urlsplit(reply.headers["location"]).query)
    return {name: values[0] for name, values in query.items()}


def leave(client: Client, provider: IdentityProvider) -> str:
    return str(client.get(f"/sign-in/with/{provider.pk}/")["Location"])


def come_back(client: Client, answer: Mapping[str, str]) -> Any:
    return client.get("/sign-in/back/", answer)


def linked(provider: IdentityProvider, person: User, subject: str = SUBJECT) -> None:
    platform = system(provider.tenant_id)
    sign_in_oidc.link(platform, provider, subject, person.pk, now=timezone.now(), by=None)


def opens(client: Client) -> bool:
    return client.get("/account/").status_code == 200


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


# --- what is refused ---


def test_a_tampered_state_is_refused_and_the_flow_is_spent(
    client: Client, provider: IdentityProvider, person: User
) -> None:
    linked(provider, person)
    answer = dict(agree(leave(client, provider)))
    assert come_back(client, {**answer, "state": answer["state"] + "x"}).status_code == 403
    assert come_back(client, answer).status_code == 403
    assert not opens(client)


def test_an_answer_in_another_browser_is_refused(
    client: Client, provider: IdentityProvider, person: User
) -> None:
    linked(provider, person)
    answer = agree(leave(client, provider))
    assert come_back(Client(), answer).status_code == 403


def test_an_answer_works_once(client: Client, provider: IdentityProvider, person: User) -> None:
    linked(provider, person)
    answer = agree(leave(client, provider))
    assert come_back(client, answer).status_code == 303
    client.post("/sign-out/")
    assert come_back(client, answer).status_code == 403


def test_an_answer_after_ten_minutes_is_refused(provider: IdentityProvider, person: User) -> None:
    linked(provider, person)
    session: dict[str, Any] = {}
    now = timezone.now()
    target = sign_in_oidc.start(session, provider, back="http://testserver/b", now=now)
    answer = agree(target)
    with pytest.raises(Denied, match=r"oidc\.state"):
        sign_in_oidc.finish(session, answer, person_id=None, now=now + timedelta(minutes=11))


def test_a_nonce_that_is_not_ours_is_refused(provider: IdentityProvider, person: User) -> None:
    linked(provider, person)
    session: dict[str, Any] = {}
    now = timezone.now()
    target = sign_in_oidc.start(session, provider, back="http://testserver/b", now=now)
    answer = agree(target)
    session[sign_in_oidc.FLOW]["nonce"] = "another"
    with pytest.raises(Denied, match=r"oidc\.token"):
        sign_in_oidc.finish(session, answer, person_id=None, now=now)


def test_a_token_for_another_client_is_refused(
    provider: IdentityProvider, person: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    refused = finish_with(provider, person, monkeypatch, client_id="somebody-else")
    assert refused == "oidc.token"


@contextmanager
def registered_as(monkeypatch: pytest.MonkeyPatch, client_id: str) -> Iterator[None]:
    """Let the token be judged for another client than it was made for."""
    real = oidc_client._claims

    def judge(at: oidc_client.Registered, *more: Any) -> Any:
        return real(oidc_client.Registered(at.issuer, client_id, ""), *more)

    with monkeypatch.context() as patch:
        patch.setattr(oidc_client, "_claims", judge)
        yield


def finish_with(
    provider: IdentityProvider, person: User, monkeypatch: pytest.MonkeyPatch, client_id: str
) -> str:
    linked(provider, person)
    session: dict[str, Any] = {}
    now = timezone.now()
    answer = agree(sign_in_oidc.start(session, provider, back="http://testserver/b", now=now))
    with registered_as(monkeypatch, client_id), pytest.raises(Denied) as refused:
        sign_in_oidc.finish(session, answer, person_id=None, now=now)
    return refused.value.code


def test_an_expired_token_is_refused(provider: IdentityProvider, person: User) -> None:
    linked(provider, person)
    session: dict[str, Any] = {}
    now = timezone.now()
    answer = agree(sign_in_oidc.start(session, provider, back="http://testserver/b", now=now))
    session[sign_in_oidc.FLOW]["until"] = (now + timedelta(days=3)).timestamp()
    with pytest.raises(Denied, match=r"oidc\.token"):
        sign_in_oidc.finish(session, answer, person_id=None, now=now + timedelta(days=2))


def test_an_answer_that_names_another_issuer_is_refused(
    provider: IdentityProvider, person: User
) -> None:
    linked(provider, person)
    session: dict[str, Any] = {}
    now = timezone.now()
    answer = dict(agree(sign_in_oidc.start(session, provider, back="http://t/b", now=now)))
    answer["iss"] = "https://evil.example"
    with pytest.raises(Denied, match=r"oidc\.token"):
        sign_in_oidc.finish(session, answer, person_id=None, now=now)


@pytest.mark.parametrize("algorithm", ["none", "HS256"])
def test_a_token_without_the_provider_s_own_signature_is_refused(
    provider: IdentityProvider, person: User, monkeypatch: pytest.MonkeyPatch, algorithm: str
) -> None:
    import base64  # noqa: PLC0415
    import json  # noqa: PLC0415

    def part(value: Any) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    linked(provider, person)
    session: dict[str, Any] = {}
    now = timezone.now()
    sign_in_oidc.start(session, provider, back="http://t/b", now=now)
    flow = session[sign_in_oidc.FLOW]
    claims = {
        "iss": provider.issuer,
        "aud": "qiying",
        "sub": SUBJECT,
        "nonce": flow["nonce"],
        "iat": int(now.timestamp()),
        "exp": int(now.timestamp()) + 60,
    }
    forged = f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims)}."
    monkeypatch.setattr(oidc_client, "_exchange", lambda *_a, **_k: {"id_token": forged})
    with pytest.raises(Denied, match=r"oidc\.token"):
        sign_in_oidc.finish(
            session, {"state": flow["state"], "code": "c"}, person_id=None, now=now
        )


def test_a_person_who_says_no_is_told_so(client: Client, provider: IdentityProvider) -> None:
    target = leave(client, provider)
    reply = httpx.post(target, data={"action": "deny"}, trust_env=False)
    query = parse_qs(urlsplit(reply.headers["location"]).query)
    answer = {name: values[0] for name, values in query.items()}
    state = parse_qs(urlsplit(target).query)["state"][0]
    assert come_back(client, {"state": state, **answer}).status_code == 403
    assert not opens(client)


def test_a_provider_that_does_not_answer_is_said_in_both_languages(
    client: Client, tenant: Tenant, settings: Any
) -> None:
    settings.OUTBOUND_ALLOW = THIS_MACHINE
    oidc_client.forget()
    with pytest.raises(Invalid):
        _set(tenant, "ftp://localhost")
    row = _set(tenant, "http://localhost:9")
    chinese = client.get(f"/sign-in/with/{row.pk}/")
    assert (chinese.status_code, "认证服务没有应答" in chinese.content.decode()) == (409, True)
    client.cookies["django_language"] = "en"
    english = client.get(f"/sign-in/with/{row.pk}/")
    assert "does not answer" in english.content.decode()


def _set(tenant: Tenant, issuer: str) -> IdentityProvider:
    return sign_in_oidc.set_provider(
        system(tenant.pk),
        "gone",
        issuer=issuer,
        client_id="q",
        client_secret="",
        name_zh="远",
        name_en="Far",
        vouches_second_factor=False,
        now=timezone.now(),
    )


def test_only_the_keeper_of_the_machine_sets_providers(tenant: Tenant, issuer: str) -> None:
    with pytest.raises(Denied):
        sign_in_oidc.set_provider(
            stand_in(tenant.pk, Role.ADMINISTRATOR),
            "x",
            issuer=issuer,
            client_id="q",
            client_secret="",
            name_zh="x",
            name_en="x",
            vouches_second_factor=False,
            now=timezone.now(),
        )


def test_plain_http_is_refused_without_the_switch(tenant: Tenant, settings: Any) -> None:
    settings.OUTBOUND_ALLOW = ()
    for issuer in ("http://localhost:9", "http://id.example", "https://id.example/?x=1"):
        with pytest.raises(Invalid):
            _set(tenant, issuer)


def test_the_client_secret_is_sealed(provider: IdentityProvider) -> None:
    assert "not-told" not in provider.client_secret


# --- linking ---


def test_a_signed_in_person_links_an_identity_and_comes_back_by_it(
    client: Client, provider: IdentityProvider, person: User
) -> None:
    client.post("/sign-in/", {"username": "zhoumin", "password": "correct horse"})
    assert client.get(f"/account/identities/{provider.pk}/link/").status_code == 405
    page = client.post(f"/account/identities/{provider.pk}/link/").content.decode()
    found = re.search(r'href="(http://localhost[^"]+)"', page)
    assert found is not None
    target = found.group(1).replace("&amp;", "&")
    assert come_back(client, agree(target))["Location"] == "/account/security/"
    other = Client()
    assert come_back(other, agree(leave(other, provider))).status_code == 303
    assert opens(other)


def test_a_link_begun_by_one_person_is_not_made_for_another(
    provider: IdentityProvider, person: User
) -> None:
    session: dict[str, Any] = {}
    now = timezone.now()
    target = sign_in_oidc.start(
        session, provider, back="http://t/b", now=now, link_person_id=person.pk
    )
    with pytest.raises(Denied):
        sign_in_oidc.finish(session, agree(target), person_id=person.pk + 1, now=now)
    with tenancy.reading(system(provider.tenant_id)):
        assert not LinkedIdentity.objects.exists()


def test_a_subject_stands_for_one_person_and_a_person_for_one_subject(
    provider: IdentityProvider, person: User
) -> None:
    other = User.objects.create_user("other", None, name="乙")
    linked(provider, person)
    linked(provider, person)
    with pytest.raises(Refused):
        linked(provider, other)
    with pytest.raises(Refused):
        linked(provider, person, "second-subject")


def test_an_invitation_links_the_invited_person_once(
    client: Client, provider: IdentityProvider, person: User, tenant: Tenant
) -> None:
    admin, now = stand_in(tenant.pk, Role.ADMINISTRATOR), timezone.now()
    _row, secret = sign_in_oidc.invite(admin, provider.pk, person.pk, now=now)
    page = client.get(f"/sign-in/invited/{secret}/").content.decode()
    assert "周敏" in page
    target = re.search(r'href="(http://localhost[^"]+)"', page)
    assert target is not None
    answer = agree(target.group(1).replace("&amp;", "&"))
    assert come_back(client, answer).status_code == 303
    assert opens(client)
    assert Client().get(f"/sign-in/invited/{secret}/").status_code == 403


def test_an_invitation_is_for_people_of_the_zone_and_dies_after_three_days(
    provider: IdentityProvider, person: User, tenant: Tenant, other_tenant: Tenant
) -> None:
    admin, now = stand_in(tenant.pk, Role.ADMINISTRATOR), timezone.now()
    outsider = User.objects.create_user("out", None, name="外")
    with pytest.raises(NotFound):
        sign_in_oidc.invite(admin, provider.pk, outsider.pk, now=now)
    foreign = stand_in(other_tenant.pk, Role.ADMINISTRATOR)
    with pytest.raises(NotFound):
        sign_in_oidc.invite(foreign, provider.pk, person.pk, now=now)
    with pytest.raises(Denied):
        sign_in_oidc.invite(stand_in(tenant.pk, Role.DESK), provider.pk, person.pk, now=now)
    _row, secret = sign_in_oidc.invite(admin, provider.pk, person.pk, now=now)
    with pytest.raises(Denied):
        sign_in_oidc.find_invitation(secret, now=now + timedelta(days=3))


def test_an_unlinked_identity_signs_nobody_in(
    client: Client, provider: IdentityProvider, person: User
) -> None:
    linked(provider, person)
    come_back(client, agree(leave(client, provider)))
    with tenancy.reading(system(provider.tenant_id)):
        link_id = LinkedIdentity.objects.get().pk
    stranger = people.actors_of(person, now=timezone.now())[0]
    assert client.post(f"/account/identities/{link_id}/unlink/").status_code == 303
    with pytest.raises(NotFound):
        sign_in_oidc.unlink(stranger, link_id, now=timezone.now())
    other = Client()
    assert come_back(other, agree(leave(other, provider))).status_code == 403
