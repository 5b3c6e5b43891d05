"""Secrets that must be read again: sealed with a key derived from the platform's own secret.

A password or an API key is kept as a digest. The secret that signs a webhook, the key of another
system, the client secret of an identity provider and the seed of a second factor are needed in the
clear, so they are encrypted (Fernet: AES-128-CBC with HMAC-SHA256) under a key of their purpose,
derived by HKDF-SHA256 from ``QIYING_SECRET_KEY``. A copy of the database alone opens none of them.
"""

import base64
import hashlib
import hmac

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

from qiying.kernel.errors import Refused

LABEL = "qiying.vault"
"""Stands in every key; another word would open nothing that was sealed before."""


class BrokenSealError(Refused):
    """Sealed with another key, for another purpose, or damaged."""

    def __init__(self) -> None:
        super().__init__("sealing.broken")


def _key(secret: str | bytes, purpose: str) -> bytes:
    derived = HKDF(SHA256(), 32, None, f"{LABEL}.{purpose}".encode())
    return base64.urlsafe_b64encode(derived.derive(force_bytes(secret)))


def _box(purpose: str) -> MultiFernet:
    """The present secret seals; earlier ones (``SECRET_KEY_FALLBACKS``) still open."""
    secrets = (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    return MultiFernet([Fernet(_key(secret, purpose)) for secret in secrets])


def seal(text: str, *, purpose: str) -> str:
    """Encrypt; what is sealed for one purpose cannot be opened for another. "" stays ""."""
    return _box(purpose).encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str, *, purpose: str) -> str:
    """Decrypt; BrokenSealError when the platform's secret was changed since."""
    if not sealed:
        return ""
    try:
        return _box(purpose).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise BrokenSealError from None


def digest(text: str, *, purpose: str) -> str:
    """A keyed digest (HMAC-SHA256, hexadecimal) of what need not be read again."""
    return hmac.new(_key(settings.SECRET_KEY, purpose), text.encode(), hashlib.sha256).hexdigest()
