"""Three firms call about one thing: candidate, class issue, measure, landing, everybody told.

Made as people do it, in Chinese and in English: the firms by phone, the desk, the owner in the unit,
a supervisor who verifies when the days of watching are over. What the worker does is done between
the steps.
"""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Locator, expect

from qiying.kernel import events, people, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.models import Event, User
from qiying.slices.calls import operations as calls
from tests.browser.sound import barriers
from tests.journeys.conftest import Keep, Open, Person, Reader, Zone, at
from tests.slices.world import INSIDE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # the server's threads close their sockets and connections when they are collected
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning"),
]
FIRMS = {
    "shuiyi": "澜川第一水表有限公司",
    "shuier": "澜川第二阀门有限公司",
    "shuisan": "澜川第三管件有限公司",
}
TROUBLE = "开源大道自来水主管爆裂，车间断水停产"


@dataclass(frozen=True)
class Words:
    """What the people of the journey write, in one language."""

    language: str
    title: str
    cause: str
    measure: str
    landing: str
    verdict: str


CHINESE = Words(
    language="zh-hans",
    title="开源大道自来水主管反复爆裂",
    cause="主管使用二十年，接头锈蚀",
    measure="更换六百米主管，加装分段阀门",
    landing="新管已通水，压力试验合格",
    verdict="现场查看三处阀门，企业确认未再断水",
)
ENGLISH = Words(
    language="en",
    title="The water main of Kaiyuan Avenue bursts again and again",
    cause="The main is twenty years old, its joints are corroded",
    measure="Replace six hundred metres and add valves",
    landing="The new main carries water, the pressure test was passed",
    verdict="Three valves seen on the spot; the firms had water without a break",
)


@pytest.fixture
def neighbours(zone: Zone) -> Zone:
    """Three firms at one street, and somebody who verifies."""
    for login, firm in FIRMS.items():
        zone.world.firm(firm, INSIDE)
        zone.enter(Person(login, f"{login} 厂长", Role.ENTERPRISE, firm=firm))
    zone.enter(Person("supervisor", "黄志远", Role.SUPERVISOR))
    return zone


def work(zone: Zone) -> None:
    """What the worker does with everything that happened: each handler on each event."""
    system = zone.world.system
    with tenancy.reading(system):
        rows = list(Event.objects.filter(topic__startswith="class_issues.").order_by("sequence"))
    for row in rows:
        for handler in events._handlers.get(row.topic, {}).values():
            handler(row)


def step(reader: Reader, name: str) -> Locator:
    """The form of one step on the page of the class issue, opened."""
    reader.page.wait_for_load_state()  # its scripts may still move what is clicked
    box = reader.page.locator(f"#do-{name}")
    expect(box).to_have_count(1)
    if box.get_attribute("open") is None:
        box.locator("summary").first.click()
    return box


def send(reader: Reader, box: Locator) -> None:
    """Press the button of a form and wait for the page that answers."""
    with reader.page.expect_navigation():
        box.locator("button[type=submit]").click()


@pytest.mark.parametrize("words", [CHINESE, ENGLISH], ids=lambda w: w.language)
def test_three_calls_become_a_class_issue_and_all_are_told_when_the_measure_lands(
    words: Words,
    neighbours: Zone,
    open_browser: Open,
    clock: time_machine.Traveller,
    photo: Path,
    keep: Keep,
) -> None:
    journey = Journey(words, neighbours, open_browser, clock, photo, keep)
    journey.three_firms_call()
    address = journey.the_desk_finds_and_raises()
    journey.the_owner_plans_and_begins(address)
    journey.the_measure_lands_with_evidence(address)
    journey.every_firm_is_told()
    journey.the_supervisor_waits_and_verifies(address)


@dataclass
class Journey:
    words: Words
    zone: Zone
    open_browser: Open
    clock: time_machine.Traveller
    photo: Path
    keep: Keep

    def _enter(self, login: str, *, is_phone: bool = False) -> Reader:
        return self.open_browser(login, self.words.language, is_phone=is_phone)

    def three_firms_call(self) -> None:
        """The phone page of a call has a journey of its own; here its operation does."""
        world = self.zone.world
        for day, (login, firm) in enumerate(FIRMS.items()):
            self.clock.move_to(at(16 + day, 9, 0))
            actor = world_actor(self.zone, login)
            calls.receive(
                actor,
                title="",
                text=f"{TROUBLE}，第{day + 1}次",
                now=timezone.now(),
                enterprise_id=world.firms[firm],
                matter_code="M016",
                longitude=INSIDE[0] + day / 5000,
                latitude=INSIDE[1],
                position_source="device",
            )

    def the_desk_finds_and_raises(self) -> str:
        self.clock.move_to(at(18, 10, 0))
        words, desk = self.words, self._enter("desk")
        page = desk.page
        page.goto("/class-issues/")
        desk.sees(desk.say("No class of like calls yet"))
        desk.press("Look now")
        row = page.locator("#rows tbody tr")
        expect(row).to_have_count(1)
        expect(row).to_contain_text(desk.say("Candidate"))
        row.locator("a[data-open]").click()
        expect(page.locator(".class-table").first.locator("tbody tr")).to_have_count(3)
        assert not barriers(page)
        self.keep(desk, f"class-{words.language}-1-candidate")
        box = step(desk, "raise")
        box.get_by_label(desk.say("Title: the problem in one line")).fill(words.title)
        choice = box.get_by_label(desk.say("Owner unit and person in charge"))
        choice.select_option(label="徐斌")
        send(desk, box)
        expect(page.get_by_role("heading", level=1)).to_have_text(words.title)
        address = page.url
        page.locator(".class-table").first.locator("tbody tr a").first.click()
        box = page.locator(".record-panel").filter(has_text=words.title)
        expect(box).to_be_visible()
        desk.leave()
        work(self.zone)
        return address

    def the_owner_plans_and_begins(self, address: str) -> None:
        self.clock.move_to(at(19, 9, 0))
        words, owner = self.words, self._enter("safety")
        owner.page.goto(address)
        box = step(owner, "plan")
        box.get_by_label(owner.say("Root cause")).fill(words.cause)
        box.get_by_label(owner.say("Measure, for all at once; the firms read this")).fill(
            words.measure
        )
        box.get_by_label(owner.say("Lands within working days")).fill("5")
        label = owner.say("Milestones, one a line: day, then what is done by then")
        box.get_by_label(label).fill("2026-11-20 施工队进场")
        send(owner, box)
        expect(owner.page.locator(".class-main")).to_contain_text(words.measure)
        send(owner, step(owner, "start"))
        expect(owner.page.locator(".class-marks")).to_contain_text(
            owner.say("Measure in progress")
        )
        owner.leave()
        self.clock.move_to(at(20, 15, 0))
        owner = self._enter("safety")
        owner.page.goto(address)
        send(owner, step(owner, "reach"))
        expect(owner.page.locator("#do-reach")).to_have_count(0)
        owner.leave()

    def the_measure_lands_with_evidence(self, address: str) -> None:
        """Without a file it is refused and the words are kept; with one it lands."""
        self.clock.move_to(at(23, 16, 0))
        words, owner = self.words, self._enter("safety")
        owner.page.goto(address)
        box = step(owner, "land")
        label = owner.say("What is in place now; the firms read this")
        box.get_by_label(label).fill(words.landing)
        box.locator("button[type=submit]").click()
        owner.sees(owner.say("A measure lands with evidence: attach at least one file."))
        box = step(owner, "land")
        expect(box.get_by_label(label)).to_have_value(words.landing)
        evidence = owner.say("Evidence: photos, protocol of acceptance, document")
        box.get_by_label(evidence).set_input_files(str(self.photo))
        box.locator("button[type=submit]").click()
        expect(owner.page.locator(".class-marks")).to_contain_text(
            owner.say("Measure landed, watched")
        )
        owner.sees(owner.say("Too early to say"))
        owner.faults = [f for f in owner.faults if "422" not in f and "409" not in f]
        owner.leave()
        work(self.zone)

    def every_firm_is_told(self) -> None:
        """A notice that leads to the measure; a line in the course of the firm's own call."""
        words = self.words
        for login, firm in FIRMS.items():
            reader = self._enter(login, is_phone=True)
            page = reader.page
            page.goto("/notices/")
            page.get_by_text("LA-261118-001").first.click()
            expect(page.get_by_role("heading", level=1)).to_have_text(words.title)
            expect(page.locator("main")).to_contain_text(words.landing)
            others = [name for name in FIRMS.values() if name != firm]
            for other in others:
                expect(page.get_by_text(other)).to_have_count(0)
            assert not barriers(page)
            if login == "shuiyi":
                self.keep(reader, f"class-{words.language}-2-told")
            page.locator("main a.list-item").first.click()
            expect(page.locator(".timeline")).to_contain_text("LA-261118-001")
            expect(page.locator(".record-panel")).to_contain_text(words.title)
            reader.leave()

    def the_supervisor_waits_and_verifies(self, address: str) -> None:
        words, supervisor = self.words, self._enter("supervisor")
        page = supervisor.page
        page.goto(address)
        expect(page.locator("#do-find_effective")).to_contain_text(supervisor.say("not yet"))
        self.clock.move_to(at(23, 16, 0) + timedelta(days=31))
        supervisor.leave()
        supervisor = self._enter("supervisor")
        page = supervisor.page
        page.goto(address)
        box = step(supervisor, "find_effective")
        box.get_by_label(supervisor.say("What was found on the spot and in the figures")).fill(
            words.verdict
        )
        self.keep(supervisor, f"class-{words.language}-3-verify")
        send(supervisor, box)
        expect(page.locator(".class-marks")).to_contain_text(supervisor.say("Verified effective"))
        assert not barriers(page)
        supervisor.leave()


def world_actor(zone: Zone, login: str) -> Actor:
    """The actor of a person of the journey."""
    user = User.objects.get(pk=zone.ids[login])
    return people.actors_of(user, now=timezone.now())[0]
