"""Machines, inspections, people, shifts, calls that open jobs, figures."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given
from hypothesis import strategies as st

from qiying.kernel import tenancy
from qiying.kernel.errors import Invalid, Problem, Refused
from qiying.kernel.models import Event, Notification
from qiying.slices.rescue import handlers, operations, public, queries, rules
from qiying.slices.rescue.models import InspectionDue, Job, Proposal, Quote, Shift, Technician
from qiying.slices.rescue.operations import bring_in
from qiying.slices.rescue.queries import live
from qiying.slices.rescue.rules import label as label_of
from qiying.slices.rescue.rules import signs
from tests.slices.rescue import steps
from tests.slices.rescue.steps import take
from tests.slices.world import World

pytestmark = pytest.mark.django_db
WRONG_AND_RIGHT = ((0, 24), (1, 25), (2, 0))
"""Rows and their hours: the longest that is allowed, one too long, one of no length."""


@given(serial=st.integers(1, signs.BODIES - 1), place=st.integers(0, 5), other=st.data())
def test_one_wrong_sign_never_makes_another_label(
    serial: int, place: int, other: st.DataObject
) -> None:
    text = label_of(serial)
    assert rules.is_label(text)
    wrong = other.draw(st.sampled_from([s for s in signs.ALPHABET if s != text[place]]))
    assert not rules.is_label(text[:place] + wrong + text[place + 1 :])


@given(serial=st.integers(1, 10**6), place=st.integers(0, 3))
def test_two_neighbours_swapped_never_make_another_label(serial: int, place: int) -> None:
    text = label_of(serial)
    swapped = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert swapped == text or not rules.is_label(swapped)


def test_no_two_of_the_first_machines_have_one_label() -> None:
    assert len({label_of(n) for n in range(1, 5001)}) == 5000


def test_a_machine_is_found_by_its_label_as_somebody_types_it(world: World) -> None:
    row = steps.machine(world)
    with tenancy.reading(world.actor("boss")):
        typed = f" {row.label[:3].lower()}-{row.label[3:]} "
        assert queries.machine_by_label(world.actor("boss"), typed).pk == row.pk
    with tenancy.reading(world.actor("rival")), pytest.raises(Problem, match="not_found"):
        queries.machine_by_label(world.actor("rival"), row.label)


def test_a_machine_with_an_open_rescue_is_not_scrapped(world: World) -> None:
    row = steps.machine(world)
    steps.reported(world)
    with pytest.raises(Refused, match="machine_has_job"):
        operations.scrap_machine(world.actor("boss"), row.pk, now=world.now)


def test_inspections_are_reminded_of_once_pressed_once_and_said_to_be_overdue(
    world: World,
) -> None:
    row = steps.machine(world, "2号锅炉")
    today = queries.today(world.now)
    due = operations.plan_inspection(
        world.actor("boss"), row.pk, now=world.now, due_on=today + timedelta(days=50)
    )
    told = []
    for days in (0, 0, 25, 0, 30, 0):
        world.later(days=days)
        told.append(operations.remind_inspections(world.system, now=world.now))
    assert told == [1, 0, 1, 0, 1, 0]
    with tenancy.reading(world.system):
        fresh = InspectionDue.objects.get(pk=due.pk)
    moments = (fresh.reminded_at, fresh.pressed_at, fresh.overdue_at)
    assert None not in moments


def test_the_next_inspection_follows_from_the_class(world: World) -> None:
    row = steps.machine(world, "2号锅炉")
    today = queries.today(world.now)
    boss = world.actor("boss")
    due = operations.plan_inspection(boss, row.pk, now=world.now, due_on=today)
    inputs = {"done_on": today, "has_passed": True, "body": "省特检院"}
    operations.close_inspection(boss, due.pk, now=world.now, **inputs)
    with tenancy.reading(world.system):
        following = InspectionDue.objects.get(equipment=row, done_on=None)
    assert (following.due_on.year, following.due_on.month) == (today.year + 2, today.month)


def test_nobody_has_two_shifts_at_once(world: World) -> None:
    with tenancy.reading(world.system):
        person = Technician.objects.order_by("pk").first()
    assert person is not None
    span = {"starts_at": world.now, "ends_at": world.now + timedelta(hours=2)}
    with pytest.raises(Refused, match="shift_overlaps"):
        operations.plan_shift(world.system, person.pk, now=world.now, **span)


def test_a_period_with_a_shift_longer_than_a_day_is_refused_by_its_row(world: World) -> None:
    with tenancy.reading(world.system):
        person, before = Technician.objects.earliest("pk"), Shift.objects.count()
    start = world.now + timedelta(days=40)
    rows = [
        bring_in.ShiftIn(person.pk, start + timedelta(days=3 * n), end)
        for n, end in enumerate(start + timedelta(days=3 * n, hours=h) for n, h in WRONG_AND_RIGHT)
    ]
    with pytest.raises(Invalid) as refused:
        bring_in.plan_shifts(world.system, rows, now=world.now)
    assert refused.value.fields == {
        "rows.1.ends_at": "rescue.shift_length",
        "rows.2.ends_at": "rescue.shift_length",
    }
    with tenancy.reading(world.system):
        assert Shift.objects.count() == before
    assert bring_in.plan_shifts(world.system, rows[:1], now=world.now) == 1


def test_a_manager_plans_the_own_people_only(world: World) -> None:
    with tenancy.reading(world.system):
        rows = {str(t.person): t.pk for t in Technician.objects.select_related("person")}
    later = world.now + timedelta(days=20)
    span = {"starts_at": later, "ends_at": later + timedelta(hours=8)}
    operations.plan_shift(world.actor("manager"), rows["zhao"], now=world.now, **span)
    with pytest.raises(Problem):
        operations.plan_shift(world.actor("manager"), rows["sun"], now=world.now, **span)
    start, end = later, later + timedelta(days=1)
    told = operations.publish_roster(world.actor("manager"), now=world.now, start=start, end=end)
    assert told == 1
    with tenancy.reading(world.system):
        assert Shift.objects.filter(starts_at=later, is_published=True).count() == 1


def test_without_a_certificate_nobody_is_proposed(world: World) -> None:
    steps.proposed(world, name="1号行车")
    with tenancy.reading(world.system):
        row = Proposal.objects.get()
        names = {Technician.objects.get(pk=o["technician"]).person.name for o in row.chosen}
    assert names <= {"sun", "li"}


def test_what_the_engine_said_cannot_be_changed(world: World) -> None:
    steps.proposed(world)
    with (
        tenancy.acting(world.system),
        pytest.raises(IntegrityError, match="evidence"),
        transaction.atomic(),
    ):
        Proposal.objects.update(regret=0)


def test_an_accepted_quote_cannot_be_changed_past_the_operations(world: World) -> None:
    job = steps.agreed(world)
    with (
        tenancy.acting(world.system),
        pytest.raises(IntegrityError, match="not edited"),
        transaction.atomic(),
    ):
        Quote.objects.filter(job=job).update(firm_cny=0, zone_cny=320)


def test_work_cannot_begin_past_the_operations(world: World) -> None:
    job = steps.quoted(world)
    with (
        tenancy.acting(world.system),
        pytest.raises(IntegrityError, match="before the firm"),
        transaction.atomic(),
    ):
        Job.objects.filter(pk=job.pk).update(state="working", begun_at=world.now)


def test_a_lost_promise_cannot_be_forgotten_past_the_operations(world: World) -> None:
    job = steps.reported(world)
    world.later(hours=3)
    operations.note_lost_promises(world.system, now=world.now)
    with (
        tenancy.acting(world.system),
        pytest.raises(IntegrityError, match="stays lost"),
        transaction.atomic(),
    ):
        Job.objects.filter(pk=job.pk).update(promise_lost_at=None)


def test_people_whom_a_rescue_concerns_are_told_once(world: World) -> None:
    job = steps.answered(world)
    with tenancy.reading(world.system):
        found = list(Event.objects.filter(subject_type="rescue.job", subject_id=job.pk))
    for event in [*found, *found]:
        if event.topic in handlers.AUDIENCES:
            handlers.tell(event)
    with tenancy.reading(world.system):
        kinds = list(
            Notification.objects.filter(person=world.user("boss")).values_list("kind", flat=True)
        )
    assert kinds == ["rescue.answered"]


def test_figures_follow_from_records(world: World) -> None:
    take(world, "boss", steps.confirmed(world), "rate", grade="good")
    late = steps.reported(world)
    world.later(minutes=130)
    operations.note_lost_promises(world.system, now=world.now)
    take(world, "chief", late, "acknowledge", safety="safe")
    today = queries.today(world.now)
    period = (today - timedelta(days=1), today + timedelta(days=1))
    found = public.figures(world.system, period, now=world.now)
    assert found["A18.jobs"] == 2
    assert found["A18.success"] == found["A18.praise"] == Decimal("100.0")
    assert found["A19"] == Decimal("50.0")
    assert found["A20.emergency"] == 2


def test_the_board_shows_what_presses_first_and_asks_few_questions(
    world: World, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    first = steps.reported(world)
    world.later(minutes=30)
    second = steps.offered(world)
    chief = world.actor("chief")
    with tenancy.reading(chief):
        with django_assert_max_num_queries(9):
            board = live.board(chief, now=world.now)
        assert [c.job.pk for c in board.cases] == [first.pk, second.pk]
        assert board.cases[0].is_unanswered
        assert board.cases[1].open_offers
        assert len(board.people) == 4


def test_a_firm_sees_its_own_rescues_and_a_technician_the_own_work(world: World) -> None:
    job = steps.offered(world)
    who = steps.asked(world, job)
    for name, wanted in (("boss", 1), ("rival", 0), (who, 1), ("chief", 1), ("admin", 0)):
        actor = world.actor(name)
        with tenancy.reading(actor):
            rows = queries.list_jobs(actor, queries.JobFilter(), now=world.now)
            assert rows.count() == wanted, name


def test_a_retrofit_is_measured_by_its_readings_only(world: World) -> None:
    chief, boss, now = world.actor("chief"), world.actor("boss"), world.now
    row = operations.plan_retrofit(
        boss,
        now=now,
        enterprise_id=world.firms["宏达"],
        title="真空泵改透平",
        figure="吨纸电耗",
        unit="kWh/t",
        target_percent=Decimal(10),
    )
    with pytest.raises(Refused, match="no_reading_before"):
        operations.start_retrofit(chief, row.pk, now=now)
    today = queries.today(now)
    for phase, value in (("before", 500), ("after", 430)):
        if phase == "after":
            operations.start_retrofit(chief, row.pk, now=now)
        operations.add_reading(
            boss, row.pk, now=now, phase=phase, on=today, value=Decimal(value), source="电表"
        )
    row = operations.finish_retrofit(chief, row.pk, now=now)
    with tenancy.reading(chief):
        effect = queries.effect(row, queries.readings_of(chief, row))
    assert effect is not None
    assert (effect.better_percent, effect.is_reached) == (Decimal("14.00"), True)
