"""The steps from an empty folder to a platform that can serve; each does nothing when done."""

import importlib.util
import socket
import subprocess
import sys
import time
from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING, Any

import psycopg
from django.core.management import call_command
from django.db import connections
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from qiying.config.database import DATABASE_NAME, prepare
from qiying.config.language import mark as _
from qiying.config.problems import StartError

if TYPE_CHECKING:
    from qiying.config.database import Server

DEMO_SEED = "7"
PORT_FREE_WITHIN_SECONDS = 12
READY_WITHIN_SECONDS = 5


def migrate() -> int:
    """Bring the tables up to date as their owner and return how many migrations that took."""
    connection = connections["owner"]
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", database="owner", interactive=False, verbosity=0)
    connection.close()
    return len(plan)


def collect_static() -> None:
    """Gather styles, scripts and pictures where a web server in front can serve them."""
    call_command("collectstatic", interactive=False, verbosity=0)


def empty(server: "Server") -> None:
    """Throw away the embedded database and make a new one."""
    with psycopg.connect(**server.admin, autocommit=True) as admin:
        name = sql.Identifier(DATABASE_NAME)
        admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(name))
    prepare(server.admin)


def demo() -> Any:
    """Return the demonstration zone's public module, or nothing where it is not installed."""
    if importlib.util.find_spec("qiying.demo.public") is None:
        return None
    return importlib.import_module("qiying.demo.public")


def load_demo() -> bool:
    """Load the demonstration zone unless it is there; true when it was loaded now."""
    public = demo()
    if public is None or public.is_loaded():
        return False
    connections.close_all()
    command = [sys.executable, "-m", "qiying", "demo", "load", "--seed", DEMO_SEED]
    if subprocess.run(command, check=False).returncode:  # noqa: S603 - our own command
        raise StartError(
            _(
                "The demonstration zone could not be loaded; the reason stands above. Start without "
                "it: --no-demo."
            )
        )
    return True


def wait_for_port(host: str, port: int) -> None:
    """Wait while the web process of a killed supervisor leaves.

    Raises
    ------
    StartError
        Something listens there and stays.
    """
    until = time.monotonic() + PORT_FREE_WITHIN_SECONDS
    while not _is_free(host, port):
        if time.monotonic() > until:
            raise StartError(
                _("Port %(port)d of %(host)s is in use: choose another with --port."),
                port=port,
                host=host,
            )
        time.sleep(0.2)


def answers(host: str, port: int) -> bool:
    """Say whether the web process answers requests."""
    connection = HTTPConnection(address_to_ask(host), port, timeout=READY_WITHIN_SECONDS)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def address_to_ask(host: str) -> str:
    """Return an address by which this machine reaches what listens on `host`."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - read, not bound


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True
