"""The label on a machine: five signs and a check sign, from 31 signs that are not confused.

No 0/O, 1/I/L: somebody reads it aloud over the telephone beside a running line. The check sign is
a weighted sum modulo the prime 31, so that one wrong sign or two neighbours swapped never make
another valid label.
"""

ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
SIZE = 6
BODIES = len(ALPHABET) ** (SIZE - 1)
MOST_KEY = 64
_STRIDE, _START = 12_345_701, 7_654_321
"""A walk through all bodies that shows nobody how many machines there are; 31 does not divide the
stride."""


def check_sign(body: str) -> str:
    """The sign that belongs to five others."""
    total = sum((n + 2) * ALPHABET.index(sign) for n, sign in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]


def label(serial: int) -> str:
    """The label of the machine with this running number from 1; no two are alike."""
    value = (serial * _STRIDE + _START) % BODIES
    body = ""
    for _ in range(SIZE - 1):
        value, rest = divmod(value, len(ALPHABET))
        body += ALPHABET[rest]
    return body + check_sign(body)


def tidy(text: str) -> str:
    """A label as somebody typed it, in the form in which it is kept."""
    return "".join(c for c in text.upper() if c.isalnum())


def is_label(text: str) -> bool:
    """Whether signs and check sign agree."""
    tidied = tidy(text)
    if len(tidied) != SIZE or not set(tidied) <= set(ALPHABET):
        return False
    return check_sign(tidied[:-1]) == tidied[-1]


def is_device_key(text: str) -> bool:
    """Whether a phone may have made this key: printable, ASCII, 64 signs at most."""
    return 0 < len(text) <= MOST_KEY and text.isascii() and text.isprintable()
