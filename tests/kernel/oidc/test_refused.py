"""Signing in by a real identity provider on this machine: what is refused."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client
from django.utils import timezone

from qiying.kernel import oidc_client, sign_in_oidc
from qiying.kernel.access import Role, stand_in, system
from qiying.kernel.errors import Denied, Invalid
from qiying.kernel.models import IdentityProvider, Tenant, User
from tests.kernel.oidc.asking import SUBJECT, agree, come_back, leave, linked, opens
from tests.receiver import THIS_MACHINE

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    # the provider's own
    pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning"),
]


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
