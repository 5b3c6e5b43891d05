"""One call from the firm's phone to the rating and the leader's board, as five roles.

Everything is done as people do it: they sign in by the form, open a list, press a button. Days
pass between the steps. The same journey is made in Chinese and in English.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from playwright.sync_api import expect

from tests.browser.sound import barriers
from tests.journeys.conftest import FIRM, Keep, Open, Reader, at
from tests.journeys.moves import MARKS, step, to_the_call

pytestmark = MARKS


@dataclass(frozen=True)
class Words:
    """What the people of the journey write, in one language."""

    language: str
    short: str
    title: str
    trouble: str
    landmark: str
    matter: str
    lead: str
    co_handler: str
    duty: str
    contact: str
    report: str
    answer: str
    callback: str
    thanks: str
    pictures: tuple[str, ...]


CHINESE = Words(
    language="zh-hans",
    short="zh",
    title="配电房有异响和焦味，请派人来看",
    trouble="配电房有异响和焦味，请派人来看。夜班还有二十个人在车间。",
    landmark="二号厂房东侧配电房",
    matter="安全检查",
    lead="安全环保局",
    co_handler="应急管理局",
    duty="查验用电安全台账，出具意见",
    contact="已与王经理通话，约定下午到现场。",
    report="台账齐全，两处接线柱老化，建议当日更换。",
    answer="今日到场检查：低压柜两处接线柱过热，已由持证电工更换，复测温升正常。",
    callback="企业确认已修好，夜班正常生产。",
    thanks="来得快，说得清楚。",
    pictures=("raise", "receipt", "dispatch", "answer", "callback", "board"),
)
ENGLISH = Words(
    language="en",
    short="en",
    title="The switch room smells of burning",
    trouble="The switch room smells of burning. Twenty people work the night shift.",
    landmark="Switch room, east side of hall 2",
    matter="safety inspection",
    lead="Safety and Environment Bureau",
    co_handler="Emergency Management Bureau",
    duty="Check the records of electrical safety",
    contact="Spoke to Mr Wang; we come this afternoon.",
    report="Records complete; two terminals are worn and should be changed today.",
    answer="Two overheated terminals were replaced by a certified electrician and measured again.",
    callback="The firm confirms: repaired, the night shift works.",
    thanks="Quick, and explained well.",
    pictures=("raise", "dispatch", "callback", "board"),
)


@pytest.mark.parametrize("words", [CHINESE, ENGLISH], ids=lambda w: w.short)
def test_a_call_goes_from_phone_to_rating(
    words: Words, open_browser: Open, clock: time_machine.Traveller, photo: Path, keep: Keep
) -> None:
    journey = Journey(words, open_browser, clock, photo, keep)
    number = journey.the_firm_calls()
    journey.the_desk_dispatches(number)
    journey.the_lead_signs_and_rings(number)
    journey.the_co_handler_reports(number)
    journey.the_lead_answers(number)
    journey.another_officer_reviews(number)
    journey.the_firm_is_called_back(number)
    journey.the_firm_rates(number)
    journey.the_leader_reads_the_rates(number)


@dataclass
class Journey:
    words: Words
    open_browser: Open
    clock: time_machine.Traveller
    photo: Path
    keep: Keep

    def _enter(self, login: str, *, is_phone: bool = False) -> Reader:
        return self.open_browser(login, self.words.language, is_phone=is_phone)

    def _picture(self, reader: Reader, name: str) -> None:
        if name in self.words.pictures:
            order = self.words.pictures.index(name) + 1
            self.keep(reader, f"{self.words.short}-{order}-{name}")

    def the_firm_calls(self) -> str:
        """Words, a photo, a place on the map, a matter: sent from a phone of 390 px."""
        words, firm = self.words, self._enter("hongda", is_phone=True)
        page = firm.page
        page.locator(".call-button").click()
        page.locator("#id_text").fill(words.trouble)
        page.locator("input[name=photos]").set_input_files(str(self.photo))
        expect(page.locator(".photo-list img")).to_have_count(1)
        self._picture(firm, "raise")
        page.locator("input[name=where][value=map]").check()
        page.get_by_role("button", name=firm.say("Use my position")).click()
        expect(page.locator("input[name=lon]")).not_to_have_value("")
        page.locator("#id_address").fill(words.landmark)
        page.locator("details[data-fold] summary").click()
        page.locator("#matter-q").fill(words.matter)
        page.locator("#matter-results input[value=M016]").check()
        page.get_by_label(firm.say("Whom shall we ring?")).fill("王立新")
        page.get_by_label(firm.say("Phone"), exact=False).fill("13900001234")
        firm.press("Send the call")
        expect(page.get_by_role("heading", name=firm.say("We have your call"))).to_be_visible()
        expect(page.locator(".receipt-facts")).to_contain_text(words.lead)
        self._picture(firm, "receipt")
        number = page.locator(".receipt-number").inner_text()
        firm.leave()
        return number

    def the_desk_dispatches(self, number: str) -> None:
        """Accept on the board of cards, then send to the lead proposed, with a co-handler."""
        self.clock.move_to(at(16, 10, 12))
        words, desk = self.words, self._enter("desk")
        card = desk.page.locator("article").filter(has_text=words.title)
        expect(card).to_contain_text(words.lead)
        card.get_by_role("button", name=desk.say("Accept"), exact=True).click()
        card = desk.page.locator("article").filter(has_text=words.title)
        card.get_by_role("link", name=desk.say("Dispatch"), exact=True).click()
        box = step(desk, "dispatch")
        expect(box.get_by_label(desk.say("Lead unit")).locator("option:checked")).to_contain_text(
            words.lead
        )
        ticked = box.get_by_role("checkbox", checked=True)
        while ticked.count():
            ticked.first.uncheck()
        box.get_by_role("checkbox", name=words.co_handler).check()
        row = box.get_by_role("group", name=words.co_handler)
        row.get_by_label(desk.say("What this unit does")).fill(words.duty)
        row.get_by_label(desk.say("Due at")).fill("2026-11-17T12:00")
        row.get_by_label(desk.say("Weight (%)")).fill("30")
        self._picture(desk, "dispatch")
        desk.press("Dispatch", within=box)
        expect(desk.page.locator(".case-marks")).to_contain_text(desk.say("to be signed for"))
        desk.sees(number)
        desk.leave()

    def the_lead_signs_and_rings(self, number: str) -> None:
        self.clock.move_to(at(16, 10, 40))
        words, lead = self.words, self._enter("safety")
        row = lead.page.locator("tr").filter(has_text=number)
        row.get_by_role("button", name=lead.say("Sign for it"), exact=True).click()
        expect(lead.page.locator("tr").filter(has_text=number)).to_contain_text(
            lead.say("in hand")
        )
        self.clock.move_to(at(16, 11, 5))
        to_the_call(lead, number, "/calls/tasks/")
        box = step(lead, "contact")
        lead.choose("Did you reach the firm?", "Reached", within=box)
        box.get_by_label(lead.say("What was said")).fill(words.contact)
        lead.press("Record contact with the firm", within=box)
        lead.sees(words.contact)
        lead.leave()

    def the_co_handler_reports(self, number: str) -> None:
        self.clock.move_to(at(16, 11, 20))
        words, co = self.words, self._enter("emergency")
        to_the_call(co, number, "/calls/tasks/")
        part = co.page.locator(".own-part")
        for told in (words.duty, "2026-11-17 12:00", co.say("set by the desk"), "30%"):
            expect(part).to_contain_text(told)
        assert not barriers(co.page)
        co.press("Sign for it", within=step(co, "sign"))
        self.clock.move_to(at(16, 16, 30))
        box = step(co, "task_done")
        box.get_by_label(co.say("What was done")).fill(words.report)
        co.press("Report the part as done", within=box)
        co.sees(words.report)
        co.leave()

    def the_lead_answers(self, number: str) -> None:
        """With a photo as evidence."""
        self.clock.move_to(at(17, 9, 30))
        words, lead = self.words, self._enter("safety")
        to_the_call(lead, number, "/calls/tasks/")
        lead.sees(words.report)
        parts = lead.page.locator(".case-round tbody tr")
        co_part = parts.filter(has_text=words.co_handler)
        for told in (words.duty, "30%", lead.say("set by the desk")):
            expect(co_part).to_contain_text(told)
        expect(parts.filter(has_text=words.lead).first).to_contain_text("70%")
        box = step(lead, "answer")
        lead.choose("Result", "solved", within=box)
        box.get_by_label(lead.say("Answer to the firm")).fill(words.answer)
        box.get_by_label(lead.say("Files as evidence")).set_input_files(str(self.photo))
        self._picture(lead, "answer")
        lead.press("Answer", within=box)
        expect(lead.page.locator(".case-marks")).to_contain_text(
            lead.say("answered, to be reviewed")
        )
        lead.leave()

    def another_officer_reviews(self, number: str) -> None:
        self.clock.move_to(at(17, 10, 15))
        words, review = self.words, self._enter("review")
        to_the_call(review, number, "/calls/desk/")
        review.sees(words.answer)
        review.press("Pass the answer", within=step(review, "review_pass"))
        expect(review.page.locator(".case-marks")).to_contain_text(review.say("to be called back"))
        review.leave()

    def the_firm_is_called_back(self, number: str) -> None:
        """From the queue, with the sheet of what to say."""
        self.clock.move_to(at(17, 14, 0))
        words, caller = self.words, self._enter("callback")
        row = caller.page.locator("tr").filter(has_text=number)
        row.get_by_role("link", name=caller.say("Call back"), exact=True).click()
        sheet = caller.page.locator("#drawer")
        expect(sheet).to_contain_text(words.answer)
        box = sheet.locator("details[id^='do-callback_confirm']")
        if box.get_attribute("open") is None:
            box.locator("summary").first.click()
        caller.choose("Was it solved?", "solved", within=box)
        box.get_by_label(caller.say("What the firm said")).fill(words.callback)
        self._picture(caller, "callback")
        box.get_by_role("button").last.click()
        caller.sees(caller.say("Nobody to call back"))
        caller.leave()

    def the_firm_rates(self, number: str) -> None:
        """The phone asks for it; what the units told each other does not stand there."""
        self.clock.move_to(at(17, 14, 20))
        words, firm = self.words, self._enter("hongda", is_phone=True)
        card = firm.page.locator(".call-card").filter(has_text=number)
        expect(card).to_contain_text(firm.say("Please rate the answer"))
        card.get_by_role("link").first.click()
        firm.sees(words.answer)
        expect(firm.page.get_by_text(words.report)).to_have_count(0)
        firm.page.locator("#ask").click()
        page = firm.page.locator("main")
        firm.choose("Was it solved?", "solved", within=page)
        firm.choose("How content are you?", "very content", within=page)
        page.get_by_label(firm.say("Anything to add (optional)")).fill(words.thanks)
        assert not barriers(firm.page)
        self._picture(firm, "rate")
        firm.press("Send the rating")
        firm.sees(firm.say("Thank you. Your rating counts as you gave it."))
        firm.leave()

    def the_leader_reads_the_rates(self, number: str) -> None:
        """Once the promise is due the round counts, and every number leads to its list."""
        self.clock.move_to(at(30, 9, 0))
        leader = self._enter("leader")
        leader.page.goto("/calls/board/")
        row = leader.page.locator("[aria-labelledby=by-unit] tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(self.words.lead)
        expect(row.locator(".is-verified")).to_contain_text("100")
        expect(row.locator(".is-verified")).to_contain_text("1/1")
        self._picture(leader, "board")
        row.locator(".is-verified a").click()
        line = leader.page.locator("tr").filter(has_text=number)
        expect(line).to_contain_text(leader.say("very content"))
        leader.leave()


def test_an_open_page_of_the_desk_shows_a_new_call_without_reload(open_browser: Open) -> None:
    """The firm sends, and within two seconds the card stands on the officer's screen."""
    desk = open_browser("desk", "zh-hans")
    expect(desk.page.locator("#live")).to_have_attribute("data-state", "on")
    desk.page.evaluate("() => { window.stayed = true; }")
    firm = open_browser("hongda", "zh-hans", is_phone=True)
    firm.page.goto("/calls/my/raise/")
    firm.page.locator("#id_text").fill(CHINESE.trouble)
    firm.page.get_by_label(firm.say("Whom shall we ring?")).fill("王立新")
    firm.page.get_by_label(firm.say("Phone"), exact=False).fill("13900001234")
    firm.press("Send the call")
    expect(firm.page.locator(".receipt-number")).to_be_visible()
    card = desk.page.locator("article").filter(has_text=CHINESE.title)
    expect(card).to_be_visible(timeout=2000)
    expect(card).to_contain_text(FIRM)
    assert desk.page.evaluate("() => window.stayed")
    desk.leave()
