"""The phone of firms and grid officers."""

import pytest
from django.test import Client

from tests.slices.world import World


@pytest.fixture
def phone(world: World, client: Client) -> Client:
    client.force_login(world.user("boss"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_home(phone: Client) -> None:
    response = phone.get("/calls/my/")
    assert response.status_code == 200, response.content.decode()
    response = phone.get("/calls/my/raise/")
    assert response.status_code == 200, response.content.decode()
