"""The `qiying` command answers at once, in the language of the terminal, and knows Django's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from qiying.config.cli._platform import plain_errors
from qiying.config.language import is_chinese, mark, translation
from qiying.config.problems import StartError


def qiying(*arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **more}
    return subprocess.run(
        [sys.executable, "-m", "qiying", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_help_loads_neither_django_nor_a_database_driver() -> None:
    script = (
        "import sys; from qiying.config.cli import build; build(); "
        "print([n for n in ('django', 'psycopg', 'uvicorn', 'babel') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )
    assert done.stdout == "[]\n"


def test_help_lists_the_commands() -> None:
    done = qiying("--help")
    assert done.returncode == 0
    assert {"serve", "web", "worker", "database"} <= set(done.stdout.split())


def test_help_is_chinese_in_a_chinese_terminal() -> None:
    assert "启动整个平台" in qiying("--help", LC_ALL="zh_CN.UTF-8").stdout


def test_other_commands_are_django_s() -> None:
    assert "LANGUAGE_CODE" in qiying("diffsettings").stdout


def test_a_malformed_setting_is_one_sentence_and_no_traceback(tmp_path: Path) -> None:
    done = qiying("check", QIYING_DATABASE_URL="postgres-typo", QIYING_VAR=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("qiying: QIYING_DATABASE_URL cannot be read")
    assert "Traceback" not in done.stderr


def test_the_state_of_the_database_is_asked_without_starting_it(tmp_path: Path) -> None:
    done = qiying("database", "status", QIYING_VAR=str(tmp_path))
    assert done.stdout == f"not running; data in {tmp_path}/postgres\n"
    assert list(tmp_path.iterdir()) == []


def test_an_error_that_can_be_mended_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught, plain_errors():
        raise StartError(mark("Port %(port)d of %(host)s is in use."), port=80, host="::")
    assert caught.value.code == 1
    assert capsys.readouterr().err == "qiying: Port 80 of :: is in use.\n"


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({}, False),
        ({"LANG": "zh_CN.UTF-8"}, True),
        ({"LANG": "zh_CN.UTF-8", "LC_ALL": "en_US.UTF-8"}, False),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"}, True),
    ],
)
def test_the_language_follows_the_order_of_the_locale(
    environment: dict[str, str], expected: bool
) -> None:
    assert is_chinese(environment) is expected
    assert (translation(environment).gettext("Stopped.") == "已停止。") is expected
