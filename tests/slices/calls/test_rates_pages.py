"""The auditor's page, its files, the interface and the command: one sheet, said four ways."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation
from python_calamine import CalamineWorkbook
from typer.testing import CliRunner

from qiying.config.cli import build
from qiying.engines.rates import FINDINGS, MEASURES, SOURCES, Sheet
from qiying.engines.rates.gaming import STRATEGIES
from qiying.kernel import printing, tenancy
from qiying.kernel.access import Role
from qiying.slices.calls.models import (
    FINDING_LABELS,
    RATE_LABELS,
    RULE_LABELS,
    STRATEGY_LABELS,
    STRATEGY_TEXTS,
)
from qiying.slices.calls.queries import rates as counted
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.world import World, make_world

At = Callable[[str], Client]
PAGE, MONTH = "/calls/rates/", {"month": "2026-11"}
START, END = date(2026, 11, 1), date(2026, 12, 1)


@pytest.fixture
def played(world: World) -> World:
    """A month with two solved calls, one redone and one that is overdue."""
    steps.closed(world)
    rated = steps.closed(world)
    take(world, "boss", rated, "rate", grade=5, resolved="yes")
    steps.reopened(world)
    steps.working(world)
    world.later(days=20)
    return world


@pytest.fixture
def at(played: World) -> Iterator[At]:
    """Somebody's browser, in the world's time; the pages speak English."""

    def signed_in(name: str) -> Client:
        client = Client(headers={"accept-language": "en"})
        client.force_login(played.user(name), backend="django.contrib.auth.backends.ModelBackend")
        client.cookies["django_language"] = "en"
        return client

    with time_machine.travel(played.now, tick=False), translation.override("en"):
        yield signed_in


def sheet_of(world: World) -> Sheet:
    leader = world.actor("leader")
    with tenancy.reading(leader):
        return counted.sheet(leader, start=START, end=END, now=world.now)


def text_of(client: Client, **query: Any) -> str:
    response = client.get(PAGE, {**MONTH, **query})
    assert response.status_code == 200
    return str(response.content.decode())


def test_the_page_shows_every_rate_with_its_hash_and_every_way_of_gaming(
    at: At, played: World
) -> None:
    page, sheet = text_of(at("auditor")), sheet_of(played)
    for name, figure in sheet.figures.items():
        if name != "due":
            assert str(RATE_LABELS[name]) in page
            assert figure.digest in page
    for words in (*STRATEGY_LABELS.values(), *STRATEGY_TEXTS.values(), *RULE_LABELS.values()):
        assert str(words).replace("'", "&#x27;") in page
    assert "does not rise" in page
    assert ">rises<" not in page
    assert "Provisional" in page


def test_the_page_has_words_for_all_that_the_engine_can_say(at: At) -> None:
    assert set(RATE_LABELS) == set(MEASURES)
    assert set(FINDING_LABELS) == set(FINDINGS)
    assert set(RULE_LABELS) == set(SOURCES)
    assert set(STRATEGY_LABELS) == set(STRATEGY_TEXTS) == set(STRATEGIES)


def test_every_linked_rate_leads_to_as_many_rounds_as_it_counts(at: At, played: World) -> None:
    client, sheet = at("auditor"), sheet_of(played)
    page = text_of(client)
    for name in ("verified", "declared", "signed", "reached", "redone"):
        found = re.search(rf'href="(/calls/board/rounds/\?[^"]*measure={name})"', page)
        assert found, name
        rows = client.get(found[1].replace("&amp;", "&")).content.decode()
        assert rows.count('<td class="no ') == len(sheet.figures[name].counted), name


def test_one_unit_on_its_own_and_an_unknown_one_as_the_whole(at: At, played: World) -> None:
    client = at("leader")
    assert "The whole zone" in text_of(client, unit="ZONE_SAFE")
    assert "The whole zone" not in text_of(client, unit="NOBODY")


@pytest.mark.parametrize("query", [{"month": "2026-13"}, {"month": "x"}, {"intensity": "7"}, {}])
def test_an_address_that_cannot_be_meant_shows_the_usual_page(at: At, query: Any) -> None:
    assert at("analyst").get(PAGE, query).status_code == 200


def test_another_zone_sees_nothing_of_it(at: At, played: World) -> None:
    other = make_world("other")
    other.person("their-auditor", Role.AUDITOR)
    client = at("auditor")
    client.force_login(
        other.user("their-auditor"), backend="django.contrib.auth.backends.ModelBackend"
    )
    page = text_of(client)
    assert "Nothing was due in this period" in page
    assert sheet_of(played).figures["verified"].digest not in page


def test_the_month_as_a_spreadsheet_holds_counts_and_hashes(at: At, played: World) -> None:
    body = at("auditor").get(PAGE, {**MONTH, "format": "xlsx"}).content
    rows = CalamineWorkbook.from_filelike(BytesIO(body)).get_sheet_by_index(0).to_python()
    head, whole = rows[0], rows[1]
    sheet = sheet_of(played)
    assert whole[head.index("Rounds due")] == sheet.figures["due"].denominator
    assert whole[head.index("Verified closure: counted")] == sheet.figures["verified"].numerator
    assert whole[head.index("Hash")] == sheet.figures["verified"].digest
    assert whole[0] == "Zone"
    assert sum(row[1] for row in rows[2:]) == whole[1]


needs_font = pytest.mark.skipif(
    printing.chinese_font() is None, reason="no Chinese font on this machine"
)


@needs_font
def test_the_month_on_paper_is_a_pdf_with_a_chinese_font(at: At) -> None:
    client = at("auditor")
    client.cookies["django_language"] = "zh-hans"
    response = client.get(PAGE, {**MONTH, "format": "pdf"}, headers={"accept-language": "zh-hans"})
    assert response["Content-Type"] == "application/pdf"
    assert response.content.startswith(b"%PDF-")
    assert b"NotoSans" in response.content or b"SourceHan" in response.content


@needs_font
def test_the_printed_month_names_the_issuing_unit_and_the_day(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    line = printing._line
    monkeypatch.setattr(
        printing, "_line", lambda p, text, **more: (written.append(text), line(p, text, **more))
    )
    client = at("auditor")
    client.cookies["django_language"] = "zh-hans"
    client.get(PAGE, {**MONTH, "format": "pdf"}, headers={"accept-language": "zh-hans"})
    assert written[-2] == "制发单位：澜川经济开发区"
    assert re.fullmatch(r"制发日期：\d{4}-\d{2}-\d{2}", written[-1])


def test_without_a_chinese_font_the_page_says_what_is_missing(
    at: At, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(printing, "chinese_font", lambda: None)
    response = at("auditor").get(PAGE, {**MONTH, "format": "pdf"})
    assert response.status_code == 409
    assert "fonts-noto-cjk" in response.content.decode()


# --- the interface ---

SHEET, SIMULATION = "/api/v1/calls/rates/sheet", "/api/v1/calls/rates/simulation"


def test_the_interface_says_what_the_page_says(at: At, played: World) -> None:
    found = at("auditor").get(SHEET, MONTH).json()
    sheet = sheet_of(played)
    assert {f["name"]: f["digest"] for f in found["figures"]} == {
        name: figure.digest for name, figure in sheet.figures.items()
    }
    one = at("auditor").get(SHEET, {**MONTH, "unit": "ZONE_SAFE"}).json()
    assert one["unit"] == "ZONE_SAFE"
    assert at("auditor").get(SHEET, {**MONTH, "unit": "NOBODY"}).status_code == 404
    assert at("auditor").get(SHEET, {"month": "2026-13"}).status_code == 422


def test_the_simulator_answers_for_every_strategy(at: At) -> None:
    found = at("supervisor").get(SIMULATION, {**MONTH, "intensity": 0.5}).json()
    assert [e["strategy"] for e in found["effects"]] == list(STRATEGIES)
    for effect in found["effects"]:
        assert effect["verified"]["after"] <= effect["verified"]["before"]


@pytest.mark.parametrize("address", [SHEET, SIMULATION])
@pytest.mark.parametrize("name", ["boss", "grid", "desk", "safety", "safety-lead", "caller"])
def test_whoever_handles_calls_does_not_get_the_auditors_tool(
    at: At, name: str, address: str
) -> None:
    assert at(name).get(address, MONTH).status_code == 403


# --- the command ---


@pytest.fixture
def run(played: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """``run("rates", "show", …)`` in the world's time."""
    monkeypatch.setattr("qiying.config.cli._platform.start_django", lambda: None)

    def call(*words: str) -> Any:
        return CliRunner().invoke(build(), [*words, "--zone", played.tenant.code])

    with time_machine.travel(played.now, tick=False):
        yield call


def test_the_command_prints_the_same_sheet_with_its_members(
    run: Callable[..., Any], played: World
) -> None:
    result = run("rates", "show", "--month", "2026-11", "--json")
    assert result.exit_code == 0, result.output
    found = {f["name"]: f for f in json.loads(result.output)["figures"]}
    for name, figure in sheet_of(played).figures.items():
        assert found[name]["digest"] == figure.digest
        assert found[name]["missed"] == list(figure.missed)
    assert "verified" in run("rates", "show", "--month", "2026-11", "--unit", "ZONE_SAFE").output
    assert run("rates", "show", "--month", "2026-11", "--unit", "NOBODY").exit_code == 2
    assert run("rates", "show", "--month", "11/2026").exit_code == 2


def test_the_command_plays_every_strategy_and_succeeds_while_the_rules_hold(
    run: Callable[..., Any], played: World
) -> None:
    result = run("rates", "simulate", "--month", "2026-11", "--json")
    assert result.exit_code == 0, result.output
    effects = json.loads(result.output)["effects"]
    assert [e["strategy"] for e in effects] == list(STRATEGIES)
    assert all(e["holds"] for e in effects)
    assert any(
        e["by_letter"]["after"]["verified"] > e["by_letter"]["before"]["verified"] for e in effects
    )
    shown = run("rates", "simulate")
    assert shown.exit_code == 0
    assert str(played.now.date() - timedelta(days=31)) in shown.output


def test_the_command_tells_what_moved_the_years_and_what_gaming_would_do(
    run: Callable[..., Any],
) -> None:
    told = json.loads(run("rates", "years", "--json").stdout)
    assert [move["measure"] for move in told["moved"]] == ["declared", "verified"]
    assert all(effect["holds"] for effect in told["simulation"]["effects"])
    shown = run("rates", "years")
    assert shown.exit_code == 0
    assert ".." in shown.stdout
