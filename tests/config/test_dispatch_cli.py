"""`qiying dispatch …` plans, simulates and rosters without settings or a database."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from qiying.config.cli.dispatch import app
from qiying.engines.dispatch import write_json
from tests.engines.dispatch.instances import instance
from tests.engines.dispatch.test_roster import drawn

NAMED = (
    "policy days seed jobs late_share mean_response_min p50_min p90_min p99_min "
    "travel_min_per_job inspections_in_window violations cpu_s"
)


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=given)


def test_an_instance_is_planned_and_checked() -> None:
    done = run("solve", "-", "--seed", "3", "--iterations", "20", given=write_json(instance(2)))

    found = json.loads(done.stdout)
    assert (done.exit_code, found["violations"], found["seed"]) == (0, [], 3)
    assert found["plan"]["stops"]
    again = run("solve", "-", "--seed", "3", "--iterations", "20", given=write_json(instance(2)))
    assert done.stdout == again.stdout


@pytest.mark.parametrize(
    ("words", "place"), [("{}", "origin"), ("[1]", "$"), ("nothing", "line 1")]
)
def test_an_instance_that_means_nothing_is_refused_with_its_place(words: str, place: str) -> None:
    done = run("solve", "-", given=words)
    assert done.exit_code == 2
    assert place in done.stderr


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    assert run("solve", str(tmp_path / "none.json")).exit_code == 2


def test_a_simulation_prints_one_object_with_the_promised_names() -> None:
    done = run("simulate", "--world", "zone", "--policy", "nearest", "--days", "2", "--json")

    found = json.loads(done.stdout)
    assert set(NAMED.split()) <= set(found)
    assert (found["policy"], found["days"], found["violations"]) == ("nearest", 2, 0)


def test_a_world_of_ones_own_is_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text('based_on = "10x50"\njobs_per_day = 6.0\n', encoding="utf-8")
    done = run("simulate", "--world", str(path), "--days", "1", "--iterations", "5", "--planned")
    assert done.exit_code == 0
    assert "late_share" in done.stdout


@pytest.mark.parametrize("arguments", [("--world", "moon"), ("--policy", "luck")])
def test_an_unknown_name_is_refused_with_the_known_ones(arguments: tuple[str, str]) -> None:
    done = run("simulate", *arguments)
    assert done.exit_code == 2


def test_a_roster_is_planned_exactly_or_priced() -> None:
    words = write_json(drawn(3))
    near, best = (json.loads(run("cover", "-", *a, given=words).stdout) for a in ([], ["--exact"]))
    assert near["covered"] <= best["covered"] + 1e-6
    points = json.loads(run("cover", "-", "--price", "60", given=words).stdout)
    assert [p["target"] for p in points] == [0.9, 0.95, 0.99, 0.999]


@pytest.mark.parametrize("what", ["problem", "plan", "roster"])
def test_schemas_are_printed(what: str) -> None:
    assert json.loads(run("schema", what).stdout)["type"] == "object"
