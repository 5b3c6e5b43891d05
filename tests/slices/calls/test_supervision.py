"""The ladder: each rung by its trigger, none skipped in silence, none left by the unit itself."""

from datetime import date, timedelta

import pytest

from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor, Held, Role
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.models import Event, Notification
from qiying.slices.calls import handlers, operations, queries
from qiying.slices.calls.models import Call, Supervision
from qiying.slices.calls.queries import watch
from tests.slices.calls import steps
from tests.slices.calls.steps import fresh, take
from tests.slices.calls.test_database import refused, sql
from tests.slices.world import World


def climb(world: World) -> int:
    return operations.climb(world.system, now=world.now)


def rungs(world: World, call: Call) -> list[Supervision]:
    with tenancy.reading(world.system):
        return list(Supervision.objects.filter(call=call).order_by("id"))


def standing(world: World, call: Call) -> Supervision:
    return next(r for r in rungs(world, call) if r.state in {"open", "removing"})


def mark(world: World, call: Call, level: str = "chase", who: str = "supervisor") -> Call:
    return take(world, who, call, "supervise", level=level, text="请抓紧")


def third_round(world: World) -> Call:
    call = steps.reopened(world)
    call = take(world, "safety", call, "sign", task_id=steps.task(world, call, "ZONE_SAFE"))
    take(world, "safety", call, "contact")
    take(world, "safety", call, "answer", result="solved", text="又修了一次")
    take(world, "desk", call, "review_pass")
    return take(world, "caller", call, "callback_reject", text="还是没有好")


def test_an_overdue_call_is_chased_once_and_its_leader_is_in_charge(world: World) -> None:
    call = steps.working(world, co=())
    assert climb(world) == 0
    world.now = call.due_at + timedelta(minutes=5)
    assert climb(world) == 1
    assert climb(world) == 0
    row = standing(world, call)
    assert (row.level, row.trigger, row.skipped) == (1, "overdue", 0)
    assert row.officer_id == world.user("safety-lead").pk
    assert fresh(world, call).supervision_level == 1


def test_a_limit_that_runs_out_leads_to_the_next_rung_and_never_past_it(world: World) -> None:
    call = steps.working(world, co=())
    mark(world, call)
    for level in (2, 3, 4):
        world.now = standing(world, call).limit_at + timedelta(minutes=1)
        if world.now > call.due_at:
            world.now = min(world.now, standing(world, call).limit_at + timedelta(minutes=1))
        climb(world)
        assert standing(world, call).level >= level
    found = rungs(world, call)
    assert [r.level for r in found] == [1, 2, 3, 4]
    assert {r.state for r in found[:-1]} == {"raised"}
    assert {r.skipped for r in found} == {0}


@pytest.mark.parametrize(("trigger", "passed"), [("long_overdue", 2), ("danger", 2)])
def test_grave_triggers_post_a_call_and_write_down_what_they_pass_over(
    world: World, trigger: str, passed: int
) -> None:
    if trigger == "danger":
        call = steps.raise_call(world, urgency="danger")
        world.later(minutes=1)
    else:
        call = steps.working(world, co=())
        world.later(days=20)
    climb(world)
    row = standing(world, call)
    assert (row.level, row.trigger, row.skipped) == (3, trigger, passed)
    assert row.skip_reason == trigger
    with tenancy.reading(world.system):
        event = Event.objects.get(topic="calls.supervised", subject_id=call.pk)
    assert event.data["skipped"] == ["chase", "supervise"]
    assert queries.light(fresh(world, call), world.now) == "purple"


def test_a_third_round_is_posted(world: World) -> None:
    call = third_round(world)
    climb(world)
    assert (standing(world, call).level, standing(world, call).trigger) == (3, "third_round")


def test_a_firm_that_calls_again_and_again_is_looked_after(world: World) -> None:
    made = [steps.working(world, co=()) for _ in range(3)]
    climb(world)
    assert [bool(rungs(world, c)) for c in made] == [False, False, True]
    assert standing(world, made[2]).trigger == "repeated"


def test_used_up_pauses_go_up_the_ladder(world: World) -> None:
    call = steps.working(world, co=())
    for _ in range(3):
        take(world, "safety", call, "propose_pause", reason="firm_asked", text="企业要求暂缓")
        take(world, "supervisor", call, "approve_pause", pause_id=steps.pause(world, call))
        world.later(hours=1)
        take(world, "safety", call, "resume")
    climb(world)
    assert standing(world, call).trigger == "pause_cap"
    with pytest.raises(Refused) as found:
        take(world, "safety", call, "propose_pause", reason="firm_asked", text="再缓")
    assert found.value.code == "calls.guard.pauses_left"


def test_pauses_of_a_round_last_twenty_working_days_together(world: World) -> None:
    call = steps.working(world, co=())
    given = {"reason": "firm_asked", "text": "停产", "expected_to_at": world.now}
    given["expected_to_at"] = world.now + timedelta(days=40)
    with pytest.raises(Invalid) as found:
        take(world, "safety", call, "propose_pause", **given)
    assert found.value.fields == {"expected_to_at": "calls.pause_cap"}
    given["expected_to_at"] = world.now + timedelta(days=20)
    take(world, "safety", call, "propose_pause", **given)


def test_a_leader_marks_a_call_and_names_who_leads(world: World) -> None:
    call = steps.working(world, co=())
    officer = world.user("supervisor").pk
    call = take(world, "leader", call, "supervise", level="post", text="类案", officer_id=officer)
    row = standing(world, call)
    assert (row.level, row.trigger, row.officer_id, row.skipped) == (3, "mark", officer, 2)
    with pytest.raises(Refused) as found:
        mark(world, call, "supervise")
    assert found.value.code == "calls.rung_not_higher"
    with pytest.raises(Invalid):
        mark(world, call, "hang")
    with pytest.raises(Invalid):
        take(world, "leader", call, "supervise", level="interview", text="约谈", officer_id=0)


@pytest.mark.parametrize("who", ["desk", "safety", "caller"])
def test_the_ladder_is_for_supervisors_and_leaders(world: World, who: str) -> None:
    call = steps.working(world, co=())
    with pytest.raises(Denied):
        mark(world, call, who=who)


def test_a_weekly_note_is_owed_and_said_once_when_it_is_missing(world: World) -> None:
    call = steps.working(world, co=())
    mark(world, call, "post", "leader")
    take(world, "supervisor", call, "supervision_note", text="已开协调会")
    world.now = standing(world, call).note_due_at + timedelta(minutes=1)
    climb(world)
    climb(world)
    with tenancy.reading(world.system):
        missed = Event.objects.filter(topic="calls.supervision_note_missed", subject_id=call.pk)
        assert missed.count() == 1


def test_the_unit_proposes_the_end_and_somebody_outside_it_decides(world: World) -> None:
    call = steps.working(world, co=())
    with pytest.raises(Refused) as found:
        take(world, "safety", call, "propose_removal", text="已整改")
    assert found.value.code == "calls.guard.removal_possible"
    mark(world, call, "post", "leader")
    take(world, "safety", call, "propose_removal", text="已整改")
    call = take(world, "supervisor", call, "refuse_removal", text="证据不足")
    assert standing(world, call).state == "open"
    take(world, "safety", call, "propose_removal", text="已补充现场照片")
    call = take(world, "supervisor", call, "approve_removal")
    assert (call.supervision_level, rungs(world, call)[-1].state) == (0, "removed")
    assert queries.light(call, world.now) != "purple"


def test_who_was_called_in_is_taken_off_only_after_the_minutes(world: World) -> None:
    call = steps.working(world, co=())
    mark(world, call, "interview", "leader")
    today = queries.local_day(world.now)
    for who, step, code in (
        ("safety", "propose_removal", "interview_held"),
        ("supervisor", "approve_removal", "removal_proposed"),
    ):
        with pytest.raises(Refused) as found:
            take(world, who, call, step, text="已整改")
        assert found.value.code == f"calls.guard.{code}"
    for days, promised, field in (
        (-1, None, "talked_on"),
        (1, None, "talked_on"),
        (0, -1, "promised_on"),
    ):
        with pytest.raises(Invalid) as wrong:
            record(world, call, today + timedelta(days=days), promised)
        assert set(wrong.value.fields) == {field}
    record(world, call, today, 7)
    row = standing(world, call)
    assert (row.talked_on, row.promised_on) == (today, today + timedelta(days=7))
    with pytest.raises(Refused) as found:
        record(world, call, today, None)
    assert found.value.code == "calls.guard.interview_open"
    take(world, "safety", call, "propose_removal", text="已按承诺整改")
    call = take(world, "leader", call, "approve_removal")
    assert call.supervision_level == 0


def record(world: World, call: Call, day: date, promised: int | None) -> None:
    until = None if promised is None else day + timedelta(days=promised)
    text = "园区领导约谈安全环保局负责人，承诺一周内消除隐患"
    given = {"talked_on": day, "promised_on": until, "text": text}
    take(world, "supervisor", call, "record_interview", **given)


def test_neither_the_unit_nor_a_lower_rung_records_an_interview(world: World) -> None:
    call = steps.working(world, co=())
    given = {"talked_on": queries.local_day(world.now), "text": "约谈"}
    mark(world, call, "post", "leader")
    with pytest.raises(Refused) as found:
        take(world, "supervisor", call, "record_interview", **given)
    assert found.value.code == "calls.guard.interview_open"
    mark(world, call, "interview", "leader")
    world.person("safety-lead", Role.SUPERVISOR)
    with pytest.raises(Refused) as found:
        take(world, "safety-lead", call, "record_interview", **given)
    assert found.value.code == "calls.guard.not_of_the_lead_unit"


def test_the_database_takes_nobody_off_the_last_rung_without_minutes(world: World) -> None:
    call = steps.working(world, co=())
    mark(world, call, "interview", "leader")
    with refused(world, "supervision_talked_before_removal"):
        sql(
            "UPDATE calls_supervision SET state = 'removed', ended_at = now(), "
            "removal_by_id = %s, ended_by_id = officer_id WHERE call_id = %s",
            world.user("safety").pk,
            call.pk,
        )


def test_nobody_of_the_supervised_unit_ends_its_supervision(world: World) -> None:
    call = steps.working(world, co=())
    mark(world, call, "post", "leader")
    world.person("safety-lead", Role.SUPERVISOR)
    world.person("safety", Role.SUPERVISOR)
    take(world, "safety", call, "propose_removal", text="已整改")
    for who in ("safety", "safety-lead"):
        with pytest.raises(Refused) as found:
            take(world, who, call, "approve_removal")
        assert found.value.code == "calls.guard.removal_by_another"


def test_a_notice_ends_with_the_call_and_what_was_posted_waits_for_a_decision(
    world: World,
) -> None:
    low, high = steps.callback(world), steps.callback(world)
    mark(world, low)
    mark(world, high, "post", "leader")
    low, high = (take(world, "caller", c, "callback_confirm", resolved="yes") for c in (low, high))
    assert (low.supervision_level, high.supervision_level) == (0, 3)
    assert queries.light(high, world.now) == ""
    world.later(days=31)
    with pytest.raises(Refused) as found:
        take(world, "desk", high, "archive")
    assert found.value.code == "calls.guard.not_supervised"
    take(world, "safety", high, "propose_removal", text="已办结并回访")
    take(world, "leader", high, "approve_removal")
    assert take(world, "desk", high, "archive").state == "archived"


def test_purple_is_listed_and_still_counts_as_overdue(world: World) -> None:
    call = steps.working(world, co=())
    world.later(days=20)
    climb(world)
    desk = world.actor("desk")
    with tenancy.reading(desk):
        for asked, expected in (
            ({"light": "purple"}, 1),
            ({"light": "red"}, 0),
            ({"tab": "overdue"}, 1),
            ({"late": "any"}, 1),
        ):
            filters = queries.Filters.read(asked)
            assert queries.list_calls(desk, filters, now=world.now).count() == expected, asked
        assert watch.ladder_counts(desk, now=world.now)["post"] == 1
    assert fresh(world, call).supervision_level == 3


def test_the_people_of_a_rung_are_told(world: World) -> None:
    call = steps.working(world, co=())
    mark(world, call, "post", "leader")
    with tenancy.reading(world.system):
        event = Event.objects.get(topic="calls.supervised", subject_id=call.pk)
    handlers.tell(event)
    with tenancy.reading(world.system):
        rows = Notification.objects.filter(kind="calls.supervised.post")
        told = set(rows.values_list("person_id", flat=True))
    assert {world.user(n).pk for n in ("safety", "safety-lead", "supervisor")} <= told


def test_the_database_holds_one_rung_a_call_and_no_silent_skip(world: World) -> None:
    call = steps.working(world, co=())
    mark(world, call)
    insert = (
        "INSERT INTO calls_supervision (tenant_id, call_id, level, state, trigger, skipped, "
        "skip_reason, opened_at, limit_at, note_due_at, officer_id) SELECT tenant_id, call_id, "
        "%s, 'open', 'mark', %s, %s, now(), now(), now(), officer_id FROM calls_supervision "
        "WHERE call_id = %s"
    )
    with refused(world, "supervision_one_open"):
        sql(insert, 1, 0, "", call.pk)
    with refused(world, "supervision_no_silent_skip"):
        sql("UPDATE calls_supervision SET state = 'raised', ended_at = now()")
        sql(insert, 3, 0, "", call.pk)
    with refused(world, "supervision_leader_named"):
        sql("UPDATE calls_supervision SET state = 'raised', ended_at = now()")
        sql(insert.replace("officer_id FROM", "NULL FROM"), 3, 1, "mark", call.pk)
    with refused(world, "supervision_kept"):
        sql("UPDATE calls_supervision SET level = 2 WHERE call_id = %s", call.pk)
    with refused(world, "supervision_removed_by_another"):
        sql(
            "UPDATE calls_supervision SET state = 'removed', ended_at = now(), "
            "removal_by_id = officer_id, ended_by_id = officer_id WHERE call_id = %s",
            call.pk,
        )
    assert fresh(world, call).supervision_level == 1


def test_another_unit_and_another_zone_see_no_rung(world: World) -> None:
    call = steps.working(world, co=())
    mark(world, call)
    stranger = Actor(world.tenant.pk + 9_999, "x", (Held(Role.SUPERVISOR),), person_id=1)
    for actor in (world.actor("etb"), stranger):
        with tenancy.reading(actor):
            assert not watch.ladder(actor, tab="", now=world.now).exists()
    assert standing(world, call).level == 1


def test_the_desk_chases_on_the_same_ladder_as_the_clock_does(world: World) -> None:
    call = take(world, "desk", steps.working(world, co=()), "chase", text="请尽快联系企业")
    row = standing(world, call)
    assert (row.level, row.trigger, row.chases, row.chased_at) == (1, "by_hand", 1, world.now)
    assert call.supervision_level == 1
    with tenancy.reading(world.system):
        assert watch.ladder_counts(world.system, now=world.now)["chase"] == 1
    world.now = call.due_at + timedelta(minutes=5)
    climb(world)
    assert [r.pk for r in rungs(world, call) if r.level == 1] == [row.pk]


def test_a_unit_that_stands_on_a_rung_is_chased_again_and_the_rung_counts_it(
    world: World,
) -> None:
    call = steps.working(world, co=())
    mark(world, call, "supervise")
    with pytest.raises(Refused) as found:
        take(world, "desk", call, "chase")
    assert found.value.code == "calls.urged_already"
    for times in (1, 2):
        world.later(hours=5)
        take(world, "leader", call, "chase")
        row = standing(world, call)
        assert (row.level, row.chases, row.chased_at) == (2, times, world.now)
    with tenancy.reading(world.system):
        said = Event.objects.filter(topic="calls.urged").order_by("-sequence")[0]
    assert (said.data["level"], said.data["times"]) == ("supervise", 2)


def test_a_reminder_of_the_time_before_the_ladder_is_still_read_in_the_course(
    world: World,
) -> None:
    call = steps.working(world, co=())
    with tenancy.acting(world.actor("desk")):
        events.record(
            "calls.urged",
            subject=call,
            actor=world.actor("desk"),
            now=world.now,
            role="desk",
            round=1,
            unit=call.lead_unit_id,
        )
    desk = world.actor("desk")
    with tenancy.reading(desk):
        lines = [x.title for x in queries.timeline(desk, fresh(world, call))]
    assert any("催办" in line or "chased" in line for line in lines)


@pytest.mark.parametrize("who", ["safety", "caller", "boss"])
def test_only_desk_and_those_above_chase(world: World, who: str) -> None:
    with pytest.raises(Denied):
        take(world, who, steps.working(world, co=()), "chase")
