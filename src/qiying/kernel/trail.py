"""The audit trail in words: what an event is called, what it is about, who did it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext

from qiying.kernel import directory
from qiying.kernel.access import Actor, Role
from qiying.kernel.models import Event, Grant, User

Word = Promise | str
PLATFORM = "s"
"""How ``Actor.identity`` writes the platform."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A record as the trail shows it; ``url`` is empty where there is no page."""

    label: str
    url: str = ""


Finder = Callable[[Actor, Iterable[int]], Mapping[int, Subject]]
_topics: dict[str, Word] = {}
_finders: dict[str, Finder] = {}


@dataclass(frozen=True, slots=True)
class Line:
    """An event beside its words; what has none stays a code."""

    event: Event
    topic: Word
    subject: Subject | None
    person: str
    units: str


def name_topics(words: Mapping[str, Word]) -> None:
    """Give the topics of a slice their names."""
    _topics.update(words)


def name_subjects(kind: str, finder: Finder) -> None:
    """Say what the records of a table (``calls.call``) are called and where they stand."""
    _finders[kind] = finder


def name_of(topic: str) -> Word:
    """The name of a topic; its code where it has none."""
    return _topics.get(topic, topic)


def is_named(topic: str) -> bool:
    return topic in _topics


def lines_of(actor: Actor, rows: Sequence[Event]) -> list[Line]:
    """The events with their words: one query for people, one for units, one a kind of subject."""
    subjects = _subjects(actor, rows)
    people = {int(e.actor[1:]) for e in rows if _is_person(e.actor)}
    names = {p.pk: str(p) for p in User.objects.filter(id__in=people)}
    units = _units(actor, people)
    return [
        Line(
            e,
            _topics.get(e.topic, ""),
            subjects.get((e.subject_type, e.subject_id)),
            names.get(int(e.actor[1:]), "") if _is_person(e.actor) else _machine(e.actor),
            units.get(int(e.actor[1:]), "") if _is_person(e.actor) else "",
        )
        for e in rows
    ]


def _machine(code: str) -> str:
    """The platform by its name; a key is known by its number."""
    return gettext("the platform") if code == PLATFORM else ""


def _is_person(code: str) -> bool:
    return code[:1] == "p" and code[1:].isdecimal()


def _subjects(actor: Actor, rows: Sequence[Event]) -> dict[tuple[str, int], Subject]:
    wanted: dict[str, set[int]] = {}
    for event in rows:
        if event.subject_type in _finders:
            wanted.setdefault(event.subject_type, set()).add(event.subject_id)
    return {
        (kind, pk): subject
        for kind, ids in wanted.items()
        for pk, subject in _finders[kind](actor, ids).items()
    }


def _units(actor: Actor, people: set[int]) -> dict[int, str]:
    """The units of people by the grants that they have or had."""
    rows = Grant.objects.filter(
        tenant_id=actor.tenant_id, person_id__in=people, unit_id__isnull=False
    ).exclude(role=Role.ENTERPRISE)
    pairs = sorted({(p, unit) for p, unit in rows.values_list("person_id", "unit_id") if unit})
    names = directory.names_of(actor, "unit", {unit for _person, unit in pairs})
    found: dict[int, list[str]] = {}
    for person_id, unit_id in pairs:
        if unit_id in names:
            found.setdefault(person_id, []).append(names[unit_id])
    return {person_id: "、".join(units) for person_id, units in found.items()}
