"""Members and meetings of the council by the interface."""

from typing import Any

import pytest

from qiying.kernel import tenancy
from qiying.slices.council.models import Member
from tests.slices.machine import Machine, faults
from tests.slices.world import World, make_world


@pytest.fixture
def ask(world: World) -> Any:
    return lambda name: Machine(world, name, "/council")


def test_a_member_sits_for_a_term_and_no_longer(world: World, ask: Any) -> None:
    body = {"name": "周代表", "kind": "npc", "person": world.user("desk2").pk}
    made = ask("admin").post("/members", body, 201, key="one")
    assert ask("admin").post("/members", body, 201, key="one")["id"] == made["id"]
    assert made["is_in_term"]
    assert ask("admin").post("/members", body, 409)["code"] == "council.member_known"
    assert made["id"] in {m["id"] for m in ask("boss").get("/members")}
    room = f"/members/{made['id']}/term"
    early = ask("admin").post(room, {"term_to": "2000-01-01"}, 422)
    assert faults(early) == {"term_to": "council.term"}
    ended = ask("admin").post(room, {"term_to": "2026-12-31"})
    assert ended["term_to"] == "2026-12-31"
    ask("desk").post("/members", body, 403)


def test_nobody_of_another_zone_is_made_a_member(world: World, ask: Any) -> None:
    stranger = make_world("yi").person("far", "desk")
    body = {"name": "外人", "kind": "npc", "person": stranger.person_id}
    ask("admin").post("/members", body, 404)
    ask("admin").post("/members", {**body, "person": 2**40}, 404)
    with tenancy.reading(world.system):
        assert not Member.objects.filter(name="外人").exists()


def test_a_meeting_is_planned_for_a_day_to_come(ask: Any) -> None:
    body = {"title": "十二月议事会", "at": "2026-12-20T09:00:00", "place": "三楼会议室"}
    made = ask("desk").post("/meetings", body, 201, key="one")
    assert ask("desk").post("/meetings", body, 201, key="one")["number"] == made["number"]
    assert [m["id"] for m in ask("boss").get("/meetings")["items"]] == [made["id"]]
    past = {**body, "at": "2020-12-20T09:00:00"}
    assert set(faults(ask("desk").post("/meetings", past, 422))) == {"at"}
    ask("boss").post("/meetings", body, 403)
