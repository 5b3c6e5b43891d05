"""A tenant with a small zone on paper: a wall, two grids, a township, units and people."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client

from qiying.kernel import people, tenancy
from qiying.kernel.access import Actor, Held, Role, stand_in, system
from qiying.kernel.models import Tenant, User
from qiying.slices.registry import operations
from qiying.slices.registry.models import Enterprise
from qiying.slices.registry.rules.credit_code import check_character

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SINCE = date(2020, 1, 1)


def box(lon: float, lat: float, size: float = 0.01) -> dict[str, Any]:
    """A square of ``size`` degrees with its south-west corner here."""
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def code(number: int, prefix: str = "91330825MA") -> str:
    """A sound credit code."""
    body = f"{prefix}{number:07d}"
    return body + check_character(body)


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture
def tenant(db: None) -> Tenant:
    return people.create_tenant(
        kind="zone", code="lc", name_zh="澜川经济开发区", name_en="Lanchuan"
    )


@pytest.fixture
def keeper(tenant: Tenant) -> Actor:
    return stand_in(tenant.pk, Role.ADMINISTRATOR)


@pytest.fixture
def stranger(db: None) -> Actor:
    other = people.create_tenant(kind="zone", code="xs", name_zh="西山", name_en="Xishan")
    return stand_in(other.pk, Role.ADMINISTRATOR)


@pytest.fixture
def zone(keeper: Actor) -> None:
    operations.set_zone(
        keeper,
        now=NOW,
        name_zh="澜川经济开发区",
        name_en="Lanchuan Economic Development Zone",
        longitude=119.2,
        latitude=29.0,
        founded_on=SINCE,
    )
    operations.create_unit(keeper, now=NOW, code="ZONE", kind="zone", name_zh="管委会")
    operations.create_unit(keeper, now=NOW, code="T1", kind="township", name_zh="东乡")
    for key, lon in (("G1", 119.20), ("G2", 119.22)):
        operations.set_area(
            keeper,
            now=NOW,
            kind="grid",
            key=key,
            name_zh=f"{key} 网格",
            geometry=box(lon, 29.0),
            valid_from=SINCE,
        )
    operations.set_area(
        keeper,
        now=NOW,
        kind="township",
        key="T1",
        name_zh="东乡",
        geometry=box(119.1, 28.9, 0.3),
        valid_from=SINCE,
    )


@pytest.fixture
def officer(tenant: Tenant) -> User:
    user = User.objects.create_user("chen", "correct horse", name="陈强", phone="13900000002")
    people.grant(system(tenant.pk), user.pk, Role.GRID_OFFICER, now=NOW)
    return user


@pytest.fixture
def reading(keeper: Actor) -> Iterator[None]:
    """Keep the tenant's rows readable for the test itself."""
    with tenancy.reading(keeper):
        yield


def acting_officer(tenant: Tenant, officer: User) -> Actor:
    return Actor(tenant.pk, officer.name, (Held(Role.GRID_OFFICER),), person_id=officer.pk)


def firm_user(tenant: Tenant, enterprise_id: int) -> Actor:
    held = (Held(Role.ENTERPRISE, enterprise_id=enterprise_id),)
    return Actor(tenant.pk, "firm", held, person_id=None)


def signed_in(tenant: Tenant, username: str, *roles: str, **held: Any) -> Client:
    user = User.objects.create_user(username, "correct horse", name=username)
    for role in roles:
        people.grant(system(tenant.pk), user.pk, role, now=NOW, **held)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def admin(tenant: Tenant) -> Client:
    return signed_in(tenant, "admin", Role.ADMINISTRATOR)


@pytest.fixture
def firm(keeper: Actor) -> Enterprise:
    row = operations.create_enterprise(
        keeper,
        now=NOW,
        credit_code=code(1),
        name_zh="澜川特种纸业有限公司",
        name_en="Lanchuan Speciality Paper",
        entity_kind="enterprise",
        industry_code="2221",
        staff_count=286,
        longitude=119.205,
        latitude=29.005,
    )
    operations.add_contact(
        keeper, row.pk, now=NOW, name="王芳", phone="13900000003", is_primary=True
    )
    return row
