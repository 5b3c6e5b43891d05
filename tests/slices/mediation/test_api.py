"""The interface of mediation: the same steps, the same refusals, nothing that is not one's own."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.slices.mediation import steps
from tests.slices.world import World

ROOT = "/api/v1/mediations/"


def ask(world: World, who: str, method: str, path: str, body: Any = None, key: str = "") -> Any:
    client = Client()
    client.force_login(world.user(who), backend="django.contrib.auth.backends.ModelBackend")
    headers = {"X-Requested-With": "fetch", **({"Idempotency-Key": key} if key else {})}
    if method == "GET":
        return client.get(ROOT + path, body or {}, headers=headers)
    sent = json.dumps(body)
    return client.post(ROOT + path, sent, content_type="application/json", headers=headers)


@pytest.fixture
def case(world: World) -> Any:
    return steps.registered(world)


def test_a_dispute_is_registered_once(world: World) -> None:
    body = {
        "kind": "labour",
        "title": "加班费",
        "facts": "请求补发",
        "parties": [
            {"side": "applicant", "name": "王强"},
            {"side": "respondent", "name": "某公司"},
        ],
    }
    first, second = (ask(world, "desk", "POST", "", body, key="k1") for _ in range(2))
    assert first.status_code == 201
    assert first.json() == second.json()
    assert ask(world, "boss", "POST", "", body).status_code == 403
    body["parties"] = []
    assert ask(world, "desk", "POST", "", body).status_code == 422


def test_a_party_reads_and_consents_and_sees_its_steps(world: World, case: Any) -> None:
    found = ask(world, "boss", "GET", str(case.public_id)).json()
    assert {"consent", "refuse", "stop"} <= set(found["steps"])
    body = {"step": "consent", "party_id": found["parties"][0]["id"], "version": found["version"]}
    path = f"{case.public_id}/steps"
    assert ask(world, "boss", "POST", path, body, key="c").status_code == 200
    assert ask(world, "boss", "POST", path, body, key="c").status_code == 200
    stale = ask(world, "rival", "POST", path, {**body, "step": "consent"})
    assert stale.status_code == 403
    other = {"step": "consent", "party_id": found["parties"][1]["id"], "version": 1}
    assert ask(world, "rival", "POST", path, other).json()["code"] == "mediation.moved_on"
    assert ask(world, "boss", "POST", path, {"step": "fly"}).status_code == 404


def test_minutes_are_empty_for_the_desk(world: World) -> None:
    case = steps.talked(world)
    path = str(case.public_id)
    assert ask(world, "boss", "GET", path).json()["sessions"][0]["minutes"]
    assert not ask(world, "desk", "GET", path).json()["sessions"][0]["minutes"]


def test_who_has_no_part_gets_not_found_and_leaders_counts(world: World, case: Any) -> None:
    assert ask(world, "safety", "GET", str(case.public_id)).status_code == 404
    assert ask(world, "leader", "GET", str(case.public_id)).status_code == 403
    assert ask(world, "safety", "GET", "").json()["items"] == []
    assert len(ask(world, "rival", "GET", "").json()["items"]) == 1
    days = {"start": "2026-11-01", "end": "2026-11-30"}
    found = ask(world, "leader", "GET", "figures", days).json()
    assert found["total"]["registered"] == 1
    assert len(ask(world, "desk", "GET", "mediators").json()) == 2
