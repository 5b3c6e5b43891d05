"""A page of 25 calls among a thousand, a hundred thousand and a million.

One zone is copied into three databases, each is filled by COPY, and the same pages are asked of
each in turn, as a browser would, through every layer: filter bar, counts of the tabs, navigation
and rows. The promise: as many statements whatever the size, and CPU (process and PostgreSQL
backend together) within 20 % of the smallest. Searching for words is reported beside it, and so is the list of a
unit's handler, whose tabs are counted to a hundred: a thousand calls do not have that many.

    python benchmarks/calls_list.py [--quick]
"""

import base64
import copy
import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from _calls import fill, received_at
from _zone import Clock, Zone, counted, median, own_zone, person, say
from psycopg import sql

SIZES, QUICK = (1_000, 100_000, 1_000_000), (1_000, 20_000, 100_000)
WITHIN = 0.2
BATCH, WARM = 10, 20
SEARCHES = {"search_common": "q=变压器", "search_rare": "q=QY-0000500"}
BESIDE = frozenset({*SEARCHES, "handler"})
"""Reported without a bar: a unit of the smallest zone has too few calls to fill its counts."""


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure; `quick` has smaller tables and fewer pages."""
    sizes = QUICK if quick else SIZES
    with own_zone("bench_calls_list") as zone, copies(zone, sizes) as names:
        sessions = sessions_of(zone)
        for size in sizes:
            fill(zone, names[size], size)
        readings = Readings(zone, names, sessions)
        rows = []
        for name in pages(zone, sizes[0]):
            rows += readings.row(name, batches=8 if quick else 20)
        return rows


def pages(zone: Zone, size: int) -> Mapping[str, str]:
    """The pages that are asked, by name; a deep one starts where nine tenths were passed."""
    deep = ["n", [{"t": received_at(size // 10, size).isoformat()}, size // 10]]
    cursor = base64.urlsafe_b64encode(json.dumps(deep).encode()).decode().rstrip("=")
    return {
        "first": "",
        "deep": f"cursor={cursor}",
        "state": "state=working",
        "unit": f"unit={zone.units['EMB']}",
        "due": "sort=due&tab=open",
        "handler": "",
        **SEARCHES,
    }


@contextmanager
def copies(zone: Zone, sizes: tuple[int, ...]) -> Iterator[dict[int, str]]:
    """Names of the databases by size; the accounts that sign in are made before the copying."""
    person(zone, "desk", ("desk", ""))
    person(zone, "handler", ("handler", "EMB"))
    sessions_of(zone)
    names = {size: f"{zone.database}_{size}" for size in sizes}
    with psycopg.connect(**zone.admin, autocommit=True) as admin:
        disconnect()
        for name in names.values():
            drop(admin, name)
            line = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            admin.execute(line.format(sql.Identifier(name), sql.Identifier(zone.database)))
        try:
            yield names
        finally:
            disconnect()
            for name in names.values():
                drop(admin, name)


def drop(admin: psycopg.Connection[Any], name: str) -> None:
    line = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
    admin.execute(line.format(sql.Identifier(name)))


def disconnect() -> None:
    """Leave the database, so that it can be copied."""
    from django.db import connections  # noqa: PLC0415  Django is set up by now

    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].close_pool()


_sessions: dict[str, Any] = {}


def sessions_of(zone: Zone) -> dict[str, Any]:
    """Signed-in browsers by name; the sessions are copied with the database."""
    from django.test import Client  # noqa: PLC0415  Django is set up by now

    from qiying.kernel.models import User  # noqa: PLC0415
    from qiying.kernel.second_factor import SESSION  # noqa: PLC0415  Django is set up by now

    for name in ("desk", "handler"):
        if name not in _sessions:
            client = Client()
            user = User.objects.get(username=name)
            client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
            session = client.session
            session[SESSION] = "done"  # staff enter with a second proof; this session has it
            session.save()
            _sessions[name] = client
    return _sessions


class Readings:
    """Pages asked of each database in turn, on a connection that each keeps."""

    def __init__(self, zone: Zone, names: Mapping[int, str], sessions: Mapping[str, Any]) -> None:
        from django.db import connections  # noqa: PLC0415
        from django.db.utils import load_backend  # noqa: PLC0415

        self.zone, self.sessions, self.links = zone, sessions, {}
        plain = copy.deepcopy(connections["default"].settings_dict)
        plain["OPTIONS"].pop("pool", None)
        for size, name in names.items():
            given = {**copy.deepcopy(plain), "NAME": name, "CONN_MAX_AGE": None}
            self.links[size] = load_backend(plain["ENGINE"]).DatabaseWrapper(given, "default")
        self.clocks: dict[int, Clock] = {}

    @contextmanager
    def among(self, size: int) -> Iterator[None]:
        """Let the platform work on the database of this size."""
        from django.db import connections  # noqa: PLC0415

        before = connections["default"]
        connections["default"] = self.links[size]
        try:
            yield
        finally:
            connections["default"] = before

    def ask(self, name: str, size: int) -> None:
        client = self.sessions["handler" if name == "handler" else "desk"]
        answer = client.get(f"/calls/?{pages(self.zone, size)[name]}")
        if answer.status_code != 200:
            raise RuntimeError(answer.status_code, answer.content)

    def clock(self, size: int) -> Clock:
        """The clock of the backend that serves this size."""
        if size not in self.clocks:
            zone = copy.copy(self.zone)
            zone.database = str(self.links[size].settings_dict["NAME"])
            self.clocks[size] = Clock(zone)
        return self.clocks[size]

    def row(self, name: str, *, batches: int) -> list[dict[str, Any]]:
        """Both rows of one kind of page."""
        statements, times = {}, {size: list[float]() for size in self.links}
        for size in self.links:
            with self.among(size):
                for _ in range(WARM):
                    self.ask(name, size)
                with counted() as found:
                    self.ask(name, size)
                statements[size] = len(found)
        for _ in range(batches):
            for size in self.links:
                with self.among(size):
                    clock = self.clock(size)
                    times[size] += clock.times(
                        lambda _n, size=size: self.ask(name, size), batches=1, batch=BATCH
                    )
        cpu = {size: median(found) for size, found in times.items()}
        say(f"  {name}: " + ", ".join(f"{s:,}: {c:.1f} ms" for s, c in cpu.items()))
        return [self._cpu(name, cpu), self._statements(name, statements)]

    def _cpu(self, name: str, cpu: Mapping[int, float]) -> dict[str, Any]:
        small, *larger = cpu.values()
        most = max(larger, key=lambda c: abs(c - small))
        is_promised = name not in BESIDE
        return {
            "name": f"calls_list_{name}_cpu",
            "ours": round(most, 2),
            "peer": round(small, 2),
            "peer_name": f"the same page of {min(cpu):,} calls",
            "ratio": round(most / small, 2),
            "bar": 1 + WITHIN if is_promised else None,
            "holds": abs(most / small - 1) <= WITHIN or not is_promised,
            "unit": f"CPU-ms per page, the farthest of {', '.join(f'{s:,}' for s in cpu)} calls; "
            f"the bar is for the ratio, {1 - WITHIN} at the other end",
        }

    def _statements(self, name: str, statements: Mapping[int, int]) -> dict[str, Any]:
        small, *larger = statements.values()
        return {
            "name": f"calls_list_{name}_statements",
            "ours": max(larger),
            "peer": small,
            "peer_name": f"the same page of {min(statements):,} calls",
            "ratio": round(max(larger) / small, 2),
            "bar": 1.0,
            "holds": set(larger) == {small},
            "unit": "statements per page",
        }


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), ensure_ascii=False, indent=2))
