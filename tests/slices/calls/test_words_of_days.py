"""Lists say what is left in working days, from the rule of the round in the database."""

from datetime import timedelta

import pytest
from django.utils import translation

from qiying.kernel import tenancy
from qiying.slices.calls import queries
from qiying.slices.calls.models import Call, Round
from qiying.slices.calls.views import left
from qiying.slices.registry import public as registry
from tests.slices.calls import steps
from tests.slices.world import World

pytestmark = pytest.mark.django_db


def _said(world: World, call: Call, language: str = "zh-hans") -> str:
    """What the list says of a call; the kind of its limit comes with the row."""
    desk = world.actor("desk")
    with tenancy.reading(desk), translation.override(language):
        row = queries.list_calls(desk, now=world.now).get(pk=call.pk)
        calendar = registry.calendar(desk)
        days = left.working_days(row, row.rule_kind, calendar, world.now)
        return left.in_short(days, due_at=row.due_at, now=world.now)


def _limit(world: World, call: Call, kind: str) -> None:
    with tenancy.acting(world.system):
        Round.objects.filter(call=call).update(rule_kind=kind)


def test_a_limit_in_working_days_is_said_in_working_days(world: World) -> None:
    call = steps.working(world, co=())
    _limit(world, call, "working_days")
    with tenancy.acting(world.system):
        Call.objects.filter(pk=call.pk).update(due_at=world.now + timedelta(days=7))
    assert _said(world, call) == "5 个工作日"
    assert _said(world, call, "en") == "5 workdays"


def test_a_limit_in_hours_or_a_standing_clock_says_no_working_days(world: World) -> None:
    for call, kind in ((steps.working(world, co=()), "hours"), (steps.suspended(world), "")):
        if kind:
            _limit(world, call, kind)
        assert _said(world, call) == ""


def test_over_the_limit_says_by_how_many_working_days(world: World) -> None:
    call = steps.working(world, co=())
    _limit(world, call, "working_days")
    with tenancy.acting(world.system):
        Call.objects.filter(pk=call.pk).update(due_at=world.now - timedelta(days=7))
    assert _said(world, call).startswith("超")
    assert _said(world, call, "en") == "Over 5 workdays"
