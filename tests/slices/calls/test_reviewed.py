"""What a duty officer relies on: pauses that end, limits with a source, numbers that agree."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import translation

from qiying.engines.worktime import Rule
from qiying.kernel import tenancy, trail
from qiying.kernel.errors import Invalid
from qiying.kernel.models import Event
from qiying.slices.calls import handlers, operations, queries
from qiying.slices.calls.models import Call, Pause
from qiying.slices.calls.operations._decide import Found, Question
from qiying.slices.calls.queries import desk, units
from qiying.slices.calls.rules import DEFAULT_TERMS
from qiying.slices.calls.views import history, record
from qiying.slices.mandate import public as mandate
from qiying.slices.registry import public as registry
from tests.slices.calls import steps
from tests.slices.calls.steps import fresh, take
from tests.slices.world import World


def paused(world: World, call: Call, *, until: datetime | None = None) -> Call:
    more = {"expected_to_at": until} if until else {}
    take(world, "safety", call, "propose_pause", reason="firm_asked", text="停产检修", **more)
    return take(world, "supervisor", call, "approve_pause", pause_id=steps.pause(world, call))


def pause_of(world: World, call: Call) -> Pause:
    with tenancy.reading(world.system):
        return Pause.objects.get(call=call)


def light_of(world: World, call: Call) -> str:
    return queries.light(fresh(world, call), world.now)


# --- pauses ---


def test_the_platform_ends_a_pause_on_its_day_and_tells_the_unit(world: World) -> None:
    until = world.now + timedelta(days=3)
    call = paused(world, steps.working(world, co=()), until=until)
    before = call.due_at
    world.later(days=2)
    assert operations.end_pauses(world.system, now=world.now) == 0
    world.later(days=2)
    assert operations.end_pauses(world.system, now=world.now) == 1
    assert operations.end_pauses(world.system, now=world.now) == 0
    call, pause = fresh(world, call), pause_of(world, call)
    assert (call.state, pause.state, pause.to_at) == ("working", "ended", until)
    assert call.due_at == before, "the approved day had moved the deadline already"
    with tenancy.reading(world.system):
        event = Event.objects.get(topic="calls.resumed", subject_id=call.pk)
        line = queries.timeline(world.actor("desk"), call)[-1]
    assert event.actor == world.system.identity
    people = handlers._unit_after_pause(world.system, call, event)
    assert people == {world.user("safety").pk, world.user("safety-lead").pk}
    with translation.override("zh-hans"):
        assert line.topic == "calls.resumed"


def test_a_pause_without_a_day_gets_the_usual_one(world: World) -> None:
    call = paused(world, steps.working(world, co=()))
    expected = pause_of(world, call).expected_to_at
    assert expected is not None
    assert expected > world.now
    world.now = expected
    assert operations.end_pauses(world.system, now=expected) == 1


def test_whoever_approves_may_name_another_day_but_no_past_one(world: World) -> None:
    call = steps.working(world, co=())
    take(world, "safety", call, "propose_pause", reason="firm_asked", text="停产检修")
    row = steps.pause(world, call)
    with pytest.raises(Invalid):
        take(world, "supervisor", call, "approve_pause", pause_id=row, expected_to_at=world.now)
    day = world.now + timedelta(days=1)
    take(world, "supervisor", call, "approve_pause", pause_id=row, expected_to_at=day)
    assert pause_of(world, call).expected_to_at == day


def test_after_a_pause_a_call_goes_on_by_its_plan(world: World) -> None:
    planned = steps.scheduled(world)
    call = paused(world, planned, until=world.now + timedelta(days=1))
    assert call.state == "suspended"
    world.later(days=2)
    operations.end_pauses(world.system, now=world.now)
    call = fresh(world, call)
    assert (call.state, call.clock, call.due_at) == ("scheduled", "milestone", planned.due_at)


def test_nothing_is_paused_and_overdue_at_once(world: World) -> None:
    late = steps.working(world, co=())
    world.later(days=30)
    call = paused(world, late, until=world.now + timedelta(days=2))
    assert light_of(world, call) == "grey"
    with tenancy.reading(world.system):
        rows = Call.objects.visible_to(world.actor("desk"))
        assert not rows.filter(queries.lit("red", world.now)).exists()
    world.later(days=3)
    operations.end_pauses(world.system, now=world.now)
    assert light_of(world, call) == "red"


def test_a_pause_that_does_not_stop_the_clock_ends_with_the_time(world: World) -> None:
    call, far = steps.working(world, co=()), world.now + timedelta(days=60)
    inputs = {"reason": "superior_approval", "text": "报市局", "expected_to_at": far}
    take(world, "safety", call, "propose_pause", **inputs)
    take(world, "supervisor", call, "approve_pause", pause_id=steps.pause(world, call))
    world.later(days=30)
    assert operations.end_pauses(world.system, now=world.now) == 1
    assert light_of(world, call) == "red"


# --- limits ---


@pytest.mark.parametrize(("nature", "expected"), [("complaint", 10), ("enquiry", 1), ("help", 5)])
def test_a_limit_without_a_source_does_not_override_the_kind_of_call(
    world: World, nature: str, expected: int
) -> None:
    with tenancy.reading(world.system):
        known = mandate.matter(world.system, "M016", queries.local_day(world.now))
    question = Question("M016", None, None, "enterprise_premises", "normal", nature, None)  # type: ignore[arg-type]  # no place is asked for
    guessed = replace(known, time_kind="working_days", time_amount=7, time_source="")
    assert Found(question, DEFAULT_TERMS, guessed).rule == Rule("working_days", expected)
    sourced = replace(guessed, time_source="信访工作条例34 [A]")
    assert Found(question, DEFAULT_TERMS, sourced).rule == Rule("working_days", 7)


@pytest.mark.parametrize(
    ("source", "is_law", "label"),
    [
        ("信访工作条例34 [A]", True, "By law"),
        ("水电气热类诉求24小时反馈（北京市地方标准）[C]", False, "For reference"),
        ("多部门疑难事项15个工作日 [B]", False, "For reference"),
    ],
)
def test_only_a_statute_in_force_here_is_called_law(
    world: World, source: str, is_law: bool, label: str
) -> None:
    with tenancy.reading(world.system):
        matter = mandate.matter(world.system, "M016", queries.local_day(world.now))
    limit = record.limit_of(replace(matter, time_source=source))
    assert limit is not None
    with translation.override("en"):
        assert (limit.is_law, limit.label) == (is_law, label)
    assert record.limit_of(replace(matter, time_source="代办服务承诺 [D]")) is None


# --- numbers that agree ---


def test_a_late_call_back_is_not_a_late_answer(world: World) -> None:
    steps.callback(world)
    steps.working(world)
    world.later(days=30)
    with tenancy.reading(world.system):
        actor = world.actor("desk")
        counts = desk.light_counts(actor, now=world.now)
        for what in ("answer", "callback"):
            filters = queries.Filters.read({"late": what})
            assert queries.list_calls(actor, filters, now=world.now).count() == 1
    assert (counts["red"], counts["late_answer"], counts["late_callback"]) == (2, 1, 1)


def test_desk_and_navigation_count_the_same_decisions(world: World) -> None:
    steps.submitted(world)
    steps.need_info(world)
    steps.disputed(world)
    call = steps.working(world, co=())
    take(world, "safety", call, "propose_pause", reason="firm_asked", text="停产检修")
    with tenancy.reading(world.system):
        for who, number in (("desk", 1), ("supervisor", 2)):
            actor = world.actor(who)
            own = desk.own_lanes(actor)
            lanes = [lane for lane in desk.lanes(actor, now=world.now) if lane.key in own]
            assert desk.waiting_count(actor) == sum(lane.count for lane in lanes) == number
        tabs = queries.tab_counts(world.actor("desk"), now=world.now)
    assert tabs["inbox"] == 1


def test_a_part_follows_the_clock_of_its_call(world: World) -> None:
    call = steps.scheduled(world)
    lead = world.actor("safety-lead")
    world.now = world.now + timedelta(days=9)
    with tenancy.reading(world.system):
        sheet = queries.morning_sheet(lead, now=world.now)
        counts = units.task_counts(lead, now=world.now)
        found = queries.dossier(lead, fresh(world, call))
        line = history.rounds_of(lead, found, now=world.now)[0].tasks[0]
    assert (counts["overdue"], sheet.overdue) == (0, 0)
    assert line.due_at == call.due_at
    world.later(days=10)
    with tenancy.reading(world.system):
        sheet = queries.morning_sheet(lead, now=world.now)
        assert units.task_counts(lead, now=world.now)["overdue"] == sheet.overdue == 1


def test_until_it_is_decided_the_first_receiver_leads(world: World) -> None:
    call = steps.disputed(world)
    actor = world.actor("supervisor")
    with tenancy.reading(world.system), translation.override("en"):
        found = queries.dossier(actor, fresh(world, call))
        parts = history.rounds_of(actor, found, now=world.now)[0].tasks
        mine = units.task_counts(world.actor("safety"), now=world.now)
    assert parts[0].task.unit_id == fresh(world, call).lead_unit_id
    assert [str(p.part) for p in parts[:2]] == ["first receiver leads", "disputes it"]
    assert mine["all"] == 0


def test_a_clock_in_working_days_says_how_many_are_left(world: World) -> None:
    call = steps.working(world, co=())
    actor = world.actor("desk")
    said = []
    for days in (0, 0.5, 30):
        world.later(days=days)
        with tenancy.reading(world.system), translation.override("zh-hans"):
            found = queries.dossier(actor, fresh(world, call))
            said.append(history.promised_of(actor, found, None, now=world.now).left)
    assert said[0].startswith("剩 ")
    assert said[2].startswith("超 ")
    assert said[0].endswith("个工作日")
    urgent = steps.raise_call(world, urgency="urgent")
    with tenancy.reading(world.system):
        found = queries.dossier(actor, urgent)
        assert history.promised_of(actor, found, None, now=world.now).left == ""


# --- the course ---


def test_what_ran_out_stands_at_the_moment_it_was_due(world: World) -> None:
    call = steps.working(world, co=())
    due_at = call.due_at
    world.later(days=30)
    operations.note_overdue(world.system, now=world.now)
    with tenancy.reading(world.system):
        lines = queries.timeline(world.actor("desk"), call)
    assert due_at in {line.at for line in lines if line.topic == "calls.overdue"}
    assert [line.at for line in lines] == sorted(line.at for line in lines)


def test_a_call_that_the_desk_wrote_down_says_so(world: World) -> None:
    call = steps.raise_call(world, "desk", channel="hotline")
    own = steps.raise_call(world)
    actor = world.actor("desk")
    with tenancy.reading(world.system), translation.override("en"):
        titles = [queries.timeline(actor, c)[0].title for c in (call, own)]
        people = [history.people_of(queries.dossier(actor, c))[0][0] for c in (call, own)]
    assert titles == ["Logged as it came: 12345 hotline", "The firm raised the call"]
    assert people == ["Logged by", "Raised by"]


def test_of_a_missed_deadline_one_is_told_once_a_round(world: World) -> None:
    steps.working(world, co=())
    world.later(days=30)
    operations.note_overdue(world.system, now=world.now)
    with tenancy.reading(world.system):
        event = Event.objects.filter(topic="calls.overdue").first()
        assert event is not None
        call = queries.get_call(world.system, event.subject_id)
    key = handlers._effect_key(call, event)
    event.sequence += 1
    assert handlers._effect_key(call, event) == key
    audience = handlers.AUDIENCES["calls.overdue"][0]
    assert handlers._kind(audience, event) == f"calls.overdue.{event.data['clock']}"


# --- precedent, audit trail, landing page ---


def test_an_adjudication_may_stand_as_a_precedent(world: World) -> None:
    call = steps.disputed(world)
    unit_id = world.units["ZONE_BUILD"]
    inputs = {"unit_id": unit_id, "text": "管线属建设局", "is_precedent": True}
    call = take(world, "supervisor", call, "adjudicate", **inputs)
    assert call.lead_unit_id == unit_id
    with tenancy.reading(world.system):
        told = Event.objects.get(topic="mandate.precedent_recorded").data
        assert told["lead"] == registry.unit(world.system, unit_id).code == "ZONE_BUILD"
        assert "precedent" in Event.objects.get(topic="calls.adjudicated").data


def test_an_auditor_reads_what_happened_to_which_call_by_whom(world: World) -> None:
    call = steps.working(world, co=())
    actor = world.actor("auditor")
    with tenancy.reading(world.system), translation.override("zh-hans"):
        rows = list(Event.objects.filter(subject_type="calls.call").order_by("sequence"))
        lines = trail.lines_of(actor, rows)
        signed = next(x for x in lines if x.event.topic == "calls.signed")
        assert (str(signed.topic), signed.person) == ("签收", "safety")
        assert signed.subject is not None
        assert signed.subject.label == call.number
        assert {x.person for x in lines if x.event.actor == "s"} <= {"平台"}
        assert signed.units == registry.unit(actor, world.units["ZONE_SAFE"]).name
        unnamed = {
            t for t in Event.objects.values_list("topic", flat=True) if not trail.is_named(t)
        }
    assert not unnamed


def test_a_zone_leader_begins_at_the_board(world: World) -> None:
    client = Client()
    client.force_login(world.user("leader"), backend="django.contrib.auth.backends.ModelBackend")
    with time_machine.travel(world.now, tick=False):
        assert client.get("/").headers["Location"] == "/calls/board/"
