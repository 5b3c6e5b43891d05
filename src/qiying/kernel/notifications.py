"""The notice centre: one line per person and occasion, in the reader's language."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from qiying.kernel import events, tenancy
from qiying.kernel.access import Actor
from qiying.kernel.models import Notification

_sentences: dict[str, Promise | str] = {}


def register(sentences: Mapping[str, Promise | str]) -> None:
    """Add the sentences of a slice's kinds of notice."""
    _sentences.update(sentences)


def text_of(row: Notification) -> str:
    """The notice as a sentence in the reader's language."""
    sentence = str(_sentences.get(row.kind, row.kind))
    return sentence % row.params if row.params else sentence


@tenancy.operation
def notify(
    actor: Actor,
    person_ids: Iterable[int],
    *,
    kind: str,
    subject: events.Subject,
    url: str,
    params: Mapping[str, Any],
    effect_key: str,
    now: datetime,
) -> int:
    """Put a line before each person; the same effect key reaches a person once.

    Nobody is told while a past is played (``events.muted``).
    """
    if events.is_muted():
        return 0
    rows = [
        Notification(
            tenant_id=actor.tenant_id,
            person_id=person_id,
            kind=kind,
            subject_type=events.subject_type(subject),
            subject_id=subject.pk,
            params=dict(params),
            url=url,
            created_at=now,
            effect_key=effect_key,
        )
        for person_id in sorted(set(person_ids))
    ]
    return len(Notification.objects.bulk_create(rows, ignore_conflicts=True))


def unread_count(actor: Actor) -> int:
    """How many notices wait for this person, counted up to 99."""
    return unread_rows(actor).count()


def unread_rows(actor: Actor) -> QuerySet[Notification]:
    """The notices that ``unread_count`` counts."""
    rows = Notification.objects.filter(
        tenant_id=actor.tenant_id, person_id=actor.person_id, read_at=None
    )
    return rows.order_by()[:99]


def list_mine(actor: Actor) -> Any:
    return Notification.objects.filter(tenant_id=actor.tenant_id, person_id=actor.person_id)


@tenancy.operation
def mark_read(actor: Actor, *, now: datetime, notification_id: int | None = None) -> int:
    """Mark one notice, or all of them, as read."""
    rows = list_mine(actor).filter(read_at=None)
    if notification_id is not None:
        rows = rows.filter(id=notification_id)
    return int(rows.update(read_at=now))
