"""The list of jobs and the page of one: filters, files, steps as forms, the report on paper."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qiying.kernel import printing, tenancy
from qiying.slices.rescue.queries import record
from qiying.slices.rescue.rules import INPUTS, LIFECYCLE
from qiying.slices.rescue.views.chief import words
from tests.slices.rescue import steps
from tests.slices.rescue.chief.conftest import At
from tests.slices.rescue.chief.test_board import text
from tests.slices.rescue.people import peopled
from tests.slices.world import World

LIST = "/rescue/"


def page(job: Any) -> str:
    return f"/rescue/jobs/{job.public_id}/"


def send(client: Any, job: Any, step: str, **given: Any) -> Any:
    return client.post(f"{page(job)}take/{step}/", {"version": job.version, **given})


# --- the list ---


@pytest.mark.parametrize(
    ("query", "is_shown"),
    [
        ("", True),
        ("tab=open", True),
        ("tab=unanswered", True),
        ("tab=overnight", False),
        ("tab=over", False),
        ("kind=emergency", True),
        ("kind=repair", False),
        ("urgency=line_stopped&state=proposed", True),
        ("class=paper", True),
        ("class=boiler", False),
        ("q=纸机", True),
        ("q=nothing", False),
        ("from=2026-11-16&to=2026-11-16", True),
        ("from=2026-11-17", False),
        ("measure=answer", False),
        ("kind=%00&state=x&provider=999999999999999999999&from=0000-00-00&hit=2", True),
    ],
)
def test_the_filters_stand_in_the_address(
    world: World, at: At, query: str, *, is_shown: bool
) -> None:
    job = steps.proposed(world)
    assert (job.number in text(at("desk"), f"{LIST}?{query}")) is is_shown


def test_the_list_refreshes_its_rows_alone(world: World, at: At) -> None:
    steps.proposed(world)
    headers = {"HX-Request": "true", "HX-Target": "rows"}
    shown = text(at("desk"), LIST, headers=headers)
    assert 'id="rows"' in shown
    assert "<html" not in shown


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_list_is_a_file(world: World, at: At, kind: str) -> None:
    job = steps.proposed(world)
    answer = at("desk").get(f"{LIST}?format={kind}&tab=open")
    assert answer.status_code == 200
    assert "attachment" in answer["Content-Disposition"]
    if kind == "csv":
        assert job.number in answer.content.decode("utf-8-sig")


def test_a_providers_manager_sees_the_own_jobs_only(world: World, at: At) -> None:
    ours = steps.offered(world)
    other = steps.reported(world, name="1号行车")
    shown = text(at("manager"), LIST)
    assert ours.number in shown
    assert other.number not in shown
    assert at("manager").get(page(other)).status_code == 404
    assert "Second best" not in text(at("manager"), page(ours))


def test_a_job_of_another_zone_does_not_exist(world: World, at: At) -> None:
    there = peopled("yl")
    job = steps.proposed(there)
    client = at("chief")
    assert client.get(page(job)).status_code == 404
    assert send(client, job, "offer").status_code == 404
    assert client.get(f"{page(job)}choose/").status_code == 404
    assert client.get(f"{page(job)}report.pdf").status_code == 404


def test_the_list_costs_the_same_with_many_jobs(world: World, at: At) -> None:
    client = at("desk")

    def cost() -> int:
        text(client, LIST)
        with CaptureQueriesContext(connection) as seen:
            text(client, LIST)
        return len(seen.captured_queries)

    steps.proposed(world)
    few = cost()
    for name in ("2号锅炉", "1号行车"):
        steps.proposed(world, name=name)
    assert cost() == few


# --- one job ---


@pytest.mark.parametrize("state", steps.MAKE)
def test_every_state_has_a_page(world: World, at: At, clock: Any, state: str) -> None:
    job = steps.MAKE[state](world)
    clock.move_to(world.now)
    for name in ("chief", "desk", "leader"):
        shown = text(at(name), page(job))
        assert job.number in shown
        assert "Course of the job" in shown


@pytest.mark.parametrize("state", steps.MAKE)
def test_the_forms_are_those_that_the_table_opens(
    world: World, at: At, clock: Any, state: str
) -> None:
    job = steps.MAKE[state](world)
    clock.move_to(world.now)
    shown = set(re.findall(r'id="do-(\w+)"', text(at("chief"), page(job))))
    opened = set(LIFECYCLE.open_to(job.state, world.actor("chief").roles))
    assert shown <= opened
    assert opened - shown <= {*record.CHECKS, "settle"}


def test_every_step_has_a_name_and_an_icon_and_known_inputs() -> None:
    assert set(words.STEP_LABELS) == set(INPUTS)
    assert set(words.STEP_ICONS) == set(INPUTS) - record.OF_A_SETTLEMENT


def test_a_wrong_form_comes_back_with_what_it_held(world: World, at: At) -> None:
    job = steps.proposed(world)
    answer = send(at("chief"), job, "dismiss", text="机器已自行恢复")
    assert answer.status_code == 422
    shown = answer.content.decode()
    assert "机器已自行恢复" in shown
    assert "Fill in “Reason”." in shown


def test_who_was_slower_keeps_the_words(world: World, at: At) -> None:
    job = steps.proposed(world)
    until = world.now + timedelta(hours=9)
    steps.take(world, "chief2", job, "plan_night", who="王工", until=until, text="备机")
    answer = send(at("chief"), job, "dismiss", reason="runs_again", text="机器已自行恢复")
    assert answer.status_code == 409
    shown = answer.content.decode()
    assert "Somebody was faster" in shown
    assert "机器已自行恢复" in shown


def test_a_step_sent_twice_is_taken_once(world: World, at: At) -> None:
    job = steps.proposed(world)
    client = at("chief")
    given = {"reason": "runs_again", "idempotency_key": "same"}
    answers = [send(client, job, "dismiss", **given) for _ in range(2)]
    assert [a.status_code for a in answers] == [303, 303]
    assert steps.fresh(world, job).version == job.version + 1


def test_a_step_that_is_not_open_is_refused_as_a_page(world: World, at: At) -> None:
    job = steps.reported(world)
    assert send(at("chief"), job, "confirm").status_code == 409
    assert send(at("leader"), job, "acknowledge", safety="safe").status_code == 403
    assert send(at("chief"), job, "unheard-of").status_code == 404


def test_the_desk_plans_the_night(world: World, at: At) -> None:
    job = steps.proposed(world)
    given = {"who": "李班长", "until": "2026-11-17T08:00", "text": "备机运行"}
    assert send(at("desk"), job, "plan_night", **given).status_code == 303
    assert steps.fresh(world, job).night_who == "李班长"
    assert "李班长" in text(at("desk"), page(job))


def test_a_page_that_is_behind_says_so(world: World, at: At) -> None:
    job = steps.proposed(world)
    assert "has changed since" not in text(at("chief"), f"{page(job)}?seen={job.version}")
    steps.take(world, "chief2", job, "offer")
    assert "has changed since" in text(at("chief"), f"{page(job)}?seen={job.version}")


def test_what_the_engine_said_is_said_again(world: World, at: At) -> None:
    job = steps.proposed(world)
    with tenancy.reading(world.system):
        found = record.record(world.system, job, now=world.now)
        assert found.proposal is not None
        key = found.proposal.pk
    answer = at("leader").post(f"{page(job)}proposals/{key}/replay/")
    assert answer.status_code == 200
    assert "sign for sign" in answer.content.decode()
    assert at("manager").post(f"{page(job)}proposals/{key}/replay/").status_code == 403
    assert at("chief").post(f"{page(job)}proposals/{key + 99}/replay/").status_code == 404


def test_the_report_is_a_paper_once_it_is_signed(world: World, at: At, clock: Any) -> None:
    job = steps.trial(world)
    clock.move_to(world.now)
    assert at("desk").get(f"{page(job)}report.pdf").status_code == 409
    who = steps.holder(world, job)
    given = {"text": "更换轴承", "signed_by": "陈主任", **steps.phone(world)}
    job = steps.take(world, who, job, "finish", **given)
    answer = at("desk").get(f"{page(job)}report.pdf")
    if printing.chinese_font() is None:
        assert answer.status_code == 409
    else:
        assert answer["Content-Type"] == "application/pdf"
        assert answer.content[:4] == b"%PDF"


@pytest.mark.parametrize("state", ["reported", "done"])
def test_a_job_costs_the_same_with_a_longer_story(
    world: World, at: At, clock: Any, state: str
) -> None:
    job = steps.MAKE[state](world)
    clock.move_to(world.now)
    client = at("leader")
    text(client, page(job))
    with CaptureQueriesContext(connection) as seen:
        text(client, page(job))
    assert len(seen.captured_queries) <= 40
