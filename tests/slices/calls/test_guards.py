"""Ways round the closed loop that somebody tried: each is shut, in code and in the database."""

import pytest

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.kernel.errors import Invalid, Refused
from qiying.slices.calls.models import Call, Round
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.calls.test_database import refused, sql
from tests.slices.world import World


def helped(world: World) -> Call:
    """A call in call-back that a second unit helped with."""
    call = steps.working(world, co=("EMB",))
    part = steps.task(world, call, "EMB")
    take(world, "emb", call, "sign", task_id=part)
    take(world, "emb", call, "task_done", task_id=part, text="已配合查验")
    take(world, "safety", call, "contact")
    take(world, "safety", call, "answer", result="solved", text="已更换开关")
    return take(world, "desk", call, "review_pass")


def refusal(world: World, who: str, call: Call, step: str, **inputs: object) -> str:
    with pytest.raises(Refused) as found:
        take(world, who, call, step, **inputs)
    return found.value.code


# --- who may ask the firm ---


def test_a_co_handler_does_not_call_back(world: World) -> None:
    call = helped(world)
    world.person("emb", Role.CALLBACK)
    for step, inputs in (
        ("callback_confirm", {"resolved": "yes"}),
        ("callback_reject", {"text": "没修好"}),
        ("attempt_callback", {"outcome": "no_answer"}),
    ):
        assert refusal(world, "emb", call, step, **inputs) == "calls.guard.not_the_answerer"


def test_a_colleague_of_a_co_handler_does_not_call_back(world: World) -> None:
    call = helped(world)
    world.person("emb-two", Role.HANDLER, unit="EMB")
    world.person("emb-two", Role.CALLBACK)
    found = refusal(world, "emb-two", call, "callback_confirm", resolved="yes")
    assert found == "calls.guard.not_of_the_answering_unit"


def test_whoever_signed_for_the_part_does_not_call_back_from_another_desk(world: World) -> None:
    call = helped(world)
    with tenancy.reading(world.system):
        round_ = Round.objects.get(call=call)
    values = (call.tenant_id, call.pk, round_.pk, world.user("emb").pk, world.now)
    with refused(world, "callback_by_another"):
        sql(
            "INSERT INTO calls_callback (tenant_id, call_id, round_id, by_id, at, attempt, "
            "outcome, resolved) VALUES (%s, %s, %s, %s, %s, 1, 'confirmed', 'yes')",
            *values,
        )


def test_a_co_handler_does_not_review_the_answer(world: World) -> None:
    call = steps.working(world, co=("EMB",))
    part = steps.task(world, call, "EMB")
    take(world, "emb", call, "sign", task_id=part)
    take(world, "emb", call, "task_done", task_id=part, text="已配合查验")
    take(world, "safety", call, "contact")
    take(world, "safety", call, "answer", result="solved", text="已更换开关")
    world.person("emb", Role.DESK)
    assert refusal(world, "emb", call, "review_pass") == "calls.guard.not_the_answerer"


@pytest.mark.parametrize("step", ["callback_confirm", "close_unreached"])
def test_what_the_firm_wrote_itself_is_not_overwritten_by_a_call_back(
    world: World, step: str
) -> None:
    call = steps.callback(world)
    for _ in range(3):
        take(world, "caller", call, "attempt_callback", outcome="no_answer")
        world.later(days=1)
    take(world, "boss", call, "rate", grade=1, resolved="no")
    inputs = {"resolved": "yes"} if step == "callback_confirm" else {}
    assert refusal(world, "caller", call, step, **inputs) == "calls.guard.firm_did_not_deny"
    assert take(world, "caller", call, "callback_reject", text="仍有焦味").state == "reopened"


# --- who may let the clock stand, and for how long ---


def test_a_supervisor_of_the_lead_unit_does_not_approve_its_pause(world: World) -> None:
    world.person("safety-lead", Role.SUPERVISOR)
    call = steps.working(world, co=())
    take(world, "safety", call, "propose_pause", reason="force_majeure", text="台风")
    pause_id = steps.pause(world, call)
    found = refusal(world, "safety-lead", call, "approve_pause", pause_id=pause_id)
    assert found == "calls.guard.not_the_proposer"
    take(world, "safety-lead", call, "assign_person", task_id=steps.task(world, call, "ZONE_SAFE"),
         person_id=world.user("safety-lead").pk)  # fmt: skip
    with refused(world, "pause_by_another"):
        approver = world.user("safety-lead").pk
        sql("UPDATE calls_pause SET approver_id = %s WHERE id = %s", approver, pause_id)


def test_the_desk_asks_for_more_three_times_and_then_decides(world: World) -> None:
    call = steps.submitted(world)
    for _ in range(3):
        take(world, "desk", call, "ask_info", text="请补充照片")
        world.later(days=1)
        take(world, "desk", call, "supply_info", text="企业来电补充")
    found = refusal(world, "desk", call, "ask_info", text="请再补充")
    assert found == "calls.guard.pauses_left"


def test_a_supervisor_of_the_unit_does_not_decide_its_dispute(world: World) -> None:
    world.person("safety-lead", Role.SUPERVISOR)
    call = steps.disputed(world)
    inputs = {"unit_id": world.units["EMB"], "text": "应由执法局办理"}
    found = refusal(world, "safety-lead", call, "adjudicate", **inputs)
    assert found == "calls.guard.not_the_disputant"
    assert take(world, "supervisor", call, "adjudicate", **inputs).state == "dispatched"


# --- ways out of the figures ---


def promised(world: World, call: Call) -> object:
    with tenancy.reading(world.system):
        return Round.objects.get(call=call).promised_at


def test_a_promise_that_ran_out_is_not_stretched_by_another_classification(world: World) -> None:
    call = steps.raise_call(world, urgency="urgent")
    due_at = promised(world, call)
    world.later(days=3)
    take(world, "desk", call, "classify", matter_code=steps.SAFETY, urgency="normal")
    assert promised(world, call) == due_at
    take(world, "supervisor", call, "classify", matter_code=steps.SAFETY, urgency="normal")
    assert promised(world, call) > due_at  # type: ignore[operator]


def test_a_rushed_call_is_not_declined_after_its_promise_ran_out(world: World) -> None:
    call = steps.raise_call(world, urgency="danger")
    assert call.state == "dispatched"
    world.later(hours=3)
    inputs = {"code": "OUT_OF_DUTY", "text": "不属险情", "told_path": "市场途径"}
    found = refusal(world, "desk", call, "decline", **inputs)
    assert found == "calls.guard.undispatched_or_rushed"


def test_a_return_is_not_declined_as_dealt_with_before_without_its_matter(world: World) -> None:
    steps.closed(world)
    again = steps.raise_call(world, matter_code="")
    inputs = {"code": "DONE_SAME_FACTS", "text": "同一事项已办结", "told_path": "原诉求页面"}
    with pytest.raises(Invalid) as found:
        take(world, "desk", again, "decline", **inputs)
    assert found.value.fields == {"code": "calls.same_facts"}
    take(world, "desk", again, "classify", matter_code=steps.SAFETY)
    assert take(world, "desk", again, "decline", **inputs).state == "declined"


# --- what is written stays ---


def test_a_verdict_is_not_written_without_a_call_back(world: World) -> None:
    call = steps.callback(world)
    with refused(world, "round_verdict_was_heard"):
        sql(
            "UPDATE calls_round SET resolved = 'yes', called_back_by_id = %s WHERE call_id = %s",
            world.user("caller").pk,
            call.pk,
        )


def unreached(world: World) -> Call:
    call = steps.callback(world)
    for _ in range(3):
        take(world, "caller", call, "attempt_callback", outcome="no_answer")
        world.later(days=1)
    return take(world, "caller", call, "close_unreached")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("resolved = 'yes', called_back_by_id = reviewed_by_id", "round_verdict_was_heard"),
        ("answered_at = started_at - interval '1 h'", "round_times_kept"),
        ("state = 'stopped', closed_at = NULL", "round_when_over_kept"),
        ("due_at = due_at + interval '60 days'", "round_when_over_kept"),
        ("closed_at = closed_at - interval '40 days'", "round_when_over_kept"),
        ("is_on_time = NOT is_on_time", "round_when_over_kept"),
        ("lead_unit_id = NULL", "round_when_over_kept"),
    ],
)
def test_a_round_that_is_over_is_not_edited(world: World, change: str, name: str) -> None:
    call = unreached(world)
    with refused(world, name):
        sql(f"UPDATE calls_round SET {change} WHERE call_id = %s", call.pk)  # noqa: S608  columns named above


def test_that_a_firm_opened_it_again_is_not_wiped_away(world: World) -> None:
    call = steps.closed(world)
    take(world, "boss", call, "reopen", text="又坏了")
    with refused(world, "round_words_of_the_firm_kept"):
        sql("UPDATE calls_round SET reopened_at = NULL WHERE call_id = %s AND number = 1", call.pk)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ("is_proactive = true", "call_facts_kept"),
        ("enterprise_id = NULL", "call_facts_kept"),
        ("received_at = received_at - interval '40 days'", "call_facts_kept"),
        ("current_round = 3", "call_closure_kept"),
        ("matter_code = 'M017'", "call_closure_kept"),
        ("closure_type = 'merged'", "call_closure_kept"),
        ("is_confirmed = NOT is_confirmed", "call_closure_kept"),
    ],
)
def test_what_a_closed_call_was_is_not_edited(world: World, change: str, name: str) -> None:
    call = steps.closed(world)
    with refused(world, name):
        sql(f"UPDATE calls_call SET {change} WHERE id = %s", call.pk)  # noqa: S608  columns named above


def test_a_call_does_not_begin_its_rounds_anew(world: World) -> None:
    call = steps.reopened(world)
    with refused(world, "call_facts_kept"):
        sql("UPDATE calls_call SET current_round = 1 WHERE id = %s", call.pk)


def test_a_round_is_not_written_down_as_answered_from_the_start(world: World) -> None:
    call = steps.submitted(world)
    with tenancy.reading(world.system):
        round_ = Round.objects.get(call=call)
    round_.pk, round_.number, round_.answered_at = None, 2, world.now
    with refused(world, "round_begins_open"):
        round_.save(force_insert=True)


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("UPDATE calls_note SET text = '已解决' WHERE kind = 'answer' AND call_id = %s", ""),
        ("UPDATE calls_note SET at = at - interval '9 days' WHERE call_id = %s", ""),
        ("DELETE FROM calls_note WHERE kind = 'evidence' AND call_id = %s", "note_never_removed"),
        ("UPDATE calls_contact SET at = at - interval '1 day' WHERE call_id = %s", "contact_kept"),
        ("DELETE FROM calls_contact WHERE call_id = %s", "contact_never_removed"),
        ("UPDATE calls_task SET signed_at = sent_at - interval '1 h' WHERE call_id = %s",
         "task_times_kept"),
        ("DELETE FROM calls_task WHERE call_id = %s", "task_never_removed"),
    ],
)  # fmt: skip
def test_words_contacts_and_parts_stay_as_they_were(
    world: World, statement: str, name: str
) -> None:
    call = steps.working(world, co=())
    take(world, "safety", call, "contact")
    proof = "照片见附件"
    take(world, "safety", call, "answer", result="solved", text="已更换", evidence=proof)
    with refused(world, name or "note_words_kept"):
        sql(statement, call.pk)


def test_a_pause_that_is_over_is_not_made_longer(world: World) -> None:
    call = steps.suspended(world)
    world.later(days=1)
    take(world, "safety", call, "resume")
    with refused(world, "pause_past_kept"):
        sql("UPDATE calls_pause SET to_at = to_at + interval '9 days' WHERE call_id = %s", call.pk)


def test_a_co_handler_of_another_round_may_call_back(world: World) -> None:
    """The guard is about this round: who helped once is not shut out of the house for ever."""
    call = helped(world)
    call = take(world, "caller", call, "callback_reject", text="仍有焦味")
    call = take(world, "safety", call, "sign", task_id=steps.task(world, call, "ZONE_SAFE"))
    take(world, "safety", call, "contact")
    take(world, "safety", call, "answer", result="solved", text="已更换母排")
    call = take(world, "desk", call, "review_pass")
    world.person("emb", Role.CALLBACK)
    assert take(world, "emb", call, "callback_confirm", resolved="yes").state == "closed"


def test_a_recalled_part_bars_nobody(world: World) -> None:
    call = steps.working(world, co=("EMB",))
    part = steps.task(world, call, "EMB")
    take(world, "emb", call, "sign", task_id=part)
    take(world, "desk", call, "recall", task_id=part, text="不需配合")
    take(world, "safety", call, "contact")
    take(world, "safety", call, "answer", result="solved", text="已更换开关")
    call = take(world, "desk", call, "review_pass")
    world.person("emb", Role.CALLBACK)
    assert take(world, "emb", call, "callback_confirm", resolved="yes").state == "closed"
