"""Desk, own parts, morning sheet, board, map: the pages that people begin the day with."""

import json
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.slices.calls.models import Call
from qiying.slices.registry import public as registry
from qiying.slices.registry.models import Contact
from tests.slices.calls import steps
from tests.slices.calls.desk.asking import HTMX, At, case, send, text_of
from tests.slices.calls.steps import task
from tests.slices.world import World


def test_the_desk_shows_what_needs_a_decision_and_why(at: At, world: World) -> None:
    states = ("submitted", "triage", "disputed", "answered")
    calls = {state: steps.MAKE[state](world) for state in states}
    paused = steps.working(world, co=())
    reason = {"reason": "force_majeure", "text": "台风停工"}
    steps.take(world, "safety", paused, "propose_pause", **reason)
    response = at("desk").get("/calls/desk/")
    lanes = {lane.key: lane for lane in response.context["lanes"]}
    assert {key: lane.count for key, lane in lanes.items()} == dict.fromkeys(lanes, 1)
    triage = lanes["triage"].cards[0]
    assert triage.lead
    assert triage.why
    assert lanes["disputed"].cards[0].said.endswith("不归我们管")
    assert lanes["pauses"].cards[0].said.endswith("台风停工")
    assert lanes["review"].cards[0].said.endswith("已更换开关")
    assert calls["submitted"].title in text_of(response)
    assert 'hx-trigger="qy:call' in text_of(response)


def test_the_desk_asks_the_same_number_of_questions_for_every_card(at: At, world: World) -> None:
    desk = at("desk")
    counts = []
    for many in (1, 5):
        for _n in range(many):
            steps.triage(world)
            steps.answered(world)
        desk.get("/calls/desk/")
        with CaptureQueriesContext(connection) as asked:
            desk.get("/calls/desk/")
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- queues ---


def test_a_handler_finds_the_parts_of_the_unit_and_signs_in_one_click(
    at: At, world: World
) -> None:
    call = steps.dispatched(world)
    unit = at("emb")
    rows = unit.get("/calls/tasks/?tab=sign").context["rows"]
    assert [(r.row.call.number, r.task.is_lead) for r in rows] == [(call.number, False)]
    back = {"row": rows[0].task.pk, "next": "/calls/tasks/"}
    assert send(unit, world, call, "sign", **back)["Location"] == "/calls/tasks/"
    tabs = {t["label"]: t["count"] for t in unit.get("/calls/tasks/").context["tabs"]}
    assert (str(tabs["To sign for"]), str(tabs["In progress"])) == ("0", "1")
    assert not at("etb").get("/calls/tasks/").context["rows"]


def test_nobody_calls_back_about_the_own_answer(at: At, world: World) -> None:
    world.person("caller", Role.HANDLER, unit="EMB")
    call = steps.callback(world)
    own = steps.take(world, "desk", steps.triage(world), "dispatch", **emb(world))
    steps.take(world, "caller", own, "sign", task_id=task(world, own, "EMB"))
    steps.take(world, "caller", own, "contact")
    steps.take(world, "caller", own, "answer", result="solved", text="好了")
    steps.take(world, "desk", own, "review_pass")
    steps.take(world, "caller", call, "attempt_callback", outcome="no_answer")
    rows = at("caller").get("/calls/callbacks/").context["rows"]
    assert [(r.row.call.number, r.attempts) for r in rows] == [(call.number, 1)]
    sheet = text_of(at("caller").get(f"/calls/callbacks/{call.public_id}/", headers=HTMX))
    assert "What to say" in sheet
    assert "已更换开关" in sheet


def test_a_call_that_names_nobody_is_rung_back_at_the_firms_first_contact(
    at: At, world: World
) -> None:
    world.person("caller", Role.CALLBACK)
    call = steps.callback(world)
    with tenancy.acting(world.system):
        Call.objects.filter(pk=call.pk).update(contact_name="", contact_phone="")
        for name, phone, is_primary in (("甲", "13900000001", False), ("乙", "13900000002", True)):
            Contact.objects.create(
                tenant_id=world.system.tenant_id,
                enterprise_id=call.enterprise_id,
                name=name,
                phone=phone,
                is_primary=is_primary,
            )
    (row,) = at("caller").get("/calls/callbacks/").context["rows"]
    assert (row.contact, row.phone) == ("乙", "13900000002")


def emb(world: World) -> dict[str, Any]:
    return {"lead_unit_id": world.units["EMB"], "text": "由应急局牵头"}


def test_the_morning_sheet_shows_red_lights_first_and_only_the_own_unit(
    at: At, world: World, clock: time_machine.Traveller
) -> None:
    steps.working(world, co=())
    clock.move_to(world.later(days=20))
    lead, zone = at("safety-lead"), at("leader")
    groups = lead.get("/calls/morning/").context["groups"]
    assert (groups[0].key, groups[0].count) == ("overdue", 1)
    other = world.units["EMB"]
    assert lead.get(f"/calls/morning/?unit={other}").status_code == 404
    for text in ("x", "9" * 40, "-1"):
        assert lead.get("/calls/morning/", {"unit": text}).status_code == 404
    lines = zone.get("/calls/morning/").context["lines"]
    assert [(line.unit_id, line.red) for line, _url in lines] == [(world.units["ZONE_SAFE"], 1)]
    assert zone.get(f"/calls/morning/?unit={other}").context["sheet"].total == 0


# --- logging a call ---


def test_the_desk_logs_a_call_of_a_firm_that_rings(at: At, world: World) -> None:
    steps.submitted(world)
    desk = at("desk")
    hits = text_of(desk.get("/calls/register/firms/?q=宏达", headers=HTMX))
    assert "宏达" in hits
    assert desk.get("/calls/register/firms/?q=%00").status_code == 200
    firm = registry.enterprise(world.system, world.firms["宏达"]).public_id
    page = desk.get(f"/calls/register/?firm={firm}")
    assert len(page.context["others"]) == 1
    form = {
        "idempotency_key": uuid4().hex,
        "channel": "window",
        "text": "围墙边渗水。墙里墙外说不清。",
        "urgency": "normal",
        "where": "premises",
        "contact_name": "王立新",
        "contact_phone": "13905701234",
    }
    answers = [desk.post(f"/calls/register/?firm={firm}", form) for _n in range(2)]
    assert answers[0].status_code == 303
    assert answers[0]["Location"] == answers[1]["Location"]
    with tenancy.reading(world.system):
        call = Call.objects.get(channel="window")
    assert (call.title, call.reported_by_id) == ("围墙边渗水", world.user("desk").pk)
    bad = desk.post(f"/calls/register/?firm={firm}", {**form, "channel": "open311"})
    assert bad.status_code == 422
    assert desk.get("/calls/register/?firm=nothing").status_code == 404
    assert desk.get(f"/calls/register/?firm={uuid4()}").status_code == 404


# --- the board ---


def test_every_number_of_the_board_is_the_length_of_its_list(
    at: At, world: World, clock: time_machine.Traveller
) -> None:
    steps.closed(world)
    steps.reopened(world)
    steps.working(world)
    clock.move_to(world.later(days=40))
    leader = at("leader")
    start, end = "2026-11-01", "2026-12-20"
    response = leader.get(f"/calls/board/?from={start}&to={end}")
    lines = [*response.context["by_unit"], *response.context["by_matter"]]
    lines += response.context["by_place"]
    cells = [c for line in lines for c in (line.due, *line.cells)]
    assert cells
    for cell in cells:
        found = leader.get(cell.url).context["rows"]
        if "." not in cell.top:
            assert len(found) == (cell.base if cell.name == "due" else int(cell.top)), cell


def test_units_with_few_rounds_are_shown_and_not_ranked(
    at: At, world: World, clock: time_machine.Traveller
) -> None:
    steps.working(world)
    clock.move_to(world.later(days=40))
    response = at("leader").get("/calls/board/?from=2026-11-01&to=2026-12-20")
    assert [line.rank for line in response.context["by_unit"]] == [None]
    assert "too few" in text_of(response)


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("", "month"),
        ("period=last", "last"),
        ("period=quarter", "quarter"),
        ("period=year", "year"),
        ("period=ever", "month"),
        ("from=2026-11-30&to=2026-11-01", "custom"),
        ("from=2026-13-01&to=x", "month"),
        ("from=0001-01-01&to=9999-12-31", "month"),
    ],
)
def test_a_period_is_read_or_is_this_month(at: At, world: World, query: str, key: str) -> None:
    period = at("leader").get(f"/calls/board/?{query}").context["period"]
    assert period.key == key
    assert period.start < period.end


@pytest.mark.parametrize(
    "query",
    [
        "measure=none&unit=x&matter=%00&place=" + "9" * 300,
        f"unit={'9' * 40}",
        "unit=-&matter=-&place=-",
        "start=x&end=9999-12-31",
    ],
)
def test_odd_questions_to_the_rounds_break_nothing(at: At, world: World, query: str) -> None:
    assert at("leader").get(f"/calls/board/rounds/?{query}").status_code == 200


def test_the_board_and_its_lists_come_as_files(at: At, world: World) -> None:
    steps.closed(world)
    leader = at("leader")
    board = leader.get("/calls/board/?period=year&format=csv").content.decode("utf-8-sig")
    assert "# Period" in board
    assert "95 % interval" in board
    rounds = leader.get("/calls/board/rounds/?measure=verified&missed=1&format=csv")
    said = rounds.content.decode("utf-8-sig")
    assert "# Measure,Verified closure" in said
    assert "# Shown,Fell short" in said
    assert leader.get("/calls/board/rounds/?format=xlsx").content[:2] == b"PK"


# --- elsewhere ---


def test_open_calls_stand_on_the_map_for_those_who_may_see_them(at: At, world: World) -> None:
    call = steps.working(world)
    with tenancy.reading(world.actor("desk")):
        layers = {m.url_name: m.kind for m in registry.map_layers(world.actor("desk"))}
    assert layers["calls:layer"] == "call"
    found = json.loads(at("desk").get("/calls/layer.geojson").content)
    (pin,) = found["features"]
    assert pin["geometry"]["type"] == "Point"
    assert pin["properties"]["url"] == case(call)
    assert pin["properties"]["tone"] == "plain"
    own = json.loads(at("boss").get("/calls/layer.geojson").content)["features"]
    assert own[0]["properties"]["url"] == f"/calls/{call.public_id}/"
    assert json.loads(at("rival").get("/calls/layer.geojson").content)["features"] == []
    assert at("admin").get("/calls/layer.geojson").status_code == 403


def test_a_firm_page_has_a_tab_with_its_calls(at: At, world: World) -> None:
    call = steps.working(world)
    firm = registry.enterprise(world.system, world.firms["宏达"]).public_id
    panel = at("desk").get(f"/calls/firm/{firm}/")
    assert call.title in text_of(panel)
    assert f"/calls/?enterprise={world.firms['宏达']}" in text_of(panel)
    assert at("boss").get(f"/calls/firm/{firm}/").context["list_url"] == ""
    assert at("desk").get(f"/calls/firm/{uuid4()}/").status_code == 404
    page = at("desk").get(f"/registry/firms/{firm}/?tab=calls:firm-panel")
    assert f"/calls/firm/{firm}/" in text_of(page)
