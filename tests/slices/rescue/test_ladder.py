"""Who is asked, who says no, and what happens when nobody comes."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from qiying.engines import dispatch
from qiying.kernel import tenancy
from qiying.kernel.errors import Problem, Refused
from qiying.kernel.models import Event
from qiying.slices.rescue import operations
from qiying.slices.rescue.models import Job, Offer, Override, Proposal, Shift, Technician
from tests.slices.rescue import steps
from tests.slices.rescue.people import TECHNICIANS
from tests.slices.rescue.steps import take
from tests.slices.world import World

pytestmark = pytest.mark.django_db


def technician(world: World, name: str) -> Technician:
    with tenancy.reading(world.system):
        return Technician.objects.get(tenant_id=world.tenant.pk, person=world.user(name))


def test_a_refusal_asks_the_next_at_once_and_never_the_same_again(world: World) -> None:
    job = steps.offered(world)
    first = steps.asked(world, job)
    job = take(world, first, job, "refuse", reason="busy", text="在抢修")
    second = steps.asked(world, job)
    assert (job.state, job.tier) == ("proposed", "2")
    assert second != first
    with pytest.raises(Refused, match="offer_open"):
        take(world, first, job, "accept")


def test_the_ladder_ends_at_the_duty_chief(world: World) -> None:
    job = steps.offered(world)
    for _rung in range(4):
        if not steps.offers(world, job):
            break
        world.later(minutes=11)
        operations.expire_offers(world.system, now=world.now)
        job = steps.fresh(world, job)
    assert job.tier == "4"
    with tenancy.reading(world.system):
        states = set(Offer.objects.filter(seat__job=job).values_list("state", flat=True))
    assert "expired" in states
    assert job.promise_lost_at is None


def test_a_proposal_that_nobody_looks_at_is_offered_by_the_clock(world: World) -> None:
    job = steps.proposed(world)
    assert operations.offer_proposals(world.system, now=world.now) == 0
    world.later(minutes=3)
    assert operations.offer_proposals(world.system, now=world.now) == 1
    assert len(steps.offers(world, job)) == 1


def test_an_override_needs_a_reason_and_is_kept_for_the_audit(world: World) -> None:
    job = steps.proposed(world)
    sun = technician(world, "sun")
    with pytest.raises(Refused, match="override_instead"):
        take(world, "chief", job, "offer", technician_id=technician(world, "li").pk)
    given = {"technician_id": sun.pk, "why": "knows_machine", "text": "上月修过同一轴承"}
    job = take(world, "chief", job, "override", **given)
    assert steps.asked(world, job) == "sun"
    with tenancy.reading(world.system):
        assert Override.objects.get(job=job).chosen_id == sun.pk


def test_nobody_is_sent_to_a_firm_of_interest(world: World) -> None:
    sun = technician(world, "sun")
    firms = [world.firms["宏达"]]
    operations.recuse(world.system, sun.pk, now=world.now, enterprise_ids=firms)
    job = steps.proposed(world)
    given = {"technician_id": sun.pk, "why": "other", "text": "试一试"}
    with pytest.raises(Refused, match=r"unable\.recused"):
        take(world, "chief", job, "override", **given)


def test_a_crane_that_one_provider_knows_is_offered_to_that_provider(world: World) -> None:
    assert steps.asked(world, steps.offered(world, name="1号行车")) in ("sun", "li")


def test_only_who_is_asked_may_accept(world: World) -> None:
    job = steps.offered(world)
    other = next(n for n in ("zhao", "qian", "sun") if n != steps.asked(world, job))
    with pytest.raises(Problem, match=r"not_found|offer_open"):
        take(world, other, job, "accept")


def test_a_lost_promise_is_marked_told_once_and_stays(world: World) -> None:
    job = steps.reported(world)
    world.later(minutes=121)
    assert operations.note_lost_promises(world.system, now=world.now) == 2
    assert operations.note_lost_promises(world.system, now=world.now) == 0
    job = take(world, "chief", job, "acknowledge", safety="safe")
    job = take(world, "chief", job, "offer")
    job = take(world, steps.asked(world, job), job, "accept")
    assert job.promise_lost_at == job.answer_due_at
    with tenancy.reading(world.system):
        assert Event.objects.filter(topic="rescue.promise_lost").count() == 1


def test_somebody_who_cannot_come_after_all_sets_the_promise_running_again(world: World) -> None:
    job = steps.under_way(world)
    who = steps.holder(world, job)
    job = take(world, who, job, "release", reason="ill", **steps.phone(world))
    assert (job.state, job.answered_at) == ("proposed", None)
    assert steps.asked(world, job) != who


def test_two_jobs_are_not_given_to_one_technician_at_once(world: World) -> None:
    first, second = steps.answered(world), steps.answered(world)
    who = steps.holder(world, first)
    take(world, who, first, "set_out", **steps.phone(world))
    if steps.holder(world, second) == who:
        with pytest.raises(Refused, match="not_elsewhere"):
            take(world, who, second, "set_out", **steps.phone(world))
    else:
        assert steps.holder(world, second) != who


def test_a_proposal_can_be_replayed_from_its_row(world: World) -> None:
    job = steps.proposed(world)
    with tenancy.reading(world.system):
        row = Proposal.objects.get(job=job)
    problem = dispatch.read_problem(json.dumps(row.problem))
    guest = next(j for j in problem.jobs if j.id == str(job.pk))
    rest = tuple(j for j in problem.jobs if j.id != guest.id)
    desk = dispatch.Desk(replace(problem, jobs=rest), dispatch.Params(iterations=0))
    said = desk.propose(guest)
    assert (said.digest, said.version) == (row.digest, row.engine)
    assert [int(o.technician) for o in said.best] == [o["technician"] for o in row.chosen]


def test_at_eight_in_the_evening_what_is_open_wants_a_plan(world: World) -> None:
    job = steps.working(world)
    world.later(hours=11)
    assert operations.list_night(world.system, now=world.now) == 1
    assert operations.list_night(world.system, now=world.now) == 0
    given = {"who": "赵工", "until": world.now + timedelta(hours=12), "text": "备机顶替"}
    job = take(world, "chief", job, "plan_night", **given)
    assert (job.night_who, job.night_listed_on) == ("赵工", world.now.date())


def test_a_proposal_of_somebody_who_went_home_meanwhile_is_made_anew(world: World) -> None:
    """The clock offers it to the next, and alarms the duty chief when there is nobody at all."""
    job = steps.proposed(world)
    with tenancy.reading(world.system):
        gone = Proposal.objects.get(job=job).chosen[0]["technician"]
    _send_home(world, [gone])
    world.later(minutes=3)
    operations.offer_proposals(world.system, now=world.now)
    (offer,) = steps.offers(world, job)
    assert offer.technician_id != gone
    other = steps.proposed(world)
    _send_home(world, list(TECHNICIANS))
    world.later(minutes=3)
    operations.offer_proposals(world.system, now=world.now)
    assert steps.offers(world, other) == []
    assert steps.fresh(world, other).alarmed_at == world.now


def _send_home(world: World, people: list[Any]) -> None:
    with tenancy.acting(world.system):
        named = [p if isinstance(p, int) else technician(world, p).pk for p in people]
        Shift.objects.filter(technician_id__in=named).update(is_published=False)


def test_an_unheard_call_alarms_the_duty_chief_every_few_minutes(world: World) -> None:
    steps.reported(world)
    world.later(minutes=6)
    assert operations.alarm_unanswered(world.system, now=world.now) == 1
    assert operations.alarm_unanswered(world.system, now=world.now) == 0
    world.later(minutes=5)
    assert operations.alarm_unanswered(world.system, now=world.now) == 1
    with tenancy.reading(world.system):
        assert Job.objects.get().state == "reported"
