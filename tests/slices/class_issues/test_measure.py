"""From a raised issue to a measure that is planned: who may, and who is told."""

from datetime import UTC, datetime, timedelta

import pytest

from qiying.engines import worktime
from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.slices.calls import queries as call_queries
from qiying.slices.calls.models import Call
from qiying.slices.class_issues import operations, public, queries
from qiying.slices.class_issues.models import Issue
from qiying.slices.registry import public as registry
from tests.slices.class_issues import ways
from tests.slices.class_issues.telling import handled, notices
from tests.slices.class_issues.ways import take
from tests.slices.world import World

# --- raise ---


def test_raising_names_an_owner_and_lets_the_clock_of_the_plan_run(world: World) -> None:
    issue = ways.raised(world)
    assert (issue.state, issue.owner_unit_id) == ("raised", world.units["ZONE_SAFE"])
    rule = worktime.Rule("working_days", 5)
    with tenancy.reading(world.system):
        calendar = registry.calendar(world.system)
    assert issue.due_at == worktime.due(world.now, rule, calendar).due_at
    assert issue.clock == "plan"


@pytest.mark.parametrize("change", [{"owner": "emb"}, {"unit": "EMB"}])
def test_the_owner_works_in_the_owner_unit(world: World, change: dict[str, str]) -> None:
    issue = ways.candidate(world)
    given = ways.owner(world, change.get("owner", "safety"), change.get("unit", "ZONE_SAFE"))
    with pytest.raises(Invalid) as refused:
        take(world, "desk", issue, "raise", title="电压不稳", **given)
    assert refused.value.fields == {"owner": "class_issues.owner"}


def test_every_member_call_says_that_it_is_part_of_the_class(world: World) -> None:
    issue = ways.raised(world)
    for name in ("desk", "boss-甲厂"):
        actor = world.actor(name)
        with tenancy.reading(actor):
            call = Call.objects.visible_to(actor).order_by("id").first()
            assert call is not None
            lines = call_queries.timeline(actor, call)
            panel = public.panel_of_call(actor, call.pk, world.now)
        assert any(issue.number in line.title for line in lines), name
        assert panel is not None
        assert issue.number in str(panel.lines[0].note)


def test_a_candidate_is_no_business_of_the_firms_yet(world: World) -> None:
    ways.candidate(world)
    boss = world.actor("boss-甲厂")
    with tenancy.reading(boss):
        call = Call.objects.visible_to(boss).get()
        assert public.panel_of_call(boss, call.pk, world.now) is None
        assert not queries.list_issues(boss, now=world.now).exists()


# --- merge, split, in and out ---


def test_a_merged_candidate_ends_and_its_calls_live_on_in_the_other(world: World) -> None:
    gone = ways.merged(world)
    assert gone.merged_into is not None
    assert len(ways.members(world, gone.merged_into)) == 3
    assert not ways.members(world, gone)


def test_a_candidate_is_not_merged_into_itself_or_into_one_that_is_over(world: World) -> None:
    over = ways.closed(world)
    world.later(days=40)
    for firm in ways.FIRMS[1:]:
        ways.call(world, firm)
    ways.look(world)
    issue = ways.only(world, state="candidate")
    for number in (issue.number, over.number, "LA-000000-999"):
        with pytest.raises(Refused, match="other_takes_calls"):
            take(world, "desk", issue, "merge", other=number, text="一样")


def test_a_split_leaves_some_calls_behind(world: World) -> None:
    issue = ways.candidate(world)
    numbers = _numbers(world, issue)
    with pytest.raises(Refused, match="leaves_some"):
        take(world, "desk", issue, "split", calls=numbers, text="全部")
    with pytest.raises(Invalid):
        take(world, "desk", issue, "split", calls=["QY-000000-001"], text="没有的")
    with pytest.raises(Invalid):
        take(world, "desk", issue, "split", calls=[], text="空")


def _numbers(world: World, issue: Issue) -> list[str]:
    ids = list(ways.members(world, issue))
    with tenancy.reading(world.system):
        return list(Call.objects.filter(pk__in=ids).values_list("number", flat=True))


def test_a_call_in_other_words_is_added_by_hand_and_taken_out_again(world: World) -> None:
    issue = ways.raised(world)
    other = ways.call(world, "丁厂", "空压机跳闸，怀疑供电有问题")
    take(world, "desk", issue, "add_call", call=other.number, text="同一条线路")
    assert ways.members(world, issue)[other.pk].how == "added"
    with pytest.raises(Refused, match="call_is_free"):
        take(world, "desk", issue, "add_call", call=other.number, text="再加一次")
    take(world, "desk", issue, "drop_call", call=other.number, text="查明是自家设备")
    assert other.pk not in ways.members(world, issue)
    take(world, "desk", issue, "add_call", call=other.number, text="还是同一条线路")
    assert other.pk in ways.members(world, issue)


def test_a_complaint_and_an_unknown_number_cannot_be_added(world: World) -> None:
    issue = ways.raised(world)
    unit = world.units["FIN"]
    complaint = ways.call(world, "丁厂", nature="complaint", complained_unit_id=unit)
    for number in (complaint.number, "QY-000000-999"):
        with pytest.raises(Refused, match="call_is_free"):
            take(world, "desk", issue, "add_call", call=number, text="一样")


def test_the_last_call_stays(world: World) -> None:
    issue = ways.candidate(world)
    first, second, third = _numbers(world, issue)
    take(world, "desk", issue, "drop_call", call=first, text="不是")
    take(world, "desk", issue, "drop_call", call=second, text="不是")
    with pytest.raises(Refused, match="leaves_some"):
        take(world, "desk", issue, "drop_call", call=third, text="不是")


# --- plan, milestones, deadline ---


def test_only_the_owner_unit_plans_and_the_deadline_counts_working_days(world: World) -> None:
    issue = ways.raised(world)
    with pytest.raises((Refused, NotFound)):
        take(world, "emb", issue, "plan", **ways.PLAN)
    found = take(world, "safety-lead", issue, "plan", **ways.PLAN)
    with tenancy.reading(world.system):
        calendar = registry.calendar(world.system)
    due = worktime.due(world.now, worktime.Rule("working_days", 20), calendar).due_at
    assert (found.due_at, found.first_due_at, found.clock) == (due, due, "measure")


def test_a_measure_does_not_land_before_its_milestones_are_reached(world: World) -> None:
    day = (world.now + timedelta(days=12)).date()
    issue = ways.in_progress(world, milestones=[(day, "变压器到货"), (day, "完成吊装")])
    file = ways.photo(world, "safety")
    with pytest.raises(Refused, match="milestones_reached"):
        take(world, "safety", issue, "land", text="已投运", attachments=[file])
    take(world, "safety", issue, "reach", milestone=1)
    take(world, "safety", issue, "reach", milestone=2, text="吊装完成")
    with pytest.raises(Invalid):
        take(world, "safety", issue, "reach", milestone=2)
    assert take(world, "safety", issue, "land", text="好了", attachments=[file]).state == "landed"


@pytest.mark.parametrize("days", [-1, 400])
def test_a_milestone_lies_between_today_and_the_deadline(world: World, days: int) -> None:
    issue = ways.raised(world)
    day = (world.now + timedelta(days=days)).date()
    with pytest.raises(Invalid):
        take(world, "safety", issue, "plan", **ways.PLAN, milestones=[(day, "太早或太晚")])


def test_an_extension_is_given_by_a_supervisor_and_keeps_the_first_deadline(
    world: World,
) -> None:
    issue = ways.planned(world)
    first = issue.due_at
    with pytest.raises(Denied):
        take(world, "safety", issue, "extend", more=5, text="设备晚到")
    found = take(world, "supervisor", issue, "extend", more=5, text="设备晚到")
    assert (found.first_due_at, found.extensions) == (first, 1)
    assert found.due_at is not None
    assert first is not None
    assert found.due_at > first


def test_a_supervisor_who_owns_the_issue_does_not_extend_or_verify_it(world: World) -> None:
    world.person("safety", Role.SUPERVISOR, unit="ZONE_SAFE")
    issue = ways.planned(world)
    with pytest.raises(Refused, match="not_the_owner"):
        take(world, "safety", issue, "extend", more=5, text="设备晚到")


def test_deadlines_follow_the_calendar_and_each_is_told_once(world: World) -> None:
    issue = ways.planned(world)
    with tenancy.acting(world.system):
        Issue.objects.filter(pk=issue.pk).update(due_at=datetime(2026, 1, 1, tzinfo=UTC))
    assert operations.rederive(world.system, now=world.now) == 1
    assert ways.fresh(world, issue).due_at == issue.due_at
    world.later(days=90)
    assert operations.note_overdue(world.system, now=world.now) == 1
    assert operations.note_overdue(world.system, now=world.now) == 0
    handled(world, "class_issues.overdue")
    assert "class_issues.overdue" in notices(world, "safety")
    assert "class_issues.overdue" in notices(world, "supervisor")
