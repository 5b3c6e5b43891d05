"""Statements that every request sends: bound by the server, which keeps their plans.

Everything else goes through the cursors of the object mapper, which write their values into the
text. Where plans may not be kept (a pooler between us and the server: no ``prepare_threshold``
in the options of the connection) these statements are planned anew each time and mean the same.
"""

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorDebugWrapper, CursorWrapper
from psycopg import RawCursor


def cursor() -> CursorWrapper:
    """A cursor on the connection in use, counted, logged and guarded like any other."""
    return _wrapped(ServerBindingCursor)


def numbered_cursor() -> CursorWrapper:
    """The same for statements that write ``$1`` for a value: the driver need not read them.

    It reads a statement anew each time that has more than fifty values.
    """
    return _wrapped(RawCursor)


def _wrapped(kind: Any) -> CursorWrapper:
    """``kind`` is a cursor of the driver, which Django's stubs do not know as one."""
    here = connections[DEFAULT_DB_ALIAS]
    here.close_if_health_check_failed()
    here.ensure_connection()
    with here.wrap_database_errors:  # a server that is away is said as everywhere: 503, ask again
        if here.queries_logged:
            return _Logged(kind(here.connection), here)
        return here.make_cursor(kind(here.connection))


class _Logged(CursorDebugWrapper):
    """Logs a statement as it was sent: the driver never had its values in the text."""

    def execute(self, sql: Any, params: Any = None) -> Any:
        with self.debug_sql(sql, params):
            return CursorWrapper.execute(self, sql, params)
