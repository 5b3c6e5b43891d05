"""The side navigation: slices add their pages at start-up; a reader sees what a role may open."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiying.kernel import statements
from qiying.kernel.access import Actor

GROUPS: dict[str, Promise] = {
    "work": _("Workspace"),
    "follow": _("Follow-up and joint work"),
    "cases": _("Cases and councils"),
    "firms": _("Enterprises"),
    "space": _("Space"),
    "rules": _("Powers and duties"),
    "analysis": _("Analysis"),
    "system": _("System"),
}
DAILY = "work"
"""What somebody does all day: this group is never folded."""
FOLD_FROM = 14
"""From so many entries on the other groups are folded; fewer are seen at once."""
Count = Callable[[Actor], "int | QuerySet[Any]"]
"""How many, or the rows to be counted: all rows of a page are counted in one statement."""


@dataclass(frozen=True, slots=True)
class Item:
    group: str
    label: Promise | str
    url_name: str
    icon: str
    roles: frozenset[str]
    order: int
    count: Count | None
    on_phone: bool
    first_for: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Command:
    """An entry of the command palette that stands in no navigation."""

    label: Promise | str
    icon: str
    url_name: str
    roles: frozenset[str]


_items: dict[str, Item] = {}
_chords: dict[str, str] = {}
_commands: dict[str, Command] = {}


def item(
    group: str,
    label: Promise | str,
    url_name: str,
    icon: str,
    roles: Iterable[str],
    *,
    order: int = 50,
    count: Count | None = None,
    on_phone: bool = False,
    first_for: Iterable[str] = (),
) -> None:
    """Register an entry; ``count`` answers once per page with a number or, cheaper, cut rows.

    Whoever holds a role of ``first_for`` begins there after signing in, whatever its place.
    Slices whose people share a page each register it for their own roles.
    """
    if group not in GROUPS:
        raise ValueError(f"unknown navigation group {group!r}")
    before = _items.get(url_name)
    shared = before.roles if before else frozenset()
    first = before.first_for if before else frozenset()
    _items[url_name] = Item(
        group,
        label,
        url_name,
        icon,
        shared | frozenset(roles),
        order,
        count,
        on_phone,
        first | frozenset(first_for),
    )


def chord(url_name: str, key: str) -> None:
    """Let ``G`` and then this letter lead to an entry, for whoever has it."""
    if key in {k for name, k in _chords.items() if name != url_name}:
        raise ValueError(f"the chord G {key} is taken")
    _chords[url_name] = key


def command(label: Promise | str, icon: str, url_name: str, roles: Iterable[str]) -> None:
    """Register an entry of the palette, for pages that stand in no navigation."""
    _commands[url_name] = Command(label, icon, url_name, frozenset(roles))


def commands_for(actor: Actor) -> list[dict[str, object]]:
    """The entries of the palette that this actor may open, besides the navigation."""
    return [
        {"label": c.label, "icon": c.icon, "url": address(c.url_name), "keys": ""}
        for c in _commands.values()
        if actor.roles & c.roles
    ]


def items_for(actor: Actor, *, on_phone: bool | None = None) -> list[Item]:
    """The entries that this actor may open, in order."""
    found = [
        i
        for i in _items.values()
        if actor.roles & i.roles and (on_phone is None or i.on_phone == on_phone)
    ]
    return sorted(found, key=lambda i: (list(GROUPS).index(i.group), i.order))


def first_of(items: Sequence[Item], actor: Actor) -> Item | None:
    """Where somebody begins: the entry marked for one of the roles held, else the first."""
    marked = (i for i in items if actor.roles & i.first_for)
    return next(marked, items[0] if items else None)


def groups_for(
    actor: Actor, path: str, counts: Mapping[str, int] | None = None
) -> list[dict[str, object]]:
    """The navigation as the shell draws it; the longest matching address is the active one.

    Daily work and the group of the open page are unfolded; a folded group says what waits in it.
    ``counts`` is what ``counts_for`` found; it is asked when it is not given.
    """
    entries = [(i, address(i.url_name)) for i in items_for(actor)]
    if counts is None:
        counts = counts_for(actor, [i for i, _ in entries])
    active = max((u for _, u in entries if path.startswith(u)), key=len, default="")
    groups: list[dict[str, object]] = []
    for key, label in GROUPS.items():
        lines = [_line(i, u, active, counts) for i, u in entries if i.group == key]
        if lines:
            groups.append(
                {
                    "key": key,
                    "label": str(label),
                    "items": lines,
                    "is_folding": key != DAILY and len(entries) >= FOLD_FROM,
                    "is_open": key == DAILY or any(line["active"] for line in lines),
                    "count": sum(line["count"] or 0 for line in lines),
                }
            )
    return groups


def _line(found: Item, url: str, active: str, counts: Mapping[str, int]) -> dict[str, Any]:
    return {
        "label": str(found.label),
        "icon": found.icon,
        "url": url,
        "active": url == active,
        "count": counts.get(found.url_name),
        "hot": False,
        "chord": _chords.get(found.url_name, ""),
    }


@cache
def address(url_name: str) -> str:
    """As ``reverse``, which goes through every pattern each time."""
    return reverse(url_name)


def counts_for(
    actor: Actor, items: Iterable[Item], more: "Mapping[str, Count] | None" = None
) -> dict[str, int]:
    """The numbers beside the entries, by the name of their address; ``more`` are counted along."""
    asked = {i.url_name: i.count for i in items if i.count} | dict(more or {})
    counting = statements.kept(
        ("nav", *asked), actor, lambda a: _counting({name: ask(a) for name, ask in asked.items()})
    )
    return counting.ask(actor)


def counted(rows: Mapping[str, QuerySet[Any]]) -> dict[str, int]:
    """How many rows each of these has, in one statement."""
    return _counting(rows).ask(None)


@dataclass(frozen=True, slots=True)
class _Counting:
    """Numbers that are known, and a statement for the others."""

    known: Mapping[str, int]
    names: tuple[str, ...]
    statement: statements.Statement

    def ask(self, actor: Actor | None) -> dict[str, int]:
        if not self.names:
            return dict(self.known)
        (found,) = self.statement.ask(person=actor.person_id if actor else None)
        return {**self.known, **dict(zip(self.names, found, strict=True))}


def _counting(asked: "Mapping[str, int | QuerySet[Any]]") -> _Counting:
    known = {name: n for name, n in asked.items() if isinstance(n, int)}
    rows = {
        name: statements.words(r.values("pk"))
        for name, r in asked.items()
        if not isinstance(r, int)
    }
    parts = [f"(SELECT count(*) FROM ({w.text}) t)" for w in rows.values()]  # noqa: S608  the ORM wrote it
    params = [p for w in rows.values() for p in w.params]
    return _Counting(known, tuple(rows), statements.put(f"SELECT {', '.join(parts)}", params))


def tabs_for(actor: Actor, path: str) -> list[dict[str, object]]:
    """The bottom tabs of the phone shell: the entries marked for the phone, at most five."""
    entries = [(i, address(i.url_name)) for i in items_for(actor, on_phone=True)][:5]
    active = max((u for _, u in entries if path.startswith(u)), key=len, default="")
    return [
        {"label": i.label, "icon": i.icon, "url": u, "active": u == active} for i, u in entries
    ]
