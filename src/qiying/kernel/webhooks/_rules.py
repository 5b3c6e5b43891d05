"""How patient we are, and what a secret looks like."""

import base64
import binascii
import secrets
from datetime import timedelta
from random import Random

from qiying.kernel.access import Role
from qiying.kernel.errors import Invalid
from qiying.kernel.lifecycle import Lifecycle, Step
from qiying.kernel.models import EndpointState

PING = "webhooks.ping"
MAX_TRIES = 9
FIRST_DELAY_SECONDS, GROWTH, JITTER = 5.0, 4.0, 0.2
"""5 s, 20 s, 80 s, 5 min, 21 min, 85 min, 5.7 h, 22.8 h: the last try comes after some thirty
hours."""
LONGEST_ASKED = timedelta(hours=24)
GIVE_UP_AFTER = timedelta(days=5)
"""An endpoint that received nothing for so long, while it was told, is switched off."""
EARLIER_FOR = timedelta(hours=24)
"""How long the earlier secret still signs after a new one was made."""
LEASE = timedelta(seconds=60)
"""An attempt whose worker died is made again after this."""
SECRET_PREFIX = "whsec_"  # noqa: S105  how every secret begins
SECRET_BYTES, MAX_SECRET_BYTES = 24, 64

ACTIVE, PAUSED, DISABLED, REMOVED = (
    EndpointState.ACTIVE,
    EndpointState.PAUSED,
    EndpointState.DISABLED,
    EndpointState.REMOVED,
)
_KEEPER = frozenset({Role.ADMINISTRATOR})
LIFECYCLE = Lifecycle(
    "webhook",
    initial=ACTIVE,
    final=frozenset({REMOVED}),
    steps={
        "pause": Step(frozenset({ACTIVE}), PAUSED, _KEEPER, "kernel.webhook_paused"),
        "resume": Step(frozenset({PAUSED, DISABLED}), ACTIVE, _KEEPER, "kernel.webhook_resumed"),
        "disable": Step(
            frozenset({ACTIVE}), DISABLED, frozenset({Role.SYSTEM}), "kernel.webhook_disabled"
        ),
        "remove": Step(
            frozenset({ACTIVE, PAUSED, DISABLED}), REMOVED, _KEEPER, "kernel.webhook_removed"
        ),
    },
)


def delay_before(tries: int, chance: Random) -> timedelta:
    """The pause after so many failed tries: exponential, with a fifth of jitter either way."""
    plain = FIRST_DELAY_SECONDS * GROWTH ** max(0, tries - 1)
    return timedelta(seconds=plain * chance.uniform(1 - JITTER, 1 + JITTER))


def new_secret() -> str:
    """32 random bytes as Standard Webhooks writes them."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


def require_secret(secret: str) -> str:
    """A secret that the receiver chose: ``whsec_`` and base64 of 24 to 64 bytes."""
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    is_known = secret.startswith(SECRET_PREFIX) and SECRET_BYTES <= len(key) <= MAX_SECRET_BYTES
    if not is_known:
        raise Invalid("webhooks.secret", {"secret": "webhooks.secret"})
    return secret
