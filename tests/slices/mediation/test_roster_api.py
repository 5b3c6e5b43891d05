"""The roster of mediators by the interface."""

from typing import Any

import pytest

from tests.slices.machine import Machine, faults
from tests.slices.world import World


@pytest.fixture
def ask(world: World) -> Any:
    return lambda name: Machine(world, name, "/mediations")


def test_somebody_is_put_on_the_roster_and_taken_off(world: World, ask: Any) -> None:
    body = {"person": world.user("safety").pk, "unit": "ZONE_SAFE", "kinds": ["contract"]}
    made = ask("admin").post("/mediators", body, 201, key="one")
    assert ask("admin").post("/mediators", body, 201, key="one") == made
    assert (made["kinds"], made["is_listed"], made["in_hand"]) == (["contract"], True, 0)
    assert ask("admin").post("/mediators", body, 409)["code"] == "mediation.mediator_known"
    world.later(days=2)
    ended = ask("admin").post(f"/mediators/{made['id']}/end", {})
    assert not ended["is_listed"]


def test_the_roster_says_what_is_wrong(world: World, ask: Any) -> None:
    odd = {"person": world.user("safety").pk, "unit": "ZONE_SAFE", "kinds": ["duel"]}
    assert set(faults(ask("admin").post("/mediators", odd, 422))) == {"kinds"}
    firm = {**odd, "person": world.user("boss").pk, "kinds": []}
    assert ask("admin").post("/mediators", firm, 404)["code"] == "mediation.mediator_staff"
    ask("desk").post("/mediators", {**odd, "kinds": []}, 403)
    ask("admin").post("/mediators/9000000000/end", {}, 404)
