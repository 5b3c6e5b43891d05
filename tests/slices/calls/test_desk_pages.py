"""The pages of the staff: who may open them, what they show, and what a posted form can do."""

import json
import re
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from PIL import Image

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.models import Attachment, Event
from qiying.kernel.search import ask
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call, Note
from qiying.slices.calls.rules import MAX_TEXT
from qiying.slices.calls.views import moves, periods
from qiying.slices.registry import public as registry
from tests.slices.calls import steps
from tests.slices.calls.steps import fresh, task
from tests.slices.world import World, make_world

At = Callable[[str], Client]
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def clock(world: World) -> Iterator[time_machine.Traveller]:
    """The pages live in the world's time; ``clock.move_to(world.now)`` follows it."""
    with time_machine.travel(world.now, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def at(world: World) -> Iterator[At]:
    """Somebody's browser: ``at("desk").get("/calls/")``; the pages speak English."""

    def signed_in(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(world.user(name), backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["django_language"] = "en"
        return client

    with translation.override("en"):
        yield signed_in


def case(call: Call) -> str:
    return f"/calls/case/{call.public_id}/"


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def send(client: Client, world: World, call: Call, step: str, **fields: Any) -> HttpResponse:
    """Post the form of a step as the page draws it."""
    given = {
        "idempotency_key": uuid4().hex,
        "version": fresh(world, call).version,
        "row": call.pk,
        **fields,
    }
    return client.post(f"{case(call)}{step}/", given)


def events_of(world: World, call: Call, topic: str) -> int:
    with tenancy.reading(world.system):
        return Event.objects.filter(
            tenant_id=world.tenant.pk, topic=topic, subject_id=call.pk
        ).count()


# --- who may open what ---

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


@pytest.mark.parametrize("state", sorted(steps.MAKE))
def test_the_page_offers_exactly_the_steps_of_the_table(at: At, world: World, state: str) -> None:
    call = steps.MAKE[state](world)
    for name in ("desk2", "safety", "caller", "supervisor", "leader", "auditor"):
        response = at(name).get(case(call))
        actor = world.actor(name)
        with tenancy.reading(actor):
            row = queries.find_call(actor, call.pk)
            if row is None:
                assert response.status_code == 404
                continue
            opened = queries.steps_open(actor, row, now=world.now)
        assert response.status_code == 200
        shown = [v.step for v in (*response.context["steps"], *response.context["talk"])]
        wanted = {(s.name, s.entity_id) for s in opened} - {("supersede_attempt", call.pk)}
        drawn = {(s.name, s.entity_id) for s in shown} - {("supersede_attempt", call.pk)}
        assert drawn == {(n, i) for n, i in wanted if n not in moves.OF_THE_FIRM}


def test_a_call_goes_round_the_loop_by_its_pages(at: At, world: World) -> None:
    call = steps.submitted(world)
    desk, unit = at("desk"), at("safety")
    assert send(desk, world, call, "accept").status_code == 303
    form = desk.get(case(call)).context["steps"][0].form
    assert form["lead_unit_id"].value() == world.units["ZONE_SAFE"]
    lead = form["lead_unit_id"].value()
    fields = {"lead_unit_id": lead, "co_units": [world.units["EMB"]], "duty": "配合执法"}
    assert send(desk, world, call, "dispatch", **fields).status_code == 303
    row = task(world, call, "ZONE_SAFE")
    assert send(unit, world, call, "sign", row=row).status_code == 303
    assert send(unit, world, call, "contact", is_reached="yes", text="已通话").status_code == 303
    blocked = text_of(unit.get(case(call)))
    assert "Every co-handler must be done or have given a stage report first." in blocked
    co = task(world, call, "EMB")
    assert send(at("emb"), world, call, "sign", row=co).status_code == 303
    assert send(at("emb"), world, call, "task_done", row=co, text="已配合").status_code == 303
    answer = {"result": "solved", "text": "已更换开关", "papers": picture()}
    assert send(unit, world, call, "answer", **answer).status_code == 303
    assert send(at("desk2"), world, call, "review_pass").status_code == 303
    confirm = {"resolved": "yes", "text": "满意"}
    assert send(at("caller"), world, call, "callback_confirm", **confirm).status_code == 303
    body = text_of(desk.get(case(call)))
    assert fresh(world, call).state == "closed"
    assert "配合执法" in body
    with tenancy.reading(world.system):
        evidence = Attachment.objects.get(subject_type="calls.note", name="现场.jpg")
    assert f"/files/{evidence.public_id}" in body


def picture() -> SimpleUploadedFile:
    held = BytesIO()
    Image.new("RGB", (32, 24), (180, 120, 60)).save(held, "JPEG")
    return SimpleUploadedFile("现场.jpg", held.getvalue(), "image/jpeg")


def test_two_people_at_once_lose_nothing(at: At, world: World) -> None:
    call = steps.submitted(world)
    seen = call.version
    assert send(at("desk"), world, call, "accept", version=seen).status_code == 303
    slow = send(at("desk2"), world, call, "ask_info", version=seen, text="请补充图纸")
    assert slow.status_code == 409
    assert fresh(world, call).state == "triage"
    body = text_of(slow)
    assert "Somebody was faster." in body
    assert "Last: Accepted (desk · desk officer" in body
    assert "请补充图纸" in body
    given = {"version": seen, "text": "转安监", "lead_unit_id": world.units["ZONE_SAFE"]}
    again = send(at("desk2"), world, call, "dispatch", **given)
    assert again.status_code == 409
    form = next(v for v in again.context["steps"] if v.step.name == "dispatch").form
    assert form["text"].value() == "转安监"
    assert again.context["call"].version == fresh(world, call).version


def test_an_open_page_is_told_that_the_call_changed(at: At, world: World) -> None:
    call = steps.submitted(world)
    desk = at("desk")
    assert not desk.get(f"{case(call)}?seen={call.version}").context["is_stale"]
    steps.take(world, "desk2", call, "accept")
    stale = desk.get(f"{case(call)}?seen={call.version}")
    assert stale.context["is_stale"]
    assert "This call has changed since you opened it." in text_of(stale)


def test_a_double_click_makes_one_step(at: At, world: World) -> None:
    call = steps.submitted(world)
    desk = at("desk")
    form = {"idempotency_key": uuid4().hex, "version": call.version, "row": call.pk}
    answers = [desk.post(f"{case(call)}accept/", form) for _n in range(2)]
    assert [(a.status_code, a["Location"]) for a in answers] == [(303, case(call))] * 2
    assert events_of(world, call, "calls.accepted") == 1
    words = {**form, "idempotency_key": uuid4().hex, "text": "先停一条线"}
    for _n in range(2):
        assert desk.post(f"{case(call)}note/", words).status_code == 303
    with tenancy.reading(world.system):
        assert Note.objects.filter(call=call, kind="note").count() == 1


@pytest.mark.parametrize(
    ("who", "step", "status"),
    [
        ("caller", "accept", 403),
        ("leader", "accept", 403),
        ("auditor", "note", 403),
        ("desk", "archive", 409),
        ("desk", "rate", 404),
        ("desk", "recall", 404),
        ("desk", "no-such-step", 404),
        ("boss", "accept", 403),
        ("admin", "accept", 403),
    ],
)
def test_a_step_that_is_not_open_is_refused(
    at: At, world: World, who: str, step: str, status: int
) -> None:
    call = steps.submitted(world)
    assert send(at(who), world, call, step, text="试试").status_code == status
    assert fresh(world, call).state == "submitted"


@pytest.mark.parametrize("row", ["", "x", "-1", "9" * 30, "1\x00"])
def test_a_row_that_is_not_of_this_call_is_not_there(at: At, world: World, row: str) -> None:
    call = steps.dispatched(world)
    assert send(at("safety"), world, call, "sign", row=row).status_code == 404


def test_a_part_of_another_call_is_not_there(at: At, world: World) -> None:
    mine, other = steps.dispatched(world), steps.dispatched(world)
    row = task(world, other, "ZONE_SAFE")
    assert send(at("safety"), world, mine, "sign", row=row).status_code == 404
    assert fresh(world, other).state == "dispatched"


@pytest.mark.parametrize("text", ["有\x00空字符", "长" * (MAX_TEXT + 1), "   "])
def test_words_that_cannot_stand_come_back_to_the_form(at: At, world: World, text: str) -> None:
    call = steps.submitted(world)
    response = send(at("desk"), world, call, "ask_info", text=text)
    assert response.status_code == 422
    view = next(v for v in response.context["steps"] if v.step.name == "ask_info")
    assert view.is_open
    assert view.form.errors["text"]
    assert fresh(world, call).state == "submitted"


def test_a_sound_file_stays_with_a_form_that_comes_back(at: At, world: World) -> None:
    call = steps.working(world, co=())
    unit = at("safety")
    bad = SimpleUploadedFile("脚本.exe", b"MZ", "application/octet-stream")
    answer = {"result": "solved", "text": "", "papers": [picture(), bad]}
    response = send(unit, world, call, "answer", **answer)
    assert response.status_code == 422
    view = next(v for v in response.context["steps"] if v.step.name == "answer")
    assert [f.name for f in view.held] == ["现场.jpg"]
    kept = {"kept": str(view.held[0].public_id), "result": "solved", "text": "已更换"}
    assert send(unit, world, call, "answer", **kept).status_code == 303
    with tenancy.reading(world.system):
        assert Attachment.objects.get(name="现场.jpg").subject_type == "calls.note"


def test_another_lead_than_proposed_needs_a_reason(at: At, world: World) -> None:
    call = steps.triage(world)
    desk, other = at("desk"), world.units["EMB"]
    response = send(desk, world, call, "dispatch", lead_unit_id=other)
    assert response.status_code == 422
    assert fresh(world, call).state == "triage"
    given = {"lead_unit_id": other, "text": "县里已有专班", "co_units": [other]}
    assert send(desk, world, call, "dispatch", **given).status_code == 303
    assert fresh(world, call).lead_unit_id == other


def test_both_candidates_stand_on_the_page_when_the_boundary_is_too_close(
    at: At, world: World
) -> None:
    call = steps.raise_call(
        world, longitude=119.2, latitude=29.01, accuracy_m=5, position_source="stated"
    )
    response = at("desk").get(case(call))
    names = response.context["candidates"]
    assert len(names) == 2
    body = text_of(response)
    assert "Too close to the boundary to say: please confirm." in body
    assert all(name in body for name in names)
    public_id = response.context["ruling"].public_id
    assert f"/mandate/decisions/{public_id}/" in body
    assert f"/mandate/decisions/{public_id}/replay/" in body


def test_matter_and_place_can_be_corrected(at: At, world: World) -> None:
    call = steps.raise_call(world, matter_code="")
    desk = at("desk")
    given = {"matter_code": "M016", "urgency": "normal", "complained_unit_id": "keep"}
    place = {"longitude": "119.28", "latitude": "29.0", "accuracy_m": "5"}
    assert send(desk, world, call, "classify", **given, **place).status_code == 303
    now = fresh(world, call)
    assert (now.matter_code, now.longitude) == ("M016", 119.28)
    assert now.proposed_unit_id == world.units["TE"]
    complained = {**given, "complained_unit_id": str(world.units["TE"])}
    assert send(desk, world, call, "classify", **complained).status_code == 303
    assert fresh(world, call).complained_unit_id == world.units["TE"]
    assert (
        send(desk, world, call, "classify", **{**given, "matter_code": "M999"}).status_code == 422
    )


def test_a_dispute_is_decided_by_its_page(at: At, world: World) -> None:
    call = steps.dispatched(world)
    dispute = {"text": "不归我们管", "proposed_unit_id": world.units["TE"]}
    assert send(at("safety"), world, call, "dispute", **dispute).status_code == 303
    page = at("supervisor").get(case(call))
    form = page.context["steps"][0].form
    assert form["unit_id"].value() == world.units["TE"]
    decide = {"unit_id": world.units["TE"], "text": "按清单由街道牵头"}
    assert send(at("supervisor"), world, call, "adjudicate", **decide).status_code == 303
    assert fresh(world, call).lead_unit_id == world.units["TE"]


def test_pauses_are_proposed_and_decided_by_their_pages(at: At, world: World) -> None:
    call = steps.working(world, co=())
    given = {"reason": "legal_procedure", "text": "检测中", "expected_to_at": "2036-12-01T10:00"}
    assert send(at("safety"), world, call, "propose_pause", **given).status_code == 303
    row = steps.pause(world, call)
    assert send(at("supervisor"), world, call, "approve_pause", row=row).status_code == 303
    assert fresh(world, call).state == "suspended"
    body = text_of(at("supervisor").get(case(call)))
    assert "expected 2036-12-01 10:00" in body
    assert "without pauses" in body


def test_where_to_go_after_a_step_stays_in_the_house(at: At, world: World) -> None:
    first, second = steps.submitted(world), steps.submitted(world)
    desk = at("desk")
    assert send(desk, world, first, "accept", next="/calls/desk/")["Location"] == "/calls/desk/"
    outside = send(desk, world, second, "accept", next="https://example.org/")
    assert outside["Location"] == case(second)


def test_notes_for_colleagues_and_messages_to_the_firm_are_told_apart(
    at: At, world: World
) -> None:
    call = steps.working(world)
    assert send(at("safety"), world, call, "note", text="企业态度急").status_code == 303
    assert send(at("safety"), world, call, "message", text="明天到场").status_code == 303
    steps.take(world, "boss", call, "message", text="好的")
    sides = {line.text: side for line, side in at("desk").get(case(call)).context["lines"]}
    assert sides["企业态度急"] == "internal"
    assert sides["明天到场"] == "to-firm"
    assert sides["好的"] == "from-firm"


# --- the desk ---


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
    steps.take(world, "caller", own, "answer", result="solved", text="好了")
    steps.take(world, "desk", own, "review_pass")
    steps.take(world, "caller", call, "attempt_callback", outcome="no_answer")
    rows = at("caller").get("/calls/callbacks/").context["rows"]
    assert [(r.row.call.number, r.attempts) for r in rows] == [(call.number, 1)]
    sheet = text_of(at("caller").get(f"/calls/callbacks/{call.public_id}/", headers=HTMX))
    assert "What to say" in sheet
    assert "已更换开关" in sheet


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
    period: periods.Period = at("leader").get(f"/calls/board/?{query}").context["period"]
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


# --- parts of a page ---


def test_the_rows_alone_are_the_rows_of_the_page(world: World, at: At) -> None:
    for make in (steps.submitted, steps.working, steps.closed, steps.suspended):
        make(world)
    desk = at("desk")
    for query in ("", "?q=配电房", "?tab=closed", "?q=nowhere", "?light=green"):
        whole = desk.get(f"/calls/{query}")
        part = desk.get(f"/calls/{query}", headers={**HTMX, "HX-Target": "rows"})
        assert flat(part.content.decode()) in flat(whole.content.decode())
        assert "filter-bar" not in text_of(part)
        assert "HX-Target" in part["Vary"]


def test_the_rows_take_no_more_statements_for_more_rows(world: World, at: At) -> None:
    desk, headers = at("desk"), {**HTMX, "HX-Target": "rows"}

    def count() -> int:
        with CaptureQueriesContext(connection) as seen:
            desk.get("/calls/", headers=headers)
        return sum(not q["sql"].startswith(("SAVEPOINT", "RELEASE")) for q in seen)

    steps.working(world)
    before = count()
    for _ in range(6):
        steps.dispatched(world)
        steps.closed(world)
    assert count() == before <= 9


def flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
