"""A firm that is asked for information has an end to answer by; then the desk decides without."""

from datetime import timedelta

import pytest
from django.utils import translation

from qiying.kernel import tenancy
from qiying.kernel.models import Event
from qiying.slices.calls import handlers, operations, queries, rules
from qiying.slices.calls.models import Call, Pause
from qiying.slices.calls.views.notices import notice_of
from qiying.slices.registry import public as registry
from tests.slices.calls import steps
from tests.slices.calls.steps import fresh, take
from tests.slices.world import World

pytestmark = pytest.mark.django_db


def _pause(world: World, call: Call) -> Pause:
    with tenancy.reading(world.system):
        return Pause.objects.filter(call=call).latest("id")


def _notice(world: World, call: Call) -> str:
    actor = world.actor("boss")
    with tenancy.reading(actor), translation.override("en"):
        row = queries.get_call(actor, call.pk)
        found = notice_of(row, queries.dossier(actor, row))
        return f"{found.title} {found.text}" if found else ""


def test_the_firm_has_five_working_days_and_the_page_says_until_when(world: World) -> None:
    call = steps.need_info(world)
    until = _pause(world, call).expected_to_at
    with tenancy.reading(world.system):
        calendar = registry.calendar(world.system)
    assert until == rules.due_at(world.now, rules.DEFAULT_TERMS.rule("info"), calendar)
    assert until is not None
    assert "The clock stands still until" in _notice(world, call)
    world.now = until - timedelta(minutes=1)
    assert operations.lapse_infos(world.system, now=world.now) == 0
    assert fresh(world, call).state == "need_info"


def test_after_that_the_desk_has_it_again_and_nothing_is_closed(world: World) -> None:
    call = steps.need_info(world)
    until = _pause(world, call).expected_to_at
    assert until is not None
    world.now = until + timedelta(hours=3)
    due = fresh(world, call).due_at
    assert operations.lapse_infos(world.system, now=world.now) == 1
    assert operations.lapse_infos(world.system, now=world.now) == 0
    after, pause = fresh(world, call), _pause(world, call)
    assert (after.state, after.step_clock, after.closed_at) == ("submitted", "accept", None)
    assert (pause.state, pause.to_at) == ("ended", until)
    assert after.due_at == due
    assert "the clock runs on" in _notice(world, call)
    assert "请补充照片" in _notice(world, call)
    take(world, "boss", call, "message", text="照片稍后送到")
    assert take(world, "desk", call, "accept").state == "triage"
    assert _notice(world, call) == ""


def test_desk_and_firm_are_told_and_read_why(world: World) -> None:
    call = steps.need_info(world)
    world.later(days=20)
    operations.lapse_infos(world.system, now=world.now)
    with tenancy.reading(world.system):
        event = Event.objects.get(topic="calls.info_lapsed", subject_id=call.pk)
    desk, firm = handlers.AUDIENCES["calls.info_lapsed"]
    with tenancy.reading(world.system):
        row = queries.get_call(world.system, call.pk)
        assert world.user("desk").pk in desk.find(world.system, row, event)
        assert world.user("boss").pk in firm.find(world.system, row, event)
    handlers.tell(event)
    boss = world.actor("boss")
    with tenancy.reading(boss), translation.override("en"):
        lines = queries.timeline(boss, queries.get_call(boss, call.pk))
    assert any("No information came in time" in line.title for line in lines)


def test_an_answer_in_time_ends_it_as_ever(world: World) -> None:
    call = steps.need_info(world)
    world.later(days=1)
    take(world, "boss", call, "supply_info", text="照片如附")
    world.later(days=20)
    assert operations.lapse_infos(world.system, now=world.now) == 0
    assert _notice(world, call) == ""


def test_what_was_asked_before_it_had_an_end_gets_one(world: World) -> None:
    call = steps.need_info(world)
    with tenancy.acting(world.system):
        Pause.objects.filter(call=call).update(expected_to_at=None)
    world.later(days=30)
    assert handlers.sweep(world.system, world.now) >= 1
    assert fresh(world, call).state == "submitted"


def test_the_third_question_runs_out_too_and_the_desk_decides(world: World) -> None:
    call = steps.submitted(world)
    for _ in range(3):
        take(world, "desk", call, "ask_info", text="请补充照片")
        until = _pause(world, call).expected_to_at
        assert until is not None
        world.now = until + timedelta(minutes=1)
        assert operations.lapse_infos(world.system, now=world.now) == 1
    inputs = {"code": "LEGAL_PATH", "text": "已进入仲裁", "told_path": "仲裁委"}
    assert take(world, "desk", call, "decline", **inputs).state == "declined"
