"""What people write, before it is kept: readable, trimmed and bounded."""

import re

from qiying.kernel.errors import Invalid

_UNREADABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(text: str, *, field: str, limit: int, is_needed: bool = True) -> str:
    """The text without blanks around it.

    Raises
    ------
    Invalid
        The field is empty though needed, longer than ``limit``, or holds characters that neither
        people nor the database can read.
    """
    text = text.strip()
    if _UNREADABLE.search(text):
        raise Invalid("input.invalid", {field: "input.control"})
    if not text and is_needed:
        raise Invalid("input.invalid", {field: "input.required"})
    if len(text) > limit:
        raise Invalid("input.invalid", {field: "input.too_long"}, limit=limit)
    return text
