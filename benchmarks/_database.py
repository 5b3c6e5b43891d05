"""A database of its own for benchmarks: made, migrated, reached as the application's role, dropped."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "var" / "bench"


@contextmanager
def fresh_database() -> Iterator[None]:
    """Point Django at an empty database with all tables; what was there before comes back."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qiying.config.settings")
    import django  # noqa: PLC0415  the settings are named first

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connections  # noqa: PLC0415

    from qiying.config.database import (  # noqa: PLC0415
        APP_ROLE,
        OWNER_ROLE,
        ensure_running,
        prepare,
    )
    from qiying.config.environment import Environment  # noqa: PLC0415

    server = ensure_running(Environment({"QIYING_VAR": str(FOLDER)}))
    name = f"bench_{os.getpid()}"
    before = {alias: dict(connections[alias].settings_dict) for alias in ("default", "owner")}
    try:
        prepare(server.admin, database=name)
        for alias, role in (("default", APP_ROLE), ("owner", OWNER_ROLE)):
            connections[alias].close()
            connections[alias].settings_dict.update(
                NAME=name, USER=role, PASSWORD="", HOST=str(server.socket), PORT="5432"
            )
        call_command("migrate", database="owner", verbosity=0)
        yield
    finally:
        for alias, settings in before.items():
            connections[alias].close()
            connections[alias].settings_dict.update(settings)
        _drop(server.admin, name)
        server.leave()


def _drop(admin: dict[str, object], name: str) -> None:
    import psycopg  # noqa: PLC0415
    from psycopg import sql  # noqa: PLC0415

    with psycopg.connect(**admin, autocommit=True) as connection:
        connection.execute(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )
