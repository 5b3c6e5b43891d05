"""A zone in a database of its own on the embedded server, and CPU clocks for both processes."""

import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import psutil
import psycopg
from psycopg import sql

NOW = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
FOUNDED, REFORM = date(2014, 3, 1), date(2024, 6, 28)
FIRMS = 800
NOT_COUNTED = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass
class Zone:
    """What the benchmarks need to know of the zone."""

    tenant_id: int
    database: str
    admin: dict[str, Any]
    units: dict[str, int] = field(default_factory=dict)
    firms: list[tuple[int, str]] = field(default_factory=list)
    """Id and public id of each firm."""

    def connect(self) -> psycopg.Connection[Any]:
        """As the administrator of the server, past row-level security: for COPY and clocks."""
        return psycopg.connect(**{**self.admin, "dbname": self.database}, autocommit=True)


@contextmanager
def own_zone(database: str) -> Iterator[Zone]:
    """Make the database, migrate it, found the zone; drop it at the end."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiying.config.settings")
    import django  # noqa: PLC0415  settings are read when a benchmark runs, not when it is listed
    from django.core.management import call_command  # noqa: PLC0415

    django.setup()
    from qiying.config.database import ensure_running, prepare  # noqa: PLC0415
    from qiying.config.environment import REPOSITORY, Environment  # noqa: PLC0415

    server = ensure_running(Environment({"QIYING_VAR": str(REPOSITORY / "var" / "bench")}))
    try:
        _drop(server.admin, database)
        prepare(server.admin, database=database)
        _use(server, database)
        call_command("migrate", database="owner", verbosity=0)
        yield _found(Zone(0, database, server.admin))
    finally:
        _use(server, "")
        _drop(server.admin, database)
        server.leave()


def _use(server: Any, database: str) -> None:
    from django.db import connections  # noqa: PLC0415

    from qiying.config.database import APP_ROLE, OWNER_ROLE  # noqa: PLC0415

    for alias, role in (("default", APP_ROLE), ("owner", OWNER_ROLE)):
        connections[alias].close()
        connections[alias].close_pool()
        connections[alias].settings_dict.update(
            NAME=database, USER=role, PASSWORD="", HOST=str(server.socket), PORT="5432"
        )


def _drop(admin: dict[str, Any], database: str) -> None:
    with psycopg.connect(**admin, autocommit=True) as connection:
        name = sql.Identifier(database)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))


def _found(zone: Zone) -> Zone:
    from qiying.kernel import people  # noqa: PLC0415
    from qiying.kernel.access import Role, stand_in  # noqa: PLC0415
    from qiying.slices.mandate import operations as mandate  # noqa: PLC0415
    from qiying.slices.registry import operations as registry  # noqa: PLC0415

    tenant = people.create_tenant(kind="zone", code="bench", name_zh="澜川", name_en="Lanchuan")
    zone.tenant_id = tenant.pk
    keeper = stand_in(tenant.pk, Role.ADMINISTRATOR)
    registry.set_zone(
        keeper,
        now=NOW,
        name_zh="澜川经济开发区",
        name_en="Lanchuan Economic Development Zone",
        longitude=119.2,
        latitude=29.0,
        founded_on=FOUNDED,
        wall_reform_on=REFORM,
    )
    registry.seed_calendars(keeper, now=NOW)
    seeds = [(u.code, u.kind, u.parent, u.name_zh, u.name_en) for u in mandate.unit_seeds()]
    towns = (("TW", "西溪镇", "Xixi Town"), ("TE", "东乡街道", "Dongxiang Sub-district"))
    for code, kind, parent, zh, en in [
        *seeds,
        *((c, "township", None, z, e) for c, z, e in towns),
    ]:
        row = registry.create_unit(
            keeper,
            now=NOW,
            code=code,
            kind=kind,
            name_zh=zh,
            name_en=en,
            parent_id=zone.units.get(parent or ""),
        )
        zone.units[code] = row.pk
    _ground(zone, keeper)
    mandate.load_seeds(keeper, founded_on=FOUNDED, reform_on=REFORM, now=NOW)
    _firms(zone, keeper)
    return zone


def _square(west: float, south: float, east: float, north: float) -> dict[str, Any]:
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def _ground(zone: Zone, keeper: Any) -> None:
    from qiying.slices.registry import operations as registry  # noqa: PLC0415

    areas = (
        ("planned", "P", _square(119.18, 28.98, 119.26, 29.06), FOUNDED, ""),
        ("wall", "A", _square(119.20, 29.0, 119.22, 29.02), REFORM, ""),
        ("township", "TW", _square(119.0, 28.9, 119.2, 29.1), FOUNDED, "TW"),
        ("township", "TE", _square(119.2, 28.9, 119.4, 29.1), FOUNDED, "TE"),
        ("grid", "G1", _square(119.20, 29.0, 119.22, 29.02), FOUNDED, ""),
    )
    for kind, key, geometry, since, unit in areas:
        registry.set_area(
            keeper,
            now=NOW,
            kind=kind,
            key=key,
            name_zh=f"{key}区",
            geometry=geometry,
            valid_from=since,
            unit_id=zone.units[unit] if unit else None,
        )


def _firms(zone: Zone, keeper: Any) -> None:
    """Firms come in by file, as they do in a zone."""
    from qiying.kernel import tenancy  # noqa: PLC0415
    from qiying.slices.registry.models import Enterprise  # noqa: PLC0415
    from qiying.slices.registry.operations import imports  # noqa: PLC0415
    from qiying.slices.registry.rules.credit_code import check_character  # noqa: PLC0415

    lines = ["credit code,name,kind,longitude,latitude"]
    for n in range(FIRMS):
        body = f"91330825MA{n:07d}"
        spot = f"{119.19 + 0.04 * (n % 97) / 97:.6f},{28.99 + 0.04 * (n % 89) / 89:.6f}"
        lines.append(f"{body}{check_character(body)},澜川第{n}制造厂,enterprise,{spot}")
    content = "\n".join(lines).encode()
    reading = imports.read("enterprises", file_name="firms.csv", content=content)
    batch = imports.bring_in(keeper, reading, now=NOW)
    if batch.counts["new"] != FIRMS:
        raise RuntimeError(batch.counts)
    with tenancy.reading(keeper):
        rows = Enterprise.objects.order_by("id").values_list("id", "public_id")
        zone.firms = [(pk, str(public_id)) for pk, public_id in rows]


def person(zone: Zone, name: str, *held: tuple[str, str]) -> Any:
    """A person with roles, each in a unit or in none; returns the account."""
    from qiying.kernel import people  # noqa: PLC0415
    from qiying.kernel.access import system  # noqa: PLC0415
    from qiying.kernel.models import User  # noqa: PLC0415

    user = User.objects.create_user(name, None, name=name)
    for role, unit in held:
        unit_id = zone.units[unit] if unit else None
        people.grant(
            system(zone.tenant_id), user.pk, role, now=NOW, unit_id=unit_id, valid_from=FOUNDED
        )
    return user


class Clock:
    """CPU seconds of this process and of its backends in the database."""

    def __init__(self, zone: Zone) -> None:
        with zone.connect() as connection:
            found = connection.execute(
                """
                SELECT pid FROM pg_stat_activity
                 WHERE datname = %s AND backend_type = 'client backend' AND pid <> pg_backend_pid()
                """,
                [zone.database],
            ).fetchall()
        self.backends = [psutil.Process(pid) for (pid,) in found]

    def read(self) -> float:
        ours = time.process_time()
        for backend in self.backends:
            used = backend.cpu_times()
            ours += used.user + used.system
        return ours

    def times(self, work: Callable[[int], object], *, batches: int, batch: int) -> list[float]:
        """CPU-milliseconds of one piece of work, by batch: the kernel counts backends in ticks."""
        found = []
        for start in range(batches):
            before = self.read()
            for n in range(batch):
                work(start * batch + n)
            found.append(1000 * (self.read() - before) / batch)
        return found


@contextmanager
def counted() -> Iterator[list[str]]:
    """Collect the statements that are sent inside, the frames of transactions left out."""
    from django.db import connection  # noqa: PLC0415

    found: list[str] = []

    def note(execute: Any, statement: str, params: Any, many: bool, context: Any) -> Any:
        if not str(statement).lstrip().upper().startswith(NOT_COUNTED):
            found.append(str(statement))
        return execute(statement, params, many, context)

    with connection.execute_wrapper(note):
        yield found


def median(values: Sequence[float]) -> float:
    ordered = sorted(values)
    middle = len(ordered) // 2
    return ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


def say(text: str) -> None:
    """A line of progress beside the table."""
    print(text, file=sys.stderr, flush=True)
