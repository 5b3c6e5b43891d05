"""Like calls of several firms become a candidate by themselves, by rules that can be replayed."""

from datetime import timedelta

import pytest

from qiying.engines import triage
from qiying.engines.triage import Violation
from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Denied, Refused
from qiying.slices.calls import public as calls
from qiying.slices.calls.models import Call
from qiying.slices.class_issues import operations, queries
from qiying.slices.class_issues.models import Finding, Issue, Look, Member
from qiying.slices.class_issues.rules import DEFAULTS
from tests.slices.class_issues import ways
from tests.slices.class_issues.ways import FIRMS, OTHER, TROUBLE
from tests.slices.world import World


def test_three_firms_with_one_problem_in_thirty_days_are_a_candidate(world: World) -> None:
    made = ways.three(world)
    ways.call(world, "丁厂", OTHER)
    found = ways.look(world)
    issue = ways.only(world)

    assert (found.calls, found.found, found.joined) == (4, 1, 0)
    assert (issue.state, issue.matter_code) == ("candidate", "M016")
    assert issue.number.startswith("LA-")
    assert set(ways.members(world, issue)) == {c.pk for c in made}
    assert issue.unit_id == world.units["ZONE_SAFE"]
    assert issue.due_at is not None
    assert any("电压忽高忽低" in term for term in issue.terms)


def test_two_firms_are_none_and_three_calls_of_one_firm_are_none(world: World) -> None:
    for firm in ("甲厂", "乙厂", "甲厂"):
        ways.call(world, firm)
    assert ways.look(world).found == 0
    with tenancy.reading(world.system):
        assert not Issue.objects.exists()


def test_what_lies_further_apart_than_thirty_days_is_none(world: World) -> None:
    ways.call(world, "甲厂")
    ways.call(world, "乙厂")
    world.later(days=31)
    ways.call(world, "丙厂")
    assert ways.look(world).found == 0


@pytest.mark.parametrize("change", [{"matter_code": "M009"}, {"longitude": 119.3}])
def test_another_matter_and_another_place_are_another_problem(
    world: World, change: dict[str, object]
) -> None:
    ways.call(world, "甲厂")
    ways.call(world, "乙厂")
    ways.call(world, "丙厂", **change)
    assert ways.look(world).found == 0


def test_every_member_says_why_it_is_in(world: World) -> None:
    ways.three(world)
    ways.look(world)
    kept = ways.members(world, ways.only(world))
    for member in kept.values():
        assert member.kin is not None
        assert int(member.kin["like"]) in kept
        assert member.kin["share"] >= 0.3
        assert 0 <= member.kin["metres"] <= 60
        assert member.kin["terms"]


def test_the_same_calls_are_found_once_and_a_fourth_joins(world: World) -> None:
    ways.three(world)
    ways.look(world)
    assert (ways.look(world).found, ways.look(world).joined) == (0, 0)
    ways.call(world, "丁厂")
    again = ways.look(world)

    assert (again.found, again.joined) == (0, 1)
    assert len(ways.members(world, ways.only(world))) == 4
    with tenancy.reading(world.system):
        assert Finding.objects.count() == 2


def test_dismissed_calls_do_not_come_back_unless_the_class_grows(world: World) -> None:
    first = ways.dismissed(world)
    assert ways.look(world).found == 0
    ways.call(world, "丁厂")
    assert ways.look(world).found == 1

    again = ways.only(world, state="candidate")
    assert len(ways.members(world, again)) == 4
    assert again.follows_id == first.pk


def test_a_split_class_is_not_put_together_again(world: World) -> None:
    issue = ways.candidate(world)
    pk = next(iter(ways.members(world, issue)))
    with tenancy.reading(world.system):
        number = Call.objects.get(pk=pk).number
    ways.take(world, "desk", issue, "split", calls=[number], text="原因不同")
    assert (ways.look(world).found, ways.look(world).joined) == (0, 0)
    sizes = sorted(len(ways.members(world, i)) for i in _all(world))
    assert sizes == [1, 2]


def _all(world: World) -> list[Issue]:
    with tenancy.reading(world.system):
        return list(Issue.objects.order_by("id"))


def test_a_later_call_joins_a_class_that_was_raised(world: World) -> None:
    issue = ways.raised(world)
    late = ways.call(world, "丁厂")
    assert ways.look(world).joined == 1
    member = ways.members(world, issue)[late.pk]
    assert (member.how, member.is_live) == ("joined", True)


def test_a_call_after_the_measure_is_a_recurrence(world: World) -> None:
    issue = ways.landed(world)
    world.later(days=2)
    late = ways.call(world, "丁厂")
    ways.look(world)
    assert ways.members(world, issue)[late.pk].how == "recurrence"


def test_a_closed_class_that_comes_back_is_a_new_one_that_follows_it(world: World) -> None:
    issue = ways.closed(world)
    world.later(days=40)
    for firm in FIRMS[1:]:
        ways.call(world, firm)
    assert ways.look(world).found == 1
    assert ways.only(world, state="candidate").follows_id == issue.pk


def test_a_complaint_about_a_unit_belongs_to_no_class(world: World) -> None:
    ways.call(world, "甲厂")
    ways.call(world, "乙厂")
    unit = world.units["FIN"]
    ways.call(world, "丙厂", nature="complaint", complained_unit_id=unit)
    assert ways.look(world).found == 0


def test_the_same_grid_can_be_what_near_means(world: World) -> None:
    values = {name: getattr(DEFAULTS, name) for name in _limits()}
    supervisor = world.actor("supervisor")
    operations.set_thresholds(
        supervisor, now=world.now, reason="按网格归集", place="grid", values=values
    )
    ways.call(world, "甲厂")
    ways.call(world, "乙厂", longitude=119.219, latitude=29.001)
    ways.call(world, "丙厂", longitude=119.201, latitude=29.019)
    assert ways.look(world).found == 1, "two kilometres apart, one grid"


def _limits() -> list[str]:
    from qiying.slices.class_issues.rules import LIMITS  # noqa: PLC0415

    return list(LIMITS)


def test_thresholds_of_the_zone_are_data_and_decide(world: World) -> None:
    values = {name: getattr(DEFAULTS, name) for name in _limits()} | {"min_firms": 2}
    operations.set_thresholds(
        world.actor("admin"), now=world.now, reason="试行", place="distance", values=values
    )
    ways.call(world, "甲厂")
    ways.call(world, "乙厂")
    assert ways.look(world).found == 1


def test_a_finding_is_replayed_to_the_same_digest_and_a_changed_text_is_seen(
    world: World,
) -> None:
    ways.candidate(world)
    ways.call(world, "丁厂", OTHER)
    auditor = world.actor("auditor")
    with tenancy.reading(auditor):
        (finding,) = queries.list_findings(auditor)
        again = queries.replay(auditor, finding)
    assert again.holds
    assert again.stored == again.again
    with tenancy.acting(world.system):
        Call.objects.filter(text=TROUBLE[0]).update(text="已按规定删除", title="")
    with tenancy.reading(auditor):
        other = queries.replay(auditor, finding)
    assert other.is_changed
    assert not other.holds


def test_what_the_second_count_does_not_confirm_is_not_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    ways.three(world)
    wrong = (Violation("missed", ("1",), None),)
    monkeypatch.setattr(triage, "check_clusters", lambda *_a, **_k: wrong)
    with pytest.raises(Refused, match="unconfirmed"):
        ways.look(world)
    with tenancy.reading(world.system):
        assert not Issue.objects.exists()
        assert not Look.objects.exists()


def test_the_platform_looks_when_calls_came_in_and_not_every_minute(world: World) -> None:
    system = world.system
    ways.three(world)
    assert operations.look_when_due(system, now=world.now) == 1
    ways.call(world, "丁厂")
    assert operations.look_when_due(system, now=world.later(minutes=5)) == 0
    assert operations.look_when_due(system, now=world.later(minutes=30)) == 1
    assert operations.look_when_due(system, now=world.later(hours=2)) == 0, "nothing new"
    with tenancy.reading(system):
        looks = Look.objects.count()
    operations.look_when_due(system, now=world.later(days=1))
    with tenancy.reading(system):
        assert Look.objects.count() == looks + 1


def test_who_may_ask_for_a_look(world: World) -> None:
    for name in ("desk", "supervisor", "analyst"):
        ways.look(world, name)
    for name in ("safety", "boss-甲厂", "auditor", "caller", "leader"):
        with pytest.raises(Denied):
            ways.look(world, name)


def test_a_call_is_in_one_class_only_even_when_two_look_at_once(world: World) -> None:
    """What was seen before somebody else wrote is not written a second time."""
    from qiying.slices.class_issues.operations import _look  # noqa: PLC0415

    ways.three(world)
    seen = _look._see(world.system, world.now)
    ways.look(world)
    assert _look._keep(world.system, seen, now=world.now).found == 0
    with tenancy.reading(world.system):
        assert Issue.objects.count() == 1
        assert Member.objects.count() == 3


def test_sources_leave_out_complaints_and_what_the_asker_may_not_see(world: World) -> None:
    ways.three(world)
    ways.call(world, "丁厂", nature="complaint", complained_unit_id=world.units["FIN"])
    assert len(calls.sources(world.system)) == 3
    assert len(calls.sources(world.actor("boss-甲厂"))) == 1
    since = world.now - timedelta(days=5)
    assert len(calls.sources(world.system, since=since)) == 2
    assert world.actor("desk").has(Role.DESK)
