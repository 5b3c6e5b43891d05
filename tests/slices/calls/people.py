"""A zone with two firms and somebody in every role, and a handler in every unit when asked."""

from qiying.kernel.access import Role
from qiying.slices.registry import operations as registry
from tests.slices.world import EAST, UNITS, World, make_world

STAFF = (
    ("desk", Role.DESK, ""),
    ("desk2", Role.DESK, ""),
    ("safety", Role.HANDLER, "ZONE_SAFE"),
    ("safety-lead", Role.UNIT_LEADER, "ZONE_SAFE"),
    ("emb", Role.HANDLER, "EMB"),
    ("etb", Role.HANDLER, "ETB"),
    ("town", Role.HANDLER, "TE"),
    ("caller", Role.CALLBACK, ""),
    ("supervisor", Role.SUPERVISOR, ""),
    ("leader", Role.ZONE_LEADER, ""),
    ("analyst", Role.ANALYST, ""),
    ("auditor", Role.AUDITOR, ""),
    ("admin", Role.ADMINISTRATOR, ""),
)


def peopled(code: str = "lc") -> World:
    """Firms 宏达 (in the wall) and 远航 (east of it); the safety office leads what is locked."""
    world = make_world(code)
    officer = world.person("grid", Role.GRID_OFFICER)
    assert officer.person_id is not None
    registry.assign_grid(world.keeper, "G1", officer.person_id, now=world.now)
    world.firm("宏达")
    world.firm("远航", EAST)
    world.person("boss", Role.ENTERPRISE, firm="宏达")
    world.person("rival", Role.ENTERPRISE, firm="远航")
    for name, role, unit in STAFF:
        world.person(name, role, unit=unit)
    return world


def handlers_everywhere(world: World) -> None:
    """A handler in every unit, named after it, so that whoever leads can act."""
    for code in (*UNITS, "TW", "TE"):
        world.person(f"at-{code}", Role.HANDLER, unit=code)
