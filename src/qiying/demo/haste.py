"""A connection for loading: no limits, no waiting for the disk, plans kept by the server."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

_SETTINGS = {
    "synchronous_commit": "off",
    "lock_timeout": "0",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
_OPTIONS = {"server_side_binding": True, "prepare_threshold": 3}
_OBJECTS_BETWEEN_COLLECTIONS = (50_000, 50, 1000)


@contextmanager
def in_haste() -> Iterator[None]:
    """Load on a connection of its own kind; what is cut short starts afresh, so nothing is lost.

    The thousands of plans and stories that live until the end are kept out of the sight of the
    garbage collector, which would walk over them again and again.
    """
    options = connection.settings_dict["OPTIONS"]
    before, thresholds = dict(options), gc.get_threshold()
    connection.close()
    options.update(_OPTIONS)
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        with connection.cursor() as cursor:
            for name, value in _SETTINGS.items():
                cursor.execute(f"SET {name} = {value}")
        yield
    finally:
        connection.close()
        options.clear()
        options.update(before)
        gc.set_threshold(*thresholds)
        gc.unfreeze()
