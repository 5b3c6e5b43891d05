"""`qiying valuation …` values, describes and refuses without settings or a database."""

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from qiying.config.cli._valuation_words import REASONS, WORDS
from qiying.config.cli.valuation import EXAMPLE, app
from qiying.engines import valuation
from qiying.engines.valuation import Kind, Method

ENGINE = Path(valuation.__path__[0])


def run(*arguments: str, given: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=given)


def test_the_example_is_printed_and_can_be_valued_as_it_stands() -> None:
    words = run("example").stdout
    done = run("value", "-", "--seed", "3", "--draws", "300", given=words)
    assert done.exit_code == 0, done.stderr
    assert words == EXAMPLE.read_text(encoding="utf-8")
    assert done.stdout == run("value", str(EXAMPLE), "--seed", "3", "--draws", "300").stdout
    for part in ("P1.royalty.rate", "licence statistics of the trade", "internal_limit_cny"):
        assert part in done.stdout


def test_as_json_all_numbers_and_assumptions_come_out() -> None:
    done = run("value", str(EXAMPLE), "--json", "--draws", "300")
    found = json.loads(done.stdout)
    assert (done.exit_code, found["violations"], found["params"]["draws"]) == (0, [], 300)
    asset = found["assets"][0]
    assert float(asset["range"]["p10"]) <= float(asset["range"]["p90"])
    assert all(row["source"] and row["grade"] for row in found["inputs"])


def test_json_is_read_as_well() -> None:
    words = (
        '{"valued_on": "2026-11-24", "tax": {"likely": 0.2, "source": "x", "grade": "A"}, '
        '"discount": {"risk_free": {"likely": 0.02, "source": "x", "grade": "A"}, '
        '"market": {"likely": 0.06, "source": "x", "grade": "B"}, '
        '"size": {"likely": 0.02, "source": "x", "grade": "D"}}, '
        '"assets": [{"id": "A", "name": "标志", "kind": "trade_mark", '
        '"economic_life": {"likely": 10, "source": "x", "grade": "C"}, '
        '"cost": {"margin": {"likely": 0, "source": "x", "grade": "D"}, '
        '"used_years": {"likely": 0, "source": "x", "grade": "A"}, "outlays": [{"name": "all", '
        '"amount_cny": 100, "index_then": 1, "index_now": 1, "source": "x", "grade": "A"}]}}]}'
    )
    done = run("value", "-", "--json", given=words)
    assert json.loads(done.stdout)["portfolio"]["range"]["base"] == "100.00"


def test_every_fault_is_named_with_its_place() -> None:
    words = EXAMPLE.read_text(encoding="utf-8")
    wrong = words.replace('grade = "A"', 'grade = "Z"', 1).replace(
        "firm_grade = 3", "firm_grade = 0"
    )
    done = run("value", "-", given=wrong)
    assert done.exit_code == 2
    assert "tax.grade" in done.stderr
    assert "loan.firm_grade" in done.stderr


@pytest.mark.parametrize("given", ["", "{", "[[", b"\xff\xfe\x00", "assets = 3"])
def test_what_is_no_description_is_refused(given: str | bytes) -> None:
    assert run("value", "-", given=given).exit_code == 2


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    done = run("value", str(tmp_path / "none.toml"))
    assert done.exit_code == 2
    assert "none.toml" in done.stderr.replace("\n", "").replace("│", "").replace(" ", "")


def test_the_schema_is_printed() -> None:
    assert json.loads(run("schema").stdout)["type"] == "object"


def test_every_code_of_the_engine_has_words() -> None:

    assert {str(m) for m in (*Method, *Kind)} <= set(WORDS)
    source = "".join((ENGINE / f"_{n}.py").read_text() for n in ("reasons", "lend"))
    named = set(re.findall(r'Reason\(\s*"(\w+)"', source))
    named |= set(re.findall(r'Event\.\w+: "(\w+)"', source))
    assert len(named) > 20
    assert named == set(REASONS)
