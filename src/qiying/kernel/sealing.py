"""Secrets that must be read again: sealed with a key made from the signing secret of the platform.

Whoever copies the database alone reads nothing; whoever changes ``QIYING_SECRET_KEY`` enters the
secrets again.
"""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings


class BrokenSealError(ValueError):
    """Sealed with another key, or damaged."""


def _box() -> Fernet:
    material = hashlib.sha256(f"qiying.sealing\x00{settings.SECRET_KEY}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(material))


def seal(secret: str) -> str:
    """The secret as it may stand in a table; "" stays ""."""
    return _box().encrypt(secret.encode()).decode() if secret else ""


def unseal(sealed: str) -> str:
    """The secret again; BrokenSealError when it was not sealed here."""
    if not sealed:
        return ""
    try:
        return _box().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise BrokenSealError from error
