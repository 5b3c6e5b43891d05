"""Every test runs on a database of its own, as the application's role, never as a superuser.

Tables are made once per set of migrations and kept as a template; each run, and each worker of a
run, gets a copy of it in a fraction of a second. A transactional test is followed by a fresh copy
instead of a flush, so rows that migrations made and refused truncations need no special case.
"""

import hashlib
import os
import shutil
from collections.abc import Iterator
from importlib.metadata import version
from typing import Any

import psutil
import psycopg
import pytest
from django.conf import settings as django_settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck, settings
from psycopg import sql

from qiying.config.database import APP_ROLE, OWNER_ROLE, Server, ensure_running, prepare
from qiying.config.database._prepare import create_database
from qiying.config.environment import REPOSITORY, Environment
from qiying.kernel.revisions import Kept

# A busy machine is not a fault of the code: no deadlines, and slow generation is no failure.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("ci", patient, derandomize=True, database=None)
settings.register_profile("default", patient)
settings.register_profile("full", patient, max_examples=1000)

SOURCE = REPOSITORY / "src" / "qiying"
# The headless build draws the same pixels without a desktop's machinery: two thirds of the time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser")
TABLES_FROM_OUTSIDE = ("django", "django-axes", "procrastinate")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--full", action="store_true", help="also run the tests that take long")
    parser.addoption("--pictures", action="store_true", help="renew docs/pictures from journeys")


def pytest_configure(config: pytest.Config) -> None:
    profile = "ci" if os.environ.get("CI") else "default"
    settings.load_profile("full" if config.getoption("--full") else profile)
    # People of tests come by a password or none at all; the tests of the second factor require it.
    django_settings.SECOND_FACTOR = "optional"
    # Nobody guesses passwords of tests: a hash that is meant to be slow would only cost time.
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--full"):
        skip = pytest.mark.skip(reason="takes long: script/test --full")
        for item in items:
            if "full" in item.keywords:
                item.add_marker(skip)
    if any("playwright" in getattr(item, "fixturenames", ()) for item in items):
        # Playwright keeps an event loop in the thread of the tests, which then look asynchronous.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"


class Databases:
    """The databases of this process on the server that tests share."""

    def __init__(self, server: Server, worker: str) -> None:
        self.server = server
        self.name = f"test_qiying_{worker}_{os.getpid()}"
        self.template = f"template_{_fingerprint()}"

    def connect(self) -> psycopg.Connection[Any]:
        """Connect as the administrator, outside any database of ours."""
        return psycopg.connect(**self.server.admin, autocommit=True)

    def use(self, name: str) -> None:
        """Point both of Django's aliases at one database of the test server."""
        for alias, role in (("default", APP_ROLE), ("owner", OWNER_ROLE)):
            connections[alias].close()
            connections[alias].settings_dict.update(
                NAME=name, USER=role, PASSWORD="", HOST=str(self.server.socket), PORT="5432"
            )

    def ensure_template(self) -> None:
        """Migrate an empty database once for all runs with the same migrations."""
        building = f"building_{os.getpid()}"
        with self.connect() as admin:
            # Nothing here has to outlive a power cut.
            for line in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
                admin.execute(sql.SQL(f"ALTER SYSTEM SET {line}"))
            admin.execute("SELECT pg_reload_conf()")
            admin.execute("SELECT pg_advisory_lock(1159)")
            if self.template in _names(admin):
                return
            _drop(admin, building)
            prepare(self.server.admin, database=building)
            self.use(building)
            call_command("migrate", database="owner", verbosity=0)
            self.use("")
            for name in _names(admin):
                if name.startswith("template_") or _is_left_behind(name):
                    _drop(admin, name)
            admin.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(building), sql.Identifier(self.template)
                )
            )

    def renew(self) -> None:
        """Replace this process's database by a fresh copy and point Django at it."""
        self.use(self.name)
        with self.connect() as admin:
            _drop(admin, self.name)
            create_database(admin, self.name, template=self.template)

    def drop(self) -> None:
        """Leave nothing behind but the template."""
        self.use("")
        with self.connect() as admin:
            _drop(admin, self.name)

    def address(self, role: str) -> str:
        """Return the address by which another process reaches this database."""
        return f"postgresql://{role}@/{self.name}?host={self.server.socket}&port=5432"


def _names(admin: psycopg.Connection[Any]) -> list[str]:
    return [row[0] for row in admin.execute("SELECT datname FROM pg_database").fetchall()]


def _drop(admin: psycopg.Connection[Any], name: str) -> None:
    admin.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def _is_left_behind(name: str) -> bool:
    """Say whether a database belongs to a run that was killed."""
    kind, _, process = name.rpartition("_")
    is_ours = kind == "building" or kind.startswith("test_qiying_")
    return is_ours and process.isdecimal() and not psutil.pid_exists(int(process))


def _fingerprint() -> str:
    """Return a name for the tables that the migrations make: their text and their makers."""
    digest = hashlib.sha256()
    for path in sorted(SOURCE.glob("**/migrations/**/*")):
        if path.suffix in {".py", ".sql"}:
            digest.update(str(path.relative_to(SOURCE)).encode() + path.read_bytes())
    for path in (SOURCE / "config/database/_prepare.py", SOURCE / "kernel/tenancy.py"):
        digest.update(path.read_bytes() if path.exists() else b"")
    for name in TABLES_FROM_OUTSIDE:
        digest.update(f"{name} {version(name)}".encode())
    return digest.hexdigest()[:16]


@pytest.fixture(scope="session")
def test_server() -> Iterator[Server]:
    """The PostgreSQL that runs of tests share; the last run to end stops it."""
    server = ensure_running(Environment({"QIYING_VAR": str(REPOSITORY / "var" / "test")}))
    yield server
    server.leave()


@pytest.fixture(scope="session")
def test_databases(
    request: pytest.FixtureRequest, test_server: Server, django_db_blocker: Any
) -> Iterator[Databases]:
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    databases = Databases(test_server, worker)
    with django_db_blocker.unblock():
        databases.ensure_template()
        databases.renew()
    yield databases
    with django_db_blocker.unblock():
        databases.drop()


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, test_databases: Databases, django_db_blocker: Any
) -> Iterator[None]:
    """Take the place of pytest-django's own set-up, which would be a superuser's."""

    def start_afresh(_case: TransactionTestCase) -> None:
        test_databases.renew()
        Kept.forget_all()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", start_afresh)
        yield


@pytest.fixture(scope="session")
def database_environment(test_databases: Databases) -> dict[str, str]:
    """Settings that lead another process to the database of this one."""
    return {
        "QIYING_DATABASE_URL": test_databases.address(APP_ROLE),
        "QIYING_DATABASE_OWNER_URL": test_databases.address(OWNER_ROLE),
    }


@pytest.fixture(autouse=True)
def files_folder(request: pytest.FixtureRequest, tmp_path_factory: Any) -> Iterator[None]:
    """Uploads of tests go to a folder that pytest clears."""
    if "django_db_setup" not in request.fixturenames:
        yield
        return
    from django.test import override_settings  # noqa: PLC0415  settings are read by now

    with override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files")):
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Drive the system's Chromium where there is one; no sandbox, because CI is often root."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"]
    arguments += ["--disable-background-networking", "--disable-component-update"]
    arguments += ["--disable-sync", "--disable-dev-shm-usage"]
    path = {"executable_path": found} if found else {}
    return {**browser_type_launch_args, **path, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    return {
        **browser_context_args,
        "viewport": {"width": 1440, "height": 900},
        "locale": "zh-CN",
        "timezone_id": "Asia/Shanghai",
        "reduced_motion": "reduce",
    }
