"""Boxes on a record's page that belong to slices above it: the page does not know whose they are.

A slice registers a provider for a kind of record; the page of that record asks them all. So a call
can say "part of class issue …" although ``calls`` knows nothing of class issues.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise

from qiying.kernel.access import Actor

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a box: what it is, where it leads, how it stands."""

    text: Words
    url: str = ""
    note: Words = ""
    tone: str = ""
    """Tone of the status mark (see the design guide); none: no mark."""
    label: Words = ""
    """Word of the status mark."""


@dataclass(frozen=True, slots=True)
class Action:
    """A link to a page where something can be done; never the doing itself."""

    label: Words
    url: str
    icon: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A box: a heading, lines, perhaps links to act."""

    title: Words
    icon: str = "link"
    lines: tuple[Line, ...] = ()
    actions: tuple[Action, ...] = ()
    order: int = 50


Provider = Callable[[Actor, int, datetime], Panel | None]
_providers: dict[str, dict[str, Provider]] = {}


def provider(subject_type: str, *, name: str = "") -> Callable[[Provider], Provider]:
    """Register ``(actor, subject_id, now) -> Panel | None`` for a kind of record.

    ``subject_type`` is ``events.subject_type`` of the record, ``"calls.call"`` for a call. The page
    has checked that the actor may see the record; the provider shows only what this actor may see
    of its own, answers None when there is nothing to say, and asks few queries: it runs on every
    page of such a record. ``name`` tells two providers of one module apart.
    """

    def register(function: Provider) -> Provider:
        key = f"{function.__module__}:{name or function.__name__}"
        _providers.setdefault(subject_type, {})[key] = function
        return function

    return register


def ask(actor: Actor, subject_type: str, subject_id: int, *, now: datetime) -> list[Panel]:
    """The boxes that this actor sees on a record, in order; empty when nobody has one."""
    asked = _providers.get(subject_type, {}).values()
    found = [function(actor, subject_id, now) for function in asked]
    return sorted((p for p in found if p is not None), key=lambda p: p.order)
