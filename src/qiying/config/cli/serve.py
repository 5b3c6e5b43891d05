"""``qiying serve``, ``qiying web``, ``qiying worker``: run the platform, whole or in parts."""

import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

import typer

from qiying.config.cli import _platform
from qiying.config.cli._platform import say, text
from qiying.config.language import mark as _

if TYPE_CHECKING:
    from qiying.config.database import Server
    from qiying.config.supervisor import Part

WEB_POOL = "8"
OPEN_CONNECTIONS = 2000
FINISH_REQUESTS_WITHIN_SECONDS = 8
LOCAL = "127.0.0.1"

Host = Annotated[str, typer.Option(help=text(_("Address to listen on.")))]
Port = Annotated[int, typer.Option(min=1, max=65535, help=text(_("Port to listen on.")))]
WithParent = Annotated[bool, typer.Option("--with-parent", hidden=True)]


def register(root: typer.Typer) -> None:
    """Add the three commands."""
    root.command(help=text(_("Run everything: database, web and worker, watched.")))(serve)
    root.command(help=text(_("Run one web process.")))(web)
    root.command(help=text(_("Run one worker for jobs and periodic tasks.")))(worker)


def serve(
    *,
    host: Host = LOCAL,
    port: Port = 8000,
    demo: Annotated[
        bool | None,
        typer.Option(
            "--demo/--no-demo",
            help=text(_("Demonstration zone; the default with the embedded database.")),
        ),
    ] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help=text(_("Empty the embedded database first.")))
    ] = False,
    workers: Annotated[
        int, typer.Option(min=1, max=64, help=text(_("Number of worker processes.")))
    ] = 1,
) -> None:
    """Prepare what is missing, then run all parts until Ctrl-C."""
    # A terminal that closes or a TERM during the preparation must stop the database too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with _demonstration(demo) as has_demo, _alone():
        server = _prepare(host, port, has_demo=has_demo, reset=reset)
        _supervise(server, host, port, has_demo=has_demo, workers=workers)
        say(_("Stopped."))


def web(*, host: Host = LOCAL, port: Port = 8000, with_parent: WithParent = False) -> None:
    """Serve pages and interfaces with one uvicorn process."""
    os.environ.setdefault("QIYING_DATABASE_POOL", WEB_POOL)
    _leave_with_parent(with_parent=with_parent)
    _platform.prepare_django()
    _platform.ensure_database()

    import uvicorn

    uvicorn.run(
        "qiying.config.asgi:application",
        host=host,
        port=port,
        limit_concurrency=OPEN_CONNECTIONS,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=FINISH_REQUESTS_WITHIN_SECONDS,
        server_header=False,
        access_log=False,
        log_level="warning",
    )


def worker(
    *,
    concurrency: Annotated[
        int, typer.Option(min=1, max=64, help=text(_("Jobs run at the same time.")))
    ] = 2,
    with_parent: WithParent = False,
) -> None:
    """Run jobs until asked to stop; the one in hand is finished first."""
    _leave_with_parent(with_parent=with_parent)
    _platform.start_django()

    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    # Finished jobs are deleted: the record of what happened is the chain of events, not the queue.
    with app.replace_connector(DjangoConnector().get_worker_connector()) as at_work:
        at_work.run_worker(concurrency=concurrency, delete_jobs="successful")


def _leave_with_parent(*, with_parent: bool) -> None:
    if with_parent:
        from qiying.config.supervisor import end_with_parent

        end_with_parent()


@contextmanager
def _demonstration(asked: bool | None) -> Iterator[bool]:  # noqa: FBT001 - three-valued option
    """Decide whether there is a demonstration zone and tell settings before they are read."""
    has_demo = asked if asked is not None else not os.environ.get("QIYING_DATABASE_URL")
    os.environ.setdefault("QIYING_DEMO", "1" if has_demo else "0")
    yield has_demo


@contextmanager
def _alone() -> Iterator[None]:
    """Refuse to run twice in one folder; the kernel drops the lock of a killed process."""
    from qiying.config.environment import ENVIRONMENT, REPOSITORY
    from qiying.config.problems import StartError

    folder = ENVIRONMENT.folder("VAR", REPOSITORY / "var")
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "serve.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StartError(
                _(
                    "The platform already runs in %(folder)s: stop it, or choose another QIYING_VAR."
                ),
                folder=folder,
            ) from None
        yield


@contextmanager
def _step(label: str, *, has_lines: bool = False) -> Iterator[None]:
    """Show that something is going on and how long it took; it may print lines of its own."""
    begun = time.monotonic()
    typer.echo(f"  {text(label)} … ", nl=has_lines)
    yield
    typer.echo(f"{'  … ' if has_lines else ''}{time.monotonic() - begun:.1f} s")


def _prepare(host: str, port: int, *, has_demo: bool, reset: bool) -> "Server | None":
    from qiying.config import catalogues

    with _step(_("database and roles")):
        server = _platform.ensure_database()
    with _step(_("messages")):
        catalogues.compile_stale()
    with _step(_("settings")):
        _platform.start_django()

    from qiying.config import startup

    if reset:
        with _step(_("empty the database")):
            _reset(server)
    with _step(_("tables")):
        startup.migrate()
    with _step(_("static files")):
        startup.collect_static()
    if has_demo:
        with _step(_("demonstration zone"), has_lines=True):
            startup.load_demo()
    startup.wait_for_port(host, port)
    return server


def _reset(server: "Server | None") -> None:
    from qiying.config import startup
    from qiying.config.problems import StartError

    if server is None:
        raise StartError(
            _("--reset only empties the embedded database, never the one of QIYING_DATABASE_URL.")
        )
    startup.empty(server)


def _supervise(
    server: "Server | None", host: str, port: int, *, has_demo: bool, workers: int
) -> None:
    from qiying.config.supervisor import Supervisor

    begun = time.monotonic()
    Supervisor(
        parts=_parts(host, port, workers),
        say=say,
        tend_database=partial(_tend, server),
        on_start=partial(_announce, host, port, begun, has_demo=has_demo),
    ).run()


def _parts(host: str, port: int, workers: int) -> "list[Part]":
    from qiying.config.supervisor import Part

    command = [sys.executable, "-m", "qiying"]
    listen = ["--host", host, "--port", str(port)]
    parts = [Part("web", [*command, "web", *listen, "--with-parent"], os.environ)]
    for number in range(1, workers + 1):
        name = "worker" if workers == 1 else f"worker {number}"
        parts.append(Part(name, [*command, "worker", "--with-parent"], os.environ))
    return parts


def _tend(server: "Server | None") -> None:
    """Bring a dead database back before anything else is looked at."""
    if server is not None and not server.is_alive():
        say(_("The database ended; it is started again."))
        server.revive(say)


def _announce(host: str, port: int, begun: float, *, has_demo: bool) -> bool:
    from qiying.config import startup

    if not startup.answers(host, port):
        return False
    address = startup.address_to_ask(host)
    shown = f"[{address}]" if ":" in address else address
    typer.echo(f"  {text(_('web and worker'))} … {time.monotonic() - begun:.1f} s")
    typer.echo(f"ready http://{shown}:{port}")
    if has_demo:
        _print_sign_ins()
    return True


def _print_sign_ins() -> None:
    from qiying.config import startup

    public: Any = startup.demo()
    for row in public.sign_ins() if public is not None else ():
        typer.echo(f"  {row['role']}\t{row['username']}\t{row['password']}")
