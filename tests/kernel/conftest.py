"""A tenant, people with grants, and actors for the kernel's own tests."""

from datetime import UTC, datetime

import pytest

from qiying.kernel import people
from qiying.kernel.access import Actor, Role, stand_in, system
from qiying.kernel.models import Tenant, User

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def tenant(db: None) -> Tenant:
    return people.create_tenant(
        kind="zone", code="lc", name_zh="澜川经济开发区", name_en="Lanchuan"
    )


@pytest.fixture
def other_tenant(db: None) -> Tenant:
    return people.create_tenant(kind="zone", code="xs", name_zh="西山经济开发区", name_en="Xishan")


@pytest.fixture
def desk(tenant: Tenant) -> Actor:
    return stand_in(tenant.pk, Role.DESK, name="desk")


@pytest.fixture
def stranger(other_tenant: Tenant) -> Actor:
    return stand_in(other_tenant.pk, Role.DESK, name="stranger")


@pytest.fixture
def person(tenant: Tenant) -> User:
    user = User.objects.create_user("zhoumin", "correct horse", name="周敏", phone="13900000001")
    people.grant(system(tenant.pk), user.pk, Role.DESK, now=NOW)
    return user
