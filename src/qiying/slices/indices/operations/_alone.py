"""One at a time in a zone, where two at once would both find nothing there."""

from django.db import connection

from qiying.kernel.access import Actor

SERIES = 31
"""The number of our locks among the advisory locks of the database."""


def alone(actor: Actor, what: str) -> None:
    """Wait until nobody else does this in the zone; the lock ends with the transaction."""
    name = f"indices/{actor.tenant_id}/{what}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock(hashtextextended(%s, {SERIES}))", [name])
