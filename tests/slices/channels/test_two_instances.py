"""Two running Qiying: a call is handed on from one to the other, and updates go both ways.

Each is a ``qiying serve`` of its own with its own database; one is killed in the middle of taking
calls. Nothing is lost and nothing is doubled.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.promises.conftest import Platform

pytestmark = pytest.mark.promise
ROOT = Path(__file__).resolve().parents[3]
COUNT, WITHIN = 12, 150.0


class Qiying(Platform):
    """One of the two; ``do`` runs what somebody there would do."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.environment["QIYING_OUTBOUND_ALLOW"] = "127.0.0.1/32"

    def do(self, *deed: str) -> Any:
        done = subprocess.run(
            [sys.executable, "-m", "tests.slices.channels.set_up_pair", *deed],
            env={**self.environment, "QIYING_DATABASE_POOL": "0"},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])


@dataclass
class Pair:
    ours: Qiying
    theirs: Qiying


@pytest.fixture(scope="module")
def pair() -> Iterator[Pair]:
    folders = [Path(tempfile.mkdtemp(prefix="qiying-pair-")) for _ in range(2)]
    ours, theirs = (Qiying(folder) for folder in folders)
    try:
        for one in (ours, theirs):
            one.start()
        ours.do("found", "lc")
        key = theirs.do("found", "ny")["key"]
        ours.environment["CHANNEL_KEY"] = key
        try:
            address = f"{theirs.url}/open311/v2"
            ours.qiying("channels", "connect", "city", address, "--service", "M078")
        finally:
            del ours.environment["CHANNEL_KEY"]
        yield Pair(ours, theirs)
    finally:
        for one in (ours, theirs):
            if one.is_running():
                one.stop()
            one.qiying("database", "stop")
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def until(condition: Any, ours: Qiying, *commands: tuple[str, ...]) -> None:
    """Run commands beside the worker until something is so, or fail after a while."""
    end = time.monotonic() + WITHIN
    while time.monotonic() < end:
        if condition():
            return
        for command in commands:
            ours.qiying(*command)
        time.sleep(1)
    raise AssertionError(ours.query("SELECT kind, state, tries, error FROM channels_delivery"))


def filed(ours: Qiying) -> dict[str, str]:
    rows = ours.query(
        "SELECT c.number, f.remote_id FROM channels_forward f JOIN calls_call c "
        "ON c.id = f.call_id WHERE f.state = 'filed'"
    )
    return dict(rows)


DELIVER, PULL = ("channels", "deliver", "--all"), ("channels", "pull", "--all")


def test_calls_arrive_once_though_the_receiver_is_killed_in_the_middle(pair: Pair) -> None:
    ours, theirs = pair.ours, pair.theirs
    numbers = ours.do("hand_on", str(COUNT))
    until(lambda: len(filed(ours)) >= 2, ours)
    theirs.kill("web")
    theirs.kill("database")
    until(lambda: len(filed(ours)) == COUNT, ours, DELIVER)
    theirs.wait_until_ready()
    texts = [text for (text,) in theirs.query("SELECT text FROM calls_call ORDER BY text")]
    assert len(texts) == COUNT, "nothing lost, nothing doubled"
    assert len(set(texts)) == COUNT
    there = dict(theirs.query("SELECT text, number FROM calls_call"))
    here = filed(ours)
    assert {n: here[n] for n in numbers} == {
        n: next(number for text, number in there.items() if n in text) for n in numbers
    }


def test_updates_go_both_ways_and_count_once(pair: Pair) -> None:
    ours, theirs = pair.ours, pair.theirs
    number, remote = sorted(filed(ours).items())[0]
    ours.do("say", number, "企业催问进展")
    said = "SELECT count(*) FROM calls_note WHERE kind = 'message' AND text = '企业催问进展'"
    until(lambda: theirs.query(said) == [(1,)], ours, DELIVER)
    theirs.do("accept", remote, "请补充灯杆编号")
    heard = "SELECT status, text FROM channels_update WHERE direction = 'in' ORDER BY at, id"
    until(lambda: len(ours.query(heard)) >= 2, ours, PULL)
    ours.qiying(*PULL)
    rows = ours.query(heard)
    assert ("FOR_TRIAGE", "") in rows
    assert [text for _status, text in rows].count("请补充灯杆编号") == 1
    assert len(rows) == len(set(rows)) == 2
    state = "SELECT remote_status FROM channels_forward WHERE remote_id = "
    assert ours.query(f"{state}'{remote}'") == [("FOR_TRIAGE",)]
    for one in (ours, theirs):
        assert all(v["holds"] for v in json.loads(one.qiying("audit", "verify", "--json")))
