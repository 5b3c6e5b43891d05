"""`qiying index bulk` and `bulk-classes`: larger than memory, every bad place named."""

import csv
import json
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from typer.testing import CliRunner, Result

from qiying.config.cli.index import app
from tests.config.test_index_cli import DATA, META, PLAN

# ibis asks DuckDB for Arrow by an older name.
pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
FIRMS = """unit,name,pool,tax,champion,spill,exempt,follows
f1,甲公司,large,30,1,,,
f2,乙公司,large,12,,,,
f3,丙公司,large,,,是,,
f4,丁公司,small,3,,,new,
f5,戊公司,small,2,,,,f1
f6,己公司,small,2.5,yes,,,
"""
RULES = """version = 1
least = { A = 55 }
[[item]]
code = "tax"
weight = 100
base = 20
cap = 1.5
[[bonus]]
code = "champion"
points = 3
[[veto]]
code = "spill"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = {"iData.csv": DATA, "iMeta.csv": META, "plan.toml": PLAN}
    for name, words in (files | {"firms.csv": FIRMS, "rules.toml": RULES}).items():
        (tmp_path / name).write_text(words, encoding="utf-8")
    return tmp_path


def reckon(folder: Path, *more: str, data: str = "iData.csv") -> Result:
    given = ("--data", data, "--meta", "iMeta.csv", "--plan", "plan.toml", "--out", "out")
    return run(folder, "bulk", given, more)


def rate(folder: Path, *more: str, data: str = "firms.csv") -> Result:
    given = ("--data", data, "--rules", "rules.toml", "--out", "out")
    return run(folder, "bulk-classes", given, more)


def run(folder: Path, command: str, given: tuple[str, ...], more: tuple[str, ...]) -> Result:
    paths = [str(folder / word) if "." in word or word == "out" else word for word in given]
    return CliRunner().invoke(app, [command, *paths, *more])


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_scores_are_those_of_a_run_and_come_back_with_every_digit(folder: Path) -> None:
    done = reckon(folder, "--json")
    assert done.exit_code == 0, done.output
    about = json.loads(done.stdout)
    assert (about["rows"], about["recounted"], about["violations"]) == (3, 3, [])
    assert [path.name for path in (folder / "out").iterdir()] == ["scores.csv"]
    given = ("--data", "iData.csv", "--meta", "iMeta.csv", "--plan", "plan.toml", "--out", "out")
    assert run(folder, "run", given, ()).exit_code == 0
    wanted = {row["uCode"]: float(row["index"]) for row in rows(folder / "out" / "scores.csv")}
    assert reckon(folder).exit_code == 0
    found = rows(folder / "out" / "scores.csv")
    assert {row["uCode"]: float(row["index"]) for row in found} == wanted
    assert {row["uCode"]: row["rank_index"] for row in found} == {"a": "2", "b": "1", "c": "3"}


def test_parquet_is_read_and_written_and_the_national_encoding_is_read(folder: Path) -> None:
    plain = pyarrow.csv.read_csv(folder / "iData.csv")
    pyarrow.parquet.write_table(plain, folder / "iData.parquet")
    done = reckon(folder, "--format", "parquet", data="iData.parquet")
    assert done.exit_code == 0, done.output
    found = pyarrow.parquet.read_table(folder / "out" / "scores.parquet").to_pydict()
    assert found["uCode"] == ["a", "b", "c"]
    (folder / "iData.csv").write_text(DATA, encoding="gb18030")
    assert reckon(folder).exit_code == 0
    again = rows(folder / "out" / "scores.csv")
    assert [float(row["index"]) for row in again] == found["index"]
    (folder / "iData.csv").write_text(DATA, encoding="utf-8-sig")
    assert reckon(folder).exit_code == 0


def test_every_bad_place_stands_in_a_table_and_the_first_are_printed(folder: Path) -> None:
    words = DATA.replace("0.3", "many").replace("c,丙县", "a,丙县")
    (folder / "iData.csv").write_text(words, encoding="utf-8")
    done = reckon(folder)
    assert done.exit_code == 2
    assert "many (b 2024)" in done.stderr
    found = rows(folder / "out" / "faults.csv")
    assert [(row["row"], row["code"], row["value"]) for row in found] == [
        ("1", "repeated_unit", "a"),
        ("2", "no_number", "many"),
        ("3", "repeated_unit", "a"),
    ]
    (folder / "iData.csv").write_text(DATA, encoding="utf-8")
    assert reckon(folder).exit_code == 0
    assert not (folder / "out" / "faults.csv").exists()


@pytest.mark.parametrize(
    ("name", "words", "named"),
    [
        ("iData.csv", DATA.replace("0.3", "0,3"), "row 2, column “”: extra_cells"),
        ("iData.csv", DATA.replace("b,乙县,", "b,"), "missing_cells"),
        ("iData.csv", DATA.replace("0.3", "1e999"), "no_number 1e999 (b 2024)"),
        ("iData.csv", DATA.replace("Time", "Dust"), "repeated_column"),
        ("iData.csv", DATA.replace("dust", "rust"), "no_column"),
        ("iData.csv", DATA.splitlines()[0] + "\n", "no_rows"),
        ("iData.csv", "", "no_rows"),
        ("iData.csv", DATA.replace("丙县", '"丙县'), "no_row"),
        ("iMeta.csv", META.replace("Indicator,1,index,-1", "Thing,1,index,-1"), "Thing"),
        ("plan.toml", PLAN.replace("impute", "invent"), "invent"),
        ("plan.toml", PLAN.replace('"impute"', '"treat"'), "not_in_bulk"),
        (
            "plan.toml",
            PLAN.replace('"normalise"', '"normalise"\nmethod="rank"'),
            "not_equal_in_bulk",
        ),
        ("plan.toml", PLAN.replace('"normalise"', '"normalise"\nframe="2019"'), "unknown_year"),
    ],
)
def test_unusable_input_is_named_and_nothing_is_written(
    folder: Path, name: str, words: str, named: str
) -> None:
    (folder / name).write_text(words, encoding="utf-8")
    done = reckon(folder)
    assert done.exit_code == 2, done.output
    assert named in done.stderr
    assert not (folder / "out" / "scores.csv").exists()


def test_classes_are_those_of_the_rules_for_ranked_exempt_and_following_firms(
    folder: Path,
) -> None:
    done = rate(folder, "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["recounted"] == 6
    found = rows(folder / "out" / "classes.csv")
    assert {row["unit"]: (row["by_rank"], row["final"]) for row in found} == {
        "f1": ("A", "A"),
        "f2": ("C", "C"),
        "f3": ("B", "D"),
        "f4": ("", "B"),
        "f5": ("", "A"),
        "f6": ("B", "B"),
    }
    assert [row["score"] for row in found if row["unit"] == "f1"] == ["153.0"]


def test_only_whole_pools_are_recounted_when_the_table_is_larger(folder: Path) -> None:
    done = rate(folder, "--json", "--recount", "4")
    assert json.loads(done.stdout)["recounted"] == 3, "one pool fits"
    assert json.loads(rate(folder, "--json", "--recount", "0").stdout)["recounted"] == 0


@pytest.mark.parametrize(
    ("name", "words", "named"),
    [
        ("firms.csv", FIRMS.replace("f5,", "f6,"), "repeated_unit"),
        ("firms.csv", FIRMS.replace(",f1\n", ",f9\n"), "nobody_to_follow"),
        ("firms.csv", FIRMS.replace("30", "三十"), "三十"),
        ("firms.csv", FIRMS.replace("是", "有"), "no_fact 有 (f3)"),
        ("firms.csv", FIRMS.replace("spill", "spell"), "no_column"),
        ("rules.toml", RULES.replace("weight = 100", 'weight = "100"'), "wrong_type"),
        ("rules.toml", RULES.replace("weight = 100", "heft = 100"), "unknown_key"),
        ("rules.toml", RULES.replace("weight = 100\n", ""), "no_key"),
        ("rules.toml", RULES.replace("A = 55", "E = 55"), "unknown_class"),
        ("rules.toml", RULES.replace("points = 3", "points = -3"), "not_in_bulk"),
        ("rules.toml", RULES.replace("version = 1", "version = 2"), "unknown_version"),
        ("rules.toml", RULES.replace("version = 1", "version"), "no_toml"),
    ],
)
def test_unusable_firms_and_rules_are_named(
    folder: Path, name: str, words: str, named: str
) -> None:
    (folder / name).write_text(words, encoding="utf-8")
    done = rate(folder)
    assert done.exit_code == 2, done.output
    assert named in done.stderr
    assert not (folder / "out" / "classes.csv").exists()


def test_a_table_that_is_not_there_or_none_is_refused(folder: Path) -> None:
    assert reckon(folder, data="nothing.csv").exit_code == 2
    assert reckon(folder, data="plan.toml").exit_code == 2
    (folder / "broken.parquet").write_bytes(b"PAR1 no")
    done = reckon(folder, data="broken.parquet")
    assert done.exit_code == 1
    assert "Traceback" not in done.output
    assert list((folder / "out").iterdir()) == []


def test_folders_that_spark_wrote_before_give_way(folder: Path) -> None:
    for name in ("faults.csv", "scores.csv"):
        (folder / "out" / name).mkdir(parents=True)
        (folder / "out" / name / "part-0.csv").write_text("old", encoding="utf-8")
    done = reckon(folder)
    assert done.exit_code == 0, done.output
    assert [path.name for path in (folder / "out").iterdir()] == ["scores.csv"]
    assert len(rows(folder / "out" / "scores.csv")) == 3


def test_a_backend_that_is_unknown_or_not_installed_is_said(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QIYING_BULK", "sparc")
    assert reckon(folder).exit_code == 2
    monkeypatch.setenv("QIYING_BULK", "spark")
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    done = reckon(folder)
    assert done.exit_code == 2
    assert "qiying[spark]" in done.output.replace("\n", " ")
    assert list((folder / "out").iterdir()) == []


def test_a_column_of_dates_is_refused_by_its_kind(folder: Path) -> None:
    days = pa.array([1, 2], pa.date32())
    table = pa.table({"uCode": ["a", "b"], "roads": days, "dust": [1.0, 2.0]})
    pyarrow.parquet.write_table(table, folder / "iData.parquet")
    done = reckon(folder, data="iData.parquet")
    assert done.exit_code == 2
    assert "wrong_type date" in done.stderr


def test_a_column_without_any_value_is_missing_everywhere(folder: Path) -> None:
    table = pa.table(
        {"uCode": ["a", "b"], "roads": [1.0, 2.0], "dust": pa.array([None, None], pa.null())}
    )
    pyarrow.parquet.write_table(table, folder / "iData.parquet")
    done = reckon(folder, data="iData.parquet")
    assert done.exit_code == 0, done.output
    scores = [float(row["index"]) for row in rows(folder / "out" / "scores.csv")]
    assert scores == pytest.approx([0.0, 100.0])
