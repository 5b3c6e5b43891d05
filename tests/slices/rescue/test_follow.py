"""What follows by itself: a call opens a rescue, a better plan is looked for, replays are harmless."""

from datetime import timedelta

import pytest

from qiying.engines import dispatch
from qiying.kernel import events, jobs, tenancy
from qiying.kernel.models import Event
from qiying.slices.calls.models import Call
from qiying.slices.rescue import handlers, operations, public, queries
from qiying.slices.rescue.models import Job, Offer, Proposal
from qiying.slices.rescue.operations import _improve
from tests.slices.calls import steps as calls
from tests.slices.rescue import invariants, steps
from tests.slices.world import World

pytestmark = pytest.mark.django_db


def dispatched(world: World, matter: str) -> tuple[Call, Event]:
    """A call of 宏达 about a matter, with the event of its dispatch."""
    call = calls.raise_call(world, "desk", "宏达", title="空压机停机", text="空压机跳闸，停产")
    with tenancy.acting(world.system):
        Call.objects.filter(pk=call.pk).update(matter_code=matter)
        events.record("calls.dispatched", subject=call, actor=world.system, now=world.now)
    with tenancy.reading(world.system):
        return call, Event.objects.filter(topic="calls.dispatched").latest("id")


def test_a_call_of_an_equipment_matter_opens_one_rescue(world: World) -> None:
    operations.set_rules(world.actor("chief"), now=world.now, matter_codes=("M016",))
    call, event = dispatched(world, "M016")
    handlers.open_for_call(event)
    handlers.open_for_call(event)
    with tenancy.reading(world.system):
        job = Job.objects.get(call_id=call.pk)
    assert (job.channel, job.enterprise_id) == ("call", world.firms["宏达"])
    card = public.card_of_call(world.actor("chief"), call.pk)
    assert card is not None
    assert card.is_open


def test_a_call_about_a_stopped_machine_that_the_desk_gives_out_is_a_rescue(world: World) -> None:
    """Through the desk's own steps and the worker's way to the handlers."""
    operations.set_rules(world.actor("chief"), now=world.now, matter_codes=("M016",))
    words = {"title": "3号纸机停机", "text": "3号纸机传动部跳闸，整条线停产，请派人来修。"}
    call = calls.raise_call(world, **words)
    calls.take(world, "desk", call, "accept")
    lead = world.units["ZONE_SAFE"]
    calls.take(world, "desk", call, "dispatch", lead_unit_id=lead, co_units=[])
    with tenancy.reading(world.system):
        event = Event.objects.get(topic="calls.dispatched", subject_id=call.pk)
    name = f"{handlers.__name__}.open_for_call"
    assert events.handler_named(event.topic, name) is not None
    for _twice in range(2):
        jobs.handle_event(tenant_id=world.tenant.pk, event_id=event.pk, handler=name)
    with tenancy.reading(world.system):
        job = Job.objects.get(call_id=call.pk)
    assert (job.title, job.channel, job.state) == ("3号纸机停机", "call", "reported")
    assert job.enterprise_id == world.firms["宏达"]


def test_a_call_of_another_matter_opens_none(world: World) -> None:
    operations.set_rules(world.actor("chief"), now=world.now, matter_codes=("M016",))
    _call, event = dispatched(world, "M017")
    handlers.open_for_call(event)
    with tenancy.reading(world.system):
        assert not Job.objects.exists()


def test_a_plan_that_is_hardly_better_disturbs_nobody(world: World) -> None:
    steps.offered(world)
    assert operations.improve(world.system, now=world.now) == 0
    with tenancy.reading(world.system):
        assert Proposal.objects.filter(source="improve").count() == 0


def everything_moves(told: queries.World, _rule: object, _seed: int) -> _improve.Better:
    plan = dispatch.solve(told.problem, dispatch.Params(iterations=0))
    moved = {int(p.job): [int(p.technician)] for p in told.problem.published}
    return _improve.Better(told, plan, 99.0, moved)


def test_a_better_plan_does_not_hide_that_an_offer_was_not_answered_in_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = steps.offered(world)
    world.later(minutes=11)
    monkeypatch.setattr(_improve, "_search", everything_moves)
    operations.improve(world.system, now=world.now)
    with tenancy.reading(world.system):
        (offer,) = Offer.objects.filter(seat__job=job)
    assert (offer.state, offer.answer_by_at <= world.now) == ("open", True)

    operations.take(world.system, job.pk, "expire", now=world.now)
    with tenancy.reading(world.system):
        states = list(Offer.objects.filter(seat__job=job).order_by("id").values_list("state"))
    assert states[0] == ("expired",)


def test_a_better_plan_moves_the_offer_and_not_who_has_accepted(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However small the gain, if it may be published at all."""
    job, held = steps.offered(world), steps.answered(world)
    kept = steps.holder(world, held)
    monkeypatch.setattr(_improve, "_search", everything_moves)
    kept_rows = operations.improve(world.system, now=world.now)
    assert kept_rows == 2
    with tenancy.reading(world.system):
        assert Proposal.objects.filter(source="improve").count() == 2
        assert Offer.objects.filter(seat__job=job, state="open").count() == 1
    assert steps.holder(world, held) == kept


def test_the_engine_is_told_of_people_on_duty_and_of_work_in_hand(world: World) -> None:
    job = steps.working(world)
    steps.offered(world)
    with tenancy.reading(world.system):
        rule = queries.rule_in_force(world.system)
        told = queries.read_world(world.system, rule, now=world.now).problem
    assert len(told.technicians) == 4
    busy = [t for t in told.technicians if t.commitment is not None]
    assert [(t.commitment.job, t.commitment.phase) for t in busy if t.commitment] == [
        (f"at-{job.pk}", "on_site")
    ]
    assert busy[0].free_at > 0
    assert len(told.published) == 1


def test_a_worker_that_dies_in_the_middle_leaves_what_was_before(world: World) -> None:
    """The clock does each job in one transaction: half of a rung is never left."""
    job = steps.offered(world)
    world.later(minutes=11)
    before = steps.fresh(world, job)

    def die() -> None:
        with tenancy.acting(world.system):
            operations.take(world.system, job.pk, "expire", now=world.now)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        die()
    assert steps.fresh(world, job).version == before.version
    assert operations.expire_offers(world.system, now=world.now) == 1
    assert steps.offers(world, job)[0].told_at == world.now
    assert timedelta(minutes=10) == steps.offers(world, job)[0].answer_by_at - world.now


def test_with_nobody_on_duty_the_duty_chief_is_alarmed(world: World) -> None:
    world.later(days=30)
    job = steps.proposed(world)
    assert (job.state, job.tier, job.alarmed_at) == ("proposed", "4", world.now)
    with tenancy.reading(world.system):
        assert Proposal.objects.get(job=job).reasons == [{"code": "nobody", "numbers": {}}]
    world.later(minutes=6)
    assert operations.alarm_unanswered(world.system, now=world.now) == 1


def test_a_crew_of_two_is_asked_seat_by_seat_and_one_who_fails_is_replaced(world: World) -> None:
    job = steps.reported(world)
    steps.take(world, "chief", job, "classify", crew=2)
    steps.take(world, "chief", job, "acknowledge", safety="stopped")
    job = steps.take(world, "chief", job, "offer")
    first, second = (o.technician.person.name for o in steps.offers(world, job))
    assert first != second
    assert steps.take(world, first, job, "accept").state == "proposed"
    job = steps.take(world, second, job, "accept")
    assert (job.state, job.answered_at) == ("answered", world.now)
    steps.take(world, first, job, "set_out", **steps.phone(world))
    job = steps.take(world, second, job, "release", reason="ill", **steps.phone(world))
    third = steps.asked(world, job)
    assert third not in (first, second)
    steps.take(world, third, job, "accept")
    steps.take(world, first, job, "arrive", **steps.phone(world))
    steps.take(world, first, job, "diagnose", fault_code="E", cause="轴", **steps.phone(world))
    job = steps.take(world, third, job, "arrive", **steps.phone(world))
    assert job.state == "diagnosed"
    with tenancy.reading(world.system):
        invariants.check(world)
