"""What is to be sent: a row written with the operation, so that it is sent exactly when that was."""

from datetime import datetime
from typing import Any

from qiying.kernel import events
from qiying.kernel.access import Actor
from qiying.slices.channels.models import Delivery


def make(
    actor: Actor, kind: str, *, effect_key: str, body: dict[str, Any], now: datetime, **of: Any
) -> Delivery:
    """Put something down to be sent; ``of`` are ``endpoint``, ``forward``, ``update``, ``order``.

    Without an endpoint it waits for the next file.
    """
    row = Delivery.objects.create(
        tenant_id=actor.tenant_id,
        kind=kind,
        effect_key=effect_key,
        body=body,
        made_at=now,
        next_at=now,
        **of,
    )
    events.record("channels.delivery_made", subject=row, actor=actor, now=now, kind=kind)
    return row
