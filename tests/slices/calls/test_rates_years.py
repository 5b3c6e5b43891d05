"""Two years side by side, by command and by the interface, and the lists behind every figure."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from typer.testing import CliRunner

from qiying.config.cli import build
from qiying.engines.rates import MEASURES
from qiying.engines.rates.gaming import STRATEGIES
from qiying.kernel import tenancy
from qiying.slices.calls import queries
from qiying.slices.calls.queries import EXPLAINED, Moved
from qiying.slices.calls.queries import rates as counted
from qiying.slices.registry import operations as registry
from tests.slices.calls import steps
from tests.slices.calls.steps import take
from tests.slices.machine import Machine
from tests.slices.world import World

REFORM = date(2026, 12, 1)
SHEET = "/rates/sheet?month=2026-11"


@pytest.fixture
def parted(two_months: World) -> World:
    """The zone changed how it handles calls between the bad month and the good one."""
    registry.set_zone(two_months.keeper, now=two_months.now, call_reform_on=REFORM)
    return two_months


@pytest.fixture
def run(parted: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Any]]:
    """``run("--json")`` is ``qiying rates years --json`` in the world's time."""
    monkeypatch.setattr("qiying.config.cli._platform.start_django", lambda: None)

    def call(*words: str, zone: str = parted.tenant.code) -> Any:
        return CliRunner().invoke(build(), ["rates", "years", *words, "--zone", zone])

    with time_machine.travel(parted.now, tick=False):
        yield call


def moves_of(world: World) -> dict[str, Moved]:
    actor = world.actor("analyst")
    with tenancy.reading(actor):
        return {name: queries.moved(actor, name, now=world.now) for name in EXPLAINED}


# --- the command ---


def test_the_years_by_command_are_those_of_the_slice_and_their_causes_make_up_the_gap(
    run: Callable[..., Any], parted: World
) -> None:
    result = run("--json")
    assert result.exit_code == 0, result.output
    told = {row["measure"]: row for row in json.loads(result.output)["moved"]}
    for name, own in moves_of(parted).items():
        row = told[name]
        assert row["periods"][1][0] == REFORM.isoformat()
        assert (row["counted"], row["of"]) == (list(own.counted), list(own.bases))
        before, after = row["shares"]
        assert after > before, "the second time is the better one"
        assert row["change"] == pytest.approx(after - before)
        assert sum(c["points"] for c in row["causes"]) == pytest.approx(row["change"])
        for period, total in enumerate(row["of"]):
            lost = sum(c["before" if period == 0 else "after"] for c in row["causes"])
            assert row["counted"][period] + lost == total
    declared, verified = (told[name]["shares"][0] for name in ("declared", "verified"))
    assert verified < declared, "what the firms deny is not verified"


def test_the_simulator_after_the_years_stands_on_the_later_one_and_raises_nothing(
    run: Callable[..., Any], parted: World
) -> None:
    found = json.loads(run("--json").output)["simulation"]
    start, end = moves_of(parted)["verified"].periods[1]
    assert (found["start"], found["end"]) == (start.isoformat(), end.isoformat())
    assert [e["strategy"] for e in found["effects"]] == list(STRATEGIES)
    assert all(e["holds"] for e in found["effects"])
    actor = parted.actor("analyst")
    with tenancy.reading(actor):
        sheet = counted.sheet(actor, start=start, end=end, now=parted.now)
    before = {e["before"]["verified"] for e in found["effects"]}
    assert before == {sheet.figures["verified"].share}


def test_the_years_are_printed_with_their_numbers(run: Callable[..., Any], parted: World) -> None:
    printed = run()
    assert printed.exit_code == 0
    for own in moves_of(parted).values():
        for count, base in zip(own.counted, own.bases, strict=True):
            assert f"{count}/{base}" in printed.output
        assert f"{own.change * 100:+.2f}" in printed.output


def test_when_gaming_raises_verified_closure_the_command_ends_with_1(
    run: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("qiying.engines.rates.gaming.Effect.moved", lambda _effect, _name: 0.01)
    assert run("--json").exit_code == 1


def test_a_zone_that_is_not_there_is_no_crash(run: Callable[..., Any]) -> None:
    assert run(zone="nowhere").exit_code == 2


# --- the interface ---


@pytest.fixture
def ask(world: World) -> Any:
    return lambda name: Machine(world, name, "/calls")


def test_what_moved_closure_is_told_cause_by_cause_with_the_rounds_behind_each(
    parted: World, ask: Any
) -> None:
    for name, own in moves_of(parted).items():
        told = ask("auditor").get(f"/rates/moved?measure={name}")
        assert told["change"] == pytest.approx(own.change)
        assert sum(c["points"] for c in told["causes"]) == pytest.approx(own.change)
        for cause in told["causes"]:
            listed = ask("auditor").get(f"/rounds?size=200&{text(cause['before_query'])}")
            assert len(listed["items"]) == cause["before"], (name, cause["cause"])
            assert listed["digest"] == "", "a part of a list is no figure"
    ask("boss").get("/rates/moved", 403)


def text(query: dict[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in query.items())


def everything(ask: Any, address: str) -> list[Any]:
    """Every page of a list, two rows at a time."""
    found, cursor = [], ""
    while True:
        page = ask("auditor").get(f"{address}&size=2&cursor={cursor}")
        found += page["items"]
        cursor = page["next"]
        if not cursor:
            return found


def test_every_figure_of_a_sheet_leads_to_exactly_its_members(world: World, ask: Any) -> None:
    take(world, "boss", steps.closed(world), "rate", grade=5, resolved="yes")
    steps.reopened(world)
    steps.declined(world)
    steps.working(world)
    world.later(days=14)
    sheet = ask("auditor").get(SHEET)
    figures = {f["name"]: f for f in sheet["figures"]}
    assert set(figures) == set(MEASURES)
    assert figures["co_settled"]["denominator"] > 0
    for name, figure in figures.items():
        there = f"{figure['listed_at'].removeprefix('/calls')}?{text(figure['query'])}"
        kept = everything(ask, there)
        if figure["listed_at"] == "/calls/rounds":
            short = everything(ask, f"{there}&missed=true")
            assert len(kept) + len(short) == figure["denominator"], name
            assert ask("auditor").get(there)["digest"] == figure["digest"], name
        elif figure["listed_at"] == "/calls/rates/parts":
            short = everything(ask, f"{there}&missed=true")
            assert (len(kept), len(kept) + len(short)) == (
                figure["numerator"],
                figure["denominator"],
            ), name
        else:
            assert len(kept) == figure["numerator"], name


def test_the_calls_of_firms_are_those_that_the_sheet_divides(world: World, ask: Any) -> None:
    steps.raise_call(world)
    steps.raise_call(world, "rival", "远航")
    world.later(hours=1)
    sheet = ask("auditor").get(SHEET)
    listed = everything(ask, "/rates/received?side=asked&start=2026-11-01&end=2026-12-01")
    assert len(listed) == sheet["asked"] == 2
    ask("auditor").get("/rates/received?side=nothing", 422)
    ask("desk").get("/rates/received", 403)
