"""An evaluation as a leader reads it: the ranking, its map, other weights, the report on paper.

What the page of the ranking says is compared with the map beside it, with the run as it is kept and
with the text of the PDF; the values are invented.
"""

import io
import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from qiying.kernel.access import Role
from qiying.slices.indices import operations, queries
from qiying.slices.indices.models import Run
from tests.journeys.conftest import Keep, Open, Person, Reader, Zone
from tests.journeys.moves import MARKS
from tests.journeys.test_slow_phone import late
from tests.slices.indices import steps

pytestmark = MARKS
ANALYST = Person("analyst", "何分析", Role.ANALYST)
LANGUAGES = ("zh-hans", "en")
FOLLOWS_MS = 2000
"""Ranks follow the slider within two seconds, browser and a busy machine included."""


@dataclass(frozen=True)
class Row:
    """What the table of the ranking says of one place, as it is written there."""

    rank: str
    name: str
    score: str


@pytest.fixture
def run(zone: Zone) -> Run:
    """A released run of the 90 places."""
    zone.enter(ANALYST)
    operations.take_over(zone.world.actor("analyst"), now=zone.world.now)
    return steps.released(zone.world)


def table_of(page: Page) -> list[Row]:
    """The rows of the ranking, from top to bottom."""
    found = page.locator("table[data-rows] tbody tr").evaluate_all(
        "rows => rows.map(r => [r.cells[0], r.querySelector('b'), r.cells[2]]"
        ".map(cell => cell.textContent.trim()))"
    )
    return [Row(*cells) for cells in found]


def map_of(page: Page) -> dict[str, str]:
    """What each tile of the map says, by the address that it leads to."""
    found = page.locator("svg.tiles a").evaluate_all(
        "tiles => tiles.map(t => [t.getAttribute('href'), t.getAttribute('aria-label')])"
    )
    return dict(found)


def open_ranking(reader: Reader, run: Run) -> Page:
    """From the navigation to the ranking that was released last."""
    page = reader.page
    page.goto("/indices/")
    page.locator(f"a[href='/indices/runs/{run.public_id}/']").first.click()
    expect(page.locator("svg.tiles")).to_be_visible()
    return page


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_map_says_of_every_place_what_the_table_says(
    run: Run, open_browser: Open, language: str
) -> None:
    reader = open_browser("leader", language)
    page = open_ranking(reader, run)
    rows = table_of(page)
    assert [(r.rank, r.score) for r in rows] == [
        (str(s.rank), f"{s.score:.2f}") for s in queries.ranking(run)
    ]
    said = sorted(f"{r.name} {r.rank} · {r.score}" for r in rows)
    assert sorted(map_of(page).values()) == said
    assert len(said) == 90

    best = queries.ranking(run, node="sharing")[0]
    page.locator("select[name='node']").select_option("sharing")
    expect(page.locator("table[data-rows] tbody tr a").first).to_have_attribute(
        "href", re.compile(f"/{best.adcode}/")
    )
    after = table_of(page)
    assert after[0].score == f"{best.score:.2f}"
    assert sorted(map_of(page).values()) == sorted(f"{r.name} {r.rank} · {r.score}" for r in after)
    reader.leave()


def test_a_sub_index_chosen_before_the_scripts_come_is_shown_when_they_do(
    run: Run, open_browser: Open
) -> None:
    reader = open_browser("leader", "zh-hans")
    page = reader.page
    page.route("**/*.js", late())
    page.goto(f"/indices/runs/{run.public_id}/", wait_until="commit")
    page.locator("select[name='node']").select_option("sharing")
    best = queries.ranking(run, node="sharing")[0]
    assert best.adcode != queries.ranking(run)[0].adcode, "the first row must tell them apart"
    expect(page.locator("table[data-rows] tbody tr a").first).to_have_attribute(
        "href", re.compile(f"/{best.adcode}/"), timeout=FOLLOWS_MS * 10
    )
    reader.leave()


@pytest.mark.parametrize("language", LANGUAGES)
def test_moving_a_weight_moves_ranks_and_the_page_says_from_where(
    run: Run, open_browser: Open, keep: Keep, language: str
) -> None:
    reader = open_browser("leader", language)
    page = open_ranking(reader, run)
    page.get_by_role("link", name=reader.say("Other weights"), exact=True).click()
    rows = page.locator("#moved tbody tr")
    best = queries.ranking(run)[0]
    expect(rows.first).to_have_attribute("data-place", best.adcode)
    slider = page.locator("input[name='w-level']")
    page.wait_for_load_state()
    slider.press("Home")
    expect(slider).to_have_value("0")
    found = queries.what_if(run, {"level": 0.0})
    units = [code for code, _name in run.inputs["units"]]
    first = units[found["ranks"].index(1)]
    assert first != best.adcode, "the invented values must let a rank move"
    expect(rows.first).to_have_attribute("data-place", first, timeout=FOLLOWS_MS)
    was = next(s.rank for s in queries.ranking(run) if s.adcode == first)
    cells = rows.first.locator("td").all_text_contents()
    assert (cells[0], cells[2], cells[3], cells[4]) == (
        "1",
        f"{found['scores'][units.index(first)]:.2f}",
        str(was),
        f"+{was - 1}",
    )
    keep(reader, f"indices-what-if-{language}")
    page.get_by_role("link", name=reader.say("As in the run"), exact=True).click()
    expect(rows.first).to_have_attribute("data-place", best.adcode)
    reader.leave()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_report_on_paper_says_the_numbers_of_the_page(
    run: Run, open_browser: Open, language: str
) -> None:
    reader = open_browser("leader", language)
    page = open_ranking(reader, run)
    rows = table_of(page)
    link = page.get_by_role("link", name=reader.say("Report (PDF)"), exact=True)
    paper = reader.context.request.get(str(link.get_attribute("href")))
    assert paper.ok, paper.status
    pages = PdfReader(io.BytesIO(paper.body())).pages
    words = " ".join(" ".join(p.extract_text().replace("\0", "").split()) for p in pages)
    missing = [r for r in rows if not re.search(_line_of(r), words)]
    assert not missing, (missing[:5], words[:3000])
    assert run.content_hash[:12] in words
    reader.leave()


def _line_of(row: Row) -> str:
    """A line of the printed table: no other number stands between the place and its score.

    The text of a PDF may lose the gap between two cells, and a long name goes on a line below.
    """
    word = re.escape(row.name.split(" ", maxsplit=1)[0])
    return rf"(?<!\S){row.rank}\s*{word}[^0-9]{{0,60}}{re.escape(row.score)}(?!\.)"


def test_a_phone_shows_ranking_and_sliders_without_scrolling_sideways(
    run: Run, open_browser: Open
) -> None:
    reader = open_browser("leader", "zh-hans", is_phone=True)
    page = open_ranking(reader, run)
    for address in ("", "what-if/"):
        page.goto(f"/indices/runs/{run.public_id}/{address}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= page.evaluate("innerWidth"), address or "ranking"
    reader.leave()
