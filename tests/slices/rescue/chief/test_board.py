"""The duty board: what it shows, who may act, what one press does, what an onlooker costs."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qiying.kernel import tenancy
from qiying.slices.rescue import queries
from qiying.slices.rescue.models import Override, Seat, Shift, Technician
from qiying.slices.rescue.queries import live
from tests.slices.rescue import steps
from tests.slices.rescue.chief.conftest import At
from tests.slices.world import World

PART = {"HX-Request": "true", "HX-Target": "rescue-live"}


def text(client: Client, address: str, **more: Any) -> str:
    answer = client.get(address, **more)
    assert answer.status_code == 200, answer.status_code
    return str(answer.content.decode())


def press(client: Client, job: Any, step: str, **given: Any) -> Any:
    data = {"version": job.version, "next": "/rescue/board/", **given}
    return client.post(
        f"/rescue/jobs/{job.public_id}/take/{step}/", data, headers={"HX-Request": "true"}
    )


def test_a_new_report_stands_on_top_with_its_question(world: World, at: At) -> None:
    job = steps.reported(world)
    shown = text(at("chief"), "/rescue/board/")
    assert job.number in shown
    assert "is anybody in danger" in shown
    assert 'data-alarm="unacknowledged"' in shown
    assert 'data-alarm="about_to_lose"' in shown


def test_one_press_takes_a_report_up_and_the_board_shows_the_proposal(
    world: World, at: At
) -> None:
    job = steps.reported(world)
    client = at("chief")
    answer = press(client, job, "acknowledge", safety="stopped", idempotency_key="k1")
    assert answer.status_code == 204
    assert "qy:job" in json.loads(answer["HX-Trigger"])
    assert steps.fresh(world, job).state == "proposed"
    shown = text(client, "/rescue/board/", headers=PART)
    assert "Second best" in shown
    assert "min away" in shown
    assert "<html" not in shown


def test_one_press_asks_whoever_is_proposed_and_twice_is_once(world: World, at: At) -> None:
    job = steps.proposed(world)
    client = at("chief")
    for _ in range(2):
        assert press(client, job, "offer", idempotency_key="twice").status_code == 204
    assert len(steps.offers(world, job)) == 1
    assert "asked, answer within" in text(client, "/rescue/board/")


def test_the_second_dispatcher_is_told_calmly(world: World, at: At) -> None:
    job = steps.proposed(world)
    assert press(at("chief"), job, "offer", idempotency_key="a").status_code == 204
    late = press(at("chief2"), job, "offer", idempotency_key="b")
    assert late.status_code == 204
    assert "faster" in json.loads(late["HX-Trigger"])["qy:toast"]["text"]
    assert len(steps.offers(world, job)) == 1


def test_somebody_else_is_sent_with_a_reason_only(world: World, at: At) -> None:
    job = steps.offered(world)
    client = at("chief")
    sheet = text(client, f"/rescue/jobs/{job.public_id}/choose/", headers={"HX-Request": "true"})
    with tenancy.reading(world.system):
        asked = steps.offers(world, job)[0].technician_id
        other = Technician.objects.filter(
            tenant_id=world.tenant.pk, person__name__in=["zhao", "qian", "sun", "li"]
        ).exclude(pk=asked)
        able = next(t for t in other if f'value="{t.pk}"' in sheet)
    address = f"/rescue/jobs/{job.public_id}/take/override/"
    given = {"technician_id": able.pk, "why": "knows_machine", "version": job.version}
    assert client.post(address, given).status_code == 422
    sent = client.post(address, {**given, "text": "修过同一台", "next": "/rescue/board/"})
    assert (sent.status_code, sent["Location"]) == (303, "/rescue/board/")
    with tenancy.reading(world.system):
        row = Override.objects.get(tenant_id=world.tenant.pk)
    assert (row.why, row.chosen_id) == ("knows_machine", able.pk)


def test_who_only_looks_on_has_no_buttons(world: World, at: At) -> None:
    steps.proposed(world)
    shown = text(at("leader"), "/rescue/board/")
    assert "Somebody else" not in shown
    assert "take/offer" not in shown
    assert at("leader").get("/rescue/board/").status_code == 200
    for name in ("boss", "zhao", "manager", "admin"):
        assert at(name).get("/rescue/board/").status_code == 403, name


def test_a_leader_reads_no_telephone_numbers(world: World, at: At) -> None:
    job = steps.offered(world, contact="陈主任", contact_phone="13900001234")
    for address in ("/rescue/board/", f"/rescue/jobs/{job.public_id}/"):
        assert "13900001234" in text(at("chief"), address)
        assert "13900001234" not in text(at("leader"), address)


def test_an_offer_without_answer_and_a_lost_promise_are_alarms(world: World, clock: Any) -> None:
    job = steps.offered(world)
    with tenancy.reading(world.system):
        found = live.board(world.system, now=world.now)
    by_code = {a.code: a.at for a in found.alarms}
    assert by_code["offer_expired"] == steps.offers(world, job)[0].answer_by_at
    assert by_code["lost"] == job.answer_due_at
    assert by_code["about_to_lose"] == job.answer_due_at - timedelta(minutes=30)
    world.later(hours=3)
    with tenancy.reading(world.system):
        found = live.board(world.system, now=world.now)
    assert {a.code for a in found.alarms if a.at <= world.now} >= {"lost", "about_to_lose"}


def test_an_answered_job_rings_no_more(world: World) -> None:
    steps.answered(world)
    with tenancy.reading(world.system):
        found = live.board(world.system, now=world.now)
    assert found.alarms == ()
    assert len(found.cases) == 1
    assert not found.cases[0].is_unanswered


def test_onlookers_share_one_drawing_until_something_changes(world: World, at: At) -> None:
    job = steps.proposed(world)
    clients = [at("leader"), at("supervisor")]
    for client in clients:
        text(client, "/rescue/board/", headers=PART)

    def cost(client: Client) -> int:
        with CaptureQueriesContext(connection) as seen:
            text(client, "/rescue/board/", headers=PART)
        return sum('"rescue_' in q["sql"] for q in seen.captured_queries)

    assert cost(clients[0]) == cost(clients[1]) == 0
    steps.take(world, "chief", job, "offer")
    assert cost(clients[0]) > 0
    assert cost(clients[1]) == 0


def test_the_form_token_is_each_readers_own(world: World, at: At) -> None:
    steps.proposed(world)
    client = at("chief")
    client.handler.enforce_csrf_checks = True
    shown = text(client, "/rescue/board/")
    assert "qy-form-token" not in shown
    assert 'name="csrfmiddlewaretoken" value="' in shown


def test_the_board_costs_the_same_with_many_jobs(world: World) -> None:
    def cost() -> int:
        with tenancy.reading(world.system), CaptureQueriesContext(connection) as seen:
            live.board(world.system, now=world.now)
        return len(seen.captured_queries)

    steps.offered(world)
    few = cost()
    for name in ("2号锅炉", "1号行车"):
        steps.offered(world, name=name)
    assert cost() == few


@pytest.mark.parametrize("name", ["jobs", "technicians"])
def test_pins_are_geojson(world: World, at: At, name: str) -> None:
    steps.under_way(world)
    found = at("chief").get(f"/rescue/board/{name}.geojson").json()
    assert found["type"] == "FeatureCollection"
    assert found["features"]
    tones = {f["properties"]["tone"] for f in found["features"]}
    assert tones <= {"plain", "warn", "crit", "over", "free", "asked", "coming", "busy"}


def test_who_is_still_with_a_job_when_the_shift_is_over_is_counted_and_not_sent_elsewhere(
    world: World, at: At
) -> None:
    job = steps.answered(world)
    with tenancy.acting(world.system):
        seat = Seat.objects.get(job=job)
        Shift.objects.filter(technician_id=seat.technician_id).delete()
        people = live.people_on_duty(world.system, now=world.now)
        (held,) = [p for p in people if p.technician.pk == seat.technician_id]
        board = live.Board((), people, (), queries.rule_in_force(world.system))
        able = live.able_now(board, live.Case(steps.proposed(world), "", (), (), None))
    assert (held.is_free, held.state, held.shift) == (False, "accepted", None)
    assert held.skills
    assert seat.technician_id not in {p.technician.pk for p in able}
    shown = text(at("chief"), "/rescue/board/", headers=PART)
    assert str(held.technician.person) in shown
    points = json.loads(text(at("chief"), "/rescue/board/technicians.geojson"))
    assert len(points["features"]) == len(people)


def test_the_board_counts_free_people_without_those_who_hold_a_job(world: World) -> None:
    with tenancy.reading(world.system):
        before = live.people_on_duty(world.system, now=world.now)
    steps.answered(world)
    with tenancy.reading(world.system):
        people = live.people_on_duty(world.system, now=world.now)
    assert len(people) == len(before)
    assert sum(p.is_free for p in people) == sum(p.is_free for p in before) - 1
