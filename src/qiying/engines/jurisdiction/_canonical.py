import json
from hashlib import sha256
from typing import Any

# Built once: making an encoder costs as much as using it.
_ENCODER = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
)


def digest_of(plain: dict[str, Any]) -> str:
    """SHA-256 over JSON with sorted keys and no spaces, hexadecimal."""
    return sha256(_ENCODER.encode(plain).encode()).hexdigest()
