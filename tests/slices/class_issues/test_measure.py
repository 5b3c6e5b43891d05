"""From a raised issue to a verified measure: who may, with what proof, and who is told."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from qiying.engines import worktime
from qiying.kernel import notifications, people, tenancy
from qiying.kernel.access import Actor, Held, Role
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.models import Event, Notification
from qiying.slices.calls import queries as call_queries
from qiying.slices.calls.models import Call
from qiying.slices.class_issues import handlers, operations, public, queries
from qiying.slices.class_issues.models import Issue
from qiying.slices.class_issues.rules import Trend
from qiying.slices.registry import public as registry
from tests.slices.calls import steps
from tests.slices.class_issues import ways
from tests.slices.class_issues.ways import take
from tests.slices.world import World


def handled(world: World, topic: str) -> None:
    """Run what follows from the latest event of a topic, twice: handlers may."""
    with tenancy.reading(world.system):
        event = Event.objects.filter(topic=topic).order_by("-sequence").first()
    assert event is not None
    for handler in (handlers.tell, handlers.tell_members):
        if handler is handlers.tell_members and topic != "class_issues.landed":
            continue
        handler(event)
        handler(event)


def notices(world: World, name: str) -> list[str]:
    with tenancy.reading(world.system):
        rows = Notification.objects.filter(person=world.user(name)).order_by("id")
        return [r.kind for r in rows if r.kind.startswith("class_issues.")]


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


# --- landing ---


def test_a_measure_lands_with_evidence_only(world: World) -> None:
    issue = ways.in_progress(world)
    with pytest.raises(Refused, match="has_evidence"):
        take(world, "safety", issue, "land", text="已投运", attachments=[])
    with pytest.raises(Invalid):
        take(world, "safety", issue, "land", text="已投运", attachments=[10**9])
    foreign = ways.photo(world, "desk")
    with pytest.raises(Invalid):
        take(world, "safety", issue, "land", text="已投运", attachments=[foreign])


def test_when_it_lands_every_firm_and_the_handlers_of_open_calls_are_told_once(
    world: World,
) -> None:
    issue = ways.in_progress(world)
    with tenancy.reading(world.system):
        first = Call.objects.order_by("id").first()
    assert first is not None
    steps.take(world, "desk", first, "accept")
    steps.take(world, "desk", first, "dispatch", lead_unit_id=world.units["ZONE_SAFE"])
    before = {c.pk: (c.state, c.due_at, c.version) for c in _calls(world)}
    file = ways.photo(world, "safety")
    issue = take(world, "safety", issue, "land", text="两台变压器已投运", attachments=[file])
    handled(world, "class_issues.landed")

    for firm in ways.FIRMS[:3]:
        assert notices(world, f"boss-{firm}") == ["class_issues.landed.firm"]
    assert notices(world, "boss-丁厂") == []
    assert "class_issues.landed.handler" in notices(world, "safety-lead")
    assert "class_issues.landed" in notices(world, "supervisor")
    assert all(m.told_at for m in ways.members(world, issue).values())
    boss = world.actor("boss-甲厂")
    with tenancy.reading(boss):
        own = Call.objects.visible_to(boss).get()
        lines = [line.title for line in call_queries.timeline(boss, own)]
    assert sum(issue.number in line for line in lines) == 2
    after = {c.pk: (c.state, c.due_at, c.version) for c in _calls(world)}
    assert after == before, "the calls keep their own lifecycle"


def _calls(world: World) -> list[Call]:
    with tenancy.reading(world.system):
        return list(Call.objects.order_by("id"))


def test_calls_of_a_class_stay_in_every_denominator(world: World) -> None:
    """Nothing of a class touches a round: what counts for the rates is as before."""
    made = ways.three(world)
    for call in made:
        steps.take(world, "desk", call, "accept")
        steps.take(world, "desk", call, "dispatch", lead_unit_id=world.units["ZONE_SAFE"])
    leader = world.actor("leader")
    span = {"start": date(2026, 11, 1), "end": date(2027, 1, 1)}
    later = world.now + timedelta(days=40)
    with tenancy.reading(leader):
        before = {
            k: f.denominator for k, f in call_queries.totals(leader, **span, now=later).items()
        }
    ways.look(world)
    issue = ways.only(world)
    take(world, "desk", issue, "raise", title="电压不稳", **ways.owner(world))
    with tenancy.reading(leader):
        after = {
            k: f.denominator for k, f in call_queries.totals(leader, **span, now=later).items()
        }
    assert before == after
    assert before["due"] == 3


# --- verification ---


def test_nobody_verifies_an_own_measure_nor_does_the_owner_unit(world: World) -> None:
    world.person("safety", Role.SUPERVISOR)
    world.person("colleague", Role.SUPERVISOR, unit="ZONE_SAFE")
    issue = ways.landed(world)
    world.later(days=40)
    for name, guard in {
        "safety": "not_the_owner",
        "colleague": "not_of_the_owner_unit",
    }.items():
        for step in ("find_effective", "find_not_effective"):
            with pytest.raises(Refused, match=guard):
                take(world, name, issue, step, text="很好")


def test_effective_cannot_be_said_before_the_window_is_over(world: World) -> None:
    issue = ways.landed(world)
    world.later(days=29)
    with pytest.raises(Refused, match="window_over"):
        take(world, "supervisor", issue, "find_effective", text="很好")
    with tenancy.reading(world.system):
        counted = queries.recurrence_of(world.system, issue, now=world.now)
    assert counted is not None
    assert counted.recurrence.trend == Trend.TOO_EARLY
    world.later(days=2)
    found = take(world, "supervisor", issue, "find_effective", text="现场核查")
    assert (found.state, found.verdict) == ("effective", "effective")
    assert found.figures is not None
    assert (found.figures["before"]["count"], found.figures["after"]["count"]) == (3, 0)


def test_effective_cannot_be_said_when_there_were_not_fewer_calls(world: World) -> None:
    issue = ways.landed(world)
    for firm in ways.FIRMS:
        world.later(days=2)
        ways.call(world, firm, matter_code="M016", text=ways.TROUBLE[0])
    world.later(days=30)
    with pytest.raises(Refused, match="fewer_than_before"):
        take(world, "supervisor", issue, "find_effective", text="很好")


def test_like_calls_are_counted_whether_or_not_they_are_members(world: World) -> None:
    issue = ways.landed(world)
    world.later(days=3)
    ways.call(world, "丁厂")
    ways.call(world, "丁厂", ways.OTHER)
    with tenancy.reading(world.system):
        counted = queries.recurrence_of(world.system, issue, now=world.now)
    assert counted is not None
    assert (counted.recurrence.before.count, counted.recurrence.so_far) == (3, 1)


def test_what_did_not_help_is_planned_again_and_the_words_stay(world: World) -> None:
    issue = ways.not_effective(world)
    assert (issue.clock, issue.verdict) == ("plan", "not_effective")
    again = {**ways.PLAN, "measure": "再增一条线路"}
    found = take(world, "safety", issue, "plan", **again)
    assert (found.attempt, found.verdict, found.landed_at) == (2, "", None)
    with tenancy.reading(world.system):
        kept = queries.dossier(world.system, found)
    assert any("更换两台变压器" in r.text for r in kept.reports)


def test_after_a_second_landing_the_firms_are_told_again(world: World) -> None:
    issue = ways.not_effective(world)
    handled(world, "class_issues.landed")
    take(world, "safety", issue, "plan", **ways.PLAN)
    take(world, "safety", issue, "start")
    file = ways.photo(world, "safety", "second.pdf")
    take(world, "safety", issue, "land", text="第二次", attachments=[file])
    handled(world, "class_issues.landed")
    assert notices(world, "boss-甲厂") == ["class_issues.landed.firm"] * 2


# --- who sees ---


def test_units_and_firms_see_what_concerns_them(world: World) -> None:
    issue = ways.landed(world)
    sees = {"desk", "leader", "auditor", "safety", "boss-甲厂", "grid"}
    for name in (*sees, "boss-丁厂", "emb", "admin"):
        actor = world.actor(name)
        with tenancy.reading(actor):
            is_seen = queries.list_issues(actor, now=world.now).filter(pk=issue.pk).exists()
        assert is_seen == (name in sees), name


def test_a_firm_reads_its_own_calls_only_and_the_evidence_of_the_landing(world: World) -> None:
    issue = ways.landed(world)
    boss = world.actor("boss-甲厂")
    with tenancy.reading(boss):
        found = queries.dossier(boss, issue)
        assert len(found.members) == 1
        assert found.hidden == 2
        assert queries.may_read_files(boss, issue.landing_id or 0)
        plan = next(r for r in found.reports if r.step == "plan")
        assert not queries.may_read_files(boss, plan.pk)


def test_who_is_complained_of_later_does_not_find_the_call_in_the_class(world: World) -> None:
    issue = ways.raised(world)
    with tenancy.acting(world.system):
        first = Call.objects.order_by("id").first()
        assert first is not None
        Call.objects.filter(pk=first.pk).update(complained_unit_id=world.units["ZONE_SAFE"])
    safety = world.actor("safety")
    with tenancy.reading(safety):
        found = queries.dossier(safety, issue)
    assert first.pk not in {line.card.id for line in found.members}


# --- figures ---


def test_figures_count_what_was_raised_landed_and_verified(world: World) -> None:
    ways.closed(world)
    leader = world.actor("leader")
    found = public.figures(leader, (date(2026, 11, 1), date(2027, 1, 1)), now=world.now)
    assert found == {
        "class.raised": Decimal(1),
        "class.landed": Decimal(1),
        "class.effective": Decimal(1),
        "class.not_effective": Decimal(0),
        "class.calls": Decimal(3),
        "class.rate_ratio": Decimal("0.00"),
    }


def test_notices_have_sentences(world: World) -> None:
    ways.raised(world)
    handled(world, "class_issues.found")
    handled(world, "class_issues.raised")
    with tenancy.reading(world.system):
        for row in Notification.objects.filter(kind__startswith="class_issues"):
            assert row.kind not in notifications.text_of(row)
    assert notices(world, "safety") == ["class_issues.raised"]
    assert notices(world, "desk2") == ["class_issues.found"]


def test_a_key_cannot_land_or_verify(world: World) -> None:
    issue = ways.in_progress(world)
    key, _secret = people.issue_key(
        world.system, "unit", now=world.now, roles=[Role.HANDLER, Role.SUPERVISOR]
    )
    held = (Held(Role.HANDLER, world.units["ZONE_SAFE"]),)
    machine = Actor(world.tenant.pk, "unit", held, key_id=key.pk)
    with pytest.raises(Denied):
        operations.land(machine, issue.pk, now=world.now, text="好了", attachments=[1])
