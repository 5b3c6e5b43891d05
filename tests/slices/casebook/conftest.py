"""The zone of the calls with a call whose closure is verified and settled, and who judges."""

import pytest

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.slices.calls.models import Call
from tests.slices.calls import steps
from tests.slices.calls.conftest import world as calls_world
from tests.slices.world import World

world = calls_world
JUDGES = ("judge1", "judge2", "judge3", "judge4")


@pytest.fixture
def settled(world: World) -> Call:
    """A closed call, forty days later: the firm cannot come back any more."""
    call = steps.closed(world)
    for name in JUDGES:
        world.person(name, Role.ANALYST)
    world.person("decider", Role.ZONE_LEADER)
    world.later(days=40)
    with tenancy.reading(world.system):
        return Call.objects.get(pk=call.pk)


@pytest.fixture
def panel(world: World) -> World:
    """Four who judge and a leader who decides."""
    for name in JUDGES:
        world.person(name, Role.ANALYST)
    world.person("decider", Role.ZONE_LEADER)
    return world
