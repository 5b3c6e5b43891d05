"""From a yearbook's sheet to map and report in ten clicks, as the guide of a first index tells it."""

import io
import json
import re
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import expect
from pypdf import PdfReader

from qiying.kernel import tenancy
from qiying.kernel.access import Role
from qiying.slices.indices import queries
from qiying.slices.indices.models import Run
from tests.journeys.conftest import Open, Person, Reader, Zone
from tests.journeys.moves import MARKS
from tests.slices.indices.yearbook import workbook

pytestmark = MARKS
ANALYST = Person("analyst", "何分析", Role.ANALYST)
GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guides" / "first-index.md"
MOST_CLICKS = 10
TREE = re.compile(r"```csv\n(.*?)```", re.DOTALL)


@dataclass
class Clicks:
    """Presses buttons and links by the words that a reader sees, and counts them."""

    reader: Reader
    made: list[str] = field(default_factory=list)

    def on(self, role: Any, words: str) -> None:
        name = self.reader.say(words)
        page = self.reader.page
        page.get_by_role(role, name=name, exact=True).first.click()
        page.wait_for_load_state()
        self.made.append(words)


def seed(name: str) -> Any:
    found = (files("qiying.slices.indices") / "seeds" / name).read_text("utf-8")
    return json.loads(found)


def yearbook(codes: list[str]) -> bytes:
    """A sheet with these indicators, by their names, for the places of the standard list."""
    rows = seed("places.json")["places"]
    places = [(p["name"], p["city"]) for p in rows if not p["valid_until"]]
    names = {row["code"]: row["name"] for row in seed("indicators.json")}
    draw = np.random.default_rng(5)
    values = {names[c]: draw.normal(60, 9, len(places)).round(2).tolist() for c in codes}
    return workbook(places, values)


def bring_in(click: Clicks, codes: list[str]) -> None:
    """From the empty start to the values of one sheet."""
    page = click.reader.page
    page.goto("/indices/")
    click.on("button", "Take over the standard dictionary")
    click.on("link", "Bring values in")
    page.locator("[name=file]").set_input_files(
        {"name": "年鉴3-1.xlsx", "mimeType": "application/octet-stream", "buffer": yearbook(codes)}
    )
    page.locator("[name=source]").fill("虚构年鉴2026，表3-1")
    click.on("button", "Save")
    chosen = page.locator("select[name^=at-]").evaluate_all("all => all.map(s => s.value)")
    assert [code for code in chosen if code] == codes
    click.on("button", "Bring values in")
    expect(page.locator("main")).to_contain_text(f"{90 * len(codes)}")


def reckon(click: Clicks, tree: str) -> None:
    """From the values to the ranking of an edition."""
    page = click.reader.page
    click.on("link", "Evaluation of regions")
    click.on("link", "Open an edition")
    given = {"name": "我的第一次评价", "first_year": "2025", "last_year": "2025", "tree": tree}
    for name, value in given.items():
        page.locator(f"[name={name}]").fill(value)
    click.on("button", "Save")
    click.on("button", "Reckon")
    expect(page.locator("svg.tiles a")).to_have_count(90)


def paper(click: Clicks) -> str:
    """The words of the report."""
    page, name = click.reader.page, click.reader.say("Report (PDF)")
    link = page.get_by_role("link", name=name, exact=True)
    answer = click.reader.context.request.get(str(link.get_attribute("href")))
    click.made.append("Report (PDF)")
    pages = PdfReader(io.BytesIO(answer.body())).pages
    return "".join(p.extract_text() for p in pages).replace("\0", "")


def test_a_newcomer_makes_a_map_and_a_report_of_a_yearbook_in_ten_clicks(
    zone: Zone, open_browser: Open
) -> None:
    zone.enter(ANALYST)
    guide = GUIDE.read_text(encoding="utf-8")
    tree = TREE.findall(guide)[0]
    click = Clicks(open_browser("analyst", "zh-hans"))
    bring_in(click, re.findall(r"^(C\d+),", tree, re.MULTILINE))
    reckon(click, tree)
    with tenancy.reading(zone.world.system):
        best = queries.ranking(Run.objects.get())[0]
    first = click.reader.page.locator("table[data-rows] tbody tr a").first
    expect(first).to_have_attribute("href", re.compile(f"/{best.adcode}/"))
    assert f"{best.score:.2f}" in paper(click)
    assert len(click.made) <= MOST_CLICKS
    missing = [w for w in map(click.reader.say, click.made) if f"**{w}**" not in guide]
    assert not missing, "the guide names every click"
    click.reader.leave()
