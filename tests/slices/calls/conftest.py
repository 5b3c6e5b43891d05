"""A zone with two firms and somebody in every role."""

from collections.abc import Iterator

import pytest

from qiying.kernel import tenancy
from qiying.kernel.access import Actor
from tests.slices.calls import steps
from tests.slices.calls.people import peopled
from tests.slices.calls.steps import take
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


@pytest.fixture
def two_months(world: World) -> World:
    """In November nearly everything fails, each in another way; in December it goes well."""
    steps.working(world)
    steps.answered(world)
    steps.callback(world)
    take(world, "boss", steps.working(world, co=()), "withdraw")
    explained = steps.callback(world, result="explained")
    take(world, "caller", explained, "callback_confirm", resolved="no")
    partly = steps.callback(world, result="partly")
    take(world, "caller", partly, "callback_confirm", resolved="partly")
    take(world, "boss", steps.closed(world), "reopen", text="又坏了")
    steps.reopened(world)
    steps.closed(world)
    silent = steps.callback(world)
    for _ in range(3):
        take(world, "caller", silent, "attempt_callback", outcome="no_answer")
        world.later(days=1)
    take(world, "caller", silent, "close_unreached")
    world.later(days=45)
    good = steps.raise_call(world, "rival", "远航", matter_code="M072")
    assert good.pk
    steps.closed(world)
    world.later(days=60)
    return world
