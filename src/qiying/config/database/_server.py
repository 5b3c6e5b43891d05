"""Start, find, repair and stop the embedded PostgreSQL.

The server is a daemon of its own: it outlives whoever started it and the next start finds it by
its data folder. Everyone who uses it holds a shared lock on ``users.lock`` beside the data; the
last one to leave stops it. The kernel drops that lock when a process is killed, so no list of
users can go stale.
"""

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from qiying.config.database import _binaries, _owner
from qiying.config.database._address import SOCKET_FILE, data_folder, socket_folder
from qiying.config.database._prepare import prepare
from qiying.config.environment import Environment
from qiying.config.language import mark as _
from qiying.config.problems import StartError

ADMIN = "postgres"
START_WITHIN_SECONDS = 60
STOP_WITHIN_SECONDS = 30

CONFIGURATION = """
# Written by qiying at every start; put your own lines into postgresql.conf.
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 120
dynamic_shared_memory_type = mmap
jit = off
random_page_cost = 1.1
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_truncate_on_rotation = on
log_min_messages = warning
timezone = 'UTC'
"""

Say = Callable[..., None]


@dataclass
class Server:
    """A running embedded server, and this process's share in it."""

    data: Path
    socket: Path
    binaries: Path
    account: _owner.Account
    lock: int

    @property
    def admin(self) -> dict[str, Any]:
        """Return psycopg's keywords for the administrator, who reaches no row of ours in tests."""
        return {"host": str(self.socket), "port": 5432, "user": ADMIN, "dbname": "postgres"}

    def is_alive(self) -> bool:
        """Say whether the server process is there; asks the system, not the server."""
        return _postmaster(self.data) is not None

    def revive(self, say: Say) -> None:
        """Start the server again after it died; shares in it stay as they are."""
        with _starting(self.data):
            _run_and_prepare(self, say)

    def leave(self) -> bool:
        """Give up this process's share; the last to leave stops the server. True when stopped."""
        if self.lock < 0:
            return False
        descriptor, self.lock = self.lock, -1
        try:
            with _starting(self.data):
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    return False
                self.stop()
                return True
        finally:
            os.close(descriptor)

    def stop(self) -> None:
        """Stop the server now, whoever uses it."""
        if _postmaster(self.data) is None:
            return
        _control(self, "stop", "-m", "fast", "-t", str(STOP_WITHIN_SECONDS))


def _keep_quiet(_message: str, **_values: object) -> None:
    """Take the place of a terminal."""


def ensure_running(env: Environment, *, say: Say = _keep_quiet) -> Server:
    """Return the embedded server of these settings, started if need be, with this process's share.

    Parameters
    ----------
    env
        The settings that were given.
    say
        Called with an untranslated sentence and its values for each thing an administrator
        should know: the account that was made, folders that were opened for it, a repair.

    Raises
    ------
    StartError
        No PostgreSQL can be run here, the data belongs to someone else or to another version.
    """
    data = data_folder(env)
    try:
        data.parent.mkdir(parents=True, exist_ok=True)
        with _starting(data):
            return _take_part(data, say)
    except PermissionError as error:
        raise StartError(
            _("%(folder)s belongs to another account: remove it or choose another QIYING_VAR."),
            folder=data.parent,
        ) from error


def _take_part(data: Path, say: Say) -> Server:
    lock = _share(data)
    try:
        account = _owner.account_for(data, say)
        binaries = _binaries.find(account, say)
        server = Server(data, socket_folder(data), binaries, account, lock)
        _check_version(server)
        _run_and_prepare(server, say)
    except BaseException:
        os.close(lock)
        raise
    return server


def find_running(env: Environment) -> tuple[Path, bool]:
    """Return the folder of the embedded data and whether a server runs on it; starts nothing."""
    data = data_folder(env)
    return data, _postmaster(data) is not None


def _run_and_prepare(server: Server, say: Say) -> None:
    if _postmaster(server.data) is None:
        _start(server, say)
    _wait_until_ready(server)
    prepare(server.admin)


@contextmanager
def _starting(data: Path) -> Iterator[None]:
    """One process at a time starts or stops the server."""
    descriptor = os.open(data.with_suffix(".start.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _share(data: Path) -> int:
    descriptor = os.open(data.with_suffix(".users.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    return descriptor


def _check_version(server: Server) -> None:
    marker = server.data / "PG_VERSION"
    if not marker.exists():
        return
    made_by, runs = marker.read_text().strip(), str(_binaries.major_version(server.binaries))
    if made_by != runs:
        raise StartError(
            _(
                "The data in %(folder)s was made by PostgreSQL %(made_by)s but version %(runs)s is "
                "installed: dump it with the old version and load it with the new one, or choose "
                "another folder with QIYING_VAR."
            ),
            folder=server.data,
            made_by=made_by,
            runs=runs,
        )


def _start(server: Server, say: Say) -> None:
    _owner.open_way(server.data, server.account, say)
    _owner.give(server.data, server.account)
    _owner.give(server.socket, server.account)
    if not (server.data / "PG_VERSION").exists():
        _initialise(server)
    else:
        _clear_what_a_killed_server_left(server, say)
    configuration = server.data / "qiying.conf"
    configuration.write_text(f"unix_socket_directories = '{server.socket}'\n{CONFIGURATION}")
    configuration.chmod(0o644)
    if server.account.is_other:
        os.chown(configuration, server.account.uid, server.account.gid)
    _control(
        server, "start", "-t", str(START_WITHIN_SECONDS), "-l", str(server.data / "start.log")
    )


def _initialise(server: Server) -> None:
    # C.UTF-8 and not C: trigram search must see Chinese characters as letters.
    for locale in ("C.UTF-8", "en_US.UTF-8", "C"):
        done = _run(
            server,
            "initdb",
            *("--auth=trust", "--encoding=UTF8", f"--locale={locale}", f"--username={ADMIN}"),
        )
        if done.returncode == 0:
            break
    else:
        raise _cannot_start(server, done.stderr)
    with (server.data / "postgresql.conf").open("a") as file:
        file.write("\ninclude = 'qiying.conf'\n")


def _clear_what_a_killed_server_left(server: Server, say: Say) -> None:
    """Remove what stops a start after ``kill -9``: backends without a parent, files naming it.

    PostgreSQL judges ``postmaster.pid`` by its number alone, so a zombie or a stranger that got the
    same number would block the start; here the process was looked at and is not the server.
    """
    orphans = [process for process in psutil.process_iter() if _works_in(process, server.data)]
    for process in orphans:
        _signal(process, signal.SIGQUIT)
    _gone, stubborn = psutil.wait_procs(orphans, timeout=5)
    for process in stubborn:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(stubborn, timeout=5)
    leftovers = (server.data / "postmaster.pid", server.socket / f"{SOCKET_FILE}.lock")
    was_killed = [path for path in leftovers if path.exists()]
    for path in was_killed:
        path.unlink(missing_ok=True)
    if was_killed:
        say(_("The database was killed; it recovers from its log."))


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.Error:
        return


def _works_in(process: psutil.Process, data: Path) -> bool:
    try:
        is_server = process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE
        return is_server and Path(process.cwd()) == data.resolve()
    except psutil.Error:
        return False


def _postmaster(data: Path) -> psutil.Process | None:
    """Return the live server process of this folder, not merely a number in a file."""
    try:
        number = int((data / "postmaster.pid").read_text().split("\n", 1)[0])
        process = psutil.Process(number)
    except (OSError, ValueError, psutil.Error):
        return None
    return process if _works_in(process, data) else None


def _wait_until_ready(server: Server) -> None:
    """Wait for the line by which the server says that it answers, recovery included."""
    until = time.monotonic() + START_WITHIN_SECONDS
    while time.monotonic() < until:
        try:
            lines = (server.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            lines = []
        if lines and lines[-1].strip() == "ready":
            return
        time.sleep(0.05)
    raise _cannot_start(server, "")


def _control(server: Server, action: str, *arguments: str) -> None:
    done = _run(server, "pg_ctl", "-w", action, *arguments)
    if done.returncode:
        raise _cannot_start(server, done.stderr)


def _run(server: Server, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return _binaries.run(
        server.binaries, program, "-D", str(server.data), *arguments, account=server.account
    )


def _cannot_start(server: Server, detail: str) -> StartError:
    log = server.data / "start.log"
    tail = log.read_text(errors="replace").splitlines()[-5:] if log.exists() else []
    return StartError(
        _(
            "The embedded PostgreSQL in %(folder)s does not do as it is told: %(detail)s. Repair that, or "
            "set QIYING_DATABASE_URL to a PostgreSQL of your own (version 16 or newer)."
        ),
        folder=server.data,
        detail=" ".join([detail.strip(), *tail]).strip() or "no answer",
    )
