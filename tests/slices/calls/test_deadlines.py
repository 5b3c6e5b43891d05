"""Deadlines follow rule, calendar and ledger; what runs out is noted once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from qiying.engines import worktime
from qiying.engines.worktime import Calendar, Rule
from qiying.kernel import tenancy
from qiying.kernel.errors import Denied
from qiying.kernel.models import Event
from qiying.slices.calls import handlers, operations, queries, rules
from qiying.slices.calls.models import Lapse, Round
from qiying.slices.calls.rules import Paused
from qiying.slices.registry import operations as registry
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.world import World

CALENDAR = Calendar(
    version="test",
    rest_days=frozenset({date(2026, 10, d) for d in (1, 2, 5, 6, 7)}),
    work_days=frozenset({date(2026, 9, 20), date(2026, 10, 10)}),
    known_years=frozenset({2026}),
)
MOMENTS = st.integers(0, 90 * 24 * 60).map(
    lambda minutes: datetime(2026, 8, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
RULES = st.sampled_from(
    [
        Rule("working_days", 1),
        Rule("working_days", 3),
        Rule("working_days", 5),
        Rule("working_days", 10),
        Rule("hours", 2),
        Rule("hours", 24),
        Rule("working_hours", 4),
    ]
)


@given(MOMENTS, RULES, st.integers(0, 20 * 24 * 60))
def test_the_columns_give_the_light_that_the_engine_gives(
    start: datetime, rule: Rule, minutes: int
) -> None:
    now = start + timedelta(minutes=minutes)
    term = rules.term(start, rule, CALENDAR)
    deadline = worktime.due(start, rule, CALENDAR)
    ours = rules.light(
        now, due_at=term.due_at, yellow_at=term.yellow_at, is_running=True, is_paused=False
    )
    assert ours == worktime.light(now, start, rule, deadline, CALENDAR)


@given(MOMENTS, RULES)
def test_what_is_kept_for_a_day_is_what_the_engine_gives(start: datetime, rule: Rule) -> None:
    for calendar in (CALENDAR, replace(CALENDAR, version="other", rest_days=frozenset())):
        found, engine = rules.term(start, rule, calendar), worktime.due(start, rule, calendar)
        assert found.due_at == engine.due_at
        assert found.is_provisional == engine.is_provisional
        assert found.calendar_version == engine.calendar_version


@given(MOMENTS, st.integers(0, 6), st.integers(1, 6))
def test_pauses_never_bring_a_deadline_forward(start: datetime, after: int, days: int) -> None:
    begin = start + timedelta(days=after)
    pause = Paused(begin, begin + timedelta(days=days), "firm_asked")
    rule = Rule("working_days", 5)
    plain, paused = (rules.term(start, rule, CALENDAR, p) for p in ((), (pause,)))
    assert paused.due_at >= plain.due_at
    shown = Paused(pause.from_at, pause.to_at, "superior_approval")
    assert rules.term(start, rule, CALENDAR, (shown,)).due_at == plain.due_at


@pytest.mark.parametrize(
    ("urgency", "nature", "kind", "amount", "expected"),
    [
        ("danger", "help", "working_days", 10, Rule("hours", 2)),
        ("urgent", "help", "", None, Rule("hours", 24)),
        ("normal", "enquiry", "", None, Rule("working_days", 1)),
        ("normal", "complaint", "", None, Rule("working_days", 10)),
        ("normal", "enquiry", "calendar_days", 20, Rule("natural_days", 20)),
        ("normal", "", "", None, Rule("working_days", 5)),
    ],
)
def test_a_matters_own_limit_goes_before_the_custom(
    urgency: str, nature: str, kind: str, amount: float | None, expected: Rule
) -> None:
    limit = rules.limit_of(kind, amount, is_law=True) if amount else None
    found = rules.DEFAULT_TERMS.answer(urgency=urgency, nature=nature, limit=limit)
    assert found == expected


def test_a_new_notice_moves_the_open_deadlines_and_no_others(world: World) -> None:
    world.now = datetime(2026, 12, 24, 2, 0, tzinfo=UTC)
    still_open, done = steps.working(world, co=()), steps.closed(world)
    assert still_open.is_provisional is False
    late = steps.raise_call(world, matter_code="M017")
    assert (late.is_provisional, late.due_at.date()) == (True, date(2027, 1, 7))
    registry.set_calendar(
        world.keeper,
        2027,
        now=world.now,
        notice="国务院办公厅通知",
        rest_days=[date(2027, 1, 1)],
        work_days=[],
    )
    with tenancy.reading(world.system):
        event = Event.objects.filter(topic="registry.calendar_changed").latest("sequence")
    handlers.derive_again(event)
    handlers.derive_again(event)
    late = steps.fresh(world, late)
    assert (late.is_provisional, late.due_at.date()) == (False, date(2027, 1, 8))
    assert steps.fresh(world, done).due_at == done.due_at
    with tenancy.reading(world.system):
        assert Round.objects.get(call=late).due_at == late.due_at
        told = Event.objects.filter(topic="calls.deadline_changed", subject_id=late.pk)
        assert told.count() == 1


def test_deriving_again_changes_nothing_when_nothing_changed(world: World) -> None:
    for make in steps.MAKE.values():
        make(world)
    assert operations.rederive(world.system, now=world.now) == 0


def test_only_the_platform_and_the_administrator_derive_again(world: World) -> None:
    with pytest.raises(Denied):
        operations.rederive(world.actor("desk"), now=world.now)


def test_every_promise_that_runs_out_is_noted_exactly_once(world: World) -> None:
    steps.raise_call(world)
    steps.working(world)
    steps.disputed(world)
    steps.callback(world)
    world.later(days=30)
    first = operations.note_overdue(world.system, now=world.now)
    assert first > 0
    assert operations.note_overdue(world.system, now=world.later(minutes=1)) == 0
    with tenancy.reading(world.system):
        lapses = list(Lapse.objects.values_list("clock", flat=True))
        events = Event.objects.filter(topic="calls.overdue").count()
    assert len(lapses) == events == first
    assert {"accept", "answer", "adjudicate", "callback", "contact", "task"} <= set(lapses)


def test_a_new_deadline_that_is_missed_again_is_noted_again(world: World) -> None:
    call = steps.reopened(world)
    world.later(days=30)
    operations.note_overdue(world.system, now=world.now)
    with tenancy.reading(world.system):
        noted = Lapse.objects.filter(call=call, clock="answer").count()
    call = take(world, "safety", call, "sign", task_id=steps.task(world, call, "ZONE_SAFE"))
    take(world, "safety", call, "answer", result="solved", text="好了", evidence="换装记录单")
    take(world, "desk", call, "review_pass")
    call = take(world, "caller", call, "callback_reject", text="没有好")
    world.later(days=30)
    operations.note_overdue(world.system, now=world.now)
    with tenancy.reading(world.system):
        assert Lapse.objects.filter(call=call, clock="answer").count() == noted + 1


@pytest.mark.django_db(transaction=True)
def test_four_sweepers_at_once_note_each_promise_once(
    transactional_db: None, request: pytest.FixtureRequest
) -> None:
    world: World = request.getfixturevalue("world")
    for _ in range(12):
        steps.raise_call(world)
    now = world.later(days=30)

    def sweep(_number: int) -> int:
        try:
            return operations.note_overdue(world.system, now=now)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        found = sum(pool.map(sweep, range(4)))
    found += operations.note_overdue(world.system, now=now)
    with tenancy.reading(world.system):
        assert Lapse.objects.count() == found == 24


def test_a_call_always_shows_a_time_or_that_it_stands_still(world: World) -> None:
    for state, make in steps.MAKE.items():
        call = make(world)
        light = queries.light(call, world.now)
        if state in {"declined", "withdrawn", "closed", "archived"}:
            assert light == "", state
        else:
            assert light in {"green", "yellow", "grey"}, state
            assert call.due_at > world.now, state


def test_the_morning_sheet_names_what_is_red_first(world: World) -> None:
    red = steps.working(world, co=())
    world.later(days=9)
    fresh_one = steps.dispatched(world, co=())
    actor = world.actor("safety-lead")
    with tenancy.reading(actor):
        sheet = queries.morning_sheet(actor, now=world.now)
    groups = {g.key: [c.pk for c in g.rows] for g in sheet.groups}
    assert groups["overdue"] == [red.pk]
    assert groups["unsigned"] == [fresh_one.pk]
    with tenancy.reading(actor):
        for group in sheet.groups:
            rows = queries.list_calls(actor, queries.Filters.read(group.query), now=world.now)
            assert {c.pk for c in group.rows} == {c.pk for c in rows}, group.key


def test_every_number_of_the_morning_sheet_lists_as_many_calls(world: World) -> None:
    """Everything stands there at once: late, due today, answered, redone, paused, in dispute."""
    for make in steps.MAKE.values():
        make(world)
    again = steps.reopened(world)
    take(world, "safety", again, "sign", task_id=steps.task(world, again, "ZONE_SAFE"))
    world.later(days=9)
    for make in (steps.dispatched, steps.working, steps.suspended, steps.answered):
        make(world)
    steps.take(
        world,
        "desk",
        steps.raise_call(world, urgency="urgent"),
        "accept",
    )
    world.person("both", "handler", unit="ZONE_SAFE")
    world.person("both", "unit_leader", unit="ZONE")
    found: dict[str, int] = {}
    for who in ("safety-lead", "leader", "both"):
        actor = world.actor(who)
        with tenancy.reading(actor):
            for unit_id in (None, world.units["ZONE_SAFE"], world.units["ZONE"]):
                sheet = queries.morning_sheet(actor, now=world.now, unit_id=unit_id)
                for group in sheet.groups:
                    asked = queries.Filters.read(group.query)
                    listed = queries.list_calls(actor, asked, now=world.now)
                    assert listed.count() == group.count, (who, unit_id, group.key)
                    found[group.key] = max(found.get(group.key, 0), group.count)
    assert {k for k, n in found.items() if n} >= {
        "overdue",
        "unsigned",
        "returned",
        "disputed",
        "paused",
    }
