"""Expert cards by command: a firm explained, many rated, what is no firm refused with its place."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from qiying.config.cli.rating import app

FACTS = {
    "rd_staff_share": {"value": 25.0, "evidence": ["e1"]},
    "rd_to_revenue": {"value": 5.9, "evidence": ["e2"]},
    "class_two_ip": {"value": 3.0, "evidence": ["e3"]},
}
HOW = ["--model", "tech-sme-1", "--as-of", "2026-01-01"]


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_a_firm_is_explained_line_by_line(tmp_path: Path) -> None:
    firm = tmp_path / "f.json"
    firm.write_text(json.dumps({"code": "f1", "facts": FACTS}), encoding="utf-8")
    done = run("explain", *HOW, "--firm", firm, "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["rating"]["score"], found["rating"]["grade"]) == (7400, "pass")
    assert [line["points"] for line in found["rating"]["lines"]] == [16, 40, 18]
    printed = run("explain", *HOW, "--firm", firm)
    assert printed.exit_code == 0
    assert "e1" in printed.stdout


def test_many_firms_are_rated_line_by_line(tmp_path: Path) -> None:
    firms, out = tmp_path / "f.jsonl", tmp_path / "r.jsonl"
    lines = [json.dumps({"code": f"f{n}", "facts": FACTS}) for n in range(3)]
    firms.write_text("\n".join(lines), encoding="utf-8")
    assert run("score", *HOW, "--firms", firms, "--out", out).exit_code == 0
    rated = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert [(r["firm"], r["grade"]) for r in rated] == [(f"f{n}", "pass") for n in range(3)]


def test_what_is_no_firm_and_no_card_is_refused_with_its_place(tmp_path: Path) -> None:
    firms, out = tmp_path / "f.jsonl", tmp_path / "r.jsonl"
    for text, place in (
        ("{", "firms[1]: no_firm"),
        ('{"code": "f", "facts": {"x": {"value": 1, "until": "soon"}}}', "firms[1].facts.x"),
        ('{"code": "f", "facts": {"rd_staff_share": "many"}}', "rd_staff_share"),
        ('{"code": "f", "facts": {"x": {"value": [1]}}}', "firms[1].facts.x: malformed"),
        ('{"code": "f", "facts": {"x": {"value": 1, "evidence": 3}}}', "firms[1].facts.x"),
    ):
        firms.write_text(text, encoding="utf-8")
        done = run("score", *HOW, "--firms", firms, "--out", out)
        assert done.exit_code == 2
        assert place in done.output
        assert not out.exists()
    firms.write_text("x = 1", encoding="utf-8")
    done = run("score", "--model", firms, "--as-of", "2026-01-01", "--firms", firms, "--out", out)
    assert done.exit_code == 2


@pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")
def test_a_register_is_rated_as_firm_by_firm_and_bad_cells_are_named(tmp_path: Path) -> None:
    firms, out = tmp_path / "firms.csv", tmp_path / "out"
    head = "firm,rd_staff_share,rd_to_revenue,rd_to_cost,class_one_ip,class_two_ip"
    rows = [f"f{n:03},{n},{n / 5},,0,{n % 6}" for n in range(40)]
    firms.write_text("\n".join([head, *rows]), encoding="utf-8")
    done = run("bulk", *HOW, "--firms", firms, "--out", out, "--format", "csv")
    assert done.exit_code == 0, done.output
    rated = (out / "ratings.csv").read_text(encoding="utf-8").splitlines()
    assert len(rated) == 41
    firms.write_text("\n".join([head, *rows, "f001,x,1,,0,1"]), encoding="utf-8")
    bad = run("bulk", *HOW, "--firms", firms, "--out", out, "--format", "csv")
    assert bad.exit_code == 2
    faults = (out / "faults.csv").read_text(encoding="utf-8")
    assert "no_number" in faults
    assert "repeated_firm" in faults
    firms.write_text("firm\nf1\n", encoding="utf-8")
    lacking = run("bulk", *HOW, "--firms", firms, "--out", out)
    assert lacking.exit_code == 2
    assert "firms.rd_staff_share: no_column" in lacking.output
