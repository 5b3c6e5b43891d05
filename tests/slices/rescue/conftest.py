"""A zone with two firms, two providers and a backup team, machines, prices and people on duty."""

from collections.abc import Iterator

import pytest

from qiying.kernel import tenancy
from tests.slices.rescue.people import peopled
from tests.slices.world import World
from tests.standing import standing

world = standing(peopled)


@pytest.fixture
def reading(world: World) -> Iterator[None]:
    """Keep the tenant's rows readable for the test itself."""
    with tenancy.reading(world.system):
        yield
