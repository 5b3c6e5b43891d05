"""Lists of the staff: who opens them, how they are filtered, paged, counted and taken away."""

import json

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.search import ask
from qiying.slices.calls import queries
from tests.slices.calls import steps
from tests.slices.calls.desk.asking import HTMX, At, case, send, text_of
from tests.slices.calls.steps import fresh
from tests.slices.world import World, make_world

PAGES = {
    "/calls/": {"desk", "safety", "safety-lead", "caller", "supervisor", "leader", "analyst"},
    "/calls/desk/": {"desk", "supervisor"},
    "/calls/tasks/": {"safety", "safety-lead"},
    "/calls/callbacks/": {"caller"},
    "/calls/register/": {"desk"},
    "/calls/register/firms/": {"desk"},
    "/calls/morning/": {"desk", "safety-lead", "supervisor", "leader"},
    "/calls/board/": {"desk", "safety-lead", "supervisor", "leader", "analyst", "auditor"},
    "/calls/board/rounds/": {"desk", "safety-lead", "supervisor", "leader", "analyst", "auditor"},
    "/calls/rates/": {"supervisor", "leader", "analyst", "auditor"},
}
PEOPLE = ("boss", "grid", "desk", "safety", "safety-lead", "caller", "supervisor")
PEOPLE += ("leader", "analyst", "auditor", "admin")


def test_each_page_opens_for_its_roles_and_for_nobody_else(at: At, world: World) -> None:
    steps.working(world)
    for name in PEOPLE:
        client = at(name)
        for path, welcome in PAGES.items():
            allowed = name in welcome or (path == "/calls/" and name == "auditor")
            assert client.get(path).status_code == (200 if allowed else 403), (name, path)


def test_a_stranger_is_asked_to_sign_in(world: World) -> None:
    response = Client().get("/calls/desk/")
    assert response.status_code == 302
    assert "/sign-in/" in response["Location"]


def test_a_call_of_another_zone_is_not_there(at: At, world: World) -> None:
    other = make_world("other")
    other.firm("异乡")
    other.person("boss2", Role.ENTERPRISE, firm="异乡")
    theirs = steps.raise_call(other, "boss2", "异乡")
    client = at("desk")
    assert client.get(case(theirs)).status_code == 404
    assert client.get(f"{case(theirs)}drawer/", headers=HTMX).status_code == 404
    assert client.post(f"{case(theirs)}accept/").status_code == 404
    assert fresh(other, theirs).state == "submitted"


def test_staff_who_follow_a_notice_reach_the_case_page(at: At, world: World) -> None:
    call = steps.submitted(world)
    response = at("desk").get(f"/calls/{call.public_id}/")
    assert (response.status_code, response["Location"]) == (302, case(call))
    assert at("boss").get(f"/calls/{call.public_id}/").status_code == 200


# --- the list ---


def test_the_filter_bar_is_the_address(at: At, world: World) -> None:
    steps.triage(world)
    working = steps.working(world)
    client = at("desk")
    assert len(client.get("/calls/").context["rows"]) == 2
    unit = world.units["ZONE_SAFE"]
    hits = {
        f"unit={unit}": 1,
        "state=triage": 1,
        "tab=working": 1,
        f"q={working.number}": 1,
        "q=焦味": 2,
        "matter=M016": 2,
        "channel=phone": 0,
        "urgency=danger": 0,
        "light=red&light=yellow": 0,
        "light=green&light=red": 2,
        "due=today": 0,
        "place=TE": 2,
        "place=TW": 0,
        "nature=suggestion": 0,
    }
    for query, count in hits.items():
        found = client.get(f"/calls/?{query}")
        assert len(found.context["rows"]) == count, query
    assert "Nothing matches" in text_of(client.get("/calls/?channel=phone"))


def test_the_list_is_sorted_and_paged_by_key(at: At, world: World) -> None:
    calls = [steps.submitted(world) for _n in range(28)]
    client = at("desk")
    first = client.get("/calls/?sort=received")
    assert [r.call.number for r in first.context["rows"]] == [c.number for c in calls[:25]]
    cursor = first.context["page"].next
    second = client.get("/calls/", {"sort": "received", "cursor": cursor})
    assert [r.call.number for r in second.context["rows"]] == [c.number for c in calls[25:]]
    assert client.get("/calls/?sort=due").context["asked"].order == queries.DUE_ORDER


@pytest.mark.parametrize(
    "query",
    [
        "unit=²",
        f"unit={'9' * 60}",
        f"place=grid:{'9' * 60}",
        f"enterprise={'9' * 17}",
        "enterprise=x%00y",
        "q=%00",
        "q=%F0%9F%92%A5",
        f"q={'长' * 400}",
        "state=nowhere",
        "light=purple&tab=unknown&due=never&age=old&sort=-nothing",
        "id=1%00&format=csv",
        "format=exe",
    ],
)
def test_odd_filters_narrow_the_list_and_break_nothing(at: At, world: World, query: str) -> None:
    steps.submitted(world)
    assert at("desk").get(f"/calls/?{query}").status_code == 200


@pytest.mark.parametrize(
    "cursor", ["x", "bm90IGpzb24", "WyJuIixbMSwyLDNdXQ", "WyJuIixbIngiLCJ5Il1d"]
)
def test_a_cursor_that_nobody_gave_is_refused(at: At, world: World, cursor: str) -> None:
    steps.submitted(world)
    for path in ("/calls/", "/calls/board/rounds/"):
        assert at("desk").get(path, {"cursor": cursor}).status_code == 422, path


def test_the_list_asks_the_same_number_of_questions_however_long_it_is(
    at: At, world: World
) -> None:
    client = at("desk")
    steps.working(world)
    client.get("/calls/")
    counts = []
    for _round in range(2):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get("/calls/").status_code == 200
        counts.append(len(asked))
        for _n in range(6):
            steps.triage(world)
    assert counts[0] == counts[1]


def test_a_file_of_the_list_says_its_filter_and_holds_what_was_picked(
    at: At, world: World
) -> None:
    calls = [steps.triage(world) for _n in range(3)]
    client = at("desk")
    whole = client.get("/calls/?tab=triage&light=green&format=csv").content.decode("utf-8-sig")
    assert "# View,To dispatch" in whole
    assert "# Light,On time" in whole
    assert all(c.number in whole for c in calls)
    picked = client.get("/calls/", {"id": [calls[1].number], "format": "csv"})
    lines = picked.content.decode("utf-8-sig")
    assert calls[1].number in lines
    assert calls[0].number not in lines
    assert client.get("/calls/?format=xlsx").content[:2] == b"PK"


def test_a_view_that_was_kept_becomes_a_tab(at: At, world: World) -> None:
    client = at("desk")
    form = {"page": "/calls/", "name": "红灯", "query": "light=red&sort=due"}
    assert client.post("/views/", form).status_code == 303
    tabs = client.get("/calls/?light=red&sort=due").context["views"]
    assert [t["label"] for t in tabs if t["active"]] == ["红灯"]


def test_tabs_count_what_waits(at: At, world: World) -> None:
    steps.submitted(world)
    steps.triage(world)
    steps.triage(world)
    tabs = {t["label"]: t for t in at("desk").get("/calls/?tab=triage").context["views"]}
    assert (tabs["To accept"]["count"], tabs["To dispatch"]["count"]) == (1, 2)
    assert [label for label, t in tabs.items() if t["active"]] == ["To dispatch"]


def test_the_drawer_is_a_fragment_and_otherwise_leads_to_the_page(at: At, world: World) -> None:
    call = steps.triage(world)
    client = at("desk")
    part = client.get(f"{case(call)}drawer/", headers=HTMX)
    assert "data-drawer" in text_of(part)
    assert "#do-dispatch" in text_of(part)
    assert client.get(f"{case(call)}drawer/")["Location"] == case(call)


# --- the unit complained of ---


def test_the_unit_complained_of_sees_the_complaint_nowhere(at: At, world: World) -> None:
    unit = world.units["ZONE_SAFE"]
    call = steps.raise_call(world, title="投诉安监作风", complained_unit_id=unit)
    steps.take(world, "desk", call, "accept")
    steps.take(world, "desk", call, "dispatch", lead_unit_id=world.units["EMB"], text="回避")
    assert at("emb").get(case(call)).status_code == 200
    for name in ("safety", "safety-lead"):
        client = at(name)
        assert client.get(case(call)).status_code == 404
        assert client.get(f"{case(call)}drawer/", headers=HTMX).status_code == 404
        assert send(client, world, call, "note", text="打听").status_code == 404
        for path in ("/calls/", "/calls/?q=作风", "/calls/?tab=dispatched", "/calls/?format=csv"):
            body = text_of(client.get(path))
            assert call.number not in body
            assert "作风" not in body.replace("q=作风", "").replace('value="作风"', "")
        assert json.loads(client.get("/calls/layer.geojson").content)["features"] == []
        with tenancy.reading(world.actor(name)):
            assert not ask(world.actor(name), "作风")
    lead = at("safety-lead")
    assert lead.get("/calls/morning/").context["sheet"].total == 0
    assert lead.get("/calls/board/?period=year").context["kpis"][0]["value"] == "0"
    tabs = at("safety").get("/calls/").context["views"]
    assert not any(t.get("count") for t in tabs)


# --- the case page ---
