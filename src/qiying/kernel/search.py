"""Global search: every slice answers for its own records; the palette and the page ask all."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise

from qiying.kernel.access import Actor

MAX_PER_GROUP = 6


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of an answer."""

    title: str
    subtitle: str
    url: str
    icon: str
    group: str | Promise


Provider = Callable[[Actor, str, int], list[Hit]]
_providers: dict[str, Provider] = {}


def provider(name: str) -> Callable[[Provider], Provider]:
    """Register ``(actor, text, limit) -> hits``; it shows only what the actor may see."""

    def register(function: Provider) -> Provider:
        _providers[name] = function
        return function

    return register


def ask(actor: Actor, text: str, *, limit: int = MAX_PER_GROUP) -> list[Hit]:
    """Ask every provider; nothing for less than two characters (one for a Chinese one)."""
    text = text.strip()
    if not text or (len(text) < 2 and text.isascii()):
        return []
    return [hit for function in _providers.values() for hit in function(actor, text, limit)]
