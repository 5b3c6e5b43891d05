"""Who an identity of a real provider stands for."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from qiying.kernel import people, sign_in_oidc, tenancy
from qiying.kernel.access import Role, stand_in, system
from qiying.kernel.errors import Denied, NotFound, Refused
from qiying.kernel.models import IdentityProvider, LinkedIdentity, Tenant, User
from tests.kernel.oidc.asking import agree, come_back, leave, linked, opens

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    # the provider's own
    pytest.mark.filterwarnings("ignore:.*deprecated:DeprecationWarning"),
]


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
