"""What a message says: ids, codes and the address of the page. No words, no names, no places."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import rfc8785
from django.conf import settings

from qiying.kernel.access import Actor
from qiying.kernel.models import Event


@dataclass(frozen=True, slots=True)
class Subject:
    """How a record is named outside.

    Attributes
    ----------
    id
        Its public id, the same as in the JSON interface.
    path
        Its page, below the address of the platform.
    codes
        What may be told besides: numbers and codes.
    hidden_from
        Units whose systems hear nothing of it.
    is_hidden
        Everybody else hears the id and nothing more.
    """

    id: str
    path: str
    codes: Mapping[str, str | int] = field(default_factory=dict)
    hidden_from: frozenset[int] = frozenset()
    is_hidden: bool = False


Describe = Callable[[Actor, int], Subject | None]
_topics: dict[str, tuple[str, Describe]] = {}


def publish(topics: Iterable[str], describe: Describe, *, subject_type: str) -> None:
    """Let endpoints hear of these topics; ``describe(actor, subject_id)`` names the subject.

    An event whose subject is of another table (``subject_type``) is never told: its number would
    name the wrong record.
    """
    for topic in topics:
        _topics[topic] = (subject_type, describe)


def published() -> tuple[str, ...]:
    """What can be told, in the order in which the slices named it."""
    return tuple(_topics)


def subject_of(actor: Actor, event: Event) -> Subject | None:
    """How the subject of an event is named; None when it is gone or was never published."""
    subject_type, describe = _topics.get(event.topic, ("", None))
    if describe is None or event.subject_type != subject_type:
        return None
    return describe(actor, event.subject_id)


def body_of(event: Event, subject: Subject) -> str:
    """The message as canonical JSON, so that it is the same each time it is made."""
    data: dict[str, Any] = {
        "event": event.sequence,
        "subject": {"type": event.subject_type, "id": subject.id},
    }
    if not subject.is_hidden:
        data["url"] = f"{settings.PUBLIC_URL}{subject.path}"
        data["codes"] = dict(subject.codes)
    return envelope(event.topic, event.occurred_at, data)


def envelope(topic: str, at: datetime, data: Mapping[str, Any]) -> str:
    """``type``, ``timestamp`` and ``data``, as Standard Webhooks asks."""
    stamp = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return rfc8785.dumps({"type": topic, "timestamp": stamp, "data": dict(data)}).decode()
