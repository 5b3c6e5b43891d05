"""The interface of the casebook carries a case and a selection from the first step to the last."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from qiying.slices.calls.models import Call
from tests.slices.casebook import steps
from tests.slices.machine import Machine, faults
from tests.slices.world import World

pytestmark = pytest.mark.django_db
JUDGES = ("judge1", "judge2", "judge3", "judge4")


@pytest.fixture
def ask(world: World) -> Any:
    return lambda name: Machine(world, name, "/casebook")


# --- a case ---


def test_a_case_goes_from_draft_to_the_library_by_the_interface(
    world: World, settled: Call, ask: Any
) -> None:
    text = {**steps.TEXTS, "effect": "停机时间减少98%，企业未停产，回访满意。"}
    made = ask("desk").post("/cases", {"call": str(settled.public_id), **text}, 201)
    room = f"/work/{made['id']}"
    standing = ask("desk").get(room)
    assert [f["kind"] for f in standing["findings"]] == ["figure"]
    assert set(standing["steps"]) == {"write", "reason", "submit", "drop"}
    refused = ask("desk").post(f"{room}/steps", {"step": "submit"}, 409)
    assert refused["code"] == "casebook.findings"
    key = standing["findings"][0]["key"]
    reason = {"step": "reason", "key": key, "reason": "见运维记录"}
    assert ask("desk").post(f"{room}/steps", reason)["findings"][0]["reason"] == "见运维记录"
    shorter = {"step": "write", "text": {"effect": steps.TEXTS["effect"]}}
    written = ask("desk").post(f"{room}/steps", shorter)
    assert (written["findings"], written["text"]["title"]) == ([], steps.TEXTS["title"])
    assert ask("desk").post(f"{room}/steps", {"step": "submit"})["state"] == "review"
    readers = {r["id"] for r in ask("decider").get(f"{room}/readers")}
    assert world.user("judge1").pk in readers
    assert world.user("desk").pk not in readers
    for name in ("judge1", "judge2"):
        ask("decider").post(f"{room}/steps", {"step": "assign", "person": world.user(name).pk})
        waiting = ask(name).get("/work?mine=1")["items"]
        assert [c["id"] for c in waiting] == [made["id"]]
        given = {"step": "review", "points": steps.WELL, "comment": "有据可查"}
        judged = ask(name).post(f"{room}/steps", given)
        assert [r["total"] is not None for r in judged["reviews"]] == [True]
        assert ask(name).get("/work?mine=1")["items"] == []
    accepted = ask("decider").post(f"{room}/steps", {"step": "accept", "reason": "可推广"})
    assert (accepted["state"], accepted["steps"]) == ("accepted", ["publish", "withdraw"])
    assert ask("decider").post(f"{room}/steps", {"step": "publish"})["state"] == "published"
    assert [c["id"] for c in ask("boss").get("/cases")["items"]] == [made["id"]]


def test_a_case_on_its_way_is_not_there_for_others(world: World, settled: Call, ask: Any) -> None:
    case = steps.submitted(world, settled)
    room = f"/work/{case.public_id}"
    assert ask("judge1").get("/work")["items"] == []
    ask("judge1").get(room, 404)
    ask("judge1").post(f"{room}/steps", {"step": "accept"}, 404)
    ask("boss").get("/work", 403)


def test_a_step_says_what_it_lacks_and_an_unknown_one_is_not_there(
    world: World, settled: Call, ask: Any
) -> None:
    room = f"/work/{steps.nominate(world, settled).public_id}/steps"
    assert faults(ask("desk").post(room, {"step": "write"}, 422)) == {"text": "input.required"}
    ask("desk").post(room, {"step": "erase"}, 404)
    long = {"step": "write", "text": {"title": "长" * 101}}
    assert faults(ask("desk").post(room, long, 422)) == {"text.title": "input.too_long"}


# --- a selection ---


def terms(world: World, **more: Any) -> dict[str, Any]:
    today = timezone.localdate(world.now)
    return {
        "title_zh": "创新案例评选",
        "rules_zh": "面向各县（市、区）和基层单位征集。",
        "quota": 2,
        "opens_on": today.isoformat(),
        "closes_on": (today + timedelta(days=10)).isoformat(),
        "review_until": (today + timedelta(days=40)).isoformat(),
        "seed": 7,
        **more,
    }


def test_a_call_for_cases_is_prepared_once_per_key_and_its_faults_are_named(
    panel: World, ask: Any
) -> None:
    first = ask("supervisor").post("/selections", terms(panel), 201, key="one")
    again = ask("supervisor").post("/selections", terms(panel), 201, key="one")
    assert first["id"] == again["id"]
    assert sum(c["weight"] for c in first["criteria"]) == 100
    wrong = terms(panel, weights={"importance": 90})
    assert faults(ask("supervisor").post("/selections", wrong, 422)) == {
        "criteria": "casebook.criteria_weights"
    }
    odd = terms(panel, weights={"beauty": 10})
    assert faults(ask("supervisor").post("/selections", odd, 422)) == {"weights": "input.choice"}
    ask("desk").post("/selections", terms(panel), 403)


@pytest.fixture
def dealt(panel: World, ask: Any) -> str:
    """A selection with three entries in the hands of its panel, carried there by the interface."""
    room = f"/selections/{ask('supervisor').post('/selections', terms(panel), 201)['id']}"
    ask("supervisor").post(f"{room}/steps", {"step": "announce"})
    for number in range(3):
        body = {
            "level": "county",
            "county": steps.COUNTIES[number],
            "entrant": f"{steps.COUNTIES[number]}发改局",
            "text": {**steps.TEXTS, "title": f"做法之{number}"},
        }
        made = ask("desk").post(f"{room}/entries", body, 201)
        assert made["steps"] == ["resubmit", "withdraw"]
        checked = ask("supervisor").post(f"/entries/{made['id']}/steps", {"step": "complete"})
        assert checked["state"] == "complete"
    candidates = {c["id"] for c in ask("supervisor").get(f"{room}/candidates")}
    for name in JUDGES:
        assert panel.user(name).pk in candidates
        seat = {"step": "seat", "person": panel.user(name).pk}
        ask("supervisor").post(f"{room}/steps", seat)
    panel.later(days=11)
    for step in ("close", "deal"):
        ask("supervisor").post(f"{room}/steps", {"step": step})
    return room


def mark_all(ask: Any, room: str) -> None:
    for name in JUDGES:
        for found in ask(name).get(f"{room}/readings"):
            level = 4 + found["blind"]
            body = {"points": dict.fromkeys(steps.WELL, level), "comment": "言之有据"}
            ask(name).post(f"/readings/{found['entry']}/marks", body, 201)


def test_a_panelist_reads_without_learning_whose_entry_it_is(dealt: str, ask: Any) -> None:
    found = next(r for name in JUDGES for r in ask(name).get(f"{dealt}/readings"))
    told = next(
        ask(name).get(f"/readings/{found['entry']}")
        for name in JUDGES
        if found["entry"] in {r["entry"] for r in ask(name).get(f"{dealt}/readings")}
    )
    assert set(told["criteria"]) == set(steps.WELL)
    assert not any(county in json.dumps(told, ensure_ascii=False) for county in steps.COUNTIES)
    for name in JUDGES:
        ask(name).get(f"/entries/{found['entry']}", 404)
        ask(name).get(f"{dealt}/ranking", 403)


def test_who_stands_back_hands_the_reading_to_somebody_else(dealt: str, ask: Any) -> None:
    name = next(name for name in JUDGES if ask(name).get(f"{dealt}/readings"))
    entry = ask(name).get(f"{dealt}/readings")[0]["entry"]
    ask(name).post(f"/readings/{entry}/interests", {"reason": "曾在该单位工作"}, 201)
    assert entry not in {r["entry"] for r in ask(name).get(f"{dealt}/readings")}
    before = ask("supervisor").get(dealt)["marks"]
    after = ask("supervisor").post(f"{dealt}/steps", {"step": "third"})["marks"]
    assert after == before + 1
    assert entry not in {r["entry"] for r in ask(name).get(f"{dealt}/readings")}


def test_a_selection_goes_to_its_final_list_by_the_interface(
    panel: World, dealt: str, ask: Any
) -> None:
    ask("supervisor").get(f"{dealt}/ranking", 404)
    mark_all(ask, dealt)
    standing = ask("supervisor").get(dealt)
    assert (standing["marks"], standing["marks_given"]) == (6, 6)
    assert ask("supervisor").post(f"{dealt}/steps", {"step": "rank"})["state"] == "ranked"
    ranking = ask("decider").get(f"{dealt}/ranking")
    assert [r["rank"] for r in ranking["items"]] == [1, 2, 3]
    assert [r["place"] for r in ranking["items"]] == ["inside", "inside", "outside"]
    assert len(ranking["digest"]) == 64
    assert sum(s["judged"] for s in ask("decider").get(f"{dealt}/seats")) == 6
    first, second, third = (r["entry"] for r in ranking["items"])
    day = timezone.localdate(panel.now).isoformat()
    choice = {"step": "choose", "entries": [first, third], "met_on": day, "minutes": "会议研究。"}
    refused = ask("decider").post(f"{dealt}/steps", choice, 409)
    assert refused["code"] == "casebook.deviation_unreasoned"
    choice["deviations"] = [{"entry": e, "reason": "另有奖励"} for e in (second, third)]
    assert ask("decider").post(f"{dealt}/steps", choice)["state"] == "shortlisted"
    ask("supervisor").post(f"{dealt}/steps", {"step": "publicise"})
    assert {e["id"] for e in ask("boss").get(f"{dealt}/entries")["items"]} == {first, third}
    made = ask("boss").post(f"/entries/{third}/objections", {"text": "数据不实"}, 201)
    assert [o["id"] for o in ask("decider").get(f"{dealt}/objections")] == [made["id"]]
    upheld = {"is_upheld": True, "finding": "经核实，数据不实"}
    settled = ask("decider").post(f"/objections/{made['id']}/settlement", upheld)
    assert settled["state"] == "upheld"
    panel.later(days=15)
    final = ask("supervisor").post(f"{dealt}/steps", {"step": "conclude"})
    listed = ask("boss").get(f"{dealt}/list")
    assert final["final_digest"] == listed["final_digest"]
    assert [line["rank"] for line in listed["items"]] == [1]


def test_entries_are_paged_by_cursor_and_seen_by_who_may(
    panel: World, dealt: str, ask: Any
) -> None:
    first = ask("supervisor").get(f"{dealt}/entries?size=2")
    rest = ask("supervisor").get(f"{dealt}/entries?size=2&cursor={first['next']}")
    seen = [e["number"] for page in (first, rest) for e in page["items"]]
    assert len(seen) == len(set(seen)) == 3
    assert ask("judge1").get(f"{dealt}/entries")["items"] == []
    ask("boss").get(f"{dealt}/entries", 404)


def test_an_entry_comes_back_and_is_handed_in_again(panel: World, ask: Any) -> None:
    row = steps.announced(panel)
    entry = steps.enter(panel, row)
    room = f"/entries/{entry.public_id}"
    back = {"step": "give_back", "remark": "请补充成效证据"}
    assert ask("supervisor").post(f"{room}/steps", back)["state"] == "returned"
    assert ask("desk").get(room)["remark"] == "请补充成效证据"
    again = {"step": "resubmit", "text": {"title": "另一题目"}, "evidence": "见附件"}
    found = ask("desk").post(f"{room}/steps", again)
    assert (found["state"], found["title"], found["evidence"]) == (
        "submitted",
        "另一题目",
        "见附件",
    )
    ask("desk").post(f"{room}/steps", {"step": "complete"}, 403)
