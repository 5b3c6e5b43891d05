"""The interface of the channels: referrals, mails, files, orders, calls handed on, connections."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from qiying.kernel import tenancy
from qiying.kernel.outgoing import Reply
from qiying.slices.calls.models import Call
from qiying.slices.channels import operations
from qiying.slices.channels.models import Endpoint, Forward
from qiying.slices.registry import public as registry
from tests.slices.calls import steps
from tests.slices.channels.other_side import There, deliver
from tests.slices.channels.test_mails import mail
from tests.slices.channels.test_orders import answered, order_of
from tests.slices.machine import Machine, faults
from tests.slices.world import World


@pytest.fixture
def ask(world: World) -> Any:
    return lambda name: Machine(world, name, "/channels")


def only_call(world: World) -> Call:
    with tenancy.reading(world.system):
        return Call.objects.get()


def firm_code(world: World) -> str:
    with tenancy.reading(world.system):
        return registry.enterprise(world.system, world.firms["宏达"]).credit_code


# --- referrals and signals ---

REFERRAL = {"kind": "deputy", "referrer": "李代表", "text": "建议解决园区夜班公交"}


def test_a_referral_is_recorded_once_per_key_and_replied_to(world: World, ask: Any) -> None:
    body = {**REFERRAL, "reference": "代建2026-7", "referred_on": "2026-11-16"}
    made = ask("desk").post("/referrals", body, 201, key="one")
    assert ask("desk").post("/referrals", body, 201, key="one")["id"] == made["id"]
    assert (made["due_on"], made["steps"]) == ("2027-02-16", ["reply"])
    assert faults(ask("desk").post("/referrals", body, 422)) == {
        "reference": "channels.reference_taken"
    }
    room, reply = f"/referrals/{made['id']}", {"step": "reply", "text": "已转县里"}
    assert "call_answered" in str(ask("desk").post(f"{room}/steps", reply, 409))
    given = {"code": "OUT_OF_DUTY", "text": "属县", "told_path": "县里"}
    steps.take(world, "desk", only_call(world), "decline", **given)
    done = ask("desk").post(f"{room}/steps", reply)
    assert (done["state"], done["is_on_time"], done["reply"]) == ("replied", True, "已转县里")
    again = ask("desk").post(f"{room}/steps", {"step": "not_content"})
    assert (again["redone"], again["due_on"]) == (1, "2026-12-16")
    owed = ask("leader").get("/referrals?state=owed")["items"]
    assert [r["id"] for r in owed] == [made["id"]]


def test_a_leaders_referral_is_waived_by_somebody_else(ask: Any) -> None:
    made = ask("desk").post("/referrals", {**REFERRAL, "kind": "leader"}, 201)
    room = f"/referrals/{made['id']}/steps"
    ask("desk").post(room, {"step": "waive", "text": "不用"}, 403)
    waived = ask("supervisor").post(room, {"step": "waive", "text": "已口头"})
    assert (waived["state"], waived["waived_text"]) == ("none", "已口头")
    ask("analyst").post("/referrals", REFERRAL, 403)
    ask("boss").get("/referrals", 403)


def test_signals_are_listed_with_their_calls(world: World, ask: Any) -> None:
    body = {"kind": "power", "source": "用电监测", "text": "用电量骤降", "reference": "P1"}
    made = ask("desk").post("/signals", body, 201)
    listed = ask("analyst").get("/signals")["items"]
    assert [(s["call"], s["kind"], s["reference"]) for s in listed] == [
        (made["call"], "power", "P1")
    ]


# --- mails ---


def test_a_mail_that_waits_is_made_a_call_and_its_address_kept(world: World, ask: Any) -> None:
    row = operations.take_mail(world.system, mail(), now=world.now)
    assert [m["state"] for m in ask("desk").get("/mails?state=waiting")["items"]] == ["waiting"]
    room = f"/mails/{row.public_id}"
    assert ask("desk").get(room)["steps"] == ["register", "join", "dismiss"]
    unknown = {"step": "register", "credit_code": "91330000000000000X"}
    assert set(faults(ask("desk").post(f"{room}/steps", unknown, 422))) == {"credit_code"}
    code = firm_code(world)
    body = {"step": "register", "credit_code": code, "is_remembered": True}
    done = ask("desk").post(f"{room}/steps", body)
    assert (done["state"], done["firm"], done["call"]) == (
        "registered",
        code,
        only_call(world).number,
    )
    later = operations.take_mail(world.system, mail(mid="a2", subject="另一件"), now=world.now)
    assert later.state == "registered"


def test_a_mail_is_put_aside_taken_up_again_and_joined(world: World, ask: Any) -> None:
    call = steps.raise_call(world)
    row = operations.take_mail(world.system, mail(), now=world.now)
    room = f"/mails/{row.public_id}/steps"
    assert ask("desk").post(room, {"step": "dismiss", "reason": "advertising"})["dismissed_as"]
    assert ask("desk").post(room, {"step": "wake"})["state"] == "waiting"
    wrong = ask("desk").post(room, {"step": "join", "number": "QY-0"}, 422)
    assert faults(wrong) == {"number": "channels.call_unknown"}
    assert ask("desk").post(room, {"step": "join", "number": call.number})["call"] == call.number
    ask("supervisor").post(room, {"step": "wake"}, 403)


# --- files ---


def upload(text: str) -> dict[str, Any]:
    return {"kind": "calls", "file": SimpleUploadedFile("calls.csv", text.encode())}


def test_a_file_is_looked_at_line_by_line_before_it_is_written(world: World, ask: Any) -> None:
    made = ask("desk").post(
        "/batches", upload("诉求内容,编号\n路灯不亮,1\n,2\n积水,3\n"), 201, is_form=True
    )
    assert (made["state"], made["counts"]["new"], made["counts"]["failed"]) == ("prepared", 2, 1)
    room = f"/batches/{made['id']}"
    bad = ask("desk").get(f"{room}/lines?outcome=failed")["items"]
    assert [(f["code"]) for line in bad for f in line["errors"]] == ["input.required"]
    first = ask("desk").get(f"{room}/lines?size=2")
    rest = ask("desk").get(f"{room}/lines?size=2&cursor={first['next']}")
    assert [line["number"] for p in (first, rest) for line in p["items"]] == [2, 3, 4]
    assert "good_rows_named" in str(ask("desk").post(f"{room}/apply", {}, 409))
    done = ask("desk").post(f"{room}/apply", {"good_rows": True})
    assert (done["state"], done["is_good_rows"]) == ("applied", True)
    with tenancy.reading(world.system):
        assert Call.objects.count() == 2
    ask("desk").post(f"{room}/discard", {}, 409)
    assert [b["id"] for b in ask("supervisor").get("/batches")["items"]] == [made["id"]]


def test_a_file_that_is_put_aside_keeps_no_line(ask: Any) -> None:
    made = ask("desk").post("/batches", upload("诉求内容\n路灯不亮\n"), 201, is_form=True)
    room = f"/batches/{made['id']}"
    assert ask("desk").post(f"{room}/discard", {})["state"] == "discarded"
    assert ask("desk").get(f"{room}/lines")["items"] == []
    ask("desk").post("/batches", upload("没有这一列\n1\n"), 422, is_form=True)
    ask("supervisor").post("/batches", upload("诉求内容\n1\n"), 403, is_form=True)


# --- orders ---


def test_an_order_is_signed_extended_and_replied_to(world: World, ask: Any) -> None:
    row = order_of(world, world.actor("desk"))
    room = f"/orders/{row.public_id}/steps"
    assert ask("desk").post(room, {"step": "sign"})["state"] == "signed"
    ask("desk").post(room, {"step": "ask_extension", "days": 3, "text": "等配件"})
    ask("desk").post(room, {"step": "approve_extension"}, 403)
    ask("supervisor").post(room, {"step": "approve_extension"})
    wrong = ask("desk").post(room, {"step": "ask_extension", "days": 3, "text": "再等"}, 409)
    assert "extension_once" in str(wrong)
    answered(world, row)
    done = ask("desk").post(room, {"step": "reply"})
    assert (done["state"], done["reply_text"]) == ("replied", "路灯已修好")
    taken = ask("desk").post("/orders/replies", {}, 201)["items"]
    assert [r["kind"] for r in taken] == ["order_sign", "order_extension", "order_reply"]
    assert ask("desk").post("/orders/replies", {}, 201)["items"] == []


def test_an_order_that_is_not_ours_is_asked_back_with_a_reason(world: World, ask: Any) -> None:
    row = order_of(world, world.actor("desk"))
    room = f"/orders/{row.public_id}/steps"
    wrong = ask("desk").post(room, {"step": "ask_return", "reason": "tired", "text": "不"}, 422)
    assert set(faults(wrong)) == {"reason"}
    body = {"step": "ask_return", "reason": "not_ours", "text": "属邻区"}
    assert ask("desk").post(room, body)["state"] == "return_asked"


# --- handed on ---


def test_a_call_is_handed_on_told_of_and_taken_back(
    world: World, endpoint: Endpoint, ask: Any
) -> None:
    call = steps.raise_call(world)
    body = {"call": str(call.public_id), "endpoint": str(endpoint.public_id), "reason": "墙外"}
    made = ask("desk").post("/forwards", body, 201, key="one")
    assert ask("desk").post("/forwards", body, 201, key="one")["id"] == made["id"]
    ask("desk").post("/forwards", body, 409)
    room = f"/forwards/{made['id']}"
    said = ask("desk").post(f"{room}/steps", {"step": "say", "text": "请尽快"})
    assert [(u["direction"], u["text"]) for u in said["updates"]] == [("out", "请尽快")]
    ask("desk").post(f"{room}/steps", {"step": "filed"}, 404)
    assert ask("desk").post(f"{room}/steps", {"step": "withdraw"})["state"] == "withdrawn"
    assert ask("analyst").get("/forwards?state=withdrawn")["items"][0]["call"] == call.number


def test_what_does_not_get_through_is_listed_and_sent_again(
    world: World, handed: Forward, there: There, ask: Any
) -> None:
    assert ask("desk").get("/stuck")["items"] == []
    there.answers = lambda _method, _url: Reply(400, "no such service")
    deliver(world)
    (found,) = ask("admin").get("/stuck")["items"]
    assert (found["endpoint"], found["state"]) == (handed.endpoint.code, "given_up")
    (system,) = ask("admin").get("/stuck/systems")
    assert (system["given_up"], system["failing"]) == (1, 0)
    ask("supervisor").post("/stuck/retries", {}, 403)
    assert ask("desk").post("/stuck/retries", {}, 201) == {"count": 1}
    assert ask("desk").get("/stuck")["items"] == []


def test_calls_about_one_problem_are_linked_by_a_person(world: World, ask: Any) -> None:
    first = steps.raise_call(world)
    second = steps.raise_call(world, "desk", "远航", text="同一件事")
    room = f"/same/{second.public_id}"
    linked = ask("desk").post(f"{room}/steps", {"step": "link", "main": first.number})
    assert (linked["main"], linked["linked"]) == (first.number, [first.number])
    ask("desk").post(f"{room}/steps", {"step": "link", "main": first.number}, 409)
    undone = ask("desk").post(f"{room}/steps", {"step": "unlink", "text": "不是一件事"})
    assert (undone["main"], undone["linked"]) == (second.number, [])
    ask("analyst").post(f"{room}/steps", {"step": "unlink", "text": "不"}, 403)


# --- connections ---


def test_a_connection_is_set_up_and_never_tells_its_key(world: World, ask: Any) -> None:
    body = {
        "code": "city",
        "kind": "open311",
        "name": "市 12345",
        "url": "https://8.8.8.8/open311/v2",
        "secret": "open-sesame",
    }
    made = ask("admin").post("/connections", body, 201)
    assert "open-sesame" not in str(ask("admin").get("/connections"))
    change = {"name": "市热线", "url": body["url"], "is_active": False}
    changed = ask("admin").post(f"/connections/{made['id']}", change, method="put")
    assert (changed["name"], changed["is_active"]) == ("市热线", False)
    wrong = ask("admin").post("/connections", body, 422)
    assert faults(wrong) == {"code": "channels.code_taken"}
    inside = {**body, "code": "other", "url": "https://127.0.0.1/x"}
    ask("admin").post("/connections", inside, 422)
    ask("desk").post("/connections", body, 403)
