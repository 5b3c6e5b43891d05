"""The language of whoever reads now; Chinese where nobody said."""

from collections.abc import Callable

from django.utils.translation import get_language


def is_chinese() -> bool:
    return (get_language() or "zh").startswith("zh")


def in_language(zh: str, en: str) -> str:
    """The reader's of two texts; the other one when that is empty."""
    return (zh or en) if is_chinese() else (en or zh)


def chooser() -> Callable[[str, str], str]:
    """``in_language`` for many pairs of texts: the reader is asked once."""
    if is_chinese():
        return lambda zh, en: zh or en
    return lambda zh, en: en or zh
