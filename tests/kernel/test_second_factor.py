"""A second proof for staff: asked for before anybody is signed in, each code once, with a lock."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pyotp
import pytest
import time_machine
from django.test import Client

from qiying.kernel import people, sealing, second_factor, tenancy
from qiying.kernel.access import Role, stand_in, system
from qiying.kernel.errors import Denied, NotFound, Refused, Throttled
from qiying.kernel.models import Event, RecoveryCode, SecondFactor, Tenant, User
from tests.kernel.conftest import NOW

pytestmark = pytest.mark.django_db
SIGN_IN = {"username": "zhoumin", "password": "correct horse"}


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def required(settings: Any) -> None:
    settings.SECOND_FACTOR = "required"


def code_of(person: User, *, at: Any = NOW) -> str:
    row = SecondFactor.objects.get(person=person)
    return pyotp.TOTP(sealing.unseal(row.secret, purpose="second-factor")).at(at)


def enrol(person: User) -> list[str]:
    second_factor.begin(person, now=NOW)
    return second_factor.confirm(person, code_of(person), now=NOW)


def opens(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_staff_set_an_authenticator_up_before_they_are_signed_in(
    client: Client, person: User, required: None
) -> None:
    assert client.post("/sign-in/", SIGN_IN)["Location"] == "/sign-in/second/"
    assert not opens(client)
    page = client.get("/sign-in/second/").content.decode()
    assert "qr-code" in page
    done = client.post("/sign-in/second/", {"code": code_of(person)})
    assert done.content.decode().count("<li><code>") == 10
    assert opens(client)
    assert SecondFactor.objects.get(person=person).confirmed_at == NOW


def test_the_second_time_a_code_is_asked_for_and_no_picture_is_shown(
    client: Client, person: User, required: None, clock: time_machine.Traveller
) -> None:
    enrol(person)
    clock.shift(60)
    client.post("/sign-in/", SIGN_IN)
    assert "qr-code" not in client.get("/sign-in/second/").content.decode()
    later = NOW + timedelta(seconds=60)
    reply = client.post("/sign-in/second/", {"code": code_of(person, at=later)})
    assert (reply.status_code, opens(client)) == (303, True)


def test_a_password_alone_opens_nothing_not_even_the_interface(
    client: Client, person: User, required: None
) -> None:
    enrol(person)
    client.post("/sign-in/", SIGN_IN)
    assert client.get("/account/").status_code == 302
    assert client.get("/api/v1/layers/").status_code == 401
    assert client.get("/events").status_code == 401


def test_a_session_from_before_the_rule_is_sent_to_the_second_step(
    client: Client, person: User, settings: Any
) -> None:
    client.post("/sign-in/", SIGN_IN)
    assert opens(client)
    settings.SECOND_FACTOR = "required"
    assert client.get("/account/", follow=True).redirect_chain[-1][0] == "/sign-in/second/"


def test_who_became_staff_since_signing_in_is_sent_to_the_second_step(
    client: Client, tenant: Tenant, required: None
) -> None:
    boss = User.objects.create_user("boss", "correct horse", name="王")
    people.grant(system(tenant.pk), boss.pk, Role.ENTERPRISE, now=NOW, enterprise_id=1)
    client.post("/sign-in/", {"username": "boss", "password": "correct horse"})
    assert opens(client)
    people.grant(system(tenant.pk), boss.pk, Role.DESK, now=NOW)
    assert not opens(client)


def test_firms_need_none_but_may_have_one(
    client: Client, tenant: Tenant, required: None, clock: time_machine.Traveller
) -> None:
    boss = User.objects.create_user("boss", "correct horse", name="王")
    people.grant(system(tenant.pk), boss.pk, Role.ENTERPRISE, now=NOW, enterprise_id=1)
    body = {"username": "boss", "password": "correct horse"}
    assert client.post("/sign-in/", body)["Location"] == "/"
    client.get("/account/security/?set=1")
    done = client.post("/account/second/confirm/", {"code": code_of(boss)})
    assert done.content.decode().count("<li><code>") == 10
    other = Client()
    assert other.post("/sign-in/", body)["Location"] == "/sign-in/second/"
    clock.shift(60)
    later = code_of(boss, at=NOW + timedelta(seconds=60))
    assert client.post("/account/second/end/", {"code": later}).status_code == 303
    assert second_factor.find(boss) is None


def test_a_code_of_thirty_seconds_ago_is_taken_and_an_older_one_is_not(person: User) -> None:
    enrol(person)
    later = NOW + timedelta(minutes=5)
    old = code_of(person, at=later - timedelta(seconds=90))
    with pytest.raises(Denied):
        second_factor.verify(person, old, now=later)
    second_factor.verify(person, code_of(person, at=later - timedelta(seconds=30)), now=later)


def test_a_code_opens_once(person: User) -> None:
    enrol(person)
    with pytest.raises(Denied):
        second_factor.verify(person, code_of(person), now=NOW)
    later = NOW + timedelta(seconds=60)
    second_factor.verify(person, code_of(person, at=later), now=later)
    with pytest.raises(Denied):
        second_factor.verify(person, code_of(person, at=later), now=later)


def test_five_wrong_codes_lock_out_the_right_one_for_a_quarter_of_an_hour(
    client: Client, person: User, required: None, clock: time_machine.Traveller
) -> None:
    spares = enrol(person)
    clock.shift(60)
    client.post("/sign-in/", SIGN_IN)
    statuses = [client.post("/sign-in/second/", {"code": "000000"}).status_code for _ in range(5)]
    assert statuses == [403, 403, 403, 403, 429]
    right = code_of(person, at=NOW + timedelta(seconds=60))
    locked = client.post("/sign-in/second/", {"code": right})
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert client.post("/sign-in/second/", {"code": spares[0]}).status_code == 429
    assert not opens(client)
    later = NOW + timedelta(minutes=17)
    second_factor.verify(person, code_of(person, at=later), now=later)


def test_the_lock_is_the_person_s_from_whatever_browser(person: User) -> None:
    enrol(person)
    for _ in range(4):
        with pytest.raises(Denied):
            second_factor.verify(person, "000000", now=NOW)
    with pytest.raises(Throttled):
        second_factor.verify(person, "000000", now=NOW)


def test_a_spare_code_opens_once_however_it_is_typed(person: User) -> None:
    spares = enrol(person)
    second_factor.verify(person, spares[0].lower().replace("-", " "), now=NOW)
    assert second_factor.spares_left(person) == 9
    with pytest.raises(Denied):
        second_factor.verify(person, spares[0], now=NOW)


def test_spare_codes_of_somebody_else_open_nothing(person: User, tenant: Tenant) -> None:
    other = User.objects.create_user("other", None, name="乙")
    enrol(person)
    theirs = enrol(other)
    with pytest.raises(Denied):
        second_factor.verify(person, theirs[0], now=NOW)


def test_new_spare_codes_end_the_old_ones(person: User) -> None:
    spares = enrol(person)
    later = NOW + timedelta(seconds=60)
    fresh = second_factor.renew_spares(person, code_of(person, at=later), now=later)
    assert not set(fresh) & set(spares)
    with pytest.raises(Denied):
        second_factor.verify(person, spares[1], now=later)


def test_neither_seed_nor_spare_codes_stand_in_the_database(person: User) -> None:
    spares = enrol(person)
    row = SecondFactor.objects.get(person=person)
    seed = sealing.unseal(row.secret, purpose="second-factor")
    kept = " ".join([row.secret, *RecoveryCode.objects.values_list("digest", flat=True)])
    assert seed not in kept
    assert not [c for c in spares if c.replace("-", "") in kept]


def test_the_first_proof_waits_ten_minutes_for_the_second(
    client: Client, person: User, required: None, clock: time_machine.Traveller
) -> None:
    enrol(person)
    client.post("/sign-in/", SIGN_IN)
    clock.shift(11 * 60)
    later = NOW + timedelta(minutes=11)
    reply = client.post("/sign-in/second/", {"code": code_of(person, at=later)})
    assert (reply.status_code, opens(client)) == (403, False)


def test_without_a_first_proof_there_is_no_second(client: Client, person: User) -> None:
    assert client.get("/sign-in/second/")["Location"] == "/sign-in/"
    assert client.post("/sign-in/second/", {"code": "000000"}).status_code == 403


def test_the_session_key_changes_at_both_steps(
    client: Client, person: User, required: None, clock: time_machine.Traveller
) -> None:
    enrol(person)
    clock.shift(60)
    client.get("/sign-in/")
    client.post("/sign-in/", SIGN_IN)
    first = client.session.session_key
    client.post("/sign-in/second/", {"code": code_of(person, at=NOW + timedelta(seconds=60))})
    assert client.session.session_key != first


def test_an_administrator_resets_it_with_an_event_but_never_the_own_one(
    tenant: Tenant, person: User
) -> None:
    enrol(person)
    keeper = User.objects.create_user("keeper", None, name="管")
    people.grant(system(tenant.pk), keeper.pk, Role.ADMINISTRATOR, now=NOW)
    actor = people.actors_of(keeper, now=NOW)[0]
    enrol(keeper)
    with pytest.raises(Refused):
        second_factor.reset(actor, keeper.pk, now=NOW)
    second_factor.reset(actor, person.pk, now=NOW)
    assert second_factor.find(person) is None
    assert second_factor.spares_left(person) == 0
    with tenancy.reading(actor):
        event = Event.objects.get(topic="kernel.second_factor_reset")
    assert event.data == {"person": person.pk}


def test_an_administrator_of_another_zone_resets_nothing(
    tenant: Tenant, other_tenant: Tenant, person: User
) -> None:
    enrol(person)
    stranger = stand_in(other_tenant.pk, Role.ADMINISTRATOR)
    with pytest.raises(NotFound):
        second_factor.reset(stranger, person.pk, now=NOW)
    with pytest.raises(Denied):
        second_factor.reset(stand_in(tenant.pk, Role.DESK), person.pk, now=NOW)


def test_who_must_have_one_cannot_end_it(person: User, required: None) -> None:
    enrol(person)
    actor = people.actors_of(person, now=NOW)[0]
    later = NOW + timedelta(seconds=60)
    with pytest.raises(Refused):
        second_factor.give_up(actor, person, code_of(person, at=later), now=later)


def test_a_key_knows_no_second_factor(client: Client, tenant: Tenant, required: None) -> None:
    secret = people.issue_key(system(tenant.pk), "x", now=NOW, roles=[Role.DESK])[1]
    reply = client.get("/api/v1/layers/", headers={"X-API-Key": secret})
    assert reply.status_code == 200


def test_a_changed_platform_secret_is_said_and_not_a_fault(person: User, settings: Any) -> None:
    enrol(person)
    before = settings.SECRET_KEY
    settings.SECRET_KEY = "another secret of the platform" * 3
    with pytest.raises(Refused):
        second_factor.verify(person, "000000", now=NOW)
    settings.SECRET_KEY_FALLBACKS = [before]
    later = NOW + timedelta(seconds=60)
    code = pyotp.TOTP(
        sealing.unseal(SecondFactor.objects.get().secret, purpose="second-factor")
    ).at(later)
    second_factor.verify(person, code, now=later)
