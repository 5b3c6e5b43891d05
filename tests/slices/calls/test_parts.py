"""Deadlines indoors: they follow pauses and calendar, and whoever owns the clock is told."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from qiying.kernel import tenancy
from qiying.kernel.models import Event, Notification
from qiying.slices.calls import handlers, operations
from qiying.slices.calls.models import Call, Lapse, Round, Task
from qiying.slices.registry import operations as registry
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.world import World


def co_task(world: World, call: Call, unit: str = "EMB") -> Task:
    with tenancy.reading(world.system):
        return Task.objects.get(pk=steps.task(world, call, unit))


def round_of(world: World, call: Call) -> Round:
    with tenancy.reading(world.system):
        return Round.objects.get(call=call, number=steps.fresh(world, call).current_round)


def paused(world: World, **more: Any) -> Call:
    """A call with a co-handler whose clock stands still, without a contact so far."""
    call = steps.working(world, co=("EMB",))
    take(world, "safety", call, "propose_pause", reason="firm_asked", text="停产检修", **more)
    return take(world, "supervisor", call, "approve_pause", pause_id=steps.pause(world, call))


def test_a_pause_stops_the_clocks_of_co_handlers_and_of_the_first_contact(world: World) -> None:
    before = co_task(world, steps.working(world, co=("EMB",)))
    call = paused(world, expected_to_at=world.now + timedelta(days=25))
    contact_before = round_of(world, steps.working(world)).contact_due_at
    world.later(days=2)
    take(world, "boss", call, "resume", text="已复产")
    # Monday was not counted anyway; of the pause only Tuesday closed
    assert co_task(world, call).due_at == before.due_at + timedelta(days=1)
    contact = round_of(world, call).contact_due_at
    assert contact is not None
    assert contact_before is not None
    assert contact == contact_before + timedelta(days=2)


def test_nothing_of_a_call_that_stands_still_runs_out(world: World) -> None:
    call = paused(world, expected_to_at=world.now + timedelta(days=25))
    world.later(days=20)
    operations.note_overdue(world.system, now=world.now)
    with tenancy.reading(world.system):
        clocks = set(Lapse.objects.filter(call=call).values_list("clock", flat=True))
    assert not clocks & {"task", "contact"}


def set_2027(world: World, *rest: date) -> None:
    registry.set_calendar(
        world.keeper,
        2027,
        now=world.now,
        notice="国务院办公厅通知",
        rest_days=list(rest),
        work_days=[],
    )


def derive(world: World) -> int:
    return operations.rederive(world.system, now=world.now)


@pytest.fixture
def year_end(world: World) -> World:
    """The last working day of a year whose successor is known, and has no rest day so far."""
    set_2027(world, date(2027, 1, 29))
    world.now = datetime(2026, 12, 31, 2, 0, tzinfo=UTC)
    return world


NEW_YEAR = tuple(date(2027, 1, d) for d in (1, 4, 5))


def test_a_new_notice_moves_every_deadline_indoors(year_end: World) -> None:
    world = year_end
    sent = steps.dispatched(world, co=("EMB",))
    signed = steps.working(world, co=("EMB",))
    waiting = {state: steps.MAKE[state](world) for state in ("triage", "disputed")}
    world.later(hours=6)
    late_in = steps.raise_call(world)
    again = steps.reopened(world)
    before = {c.pk: steps.fresh(world, c) for c in (sent, late_in, *waiting.values())}
    tasks = {c.pk: co_task(world, c) for c in (sent, signed)}
    contact = round_of(world, again).contact_due_at
    set_2027(world, *NEW_YEAR)
    assert derive(world) > 0
    for pk, old in before.items():
        with tenancy.reading(world.system):
            new = Call.objects.get(pk=pk)
        assert new.step_due_at is not None
        assert old.step_due_at is not None
        assert new.step_due_at > old.step_due_at, new.state
    for call in (sent, signed):
        assert co_task(world, call).due_at > tasks[call.pk].due_at
    assert co_task(world, sent).sign_due_at > tasks[sent.pk].sign_due_at
    moved = round_of(world, again).contact_due_at
    assert moved is not None
    assert contact is not None
    assert moved > contact
    assert derive(world) == 0


def test_a_deadline_indoors_that_moves_alone_is_told_to_the_house(world: World) -> None:
    call = steps.raise_call(world)
    with tenancy.acting(world.system):
        Call.objects.filter(pk=call.pk).update(step_due_at=world.now)
    assert derive(world) == 1
    assert steps.fresh(world, call).step_due_at == call.step_due_at
    with tenancy.reading(world.system):
        told = Event.objects.filter(subject_type="calls.call", subject_id=call.pk)
        assert told.latest("sequence").topic == "calls.step_deadlines_changed"


def test_a_light_that_would_turn_at_another_time_is_derived_again(world: World) -> None:
    call = steps.raise_call(world)
    with tenancy.acting(world.system):
        Call.objects.filter(pk=call.pk).update(yellow_at=world.now)
    assert derive(world) == 1
    assert steps.fresh(world, call).yellow_at == call.yellow_at


@pytest.mark.parametrize(
    ("state", "clock", "who", "not_who"),
    [
        ("submitted", "accept", "desk", "caller"),
        ("triage", "dispatch", "desk", "caller"),
        ("disputed", "adjudicate", "supervisor", "desk"),
        ("answered", "callback", "desk", "caller"),
        ("callback", "callback", "caller", "desk"),
    ],
)
def test_a_clock_of_the_house_is_booked_on_no_unit(
    world: World, state: str, clock: str, who: str, not_who: str
) -> None:
    call = steps.MAKE[state](world)
    world.later(days=4)
    operations.note_overdue(world.system, now=world.now)
    with tenancy.reading(world.system):
        assert Lapse.objects.get(call=call, clock=clock).unit_id is None
        events = Event.objects.filter(topic="calls.overdue", subject_id=call.pk)
        event = next(e for e in events if e.data["clock"] == clock)
    handlers.tell(event)
    told = told_of(world)
    assert {world.user(who).pk, world.user("supervisor").pk} <= told
    assert not {world.user(n).pk for n in ("safety", "safety-lead", not_who)} & told


def told_of(world: World) -> set[int]:
    with tenancy.reading(world.system):
        rows = Notification.objects.filter(kind__startswith="calls.overdue")
        return set(rows.values_list("person_id", flat=True))
