"""Signing in: by password with a lock, by code, into the tenants of one's grants."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from qiying.kernel import messaging, people, signin, tenancy
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.errors import Denied, Invalid, Throttled
from qiying.kernel.models import Message, Tenant, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def codes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    sent: list[str] = []
    monkeypatch.setattr(
        messaging, "send", lambda actor, to, **message: sent.append(message["params"]["code"])
    )
    return sent


def test_the_right_password_opens_the_pages(client: Client, person: User) -> None:
    reply = client.post("/sign-in/", {"username": "zhoumin", "password": "correct horse"})
    assert (reply.status_code, reply["Location"]) == (303, "/")
    assert client.get("/account/").status_code == 200


def test_signing_in_changes_the_session_key(client: Client, person: User) -> None:
    client.get("/sign-in/")
    before = client.session.session_key
    client.post("/sign-in/", {"username": "zhoumin", "password": "correct horse"})
    assert client.session.session_key != before


def test_the_sixth_try_is_locked_even_with_the_right_password(
    client: Client, person: User
) -> None:
    wrong = {"username": "zhoumin", "password": "wrong"}
    statuses = [client.post("/sign-in/", wrong).status_code for _ in range(5)]
    assert statuses[:4] == [403] * 4
    right = client.post("/sign-in/", {"username": "zhoumin", "password": "correct horse"})
    assert right.status_code == 429


def test_a_person_without_a_grant_in_force_stays_outside(client: Client, tenant: Tenant) -> None:
    User.objects.create_user("late", "pw", name="晚")
    assert client.post("/sign-in/", {"username": "late", "password": "pw"}).status_code == 403


def test_the_next_address_may_not_lead_elsewhere(client: Client, person: User) -> None:
    body = {"username": "zhoumin", "password": "correct horse", "next": "https://evil.example/"}
    assert client.post("/sign-in/", body)["Location"] == "/"


def test_a_code_works_once(person: User, codes: list[str], now: datetime) -> None:
    signin.send_code(person.phone, now=now)
    assert signin.by_code(person.phone, codes[0], now=now) == person
    with pytest.raises(Denied):
        signin.by_code(person.phone, codes[0], now=now)


def test_a_code_dies_after_five_minutes_and_after_five_tries(
    person: User, codes: list[str], now: datetime
) -> None:
    signin.send_code(person.phone, now=now)
    with pytest.raises(Denied):
        signin.by_code(person.phone, codes[0], now=now + timedelta(minutes=6))
    for _ in range(5):
        with pytest.raises(Denied):
            signin.by_code(person.phone, "x", now=now)
    with pytest.raises(Denied):
        signin.by_code(person.phone, codes[0], now=now)


def test_a_phone_gets_three_codes_in_ten_minutes(
    person: User, codes: list[str], now: datetime
) -> None:
    for _ in range(3):
        signin.send_code(person.phone, now=now)
    with pytest.raises(Throttled):
        signin.send_code(person.phone, now=now)


def test_an_unknown_number_is_answered_alike_and_gets_nothing(
    codes: list[str], now: datetime
) -> None:
    signin.send_code("13900009999", now=now)
    assert codes == []
    with pytest.raises(Invalid):
        signin.send_code("12345", now=now)


def test_a_message_is_queued_once_per_effect(tenant: Tenant, now: datetime) -> None:
    actor = system(tenant.pk)
    for _ in range(2):
        messaging.send(
            actor, "13900000001", template="notice", params={"text": "x"}, effect_key="e", now=now
        )
    with tenancy.reading(actor):
        assert Message.objects.count() == 1
    messaging.deliver(tenant_id=tenant.pk, effect_key="e")
    with tenancy.reading(actor):
        assert Message.objects.get().sent_at is not None


def test_a_grant_counts_from_its_first_day_until_the_day_before_its_last(
    tenant: Tenant, now: datetime
) -> None:
    user = User.objects.create_user("u", "pw", name="乙")
    people.grant(
        system(tenant.pk),
        user.pk,
        Role.AUDITOR,
        now=now,
        valid_from=date(2026, 11, 1),
        valid_to=date(2026, 11, 22),
    )
    day = datetime(2026, 11, 21, 4, tzinfo=UTC)
    assert [a.roles for a in people.actors_of(user, now=day)] == [frozenset({"auditor"})]
    assert people.actors_of(user, now=day + timedelta(days=1)) == []


def test_a_key_opens_the_api_until_it_is_revoked(tenant: Tenant, now: datetime) -> None:
    row, secret = people.issue_key(system(tenant.pk), "网关", now=now)
    found = people.actor_of_key(secret, now=now)
    assert isinstance(found, Actor)
    assert found.tenant_id == tenant.pk
    assert people.actor_of_key(secret + "x", now=now) is None
    with tenancy.acting(system(tenant.pk)):
        row.revoked_at = timezone.now()
        row.save()
    assert people.actor_of_key(secret, now=now) is None
