"""Calls beside django-helpdesk 2.6.1: the same machine, the same run, the same database server.

Ours are asked through every layer (session, permissions, row-level security, audit), over ten
thousand calls; the peer, installed from the registry into an environment of its own, answers the
same questions over as many tickets. CPU of the server's process and of its PostgreSQL backend
together, as the median of batches, and SQL statements. Throughput is what one core answers in a
second of its own time, so that a busy machine does not decide.

    python benchmarks/calls_helpdesk.py [--quick]
"""

import json
import subprocess
import sys
import venv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from _calls import fill
from _zone import NOW, Clock, Zone, counted, median, own_zone, person, say
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
PEER = ROOT / "benchmarks" / "peers" / "django_helpdesk.py"
PEER_HOME = ROOT / "var" / "bench" / "helpdesk"
PEER_NAME = "django-helpdesk 2.6.1"
NEEDED = ("django-helpdesk==2.6.1", "django==5.2.*", "django-bootstrap4-form", "packaging")
"""The peer does not declare the last two and does not start without them."""
SIZE, QUICK = 10_000, 5_000
TIMES_FASTER = 3.0
BATCH, WARM = 10, 3
Work = Callable[[int], Any]


@dataclass(frozen=True, slots=True)
class Bar:
    """The most CPU-milliseconds and statements of a scenario, and the peer's name for it."""

    cpu_ms: float
    statements: int | None = None
    peer: str = ""


BARS: Mapping[str, Bar] = {
    "create": Bar(25, 12, "create"),
    "page": Bar(30, 15, "page"),
    "list_rows": Bar(15, 6, "list_rows"),
    "rest_list": Bar(15, 6, "rest_list"),
    "dashboard": Bar(20, None, "dashboard"),
    "board": Bar(20, None, "dashboard"),
    "desk_refresh": Bar(20),
    "open311": Bar(30),
}


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure ours, then the peer; `quick` has fewer calls and batches."""
    size, batches = (QUICK, 6) if quick else (SIZE, 20)
    with own_zone("bench_calls_helpdesk") as zone:
        ways = scenarios(zone, size)
        require_answers(ways)
        ours = measure(zone, ways, batches)
        statements = {name: most(work) for name, work in ways.items()}
        theirs, peer_name = peer(zone, size, batches)
    rows = []
    for name, bar in BARS.items():
        rows += scenario(name, bar, ours[name], statements[name], theirs.get(bar.peer), peer_name)
    return rows


def scenario(
    name: str,
    bar: Bar,
    cpu_ms: float,
    statements: int,
    theirs: Mapping[str, float] | None,
    peer_name: str,
) -> list[dict[str, Any]]:
    """The rows of one scenario: its own bars, and how many times the peer's throughput it has."""
    common = {"peer": None, "peer_name": "", "ratio": None}
    rows = [
        {
            **common,
            "name": f"calls_{name}_cpu",
            "ours": round(cpu_ms, 2),
            "bar": bar.cpu_ms,
            "holds": cpu_ms <= bar.cpu_ms,
            "unit": "CPU-ms, process and backend",
        }
    ]
    if bar.statements is not None:
        rows.append(
            {
                **common,
                "name": f"calls_{name}_statements",
                "ours": statements,
                "peer": theirs["statements"] if theirs else None,
                "peer_name": peer_name if theirs else "",
                "bar": bar.statements,
                "holds": statements <= bar.statements,
                "unit": "statements, at most",
            }
        )
    if theirs:
        ratio = theirs["cpu_ms"] / cpu_ms
        rows.append(
            {
                "name": f"calls_{name}_throughput",
                "ours": round(1000 / cpu_ms, 1),
                "peer": round(1000 / theirs["cpu_ms"], 2),
                "peer_name": peer_name,
                "ratio": round(ratio, 1),
                "bar": TIMES_FASTER,
                "holds": ratio >= TIMES_FASTER,
                "unit": "answers a second of one core; the bar is for the ratio",
            }
        )
    return rows


# --- ours ---


def scenarios(zone: Zone, size: int) -> dict[str, Work]:
    """What is asked of us, by name."""
    from django.test import Client  # noqa: PLC0415  Django is set up by now

    from qiying.kernel import people  # noqa: PLC0415
    from qiying.kernel.access import system  # noqa: PLC0415

    desk = person(zone, "desk", ("desk", ""))
    _row, secret = people.issue_key(system(zone.tenant_id), "portal", now=NOW)
    fill(zone, zone.database, size)
    _past(zone, size)
    told = [_told(zone, desk, n) for n in range(5)]
    client, machine = Client(), Client(headers={"X-API-Key": secret})
    client.force_login(desk, backend="django.contrib.auth.backends.ModelBackend")
    _prove(client)
    leader = _leader(zone)
    keys = iter(range(10**9))

    def create(n: int) -> Any:
        body = {"text": TEXT, "matter": MATTERS[n % 7], "enterprise": zone.firms[n % 800][1]}
        headers = {"Idempotency-Key": f"bench-{next(keys)}"}
        return machine.post(
            "/api/v1/calls/", json.dumps(body), content_type="application/json", headers=headers
        )

    public = "/open311/v2/requests.json?jurisdiction_id=bench&page_size=100"
    return {
        "create": create,
        "page": lambda n: client.get(f"/calls/case/{told[n % len(told)]}/"),
        "list_rows": lambda _n: client.get("/calls/", headers=ROWS_ONLY),
        "rest_list": lambda _n: client.get("/api/v1/calls/?size=25"),
        "dashboard": lambda _n: client.get("/calls/desk/"),
        "board": lambda _n: leader.get("/calls/board/"),
        "desk_refresh": lambda _n: client.get("/calls/desk/", headers=LIVE_ONLY),
        "open311": lambda _n: machine.get(public),
    }


def _leader(zone: Zone) -> Any:
    """The browser of the one who reads the board."""
    from django.test import Client  # noqa: PLC0415  Django is set up by now

    client, user = Client(), person(zone, "leader", ("zone_leader", ""))
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    _prove(client)
    return client


def _prove(client: Any) -> None:
    """Staff enter with a second proof; this session has it."""
    from qiying.kernel.second_factor import SESSION  # noqa: PLC0415  Django is set up by now

    session = client.session
    session[SESSION] = "done"
    session.save()


TEXT = "配电房有异响和焦味，变压器外壳发烫，请尽快派人来看看，以免影响夜班生产。"
MATTERS = ("M009", "M016", "M017", "M069", "M072", "M104", "M111")
ROWS_ONLY = {"HX-Request": "true", "HX-Target": "rows"}
"""What the filter bar and the pager send: the rows alone come back."""
LIVE_ONLY = {"HX-Request": "true", "HX-Target": "desk-live"}
"""What an open desk sends when a call changed: its lanes and numbers alone come back."""


def _past(zone: Zone, size: int) -> None:
    """Numbers of new calls go on after those that were filled in."""
    with zone.connect() as connection:
        for table in ("calls_call", "calls_round", "calls_task"):
            line = sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), %s)")
            connection.execute(line.format(sql.Literal(table)), [size + 1])


def _told(zone: Zone, desk: Any, n: int) -> str:
    """A call with a history: raised, accepted, dispatched, spoken of, waiting for the unit."""
    from qiying.kernel import people  # noqa: PLC0415
    from qiying.slices.calls import operations  # noqa: PLC0415
    from qiying.slices.calls.operations import CoUnit  # noqa: PLC0415

    actor = people.actors_of(desk, now=NOW)[0]
    firm = zone.firms[n][0]
    call = operations.receive(
        actor, title="配电房异响", text=TEXT, now=NOW, enterprise_id=firm, matter_code="M016"
    )
    at = iter(NOW + timedelta(minutes=m) for m in range(1, 60))
    units = {"lead_unit_id": zone.units["ZONE_SAFE"], "co_units": [CoUnit(zone.units["EMB"])]}
    operations.accept(actor, call.pk, now=next(at))
    operations.dispatch(actor, call.pk, now=next(at), text="转办", **units)
    operations.note(actor, call.pk, now=next(at), text="企业来电催问")
    operations.message(actor, call.pk, now=next(at), text="已转安全环保局办理")
    return str(call.public_id)


def measure(zone: Zone, ways: Mapping[str, Work], batches: int) -> dict[str, float]:
    """The median CPU-milliseconds of each scenario, taken in turns after warming up."""
    for name, work in ways.items():
        for n in range(WARM * BATCH):
            answer = work(n)
            if answer.status_code not in {200, 201}:
                raise RuntimeError(name, answer.status_code, answer.content[:500])
    clock, times = Clock(zone), {name: list[float]() for name in ways}
    for _ in range(batches):
        for name, work in ways.items():
            times[name] += clock.times(work, batches=1, batch=BATCH)
    for name, found in times.items():
        say(f"  {name}: " + " ".join(f"{t:.1f}" for t in found))
    return {name: median(found) for name, found in times.items()}


def require_answers(ways: Mapping[str, Work]) -> None:
    """What is measured is what was asked for, not an empty page."""
    found = {
        "list_rows": ways["list_rows"](0).content.decode().count('name="id"'),
        "rest_list": len(ways["rest_list"](0).json()["items"]),
        "open311": len(ways["open311"](0).json()),
    }
    if found != {"list_rows": 25, "rest_list": 25, "open311": 100}:
        raise RuntimeError(found)


def most(work: Work) -> int:
    """The most statements of some turns."""
    found = 0
    for n in range(7):
        with counted() as statements:
            work(n)
        found = max(found, len(statements))
    return found


# --- the peer ---


def peer(zone: Zone, size: int, batches: int) -> tuple[dict[str, Mapping[str, float]], str]:
    """The same scenarios by the peer, in a database of its own; empty if it is not there."""
    name = f"{zone.database}_peer"
    given = {
        "database": {
            "dbname": name,
            "user": zone.admin["user"],
            "host": str(zone.admin["host"]),
            "port": zone.admin.get("port", 5432),
        },
        "size": size,
        "batches": batches,
    }
    with psycopg.connect(**zone.admin, autocommit=True) as admin:
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_named(name)))
        admin.execute(sql.SQL("CREATE DATABASE {}").format(_named(name)))
        try:
            said = subprocess.run(
                [_peer_python(), PEER, json.dumps(given)],
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        except (OSError, subprocess.CalledProcessError) as error:
            say(f"  {PEER_NAME} did not run: {getattr(error, 'stderr', error)}")
            return {}, f"{PEER_NAME} (could not be installed here)"
        finally:
            admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(_named(name)))
    facts = json.loads(said.splitlines()[-1])
    for scene, found in facts["scenarios"].items():
        say(f"  {PEER_NAME}, {scene}: {found['cpu_ms']:.1f} CPU-ms, {found['statements']:.0f} SQL")
    return facts["scenarios"], f"django-helpdesk {facts['version']}"


def _named(name: str) -> sql.Identifier:
    return sql.Identifier(name)


def _peer_python() -> Path:
    python = PEER_HOME / "bin" / "python"
    if not (PEER_HOME / "ready").exists():
        venv.create(PEER_HOME, with_pip=True, clear=True)
        command = [python, "-m", "pip", "install", "--quiet", *NEEDED, "psycopg[binary]"]
        subprocess.run(command, capture_output=True, check=True)
        (PEER_HOME / "ready").touch()
    return python


if __name__ == "__main__":
    print(json.dumps(run(quick="--quick" in sys.argv), ensure_ascii=False, indent=2))
