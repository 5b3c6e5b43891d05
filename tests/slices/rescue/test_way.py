"""A rescue from the red button to the settlement."""

from datetime import timedelta
from decimal import Decimal

import pytest

from qiying.kernel import tenancy
from qiying.kernel.errors import Invalid, Problem, Refused
from qiying.kernel.models import Attachment
from qiying.slices.rescue import operations
from qiying.slices.rescue.models import Note, Proposal, Report, Settlement
from tests.slices.rescue import steps
from tests.slices.rescue.steps import take
from tests.slices.world import World

pytestmark = pytest.mark.django_db


def test_the_red_button_names_the_machine_and_starts_the_promise(world: World) -> None:
    job = steps.reported(world)
    assert job.number.startswith("JJ-")
    assert job.answer_due_at == world.now + timedelta(minutes=120)
    assert (job.state, job.skill, job.place) == ("reported", "mechanical", "一车间")


def test_a_firm_reports_for_itself_only(world: World) -> None:
    with pytest.raises(Problem, match=r"access\.role|not_found"):
        steps.report(world, "rival", "")


def test_safety_is_asked_before_anybody_is_sent(world: World) -> None:
    with pytest.raises(Refused, match="safety_asked"):
        take(world, "chief", steps.reported(world), "acknowledge", safety="not_asked")


def test_the_nearest_qualified_of_the_contracted_provider_is_proposed_with_reasons(
    world: World,
) -> None:
    job = steps.proposed(world)
    with tenancy.reading(world.system):
        row = Proposal.objects.get(job=job)
    assert job.state == "proposed"
    assert row.tier == "1"
    assert row.chosen
    assert row.second is not None
    assert {r["code"] for r in row.reasons} & {"nearest_free", "soonest_there"}
    assert row.earliest_at <= row.expected_at <= row.latest_at


def test_the_whole_way_to_the_settlement(world: World) -> None:
    job = steps.confirmed(world)
    assert job.state == "confirmed"
    take(world, "boss", job, "rate", grade="very_good")
    chief, second = world.actor("chief"), world.actor("supervisor")
    job = steps.fresh(world, job)
    with tenancy.reading(world.system):
        provider = Report.objects.get(job=job).technician.provider_id
    month = world.now.date().replace(day=1)
    row = operations.draw_up(chief, provider, now=world.now, month=month)
    assert (row.jobs, row.zone_cny, row.firm_cny) == (1, Decimal("120.00"), Decimal("200.00"))
    with pytest.raises(Refused, match="checked_by_another"):
        operations.check_settlement(chief, row.pk, now=world.now)
    operations.check_settlement(second, row.pk, now=world.now)
    assert steps.fresh(world, job).state == "settled"
    operations.pay_settlement(second, row.pk, now=world.now, voucher="V-1")
    with tenancy.reading(world.system):
        assert Settlement.objects.get(pk=row.pk).state == "paid"
    with pytest.raises(Refused, match="nothing_to_settle"):
        operations.draw_up(chief, provider, now=world.now, month=month)


def test_a_boiler_needs_a_licensed_provider_and_its_permits(world: World) -> None:
    job = steps.agreed(world, name="2号锅炉")
    who = steps.holder(world, job)
    assert who in ("zhao", "li")
    with pytest.raises(Refused, match="permits_valid"):
        take(world, who, job, "begin", **steps.phone(world))
    for kind in ("lock_out", "hot_work"):
        steps.permit(world, job, kind)
    assert take(world, who, job, "begin", **steps.phone(world)).state == "working"


def test_nobody_begins_before_the_firm_has_said_yes(world: World) -> None:
    job = steps.quoted(world)
    with pytest.raises(Refused, match="quote_accepted"):
        take(world, steps.holder(world, job), job, "begin", **steps.phone(world))


def test_the_firm_accepts_what_it_was_shown_and_nothing_else(world: World) -> None:
    job = steps.quoted(world)
    with pytest.raises(Refused, match="quote_unchanged"):
        take(world, "boss", job, "accept_quote", digest="0" * 64)


def test_a_quote_knows_only_the_price_list(world: World) -> None:
    job = steps.diagnosed(world)
    who, given = steps.holder(world, job), steps.phone(world)
    with pytest.raises(Invalid):
        take(world, who, job, "quote", lines=[{"item_id": 0, "quantity": "1"}], **given)


def test_far_from_the_machine_wants_a_reason(world: World) -> None:
    job = steps.under_way(world)
    who = steps.holder(world, job)
    far = steps.phone(world, longitude=119.30)
    with pytest.raises(Refused, match="near_site"):
        take(world, who, job, "arrive", **far)
    job = take(world, who, job, "arrive", text="厂区无信号，定位漂移", **far)
    assert job.state == "on_site"


def test_a_queued_action_of_a_phone_counts_once_and_keeps_its_own_time(world: World) -> None:
    job = steps.answered(world)
    who, at = steps.holder(world, job), world.now + timedelta(minutes=1)
    world.later(minutes=30)
    inputs = steps.phone(world, sent_at=at)
    first = take(world, who, job, "set_out", **inputs)
    again = take(world, who, job, "set_out", **inputs)
    assert first.set_out_at == at
    assert again.version == first.version
    with pytest.raises(Refused, match="device_key"):
        take(world, who, job, "arrive", **inputs)


def test_parts_are_waited_for_and_the_technician_is_free_meanwhile(world: World) -> None:
    job = steps.working(world)
    who = steps.holder(world, job)
    inputs = {"text": "轴承缺货，供应商明早送到", "until": world.now + timedelta(hours=16)}
    job = take(world, who, job, "wait_for_parts", **inputs, **steps.phone(world))
    assert [s.state for s in steps.seats(world, job)] == ["away"]
    world.later(hours=15)
    job = take(world, who, job, "parts_came", **steps.phone(world))
    job = take(world, who, job, "set_out", **steps.phone(world))
    job = take(world, who, job, "arrive", **steps.phone(world))
    assert take(world, who, job, "begin", **steps.phone(world)).state == "working"


def test_a_result_that_the_firm_disputes_brings_the_same_people_back(world: World) -> None:
    job = steps.done(world)
    who = steps.holder(world, job)
    job = take(world, "boss", job, "dispute_result", text="仍有异响")
    assert (job.state, job.reopened, job.running_at) == ("answered", 1, None)
    assert take(world, who, job, "set_out", **steps.phone(world)).state == "under_way"


def test_a_repair_that_does_not_hold_is_repaired_free_of_charge(world: World) -> None:
    job = steps.confirmed(world)
    world.later(days=3)
    again = operations.rework(world.actor("boss"), job.pk, now=world.now, text="又烧了")
    assert again.warranty_of_id == job.pk
    take(world, "chief", again, "acknowledge", safety="stopped")
    take(world, "chief", again, "offer")
    who = steps.asked(world, again)
    take(world, who, again, "accept")
    take(world, who, again, "arrive", **steps.phone(world))
    take(world, who, again, "diagnose", fault_code="E12", cause="装配", **steps.phone(world))
    assert take(world, who, again, "begin", **steps.phone(world)).state == "working"


def test_help_by_telephone_is_an_answer_and_costs_nothing(world: World) -> None:
    job = steps.offered(world)
    who = steps.asked(world, job)
    job = take(world, who, job, "help_remotely", firm_agrees=True)
    assert (job.state, job.answered_at) == ("remote", world.now)
    job = take(world, who, job, "solve_remotely", text="复位参数", signed_by="陈主任")
    assert job.state == "done"
    assert steps.seats(world, job)[0].state == "left"


def test_what_was_signed_or_photographed_belongs_to_the_job(world: World) -> None:
    job = steps.quoted(world)
    who = steps.holder(world, job)
    drawn, digest = steps.photo(world, who), steps.digest(world, job)
    inputs = {"digest": digest, "signed_by": "陈主任", "attachments": [drawn]}
    take(world, who, job, "accept_quote", **inputs)
    helped = steps.offered(world)
    helper = steps.asked(world, helped)
    take(world, helper, helped, "help_remotely", firm_agrees=True)
    photo = steps.photo(world, helper)
    inputs = {"text": "复位参数", "signed_by": "陈主任", "attachments": [photo]}
    take(world, helper, helped, "solve_remotely", **inputs)
    with tenancy.reading(world.system):
        note = Note.objects.get(job=job, step="accept_quote")
        report = Report.objects.get(job=helped)
        found = {a.pk: (a.subject_type, a.subject_id) for a in Attachment.objects.all()}
    assert found == {drawn: ("rescue.note", note.pk), photo: ("rescue.report", report.pk)}


def test_a_file_that_is_not_ones_own_signs_nothing(world: World) -> None:
    job = steps.quoted(world)
    inputs = {"digest": steps.digest(world, job), "attachments": [steps.photo(world, "rival")]}
    with pytest.raises(Invalid):
        take(world, "boss", job, "accept_quote", **inputs)


def test_declining_the_quote_ends_it_and_frees_the_technician(world: World) -> None:
    job = steps.quoted(world)
    inputs = {"digest": steps.digest(world, job), "text": "找原厂"}
    job = take(world, "boss", job, "decline_quote", **inputs)
    assert (job.state, job.referred_to) == ("referred", "找原厂")
    assert steps.seats(world, job)[0].state == "left"


def test_withdrawing_lets_everybody_go(world: World) -> None:
    job = take(world, "boss", steps.offered(world), "withdraw", reason="runs_again")
    assert job.state == "withdrawn"
    assert steps.offers(world, job) == []
