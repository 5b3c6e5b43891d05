"""``qiying import``: counts, faults with their lines, exit codes that a script can rely on."""

import json
from pathlib import Path
from typing import Any

import pytest
import typer
from django.utils import translation
from typer.testing import CliRunner

from qiying.config.cli import _platform, imports
from qiying.kernel.people import create_tenant
from qiying.slices.registry.rules.credit_code import check_character

pytestmark = pytest.mark.django_db


def code(number: int) -> str:
    body = f"91330899MA{number:07d}"
    return body + check_character(body)


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Run the command in this process, on the database of the test."""
    monkeypatch.setattr(_platform, "start_django", lambda: None)
    create_tenant(kind="zone", code="LC", name_zh="澜川", name_en="Lanchuan")
    app = typer.Typer()
    imports.register(app)

    def call(content: str, *arguments: str, language: str = "en") -> Any:
        file = tmp_path / "firms.csv"
        file.write_text(content, encoding="utf-8")
        with translation.override(language):
            return CliRunner().invoke(app, ["enterprises", str(file), *arguments])

    return call


def test_a_file_is_tried_refused_and_written(run: Any) -> None:
    good = f"credit code,name\n{code(1)},A\n{code(2)},B\n"
    bad = good + "bad,C\n"
    tried = run(bad, "--tenant", "LC", "--dry-run", "--json")
    found = json.loads(tried.stdout)
    assert (tried.exit_code, found["new"], found["failed"]) == (1, 2, 1)
    assert found["is_written"] is False
    assert found["faults"][0]["line"] == 4
    refused = run(bad, "--tenant", "LC", language="zh-hans")
    assert refused.exit_code == 1
    assert "统一社会信用代码应为 18 位" in refused.stderr
    assert run(bad, "--tenant", "LC", "--good-rows").exit_code == 0
    again = run(good, "--tenant", "LC", "--json")
    assert again.exit_code == 0
    assert json.loads(again.stdout)["unchanged"] == 2


@pytest.mark.parametrize(
    ("content", "arguments"),
    [
        ("name\nA\n", ["--tenant", "LC"]),
        (f"credit code,name\n{code(1)},A\n", ["--tenant", "XX"]),
        (f"credit code,name\n{code(1)},A\n", ["--tenant", "LC", "--crs", "moon"]),
        (f"credit code,name\n{code(1)},A\n", []),
    ],
)
def test_what_cannot_be_used_ends_with_two(run: Any, content: str, arguments: list[str]) -> None:
    done = run(content, *arguments)
    assert done.exit_code == 2
    assert done.stderr


def test_many_faults_are_cut_and_left_out_columns_are_named(run: Any) -> None:
    lines = "".join(f"bad{n},A,x\n" for n in range(30))
    done = run("credit code,name,remarks\n" + lines, "--tenant", "LC")
    assert done.exit_code == 1
    assert len(done.stderr.strip().splitlines()) == imports.SHOWN + 1
    assert "remarks" in done.stdout
