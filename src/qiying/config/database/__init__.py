"""Where the data lives: any PostgreSQL by address, or the server that comes with the wheel.

Reading this package never starts anything: settings call :func:`databases`, which only describes
two connections to one database. ``default`` is the application's role, bound by row-level
security; ``owner`` owns the tables and is used by migrations alone. Commands that need the
database call :func:`ensure_running` first, which does nothing where an address is set.
"""

from qiying.config.database._address import (
    APP_ROLE,
    DATABASE_NAME,
    OWNER_ROLE,
    databases,
    is_embedded,
)
from qiying.config.database._prepare import prepare
from qiying.config.database._server import Server, ensure_running, find_running

__all__ = [
    "APP_ROLE",
    "DATABASE_NAME",
    "OWNER_ROLE",
    "Server",
    "databases",
    "ensure_running",
    "find_running",
    "is_embedded",
    "prepare",
]
