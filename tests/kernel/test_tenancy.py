"""Row-level security is really in force: the application's role sees nobody's rows by default."""

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, transaction

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from qiying.kernel.models import SavedView, Tenant, User
from qiying.kernel.tenancy import TenantModel

pytestmark = pytest.mark.django_db


def keep(actor: Actor, person: User, name: str) -> SavedView:
    with tenancy.acting(actor):
        return SavedView.objects.create(
            tenant_id=actor.tenant_id,
            person_id=person.pk,
            page="/calls/",
            name=name,
            query="",
            created_at="2026-11-22T00:00:00Z",
        )


def test_the_tests_run_as_a_role_without_privileges() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False)


def test_every_tenant_table_has_one_forced_policy() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity, "
            "(SELECT count(*) FROM pg_policy p WHERE p.polrelid = c.oid) "
            "FROM pg_class c WHERE c.relkind = 'r'"
        )
        state = {name: (forced, policies) for name, forced, policies in cursor.fetchall()}
    tables = [m._meta.db_table for m in apps.get_models() if issubclass(m, TenantModel)]
    assert len(tables) > 5
    assert {t: state[t] for t in tables} == dict.fromkeys(tables, (True, 1))


def test_every_table_of_ours_belongs_to_a_tenant_or_says_why_not() -> None:
    free = {"kernel.tenant", "kernel.user", "kernel.onetimecode", "demo.demonstration"}
    # whoever signs in proves it before any tenant is known
    free |= {"kernel.secondfactor", "kernel.recoverycode"}
    ours = [m for m in apps.get_models() if m.__module__.startswith("qiying.")]
    assert {m._meta.label_lower for m in ours if not issubclass(m, TenantModel)} == free


def test_without_a_tenant_every_tenant_table_reads_empty(desk: Actor, person: User) -> None:
    keep(desk, person, "a")
    for model in apps.get_models():
        if issubclass(model, TenantModel):
            assert not model._default_manager.exists(), model


def test_a_tenant_sees_its_own_rows_only(desk: Actor, stranger: Actor, person: User) -> None:
    keep(desk, person, "a")
    with tenancy.reading(desk):
        assert SavedView.objects.count() == 1
    with tenancy.reading(stranger):
        assert SavedView.objects.count() == 0


def test_a_row_cannot_be_written_for_another_tenant(
    desk: Actor, other_tenant: Tenant, person: User
) -> None:
    foreign = Actor(other_tenant.pk, desk.name, desk.held)
    with pytest.raises(DatabaseError), transaction.atomic(), tenancy.acting(desk):
        SavedView.objects.create(
            tenant_id=foreign.tenant_id,
            person_id=person.pk,
            page="/",
            name="x",
            query="",
            created_at="2026-11-22T00:00:00Z",
        )


def test_a_foreign_row_cannot_be_changed_or_removed(
    desk: Actor, stranger: Actor, person: User
) -> None:
    row = keep(desk, person, "a")
    with tenancy.acting(stranger):
        assert SavedView.objects.filter(id=row.pk).update(name="b") == 0
        assert SavedView.objects.filter(id=row.pk).delete()[0] == 0


def test_an_operation_may_not_cross_tenants(desk: Actor, stranger: Actor) -> None:
    with tenancy.acting(desk), pytest.raises(RuntimeError), tenancy.acting(stranger):
        pass


def test_a_scope_leaves_the_transaction_around_it_blind(desk: Actor, person: User) -> None:
    keep(desk, person, "a")
    with tenancy.reading(desk):
        pass
    assert SavedView.objects.count() == 0
