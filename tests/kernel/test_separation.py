"""Nobody makes oneself something, and no administrator enters as somebody else."""

import pytest
from django.test import Client
from django.urls import reverse

from qiying.kernel import exports, people, second_factor, sign_in_oidc, tenancy
from qiying.kernel.access import Actor, Role, stand_in, system
from qiying.kernel.errors import Refused
from qiying.kernel.models import Grant, IdentityProvider, Notification, SecondFactor, Tenant, User
from tests.kernel.conftest import NOW


@pytest.fixture
def keeper(tenant: Tenant) -> Actor:
    user = User.objects.create_user("keeper", None, name="管")
    people.grant(system(tenant.pk), user.pk, Role.ADMINISTRATOR, now=NOW)
    return people.actors_of(user, now=NOW)[0]


@pytest.fixture
def provider(tenant: Tenant) -> IdentityProvider:
    return sign_in_oidc.set_provider(
        system(tenant.pk),
        "province",
        issuer="https://id.example.org",
        client_id="qiying",
        client_secret="",
        name_zh="省统一身份认证",
        name_en="Province",
        vouches_second_factor=True,
        now=NOW,
    )


def also_elsewhere(other_tenant: Tenant, person: User) -> None:
    people.grant(system(other_tenant.pk), person.pk, Role.DESK, now=NOW)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.CALLBACK, Role.SUPERVISOR, Role.DESK])
def test_an_administrator_grants_no_role_to_oneself(keeper: Actor, role: str) -> None:
    assert keeper.person_id is not None
    with pytest.raises(Refused) as found:
        people.grant(keeper, keeper.person_id, role, now=NOW)
    assert found.value.code == "people.own_grant"


@pytest.mark.parametrize(
    ("held", "wanted"),
    [
        (Role.ADMINISTRATOR, Role.AUDITOR),
        (Role.AUDITOR, Role.ADMINISTRATOR),
        (Role.CALLBACK, Role.ADMINISTRATOR),
        (Role.CALLBACK, Role.HANDLER),
        (Role.HANDLER, Role.CALLBACK),
        (Role.UNIT_LEADER, Role.CALLBACK),
    ],
)
def test_roles_that_keep_watch_on_each_other_are_held_by_two_people(
    keeper: Actor, person: User, held: str, wanted: str
) -> None:
    people.grant(keeper, person.pk, held, now=NOW)
    with pytest.raises(Refused) as found:
        people.grant(keeper, person.pk, wanted, now=NOW)
    assert found.value.code == "people.apart"
    with tenancy.reading(keeper):
        for row in Grant.objects.filter(person=person, role=held):
            people.end_grant(keeper, row.pk, now=NOW)
    people.grant(keeper, person.pk, wanted, now=NOW)


def test_one_telephone_does_not_pass_for_two_people(keeper: Actor, person: User) -> None:
    with pytest.raises(Refused) as found:
        people.register_person(
            keeper, username="zhoumin2", name="周敏", phone=person.phone, now=NOW
        )
    assert found.value.code == "people.phone"
    people.register_person(keeper, username="zhou", name="周", phone="", now=NOW)


def test_an_administrator_does_not_decide_how_people_of_another_tenant_sign_in(
    keeper: Actor, person: User, provider: IdentityProvider, other_tenant: Tenant
) -> None:
    also_elsewhere(other_tenant, person)
    SecondFactor.objects.create(person=person, secret="x", created_at=NOW, confirmed_at=NOW)
    with pytest.raises(Refused) as found:
        sign_in_oidc.invite(keeper, provider.pk, person.pk, now=NOW)
    assert found.value.code == "people.elsewhere"
    with pytest.raises(Refused) as found:
        second_factor.reset(keeper, person.pk, now=NOW)
    assert found.value.code == "people.elsewhere"
    assert second_factor.find(person) is not None


def test_a_person_is_told_of_a_new_way_into_the_own_account(
    tenant: Tenant, keeper: Actor, person: User, provider: IdentityProvider
) -> None:
    _row, secret = sign_in_oidc.invite(keeper, provider.pk, person.pk, now=NOW)
    sign_in_oidc.accept(system(tenant.pk), provider, "somebody", secret, now=NOW)
    with tenancy.reading(keeper):
        told = Notification.objects.get(person=person)
    assert (told.kind, told.url) == ("kernel.identity_linked", reverse("kernel:security"))


def test_the_keeper_of_the_machine_may_begin_a_zone_with_one_person(
    tenant: Tenant, person: User
) -> None:
    for role in (Role.ADMINISTRATOR, Role.AUDITOR, Role.DESK):
        people.grant(system(tenant.pk), person.pk, role, now=NOW)
    assert stand_in(tenant.pk, Role.ADMINISTRATOR).person_id is None


@pytest.mark.parametrize("cell", ["\n=1+1", "\r=1", "\t=1", "=1", "＝1"])
def test_no_cell_of_an_export_begins_a_formula(cell: str) -> None:
    assert exports.inert(cell) == f"'{cell}"


def test_a_page_of_somebody_is_kept_by_no_cache_on_the_way(client: Client, person: User) -> None:
    client.force_login(person)
    assert client.get("/account/")["Cache-Control"] == "private, no-cache"
    assert "Cache-Control" not in Client().get("/sign-in/")
