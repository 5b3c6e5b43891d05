"""The JSON interface: a key raises calls, people carry them on, both read what is theirs."""

from typing import Any

import pytest
from django.test import Client

from qiying.kernel import people, tenancy
from qiying.slices.calls.models import Call
from tests.slices.calls import steps
from tests.slices.world import INSIDE, World

ROOT = "/api/v1/calls"
BODY = {"text": "配电房有异响", "matter": "M016"}


@pytest.fixture
def key(world: World) -> dict[str, str]:
    _row, secret = people.issue_key(world.keeper, "测试接口", now=world.now)
    return {"X-API-Key": secret}


@pytest.fixture
def machine(key: dict[str, str]) -> Client:
    return Client(headers=key)


def signed_in(world: World, name: str) -> Client:
    client = Client(headers={"X-Requested-With": "test"})
    client.force_login(world.user(name), backend="django.contrib.auth.backends.ModelBackend")
    return client


def post(client: Client, path: str, body: dict[str, Any], **headers: str) -> Any:
    return client.post(
        f"{ROOT}{path}", body, content_type="application/json", headers=headers or None
    )


def test_a_machine_raises_a_call_and_gets_the_same_answer_again(
    world: World, machine: Client
) -> None:
    body = {**BODY, "longitude": INSIDE[0], "latitude": INSIDE[1]}
    first = post(machine, "/", body, **{"Idempotency-Key": "k1"})
    again = post(machine, "/", body, **{"Idempotency-Key": "k1"})
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    assert first.json()["proposed_unit"] == "ZONE_SAFE"
    with tenancy.reading(world.system):
        assert Call.objects.count() == 1
        assert Call.objects.get().is_anonymous_machine
    other = post(machine, "/", {**body, "text": "别的"}, **{"Idempotency-Key": "k1"})
    assert (other.status_code, other.json()["code"]) == (422, "idempotency.mismatch")


def test_a_firm_needs_to_say_no_more_than_the_words(world: World) -> None:
    answer = post(signed_in(world, "boss"), "/", {"text": "路灯不亮"})
    assert answer.status_code == 201, answer.content
    with tenancy.reading(world.system):
        assert Call.objects.get().enterprise_id == world.firms["宏达"]


def test_the_whole_loop_goes_by_the_interface(world: World) -> None:
    made = post(signed_in(world, "boss"), "/", BODY).json()

    def step(who: str, name: str, **inputs: Any) -> Any:
        body = {"step": name, **inputs}
        answer = post(signed_in(world, who), f"/{made['id']}/steps", body)
        assert answer.status_code == 200, answer.content
        return answer.json()

    step("desk", "accept", version=1)
    step("desk", "dispatch", lead_unit="ZONE_SAFE", co_units=[{"unit": "EMB", "duty": "检测"}])
    detail = signed_in(world, "safety").get(f"{ROOT}/{made['id']}").json()
    tasks = {t["unit"]: t["id"] for t in detail["rounds"][0]["tasks"]}
    assert "sign" in {s["step"] for s in detail["steps"]}
    step("safety", "sign", task_id=tasks["ZONE_SAFE"])
    step("emb", "sign", task_id=tasks["EMB"])
    step("emb", "stage_report", task_id=tasks["EMB"], text="已检测")
    step("safety", "answer", result="solved", text="已更换")
    step("desk", "review_pass")
    closed = step("caller", "callback_confirm", resolved="yes")
    assert closed["state"] == "closed"
    step("boss", "rate", grade=5, resolved="yes")
    lines = signed_in(world, "boss").get(f"{ROOT}/{made['id']}/timeline").json()
    assert not any(line["is_internal"] for line in lines)
    assert "已更换" in {line["text"] for line in lines}


def test_refusals_are_problems_with_a_code(world: World) -> None:
    call = steps.raise_call(world)
    path = f"/{call.public_id}/steps"
    desk, handler = signed_in(world, "desk"), signed_in(world, "safety")
    for client, body, status, code in (
        (desk, {"step": "answer", "result": "solved", "text": "好"}, 403, "lifecycle.role"),
        (desk, {"step": "review_pass"}, 409, "lifecycle.state"),
        (desk, {"step": "accept", "version": 9}, 409, "calls.moved_on"),
        (desk, {"step": "dispatch", "lead_unit": "NOBODY"}, 422, "input.invalid"),
        (desk, {"step": "fly"}, 422, "input.invalid"),
        (desk, {"step": "accept", "text": "x", "grade": 5}, 422, "input.invalid"),
        (handler, {"step": "accept"}, 404, "not_found"),
    ):
        answer = post(client, path, body)
        assert (answer.status_code, answer.json()["code"]) == (status, code), body


def test_lists_are_paged_by_cursor(world: World) -> None:
    for _ in range(3):
        steps.raise_call(world)
    client = signed_in(world, "desk")
    first = client.get(f"{ROOT}/?size=2").json()
    second = client.get(f"{ROOT}/?size=2&cursor={first['next']}").json()
    numbers = [c["number"] for c in (*first["items"], *second["items"])]
    assert numbers == sorted(numbers, reverse=True)
    assert (len(numbers), second["next"]) == (3, "")
    assert client.get(f"{ROOT}/?q=不存在").json()["items"] == []
    assert len(client.get(f"{ROOT}/?q=异响&tab=inbox").json()["items"]) == 3


def test_a_machine_sees_its_own_calls_only(world: World, machine: Client) -> None:
    hidden = steps.raise_call(world)
    made = post(machine, "/", BODY).json()
    assert [c["id"] for c in machine.get(f"{ROOT}/").json()["items"]] == [made["id"]]
    assert machine.get(f"{ROOT}/{hidden.public_id}").status_code == 404


def test_a_public_call_of_somebody_else_names_nobody(world: World, machine: Client) -> None:
    told = {"contact_name": "王经理", "contact_phone": "13900001111"}
    call = steps.raise_call(world, matter_code="M069", object_kind="segment", **told)
    assert call.is_public
    take = steps.take(world, "desk", call, "accept")
    detail = machine.get(f"{ROOT}/{call.public_id}").json()
    lines = machine.get(f"{ROOT}/{call.public_id}/timeline").json()
    assert (detail["number"], detail["state"]) == (call.number, take.state)
    assert (detail["enterprise"], detail["contact_name"], detail["contact_phone"]) == (
        None,
        "",
        "",
    )
    assert {line["who"] for line in lines} == {""}


def test_a_complaint_is_never_public(world: World, machine: Client) -> None:
    call = steps.raise_call(world, matter_code="M069", object_kind="segment", nature="complaint")
    assert not call.is_public
    assert machine.get(f"{ROOT}/{call.public_id}").status_code == 404


def test_rates_lead_to_the_rounds_behind_them(world: World) -> None:
    steps.closed(world)
    client = signed_in(world, "leader")
    period = "start=2026-11-01&end=2026-12-01"
    assert client.get(f"{ROOT}/rates?{period}").status_code == 200
    assert client.get(f"{ROOT}/rounds?{period}&measure=declared").json()["items"] == []
    assert signed_in(world, "boss").get(f"{ROOT}/rates").status_code == 403


def test_nobody_without_a_credential_is_answered(world: World) -> None:
    assert Client().get(f"{ROOT}/").status_code == 401
