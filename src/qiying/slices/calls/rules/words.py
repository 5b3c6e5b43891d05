"""Text as an index of trigrams can find it, and the bounds of what people write."""

import re
import unicodedata

MAX_TEXT = 4000
MAX_TITLE = 80
_IDEOGRAPH = re.compile(r"([\u3400-\u9fff\uf900-\ufaff])")
_BLANKS = re.compile(r"\s+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def searchable(*texts: str) -> str:
    """Fold widths and case and set every Chinese character apart.

    An index of trigrams finds nothing for two characters, which is what a Chinese word usually
    has; set apart, each character is a word of its own and is found.
    """
    folded = readable(unicodedata.normalize("NFKC", "\n".join(texts)).lower())
    apart = " ".join(_IDEOGRAPH.split(folded))
    return f" {_BLANKS.sub(' ', apart).strip()} "


def pattern(text: str) -> str:
    """What to look for in ``searchable`` text: whole characters, parts of Latin words."""
    found = searchable(text)
    if not found.strip():
        return ""
    head = found if _IDEOGRAPH.match(found.strip()[0]) else found.lstrip()
    return head if _IDEOGRAPH.match(head.strip()[-1]) else head.rstrip()


def readable(text: str) -> str:
    """The text without the characters that ``has_control`` finds."""
    return _CONTROL.sub("", text)


def has_control(text: str) -> bool:
    """Whether the text holds characters that neither people nor the database can read."""
    return _CONTROL.search(text) is not None
