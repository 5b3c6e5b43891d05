"""`qiying worktime due` answers from the seed calendar, without settings or a database."""

import json
import subprocess
import sys

import pytest
from click.testing import Result
from typer.testing import CliRunner

from qiying.config.cli.worktime import app, seed_calendar


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["due", *arguments])


def test_five_working_days_before_the_spring_festival_end_after_it() -> None:
    done = run("--start", "2026-02-13", "--working-days", "5")

    assert (done.exit_code, done.stdout, done.stderr) == (0, "2026-02-27\n", "")


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ("--start 2026-09-24 --natural-days 7", "2026-10-08"),
        ("--start 2026-02-15T23:47 --hours 24", "2026-02-16T23:47:00+08:00"),
        ("--start 2026-03-06T19:00 --working-hours 4", "2026-03-09T14:00:00+08:00"),
        ("--start 2026-03-06T11:00Z --working-hours 0.5", "2026-03-09T09:00:00+08:00"),
        (
            "--start 2026-03-02 --working-days 5 --pause 2026-03-04T10:00/2026-03-06T15:00",
            "2026-03-11",
        ),
        (
            "--start 2026-03-02 --working-days 5 "
            "--pause 2026-03-04/2026-03-05 --pause 2026-03-06/2026-03-07",
            "2026-03-11",
        ),
        ("--start 2026-03-02 --working-days 5 --pause 2026-03-04T10:00/", "2026-04-07"),
    ],
)
def test_each_kind_of_period_and_its_pauses_are_understood(arguments: str, expected: str) -> None:
    done = run(*arguments.split())

    assert (done.exit_code, done.stdout) == (0, f"{expected}\n")


def test_json_tells_the_whole_deadline_with_its_reasons() -> None:
    done = run("--start", "2026-02-13T10:00", "--working-days", "5", "--json")

    assert json.loads(done.stdout) == {
        "start_at": "2026-02-13T10:00:00+08:00",
        "kind": "working_days",
        "amount": 5,
        "due_on": "2026-02-27",
        "due_at": "2026-02-27T17:30:00+08:00",
        "legal_due_at": "2026-02-28T00:00:00+08:00",
        "promised_due_at": "2026-02-27T17:30:00+08:00",
        "is_provisional": False,
        "unknown_years": [],
        "paused_until": None,
        "gross": 5,
        "net": 5,
        "reasons": [
            {"code": "start_day_not_counted"},
            {"code": "holidays_skipped", "days": 6},
            {"code": "make_up_days_counted", "days": 1},
        ],
        "calendar_version": seed_calendar().version,
        "engine_version": "1.0.0",
    }


def test_a_deadline_in_a_year_without_notice_is_called_provisional_beside_the_date() -> None:
    done = run("--start", "2026-11-22", "--working-days", "30")

    assert (done.exit_code, done.stdout) == (0, "2027-01-01\n")
    assert "2027" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        "--start 2026-02-13",
        "--start 2026-02-13 --working-days 5 --hours 3",
        "--start yesterday --working-days 5",
        "--start 9999-12-31 --working-days 5",
        "--start 2026-02-13 --working-days 0",
        "--start 2026-02-13 --working-days 2000000000",
        "--start 2026-02-13T10:00 --hours nan",
        "--start 2026-02-13 --hours 3",
        "--start 2026-02-13 --working-days 5 --pause 2026-02-14",
        "--start 2026-02-13 --working-days 5 --pause /2026-02-14",
        "--start 2026-02-13 --working-days 5 --pause 2026-02-14/2026-02-13",
        "--working-days 5",
    ],
)
def test_what_cannot_be_understood_is_refused_with_a_sentence(arguments: str) -> None:
    done = run(*arguments.split())

    assert done.exit_code == 2
    assert done.stdout == ""
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip()) > 20


def test_the_command_is_part_of_qiying_and_loads_no_framework() -> None:
    script = (
        "import sys; from qiying.config.cli import build; "
        "build()(['worktime', 'due', '--start', '2026-02-13', '--working-days', '5'],"
        " standalone_mode=False); "
        "print([n for n in ('django', 'psycopg', 'numpy') if n in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], check=True, capture_output=True, text=True
    )

    assert done.stdout == "2026-02-27\n[]\n"
