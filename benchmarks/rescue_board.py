"""The board of Industry 120 with many who look on: how soon each is told, what idling costs.

A real server (``qiying web``, one process) over a database of its own, on loopback. Viewers in a
process of their own hold the live stream; a job is reported through the operation as everywhere.
Measured from the moment of the report: until the stream has told each viewer, and until each has
fetched the board's live part anew. Then nobody reports anything: CPU of the server's process and of
its PostgreSQL backends per minute, streams that end and open again included.

    python benchmarks/rescue_board.py [--quick]
"""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import psutil
from _zone import NOW, Zone, own_zone, person, say

VIEWERS_AT = Path(__file__).resolve().parent / "_viewers.py"
SIZE, QUICK = 500, 20
ROUNDS, QUICK_ROUNDS = 3, 2
IDLE_S, QUICK_IDLE_S = 60.0, 5.0
PER_PERSON = 4
"""Streams that one person may hold; the viewers are as many people as that takes."""
TOLD_WITHIN_S, DRAWN_WITHIN_S = 2.0, 2.0
IDLE_CPU_SHARE = 0.05
"""Of one core, for all viewers together."""
START_WITHIN_S = 60.0
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds from the report, for each viewer in order of arrival."""

    told: tuple[float, ...]
    drawn: tuple[float, ...]


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure; ``quick`` has few viewers and idles for a moment only."""
    size, rounds, idle = (QUICK, QUICK_ROUNDS, QUICK_IDLE_S) if quick else (SIZE, ROUNDS, IDLE_S)
    with own_zone("bench_rescue_board") as zone:
        cookies = looking_on(zone, size)
        report = reporter(zone)
        with served(zone) as (address, server), watched(address, cookies) as viewers:
            report()
            viewers.round()
            measured = [one_round(viewers, report) for _ in range(rounds)]
            cpu_s = idling(zone, server, idle)
            faults = viewers.faults
    return rows_of(size, measured, cpu_s, faults)


def rows_of(
    size: int, measured: Sequence[Round], cpu_s: float, faults: int
) -> list[dict[str, Any]]:
    """The rows of the table."""
    told = sorted(t for found in measured for t in found.told)
    drawn = sorted(t for found in measured for t in found.drawn)
    whole = size * len(measured)
    values = (
        ("told_p50", _rank(told, whole, 0.5), TOLD_WITHIN_S, "s"),
        ("told_all", _rank(told, whole, 1.0), TOLD_WITHIN_S, "s, the last of every round"),
        ("redrawn_p50", _rank(drawn, whole, 0.5), DRAWN_WITHIN_S, "s"),
        ("redrawn_all", _rank(drawn, whole, 1.0), DRAWN_WITHIN_S, "s, the last of every round"),
        ("idle_cpu", cpu_s, 60 * IDLE_CPU_SHARE, "CPU-s a minute, server and backends"),
        ("faults", float(faults), 0.0, "requests that failed"),
    )
    return [
        {
            "name": f"rescue_board_{name}_{size}",
            "ours": round(value, 3),
            "peer": None,
            "peer_name": "",
            "ratio": None,
            "bar": bar,
            "holds": value <= bar,
            "unit": unit,
        }
        for name, value, bar, unit in values
    ]


def _rank(values: Sequence[float], whole: int, share: float) -> float:
    """The nearest rank among all that were to be told; who was not told took for ever."""
    place = max(-(-whole * int(share * 100) // 100) - 1, 0)
    return values[place] if place < len(values) else float("inf")


# --- the zone ---


def looking_on(zone: Zone, size: int) -> list[str]:
    """Cookies of so many browsers of duty chiefs, signed in; those of one person share a session."""
    from django.conf import settings  # noqa: PLC0415  Django is set up by now
    from django.test import Client  # noqa: PLC0415

    from qiying.kernel.second_factor import SESSION  # noqa: PLC0415

    found: list[str] = []
    for n in range(-(-size // PER_PERSON)):
        user = person(zone, f"chief{n}", ("duty_chief", ""))
        client = Client()
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
        session = client.session
        session[SESSION] = "done"
        session.save()
        found += [f"{settings.SESSION_COOKIE_NAME}={session.session_key}"] * PER_PERSON
    return found[:size]


def reporter(zone: Zone) -> Any:
    """Call it: another firm's machine is down."""
    from django.utils import timezone  # noqa: PLC0415

    from qiying.kernel.access import system  # noqa: PLC0415
    from qiying.slices.rescue import operations  # noqa: PLC0415

    house = system(zone.tenant_id)
    operations.define_class(
        house, now=NOW, code="paper", name_zh="纸机", name_en="Paper machine", skill="paper"
    )
    firms = iter(zone.firms)

    def report() -> None:
        operations.report_job(
            house,
            now=timezone.now(),
            enterprise_id=next(firms)[0],
            channel="desk",
            title="纸机传动侧异响",
            urgency="line_stopped",
        )

    return report


# --- the server ---


@contextmanager
def served(zone: Zone) -> Iterator[tuple[str, psutil.Process]]:
    """One web process of the platform, as it is run in earnest."""
    from django.conf import settings  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    told = connections["default"].settings_dict
    port = _free_port()
    environment = {
        **os.environ,
        "QIYING_DATABASE_URL": f"postgresql://{told['USER']}@/{told['NAME']}?host={told['HOST']}",
        "QIYING_SECRET_KEY": settings.SECRET_KEY,
    }
    command = [sys.executable, "-m", "qiying", "web", "--port", str(port)]
    process = subprocess.Popen(command, env=environment)
    address = f"http://{LOOPBACK}:{port}"
    try:
        _wait_for(port, process)
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(START_WITHIN_S)


def _free_port() -> int:
    with socket.socket() as free:
        free.bind((LOOPBACK, 0))
        return int(free.getsockname()[1])


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_WITHIN_S
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection((LOOPBACK, port), timeout=5).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(port, process.returncode)


def idling(zone: Zone, server: psutil.Process, seconds: float) -> float:
    """CPU-seconds a minute of the server and its backends while nothing happens."""
    before = _cpu(zone, server)
    started = time.monotonic()
    time.sleep(seconds)
    used = _cpu(zone, server) - before
    return 60 * used / (time.monotonic() - started)


def _cpu(zone: Zone, server: psutil.Process) -> float:
    with zone.connect() as connection:
        found = connection.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [zone.database],
        ).fetchall()
    times = [p.cpu_times() for p in (server, *(psutil.Process(pid) for (pid,) in found))]
    return float(sum(t.user + t.system for t in times))


# --- the viewers ---


class Viewers:
    """The process of the browsers."""

    def __init__(self, given: IO[str], said: IO[str]) -> None:
        self.given = given
        self.said = said
        self.faults = 0

    def round(self) -> dict[str, Any]:
        """Ask when each was told and had the board; answered as soon as all have it."""
        self.given.write("round\n")
        self.given.flush()
        found: dict[str, Any] = json.loads(self.said.readline())
        self.faults = found["faults"]
        return found


@contextmanager
def watched(address: str, cookies: Sequence[str]) -> Iterator[Viewers]:
    """So many browsers with open streams."""
    process = subprocess.Popen(
        [sys.executable, VIEWERS_AT], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    if process.stdin is None or process.stdout is None:
        raise RuntimeError(VIEWERS_AT.name)
    try:
        given = {"address": address, "cookies": list(cookies), "fetches": True}
        process.stdin.write(json.dumps(given) + "\n")
        process.stdin.flush()
        ready = json.loads(process.stdout.readline())["ready"]
        say(f"  {ready} look on")
        yield Viewers(process.stdin, process.stdout)
    finally:
        process.kill()
        process.wait()


def one_round(viewers: Viewers, report: Any) -> Round:
    """A job is reported; the clock runs from before the operation on."""
    time.sleep(1.0)
    started = time.monotonic()
    report()
    found = viewers.round()
    told = tuple(sorted(t - started for t in found["told"] if t))
    drawn = tuple(sorted(t - started for t in found["drawn"] if t))
    say(f"  told {told[-1]:.2f} s, {len(told)}; redrawn {drawn[-1]:.2f} s, {len(drawn)}")
    return Round(told, drawn)


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), ensure_ascii=False, indent=2))
