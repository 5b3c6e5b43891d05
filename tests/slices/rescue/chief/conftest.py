"""Somebody of the staff at a browser, in the time of the world."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from tests.slices.world import World

At = Callable[[str], Client]


@pytest.fixture(autouse=True)
def clock(world: World) -> Iterator[time_machine.Traveller]:
    """The pages live in the world's time; ``clock.move_to(world.now)`` follows it."""
    with time_machine.travel(world.now, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def at(world: World) -> Iterator[At]:
    """Somebody's browser: ``at("chief").get("/rescue/")``; the pages speak English."""

    def signed_in(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(world.user(name), backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["django_language"] = "en"
        return client

    with translation.override("en"):
        yield signed_in
