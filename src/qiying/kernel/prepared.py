"""Statements that every request sends: bound by the server, which keeps their plans.

Everything else goes through the cursors of the object mapper, which write their values into the
text. Where plans may not be kept (a pooler between us and the server: no ``prepare_threshold``
in the options of the connection) these statements are planned anew each time and mean the same.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.backends.utils import CursorWrapper


@contextmanager
def cursor() -> Iterator[CursorWrapper]:
    """A cursor on the connection in use, counted, logged and guarded like any other."""
    connection.close_if_health_check_failed()
    connection.ensure_connection()
    raw = ServerBindingCursor(connection.connection)
    wrap = connection.make_debug_cursor if connection.queries_logged else connection.make_cursor
    with wrap(raw) as found:
        yield found
