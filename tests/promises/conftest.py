"""A whole platform in processes of its own, to be killed part by part.

``platform`` is a running ``qiying serve --no-demo`` on a database of its own, shared by the tests
of one module. Other promises are written against the same handle: ``url``, ``environment``,
``pid(part)``, ``kill(part)``, ``wait_until_ready()``, ``qiying(*arguments)``.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

START_WITHIN_SECONDS = 180.0
PARTS = ("web", "worker")


def eventually(condition: Callable[[], bool], *, within: float = 60.0) -> bool:
    """Ask until it is so, or say that it never was."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        if condition():
            return True
        time.sleep(0.1)
    return False


def is_gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.Error:
        return True


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Platform:
    """One ``qiying serve`` and what it started."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "LC_ALL": "C.UTF-8",
            "QIYING_VAR": str(folder / "var"),
        }
        self.log = folder / "serve.log"
        self.process: subprocess.Popen[bytes] | None = None

    eventually = staticmethod(eventually)

    def start(self, *options: str) -> float:
        """Start the platform, wait for its line ``ready`` and return how long that took."""
        begun, seen = time.monotonic(), self.output()
        command = [sys.executable, "-m", "qiying", "serve", "--port", str(self.port)]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [*command, "--no-demo", *options],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        ready = f"ready {self.url}\n"
        assert eventually(
            lambda: ready in self.output()[len(seen) :] or not self.is_running(),
            within=START_WITHIN_SECONDS,
        )
        assert self.is_running(), self.output()
        return time.monotonic() - begun

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def output(self) -> str:
        return self.log.read_text() if self.log.exists() else ""

    def stop(self) -> int:
        """Stop as Ctrl-C does and return the exit code."""
        assert self.process is not None
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(60)

    def pid(self, part: str) -> int | None:
        """Return the process of `part`: ``supervisor``, ``database``, ``web`` or ``worker``."""
        if part == "supervisor":
            return self.process.pid if self.process and self.is_running() else None
        if part == "database":
            return self._database()
        return next(iter(self._children(part)), None)

    def _database(self) -> int | None:
        file = self.folder / "var" / "postgres" / "postmaster.pid"
        try:
            number = int(file.read_text().split("\n", 1)[0])
        except (OSError, ValueError):
            return None
        return None if is_gone(number) else number

    def _children(self, part: str) -> list[int]:
        """Find by folder and words, so that children of a killed supervisor are found too."""
        found = []
        for process in psutil.process_iter():
            try:
                is_ours = process.environ().get("QIYING_VAR") == self.environment["QIYING_VAR"]
                if is_ours and process.cmdline()[3:4] == [part]:
                    found.append(process.pid)
            except psutil.Error:
                continue
        return found

    def kill(self, part: str) -> int:
        """Kill one part without a warning and return its number."""
        pid = self.pid(part)
        assert pid is not None, f"{part} does not run"
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: is_gone(pid) or self._reap(pid))
        return pid

    def _reap(self, pid: int) -> bool:
        if self.process is not None and self.process.pid == pid:
            self.process.wait(10)
            return True
        return False

    def leftovers(self) -> list[int]:
        """Return every process of this platform that is still there."""
        found = [pid for part in PARTS for pid in self._children(part)]
        return [pid for pid in (*found, self._database()) if pid is not None]

    def status(self, path: str = "/readyz") -> int:
        """Ask one page and return its status; 0 when nobody answers."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", path)
            return connection.getresponse().status
        except (OSError, HTTPException):
            return 0
        finally:
            connection.close()

    def wait_until_ready(self) -> None:
        assert eventually(lambda: self.status() == 200), self.output()

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Ask the platform's database as its administrator, past row-level security."""
        folder = self.folder / "var" / "postgres"
        with psycopg.connect(
            host=str(folder), port=5432, user="postgres", dbname="qiying"
        ) as connection:
            return connection.execute(statement.encode()).fetchall()

    def qiying(self, *arguments: str) -> str:
        """Run a command beside the platform and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "qiying", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    # Not below pytest's own folder: another run of pytest would shut it to the database's user.
    folder = Path(tempfile.mkdtemp(prefix="qiying-promise-"))
    running = Platform(folder)
    running.start()
    yield running
    if running.is_running():
        running.stop()
    running.qiying("database", "stop")
    shutil.rmtree(folder, ignore_errors=True)
