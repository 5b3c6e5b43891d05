"""A firm and a grid officer, each with a phone, an hour after the world begins."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from tests.slices.calls.phone.asking import sign_in
from tests.slices.world import World


@pytest.fixture(autouse=True)
def clock(world: World) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(world.now + timedelta(hours=1), tick=False) as traveller:
        yield traveller


@pytest.fixture
def phone(world: World) -> Client:
    return sign_in(world, "boss")


@pytest.fixture
def officer(world: World) -> Client:
    return sign_in(world, "grid")
