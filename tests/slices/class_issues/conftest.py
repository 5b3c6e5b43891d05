"""A zone with four firms beside one another, three of which report one problem."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.slices.registry import operations as registry
from tests.slices.class_issues.ways import FIRMS
from tests.slices.world import INSIDE, World, make_world
from tests.standing import standing


def _peopled() -> World:
    """Firms 甲 to 丁 within a hundred metres; the safety office leads what is locked on the zone."""
    world = make_world()
    officer = world.person("grid", Role.GRID_OFFICER)
    registry.assign_grid(world.keeper, "G1", officer.person_id or 0, now=world.now)
    for number, name in enumerate(FIRMS):
        world.firm(name, (INSIDE[0] + number / 4000, INSIDE[1]))
        world.person(f"boss-{name}", Role.ENTERPRISE, firm=name)
    world.person("desk", Role.DESK)
    world.person("desk2", Role.DESK)
    world.person("safety", Role.HANDLER, unit="ZONE_SAFE")
    world.person("safety-lead", Role.UNIT_LEADER, unit="ZONE_SAFE")
    world.person("emb", Role.HANDLER, unit="EMB")
    world.person("caller", Role.CALLBACK)
    world.person("supervisor", Role.SUPERVISOR)
    world.person("leader", Role.ZONE_LEADER)
    world.person("analyst", Role.ANALYST)
    world.person("auditor", Role.AUDITOR)
    world.person("admin", Role.ADMINISTRATOR)
    return world


world = standing(_peopled)


@pytest.fixture
def reading(world: World) -> Iterator[None]:
    """Keep the tenant's rows readable for the test itself."""
    with tenancy.reading(world.system):
        yield


@pytest.fixture
def spring(world: World) -> World:
    """The same half a year earlier, so that a window of thirty days lies in the past."""
    world.now -= timedelta(days=120)
    return world
