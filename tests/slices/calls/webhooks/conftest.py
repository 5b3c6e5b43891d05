"""A real receiver with the public library, and who sets webhooks up."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine

from qiying.kernel.access import Actor
from tests.receiver import THIS_MACHINE, Receiver, receiving
from tests.slices.world import NOW, World


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.OUTBOUND_ALLOW = THIS_MACHINE
    settings.PUBLIC_URL = "https://qiying.example"
    with receiving() as found:
        yield found


@pytest.fixture
def admin(world: World) -> Actor:
    return world.actor("admin")
