"""The house at its registers, in the hour in which the world begins."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.slices.world import World


@pytest.fixture(autouse=True)
def clock(world: World) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(world.now, tick=False) as traveller:
        yield traveller
