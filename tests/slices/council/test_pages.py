"""Every page of the council says that it decides nothing, in both languages."""

import json
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from tests.slices.council import steps
from tests.slices.world import NOW, World

ADVISORY = "议事会意见为协商意见，不具有行政决定效力"
LISTS = ("home", "topics", "meetings", "suggestions", "members")


def browser(world: World, who: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(world.user(who), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = language
    return client


def text_of(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(f"council:{name}", args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return str(answer.content.decode())


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_prints_that_nothing_is_decided(world: World, language: str) -> None:
    words = "不作决定" if language == "zh-hans" else "decides nothing"
    client = browser(world, "desk", language)
    for name in (*LISTS, "propose", "plan"):
        page = text_of(client, name)
        assert ADVISORY in page, name
        assert words in page, name
    row = steps.answered(world)
    for name in LISTS:
        assert ADVISORY in text_of(client, name)
    page = text_of(client, "suggestion", row.public_id)
    assert "evidence-A" in page
    for who in ("deputy", "power", "desk"):
        assert ADVISORY in text_of(browser(world, who, language), "suggestion", row.public_id)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_topics_and_meetings_open_in_each_state(world: World, language: str) -> None:
    client = browser(world, "desk", language)
    topic = steps.propose(world)
    text_of(client, "topic", topic.public_id)
    topic, meeting = steps.held(world)
    steps.take(world, "deputy", topic, "speak", position="reserve", text="先试点")
    text_of(client, "topic", topic.public_id)
    steps.take(world, "desk", topic, "record", text="谈过")
    for who in ("desk", "boss", "power"):
        text_of(browser(world, who, language), "topic", topic.public_id)
        text_of(browser(world, who, language), "meeting", meeting.public_id)


def send(client: Client, entity: str, row: Any, step: str, **data: Any) -> Any:
    address = reverse(f"council:take-{entity}", args=[row.public_id, step])
    return client.post(address, {"idempotency_key": f"{step}{data}", **data})


@time_machine.travel(NOW, tick=True)
def test_the_desk_screens_and_schedules_by_forms(world: World) -> None:
    topic, meeting = steps.propose(world), steps.plan(world)
    client = browser(world, "desk")
    assert send(client, "topic", topic, "list", is_in_zone="on").status_code == 200
    screen = dict.fromkeys(steps.SCREEN, "on")
    assert send(client, "topic", topic, "list", **screen).status_code == 303
    assert send(client, "topic", topic, "schedule", meeting_id=meeting.pk).status_code == 303
    members = steps.everybody(world)
    assert send(client, "meeting", meeting, "invite", members=members).status_code == 303
    assert send(client, "meeting", meeting, "notice").status_code == 303
    assert steps.fresh(world, meeting).state == "noticed"


def test_a_member_proposes_once_and_others_cannot(world: World) -> None:
    data = {"title": "照明", "text": "夜间照明不足", "source": "member", "idempotency_key": "p"}
    address = reverse("council:propose")
    boss = browser(world, "boss")
    first, second = (boss.post(address, data) for _ in range(2))
    assert first["Location"] == second["Location"]
    refused = browser(world, "rival").post(address, {**data, "idempotency_key": "r"})
    assert refused.status_code == 200
    assert "只有议事会成员" in refused.content.decode()


def test_firms_see_public_records_only(world: World) -> None:
    topic = steps.propose(world)
    rival = browser(world, "rival")
    address = reverse("council:topic", args=[topic.public_id])
    assert rival.get(address).status_code == 404
    steps.take(world, "desk", topic, "list", **steps.SCREEN)
    assert rival.get(address).status_code == 200


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_lists_come_as_files(world: World, kind: str) -> None:
    steps.answered(world)
    client = browser(world, "desk")
    for name in ("topics", "meetings", "suggestions"):
        answer = client.get(reverse(f"council:{name}"), {"format": kind})
        assert "attachment" in answer["Content-Disposition"], name


def test_members_are_kept_by_supervisors(world: World) -> None:
    keeper = browser(world, "supervisor")
    assert browser(world, "desk").get(reverse("council:new-member")).status_code == 403
    data = {
        "name": "林代表",
        "kind": "npc",
        "username": "nobody-like-this",
        "term_from": "2026-01-01",
        "idempotency_key": "n",
    }
    address = reverse("council:new-member")
    assert keeper.post(address, data).status_code == 200
    data |= {"username": "", "firm": "远航", "idempotency_key": "n2"}
    assert keeper.post(address, data).status_code == 303
    end = reverse("council:end-term", args=[steps.member(world, "cppcc")])
    assert keeper.post(end, {"term_to": "2026-12-31"}).status_code == 303


def ask(world: World, who: str, path: str, body: Any = None) -> Any:
    client = browser(world, who)
    headers = {"X-Requested-With": "fetch", "Idempotency-Key": "k"}
    if body is None:
        return client.get(f"/api/v1/council/{path}", headers=headers)
    sent = json.dumps(body)
    return client.post(
        f"/api/v1/council/{path}", sent, content_type="application/json", headers=headers
    )


def test_the_interface_takes_the_same_steps_and_carries_the_notice(world: World) -> None:
    first, second = (
        ask(world, "deputy", "topics", {"title": "照明", "text": "不足"}) for _ in range(2)
    )
    assert first.status_code == 201
    assert first.json() == second.json()
    found = ask(world, "boss", f"topics/{first.json()['id']}").json()
    assert found["advisory"] == ADVISORY
    assert found["steps"] == ["support"]
    taken = ask(world, "boss", f"topics/{first.json()['id']}/steps", {"step": "support"})
    assert taken.status_code == 200
    assert ask(world, "rival", f"topics/{first.json()['id']}").status_code == 404
    row = steps.answered(world)
    assert ask(world, "deputy", f"suggestions/{row.public_id}").json()["steps"] == [
        "accept",
        "reject",
    ]
    assert ask(world, "desk", "figures?start=2026-11-01&end=2026-12-31").json()["due"] == 1
    for path in ("topics", "meetings", "suggestions"):
        assert ask(world, "desk", path).json()["items"]
