"""The numbers of the desk come from one statement over an index: they equal a naive recount."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection

from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Held, Role
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call, Pause
from qiying.slices.calls.queries import desk, units
from qiying.slices.calls.queries._lights import is_overdue
from qiying.slices.calls.rules import OPEN, Clock, PauseState
from tests.slices.calls import steps
from tests.slices.world import World

STATES = ("submitted", "need_info", "triage", "disputed", "dispatched", "working", "suspended")
MORE = ("scheduled", "answered", "callback", "reopened", "closed", "declined")


def recount(world: World, actor: Actor) -> dict[str, Counter[str]]:
    """One call after the other, by the rules."""
    calls = [c for c in Call.objects.visible_to(actor) if c.state in OPEN]
    late = [c for c in calls if is_overdue(c, world.now)]
    owed = ["late_callback" if c.clock == Clock.CALLBACK else "late_answer" for c in late]
    asked = Pause.objects.filter(state=PauseState.PROPOSED, call__in=calls)
    return {
        "states": Counter(c.state for c in calls),
        "lights": Counter([*(queries.light(c, world.now) for c in calls), *owed]),
        "pauses": Counter(p.call.state for p in asked.select_related("call")),
    }


def same(world: World, actor: Actor) -> None:
    counts, naive = desk.count_open(actor, now=world.now), recount(world, actor)
    lights = {name: n for name, n in counts.lights.items() if n}
    assert counts.states == naive["states"]
    assert lights == naive["lights"]
    assert counts.pauses == naive["pauses"]
    assert counts.waiting(desk.own_lanes(actor)) == desk.waiting_count(actor)


@pytest.mark.parametrize("order", [1, -1])
def test_every_number_of_the_desk_equals_a_recount_however_late_it_is(
    world: World, order: int
) -> None:
    who = [world.actor("desk"), world.actor("supervisor")]
    both = Actor(who[0].tenant_id, "both", (*who[0].held, *who[1].held))
    for name in (STATES + MORE)[::order]:
        call = steps.MAKE[name](world)
        if name == "working":
            asked = {"reason": "firm_asked", "text": "停产检修"}
            steps.take(world, "safety", call, "propose_pause", **asked)
        with tenancy.reading(world.system):
            for actor in (*who, both):
                same(world, actor)
    for days in (0.2, 1, 2, 5, 9, 40):
        world.now += timedelta(days=days)
        with tenancy.reading(world.system):
            same(world, both)


def test_a_change_past_every_operation_is_counted_too(world: World) -> None:
    calls = [steps.submitted(world), steps.working(world)]
    with tenancy.acting(world.system), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE calls_call SET due_at = received_at, yellow_at = received_at, "
            "supervision_level = CASE WHEN id = %s THEN 3 ELSE 0 END",
            [calls[0].pk],
        )
        same(world, world.actor("desk"))


def test_the_desk_counts_no_complaint_about_the_own_unit(world: World) -> None:
    call = steps.submitted(world)
    unit = world.units["ZONE_SAFE"]
    with tenancy.acting(world.system):
        Call.objects.filter(pk=call.pk).update(complained_unit_id=unit)
        tenant = world.actor("desk").tenant_id
        theirs = Actor(tenant, "theirs", (Held(Role.DESK, unit),))
        assert desk.count_open(theirs, now=world.now).states == {}
        assert all(not lane.rows for lane in desk.lanes(theirs, now=world.now))
        others = desk.lanes(world.actor("desk"), now=world.now)
        assert [c.pk for c in others[0].rows] == [call.pk]


def test_whoever_has_no_unit_counts_nothing(world: World) -> None:
    steps.working(world)
    tenant = world.actor("desk").tenant_id
    for role in (Role.HANDLER, Role.UNIT_LEADER):
        actor = Actor(tenant, "nobody", (Held(role),))
        with tenancy.reading(actor):
            today = queries.local_day(world.now)
            span = {"start": today, "end": today + timedelta(days=1), "now": world.now}
            assert not any(queries.tab_counts(actor, now=world.now).values())
            assert desk.count_open(actor, now=world.now).states == {}
            assert queries.leader_board(actor, **span).by_unit == ()
            assert not any(m.figures["declared"].denominator for m in units.months(actor, **span))


def test_every_tab_counts_what_it_lists(world: World) -> None:
    for name in STATES + MORE:
        steps.MAKE[name](world)
    world.now += timedelta(days=4)
    for who in ("desk", "supervisor", "safety", "emb"):
        actor = world.actor(who)
        with tenancy.reading(actor):
            counted = queries.tab_counts(actor, now=world.now)
            for tab, number in counted.items():
                listed = queries.list_calls(actor, queries.Filters(tab=tab), now=world.now)
                assert number == listed.count(), (who, tab)
