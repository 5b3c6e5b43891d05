"""Many calls at once: each row by itself, and the way back while there is one."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client

from qiying.kernel import tenancy
from qiying.kernel.errors import Denied, Invalid, NotFound
from qiying.kernel.models import Event
from qiying.slices.calls import operations
from qiying.slices.calls.models import BulkRow, BulkRun, Call, Note, Task
from qiying.slices.calls.queries import bulk
from tests.slices.calls import steps
from tests.slices.world import World

FIRE = "M069"


def run(world: World, who: str, action: str, *calls: Call, **inputs: Any) -> BulkRun:
    actor = world.actor(who)
    begun = operations.begin_bulk(actor, action, [c.pk for c in calls], now=world.now, **inputs)
    operations.run_bulk(actor, begun.pk, now=world.now)
    return begun


def rows(world: World, who: str, begun: BulkRun) -> dict[int, BulkRow]:
    actor = world.actor(who)
    with tenancy.reading(actor):
        return {r.call_id: r for r in bulk.rows_of_run(actor, begun)}


def states(world: World, who: str, begun: BulkRun) -> list[tuple[str, str]]:
    found = rows(world, who, begun)
    return [(found[pk].state, found[pk].problem) for pk in sorted(found)]


def task_of(world: World, call: Call) -> Task:
    with tenancy.reading(world.system):
        return Task.objects.get(pk=steps.task(world, call, "ZONE_SAFE"))


def topics(world: World, call: Call) -> list[str]:
    with tenancy.reading(world.system):
        found = Event.objects.filter(subject_type="calls.call", subject_id=call.pk)
        return list(found.order_by("sequence").values_list("topic", flat=True))


def test_each_row_is_done_or_refused_by_itself(world: World) -> None:
    to_sign, signed = steps.dispatched(world), steps.working(world)
    begun = run(world, "safety", "sign", to_sign, signed)
    assert states(world, "safety", begun) == [("done", ""), ("refused", "calls.bulk_no_part")]
    assert steps.fresh(world, to_sign).state == "working"


def test_signing_can_be_taken_back_and_the_clock_of_signing_runs_as_before(world: World) -> None:
    call = steps.dispatched(world)
    before = steps.fresh(world, call)
    begun = run(world, "safety", "sign", call)
    world.later(minutes=5)
    assert operations.undo_bulk(world.actor("safety"), begun.pk, now=world.now) == 1
    after = steps.fresh(world, call)
    assert (after.state, after.step_due_at, after.step_clock) == (
        *(before.state, before.step_due_at, "sign"),
    )
    assert task_of(world, call).state == "sent"
    assert topics(world, call)[-1] == "calls.bulk_undone"
    assert after.version > before.version


def test_what_somebody_moved_on_is_not_taken_back(world: World) -> None:
    call = steps.dispatched(world)
    begun = run(world, "safety", "sign", call)
    steps.take(world, "safety", call, "contact")
    assert operations.undo_bulk(world.actor("safety"), begun.pk, now=world.now) == 0
    assert rows(world, "safety", begun)[call.pk].undo_problem == "calls.moved_on"
    assert steps.fresh(world, call).state == "working"


def test_after_ten_minutes_nothing_is_taken_back(world: World) -> None:
    call = steps.dispatched(world)
    begun = run(world, "safety", "sign", call)
    world.later(minutes=10, seconds=1)
    assert operations.undo_bulk(world.actor("safety"), begun.pk, now=world.now) == 0
    assert rows(world, "safety", begun)[call.pk].undo_problem == "calls.bulk_late"


def test_the_person_before_is_in_charge_again(world: World) -> None:
    call = steps.working(world)
    lead, own = world.user("safety-lead").pk, world.user("safety").pk
    run(world, "safety-lead", "assign_person", call, person_id=lead)
    begun = run(world, "safety-lead", "assign_person", call, person_id=own)
    assert task_of(world, call).person_id == own
    operations.undo_bulk(world.actor("safety-lead"), begun.pk, now=world.now)
    assert task_of(world, call).person_id == lead


def test_nobody_of_another_unit_is_put_in_charge(world: World) -> None:
    call = steps.working(world)
    begun = run(world, "safety", "assign_person", call, person_id=world.user("emb").pk)
    assert states(world, "safety", begun) == [("refused", "input.invalid")]


def test_the_matter_is_set_and_set_back(world: World) -> None:
    call = steps.triage(world)
    begun = run(world, "desk", "classify", call, matter_code=FIRE)
    assert steps.fresh(world, call).matter_code == FIRE
    operations.undo_bulk(world.actor("desk"), begun.pk, now=world.now)
    assert steps.fresh(world, call).matter_code == steps.SAFETY


def test_a_note_that_is_taken_back_leaves_no_words(world: World) -> None:
    call = steps.working(world)
    begun = run(world, "desk", "note", call, text="请核实")
    operations.undo_bulk(world.actor("desk"), begun.pk, now=world.now)
    with tenancy.reading(world.system):
        note = Note.objects.filter(call=call, kind="note").get()
    assert note.text == ""
    assert note.erased_at == world.now
    assert topics(world, call)[-2:] == ["calls.noted", "calls.bulk_undone"]


def test_a_unit_is_chased_once_in_four_hours_and_that_is_never_taken_back(world: World) -> None:
    call = steps.working(world)
    begun = run(world, "supervisor", "urge", call, text="请尽快")
    again = run(world, "desk", "urge", call)
    assert states(world, "desk", again) == [("refused", "calls.urged_already")]
    assert operations.undo_bulk(world.actor("supervisor"), begun.pk, now=world.now) == 0
    assert rows(world, "supervisor", begun)[call.pk].undo_problem == "calls.bulk_final"
    world.later(hours=5)
    assert states(world, "desk", run(world, "desk", "urge", call)) == [("done", "")]


def test_chasing_is_for_calls_in_the_hands_of_a_unit(world: World) -> None:
    begun = run(world, "desk", "urge", steps.triage(world), steps.closed(world))
    assert {s for s, _ in states(world, "desk", begun)} == {"refused"}


@pytest.mark.parametrize(
    ("who", "action"),
    [
        ("safety", "urge"),
        ("safety", "classify"),
        ("desk", "sign"),
        ("desk", "assign_person"),
        ("analyst", "note"),
        ("boss", "note"),
        ("auditor", "urge"),
    ],
)
def test_who_may_not_take_the_step_may_not_take_it_in_bulk(
    world: World, who: str, action: str
) -> None:
    call = steps.working(world)
    with pytest.raises(Denied):
        run(world, who, action, call, text="x", person_id=1, matter_code=FIRE)


def test_what_is_not_visible_is_not_there(world: World) -> None:
    with pytest.raises(NotFound):
        run(world, "town", "note", steps.working(world), text="x")


def test_a_note_needs_words_and_an_assignment_a_person(world: World) -> None:
    call = steps.working(world)
    for who, action in (("desk", "note"), ("safety", "assign_person"), ("desk", "classify")):
        with pytest.raises(Invalid):
            run(world, who, action, call)
    with pytest.raises(Invalid):
        operations.begin_bulk(world.actor("desk"), "urge", range(1, 300), now=world.now)


def test_a_run_that_is_run_again_does_nothing_twice(world: World) -> None:
    call = steps.working(world)
    begun = run(world, "desk", "note", call, text="一次")
    assert operations.run_bulk(world.actor("desk"), begun.pk, now=world.now) == 0
    assert topics(world, call).count("calls.noted") == 1


def test_nobody_else_takes_back_what_one_did(world: World) -> None:
    begun = run(world, "safety", "sign", steps.dispatched(world))
    with pytest.raises(NotFound):
        operations.undo_bulk(world.actor("safety-lead"), begun.pk, now=world.now)


@pytest.mark.parametrize(
    ("columns", "name"),
    [
        ("state = 'refused', problem = ''", "bulk_row_refused_why"),
        ("state = 'undone', undone_at = undo_until + interval '1 s'", "bulk_row_undone_in_time"),
        ("state = 'undone', undone_at = NULL", "bulk_row_undone_in_time"),
        ("state = 'half'", "bulk_row_state_known"),
    ],
)
def test_the_database_refuses_what_must_not_be(world: World, columns: str, name: str) -> None:
    begun = run(world, "safety", "sign", steps.dispatched(world))
    refused = pytest.raises(IntegrityError, match=name)
    with tenancy.acting(world.system), refused, transaction.atomic():
        update = f"UPDATE calls_bulkrow SET {columns} WHERE run_id = {begun.pk}"  # noqa: S608
        connection.cursor().execute(update)


# --- the pages ---


def client_of(world: World, who: str, language: str = "zh-hans") -> Client:
    client = Client()
    client.force_login(world.user(who), backend="django.contrib.auth.backends.ModelBackend")
    client.cookies["django_language"] = language
    return client


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_desk_chases_two_units_with_one_form_sent_twice(world: World, language: str) -> None:
    calls = [steps.working(world), steps.triage(world)]
    client = client_of(world, "desk", language)
    query = "&".join(f"id={c.number}" for c in calls)
    asked = client.get(f"/calls/bulk/?do=urge&{query}")
    assert all(c.number in asked.content.decode() for c in calls)
    sent = {"do": "urge", "id": [c.number for c in calls], "text": "", "idempotency_key": "k1"}
    first = client.post("/calls/bulk/", sent)
    second = client.post("/calls/bulk/", sent)
    assert first.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    shown = client.get(first.headers["Location"]).content.decode()
    assert ("已完成" if language == "zh-hans" else "done") in shown
    assert topics(world, calls[0]).count("calls.supervised") == 1


def test_the_way_back_is_a_button_until_the_time_is_over(world: World) -> None:
    call = steps.dispatched(world)
    client = client_of(world, "safety")
    sent = {"do": "sign", "id": call.number}
    where = client.post("/calls/bulk/", sent).headers["Location"]
    assert f"{where}undo/" in client.get(where).content.decode()
    client.post(f"{where}undo/")
    assert steps.fresh(world, call).state == "dispatched"
    assert f"{where}undo/" not in client.get(where).content.decode()


def test_the_list_offers_what_the_reader_may_do(world: World) -> None:
    steps.working(world)
    offered = client_of(world, "desk").get("/calls/").content.decode()
    assert 'value="urge"' in offered
    assert 'value="sign"' not in offered
    assert 'value="sign"' in client_of(world, "safety").get("/calls/").content.decode()
    assert "data-row-keys" in offered


def test_a_form_without_its_entry_comes_back(world: World) -> None:
    call = steps.working(world)
    answer = client_of(world, "desk").post("/calls/bulk/", {"do": "note", "id": call.number})
    assert answer.status_code == 422
    assert client_of(world, "desk").get("/calls/bulk/?do=sign").status_code == 403
    assert client_of(world, "desk").get("/calls/bulk/?do=nonsense").status_code == 404


# --- the interface ---


def test_the_interface_does_and_takes_back_with_one_key_once(world: World) -> None:
    call, other = steps.dispatched(world), steps.working(world)
    client = client_of(world, "safety")
    body = {"action": "sign", "numbers": [call.number, other.number]}
    headers = {"X-Requested-With": "fetch", "Idempotency-Key": "k-9"}
    more = {"content_type": "application/json", "headers": headers}
    first = client.post("/api/v1/calls/bulk", body, **more)
    assert first.status_code == 201, first.content
    found = first.json()
    assert {r["number"]: r["state"] for r in found["rows"]} == {
        call.number: "done",
        other.number: "refused",
    }
    assert client.post("/api/v1/calls/bulk", body, **more).json()["id"] == found["id"]
    undone = client.post(f"/api/v1/calls/bulk/{found['id']}/undo", {}, **more).json()
    assert "undone" in {r["state"] for r in undone["rows"]}
    assert steps.fresh(world, call).state == "dispatched"
    stranger = client_of(world, "safety-lead")
    assert stranger.get(f"/api/v1/calls/bulk/{found['id']}").status_code == 404
