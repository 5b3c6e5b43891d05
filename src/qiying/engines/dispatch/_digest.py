"""A digest of values: the same on every machine, so that a decision can be replayed and compared."""

import hashlib
from typing import Any

from qiying.engines.dispatch._json import write_json


def digest(*values: Any) -> str:
    """Return 32 hexadecimal digits over dataclasses and plain values."""
    found = hashlib.sha256()
    for value in values:
        found.update(write_json(value).encode())
        found.update(b"\x1f")
    return found.hexdigest()[:32]
