"""More time: asked for in time, granted by somebody else, told to the firm, counted honestly."""

from datetime import date, datetime, timedelta

import pytest

from qiying.engines.rates import check
from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.models import Event
from qiying.slices.calls import operations, queries, rules
from qiying.slices.calls.models import Call, Extension, Round
from qiying.slices.calls.queries import rates as counted
from tests.slices.calls import steps
from tests.slices.calls.steps import fresh, take
from tests.slices.calls.test_database import refused, sql
from tests.slices.world import World

START, END = date(2026, 11, 1), date(2027, 1, 1)


def later_day(world: World, days: int) -> date:
    """So many working days after the promise of a fresh call."""
    found = world.now
    while days:
        found += timedelta(days=1)
        days -= found.weekday() < 5
    return found.date()


def ask(world: World, call: Call, days: int = 8, **more: object) -> Call:
    given = {"reason": "complex", "text": "需第三方检测", "until_on": later_day(world, days)}
    return take(world, "safety", call, "propose_extension", **{**given, **more})


def round_of(world: World, call: Call) -> Round:
    with tenancy.reading(world.system):
        return Round.objects.filter(call=call).order_by("-number")[0]


def row_of(world: World, call: Call) -> Extension:
    with tenancy.reading(world.system):
        return Extension.objects.filter(call=call).order_by("-id")[0]


def test_a_supervisor_grants_more_time_and_the_first_due_time_stays(world: World) -> None:
    call = steps.working(world, co=())
    first = round_of(world, call).due_at
    call = ask(world, call)
    assert call.due_at == first
    call = take(world, "supervisor", call, "approve_extension")
    found = round_of(world, call)
    assert found.due_at == first
    assert found.extended_due_at == call.due_at > first
    assert call.due_at.astimezone(first.tzinfo).date() >= first.date()
    assert row_of(world, call).is_in_time


def test_a_leader_may_refuse_and_the_promise_stands(world: World) -> None:
    call = steps.working(world, co=())
    due_at = call.due_at
    ask(world, call)
    call = take(world, "leader", call, "refuse_extension", text="按原期限办结")
    assert (call.due_at, row_of(world, call).state) == (due_at, "refused")
    ask(world, call)
    with pytest.raises(Invalid):
        take(world, "leader", call, "refuse_extension")


@pytest.mark.parametrize("who", ["safety", "safety-lead", "desk", "caller"])
def test_nobody_else_decides_about_more_time(world: World, who: str) -> None:
    call = ask(world, steps.working(world, co=()))
    with pytest.raises(Denied):
        take(world, who, call, "approve_extension")


def test_a_supervisor_who_asked_or_handles_it_cannot_grant_it(world: World) -> None:
    world.person("safety", Role.SUPERVISOR)
    call = ask(world, steps.working(world, co=()))
    with pytest.raises(Refused) as found:
        take(world, "safety", call, "approve_extension")
    assert found.value.code == "calls.guard.extension_by_another"
    world.person("safety-lead", Role.SUPERVISOR)
    with pytest.raises(Refused):
        take(world, "safety-lead", call, "approve_extension")


def test_more_time_is_asked_for_before_the_promise_runs_out_and_within_the_cap(
    world: World,
) -> None:
    call = steps.working(world, co=())
    for day in (world.now.date(), later_day(world, 16), date(2026, 11, 29)):
        with pytest.raises(Invalid) as wrong:
            ask(world, call, until_on=day)
        assert wrong.value.fields == {"until_on": "calls.extension_day"}
    with pytest.raises(Invalid):
        ask(world, call, reason="because")
    world.later(days=9)
    with pytest.raises(Refused) as found:
        ask(world, call)
    assert found.value.code == "calls.guard.before_due"


def test_one_request_at_a_time_and_a_second_extension_by_a_leader_only(world: World) -> None:
    call = ask(world, steps.working(world, co=()))
    with pytest.raises(Refused) as found:
        ask(world, call)
    assert found.value.code == "calls.guard.no_extension_proposed"
    take(world, "supervisor", call, "approve_extension")
    ask(world, call, 10)
    with pytest.raises(Refused) as found:
        take(world, "supervisor", call, "approve_extension")
    assert found.value.code == "calls.guard.second_extension_by_leader"
    take(world, "leader", call, "approve_extension")
    with pytest.raises(Refused) as found:
        ask(world, call, 12)
    assert found.value.code == "calls.guard.extensions_left"
    assert row_of(world, call).ordinal == 2


def test_a_pause_moves_both_due_times_and_a_calendar_derives_both_again(world: World) -> None:
    call = ask(world, steps.working(world, co=()))
    take(world, "supervisor", call, "approve_extension")
    before = round_of(world, call)
    take(world, "safety", call, "propose_pause", reason="firm_asked", text="企业停产检修")
    take(world, "supervisor", call, "approve_pause", pause_id=steps.pause(world, call))
    world.later(days=2)
    call = take(world, "safety", call, "resume")
    after = round_of(world, call)
    assert after.due_at > before.due_at
    assert after.extended_due_at is not None
    assert before.extended_due_at is not None
    assert after.extended_due_at > before.extended_due_at
    assert row_of(world, call).due_at == after.extended_due_at == call.due_at
    assert operations.rederive(world.system, now=world.now) == 0


def test_a_request_falls_away_with_the_answer(world: World) -> None:
    call = ask(world, steps.working(world, co=()))
    take(world, "safety", call, "contact")
    take(world, "safety", call, "answer", result="solved", text="已处理")
    assert row_of(world, call).state == "lapsed"


def test_the_firm_reads_that_it_takes_longer_and_why(world: World) -> None:
    call = ask(world, steps.working(world, co=()))
    call = take(world, "supervisor", call, "approve_extension", text="同意")
    boss = world.actor("boss")
    with tenancy.reading(boss):
        lines = queries.timeline(boss, queries.get_call(boss, call.pk))
    topics = {line.topic: line.text for line in lines}
    assert topics["calls.extended"] == "需第三方检测"
    assert "calls.extension_proposed" not in topics
    with tenancy.reading(world.system):
        event = Event.objects.get(topic="calls.extended", subject_id=call.pk)
    assert event.data["due"] > event.data["due_before"]


def close_late(world: World, call: Call, answered_at: datetime) -> Round:
    world.now = answered_at
    take(world, "safety", call, "contact")
    take(world, "safety", call, "answer", result="solved", text="已处理")
    take(world, "desk", call, "review_pass")
    take(world, "caller", call, "callback_confirm", resolved="yes")
    return round_of(world, call)


def test_on_time_counts_with_the_extension_and_against_the_first_due_time(world: World) -> None:
    call = ask(world, steps.working(world, co=()))
    take(world, "supervisor", call, "approve_extension")
    found = close_late(world, call, round_of(world, call).due_at + timedelta(hours=20))
    assert found.is_on_time
    world.later(days=40)
    auditor = world.actor("auditor")
    with tenancy.reading(auditor):
        table = counted.rates_table(auditor, start=START, end=END, now=world.now)
        sheet = counted.sheet(auditor, start=START, end=END, now=world.now)
        assert check(table, sheet.period, sheet, now=world.now, definitions=rules.RATES) == ()
        listed = {
            name: queries.list_rounds(
                auditor, queries.RoundFilters(START, END, measure=name), now=world.now
            ).count()
            for name in ("on_time", "on_time_first")
        }
    assert sheet.figures["on_time"].numerator == listed["on_time"] == 1
    assert sheet.figures["on_time_first"].numerator == listed["on_time_first"] == 0
    assert len(table.rounds[0].extensions) == 1


def test_what_is_asked_for_on_the_last_day_stretches_no_rate_and_is_a_finding(
    world: World,
) -> None:
    call = steps.working(world, co=())
    world.now = round_of(world, call).due_at - timedelta(hours=1)
    call = ask(world, call, 3)
    call = take(world, "supervisor", call, "approve_extension")
    assert not row_of(world, call).is_in_time
    found = close_late(world, call, round_of(world, call).due_at + timedelta(hours=20))
    assert found.is_on_time is False
    world.later(days=40)
    auditor = world.actor("auditor")
    with tenancy.reading(auditor):
        sheet = counted.sheet(auditor, start=START, end=END, now=world.now)
    findings = {f.code: f.rounds for f in sheet.findings}
    assert findings["extension_near_due"] == findings["extension_not_counted"] == (found.pk,)
    assert sheet.figures["on_time"].numerator == 0


def test_the_database_keeps_who_decides_and_what_was_decided(world: World) -> None:
    call = ask(world, steps.working(world, co=()))
    given = "UPDATE calls_extension SET state = 'granted', decided_at = now(), ordinal = 1, "
    with refused(world, "extension_decided_by_another"):
        world.person("emb", Role.SUPERVISOR)
        sql("UPDATE calls_task SET signed_by_id = NULL WHERE call_id = %s", call.pk)
        sql(given + "approver_id = proposer_id WHERE call_id = %s", call.pk)
    handler = world.user("safety").pk
    with refused(world, "extension_by_another"):
        sql("UPDATE calls_extension SET proposer_id = NULL WHERE call_id = %s", call.pk)
        sql(given + "approver_id = %s WHERE call_id = %s", handler, call.pk)
    with refused(world, "extension_granted_whole"):
        sql("UPDATE calls_extension SET state = 'granted' WHERE call_id = %s", call.pk)
    take(world, "supervisor", call, "approve_extension")
    with refused(world, "extension_kept"):
        sql("UPDATE calls_extension SET amount = 99 WHERE call_id = %s", call.pk)


def test_somebody_of_another_zone_or_unit_finds_nothing(world: World) -> None:
    call = ask(world, steps.working(world, co=()))
    etb = world.actor("etb")
    with tenancy.reading(etb):
        assert not Extension.objects.visible_to(etb).exists()
        assert queries.find_call(etb, call.pk) is None
    assert fresh(world, call).state == "working"
