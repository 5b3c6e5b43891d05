"""Readable numbers: ``QY-261122-041``, one series per tenant, kind and day."""

from datetime import datetime
from zoneinfo import ZoneInfo

from qiying.kernel import prepared
from qiying.kernel.access import Actor

SHANGHAI = ZoneInfo("Asia/Shanghai")


def next_number(actor: Actor, prefix: str, *, now: datetime) -> str:
    """Give out the next number of the day (in Shanghai); a rolled-back one is given again."""
    series = f"{prefix}-{now.astimezone(SHANGHAI):%y%m%d}"
    return f"{series}-{take(actor, series):03d}"


def take(actor: Actor, series: str, count: int = 1) -> int:
    """Take the next ``count`` numbers of a series, which begins with one, and return the last."""
    with prepared.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_counter (tenant_id, name, value) VALUES (%s, %s, %s) "
            "ON CONFLICT (tenant_id, name) "
            "DO UPDATE SET value = kernel_counter.value + excluded.value RETURNING value",
            [actor.tenant_id, series, count],
        )
        (value,) = cursor.fetchone()
    return int(value)
