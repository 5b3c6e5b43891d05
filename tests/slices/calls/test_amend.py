"""A dispatch can be put right: another lead, a co-handler more or less, another matter, a refusal."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client

from qiying.kernel import tenancy
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.models import Event, Notification
from qiying.slices.calls import handlers, operations, queries
from qiying.slices.calls.models import Call, Pause, Round, Task
from qiying.slices.calls.operations import CoUnit
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.world import World


def tasks_of(world: World, call: Call) -> dict[str, str]:
    """State by unit of the parts of the current round, the newest part of each unit."""
    codes = {pk: code for code, pk in world.units.items()}
    with tenancy.reading(world.system):
        rows = Task.objects.filter(call=call).order_by("id")
        return {codes[t.unit_id]: t.state for t in rows}


def round_of(world: World, call: Call) -> Round:
    with tenancy.reading(world.system):
        return Round.objects.get(call=call, number=steps.fresh(world, call).current_round)


def tell(world: World, call: Call, topic: str) -> Event:
    with tenancy.reading(world.system):
        event = Event.objects.filter(topic=topic, subject_id=call.pk).latest("sequence")
    handlers.tell(event)
    return event


def told(world: World, kind: str) -> set[int]:
    with tenancy.reading(world.system):
        rows = Notification.objects.filter(kind=kind)
        return set(rows.values_list("person_id", flat=True))


@pytest.mark.parametrize("state", ["dispatched", "working", "scheduled"])
@pytest.mark.parametrize("who", ["desk", "supervisor"])
def test_a_call_that_went_to_the_wrong_unit_goes_to_another(
    world: World, state: str, who: str
) -> None:
    call = steps.MAKE[state](world)
    due_at = round_of(world, call).due_at
    fire = world.units["FIRE"]
    call = take(world, who, call, "redispatch", lead_unit_id=fire, text="属消防职责")
    assert (call.state, call.lead_unit_id, call.step_clock) == ("dispatched", fire, "sign")
    assert (call.clock, call.due_at, call.milestone_on) == ("answer", due_at, None)
    found = tasks_of(world, call)
    assert found["ZONE_SAFE"] == "withdrawn"
    assert found["FIRE"] == "sent"
    tell(world, call, "calls.redispatched")
    assert {world.user("safety").pk, world.user("safety-lead").pk} <= told(world, "calls.recalled")


def test_another_lead_needs_a_reason_and_is_another(world: World) -> None:
    call = steps.working(world)
    with pytest.raises(Invalid):
        take(world, "desk", call, "redispatch", lead_unit_id=world.units["FIRE"])
    lead = world.units["ZONE_SAFE"]
    with pytest.raises(Invalid) as found:
        take(world, "desk", call, "redispatch", lead_unit_id=lead, text="再派一次")
    assert found.value.fields == {"lead_unit_id": "calls.same_lead"}
    with pytest.raises(Denied):
        take(world, "safety", call, "redispatch", lead_unit_id=world.units["FIRE"], text="不想办")


def test_a_co_handler_that_is_named_again_keeps_what_it_did(world: World) -> None:
    call = steps.working(world, co=("EMB", "ETB"))
    emb = steps.task(world, call, "EMB")
    take(world, "emb", call, "sign", task_id=emb)
    again = [CoUnit(world.units["EMB"])]
    lead = world.units["FIRE"]
    take(world, "desk", call, "redispatch", lead_unit_id=lead, text="改派", co_units=again)
    assert steps.task(world, call, "EMB") == emb
    assert tasks_of(world, call) == {
        "ZONE_SAFE": "withdrawn",
        "EMB": "signed",
        "ETB": "withdrawn",
        "FIRE": "sent",
    }


def test_only_a_supervisor_gives_what_was_decided_to_another_unit(world: World) -> None:
    call = steps.dispatched(world, co=())
    take(world, "safety", call, "dispute", text="不归我们")
    emb, fire = world.units["EMB"], world.units["FIRE"]
    take(world, "supervisor", call, "adjudicate", unit_id=emb, text="依据清单")
    with pytest.raises(Refused) as found:
        take(world, "desk", call, "redispatch", lead_unit_id=fire, text="改派")
    assert found.value.code == "calls.guard.adjudication_stands"
    assert (
        take(world, "supervisor", call, "redispatch", lead_unit_id=fire, text="改派").lead_unit_id
        == fire
    )


def test_a_silent_co_handler_does_not_hold_up_the_answer_for_ever(world: World) -> None:
    call = steps.working(world, co=("EMB",))
    emb = steps.task(world, call, "EMB")
    with pytest.raises(Denied):
        take(world, "safety", call, "recall", task_id=emb, text="一直没有回音")
    lead = steps.task(world, call, "ZONE_SAFE")
    with pytest.raises(Refused) as found:
        take(world, "desk", call, "recall", task_id=lead, text="牵头")
    assert found.value.code == "calls.guard.is_co_task"
    take(world, "desk", call, "recall", task_id=emb, text="一直没有回音")
    assert tasks_of(world, call)["EMB"] == "withdrawn"
    tell(world, call, "calls.recalled")
    assert told(world, "calls.recalled") == {world.user("emb").pk}
    assert take(world, "safety", call, "answer", result="solved", text="好了").state == "answered"


def test_more_units_are_asked_to_help_when_it_is_under_way(world: World) -> None:
    call = steps.working(world, co=("EMB",))
    etb = [CoUnit(world.units["ETB"], duty="核查设备")]
    with pytest.raises(Invalid):
        take(world, "desk", call, "add_co", co_units=[], text="要人")
    with pytest.raises(Invalid):
        take(world, "desk", call, "add_co", co_units=[CoUnit(world.units["EMB"])], text="要人")
    call = take(world, "supervisor", call, "add_co", co_units=etb, text="需要技术支持")
    assert call.state == "working"
    assert tasks_of(world, call)["ETB"] == "sent"
    tell(world, call, "calls.co_added")
    assert told(world, "calls.dispatched") == {world.user("etb").pk}
    with pytest.raises(Refused):
        take(world, "safety", call, "answer", result="solved", text="好了")


@pytest.mark.parametrize("state", ["dispatched", "working", "scheduled"])
def test_what_was_dispatched_in_haste_is_classified_again(world: World, state: str) -> None:
    call = steps.MAKE[state](world)
    before = round_of(world, call)
    with tenancy.reading(world.system):
        sign_due_at = Task.objects.get(call=call, is_lead=True).sign_due_at
    call = take(world, "desk", call, "classify", matter_code="M016", urgency="urgent")
    after = round_of(world, call)
    assert (call.state, call.urgency, after.rule_kind) == (state, "urgent", "hours")
    assert after.due_at < before.due_at
    assert after.contact_due_at is not None
    assert before.contact_due_at is not None
    assert after.contact_due_at < before.contact_due_at
    with tenancy.reading(world.system):
        task = Task.objects.get(call=call, is_lead=True)
    assert task.due_at == after.due_at
    assert (task.sign_due_at < sign_due_at) == (state == "dispatched")
    assert (call.due_at == after.due_at) == (state != "scheduled")
    assert (operations.rederive(world.system, now=world.now)) == 0


def test_a_false_alarm_that_was_dispatched_at_once_can_be_declined(world: World) -> None:
    call = steps.raise_call(world, urgency="danger")
    world.later(minutes=10)
    inputs = {"code": "ILLEGAL_OR_INDECENT", "text": "谎报", "told_path": "公安机关"}
    call = take(world, "desk", call, "decline", **inputs)
    assert (call.state, round_of(world, call).state) == ("declined", "stopped")
    assert set(tasks_of(world, call).values()) == {"withdrawn"}


def test_what_the_desk_dispatched_is_answered_and_not_declined(world: World) -> None:
    call = steps.raise_call(world)
    world.later(minutes=10)
    take(world, "desk", call, "accept")
    take(world, "desk", call, "dispatch", lead_unit_id=world.units["ZONE_SAFE"])
    with pytest.raises(Refused) as found:
        take(world, "desk", call, "decline", code="SECRET", text="涉密", told_path="保密局")
    assert found.value.code == "calls.guard.undispatched_or_rushed"
    desk = world.actor("desk")
    with tenancy.reading(desk):
        names = {s.name for s in queries.steps_open(desk, steps.fresh(world, call), now=world.now)}
    assert names == {"classify", "redispatch", "add_co", "chase", "mark", "note", "message"}


# --- the unit complained of ---


def complained(world: World, unit: str) -> dict[str, object]:
    return {"matter_code": "M016", "complained_unit_id": world.units[unit]}


@pytest.mark.parametrize("state", ["reopened", "dispatched", "working", "scheduled"])
def test_a_lead_that_is_complained_of_loses_the_call(world: World, state: str) -> None:
    call = steps.MAKE[state](world)
    call = take(world, "desk", call, "classify", **complained(world, "ZONE_SAFE"))
    assert (call.state, call.lead_unit_id, call.step_clock) == ("triage", None, "dispatch")
    assert call.proposed_unit_id != world.units["ZONE_SAFE"]
    assert set(tasks_of(world, call).values()) == {"withdrawn"}
    tell(world, call, "calls.classified")
    assert not told(world, "calls.recalled") & {
        world.user("safety").pk,
        world.user("safety-lead").pk,
    }
    assert operations.rederive(world.system, now=world.now) == 0
    fire = world.units["FIRE"]
    call = take(world, "desk", call, "dispatch", lead_unit_id=fire, text="回避")
    assert (call.state, call.lead_unit_id) == ("dispatched", fire)


def test_a_co_handler_that_is_complained_of_loses_its_part(world: World) -> None:
    call = steps.working(world, co=("EMB", "ETB"))
    call = take(world, "desk", call, "classify", **complained(world, "EMB"))
    assert call.state == "working"
    assert tasks_of(world, call) == {"ZONE_SAFE": "signed", "EMB": "withdrawn", "ETB": "sent"}


def test_the_first_receiver_that_is_complained_of_keeps_nothing(world: World) -> None:
    call = steps.triage(world)
    assert call.first_receiver_id == world.units["ZONE"]
    call = take(world, "desk", call, "classify", **complained(world, "ZONE"))
    assert call.first_receiver_id != world.units["ZONE"]
    lead = world.units["EMB"]
    call = take(world, "desk", call, "dispatch", lead_unit_id=lead, text="回避")
    call = take(world, "emb", call, "dispute", text="不归我们")
    assert (call.state, call.lead_unit_id) == ("disputed", call.first_receiver_id)


# --- proposals that nobody decided ---


def proposed(world: World) -> Call:
    call = steps.working(world, co=())
    return take(world, "safety", call, "propose_pause", reason="firm_asked", text="停产检修")


ENDINGS = {
    "answer": ("safety", {"result": "solved", "text": "好了"}),
    "dispute": ("safety", {"text": "不归我们"}),
    "withdraw": ("boss", {}),
    "redispatch": ("desk", {"text": "改派"}),
}


@pytest.mark.parametrize("step", list(ENDINGS))
def test_a_proposal_to_pause_does_not_outlive_its_round_or_lead(world: World, step: str) -> None:
    call = proposed(world)
    who, inputs = ENDINGS[step]
    if step == "redispatch":
        inputs = {**inputs, "lead_unit_id": world.units["FIRE"]}
    take(world, who, call, step, **inputs)
    supervisor = world.actor("supervisor")
    with tenancy.reading(supervisor):
        pause = Pause.objects.get(call=call)
        assert (pause.state, pause.approver_id) == ("refused", None)
        assert not queries.open_pauses(supervisor).exists()
        assert queries.tab_counts(supervisor, now=world.now)["pauses"] == 0
        assert Event.objects.filter(topic="calls.pause_lapsed", subject_id=call.pk).count() == 1


def test_the_queue_shows_proposals_of_the_current_round_only(world: World) -> None:
    call = steps.reopened(world)
    with tenancy.acting(world.system):
        Pause.objects.create(
            tenant_id=world.tenant.pk,
            call=call,
            round=Round.objects.get(call=call, number=1),
            reason_code="firm_asked",
            from_at=world.now,
            proposed_at=world.now,
        )
    supervisor = world.actor("supervisor")
    with tenancy.reading(supervisor):
        assert not queries.open_pauses(supervisor).exists()
        assert queries.tab_counts(supervisor, now=world.now)["pauses"] == 0


# --- by page and interface ---


def browser(world: World, who: str) -> Client:
    client = Client(headers={"X-Requested-With": "test"})
    client.force_login(world.user(who), backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def _clock(world: World) -> Iterator[None]:
    with time_machine.travel(world.now, tick=False):
        yield


@pytest.mark.usefixtures("_clock")
@pytest.mark.parametrize("who", ["desk", "supervisor"])
def test_the_case_page_offers_the_changes_and_takes_them(world: World, who: str) -> None:
    call = steps.working(world, co=("EMB",))
    client, page = browser(world, who), f"/calls/case/{call.public_id}/"
    text = client.get(page).content.decode()
    task, etb = steps.task(world, call, "EMB"), world.units["ETB"]
    for anchor in ("do-redispatch", "do-classify", "do-add_co", f"do-recall-{task}"):
        assert anchor in text, anchor
    forms: list[tuple[str, int, dict[str, Any]]] = [
        ("recall", task, {}),
        ("add_co", call.pk, {"co_units": [etb], f"co{etb}-duty": "核查设备"}),
        ("redispatch", call.pk, {"lead_unit_id": world.units["FIRE"]}),
    ]
    for step, row, fields in forms:
        given = {"idempotency_key": uuid4().hex, "row": row, "text": "派错了", **fields}
        answer = client.post(f"{page}{step}/", given)
        assert answer.status_code == 303, (step, answer.content.decode()[-2000:])
    assert tasks_of(world, call)["FIRE"] == "sent"


@pytest.mark.usefixtures("_clock")
def test_a_form_that_names_no_co_handler_comes_back(world: World) -> None:
    call = steps.working(world, co=())
    given = {"idempotency_key": uuid4().hex, "row": call.pk, "text": "要人"}
    page = f"/calls/case/{call.public_id}/add_co/"
    assert browser(world, "desk").post(page, given).status_code == 422


def test_the_interface_takes_the_changes(world: World) -> None:
    call = steps.working(world, co=("EMB",))
    client, url = browser(world, "desk"), f"/api/v1/calls/{call.public_id}/steps"
    bodies = (
        {"step": "recall", "task_id": steps.task(world, call, "EMB"), "text": "没有回音"},
        {"step": "add_co", "co_units": [{"unit": "ETB"}], "text": "要人"},
        {"step": "redispatch", "lead_unit": "FIRE", "text": "属消防职责"},
    )
    for body in bodies:
        answer = client.post(url, body, content_type="application/json")
        assert answer.status_code == 200, (body, answer.json())
    assert tasks_of(world, call)["FIRE"] == "sent"
