"""The JSON interface: a key raises calls, people carry them on, both read what is theirs."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
import time_machine
from django.test import Client

from qiying.kernel import people, tenancy
from qiying.slices.calls import handlers
from qiying.slices.calls.models import Call, Note, Pause
from qiying.slices.calls.queries._timeline import INTERNAL_TOPICS
from qiying.slices.registry import public as registry
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
    step("safety", "answer", result="solved", text="已更换", evidence="换装记录")
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
    answer = machine.get(f"{ROOT}/{call.public_id}")
    detail = answer.json()
    assert (detail["number"], detail["state"]) == (call.number, take.state)
    assert (detail["matter"], detail["lead_unit"]) == ("M069", None)
    for secret in ("王经理", "13900001111", "宏达", call.title, call.text):
        assert secret not in answer.content.decode(), secret


def public_call(world: World) -> Call:
    """A firm's call on a public matter, answered, with words, a file's worth of notes and a pause."""
    call = steps.raise_call(world, matter_code="M069", object_kind="segment")
    take = partial(steps.take, world)
    take("desk", call, "accept", text="已受理，请保持电话畅通")
    take("desk", call, "dispatch", lead_unit_id=world.units["ZONE_SAFE"], text="先由安环局看")
    take("safety", call, "sign", task_id=steps.task(world, call, "ZONE_SAFE"))
    take("boss", call, "message", text="请尽快，客户在催")
    return take("safety", call, "answer", result="explained", text="已答复处理意见")


def test_a_public_call_of_somebody_else_is_a_summary(world: World, machine: Client) -> None:
    call = public_call(world)
    answer = machine.get(f"{ROOT}/{call.public_id}")
    row = machine.get(f"{ROOT}/").json()["items"][0]
    assert answer.json().items() >= row.items()
    for body in (answer.content.decode(), str(row)):
        for word in ("异响", "焦味", "受理", "客户", "处理意见", "宏达"):
            assert word not in body, word
    silent = ("text", "longitude", "address", "rounds", "pauses", "files", "reasons", "channel")
    assert not any(answer.json()[name] for name in silent)
    assert row["lead_unit"] == "ZONE_SAFE"
    assert machine.get(f"{ROOT}/{call.public_id}/timeline").status_code == 404


def test_a_public_call_is_seen_once_it_was_accepted(world: World, machine: Client) -> None:
    call = steps.raise_call(world, matter_code="M069", object_kind="segment")
    assert machine.get(f"{ROOT}/{call.public_id}").status_code == 404
    steps.take(world, "desk", call, "accept")
    assert machine.get(f"{ROOT}/{call.public_id}").status_code == 200


@pytest.mark.parametrize("query", ["q=焦味", "enterprise={code}", "urgency=normal", "place=TE"])
def test_a_filter_tells_a_stranger_nothing_of_words_and_firms(
    world: World, machine: Client, query: str
) -> None:
    call = public_call(world)
    with tenancy.reading(world.system):
        firm = registry.enterprise(world.system, call.enterprise_id)
    assert machine.get(f"{ROOT}/?matter=M069").json()["items"]
    asked = query.format(code=firm.credit_code)
    assert machine.get(f"{ROOT}/?{asked}").json()["items"] == []
    assert post(machine, "/", {**BODY, "text": "焦味"}).status_code == 201
    own = machine.get(f"{ROOT}/?q=焦味").json()["items"]
    assert [c["matter"] for c in own] == [BODY["matter"]]


def test_the_words_of_a_public_call_are_no_machine_s_to_read(
    world: World, key: dict[str, str]
) -> None:
    call = public_call(world)
    actor = people.actor_of_key(key["X-API-Key"], now=world.now)
    assert actor is not None
    with tenancy.reading(actor):
        assert Call.objects.visible_to(actor).filter(pk=call.pk).exists()
        assert not Note.objects.visible_to(actor).filter(call_id=call.pk).exists()
        assert not handlers._may_see_call(actor, call.pk)


def test_a_firm_reads_by_the_interface_what_its_page_shows(world: World) -> None:
    call = steps.working(world, co=())
    path = f"{ROOT}/{call.public_id}"
    asked = {"reason": "awaiting_information", "text": "等图纸"}
    steps.take(world, "safety", call, "propose_pause", **asked)
    person = world.actor("safety").person_id
    task = steps.task(world, call, "ZONE_SAFE")
    steps.take(world, "safety-lead", call, "assign_person", task_id=task, person_id=person)
    firm, desk = signed_in(world, "boss"), signed_in(world, "desk")
    assert (firm.get(path).json()["pauses"], len(desk.get(path).json()["pauses"])) == ([], 1)
    steps.take(
        world, "supervisor", call, "refuse_pause", pause_id=steps.pause(world, call), text="不停"
    )
    steps.take(world, "safety", call, "contact")
    steps.take(world, "safety", call, "answer", result="solved", text="已更换开关")

    def told(client: Client) -> tuple[str, bool, str, str, int]:
        found = client.get(path).json()
        round_ = found["rounds"][0]
        words = round_["result"], bool(round_["answered_at"]), round_["answer"]
        return *words, round_["tasks"][0]["person"], len(found["pauses"])

    assert told(firm) == ("", False, "", "", 0)
    assert told(desk) == ("solved", True, "已更换开关", "safety", 1)
    topics = {line["topic"] for line in firm.get(f"{path}/timeline").json()}
    inside = {line["topic"] for line in desk.get(f"{path}/timeline").json()}
    assert not topics & INTERNAL_TOPICS
    assert inside & INTERNAL_TOPICS
    steps.take(world, "desk", call, "review_pass")
    assert told(firm)[:4] == ("solved", True, "已更换开关", "")


def test_a_complaint_is_never_public(world: World, machine: Client) -> None:
    call = steps.raise_call(world, matter_code="M069", object_kind="segment", nature="complaint")
    assert not call.is_public
    assert machine.get(f"{ROOT}/{call.public_id}").status_code == 404


def test_rates_lead_to_the_rounds_behind_them(world: World) -> None:
    steps.closed(world)
    client = signed_in(world, "leader")
    period = "start=2026-11-01&end=2026-12-01"
    rounds = f"{ROOT}/rounds?{period}&measure=declared"
    with time_machine.travel(world.now, tick=False):
        assert client.get(f"{ROOT}/rates?{period}").status_code == 200
        assert client.get(rounds).json()["items"] == []
    due = world.later(days=8)
    with time_machine.travel(due, tick=False):
        listed = signed_in(world, "leader").get(rounds).json()["items"]
    assert [row["call_number"] for row in listed] == ["QY-261116-001"]
    assert signed_in(world, "boss").get(f"{ROOT}/rates").status_code == 403


def test_nobody_without_a_credential_is_answered(world: World) -> None:
    assert Client().get(f"{ROOT}/").status_code == 401


@pytest.mark.parametrize(
    ("until", "status"),
    [
        ("2026-11-20T10:00:00", 200),
        ("2026-11-20T10:00:00+08:00", 200),
        ("2026-11-16T09:00:00", 422),
        ("0001-01-01T00:00:00", 422),
        ("9999-12-31T23:59:59-12:00", 422),
    ],
)
def test_a_pause_takes_a_time_without_an_offset_for_ours(
    world: World, until: str, status: int
) -> None:
    call = steps.working(world, co=())
    asked = {"reason": "firm_asked", "text": "等图纸", "expected_to_at": until}
    with time_machine.travel(world.now, tick=False):
        answer = post(
            signed_in(world, "safety"),
            f"/{call.public_id}/steps",
            {"step": "propose_pause", **asked},
        )
    assert answer.status_code == status, answer.content
    if status == 200:
        with tenancy.reading(world.system):
            assert Pause.objects.get().expected_to_at == datetime(2026, 11, 20, 2, tzinfo=UTC)


@pytest.mark.parametrize("place", [(-1, 29), (119.2, -1), (180, 84)])
def test_a_place_on_another_part_of_the_earth_is_a_slip(
    world: World, place: tuple[float, float]
) -> None:
    body = {**BODY, "longitude": place[0], "latitude": place[1]}
    answer = post(signed_in(world, "boss"), "/", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "mandate.case")


@pytest.fixture
def _clock(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.mark.usefixtures("_clock")
def test_a_co_handlers_terms_go_in_and_come_out(world: World) -> None:
    call = steps.triage(world)
    desk, path = signed_in(world, "desk"), f"/{call.public_id}/steps"
    rows = [
        {"unit": "EMB", "duty": "检测", "due_at": "2026-11-17T12:00:00", "weight": 30},
        {"unit": "ETB"},
    ]
    body = {"step": "dispatch", "lead_unit": "ZONE_SAFE", "co_units": rows}
    assert post(desk, path, body).status_code == 200
    emb = steps.task(world, call, "EMB")
    steps.take(world, "emb", call, "sign", task_id=emb)
    steps.take(world, "emb", call, "stage_report", task_id=emb, text="已检一半")
    found = signed_in(world, "safety").get(f"{ROOT}/{call.public_id}").json()["rounds"][0]
    parts = {t["unit"]: t for t in found["tasks"]}
    noon = datetime(2026, 11, 17, 4, 0, tzinfo=UTC)
    told = parts["EMB"]
    for name in ("due_at", "set_due_at"):
        assert datetime.fromisoformat(told[name]) == noon
    assert (told["duty"], told["weight"], told["share"]) == ("检测", 30, 30)
    assert [r["text"] for r in told["reports"]] == ["已检一半"]
    other, lead = parts["ETB"], parts["ZONE_SAFE"]
    assert (other["set_due_at"], other["weight"], other["share"]) == (None, None, 35)
    assert (lead["weight"], lead["share"]) == (None, 35)
    outside = signed_in(world, "boss").get(f"{ROOT}/{call.public_id}").json()["rounds"][0]
    for row in outside["tasks"]:
        assert (row["duty"], row["reports"], row["person"]) == ("", [], "")
        assert row["weight"] is row["share"] is row["set_due_at"] is None


@pytest.mark.usefixtures("_clock")
@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"due_at": "2026-11-16T09:00:00+08:00"}, "calls.co_due"),
        ({"due_at": "2027-11-16T09:00:00+08:00"}, "calls.co_due"),
        ({"unit": "ZONE_SAFE"}, "calls.co_lead"),
        ({"unit": "NOBODY"}, "input.choice"),
    ],
)
def test_terms_that_do_not_fit_are_a_problem_with_their_code(
    world: World, row: dict[str, Any], code: str
) -> None:
    call = steps.triage(world)
    body = {
        "step": "dispatch",
        "lead_unit": "ZONE_SAFE",
        "co_units": [{"unit": "EMB", **row}],
    }
    answer = post(signed_in(world, "desk"), f"/{call.public_id}/steps", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "input.invalid")
    assert [(e["field"], e["code"]) for e in answer.json()["errors"]] == [("co_units", code)]
    assert steps.fresh(world, call).state == "triage"


@pytest.mark.parametrize(
    "row", [{"weight": 0}, {"weight": 100}, {"weight": 1.5}, {"due_at": "9999-12-31T00:00:00Z"}]
)
def test_terms_of_no_sense_are_refused_by_the_schema(world: World, row: dict[str, Any]) -> None:
    call = steps.triage(world)
    rows = [{"unit": "EMB", **row}]
    body = {"step": "dispatch", "lead_unit": "ZONE_SAFE", "co_units": rows}
    answer = post(signed_in(world, "desk"), f"/{call.public_id}/steps", body)
    assert (answer.status_code, answer.json()["code"]) == (422, "input.invalid")
