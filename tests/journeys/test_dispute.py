"""A unit that is not responsible says so, a supervisor decides, and what is decided stays (R6).

Until then the first receiver leads (R2): the call never stands without a unit that answers for it.
"""

import pytest
import time_machine
from playwright.sync_api import expect

from qiying.kernel.access import Role
from tests.browser.sound import barriers
from tests.journeys.conftest import Open, Person, Reader, Zone, at
from tests.journeys.moves import MARKS, dispatched, step, to_the_call

pytestmark = MARKS

JUDGE = Person("judge", "何文斌", Role.SUPERVISOR)
BUILDER = Person("builder", "沈立群", Role.HANDLER, unit="ZONE_BUILD")
NOT_OURS = "配电房属供电设施产权方，清单第16项只管企业内部用电检查。"
BASIS = "围墙内公用配电设施由规划建设局牵头，安全环保局配合。"
ANSWERED = "已会同供电所更换接线柱，复测正常。"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_dispute_is_decided_and_the_unit_that_is_named_answers(
    language: str, zone: Zone, open_browser: Open, clock: time_machine.Traveller
) -> None:
    for person in (JUDGE, BUILDER):
        zone.enter(person)
    number = dispatched(zone).number
    unit = str(zone.world.units["ZONE_BUILD"])

    clock.move_to(at(16, 10, 20))
    safety = open_browser("safety", language)
    the_unit_disputes(safety, number, unit)
    clock.move_to(at(16, 11, 0))
    judge = open_browser("judge", language)
    the_supervisor_decides(judge, number, unit)
    clock.move_to(at(16, 11, 30))
    builder = open_browser("builder", language)
    the_named_unit_cannot_pass_it_on(builder, number)
    the_named_unit_answers(builder, number)
    what_the_first_unit_still_sees(safety, number)
    for reader in (safety, judge, builder):
        reader.leave()


def the_unit_disputes(safety: Reader, number: str, unit: str) -> None:
    """With the reason, and with the unit that it holds responsible; it leads until the decision."""
    to_the_call(safety, number, "/calls/tasks/")
    box = step(safety, "dispute")
    box.get_by_label(safety.say("Why it is not our job: duty, boundary, basis")).fill(NOT_OURS)
    box.get_by_label(safety.say("Whose job it is in our view")).select_option(unit)
    safety.press("Dispute the dispatch", within=box)
    expect(safety.page.locator(".case-marks")).to_contain_text(safety.say("dispatch disputed"))
    safety.sees(NOT_OURS)
    assert not barriers(safety.page)


def the_supervisor_decides(judge: Reader, number: str, unit: str) -> None:
    to_the_call(judge, number, "/calls/?tab=disputed")
    judge.sees(NOT_OURS)
    box = step(judge, "adjudicate")
    box.get_by_label(judge.say("Unit that leads from now on")).select_option(unit)
    box.get_by_label(judge.say("Basis of the decision")).fill(BASIS)
    judge.press("Decide whose job it is", within=box)
    judge.sees(BASIS)
    assert not barriers(judge.page)


def the_named_unit_cannot_pass_it_on(builder: Reader, number: str) -> None:
    to_the_call(builder, number, "/calls/tasks/")
    builder.sees(BASIS)
    expect(builder.page.locator("details.step[id^='do-dispute'] form")).to_have_count(0)


def the_named_unit_answers(builder: Reader, number: str) -> None:
    builder.press("Sign for it", within=step(builder, "sign"))
    box = step(builder, "contact")
    builder.choose("Did you reach the firm?", "Reached", within=box)
    builder.press("Record contact with the firm", within=box)
    box = step(builder, "answer")
    builder.choose("Result", "solved", within=box)
    box.get_by_label(builder.say("Answer to the firm")).fill(ANSWERED)
    builder.press("Answer", within=box)
    expect(builder.page.locator(".case-marks")).to_contain_text(
        builder.say("answered, to be reviewed")
    )
    builder.sees(ANSWERED)


def what_the_first_unit_still_sees(safety: Reader, number: str) -> None:
    """Its open page says that the call has gone, and its list is free of it."""
    safety.sees(safety.say("This has gone to others; it is no longer shown to you."))
    expect(safety.page.get_by_text(BASIS)).to_have_count(0)
    asked = [fault for fault in safety.faults if "404" in fault]
    assert asked == safety.faults, safety.faults
    assert len([f for f in asked if f.startswith("Failed to load")]) == 1, "asked again"
    safety.faults.clear()
    safety.page.goto("/calls/tasks/")
    expect(safety.page.locator("tr").filter(has_text=number)).to_have_count(0)
