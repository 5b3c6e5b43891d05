"""``qiying triage``: train, evaluate, rank and replay, with exit codes that a script can rely on."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from typer.testing import CliRunner

from qiying.config.cli import _platform, triage
from qiying.kernel import tenancy
from qiying.slices.calls.models import Call
from qiying.slices.calls.rules import triage as rules
from tests.slices.calls import steps
from tests.slices.calls.test_triage import ROAD, SAFETY, closed_call
from tests.slices.world import World


@pytest.fixture
def run(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Run the command in this process, on the database of the test."""
    monkeypatch.setattr(_platform, "start_django", lambda: None)
    with time_machine.travel(world.now, tick=True):
        yield lambda *arguments: CliRunner().invoke(triage.app, list(arguments))


def test_the_operator_trains_evaluates_ranks_and_replays(
    world: World, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LEAST_HELD_OUT", 1)
    assert run("evaluate").exit_code == 1
    counted = json.loads(run("rank", "--text", ROAD, "--json").stdout)
    assert (counted["rule"], counted["likes"]) == ("keywords", [])
    for text, matter in ((ROAD, "M069"), (SAFETY, "M016")) * 2 + ((ROAD, "M069"),):
        closed_call(world, text, matter)
    trained = json.loads(run("train", "--seed", "3", "--json").stdout)
    assert trained["examples"] == 5
    judged = run("evaluate", "--json")
    assert json.loads(judged.stdout) == trained["report"]
    assert "1" in run("evaluate").stdout
    ranked = json.loads(run("rank", "--text", ROAD, "--json").stdout)
    assert (ranked["model"], ranked["matters"][0]["matter"]) == (trained["digest"], "M069")
    assert len(ranked["likes"]) == 3
    assert "M069" in run("rank", "--text", ROAD).stdout
    replayed = run("replay", "--json")
    assert replayed.exit_code == 0
    assert json.loads(replayed.stdout)["rankings"] == 5


def test_a_ranking_that_cannot_be_repeated_ends_the_replay_with_1(world: World, run: Any) -> None:
    call = steps.raise_call(world, text=ROAD)
    with tenancy.acting(world.system):
        false = {**call.ranking, "matters": []}
        Call.objects.filter(pk=call.pk).update(ranking=false)
    found = run("replay", call.number, "--json")
    assert found.exit_code == 1
    assert json.loads(found.stdout)["differ"] == [call.number]


def test_a_process_that_serves_or_ranks_does_not_load_what_only_training_needs() -> None:
    code = (
        "import os, sys, django\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'qiying.config.settings')\n"
        "django.setup()\n"
        "import qiying.config.urls\n"
        "print({'sklearn', 'scipy', 'rjieba'} & set(sys.modules))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
