"""Settings of the database, read from the environment without touching a server."""

import hashlib
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from qiying.config.environment import REPOSITORY, Environment, SettingError
from qiying.config.language import mark as _

OWNER_ROLE = "qiying_owner"
APP_ROLE = "qiying_app"
DATABASE_NAME = "qiying"

# sun_path holds 108 bytes on Linux and 104 elsewhere, the closing zero and the file's name included.
SOCKET_PATH_LIMIT = 103
SOCKET_FILE = ".s.PGSQL.5432"

# An officer waits in front of the page: better a plain error than a request that hangs.
APP_LIMITS = (
    "-c statement_timeout=15s -c idle_in_transaction_session_timeout=30s -c lock_timeout=5s"
)

PREPARE_AFTER = 3
"""From so many times on a statement is planned once per connection to the server that comes with us.
At an address that was given a pooler may stand on the way, which would lose the plans."""


def data_folder(env: Environment) -> Path:
    """Return where the embedded server keeps its data."""
    return env.folder("VAR", REPOSITORY / "var") / "postgres"


def socket_folder(data: Path) -> Path:
    """Return the folder of the embedded server's socket: beside the data unless that is too long."""
    if len(bytes(data / SOCKET_FILE)) <= SOCKET_PATH_LIMIT:
        return data
    digest = hashlib.sha256(bytes(data)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"qiying-{digest}"


def is_embedded(env: Environment) -> bool:
    """Say whether the platform runs its own PostgreSQL."""
    return not env.text("DATABASE_URL")


def databases(env: Environment) -> dict[str, dict[str, Any]]:
    """Describe the two connections for Django's ``DATABASES``.

    Raises
    ------
    SettingError
        An address or a number that cannot be read, in a sentence that says what to write.
    """
    if is_embedded(env):
        app, owner = (_embedded(env, role) for role in (APP_ROLE, OWNER_ROLE))
        # nothing stands between us and this server that would lose its plans: kernel.prepared
        app["OPTIONS"]["prepare_threshold"] = PREPARE_AFTER
    else:
        app = _remote(env, "DATABASE_URL")
        has_owner = bool(env.text("DATABASE_OWNER_URL"))
        owner = _remote(env, "DATABASE_OWNER_URL") if has_owner else _copy(app)
    app["OPTIONS"]["options"] = f"{app['OPTIONS'].get('options', '')} {APP_LIMITS}".strip()
    if size := _pool_size(env):
        app["OPTIONS"]["pool"] = {
            "min_size": 1,
            "max_size": size,
            "timeout": 10,
            "max_lifetime": 1800,
        }
    # The test database is one for both aliases; tests/conftest.py makes it.
    owner["TEST"] = {"MIRROR": "default"}
    return {"default": app, "owner": owner}


def _copy(connection: dict[str, Any]) -> dict[str, Any]:
    return {**connection, "OPTIONS": dict(connection["OPTIONS"])}


def _embedded(env: Environment, role: str) -> dict[str, Any]:
    return _connection(
        name=DATABASE_NAME, user=role, host=str(socket_folder(data_folder(env))), port="5432"
    )


def _connection(
    *,
    name: str,
    user: str,
    host: str,
    port: str = "",
    password: str = "",
    options: dict[str, Any] | None = None,
) -> dict[str, Any]:
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": user,
        "PASSWORD": password,
        "HOST": host,
        "PORT": port,
        "OPTIONS": options or {},
    }


def _remote(env: Environment, setting: str) -> dict[str, Any]:
    parts = _split(env.text(setting), f"QIYING_{setting}")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    return _connection(
        name=unquote(parts.path[1:]),
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        host=options.pop("host", "") or unquote(parts.hostname or ""),
        port=str(parts.port or options.pop("port", "")),
        options=options,
    )


def _split(url: str, setting: str) -> SplitResult:
    # The address itself is never repeated in the sentence: it may hold a password.
    try:
        parts = urlsplit(url)
        has_port_in_range = parts.port is None or parts.port > 0
    except ValueError:
        parts, has_port_in_range = urlsplit(""), False
    if parts.scheme not in {"postgresql", "postgres"} or not has_port_in_range:
        raise SettingError(
            _(
                "%(setting)s cannot be read: write it as postgresql://user:password@host:5432/name."
            ),
            setting=setting,
        )
    if not parts.username or not parts.path.strip("/"):
        raise SettingError(
            _(
                "%(setting)s lacks a user or a database name: write it as "
                "postgresql://user:password@host:5432/name."
            ),
            setting=setting,
        )
    return parts


def _pool_size(env: Environment) -> int:
    text = env.text("DATABASE_POOL") or "0"
    if not text.isdecimal() or int(text) > 200:
        raise SettingError(
            _(
                "QIYING_DATABASE_POOL must be a whole number from 0 (no pool) to 200, not “%(text)s”."
            ),
            text=text,
        )
    return int(text)
