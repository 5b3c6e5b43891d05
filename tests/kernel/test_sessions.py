"""What every request begins with: the session, the person and the tenants that are open."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from django.utils import timezone

from qiying.kernel import people
from qiying.kernel.access import Role, system
from qiying.kernel.models import Grant, Tenant, User
from qiying.kernel.sessions import SessionStore
from tests.kernel.conftest import NOW

pytestmark = pytest.mark.django_db


def test_a_session_is_read_as_it_was_written() -> None:
    store = SessionStore()
    store["who"] = "周敏"
    store.save()
    assert SessionStore(store.session_key).load() == {"who": "周敏"}
    assert SessionStore(store.session_key).exists(store.session_key)


def test_a_session_that_ran_out_is_none() -> None:
    store = SessionStore()
    store["who"] = "周敏"
    store.save()
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    late = SessionStore(store.session_key)
    assert late.load() == {}
    assert late.session_key is None


def test_a_key_that_was_never_given_out_is_not_kept() -> None:
    unknown = SessionStore("never-given-out-by-us")
    assert unknown.load() == {}
    assert unknown.session_key is None


def test_a_person_by_key_is_the_person_of_the_object_mapper(person: User) -> None:
    plain = User.objects.filter(pk=person.pk).get()
    found = User.objects.get(pk=person.pk)
    fields = [f.attname for f in User._meta.concrete_fields]
    assert [getattr(found, f) for f in fields] == [getattr(plain, f) for f in fields]
    User.objects.filter(pk=person.pk).update(name="周敏敏")
    assert User.objects.get(pk=person.pk).name == "周敏敏"
    with pytest.raises(User.DoesNotExist):
        User.objects.get(pk=person.pk + 1)
    with pytest.raises(User.DoesNotExist):
        User.objects.get(pk=None)


def test_doors_are_those_of_the_person_and_of_the_day(
    person: User, tenant: Tenant, other_tenant: Tenant
) -> None:
    someone = User.objects.create_user("other", None, name="旁人")
    people.grant(system(tenant.pk), someone.pk, Role.AUDITOR, now=NOW)
    people.grant(system(other_tenant.pk), person.pk, Role.ANALYST, now=NOW)
    day = NOW.date()
    found = people.doors_of(person, now=NOW)
    assert [(t.pk, t.name_zh, a.roles) for a, t in found] == [
        (tenant.pk, tenant.name_zh, {Role.DESK}),
        (other_tenant.pk, other_tenant.name_zh, {Role.ANALYST}),
    ]
    assert people.doors_of(person, now=NOW - timedelta(days=2)) == []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.tenant_id', %s, true)", [str(tenant.pk)])
        Grant.objects.filter(person=person, tenant=tenant).update(
            valid_from=day - timedelta(days=9), valid_to=day
        )
        cursor.execute("SELECT set_config('app.tenant_id', '', true)")
    assert [t.pk for _a, t in people.doors_of(person, now=NOW)] == [other_tenant.pk]


def test_whoever_asked_leaves_the_transaction_as_blind_as_it_was(person: User) -> None:
    assert people.doors_of(person, now=NOW)
    assert not Grant.objects.exists()
