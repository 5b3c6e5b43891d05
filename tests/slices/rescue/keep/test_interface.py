"""The interface of Industry 120: roles, one creation a key, tracks that count once."""

import json
from typing import Any

import pytest
from django.test import Client

from qiying.kernel import tenancy
from qiying.slices.registry import public as registry
from qiying.slices.rescue.models import Equipment, Job, Track
from tests.slices.rescue.keep.test_pages import known, signed_in
from tests.slices.rescue.steps import answered, holder
from tests.slices.world import World

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/rescue"


def post(client: Client, path: str, body: Any, key: str = "") -> Any:
    headers = {"X-Requested-With": "test", **({"Idempotency-Key": key} if key else {})}
    return client.post(f"{ROOT}{path}", json.dumps(body), "application/json", headers=headers)


def firm_id(world: World) -> str:
    """What the interface knows a firm by."""
    return str(registry.enterprise(world.system, world.firms["宏达"]).public_id)


def count(world: World, model: Any) -> int:
    with tenancy.reading(world.system):
        return int(model.objects.count())


@pytest.mark.parametrize(
    "path",
    [
        *("/machines", "/jobs", "/coverage", "/settlements"),
        *(f"/{name}?start=2026-11-01&end=2026-12-01" for name in ("roster", "figures")),
    ],
)
def test_the_house_reads_and_a_stranger_does_not(world: World, path: str) -> None:
    assert signed_in(world, "chief").get(f"{ROOT}{path}").status_code == 200
    assert Client().get(f"{ROOT}{path}").status_code == 401


def test_a_firm_sees_its_own_machines_only(world: World) -> None:
    own = signed_in(world, "boss").get(f"{ROOT}/machines").json()["items"]
    other = signed_in(world, "rival").get(f"{ROOT}/machines").json()["items"]
    assert own
    assert not other
    address = f"{ROOT}/machines/{own[0]['id']}"
    assert signed_in(world, "rival").get(address).status_code == 404


def test_the_same_key_registers_one_machine(world: World) -> None:
    _firm, kind = known(world)
    body = {"enterprise": firm_id(world), "kind": kind, "name": "新机"}
    client, before = signed_in(world, "chief"), count(world, Equipment)
    assert post(client, "/machines", body, "k1").status_code == 201
    assert post(client, "/machines", body, "k1")["Idempotent-Replay"] == "true"
    assert count(world, Equipment) == before + 1
    assert post(client, "/machines", {**body, "kind": "none"}).status_code == 422
    assert post(signed_in(world, "rival"), "/machines", body).status_code == 404


def test_a_rescue_is_reported_once_and_moved_by_its_steps(world: World) -> None:
    body = {"enterprise": firm_id(world), "title": "停机"}
    client = signed_in(world, "boss")
    made = post(client, "/jobs", body, "k2").json()
    assert post(client, "/jobs", body, "k2").json()["id"] == made["id"]
    assert count(world, Job) == 1
    steps = f"/jobs/{made['id']}/steps"
    chief = signed_in(world, "chief")
    heard = post(chief, steps, {"step": "acknowledge", "inputs": {"safety": "safe"}})
    assert heard.json()["state"] == "acknowledged"
    assert post(chief, steps, {"step": "settle"}).status_code == 409
    assert post(chief, steps, {"step": "acknowledge", "inputs": {"x": 1}}).status_code >= 409
    odd = {"step": "plan_night", "inputs": {"who": "a", "until": "no day", "text": "b"}}
    assert post(chief, steps, odd).status_code == 422
    assert post(signed_in(world, "rival"), steps, {"step": "withdraw"}).status_code == 404


def test_a_queue_of_positions_counts_each_once(world: World) -> None:
    job = answered(world)
    one = {
        "job": str(job.public_id), "device_key": "p1", "longitude": 119.2, "latitude": 29.0
    }  # fmt: skip
    lost = {**one, "job": "00000000-0000-0000-0000-000000000000", "device_key": "p2"}
    client = signed_in(world, holder(world, job))
    before = count(world, Track)
    first = post(client, "/tracks", {"tracks": [one, lost]}).json()["items"]
    assert [row["is_kept"] for row in first] == [True, False]
    again = post(client, "/tracks", {"tracks": [one, one]}).json()["items"]
    assert all(row["is_kept"] for row in again)
    assert count(world, Track) == before + 1
    assert post(signed_in(world, "chief"), "/tracks", {"tracks": [one]}).status_code == 403
