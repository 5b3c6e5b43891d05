"""A dispute between two firms from the desk's register to the court's confirmation, as six people.

They do it as people do: sign in by the form, open a list, press a button; days pass between. A
second journey is a labour dispute that is not settled within fifteen days.
"""

from dataclasses import dataclass
from pathlib import Path

import pytest
import time_machine
from django.utils import timezone
from playwright.sync_api import Locator, expect

from qiying.kernel import jobs, printing
from qiying.kernel.access import Role
from qiying.slices.mediation import operations
from tests.browser.sound import barriers
from tests.journeys.conftest import FIRM, Open, Person, Reader, Zone, at
from tests.slices.world import EAST

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    # the server's threads close their sockets and connections when they are collected
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning"),
]
OTHER = "远航包装有限公司"
TITLE, MINUTES = "包装材料货款", "双方核对单据，愿意分两期支付。"


@pytest.fixture
def quarrel(zone: Zone) -> Zone:
    """One more firm, its manager, and a mediator of the enterprise community on the roster."""
    zone.world.firm(OTHER, EAST, name_en="Yuanhang Packaging")
    zone.enter(Person("yuanhang", "赵远", Role.ENTERPRISE, firm=OTHER))
    zone.enter(Person("mediator", "李和", Role.HANDLER, unit="COMMUNITY"))
    operations.list_mediator(
        zone.world.keeper,
        person_id=zone.ids["mediator"],
        unit_id=zone.world.units["COMMUNITY"],
        now=timezone.now(),
    )
    return zone


def step(reader: Reader, name: str) -> Locator:
    """The form of one step on the page of a dispute, opened."""
    reader.page.wait_for_load_state()  # its scripts may still move what is clicked
    box = reader.page.locator(f"#do-{name}")
    expect(box).to_have_count(1)
    if box.get_attribute("open") is None:
        box.locator("summary").click()
    return box


def to_the_dispute(reader: Reader, title: str, tab: str = "all") -> None:
    reader.page.goto(f"/mediation/?tab={tab}")
    reader.page.get_by_role("link").filter(has_text=title).first.click()
    expect(reader.page.get_by_role("heading", level=1)).to_have_text(title)


def fill(box: Locator, **values: str) -> None:
    for name, value in values.items():
        box.locator(f"[name={name}]").fill(value)


def press(reader: Reader, name: str, **values: str) -> None:
    """Fill in the fields of a step and take it."""
    box = step(reader, name)
    fill(box, **values)
    box.get_by_role("button").last.click()
    reader.page.wait_for_load_state("load")


@dataclass
class Journey:
    language: str
    open_browser: Open
    clock: time_machine.Traveller

    def enter(self, login: str, *, is_phone: bool = False) -> Reader:
        return self.open_browser(login, self.language, is_phone=is_phone)

    def sees_state(self, reader: Reader, words: str) -> None:
        expect(reader.page.locator(".page-head .badge").first).to_have_text(reader.say(words))

    def the_desk_registers(self) -> None:
        desk = self.enter("desk")
        desk.page.goto("/mediation/open/")
        form = desk.page.locator("main form").first
        form.locator("[name=kind]").select_option("contract")
        values = {
            "title": TITLE,
            "facts": "包装材料已交付，余款八万元未付。",
            "party0_firm": FIRM,
            "party1_firm": OTHER,
        }
        fill(form, **values)
        desk.press("Register", within=form)
        self.sees_state(desk, "registered, consent asked")
        expect(desk.page.locator("#do-appoint")).to_have_count(0)
        desk.leave()

    def both_firms_consent(self) -> None:
        for login in ("hongda", "yuanhang"):
            boss = self.enter(login, is_phone=True)
            to_the_dispute(boss, TITLE)
            assert not barriers(boss.page)
            press(boss, "consent")
            boss.sees(boss.say("agrees to mediation"))
            boss.leave()

    def the_desk_appoints(self) -> None:
        desk = self.enter("desk")
        to_the_dispute(desk, TITLE)
        press(desk, "appoint")
        self.sees_state(desk, "in mediation")
        desk.leave()

    def the_mediator_talks_and_writes(self) -> None:
        mediator = self.enter("mediator")
        to_the_dispute(mediator, TITLE)
        press(mediator, "plan_session", at="2026-11-17T09:00", place="企业社区调解室")
        mediator.sees("企业社区调解室")
        mediator.leave()
        self.clock.move_to(at(17, 10, 30))
        mediator = self.enter("mediator")
        to_the_dispute(mediator, TITLE)
        box = step(mediator, "hold_session")
        for tick in box.get_by_role("checkbox").all():
            tick.check()
        press(mediator, "hold_session", minutes=MINUTES)
        mediator.sees(MINUTES)
        values = {
            "text": "双方确认欠款八万元。",
            "term0_text": "支付货款",
            "term0_amount": "80000",
        }
        step(mediator, "draft").locator("[name=term0_party]").select_option(index=1)
        press(mediator, "draft", term0_due="2026-12-10", **values)
        self.sees_state(mediator, "agreement to be signed")
        mediator.leave()

    def the_desk_does_not_read_the_minutes(self) -> None:
        desk = self.enter("desk")
        to_the_dispute(desk, TITLE)
        expect(desk.page.get_by_text(MINUTES)).to_have_count(0)
        desk.sees(desk.say("The minutes are for the parties and the mediator only."))
        desk.leave()

    def both_firms_sign(self) -> None:
        for login in ("hongda", "yuanhang"):
            boss = self.enter(login, is_phone=True)
            to_the_dispute(boss, TITLE)
            boss.sees(MINUTES)
            press(boss, "sign")
            boss.sees(boss.say("has signed"))
            boss.leave()

    def the_mediator_attests(self) -> None:
        mediator = self.enter("mediator")
        to_the_dispute(mediator, TITLE)
        press(mediator, "attest")
        self.sees_state(mediator, "agreement in force")
        mediator.sees("2026-12-17")
        if printing.chinese_font() is not None:
            with mediator.page.expect_download() as found:
                mediator.page.get_by_role("link", name=mediator.say("Agreement (PDF)")).click()
            assert Path(found.value.path()).read_bytes().startswith(b"%PDF-")
        mediator.leave()

    def the_parties_are_reminded(self) -> None:
        """Twenty days before the window closes the notice stands on the firm's bell."""
        self.clock.move_to(at(27, 9, 5))
        jobs.sweep(timezone.now())
        boss = self.enter("hongda", is_phone=True)
        boss.page.goto("/notices/")
        boss.sees("还剩 20 天" if self.language == "zh-hans" else "20 days are left")
        boss.leave()

    def the_court_confirms_and_the_firm_pays(self) -> None:
        desk = self.enter("desk")
        to_the_dispute(desk, TITLE)
        press(desk, "ask_confirmation", court="澜川县人民法院")
        desk.sees(desk.say("asked for at the court"))
        press(desk, "record_confirmation")
        desk.sees(desk.say("confirmed by the court"))
        press(desk, "perform")
        press(desk, "complete")
        self.sees_state(desk, "agreement performed")
        desk.leave()

    def the_leader_sees_counts_only(self) -> None:
        leader = self.enter("leader")
        leader.page.goto("/mediation/figures/")
        leader.sees("1 / 1")
        expect(leader.page.get_by_text(TITLE)).to_have_count(0)
        assert leader.page.goto("/mediation/").status == 403  # type: ignore[union-attr]
        leader.context.close()


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_dispute_is_settled_signed_confirmed_and_performed(
    language: str, quarrel: Zone, open_browser: Open, clock: time_machine.Traveller
) -> None:
    journey = Journey(language, open_browser, clock)
    journey.the_desk_registers()
    journey.both_firms_consent()
    journey.the_desk_appoints()
    journey.the_mediator_talks_and_writes()
    journey.the_desk_does_not_read_the_minutes()
    journey.both_firms_sign()
    journey.the_mediator_attests()
    journey.the_parties_are_reminded()
    journey.the_court_confirms_and_the_firm_pays()
    journey.the_leader_sees_counts_only()


def test_a_labour_dispute_not_settled_in_fifteen_days_may_go_to_arbitration(
    quarrel: Zone, open_browser: Open, clock: time_machine.Traveller
) -> None:
    journey = Journey("zh-hans", open_browser, clock)
    desk = journey.enter("desk")
    desk.page.goto("/mediation/open/")
    form = desk.page.locator("main form").first
    form.locator("[name=kind]").select_option("labour")
    fill(form, title="加班费争议", facts="请求补发加班费。", party0_name="王强", party1_firm=FIRM)
    desk.press("Register", within=form)
    desk.sees("日内未达成调解协议的，当事人可以依法申请仲裁")
    clock.move_to(at(30, 9).replace(month=12, day=2, minute=5))
    jobs.sweep(timezone.now())
    desk.leave()
    boss = journey.enter("hongda", is_phone=True)
    to_the_dispute(boss, "加班费争议")
    boss.sees("自收到调解申请之日起十五日内未达成协议")
    boss.sees("向劳动争议仲裁委员会申请仲裁")
    boss.page.goto("/notices/")
    boss.sees("当事人可以依法申请劳动仲裁")
    boss.leave()
