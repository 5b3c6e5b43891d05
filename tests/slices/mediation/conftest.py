"""A zone with two firms, a roster of two mediators and somebody in every role."""

from collections.abc import Iterator

import pytest

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.slices.mediation import operations
from qiying.slices.registry import operations as registry
from tests.slices.world import EAST, World, make_world
from tests.standing import standing


def _peopled() -> World:
    """Firms 宏达 and 远航; 周敏 and 李明 of the enterprise community mediate."""
    world = make_world()
    officer = world.person("grid", Role.GRID_OFFICER)
    assert officer.person_id is not None
    registry.assign_grid(world.keeper, "G1", officer.person_id, now=world.now)
    world.firm("宏达")
    world.firm("远航", EAST)
    world.person("boss", Role.ENTERPRISE, firm="宏达")
    world.person("rival", Role.ENTERPRISE, firm="远航")
    world.person("desk", Role.DESK)
    world.person("desk2", Role.DESK)
    world.person("mediator", Role.HANDLER, unit="COMMUNITY")
    world.person("second", Role.HANDLER, unit="COMMUNITY")
    world.person("safety", Role.HANDLER, unit="ZONE_SAFE")
    world.person("safety-lead", Role.UNIT_LEADER, unit="ZONE_SAFE")
    world.person("caller", Role.CALLBACK)
    world.person("supervisor", Role.SUPERVISOR)
    world.person("leader", Role.ZONE_LEADER)
    world.person("analyst", Role.ANALYST)
    world.person("auditor", Role.AUDITOR)
    world.person("admin", Role.ADMINISTRATOR)
    for name in ("mediator", "second"):
        operations.list_mediator(
            world.system,
            person_id=world.user(name).pk,
            unit_id=world.units["COMMUNITY"],
            now=world.now,
            credential="人民调解员",
        )
    return world


world = standing(_peopled)


@pytest.fixture
def reading(world: World) -> Iterator[None]:
    """Keep the tenant's rows readable for the test itself."""
    with tenancy.reading(world.system):
        yield
