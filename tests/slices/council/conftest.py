"""A zone with three members of the council and somebody in every role."""

from datetime import date

from qiying.kernel.access import Role
from qiying.slices.council import operations
from tests.slices.world import EAST, World, make_world
from tests.standing import standing

TERM = date(2025, 1, 1)


def _peopled() -> World:
    """陈代表 (congress), 吴委员 (CPPCC) and the boss of 宏达 sit in the council."""
    world = make_world()
    world.firm("宏达")
    world.firm("远航", EAST)
    world.person("boss", Role.ENTERPRISE, firm="宏达")
    world.person("rival", Role.ENTERPRISE, firm="远航")
    world.person("grid", Role.GRID_OFFICER)
    world.person("deputy", Role.CALLBACK)
    world.person("cppcc", Role.ANALYST)
    world.person("desk", Role.DESK)
    world.person("desk2", Role.DESK)
    world.person("power", Role.HANDLER, unit="POWER")
    world.person("power-lead", Role.UNIT_LEADER, unit="POWER")
    world.person("hud", Role.HANDLER, unit="HUD")
    world.person("supervisor", Role.SUPERVISOR)
    world.person("leader", Role.ZONE_LEADER)
    world.person("auditor", Role.AUDITOR)
    world.person("admin", Role.ADMINISTRATOR)
    for name, kind, shown in (
        ("deputy", "npc", "陈代表"),
        ("cppcc", "cppcc", "吴委员"),
        ("boss", "firm", "王经理"),
    ):
        operations.add_member(
            world.actor("admin"),
            name=shown,
            kind=kind,
            person_id=world.user(name).pk,
            term_from=TERM,
            now=world.now,
        )
    return world


world = standing(_peopled)
