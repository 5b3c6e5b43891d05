"""Months that are over are counted anew after something happened, and only then."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qiying.kernel import tenancy
from qiying.kernel.access import Actor, Held, Role
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call
from qiying.slices.calls.queries import units
from tests.slices.calls import steps
from tests.slices.world import World

pytestmark = pytest.mark.django_db


def shares(world: World, actor: Actor) -> list[tuple[int, int]]:
    """Declared closure of the last three months: counted, of which closed."""
    today = queries.local_day(world.now)
    start = (today.replace(day=1) - timedelta(days=40)).replace(day=1)
    with tenancy.reading(actor):
        months = units.months(actor, start=start, end=units.next_month(today), now=world.now)
    return [(m.figures["declared"].denominator, m.figures["declared"].numerator) for m in months]


def test_what_happens_to_an_old_call_shows_in_its_month_at_once(world: World) -> None:
    call = steps.working(world)
    world.now += timedelta(days=40)
    leader = world.actor("desk")
    assert sum(of for of, _closed in shares(world, leader)) == 1
    assert sum(closed for _of, closed in shares(world, leader)) == 0
    steps.take(world, "boss", call, "withdraw", text="企业已自行解决")
    assert sum(of for of, _closed in shares(world, leader)) == 0


def test_as_long_as_nothing_happens_old_months_are_not_asked_again(world: World) -> None:
    steps.working(world)
    world.now += timedelta(days=40)
    leader = world.actor("desk")
    asked = []
    for _ in range(3):
        with CaptureQueriesContext(
            connection,
        ) as seen:
            shares(world, leader)
        asked.append(sum("DATE_TRUNC" in q["sql"] for q in seen.captured_queries))
    assert asked == [2, 1, 1]


def test_what_one_may_not_see_comes_from_no_other_s_count(world: World) -> None:
    call = steps.submitted(world)
    unit = world.units["ZONE_SAFE"]
    with tenancy.acting(world.system):
        Call.objects.filter(pk=call.pk).update(complained_unit_id=unit)
    world.now += timedelta(days=40)
    tenant = world.actor("desk").tenant_id
    theirs = Actor(tenant, "theirs", (Held(Role.DESK, unit),))
    assert sum(of for of, _closed in shares(world, world.actor("desk"))) == 1
    assert sum(of for of, _closed in shares(world, theirs)) == 0
