"""The firm is not content twice; the third round goes to the joint meeting before it is answered."""

import pytest
import time_machine
from playwright.sync_api import expect

from qiying.kernel.access import Role
from qiying.slices.calls import operations
from qiying.slices.calls.models import Call
from tests.browser.sound import barriers
from tests.journeys.conftest import Open, Person, Reader, Zone, at
from tests.journeys.moves import MARKS, dispatched, step, to_the_call
from tests.slices.calls import steps

pytestmark = MARKS

JUDGE = Person("judge", "何文斌", Role.SUPERVISOR)
STILL = "换过的接线柱又发热，夜班仍有焦味。"
ABOUT = "配电房反复发热，前两轮整改未见效。"
DECISION = "由安全环保局牵头更换整组低压柜，应急管理局三日内复核。"
ANSWERED = "整组低压柜已更换，连续三个夜班测温正常。"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_third_round_is_answered_after_the_joint_meeting(
    language: str, zone: Zone, open_browser: Open, clock: time_machine.Traveller
) -> None:
    zone.enter(JUDGE)
    call = second_round_answered(zone, dispatched(zone))
    clock.move_to(at(16, 11, 0))
    caller = open_browser("callback", language)
    the_firm_is_not_content_again(caller, call.number)
    clock.move_to(at(16, 14, 0))
    lead = open_browser("safety", language)
    the_lead_cannot_answer_yet(lead, call.number)
    judge = open_browser("judge", language)
    the_supervisor_convenes(judge, call.number, zone)
    clock.move_to(at(16, 16, 0))
    the_decision_is_recorded(judge, call.number)
    the_lead_answers(lead, call.number)
    for reader in (caller, lead, judge):
        reader.leave()


def second_round_answered(zone: Zone, call: Call) -> Call:
    """Two answers, the first of them refused at call-back."""
    world = zone.world
    now = world.now
    answered_once(zone, call)
    operations.callback_reject(world.actor("callback"), call.pk, text=STILL, now=now)
    return answered_once(zone, call)


def answered_once(zone: Zone, call: Call) -> Call:
    world = zone.world
    lead, now = world.actor("safety"), world.now
    operations.sign(lead, steps.task(world, call, "ZONE_SAFE"), now=now)
    operations.contact(lead, call.pk, now=now)
    operations.answer(lead, call.pk, result="solved", text="已更换接线柱。", now=now)
    return operations.review_pass(world.actor("review"), call.pk, now=now)


def the_firm_is_not_content_again(caller: Reader, number: str) -> None:
    row = caller.page.locator("tr").filter(has_text=number)
    row.get_by_role("link", name=caller.say("Call back"), exact=True).click()
    box = caller.page.locator("#drawer details[id^='do-callback_reject']")
    if box.get_attribute("open") is None:
        box.locator("summary").first.click()
    box.get_by_label(caller.say("What the firm is not content with")).fill(STILL)
    box.get_by_role("button").last.click()
    caller.sees(caller.say("Nobody to call back"))


def the_lead_cannot_answer_yet(lead: Reader, number: str) -> None:
    """The page says what is missing instead of offering a form."""
    to_the_call(lead, number, "/calls/tasks/")
    lead.press("Sign for it", within=step(lead, "sign"))
    box = step(lead, "contact")
    lead.choose("Did you reach the firm?", "Reached", within=box)
    lead.press("Record contact with the firm", within=box)
    box = step(lead, "answer")
    missing = lead.say("The third round is answered after the joint meeting has decided.")
    expect(box).to_contain_text(missing)
    expect(box.locator("form")).to_have_count(0)
    assert not barriers(lead.page)


def the_supervisor_convenes(judge: Reader, number: str, zone: Zone) -> None:
    judge.page.goto("/calls/meetings/")
    judge.sees(number)
    assert not barriers(judge.page)
    judge.page.locator("tr").filter(has_text=number).get_by_role("link").first.click()
    box = step(judge, "convene_meeting")
    box.get_by_label(judge.say("Day of the meeting")).fill("2026-11-16")
    box.locator(f"input[name=unit_ids][value='{zone.world.units['EMB']}']").check()
    box.get_by_label(judge.say("What the meeting is about")).fill(ABOUT)
    judge.press("Convene the joint meeting", within=box)
    judge.sees(ABOUT)


def the_decision_is_recorded(judge: Reader, number: str) -> None:
    judge.sees(number)
    box = step(judge, "decide_meeting")
    box.get_by_label(judge.say("What the meeting decided")).fill(DECISION)
    judge.press("Record the meeting's decision", within=box)
    judge.sees(DECISION)
    assert not barriers(judge.page)


def the_lead_answers(lead: Reader, number: str) -> None:
    to_the_call(lead, number, "/calls/tasks/")
    lead.sees(DECISION)
    box = step(lead, "answer")
    lead.choose("Result", "solved", within=box)
    box.get_by_label(lead.say("Answer to the firm")).fill(ANSWERED)
    lead.press("Answer", within=box)
    expect(lead.page.locator(".case-marks")).to_contain_text(lead.say("answered, to be reviewed"))
