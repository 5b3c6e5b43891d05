"""The only place where text becomes markup without further escaping, and the icons."""

from functools import lru_cache
from re import sub

import lucide
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

FALLBACK_ICON = "circle"


def markup(text: str) -> SafeString:
    """Declare text as markup. Every part that came from outside was escaped by the caller."""
    return mark_safe(text)  # noqa: S308  the one audited door; callers escape their parts


def escaped(value: object) -> str:
    """Text of a value, safe inside an element or a quoted attribute."""
    text = str(value) if isinstance(value, Promise) else value
    made = getattr(text, "__html__", None)
    return str(made()) if callable(made) else str(escape(str(text)))


def attributes(**values: object) -> str:
    """`` name="value"`` pairs; None and False are left out, True gives the bare name."""
    parts = []
    for name, value in values.items():
        if value is None or value is False or value == "":
            continue
        key = name.rstrip("_").replace("_", "-")
        parts.append(f" {key}" if value is True else f' {key}="{escaped(value)}"')
    return "".join(parts)


@lru_cache(maxsize=512)
def _drawing(name: str) -> str:
    """The inner paths of one Lucide icon, on one line."""
    try:
        svg = lucide._render_icon(name, 24)
    except lucide.IconDoesNotExist:
        svg = lucide._render_icon(FALLBACK_ICON, 24)
    inner = svg[svg.index(">") + 1 : svg.rindex("</svg>")]
    return sub(r"\s*\n\s*", "", inner)


@lru_cache(maxsize=2048)
def _icon(name: str, size: int, voice: str) -> SafeString:
    return markup(
        f'<svg class="icon" width="{size}" height="{size}" viewBox="0 0 24 24" fill="none"'
        ' stroke="currentColor" stroke-width="1.75" stroke-linecap="round"'
        f' stroke-linejoin="round" {voice}>{_drawing(name)}</svg>'
    )


def icon(name: str, size: int = 18, label: object = "") -> SafeString:
    """One Lucide icon, inlined: decorative unless it carries a label.

    Parameters
    ----------
    name
        Lucide name such as ``phone``; an unknown one gives a plain circle, never an error.
    size
        Pixels.
    label
        What a screen reader says. Empty: the icon is hidden from it.
    """
    # escaped before the cache: a safe and an unsafe text that read the same share one entry
    voice = f'role="img" aria-label="{escaped(label)}"' if label else 'aria-hidden="true"'
    return _icon(str(name), int(size), voice)
