"""A zone with an analyst, approvers, the standard dictionary and six places of the list."""

from qiying.kernel.access import Role
from qiying.slices.indices import operations
from tests.slices.world import World, make_world
from tests.standing import standing


def _peopled() -> World:
    world = make_world()
    for name, role in (
        ("analyst", Role.ANALYST),
        ("analyst2", Role.ANALYST),
        ("supervisor", Role.SUPERVISOR),
        ("leader", Role.ZONE_LEADER),
        ("desk", Role.DESK),
        ("auditor", Role.AUDITOR),
    ):
        world.person(name, role)
    operations.take_over(world.actor("analyst"), now=world.now)
    return world


world = standing(_peopled)
