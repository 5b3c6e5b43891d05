"""Readable numbers: ``QY-261122-041``, one series per tenant, kind and day."""

from datetime import datetime
from zoneinfo import ZoneInfo

from qiying.kernel import prepared
from qiying.kernel.access import Actor

SHANGHAI = ZoneInfo("Asia/Shanghai")


def next_number(actor: Actor, prefix: str, *, now: datetime) -> str:
    """Give out the next number of the day (in Shanghai); a rolled-back one is given again."""
    series = f"{prefix}-{now.astimezone(SHANGHAI):%y%m%d}"
    with prepared.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_counter (tenant_id, name, value) VALUES (%s, %s, 1) "
            "ON CONFLICT (tenant_id, name) DO UPDATE SET value = kernel_counter.value + 1 "
            "RETURNING value",
            [actor.tenant_id, series],
        )
        (value,) = cursor.fetchone()
    return f"{series}-{value:03d}"
