"""A zone with two firms and somebody in every role."""

from collections.abc import Iterator

import pytest

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from tests.slices.calls.people import peopled
from tests.slices.world import World
from tests.standing import standing

world = standing(peopled)


@pytest.fixture
def boss(world: World) -> Actor:
    return world.actor("boss")


@pytest.fixture
def desk(world: World) -> Actor:
    return world.actor("desk")


@pytest.fixture
def reading(world: World) -> Iterator[None]:
    """Keep the tenant's rows readable for the test itself."""
    with tenancy.reading(world.system):
        yield
