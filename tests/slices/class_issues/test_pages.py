"""Pages and interface of class issues, for everybody who may open them and for those who may not."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from typer.testing import CliRunner

from qiying.config.cli import _platform
from qiying.config.cli import classes as command
from qiying.kernel import tenancy
from qiying.slices.calls.models import Call
from qiying.slices.class_issues.models import Issue, Report, Threshold
from qiying.slices.class_issues.rules import DEFAULTS, LIMITS
from tests.slices.class_issues import ways
from tests.slices.world import World

API = "/api/v1/class-issues"


@pytest.fixture(autouse=True)
def clock(world: World) -> Iterator[time_machine.Traveller]:
    with time_machine.travel(world.now, tick=True) as traveller:
        yield traveller


def browser(world: World, name: str, language: str = "zh-hans") -> Client:
    client = Client(headers={"X-Requested-With": "fetch"})
    backend = "django.contrib.auth.backends.ModelBackend"
    client.force_login(world.user(name), backend=backend)
    client.cookies["django_language"] = language
    return client


def page(client: Client, name: str, *args: Any, **query: Any) -> str:
    answer = client.get(reverse(f"class_issues:{name}", args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return str(answer.content.decode())


@pytest.mark.parametrize(
    ("language", "word", "reason"),
    [("zh-hans", "类案线索", "文字相似"), ("en", "Candidate", "of the text")],
)
def test_the_pages_answer_in_both_languages(
    world: World, language: str, word: str, reason: str
) -> None:
    desk = browser(world, "desk", language)
    assert "<h1" in page(desk, "list"), "empty"
    issue = ways.candidate(world)
    assert word in page(desk, "list", tab="candidates")
    shown = page(desk, "issue", issue.public_id)
    assert reason in shown
    assert "电压忽高忽低" in shown
    assert "<form" in page(browser(world, "admin", language), "thresholds")
    assert (
        'type="submit"'
        not in page(browser(world, "auditor", language), "thresholds")
        .split("<main")[1]
        .split("</main")[0]
    )


@pytest.mark.parametrize("state", sorted(ways.MAKE))
def test_a_record_opens_in_every_state(world: World, state: str) -> None:
    issue = ways.MAKE[state](world)
    for name in ("desk", "supervisor", "safety", "auditor"):
        if name == "safety" or issue.number:
            assert issue.number in page(browser(world, name, "en"), "issue", issue.public_id)


def test_a_recurrence_is_told_as_too_early_until_its_window_is_over(
    world: World, clock: time_machine.Traveller
) -> None:
    issue = ways.landed(world)
    clock.move_to(world.now)
    desk = browser(world, "desk", "en")
    assert "Too early: 0 like calls in the first 0 of 30 days" in page(
        desk, "issue", issue.public_id
    )
    clock.move_to(world.later(days=30))
    shown = page(browser(world, "desk", "en"), "issue", issue.public_id)
    assert "0.00 times as many like calls" in shown
    assert "Not to be told from chance" in shown, "three before and none after may be chance"


def test_the_list_goes_out_as_a_file(world: World) -> None:
    ways.raised(world)
    desk = browser(world, "desk")
    for kind in ("csv", "xlsx"):
        answer = desk.get(reverse("class_issues:list"), {"format": kind})
        assert answer.status_code == 200
        assert answer.headers["Content-Disposition"].endswith(kind)
    text = desk.get(reverse("class_issues:list"), {"format": "csv"}).content.decode("utf-8-sig")
    assert "十千伏线路电压不稳" in text


def test_who_may_not_is_refused_and_another_zone_finds_nothing(world: World) -> None:
    issue = ways.landed(world)
    boss, other = browser(world, "boss-甲厂"), browser(world, "boss-丁厂")
    for name in ("list", "thresholds"):
        assert boss.get(reverse(f"class_issues:{name}")).status_code == 403
    assert "变压器" in page(boss, "told", issue.public_id)
    assert other.get(reverse("class_issues:told", args=[issue.public_id])).status_code == 404
    emb = browser(world, "emb")
    assert emb.get(reverse("class_issues:issue", args=[issue.public_id])).status_code == 404


def send(client: Client, issue: Issue, step: str, **data: Any) -> Any:
    address = reverse("class_issues:take", args=[issue.public_id, step])
    return client.post(address, {"version": issue.version, **data})


def test_a_double_click_takes_a_step_once(world: World) -> None:
    issue = ways.planned(world)
    safety = browser(world, "safety")
    given = {"idempotency_key": "a" * 32}
    first, second = (send(safety, issue, "start", **given) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert ways.fresh(world, issue).state == "in_progress"
    assert send(safety, issue, "report", text="进展", idempotency_key="b" * 32).status_code == 409


def test_a_form_that_cannot_be_taken_comes_back_with_words_and_files(world: World) -> None:
    issue = ways.raised(world)
    safety = browser(world, "safety")
    answer = send(
        safety, issue, "plan", root_cause="", measure="更换", within="20", milestones="明天 完工"
    )
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "更换" in shown
    assert "明天 完工" in shown


def test_thresholds_are_changed_with_a_reason(world: World) -> None:
    admin = browser(world, "admin")
    values = {name: getattr(DEFAULTS, name) for name in LIMITS} | {"min_firms": 4}
    address = reverse("class_issues:thresholds")
    bad = admin.post(address, {**values, "place": "distance", "reason": ""})
    assert bad.status_code == 422
    wrong = admin.post(address, {**values, "min_firms": 1, "place": "distance", "reason": "少"})
    assert wrong.status_code == 422
    done = admin.post(
        address, {**values, "place": "grid", "reason": "试行", "idempotency_key": "c"}
    )
    assert done.status_code == 303
    with tenancy.reading(world.system):
        assert Threshold.objects.get().min_firms == 4
    assert browser(world, "desk").post(address, values).status_code == 403


def test_the_box_on_a_calls_pages_leads_to_the_class(world: World) -> None:
    issue = ways.raised(world)
    with tenancy.reading(world.system):
        call = Call.objects.order_by("id").first()
    assert call is not None
    for name, address, target in (
        ("desk", "calls:case-around", "issue"),
        ("boss-甲厂", "calls:detail", "told"),
    ):
        shown = browser(world, name).get(reverse(address, args=[call.public_id])).content.decode()
        assert reverse(f"class_issues:{target}", args=[issue.public_id]) in shown


# --- interface ---


def call_api(client: Client, path: str, body: Any, **headers: str) -> Any:
    return client.post(f"{API}{path}", body, content_type="application/json", headers=headers)


def test_a_class_issue_is_carried_by_the_interface(world: World) -> None:
    ways.three(world)
    with time_machine.travel(world.now, tick=True):
        desk, safety = browser(world, "desk"), browser(world, "safety")
        looked = call_api(desk, "/looks", {}, **{"Idempotency-Key": "k1"})
        again = call_api(desk, "/looks", {}, **{"Idempotency-Key": "k1"})
        assert (looked.status_code, looked.json()["found"]) == (201, 1)
        assert again.json() == looked.json()
        listed = desk.get(f"{API}/?tab=candidates").json()["items"]
        assert [row["calls"] for row in listed] == [3]
        path = f"/{listed[0]['id']}/steps"
        owner = {"owner_unit": "ZONE_SAFE", "owner": world.user("safety").pk}
        raised = call_api(desk, path, {"step": "raise", "title": "电压不稳", **owner})
        assert (raised.status_code, raised.json()["state"]) == (200, "raised")
        assert all(m["share"] >= 0.3 for m in raised.json()["members"])
        plan = {**ways.PLAN, "milestones": [{"due_on": "2026-11-30", "name": "到货"}]}
        planned = call_api(safety, path, {"step": "plan", **plan})
        assert planned.json()["state"] == "planned"
        assert {s["name"] for s in planned.json()["steps"]} == {"start", "report"}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"step": "raise", "title": "x"}, 422),
        ({"step": "raise", "title": "x", "owner_unit": "NONE", "owner": 1}, 422),
        ({"step": "fly"}, 409),
        ({"step": "start"}, 403),
        ({"step": "dismiss", "code": "whim", "text": "x"}, 422),
        ({"step": "dismiss", "code": "chance", "text": "x", "title": "y"}, 422),
        ({"step": "close", "text": "x"}, 403),
    ],
)
def test_the_interface_refuses_with_a_problem(
    world: World, body: dict[str, Any], status: int
) -> None:
    issue = ways.candidate(world)
    answer = call_api(browser(world, "desk"), f"/{issue.public_id}/steps", body)
    assert answer.status_code == status, answer.content
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_the_interface_gives_firms_their_own_and_no_figures(world: World) -> None:
    issue = ways.landed(world)
    found = browser(world, "boss-甲厂").get(f"{API}/{issue.public_id}").json()
    assert len(found["members"]) == 1
    assert (found["recurrence"], found["root_cause"], found["steps"]) == (None, "", [])
    assert browser(world, "boss-丁厂").get(f"{API}/{issue.public_id}").status_code == 404
    assert browser(world, "desk").get(f"{API}/thresholds").json()["min_firms"] == 3


# --- commands ---


def test_the_operator_looks_and_replays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_platform, "start_django", lambda: None)
    ways.three(world)
    with time_machine.travel(world.now, tick=True):
        looked = CliRunner().invoke(command.app, ["look", "--json"])
        assert json.loads(looked.stdout) == {"calls": 3, "found": 1, "joined": 0}
        replayed = CliRunner().invoke(command.app, ["replay", "--json"])
        assert json.loads(replayed.stdout)["holds"]
        assert "1" in CliRunner().invoke(command.app, ["replay"]).stdout


def test_reports_are_kept_with_every_step(world: World) -> None:
    ways.landed(world)
    with tenancy.reading(world.system):
        assert set(Report.objects.values_list("step", flat=True)) == {"plan", "land"}


def test_no_two_fields_of_a_page_carry_one_id(world: World) -> None:
    """A label leads to the field beside it, however many steps are open."""
    issue = ways.in_progress(world)
    for name in ("safety", "supervisor"):
        shown = page(browser(world, name), "issue", issue.public_id)
        ids = re.findall(r' id="([^"]+)"', shown)
        assert len(ids) == len(set(ids)), sorted(i for i in set(ids) if ids.count(i) > 1)
