"""Work that is put into the queue inside an operation, in the operation's own transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from django.db import OperationalError
from procrastinate.exceptions import ConnectorException


@contextmanager
def queueing() -> Iterator[None]:
    """A database that goes away here is said as everywhere else: 503, nothing stored, ask again.

    The queue wraps what the driver raised, so that nobody would know it for what it is.
    """
    try:
        yield
    except ConnectorException as error:
        if isinstance(error.__cause__, psycopg.OperationalError | psycopg.InterfaceError):
            raise OperationalError(str(error.__cause__)) from error
        raise
