"""A third round goes to the joint meeting; a plan of several days; proof of closing; refusals."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from qiying.engines.rates import check
from qiying.kernel import tenancy
from qiying.kernel.errors import Denied, Invalid, Refused
from qiying.slices.calls import queries, rules
from qiying.slices.calls.models import Call, JointMeeting, Milestone, Round
from qiying.slices.calls.queries import rates as counted
from qiying.slices.calls.queries import watch
from qiying.slices.calls.queries.watch import DeclinedFilters
from qiying.slices.calls.rules import DeclineCode
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.calls.test_database import refused, sql
from tests.slices.calls.test_extension import END, START
from tests.slices.calls.test_supervision import third_round
from tests.slices.world import World


def in_hand(world: World) -> Call:
    """A third round that its unit has signed for."""
    call = third_round(world)
    call = take(world, "safety", call, "sign", task_id=steps.task(world, call, "ZONE_SAFE"))
    return take(world, "safety", call, "contact")


def convene(world: World, call: Call, days: int = 0) -> Call:
    return take(
        world,
        "supervisor",
        call,
        "convene_meeting",
        meets_on=(world.now + timedelta(days=days)).date(),
        unit_ids=[world.units["EMB"]],
        text="研究反复问题",
    )


def answer(world: World, call: Call) -> Call:
    return take(world, "safety", call, "answer", result="solved", text="按会议决定整改")


def meeting(world: World, call: Call) -> JointMeeting:
    with tenancy.reading(world.system):
        return JointMeeting.objects.get(call=call)


def test_a_second_round_owes_no_meeting(world: World) -> None:
    call = steps.reopened(world)
    with tenancy.reading(world.system):
        assert not JointMeeting.objects.filter(call=call).exists()


def test_a_third_round_is_answered_after_the_meeting_decided(world: World) -> None:
    call = in_hand(world)
    assert meeting(world, call).state == "due"
    with pytest.raises(Refused) as found:
        answer(world, call)
    assert found.value.code == "calls.guard.meeting_settled"
    convene(world, call)
    with pytest.raises(Refused):
        answer(world, call)
    task = {"task_unit_id": world.units["EMB"], "task_due_on": world.now.date()}
    take(world, "supervisor", call, "decide_meeting", text="由安监牵头更换线路", **task)
    row = meeting(world, call)
    assert (row.state, row.task_unit_id) == ("decided", world.units["EMB"])
    assert answer(world, call).state == "answered"


def test_a_meeting_decides_when_it_was_held_and_after_it_was_convened(world: World) -> None:
    call = in_hand(world)
    with pytest.raises(Refused) as found:
        take(world, "supervisor", call, "decide_meeting", text="决定")
    assert found.value.code == "calls.guard.meeting_convened"
    convene(world, call, days=2)
    with pytest.raises(Invalid) as wrong:
        take(world, "supervisor", call, "decide_meeting", text="决定")
    assert wrong.value.fields == {"text": "calls.meeting_ahead"}
    with pytest.raises(Invalid):
        convene(world, call, days=-1)
    convene(world, call)
    take(world, "supervisor", call, "decide_meeting", text="决定")


def test_only_a_leader_does_without_it_and_says_why(world: World) -> None:
    call = in_hand(world)
    with pytest.raises(Denied):
        take(world, "supervisor", call, "waive_meeting", text="不必")
    with pytest.raises(Invalid):
        take(world, "leader", call, "waive_meeting", text=" ")
    take(world, "leader", call, "waive_meeting", text="原因已查明，限三日整改")
    assert meeting(world, call).state == "waived"
    assert answer(world, call).state == "answered"


def test_the_database_refuses_a_third_answer_without_a_meeting(world: World) -> None:
    call = in_hand(world)
    with refused(world, "round_after_meeting"):
        sql(
            "UPDATE calls_round SET answered_at = now() WHERE call_id = %s AND number = 3", call.pk
        )
    with refused(world, "meeting_decision_whole"):
        sql("UPDATE calls_jointmeeting SET state = 'waived' WHERE call_id = %s", call.pk)
    with refused(world, "meeting_convened_whole"):
        sql("UPDATE calls_jointmeeting SET state = 'convened' WHERE call_id = %s", call.pk)


# --- a plan of several days ---


def plan(world: World, call: Call, *days: int) -> Call:
    for n in days:
        day = (world.now + timedelta(days=n)).date()
        call = take(world, "safety", call, "schedule", milestone_on=day, text=f"第{n}天")
    return call


def test_a_plan_has_several_days_and_the_next_one_runs(world: World) -> None:
    call = plan(world, steps.working(world, co=()), 10, 4, 7)
    assert call.milestone_on == (world.now + timedelta(days=4)).date()
    with pytest.raises(Invalid) as found:
        plan(world, call, 7)
    assert found.value.fields == {"milestone_on": "calls.milestone_again"}
    call = take(world, "safety", call, "report_milestone", text="已完成勘查")
    assert (call.state, call.milestone_on) == (
        "scheduled",
        (world.now + timedelta(days=7)).date(),
    )


def test_after_the_last_day_the_answer_is_owed_and_nothing_was_solved(world: World) -> None:
    call = plan(world, steps.working(world, co=()), 4)
    world.later(days=6)
    call = take(world, "safety", call, "report_milestone", text="已完工")
    assert (call.state, call.clock, call.milestone_on) == ("working", "answer", None)
    with tenancy.reading(world.system):
        row = Milestone.objects.get(call=call)
        assert (row.state, row.is_late) == ("reported", True)
        assert Round.objects.get(call=call).resolved == ""
    with pytest.raises(Refused):
        take(world, "safety", call, "report_milestone", text="再报")


def test_an_answer_drops_the_days_that_are_left(world: World) -> None:
    call = plan(world, steps.working(world, co=()), 4, 8)
    take(world, "safety", call, "report_milestone", text="一期完成")
    take(world, "safety", call, "contact")
    answer(world, call)
    with tenancy.reading(world.system):
        states = list(Milestone.objects.filter(call=call).order_by("due_on").values_list("state"))
    assert states == [("reported",), ("dropped",)]


# --- closing with evidence ---


def bare(world: World) -> Call:
    call = steps.working(world, co=())
    return take(world, "safety", call, "answer", result="solved", text="好了")


def test_an_answer_without_proof_does_not_pass_review(world: World) -> None:
    call = bare(world)
    with pytest.raises(Refused) as found:
        take(world, "desk", call, "review_pass")
    assert found.value.code == "calls.guard.evidence_given"
    take(world, "desk", call, "review_return", text="请附依据")
    given = {"result": "solved", "text": "好了", "evidence": "换装记录单 12 号"}
    take(world, "safety", call, "answer", **given)
    take(world, "desk", call, "review_pass")
    with tenancy.reading(world.system):
        assert Round.objects.get(call=call).evidence_kind == "statement"


def test_the_database_closes_nothing_without_proof_of_the_answer(world: World) -> None:
    call = bare(world)
    with tenancy.acting(world.system):
        sql("UPDATE calls_round SET state = 'callback' WHERE call_id = %s", call.pk)
        sql("UPDATE calls_call SET state = 'callback' WHERE id = %s", call.pk)
    with pytest.raises(Exception, match="evidence"):
        take(world, "caller", call, "callback_confirm", resolved="yes")


def test_the_lateness_of_a_co_handler_falls_on_itself(world: World) -> None:
    call = steps.working(world, co=("EMB",))
    take(world, "safety", call, "contact")
    take(world, "emb", call, "sign", task_id=steps.task(world, call, "EMB"))
    world.now = steps.fresh(world, call).due_at - timedelta(minutes=30)
    take(world, "emb", call, "task_done", task_id=steps.task(world, call, "EMB"), text="迟了")
    answer(world, call)
    take(world, "desk", call, "review_pass")
    take(world, "caller", call, "callback_confirm", resolved="yes")
    world.later(days=40)
    auditor = world.actor("auditor")
    with tenancy.reading(auditor):
        month = counted.by_unit(auditor, start=START, end=END, now=world.now)
    lead, co = month.units["ZONE_SAFE"].figures, month.units["EMB"].figures
    assert (lead["on_time"].share, co["co_on_time"].share) == (1.0, 0.0)
    assert co["on_time"].share is None


# --- not accepted ---


def decline(
    world: World, code: str, who: str = "supervisor-desk", told: int | None = None
) -> Call:
    given = {"code": code, "text": f"理由 {code}", "told_path": f"去向 {code}"}
    more = {"told_unit_id": told} if told else {}
    if code == DeclineCode.UNCOOPERATIVE:
        given.pop("code")
        call = take(world, who, steps.asked_in_vain(world), "propose_decline", **given)
        return take(world, "supervisor", call, "approve_decline")
    return take(world, who, steps.submitted(world), "decline", **given, **more)


@pytest.fixture
def refusals(world: World) -> World:
    world.person("supervisor-desk", "desk")
    world.person("supervisor-desk", "supervisor")
    for code in DeclineCode:
        decline(world, code, told=world.units["EMB"] if code == "OUT_OF_DUTY" else None)
    steps.submitted(world)
    return world


def test_every_refusal_has_a_reason_a_path_and_somebody_who_decided(refusals: World) -> None:
    auditor = refusals.actor("auditor")
    with tenancy.reading(auditor):
        calls = list(watch.declined(auditor, DeclinedFilters()))
        why = watch.refusals_of(auditor, [c.pk for c in calls])
    assert {c.decline_code for c in calls} == set(DeclineCode)
    for call in calls:
        said = why[call.pk]
        assert said.reason == f"理由 {call.decline_code}"
        assert said.told_path == f"去向 {call.decline_code}"
        is_approved = call.decline_code == DeclineCode.UNCOOPERATIVE
        decider = "supervisor" if is_approved else "supervisor-desk"
        assert said.decided_by == refusals.user(decider).name


def test_no_code_is_declined_without_a_path(world: World) -> None:
    call = steps.submitted(world)
    for code in sorted(set(DeclineCode) - {"UNCOOPERATIVE"}):
        with pytest.raises(Invalid) as found:
            take(world, "desk", call, "decline", code=code, text="理由")
        assert found.value.fields == {"told_path": "input.required"}
    stop = "UPDATE calls_call SET state = 'declined', decline_code = 'SECRET' WHERE id = %s"
    with refused(world, "call_declined_with_reason"):
        sql(stop, call.pk)


def test_the_rate_of_refusals_is_split_by_reason_and_unit_and_leads_to_its_lists(
    refusals: World,
) -> None:
    auditor, now = refusals.actor("auditor"), refusals.now
    with tenancy.reading(auditor):
        table = counted.rates_table(auditor, start=START, end=END, now=now + timedelta(days=1))
        sheet = counted.sheet(auditor, start=START, end=END, now=now + timedelta(days=1))
        assert (
            check(table, sheet.period, sheet, now=now + timedelta(days=1), definitions=rules.RATES)
            == ()
        )
        kinds = {(d.code, d.told): d.figure.numerator for d in sheet.declined}
        assert kinds == {(c, "EMB" if c == "OUT_OF_DUTY" else ""): 1.0 for c in DeclineCode}
        assert sheet.figures["declined"].share == 8 / 9
        emb = str(refusals.units["EMB"])
        for told, count in ((emb, 1), ("-", 7), ("nobody", 0)):
            filters = DeclinedFilters(START, END, told=told)
            assert watch.declined(auditor, filters).count() == count


# --- pages and interface ---


def signed_in(world: World, who: str) -> Client:
    client = Client(HTTP_ACCEPT_LANGUAGE="zh-hans")
    client.force_login(world.user(who))
    return client


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_pages_answer_in_both_languages_with_and_without_rows(
    refusals: World, language: str
) -> None:
    client = signed_in(refusals, "supervisor")
    client.cookies["django_language"] = language
    pages = ("calls:supervision", "calls:meetings", "calls:declined", "calls:rates")
    for filled in (False, True):
        if filled:
            call = in_hand(refusals)
            take(refusals, "leader", call, "supervise", level="post", text="请分管领导牵头")
            convene(refusals, call)
            plan(refusals, steps.working(refusals, co=()), 4, 9)
        for name in pages:
            response = client.get(reverse(name))
            assert response.status_code == 200, (name, language)
            assert client.get(f"{reverse(name)}?format=csv").status_code == 200
    page = client.get(reverse("calls:case", args=[call.public_id])).content.decode()
    assert "请分管领导牵头" in page
    assert "研究反复问题" in page
    assert client.get(f"{reverse('calls:supervision')}?tab=over").status_code == 200


def test_the_interface_lists_what_the_pages_list(refusals: World) -> None:
    call = in_hand(refusals)
    convene(refusals, call)
    take(refusals, "leader", call, "supervise", level="post", text="牵头")
    client = signed_in(refusals, "supervisor")
    ladder = client.get("/api/v1/calls/supervision").json()["items"]
    assert [(r["level"], r["skipped"]) for r in ladder] == [("post", ["chase", "supervise"])]
    meetings = client.get("/api/v1/calls/meetings").json()["items"]
    assert [m["units"] for m in meetings] == [["ZONE_SAFE", "EMB"]] or meetings[0]["units"]
    declined = client.get("/api/v1/calls/declined?code=SECRET").json()["items"]
    assert [d["told_path"] for d in declined] == ["去向 SECRET"]
    detail = client.get(f"/api/v1/calls/{call.public_id}").json()
    assert detail["light"] == "purple"
    assert detail["supervision"][0]["trigger"] == "mark"
    assert detail["meetings"][0]["state"] == "convened"
    for path in ("supervision", "meetings", "declined"):
        assert signed_in(refusals, "boss").get(f"/api/v1/calls/{path}").status_code == 403


def test_steps_by_their_pages_are_taken_once(world: World) -> None:
    call = steps.working(world, co=())
    client = signed_in(world, "supervisor")
    form = client.get(reverse("calls:take", args=[call.public_id, "supervise"])).content.decode()
    key = form.split('name="idempotency_key" value="')[1].split('"')[0]
    given = {"level": "chase", "text": "请抓紧", "row": call.pk, "idempotency_key": key}
    url = reverse("calls:take", args=[call.public_id, "supervise"])
    assert [client.post(url, given).status_code for _ in range(2)] == [302, 302] or [303, 303]
    assert client.get(url).status_code == 200, "to ask for the form takes no step"
    with tenancy.reading(world.system):
        assert queries.get_call(world.system, call.pk).supervision_level == 1
