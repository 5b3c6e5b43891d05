"""A zone with two firms, the desk, a supervisor, and a key of 12345."""

import pytest

from qiying.kernel import people
from qiying.kernel.access import Actor, Role
from tests.slices.channels.other_side import endpoint, handed, there
from tests.slices.world import EAST, MATTERS, World, make_world
from tests.standing import standing

__all__ = ["endpoint", "handed", "there"]


def _peopled() -> World:
    world = make_world(matters=(*MATTERS, "M078"))
    world.firm("宏达")
    world.firm("远航", EAST)
    world.person("boss", Role.ENTERPRISE, firm="宏达")
    world.person("desk", Role.DESK)
    world.person("desk2", Role.DESK)
    world.person("safety", Role.HANDLER, unit="ZONE_SAFE")
    world.person("caller", Role.CALLBACK)
    world.person("supervisor", Role.SUPERVISOR)
    world.person("leader", Role.ZONE_LEADER)
    world.person("analyst", Role.ANALYST)
    world.person("admin", Role.ADMINISTRATOR)
    return world


world = standing(_peopled)


@pytest.fixture
def desk(world: World) -> Actor:
    return world.actor("desk")


@pytest.fixture
def supervisor(world: World) -> Actor:
    return world.actor("supervisor")


@pytest.fixture
def hotline(world: World) -> Actor:
    """12345's own key."""
    _row, secret = people.issue_key(world.keeper, "12345", now=world.now)
    actor = people.actor_of_key(secret, now=world.now)
    assert actor is not None
    return actor
