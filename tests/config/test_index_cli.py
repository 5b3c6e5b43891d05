"""`qiying index …` needs no settings and no database, and writes numbers that come back exactly."""

import csv
import json
import re
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from qiying.config.cli.index import app

META = """iCode,iName,Type,Level,Parent,Direction,Weight
roads,道路,Indicator,1,index,1,1
dust,扬尘,Indicator,1,index,-1,2
index,指数,Aggregate,2,,1,1
"""
DATA = """uCode,uName,Time,roads,dust
a,甲县,2024,1,0.1
b,乙县,2024,2,0.3
c,丙县,2024,,0.7
"""
PLAN = """version = 1
name = "试算"
[[step]]
do = "impute"
[[step]]
do = "normalise"
[[step]]
do = "aggregate"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, words in (("iData.csv", DATA), ("iMeta.csv", META), ("plan.toml", PLAN)):
        (tmp_path / name).write_text(words, encoding="utf-8")
    return tmp_path


def run(folder: Path, *more: str, command: str = "run") -> Result:
    files = ("--data", "iData.csv", "--meta", "iMeta.csv", "--plan", "plan.toml", "--out", "out")
    paths = [str(folder / word) if "." in word or word == "out" else word for word in files]
    return CliRunner().invoke(app, [command, *paths, *more])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_a_run_writes_the_table_of_every_step(folder: Path) -> None:
    done = run(folder, "--json")

    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert [(row["unit"], row["rank"]) for row in found["units"]] == [("b", 1), ("a", 2), ("c", 3)]
    assert found["violations"] == []
    out = folder / "out"
    assert sorted(path.name for path in out.iterdir()) == [
        "0-data.csv",
        "1-impute.csv",
        "2-normalise.csv",
        "provenance.csv",
        "ranks.csv",
        "reasons.csv",
        "run.json",
        "scores.csv",
        "weights.csv",
    ]
    assert rows(out / "0-data.csv")[2] == {
        "Time": "2024",
        "uCode": "c",
        "roads": "",
        "dust": "0.69999999999999996",
    }
    assert rows(out / "1-impute.csv")[2]["roads"] == "1.5"
    assert [row["roads"] for row in rows(out / "provenance.csv")] == ["0", "0", "5"]
    scores = {row["uCode"]: float(row["index"]) for row in rows(out / "scores.csv")}
    assert scores == {row["unit"]: row["score"] for row in found["units"]}
    weights = [(row["member"], float(row["weight"])) for row in rows(out / "weights.csv")]
    assert weights == [("roads", 1 / 3), ("dust", 2 / 3)]


def test_a_run_prints_the_best_and_reads_a_table_in_the_national_encoding(folder: Path) -> None:
    (folder / "iData.csv").write_text(DATA, encoding="gb18030")
    done = run(folder)
    assert done.exit_code == 0
    assert "乙县" in done.stdout.splitlines()[0]


@pytest.mark.parametrize(
    ("name", "words", "named"),
    [
        ("iData.csv", DATA.replace("0.3", "0,3"), "extra_cells"),
        ("iData.csv", DATA.replace("Time", "dust"), "repeated_column"),
        ("iData.csv", DATA.replace("0.3", "many"), "many"),
        ("iMeta.csv", META.replace("Indicator,1,index,-1", "Thing,1,index,-1"), "Thing"),
        ("plan.toml", PLAN.replace("impute", "invent"), "invent"),
        ("plan.toml", PLAN + '[[step]]\ndo = "treat"\n', "order"),
    ],
)
def test_unusable_input_is_named_with_its_place(
    folder: Path, name: str, words: str, named: str
) -> None:
    (folder / name).write_text(words, encoding="utf-8")
    done = run(folder)
    assert done.exit_code == 2
    assert named in done.stderr
    assert not (folder / "out").exists()


def test_a_file_that_is_not_there_is_named(folder: Path) -> None:
    (folder / "plan.toml").unlink()
    done = run(folder)
    assert done.exit_code == 2
    assert "plan.toml" in re.sub(r"[\s│]", "", done.stderr)


FACTORS = """
[[factor]]
name = "mean"
at = "aggregate.method"
choices = ["amean", "topsis"]
[[factor]]
name = "weights"
at = "weights"
spread = 0.3
sets = 5
"""


def test_uncertainty_writes_every_replicate_with_its_parameters(folder: Path) -> None:
    (folder / "plan.toml").write_text(PLAN + FACTORS, encoding="utf-8")
    done = run(folder, command="uncertainty")
    assert done.exit_code == 0, done.output
    assert "10" in done.stdout
    out = folder / "out"
    ranks = {row["uCode"]: row for row in rows(out / "ranks.csv")}
    assert ranks["c"]["rank_50"] == "3"
    assert [row["mean"] for row in rows(out / "replicates.csv")] == ["0"] * 5 + ["1"] * 5
    assert {row["uCode"]: row["c"] for row in rows(out / "above.csv")} == {
        "a": "1",
        "b": "1",
        "c": "0.5",
    }


def test_sensitivity_writes_the_indices_of_each_factor(folder: Path) -> None:
    (folder / "plan.toml").write_text(PLAN + FACTORS, encoding="utf-8")
    done = run(folder, command="sensitivity")
    assert done.exit_code == 0, done.output
    assert [row["factor"] for row in rows(folder / "out" / "factors.csv")] == ["mean", "weights"]
    assert len(rows(folder / "out" / "units.csv")) == 6


def test_an_analysis_without_factors_is_refused(folder: Path) -> None:
    done = run(folder, command="uncertainty")
    assert done.exit_code == 2
    assert "no_factor" in done.stderr
