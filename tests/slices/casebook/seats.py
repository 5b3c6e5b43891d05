"""Who organises a selection."""

from typing import Any

from tests.slices.world import World


def organiser(world: World) -> Any:
    return world.actor("supervisor")
