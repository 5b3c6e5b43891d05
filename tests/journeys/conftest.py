"""The real application behind a real browser: the zone of the tests, its people, a clock to move.

``served`` runs the ASGI application in a thread, so pages stay live as in production. ``zone`` holds
people with passwords who sign in by the form. ``clock`` lets days pass between two steps; pages
follow, because they count by the server's time.
"""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Self

import pytest
import time_machine
from django.utils import timezone, translation
from django.utils.translation import gettext
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from qiying.config.environment import REPOSITORY
from qiying.kernel import people
from qiying.kernel.access import Role
from qiying.slices.registry import operations as registry
from tests.browser.serving import serve
from tests.slices.world import INSIDE, NOW, World, make_world

PASSWORD = "river-paper-42"
FIRM = "宏达精密机械有限公司"
PICTURES = REPOSITORY / "docs" / "pictures"
MAX_PICTURE_BYTES = 250_000
PHONE, DESKTOP = (390, 844), (1440, 900)


@dataclass(frozen=True)
class Person:
    """Who takes part: user name, name, role, and the unit or firm that the role is held for."""

    login: str
    name: str
    role: str
    unit: str = ""
    firm: str = ""


PEOPLE = (
    Person("hongda", "王立新", Role.ENTERPRISE, firm=FIRM),
    Person("grid", "周敏", Role.GRID_OFFICER),
    Person("desk", "陈静", Role.DESK),
    Person("review", "方建华", Role.DESK),
    Person("safety", "徐斌", Role.HANDLER, unit="ZONE_SAFE"),
    Person("emergency", "吴晓东", Role.HANDLER, unit="EMB"),
    Person("callback", "林芳", Role.CALLBACK),
    Person("leader", "郑国强", Role.ZONE_LEADER),
)


@dataclass
class Zone:
    """The world of the slices with people who can sign in."""

    world: World
    ids: dict[str, int] = field(default_factory=dict)

    def enter(self, person: Person) -> None:
        world, now = self.world, timezone.now()
        row = people.register_person(
            world.keeper,
            username=person.login,
            name=person.name,
            phone=f"13900001{len(self.ids):03d}",
            now=now,
            password=PASSWORD,
        )
        self.ids[person.login] = row.pk
        world.join(person.login, row)
        people.grant(
            world.keeper,
            row.pk,
            person.role,
            now=now,
            unit_id=world.units.get(person.unit),
            enterprise_id=world.firms.get(person.firm),
        )


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """A Chinese browser: what it writes itself, such as "choose files", is Chinese too."""
    return {**browser_type_launch_args, "env": {**os.environ, "LANGUAGE": "zh_CN"}}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Monday, 16 November 2026, 10 o'clock in Shanghai; it runs, and it can be moved on."""
    with time_machine.travel(NOW, tick=True) as traveller:
        yield traveller


@pytest.fixture
def zone(transactional_db: None, clock: time_machine.Traveller) -> Zone:
    world = make_world()
    registry.set_zone(world.keeper, now=NOW, hotline="0570-6688123")
    world.firm(
        FIRM, name_en="Hongda Precision Machinery", address="春晖路 18 号", industry_code="3321"
    )
    zone = Zone(world)
    for person in PEOPLE:
        zone.enter(person)
    registry.assign_grid(world.keeper, "G1", zone.ids["grid"], now=NOW)
    return zone


@pytest.fixture
def served(zone: Zone) -> Iterator[str]:
    """The address of the whole application, event stream included."""
    with serve() as address:
        yield address


class Reader:
    """One person at one browser, who reads the pages in one language."""

    def __init__(self, context: BrowserContext, language: str) -> None:
        self.context = context
        self.language = language
        self.page: Page = context.new_page()
        self.faults: list[str] = []
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on(
            "console", lambda m: m.type == "error" and self._note(f"{m.text} {m.location}")
        )

    def _note(self, fault: str) -> None:
        """A live line that ends with the session is no fault."""
        if "401" not in fault or "/events" not in fault:
            self.faults.append(fault)

    def say(self, words: str, **values: Any) -> str:
        """The words of the source as this reader sees them."""
        with translation.override(self.language):
            return gettext(words) % values if values else gettext(words)

    def sign_in(self, login: str) -> Self:
        """By user name and password, on the page where everybody does."""
        self.page.goto("/sign-in/")
        self.page.get_by_label(self.say("User name or mobile number")).fill(login)
        self.page.get_by_label(self.say("Password")).fill(PASSWORD)
        self.press("Sign in")
        self.page.wait_for_url(lambda address: "sign-in" not in address, wait_until="load")
        return self

    def press(self, words: str, within: Locator | None = None) -> None:
        """Press the button with these words; a step is offered once."""
        (within or self.page).get_by_role("button", name=self.say(words), exact=True).click()

    def choose(self, group: str, words: str, within: Locator) -> None:
        """Tick one answer of a group of radio buttons."""
        box = within.get_by_role("group", name=self.say(group))
        box.get_by_role("radio", name=self.say(words), exact=True).check()

    def sees(self, words: str) -> None:
        expect(self.page.get_by_text(words, exact=False).first).to_be_visible()

    def leave(self) -> None:
        """Close the browser; nothing may have gone wrong in it."""
        self.context.close()
        assert not self.faults, self.faults


Open = Callable[..., Reader]


@pytest.fixture
def open_browser(browser: Browser, served: str) -> Iterator[Open]:
    """Somebody sits down: ``open_browser("desk", "zh-hans")``, ``is_phone=True`` for a phone."""
    contexts: list[BrowserContext] = []

    def sit_down(login: str, language: str, *, is_phone: bool = False) -> Reader:
        width, height = PHONE if is_phone else DESKTOP
        context = browser.new_context(
            base_url=served,
            viewport={"width": width, "height": height},
            device_scale_factor=2 if is_phone else 1,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            reduced_motion="reduce",
            has_touch=is_phone,
            geolocation={"longitude": INSIDE[0], "latitude": INSIDE[1], "accuracy": 18},
            permissions=["geolocation"],
        )
        contexts.append(context)
        address = {"name": "django_language", "value": language, "url": served}
        context.add_cookies([address])  # type: ignore[list-item]
        return Reader(context, language).sign_in(login)

    yield sit_down
    for context in contexts:
        context.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """What a phone took: a door with a warning stripe, in colours."""
    image = Image.new("RGB", (640, 480), (96, 108, 122))
    image.paste((54, 60, 70), (200, 90, 440, 480))
    for left in range(200, 440, 48):
        image.paste((232, 184, 32), (left, 90, left + 24, 114))
    image.paste((208, 64, 48), (290, 220, 350, 280))
    held = BytesIO()
    image.save(held, "JPEG", quality=80)
    path = tmp_path / "switch-room.jpg"
    path.write_bytes(held.getvalue())
    return path


Keep = Callable[[Reader, str], None]


@pytest.fixture
def keep(request: pytest.FixtureRequest) -> Keep:
    """Keep a picture for the documentation, only when ``--pictures`` asks for it."""

    def keep_picture(reader: Reader, name: str) -> None:
        if not request.config.getoption("--pictures"):
            return
        PICTURES.mkdir(parents=True, exist_ok=True)
        reader.page.wait_for_timeout(400)
        _shrink(reader.page.screenshot(), PICTURES / f"journey-{name}.png")

    return keep_picture


def _shrink(content: bytes, path: Path) -> None:
    """A page has few colours: a palette keeps it sharp at a fraction of the size."""
    image = Image.open(BytesIO(content)).convert("RGB")
    for colours in (0, 256, 128, 64):
        method = Image.Quantize.MAXCOVERAGE
        kept = image.quantize(colours, method, dither=Image.Dither.NONE) if colours else image
        kept.save(path, optimize=True)
        if path.stat().st_size <= MAX_PICTURE_BYTES:
            return


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in Shanghai."""
    return datetime(2026, 11, day, hour, minute, tzinfo=people.SHANGHAI)
