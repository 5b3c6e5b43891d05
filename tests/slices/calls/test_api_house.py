"""The house's own doors of the interface: wordings, the day, charges, workload, visits, trainings."""

from typing import Any

import pytest

from qiying.kernel import tenancy
from qiying.slices.registry import public as registry
from tests.slices.calls import steps
from tests.slices.machine import Machine, faults
from tests.slices.world import World


@pytest.fixture
def ask(world: World) -> Any:
    return lambda name: Machine(world, name, "/calls")


def firm_id(world: World, name: str = "宏达") -> str:
    with tenancy.reading(world.system):
        return str(registry.enterprise(world.system, world.firms[name]).public_id)


WORDING = {
    "name": "到场检修",
    "step": "answer",
    "unit": "ZONE_SAFE",
    "text": "{firm}：已到场检修。",
}


def test_a_wording_is_written_put_in_force_by_another_offered_and_counted(
    world: World, ask: Any
) -> None:
    made = ask("safety").post("/wordings", WORDING, 201, key="one")
    assert ask("safety").post("/wordings", WORDING, 201, key="one")["id"] == made["id"]
    assert (made["state"], made["number"], made["unit"]) == ("draft", 1, "ZONE_SAFE")
    room = f"/wordings/{made['id']}/steps"
    ask("safety").post(room, {"step": "approve"}, 403)
    ask("safety-lead").post(room, {"step": "burn"}, 404)
    assert ask("safety-lead").post(room, {"step": "approve"})["state"] == "approved"
    call = steps.working(world)
    (offered,) = ask("safety").get(f"/{call.public_id}/wordings?step=answer")
    assert offered["text"].endswith("：已到场检修。")
    assert "{" not in offered["text"]
    uses = f"/{call.public_id}/wordings/{made['id']}/uses"
    assert ask("safety").post(uses, {}, 201) == {"is_new": True}
    assert ask("safety").post(uses, {}, 201) == {"is_new": False}
    again = {**WORDING, "follows": made["id"], "text": "已检修。"}
    second = ask("safety").post("/wordings", again, 201)
    assert (second["number"], second["key"]) == (2, made["key"])
    ask("safety-lead").post(f"/wordings/{second['id']}/steps", {"step": "approve"})
    retired = ask("safety-lead").get("/wordings?state=retired")["items"]
    assert [(w["id"], w["uses"]) for w in retired] == [(made["id"], 1)]


def test_a_wording_names_what_is_wrong_with_it(ask: Any) -> None:
    odd = {**WORDING, "matter": "M999"}
    assert faults(ask("safety").post("/wordings", odd, 422)) == {"matter": "input.choice"}
    place = {**WORDING, "text": "{secret}"}
    assert set(faults(ask("safety").post("/wordings", place, 422))) == {"text"}
    ask("safety").post("/wordings", {**WORDING, "unit": "EMB"}, 403)
    ask("boss").post("/wordings", WORDING, 403)


def test_the_day_tells_what_waits_and_when_its_sheet_comes(world: World, ask: Any) -> None:
    call = steps.working(world)
    found = ask("safety").get("/day")
    assert (found["waiting"], found["waiting_calls"]) == (1, [call.number])
    changed = ask("safety").post("/day", {"is_on": False, "hour": 9}, method="put")
    assert (changed["is_on"], changed["hour"]) == (False, 9)
    assert ask("desk").get("/day")["is_on"] is True
    wrong = ask("safety").post("/day", {"is_on": True, "hour": 3}, 422, method="put")
    assert faults(wrong) == {"hour": "input.choice"}
    ask("boss").get("/day", 403)


def test_a_leader_is_put_in_charge_of_a_unit_and_taken_off(world: World, ask: Any) -> None:
    leader = world.user("leader").pk
    body = {"unit": "ZONE_SAFE", "person": leader}
    set_ = ask("supervisor").post("/charges", body, method="put")
    assert [(c["unit"], c["person"]) for c in set_["items"]] == [("ZONE_SAFE", leader)]
    assert str(leader) in ask("leader").get("/charges")["leaders"]
    ask("leader").post("/charges", body, 403, method="put")
    wrong = {"unit": "ZONE_SAFE", "person": world.user("desk").pk}
    assert faults(ask("admin").post("/charges", wrong, 422, method="put")) == {
        "person_id": "calls.charge_leader"
    }
    ended = ask("admin").post("/charges", {"unit": "ZONE_SAFE"}, method="put")
    assert ended["items"] == []


def test_the_workload_is_spread_by_unit_and_person(world: World, ask: Any) -> None:
    steps.working(world)
    unit = next(u for u in ask("desk").get("/workload") if u["unit"] == "ZONE_SAFE")
    assert unit["parts"] == 1
    assert sum(row["parts"] for row in unit["rows"]) == 1
    assert [u["unit"] for u in ask("emb").get("/workload")] == ["EMB"]
    ask("analyst").get("/workload", 403)


def test_a_visit_is_written_down_once_per_key_by_who_looks_after_the_firm(
    world: World, ask: Any
) -> None:
    body = {"enterprise": firm_id(world), "text": "一切正常", "purpose": "safety"}
    made = ask("grid").post("/visits", body, 201, key="one")
    assert ask("grid").post("/visits", body, 201, key="one")["id"] == made["id"]
    listed = ask("grid").get(f"/visits?enterprise={firm_id(world)}")["items"]
    assert [(v["id"], v["purpose"]) for v in listed] == [(made["id"], "safety")]
    late = {**body, "visited_at": "2031-01-01T09:00:00+08:00"}
    assert faults(ask("grid").post("/visits", late, 422)) == {"visited_at": "calls.past"}
    ask("boss").post("/visits", body, 403)


def test_a_training_is_asked_for_once_at_a_time(ask: Any) -> None:
    made = ask("supervisor").post("/triage/trainings", {}, 201)
    assert (made["state"], made["is_in_use"]) == ("asked", False)
    again = ask("admin").post("/triage/trainings", {}, 409)
    assert again["code"] == "calls.triage_under_way"
    assert [t["id"] for t in ask("analyst").get("/triage/trainings")] == [made["id"]]
    ask("analyst").post("/triage/trainings", {}, 403)
