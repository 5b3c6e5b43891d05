"""Industry 120 from the red button to the settlement: a firm, two duty chiefs and a technician.

The firm presses on its phone, the board shows it within two seconds, the proposal is accepted, the
technician's phone walks the rescue to its signature while the line drops, the firm confirms and
rates; one chief draws the month of the provider up, the other finds it right, and the file of it
adds up to what the zone promised in the quote.
"""

import time
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Error, Page, expect
from python_calamine import CalamineWorkbook

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.slices.rescue import operations, queries
from qiying.slices.rescue.models import Job, Quote, Rating, Report, Settlement, Track
from qiying.slices.rescue.operations import PriceIn
from tests.journeys.conftest import FIRM, Keep, Open, Person, Reader, Zone
from tests.slices.world import FOUNDED, INSIDE

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume:Warning"),
]
CHIEF = Person("chief", "赵值班", Role.DUTY_CHIEF)
SECOND = Person("second", "孙值班", Role.DUTY_CHIEF)
TECHNICIAN = Person("technician", "钱师傅", Role.TECHNICIAN)
MACHINE = "3号纸机"
PRICES = (
    PriceIn("W1", "检修工时", "小时", Decimal("120.00"), "Hour of repair", "hour"),
    PriceIn("P1", "轴承", "个", Decimal("80.00"), "Bearing", "piece", is_part=True),
)
SOON_MS = 2000
"""The board shows a rescue within two seconds."""


@pytest.fixture
def rescue(zone: Zone) -> Zone:
    """A provider with one technician on duty, a machine on the firm's floor."""
    world, now = zone.world, timezone.now()
    house = world.system
    for person in (CHIEF, SECOND, TECHNICIAN):
        zone.enter(person)
    operations.define_class(
        house, now=now, code="paper", name_zh="纸机", name_en="Paper machine", skill="paper"
    )
    operations.register_machine(
        house,
        now=now,
        enterprise_id=world.firms[FIRM],
        kind_code="paper",
        name=MACHINE,
        place="一车间东侧",
    )
    station = operations.add_station(
        house,
        now=now,
        code="north",
        name_zh="北站",
        name_en="North station",
        longitude=119.206,
        latitude=29.007,
    )
    provider = operations.sign_provider(
        house, now=now, name_zh="明达机电维修有限公司", name_en="Mingda", from_on=FOUNDED
    )
    operations.set_budget(
        zone.world.actor("chief"),
        now=now,
        year=now.year,
        line="B1",
        name_zh="工业120购买服务",
        name_en="Industry 120, bought services",
        amount_cny=Decimal(500_000),
    )
    operations.set_prices(house, provider.pk, now=now, from_on=FOUNDED, items=PRICES)
    worker = operations.add_technician(
        house,
        provider.pk,
        now=now,
        person_id=zone.ids["technician"],
        station_id=station.pk,
        joined_on=FOUNDED,
    )
    operations.certify(house, worker.pk, now=now, skill="paper", from_on=FOUNDED)
    operations.plan_shift(
        house,
        worker.pk,
        now=now,
        starts_at=now - timedelta(hours=2),
        ends_at=now + timedelta(hours=10),
        is_published=True,
    )
    return zone


def the_job(zone: Zone) -> Job:
    with tenancy.reading(zone.world.system):
        return Job.objects.select_related("equipment").get()


def press_the_button(reader: Reader, *, photo: Path) -> None:
    page = reader.page
    page.goto("/rescue/my/")
    page.get_by_role("link", name=reader.say("A machine is down")).click()
    page.get_by_role("radio", name=reader.say("No; the machine is stopped and locked")).check()
    page.get_by_role("radio", name=MACHINE).check()
    expect(page.locator("#id_place")).to_have_value("一车间东侧")
    page.get_by_role("radio", name=reader.say("stopped suddenly")).check()
    page.get_by_role("radio", name=reader.say("The line stands still")).check()
    page.locator("#id_photos").set_input_files(str(photo))
    reader.press("Call for rescue")
    page.wait_for_url("**/rescue/my/*/?sent=1")


def ask(zone: Zone, chief: Reader, job: Job) -> None:
    """The duty chief takes it up on the board and asks whom the engine proposes, by two clicks."""
    card = chief.page.locator(f"#job-{job.pk}")
    card.locator("button[name=safety][value=stopped]").click()
    wait_for(zone, chief.page, "proposed")
    card.locator("form[hx-post$='/take/offer/'] button").click()
    for _ in range(60):
        with tenancy.reading(zone.world.system):
            if queries.open_offers(job):
                return
        chief.page.wait_for_timeout(150)
    raise AssertionError(job.number)


def step(reader: Reader, name: str) -> Page:
    """Unfold one step of the technician's page."""
    card = reader.page.locator(f"#do-{name}")
    if card.get_attribute("open") is None:
        card.locator("summary").first.click()
    return reader.page


def send(reader: Reader, name: str) -> None:
    reader.page.locator(f"#do-{name} .form-actions button").click()


def wait_for(zone: Zone, page: Page, state: str) -> Job:
    for _ in range(80):
        if the_job(zone).state == state:
            break
        page.wait_for_timeout(150)
    job = the_job(zone)
    assert job.state == state
    return job


def sign(page: Page, name: str) -> None:
    """Draw a line with a finger."""
    canvas = page.locator(f"#do-{name} canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 40)
    page.mouse.down()
    for x, y in ((90, 70), (140, 30), (220, 80)):
        page.mouse.move(box["x"] + x, box["y"] + y, steps=4)
    page.mouse.up()
    page.wait_for_timeout(200)


def faults(reader: Reader) -> list[str]:
    """What went wrong besides requests without a line and refusals that are answers."""
    return [f for f in reader.faults if "net::" not in f and "htmx" not in f]


def walk_without_a_line(zone: Zone, reader: Reader) -> None:
    """Set out, arrive and name the fault while the line is down; all three arrive, once, in order."""
    page = reader.page
    reader.context.set_offline(True)
    for name in ("set_out", "arrive"):
        step(reader, name)
        send(reader, name)
        expect(page.locator(".outbox")).to_be_visible()
    step(reader, "diagnose")
    page.locator("#do-diagnose").get_by_role("radio").first.check()
    page.locator("#diagnose-cause").fill("传动侧轴承烧毁")
    send(reader, "diagnose")
    expect(page.locator(".outbox p")).to_have_count(3)
    send(reader, "diagnose")
    page.wait_for_timeout(300)
    assert the_job(zone).state == "answered"
    reader.context.set_offline(False)
    wait_for(zone, page, "diagnosed")
    page.wait_for_timeout(1200)
    with tenancy.reading(zone.world.system):
        said = list(Track.objects.exclude(step="position").order_by("id").values_list("step"))
    assert [s for (s,) in said] == ["accept", "set_out", "arrive", "diagnose"]


def reach(page: Page, job: Job) -> None:
    """The technician's page of a job; a phone that is on its way there by itself gets there too."""
    address = f"/rescue/duty/{job.public_id}/"
    try:
        page.goto(address)
    except Error:
        page.wait_for_url(f"**{address}")


def quote(zone: Zone, reader: Reader) -> None:
    page = reader.page
    reach(page, the_job(zone))
    step(reader, "quote")
    page.locator("#do-quote .quantities input").first.fill("2")
    page.locator("#do-quote .quantities input").nth(1).fill("1")
    send(reader, "quote")
    wait_for(zone, page, "quoted")


def repair(zone: Zone, reader: Reader, photo: Path) -> None:
    page, job = reader.page, the_job(zone)
    reach(page, job)
    step(reader, "begin")
    send(reader, "begin")
    wait_for(zone, page, "working")
    reach(page, job)
    step(reader, "try_run")
    page.locator("#do-try_run input[type=file]").set_input_files(str(photo))
    send(reader, "try_run")
    wait_for(zone, page, "trial")
    reach(page, job)
    step(reader, "finish")
    page.locator("#finish-text").fill("更换传动侧轴承，试车三十分钟正常")
    page.locator("#finish-signed_by").fill("王立新")
    sign(page, "finish")
    send(reader, "finish")
    wait_for(zone, page, "done")


def seen_on_the_board(zone: Zone, chief: Reader, firm: Reader, photo: Path) -> Job:
    """The firm presses; the board, open all the while, shows it."""
    chief.page.goto("/rescue/board/")
    press_the_button(firm, photo=photo)
    pressed = time.monotonic()
    job = the_job(zone)
    expect(chief.page.locator(f"#job-{job.pk}")).to_be_visible(timeout=SOON_MS)
    assert time.monotonic() - pressed < SOON_MS / 1000 + 1
    return job


def accept(zone: Zone, firm: Reader, worker: Reader, keep: Keep) -> None:
    """The technician takes it; the firm's open page says who comes."""
    worker.page.goto("/rescue/duty/")
    keep(worker, f"rescue-asked-{worker.language}")
    worker.press("Accept the rescue")
    wait_for(zone, worker.page, "answered")
    expect(firm.page.get_by_text(TECHNICIAN.name).first).to_be_visible(timeout=5000)
    keep(firm, f"rescue-coming-{firm.language}")


def agree(firm: Reader, job: Job, keep: Keep) -> None:
    """The firm reads the quote before the work and says yes."""
    firm.page.goto(f"/rescue/my/{job.public_id}/")
    firm.page.locator("#ask").click()
    keep(firm, f"rescue-quote-{firm.language}")
    firm.press("Accept the quote")
    firm.page.wait_for_url("**/rescue/my/*/")


def confirm(zone: Zone, firm: Reader, job: Job, keep: Keep) -> None:
    """It runs, says the firm, and how content it is."""
    firm.page.goto(f"/rescue/my/{job.public_id}/")
    firm.page.locator("#ask").click()
    firm.page.get_by_role("radio").first.check()
    firm.press("It runs: confirm")
    wait_for(zone, firm.page, "confirmed")
    firm.page.wait_for_url("**/rescue/my/*/")
    keep(firm, f"rescue-confirmed-{firm.language}")
    with tenancy.reading(zone.world.system):
        assert Rating.objects.get().grade == "very_good"
        assert Report.objects.get().signed_by == "王立新"
        assert queries.get_job(zone.world.system, job.pk).warranty_until


def settle(zone: Zone, chief: Reader, second: Reader, keep: Keep) -> None:
    """One draws the month up, another finds it right; the file says what the quote said."""
    page = chief.page
    page.goto("/rescue/settlements/draw/")
    page.locator("#id_provider").select_option(index=1)
    page.locator("#id_month").fill(f"{timezone.now():%Y-%m}")
    page.locator("#id_budget").select_option(index=1)
    chief.press("Draw up")
    page.wait_for_url(lambda url: "/settlements/" in url and "draw" not in url)
    chief.sees(chief.say("You drew it up: somebody else checks it."))
    with tenancy.reading(zone.world.system):
        row = Settlement.objects.get()
    second.page.goto(f"/rescue/settlements/{row.public_id}/")
    do(second, "check")
    expect(second.page.locator("#do-pay")).to_be_visible()
    second.page.locator("#do-pay summary").click()
    second.page.locator("#do-pay [name=voucher]").fill("V-2026-11-1")
    second.page.locator("#do-pay .form-actions button").click()
    expect(second.page.locator("#do-pay")).to_have_count(0)
    keep(second, f"rescue-settled-{second.language}")
    exported(zone, second)


def do(reader: Reader, name: str) -> None:
    step(reader, name)
    send(reader, name)


def exported(zone: Zone, reader: Reader) -> None:
    """The file of a settlement, read as a spreadsheet does."""
    with reader.page.expect_download() as found:
        reader.page.locator("a[href*='format=xlsx']").evaluate("link => link.click()")
    table = CalamineWorkbook.from_path(found.value.path()).get_sheet_by_index(0).to_python()
    column = table[0].index(reader.say("The zone pays, yuan"))
    with tenancy.reading(zone.world.system):
        job, quote = Job.objects.get(), Quote.objects.get(state="accepted")
        row = Settlement.objects.get()
    assert job.state == "settled"
    assert row.state == "paid"
    assert [line[0] for line in table[1:]] == [job.number]
    paid = sum(Decimal(str(line[column])) for line in table[1:])
    # half of two hours at 120 yuan; the bearing is the firm's
    assert paid == row.zone_cny == quote.zone_cny == Decimal("120.00")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_a_machine_is_rescued_from_the_red_button_to_the_settlement(
    rescue: Zone, open_browser: Open, photo: Path, keep: Keep, language: str
) -> None:
    chief = open_browser("chief", language)
    firm = open_browser("hongda", language, is_phone=True)
    job = seen_on_the_board(rescue, chief, firm, photo)
    ask(rescue, chief, job)
    worker = open_browser("technician", language, is_phone=True)
    accept(rescue, firm, worker, keep)
    reach(worker.page, job)
    worker.page.wait_for_timeout(600)
    keep(worker, f"rescue-walk-{language}")
    walk_without_a_line(rescue, worker)
    quote(rescue, worker)
    agree(firm, job, keep)
    repair(rescue, worker, photo)
    confirm(rescue, firm, job, keep)
    second = open_browser("second", language)
    settle(rescue, chief, second, keep)
    for reader in (chief, second, firm, worker):
        assert not faults(reader), faults(reader)


def test_the_button_pressed_without_a_line_makes_one_rescue(
    rescue: Zone, open_browser: Open
) -> None:
    firm = open_browser("hongda", "zh-hans", is_phone=True)
    page = firm.page
    page.goto("/rescue/my/press/")
    page.get_by_role("radio", name=firm.say("No, nobody is in danger")).check()
    page.get_by_role("radio", name=firm.say("noise or vibration")).check()
    page.get_by_role("radio", name=firm.say("The line is slowed")).check()
    firm.context.set_offline(True)
    firm.press("Call for rescue")
    expect(page.locator(".outbox")).to_be_visible()
    firm.press("Call for rescue")
    firm.context.set_offline(False)
    page.wait_for_url("**/rescue/my/*/?sent=1", wait_until="domcontentloaded")
    page.reload(wait_until="domcontentloaded")
    page.wait_for_timeout(400)
    with tenancy.reading(rescue.world.system):
        assert Job.objects.count() == 1
    assert the_job(rescue).longitude == pytest.approx(INSIDE[0])
