"""From a landed measure to a verified one: with what proof, and who is told."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from qiying.kernel import notifications, people, tenancy
from qiying.kernel.access import Actor, Held, Role
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.kernel.models import Notification
from qiying.slices.calls import queries as call_queries
from qiying.slices.calls.models import Call
from qiying.slices.class_issues import operations, public, queries
from qiying.slices.class_issues.rules import Trend
from tests.slices.calls import steps
from tests.slices.class_issues import ways
from tests.slices.class_issues.telling import handled, notices
from tests.slices.class_issues.ways import take
from tests.slices.world import World

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
