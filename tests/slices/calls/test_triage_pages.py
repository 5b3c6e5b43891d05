"""Triage before people and machines: forms, the case page, its own page, the interface."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from qiying.kernel import people
from qiying.slices.calls import operations, queries
from qiying.slices.calls.rules import TriageState
from qiying.slices.calls.rules import triage as rules
from qiying.slices.registry import public as registry
from tests.slices.calls import steps
from tests.slices.calls.test_triage import HOSTILE, ROAD, SAFETY, closed_call, train
from tests.slices.world import World, make_world

At = Callable[[str], Client]
API = "/api/v1/calls/triage"


@pytest.fixture(autouse=True)
def clock(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.fixture
def at(world: World) -> Iterator[At]:
    """Somebody's browser, speaking English."""

    def signed_in(name: str) -> Client:
        client = Client(headers={"accept-language": "en", "X-Requested-With": "test"})
        client.force_login(world.user(name), backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["django_language"] = "en"
        return client

    with translation.override("en"):
        yield signed_in


TYPED = "/calls/register/typed/"


def typed(world: World, client: Client, text: str, **more: str) -> Any:
    """What the desk gets while typing for the firm 宏达."""
    firm = registry.enterprise(world.system, world.firms["宏达"])
    return client.post(TYPED, {"text": text, "firm": str(firm.public_id), **more})


def ask(client: Client, body: dict[str, Any]) -> Any:
    return client.post(API, body, content_type="application/json")


# --- while a call is typed ---


def test_the_desk_sees_matters_and_like_calls_while_typing(world: World, at: At) -> None:
    earlier = steps.raise_call(world, "rival", "远航", text=ROAD)
    desk = at("desk")
    counted = typed(world, desk, "门口道路破损").content.decode()
    assert 'value="M069"' in counted
    assert ">likely<" in counted
    assert earlier.number in counted
    train(world)
    ranked = typed(world, desk, "门口道路破损").content.decode()
    assert 'data-fill="matter"' in ranked
    assert "<mark>道路" in ranked
    assert "%</span>" not in ranked
    marked = {"where": "map", "lon": "119.28", "lat": "29.0"}
    assert earlier.number in typed(world, desk, "门口道路破损", **marked).content.decode()


def test_a_model_of_enough_calls_says_how_sure_it_is_in_figures(
    world: World, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(world)
    monkeypatch.setattr(rules, "LEAST_TO_LEARN", 0)
    page = typed(world, at("desk"), "道路破损，路面坑洼").content.decode()
    assert 'very likely <span class="num">&gt; 99%</span>' in page
    call = steps.raise_call(world, title="", text="道路破损，路面坑洼", matter_code="")
    assert call.ranking["is_calibrated"]
    page = at("desk").get(f"/calls/case/{call.public_id}/classify/").content.decode()
    assert '<option value="M069" selected' in page


def test_too_few_characters_and_strange_ones_do_no_harm(world: World, at: At) -> None:
    desk = at("desk")
    assert typed(world, desk, "路").content.strip() == b""
    for text in HOSTILE:
        answer = typed(world, desk, text, where="map", lon="nan", lat="x")
        assert answer.status_code == 200
        assert b"<script>alert" not in answer.content
    assert desk.post(TYPED, {"text": ROAD, "firm": "nobody"}).status_code == 404
    assert typed(world, at("boss"), ROAD).status_code == 403


def test_the_phone_of_a_firm_shows_three_matters_with_their_words(world: World, at: At) -> None:
    train(world)
    page = at("boss").post("/calls/my/raise/matters/", {"text": ROAD}).content.decode()
    assert page.index('value="M069"') == page.index('name="matter"') + len('name="matter" ')
    assert page.count('type="radio"') == 3
    assert "<mark>" in page
    chosen = {"text": ROAD, "matter": "M009"}
    page = at("boss").post("/calls/my/raise/matters/", chosen).content.decode()
    assert 'value="M009" checked' in page
    empty = at("boss").post("/calls/my/raise/matters/", {"text": ""}).content.decode()
    assert "radio" not in empty


# --- the case page ---


def test_the_desk_classifies_with_the_words_at_hand(world: World, at: At) -> None:
    call = steps.raise_call(world, title="", text=ROAD, matter_code="")
    page = at("desk").get(f"/calls/case/{call.public_id}/classify/").content.decode()
    assert 'data-fill="matter_code" value="M069"' in page
    assert "The words speak for:" in page


def test_like_calls_stand_on_the_case_page_for_those_who_may_read_them(
    world: World, at: At
) -> None:
    first = steps.raise_call(world, text=ROAD)
    second = steps.raise_call(world, "rival", "远航", text=ROAD)
    path = f"/calls/case/{first.public_id}/"
    assert f"{path}around/" in at("desk").get(path).content.decode()
    part = at("desk").get(f"{path}around/", headers={"HX-Request": "true"}).content.decode()
    assert second.number in part
    assert first.number not in part
    assert at("boss").get(f"{path}around/").status_code == 403


# --- its own page ---


@pytest.mark.parametrize("who", ["analyst", "supervisor", "admin"])
def test_the_page_says_that_nothing_was_trained_yet(world: World, at: At, who: str) -> None:
    page = at(who).get("/calls/understanding/").content.decode()
    assert "No model has been trained yet" in page
    assert ("Train again" in page) == (who != "analyst")


def test_the_page_shows_the_model_beside_the_keyword_rule(
    world: World, at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LEAST_HELD_OUT", 1)
    for text, matter in ((ROAD, "M069"), (SAFETY, "M016")) * 2 + ((SAFETY, "M069"),):
        world.later(minutes=1)
        closed_call(world, text, matter)
    row = train(world)
    page = at("analyst").get("/calls/understanding/").content.decode()
    for said in (row.digest[:16], "keywords alone:", "Most often taken for one another", "in use"):
        assert said in page
    assert row.report["model"]["pairs"] == [{"matter": "M069", "taken_for": "M016", "count": 1}]


def test_the_button_asks_the_worker_once(world: World, at: At) -> None:
    supervisor = at("supervisor")
    answer = supervisor.post("/calls/understanding/train/", follow=True)
    assert "A training is under way" in answer.content.decode()
    assert supervisor.post("/calls/understanding/train/").status_code == 409
    for who in ("analyst", "desk", "boss", "leader"):
        assert at(who).post("/calls/understanding/train/").status_code == 403
    row = queries.last_training(world.system)
    assert row is not None
    assert row.state == TriageState.ASKED
    operations.fit_asked(world.system, row.pk, now=world.now)
    assert "Too few closed calls" in supervisor.get("/calls/understanding/").content.decode()


# --- the interface ---


def test_the_interface_ranks_a_text_with_reasons_and_like_calls(world: World, at: At) -> None:
    call = steps.raise_call(world, text=ROAD)
    counted = ask(at("desk"), {"text": "道路破损"}).json()
    assert (counted["rule"], counted["model"]) == ("keywords", "")
    trained = train(world)
    found = ask(at("desk"), {"text": "道路破损", "longitude": 119.2, "latitude": 29.0}).json()
    assert (found["rule"], found["model"]) == ("model", trained.digest)
    best = found["matters"][0]
    assert (best["code"], len(found["matters"])) == ("M069", 3)
    assert best["speaks_for"][0]["weight"] > 0
    assert [like["number"] for like in found["likes"]] == [call.number]
    assert ask(at("rival"), {"text": "道路破损"}).json()["likes"] == []


def test_the_interface_takes_any_text_and_refuses_none_or_too_much(world: World, at: At) -> None:
    desk = at("desk")
    for text in HOSTILE:
        assert ask(desk, {"text": text}).status_code == (200 if text else 422)
    assert ask(desk, {"text": "x" * 4001}).status_code == 422
    assert ask(desk, {"text": "x", "longitude": 200}).status_code == 422


def test_a_key_of_another_zone_gets_the_words_of_its_own_register(world: World) -> None:
    train(world)
    steps.raise_call(world, text=ROAD)
    other = make_world("other", matters=("M016", "M017"))
    _row, secret = people.issue_key(other.keeper, "key", now=other.now)
    found = ask(Client(headers={"X-API-Key": secret}), {"text": f"{ROAD}，{SAFETY}"}).json()
    assert (found["rule"], found["likes"]) == ("keywords", [])
    assert {m["code"] for m in found["matters"]} <= {"M016", "M017"}


def test_an_old_training_stands_in_the_history(world: World, at: At) -> None:
    first = train(world)
    second = train(world, seed=4)
    page = at("admin").get("/calls/understanding/").content.decode()
    assert first.digest[:12] in page or second.digest[:12] in page
    assert page.count("in use</span>") == 1
