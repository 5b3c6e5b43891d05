"""Signed webhooks after Standard Webhooks: endpoints of a tenant are told of its events.

A slice publishes topics and says how their subject is named outside (``publish``). When such an
event is recorded and somebody waits for it, the worker writes one delivery for each endpoint and
sends it; what is not received is sent again with growing pauses, and every attempt is kept.
"""

from qiying.kernel.webhooks._body import Subject, publish, published
from qiying.kernel.webhooks._deliver import attempt, fan_out, send_again, settle
from qiying.kernel.webhooks._endpoints import (
    ask_again,
    change,
    create,
    drop_earlier_secret,
    move,
    ping,
    rotate,
)
from qiying.kernel.webhooks._queries import (
    attempts_of,
    count_waiting,
    get_delivery,
    get_endpoint,
    list_deliveries,
    list_endpoints,
)
from qiying.kernel.webhooks._rules import (
    EARLIER_FOR,
    GIVE_UP_AFTER,
    LIFECYCLE,
    MAX_TRIES,
    PING,
    delay_before,
)

__all__ = [
    "EARLIER_FOR",
    "GIVE_UP_AFTER",
    "LIFECYCLE",
    "MAX_TRIES",
    "PING",
    "Subject",
    "ask_again",
    "attempt",
    "attempts_of",
    "change",
    "count_waiting",
    "create",
    "delay_before",
    "drop_earlier_secret",
    "fan_out",
    "get_delivery",
    "get_endpoint",
    "list_deliveries",
    "list_endpoints",
    "move",
    "ping",
    "publish",
    "published",
    "rotate",
    "send_again",
    "settle",
]
