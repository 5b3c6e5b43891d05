"""How a colleague is named in a note: by name, and by unit too where two bear the name."""

import re
from collections import Counter
from collections.abc import Mapping

NAMED = re.compile(r"[@＠]([\w.\-·]{1,64})")
_APART = re.compile(r"[^\w.\-·]+")


def squeezed(words: str) -> str:
    """The words without what would end a name after an @."""
    return _APART.sub("", words)


def ways_to_name(name: str, username: str, unit: str) -> tuple[str, ...]:
    """Everything that may follow an @ to name this person."""
    short = squeezed(name)
    whole = f"{short}·{squeezed(unit)}" if short and unit else ""
    return tuple(w for w in (short, whole, username) if w)


def handles(people: Mapping[int, tuple[str, str]], units: Mapping[int, str]) -> dict[int, str]:
    """What is written after the @ for each of ``people`` (name, user name, by id).

    The name; with the unit where two bear the name; the user name where that does not tell them
    apart either.
    """
    ways = {pk: ways_to_name(*names, units.get(pk, "")) for pk, names in people.items()}
    borne = Counter(way for own in ways.values() for way in set(own))
    return {pk: next((w for w in own if borne[w] == 1), own[-1]) for pk, own in ways.items()}
