"""One call from the phone to the rating by five people, and the paths that leave the straight."""

from datetime import UTC, datetime, timedelta

import pytest

from qiying.kernel import audit, tenancy
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.models import Event
from qiying.slices.calls import models, operations, queries
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.world import World


def test_a_call_goes_from_the_phone_to_the_rating(world: World) -> None:
    call = steps.raise_call(world)
    assert call.number == "QY-261116-001"
    assert call.proposed_unit_id == world.units["ZONE_SAFE"]
    assert call.due_at == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    world.later(hours=1)
    take(world, "desk", call, "accept")
    lead = world.units["ZONE_SAFE"]
    call = take(world, "desk", call, "dispatch", lead_unit_id=lead)
    assert (call.state, call.lead_unit_id) == ("dispatched", lead)
    world.later(hours=1)
    call = take(world, "safety", call, "sign", task_id=steps.task(world, call, "ZONE_SAFE"))
    take(world, "safety", call, "contact", text="约好下午上门")
    world.later(days=1)
    call = take(world, "safety", call, "answer", result="solved", text="已更换空气开关")
    assert (call.state, call.clock) == ("answered", "callback")
    call = take(world, "desk", call, "review_pass")
    call = take(world, "caller", call, "callback_confirm", resolved="yes")
    assert (call.state, call.closure_type, call.is_confirmed) == ("closed", "solved", True)
    call = take(world, "boss", call, "rate", grade=5, resolved="yes", text="很快")
    with tenancy.reading(world.system):
        round_ = models.Round.objects.get(call=call)
        assert round_.is_on_time
        assert round_.rating == 5
        assert audit.verify(world.system).holds
        assert Event.objects.filter(subject_type="calls.call").count() == 9


def test_a_title_may_be_left_out(world: World) -> None:
    call = steps.raise_call(world, title="", text="路灯不亮\n门口三盏")
    assert call.title == "路灯不亮"


def test_texts_are_bounded_and_free_of_control_characters(world: World) -> None:
    for text, code in (("", "required"), ("x" * 4001, "too_long"), ("a\x00b", "control")):
        with pytest.raises(Invalid) as found:
            steps.raise_call(world, text=text)
        assert found.value.fields == {"text": f"input.{code}"}


def test_danger_is_dispatched_to_the_nearest_responder_at_once(world: World) -> None:
    call = steps.raise_call(world, urgency="danger")
    assert call.state == "dispatched"
    assert call.lead_unit_id == world.units["FIRE"]
    assert call.due_at == world.now + timedelta(hours=2)
    with tenancy.reading(world.system):
        lead = models.Task.objects.get(call=call, is_lead=True)
    assert lead.unit_id == world.units["FIRE"]


def test_danger_without_a_matter_goes_to_the_first_receiver(world: World) -> None:
    call = steps.raise_call(world, urgency="danger", matter_code="")
    assert call.state == "dispatched"
    assert call.lead_unit_id == call.first_receiver_id


def test_a_call_without_a_matter_waits_for_the_desk(world: World) -> None:
    call = steps.raise_call(world, matter_code="")
    assert (call.proposed_unit_id, call.decision_id) == (None, None)
    before = call.due_at
    call = take(world, "desk", call, "classify", matter_code="M017")
    assert call.proposed_unit_id == world.units["EMB"]
    assert call.due_at > before


def test_another_lead_than_proposed_needs_a_reason(world: World) -> None:
    call = steps.triage(world)
    lead = world.units["EMB"]
    with pytest.raises(Invalid):
        take(world, "desk", call, "dispatch", lead_unit_id=lead)
    call = take(world, "desk", call, "dispatch", lead_unit_id=lead, text="行政处罚事项")
    assert call.lead_unit_id == lead


def test_information_that_is_missing_stops_the_clock(world: World) -> None:
    call = steps.raise_call(world)
    before = call.due_at
    take(world, "desk", call, "ask_info", text="请补充照片")
    world.later(days=2)
    call = take(world, "boss", call, "supply_info", text="照片如附")
    assert call.state == "submitted"
    # Monday was not counted anyway; of the pause only Tuesday closed
    assert call.due_at == before + timedelta(days=1)


def test_a_pause_moves_the_deadline_by_the_days_it_takes(world: World) -> None:
    call = steps.working(world, co=())
    before = call.due_at
    take(world, "safety", call, "propose_pause", reason="firm_asked", text="企业停产检修")
    call = take(world, "supervisor", call, "approve_pause", pause_id=steps.pause(world, call))
    assert (call.state, queries.light(call, world.now)) == ("suspended", "grey")
    world.later(days=3)
    call = take(world, "boss", call, "resume", text="已复产")
    assert call.state == "working"
    # Monday was not counted anyway; Tuesday and Wednesday closed inside the pause
    assert call.due_at == before + timedelta(days=2)


def test_a_pause_needs_somebody_else_to_approve_it(world: World) -> None:
    world.person("safety", "supervisor")
    call = steps.working(world, co=())
    take(world, "safety", call, "propose_pause", reason="force_majeure", text="台风")
    with pytest.raises(Refused) as found:
        take(world, "safety", call, "approve_pause", pause_id=steps.pause(world, call))
    assert found.value.code == "calls.guard.not_the_proposer"


def test_a_unit_cannot_end_a_pause_for_the_firm_unless_it_was_waited_for(world: World) -> None:
    call = steps.working(world, co=())
    take(world, "safety", call, "propose_pause", reason="force_majeure", text="台风")
    take(world, "supervisor", call, "approve_pause", pause_id=steps.pause(world, call))
    with pytest.raises(Refused) as found:
        take(world, "boss", call, "resume")
    assert found.value.code == "calls.guard.firm_was_awaited"


def test_a_refused_pause_leaves_the_clock_running(world: World) -> None:
    call = steps.working(world, co=())
    before = call.due_at
    take(world, "safety", call, "propose_pause", reason="firm_asked", text="企业要求")
    pause_id = steps.pause(world, call)
    call = take(world, "supervisor", call, "refuse_pause", pause_id=pause_id, text="无书面申请")
    assert (call.state, call.due_at) == ("working", before)


def test_the_lead_waits_for_every_co_handler(world: World) -> None:
    call = steps.working(world, co=("EMB", "ETB"))
    emb, etb = steps.task(world, call, "EMB"), steps.task(world, call, "ETB")
    with pytest.raises(Refused) as found:
        take(world, "safety", call, "answer", result="solved", text="好了")
    assert found.value.code == "calls.guard.co_tasks_settled"
    take(world, "emb", call, "sign", task_id=emb)
    take(world, "emb", call, "task_done", task_id=emb, text="已检测")
    take(world, "etb", call, "sign", task_id=etb)
    take(world, "etb", call, "stage_report", task_id=etb, text="设备在途，下周到")
    assert take(world, "safety", call, "answer", result="solved", text="好了").state == "answered"


def test_a_co_handler_sees_the_call_and_nobody_elses_task_is_its_to_move(world: World) -> None:
    call = steps.dispatched(world)
    lead = steps.task(world, call, "ZONE_SAFE")
    with pytest.raises(Denied) as found:
        take(world, "emb", call, "sign", task_id=lead)
    assert found.value.code == "calls.not_yours"
    with pytest.raises(NotFound):
        take(world, "town", call, "sign", task_id=lead)


def test_a_dispute_is_decided_once_and_then_there_is_no_return(world: World) -> None:
    call = steps.dispatched(world, co=())
    emb = world.units["EMB"]
    call = take(world, "safety", call, "dispute", text="属处罚", proposed_unit_id=emb)
    assert call.lead_unit_id == call.first_receiver_id == world.units["ZONE"]
    call = take(world, "supervisor", call, "adjudicate", unit_id=emb, text="依安全生产法")
    assert (call.state, call.lead_unit_id) == ("dispatched", emb)
    with pytest.raises(Refused) as found:
        take(world, "emb", call, "dispute", text="也不是我们")
    assert found.value.code == "calls.guard.not_adjudicated"
    call = take(world, "emb", call, "sign", task_id=steps.task(world, call, "EMB"))
    assert call.state == "working"
    with tenancy.reading(world.system):
        leads = models.Task.objects.filter(call=call, is_lead=True)
        assert sorted(leads.values_list("state", flat=True)) == ["signed", "withdrawn"]


def test_a_dispute_has_one_working_day(world: World) -> None:
    call = steps.dispatched(world, co=())
    world.later(days=2)
    with pytest.raises(Refused) as found:
        take(world, "safety", call, "dispute", text="不归我们")
    assert found.value.code == "calls.guard.dispute_in_time"


def test_a_discontent_firm_gets_a_second_round_with_its_own_clock(world: World) -> None:
    call = steps.reopened(world)
    assert (call.state, call.current_round) == ("reopened", 2)
    with tenancy.reading(world.system):
        first, second = models.Round.objects.filter(call=call).order_by("number")
    assert (first.state, first.resolved, first.is_on_time) == ("rejected", "no", False)
    assert (second.state, second.due_at) == ("open", call.due_at)
    call = take(world, "safety", call, "sign", task_id=steps.task(world, call, "ZONE_SAFE"))
    take(world, "safety", call, "contact")
    take(world, "safety", call, "answer", result="solved", text="已全部更换")
    take(world, "desk", call, "review_pass")
    call = take(world, "caller", call, "callback_confirm", resolved="yes")
    assert call.state == "closed"


def test_the_firm_opens_its_call_again_without_asking_anybody(world: World) -> None:
    call = steps.closed(world)
    world.later(days=29)
    call = take(world, "boss", call, "reopen", text="又坏了")
    assert (call.state, call.current_round, call.closed_at) == ("reopened", 2, None)


def test_after_thirty_days_it_is_a_new_call(world: World) -> None:
    call = steps.closed(world)
    world.later(days=31)
    with pytest.raises(Refused) as found:
        take(world, "boss", call, "reopen", text="又坏了")
    assert found.value.code == "calls.guard.within_reopen_time"


def test_three_failed_attempts_on_two_days_close_without_a_confirmation(world: World) -> None:
    call = steps.callback(world)
    for _ in range(3):
        take(world, "caller", call, "attempt_callback", outcome="no_answer")
    with pytest.raises(Refused):
        take(world, "caller", call, "close_unreached")
    world.later(days=1)
    take(world, "caller", call, "attempt_callback", outcome="no_answer")
    call = take(world, "caller", call, "close_unreached")
    assert (call.state, call.is_confirmed) == ("closed", False)


def test_an_attempt_is_corrected_by_a_new_row_only(world: World) -> None:
    call = steps.callback(world)
    take(world, "caller", call, "attempt_callback", outcome="no_answer")
    with tenancy.reading(world.system):
        first = models.CallBack.objects.get(call=call)
    inputs = {"callback_id": first.pk, "outcome": "wrong_number", "text": "听错了"}
    take(world, "caller", call, "supersede_attempt", **inputs)
    with tenancy.reading(world.system):
        rows = list(models.CallBack.objects.filter(call=call).order_by("id"))
    assert [r.outcome for r in rows] == ["no_answer", "wrong_number"]
    assert rows[0].superseded_by_id == rows[1].pk


def test_whoever_answered_does_not_call_back(world: World) -> None:
    world.person("safety", "callback")
    call = steps.callback(world)
    with pytest.raises(Refused) as found:
        take(world, "safety", call, "callback_confirm", resolved="yes")
    assert found.value.code == "calls.guard.not_the_answerer"


def test_a_colleague_of_the_answerer_does_not_call_back(world: World) -> None:
    world.person("safety-lead", "callback")
    call = steps.callback(world)
    with pytest.raises(Refused) as found:
        take(world, "safety-lead", call, "callback_confirm", resolved="yes")
    assert found.value.code == "calls.guard.not_of_the_answering_unit"


def test_a_claimed_solution_that_the_firm_denies_cannot_be_closed(world: World) -> None:
    call = steps.callback(world)
    with pytest.raises(Refused) as found:
        take(world, "caller", call, "callback_confirm", resolved="no")
    assert found.value.code == "calls.unsolved_is_redone"


def test_an_explanation_can_be_accepted_as_one(world: World) -> None:
    call = steps.callback(world, result="explained")
    call = take(world, "caller", call, "callback_confirm", resolved="no")
    assert call.closure_type == "explained"


def test_a_round_is_rated_once(world: World) -> None:
    call = steps.closed(world)
    take(world, "boss", call, "rate", grade=2, resolved="partly")
    with pytest.raises(Refused) as found:
        take(world, "boss", call, "rate", grade=5, resolved="yes")
    assert found.value.code == "calls.guard.not_yet_rated"


def test_a_returned_answer_runs_on_the_clock_that_never_stopped(world: World) -> None:
    call = steps.answered(world)
    call = take(world, "desk", call, "review_return", text="请附照片")
    assert (call.state, call.clock) == ("working", "answer")
    assert (
        take(world, "safety", call, "answer", result="solved", text="附照片").state == "answered"
    )


def test_a_milestone_lies_within_twenty_working_days(world: World) -> None:
    call = steps.working(world, co=())
    for days in (0, 60):
        day = (world.now + timedelta(days=days - 1)).date()
        with pytest.raises(Invalid):
            take(world, "safety", call, "schedule", milestone_on=day, text="计划")
    assert steps.scheduled(world).clock == "milestone"


def test_a_reason_to_decline_names_the_path_that_was_told(world: World) -> None:
    call = steps.raise_call(world)
    with pytest.raises(Invalid) as found:
        take(world, "desk", call, "decline", code="LEGAL_PATH", text="已仲裁")
    assert found.value.fields == {"told_path": "input.required"}
    why = {"text": "多次不配合", "told_path": "可到窗口当面反映"}
    with pytest.raises(Refused) as refused:
        take(world, "desk", call, "decline", code="UNCOOPERATIVE", **why)
    assert refused.value.code == "calls.guard.needs_no_approval"


def test_somebody_who_was_slower_is_told_so(world: World) -> None:
    call = steps.raise_call(world)
    take(world, "desk", call, "accept", version=1)
    why = {"code": "SECRET", "text": "涉密", "told_path": "保密局"}
    with pytest.raises(Refused) as found:
        take(world, "desk2", call, "decline", **why, version=1)
    assert found.value.code == "calls.moved_on"


def test_a_grid_officer_acts_for_the_firms_of_the_portfolio_only(world: World) -> None:
    call = steps.raise_call(world, "grid", channel="on_behalf")
    assert call.channel == "on_behalf"
    with pytest.raises(Denied) as found:
        steps.raise_call(world, "grid", "远航")
    assert found.value.code == "calls.not_your_firm"


def test_what_a_visit_finds_counts_as_found_by_us(world: World) -> None:
    visit = operations.record_visit(
        world.actor("grid"), enterprise_id=world.firms["宏达"], text="走访", now=world.now
    )
    call = steps.raise_call(world, "grid", visit_id=visit.pk)
    assert (call.channel, call.is_proactive) == ("visit", True)
    with tenancy.reading(world.system):
        assert models.Visit.objects.get(pk=visit.pk).call_id == call.pk
