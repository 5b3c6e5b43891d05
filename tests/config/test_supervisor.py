"""The supervisor restarts what dies, with patience, and nothing outlives it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import psutil
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiying.config.supervisor import (
    FIRST_DELAY_SECONDS,
    HEALTHY_AFTER_SECONDS,
    LONGEST_DELAY_SECONDS,
    Part,
    delay_before,
)

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
FAILING = [sys.executable, "-c", "raise SystemExit(3)"]

CHILD = """
import sys, time
from pathlib import Path
from qiying.config.supervisor import end_with_parent
end_with_parent()
with Path(sys.argv[1]).open("a") as file:
    file.write(f"{__import__('os').getpid()}\\n")
time.sleep(60)
"""

PARENT = """
import os, sys
from qiying.config.supervisor import Part, Supervisor
child = [sys.executable, "-c", os.environ["CHILD"], sys.argv[1]]
print("started", flush=True)
Supervisor([Part("child", child, os.environ)], say=lambda *a, **b: None).run()
print("stopped", flush=True)
"""


def silent(_message: str, **_values: object) -> None: ...


def eventually(condition: Callable[[], bool], within: float = 15.0) -> bool:
    until = time.monotonic() + within
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.05)
    return False


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@given(st.integers(1, 10_000))
def test_the_delay_doubles_up_to_a_limit(failures: int) -> None:
    assert FIRST_DELAY_SECONDS <= delay_before(failures) <= LONGEST_DELAY_SECONDS
    assert delay_before(failures) <= delay_before(failures + 1)


def test_a_part_that_fails_waits_longer_each_time() -> None:
    part, now, starts = Part("part", FAILING, os.environ), 0.0, []
    while len(starts) < 4:
        part.tend(now, silent)
        if part.process is not None:
            starts.append(now)
            part.process.wait()
        now += 0.25
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert gaps == sorted(gaps)
    assert gaps[-1] > gaps[0]
    part.close()


def test_a_part_that_ran_well_starts_again_at_once() -> None:
    part = Part("part", FAILING, os.environ, failures=8)
    part.start(now=0.0)
    assert part.process is not None
    part.process.wait()
    part.tend(HEALTHY_AFTER_SECONDS, silent)
    assert part.failures == 1
    assert part.start_at == HEALTHY_AFTER_SECONDS + FIRST_DELAY_SECONDS


def test_the_end_of_a_part_is_reported_with_its_signal() -> None:
    said: list[dict[str, object]] = []
    part = Part("web", SLEEPER, os.environ)
    part.start(now=0.0)
    assert part.process is not None
    part.process.kill()
    part.process.wait()
    part.tend(1.0, lambda _message, **values: said.append(values))
    assert said == [{"part": "web", "how": "SIGKILL", "delay": FIRST_DELAY_SECONDS}]


def test_a_part_that_does_not_stop_is_killed() -> None:
    stubborn = "import signal, time; signal.signal(15, signal.SIG_IGN); print(1, flush=True); time.sleep(60)"
    part = Part("part", [sys.executable, "-c", stubborn], os.environ)
    part.start(now=0.0)
    assert part.process is not None
    process = part.process
    time.sleep(0.5)
    part.ask_to_stop()
    part.wait_or_kill(time.monotonic() + 0.2)
    assert process.returncode == -signal.SIGKILL
    assert part.process is None


class Running:
    """A supervisor in a process of its own, and what its child wrote down."""

    def __init__(self, record: Path) -> None:
        self.record = record
        self.process = subprocess.Popen(
            [sys.executable, "-c", PARENT, str(record)],
            env={**os.environ, "CHILD": CHILD},
            stdout=subprocess.PIPE,
            text=True,
        )

    def children(self) -> list[int]:
        return (
            [int(line) for line in self.record.read_text().split()] if self.record.exists() else []
        )

    def wait_for_child(self, number: int) -> int:
        assert eventually(lambda: len(self.children()) >= number)
        return self.children()[number - 1]


@pytest.fixture
def running(tmp_path: Path) -> "Running":
    return Running(tmp_path / "children")


@pytest.mark.promise
def test_a_killed_child_is_restarted_and_leaves_with_its_supervisor(running: Running) -> None:
    with running.process as supervisor:
        first = running.wait_for_child(1)
        os.kill(first, signal.SIGKILL)
        second = running.wait_for_child(2)
        assert second != first
        supervisor.terminate()
        supervisor.wait(15)
        assert supervisor.stdout is not None
        assert supervisor.stdout.read() == "started\nstopped\n"
    assert is_gone(second)


@pytest.mark.promise
def test_a_child_leaves_when_its_supervisor_is_killed(running: Running) -> None:
    with running.process as supervisor:
        child = running.wait_for_child(1)
        supervisor.kill()
    assert eventually(lambda: is_gone(child))


def test_threads_of_the_watch_do_not_keep_a_process_alive() -> None:
    script = "from qiying.config.supervisor import end_with_parent; end_with_parent()"
    with subprocess.Popen([sys.executable, "-c", script], stdin=subprocess.PIPE) as child:
        assert child.wait(10) == 0
