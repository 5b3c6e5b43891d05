"""A small zone on paper with its register in two editions: two walls, two townships, one
neighbourhood inside a wall, a road with an owner."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from qiying.kernel import people, tenancy
from qiying.kernel.access import Actor, Held, Role, stand_in
from qiying.kernel.models import Tenant
from qiying.slices.mandate import operations
from qiying.slices.registry import operations as registry_operations
from tests.standing import standing

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
FOUNDED, REFORM, TODAY = date(2014, 3, 1), date(2024, 6, 28), date(2026, 11, 22)
WALL = (119.205, 29.005)
"""A place well inside wall A."""
TOWN_EAST, TOWN_WEST = (119.28, 29.0), (119.12, 29.0)
HOME = (119.2165, 29.0165)
"""A place inside the neighbourhood, which lies inside wall A."""
ROAD = (119.2505, 29.005)


def box(lon: float, lat: float, size: float) -> dict[str, Any]:
    """A square of ``size`` degrees with its south-west corner here."""
    ring = [[lon, lat], [lon + size, lat], [lon + size, lat + size], [lon, lat + size], [lon, lat]]
    return {"type": "Polygon", "coordinates": [ring]}


def half(west: float, east: float) -> dict[str, Any]:
    ring = [[west, 28.9], [east, 28.9], [east, 29.1], [west, 29.1], [west, 28.9]]
    return {"type": "Polygon", "coordinates": [ring]}


AREAS: tuple[tuple[str, str, dict[str, Any], date, str], ...] = (
    ("planned", "P", box(119.18, 28.98, 0.08), FOUNDED, ""),
    ("wall", "A", box(119.20, 29.0, 0.02), REFORM, ""),
    ("wall", "B", box(119.23, 29.0, 0.01), REFORM, ""),
    ("township", "TW", half(119.0, 119.2), FOUNDED, "TW"),
    ("township", "TE", half(119.2, 119.4), FOUNDED, "TE"),
    ("neighbourhood", "N1", box(119.215, 29.015, 0.003), FOUNDED, ""),
    (
        "road",
        "R1",
        {"type": "LineString", "coordinates": [[119.21, 29.005], [119.26, 29.005]]},
        FOUNDED,
        "ZONE_SOE",
    ),
)


def make_zone(keeper: Actor) -> None:
    registry_operations.set_zone(
        keeper,
        now=NOW,
        name_zh="澜川经济开发区",
        name_en="Lanchuan Economic Development Zone",
        longitude=119.2,
        latitude=29.0,
        founded_on=FOUNDED,
        wall_reform_on=REFORM,
    )
    ids: dict[str, int] = {}
    towns = (("TW", "西溪镇", "Xixi Town"), ("TE", "东乡街道", "Dongxiang Sub-district"))
    units = [(u.code, u.kind, u.parent, u.name_zh, u.name_en) for u in operations.unit_seeds()]
    units += [(code, "township", None, zh, en) for code, zh, en in towns]
    for code, kind, parent, zh, en in units:
        row = registry_operations.create_unit(
            keeper,
            now=NOW,
            code=code,
            kind=kind,
            name_zh=zh,
            name_en=en,
            parent_id=ids[parent] if parent else None,
            phone="0570-0000000",
        )
        ids[code] = row.pk
    for area_kind, key, geometry, since, unit in AREAS:
        registry_operations.set_area(
            keeper,
            now=NOW,
            kind=area_kind,
            key=key,
            name_zh=f"{key}区域",
            name_en=f"Area {key}",
            geometry=geometry,
            valid_from=since,
            unit_id=ids[unit] if unit else None,
            households=620 if area_kind == "neighbourhood" else 0,
            residents=1800 if area_kind == "neighbourhood" else 0,
        )


@pytest.fixture
def now() -> datetime:
    return NOW


def _tenant() -> Tenant:
    return people.create_tenant(
        kind="zone", code="lc", name_zh="澜川经济开发区", name_en="Lanchuan"
    )


def _founded() -> Tenant:
    """A zone that has units, areas and both editions of the register."""
    tenant = _tenant()
    keeper = stand_in(tenant.pk, Role.ADMINISTRATOR)
    with tenancy.acting(keeper):
        make_zone(keeper)
        operations.load_seeds(keeper, founded_on=FOUNDED, reform_on=REFORM, now=NOW)
    return tenant


founded = standing(_founded)


@pytest.fixture
def tenant(request: pytest.FixtureRequest, db: None) -> Tenant:
    is_founded = "founded" in request.fixturenames
    found: Tenant = request.getfixturevalue("founded") if is_founded else _tenant()
    return found


@pytest.fixture
def keeper(tenant: Tenant) -> Actor:
    return stand_in(tenant.pk, Role.ADMINISTRATOR)


@pytest.fixture
def zone(founded: Tenant, keeper: Actor) -> Actor:
    """The keeper of a zone that has units, areas and both editions of the register."""
    return keeper


@pytest.fixture
def desk(tenant: Tenant) -> Actor:
    return stand_in(tenant.pk, Role.DESK)


@pytest.fixture
def firm(tenant: Tenant) -> Actor:
    return Actor(tenant.pk, "firm", (Held(Role.ENTERPRISE, enterprise_id=1),))


@pytest.fixture
def reading(zone: Actor) -> Iterator[None]:
    """Keep the tenant's rows readable for the test itself."""
    with tenancy.reading(zone):
        yield
