"""What follows from an event: people are told; reminders; search and the box on a call."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qiying.kernel import events, jobs, notifications, panels, search, tenancy, trail
from qiying.kernel.access import Actor, Role, system
from qiying.kernel.errors import NotFound
from qiying.kernel.models import Event
from qiying.kernel.people import people_with
from qiying.kernel.search import Hit
from qiying.slices.council import operations, queries
from qiying.slices.council.models import Suggestion
from qiying.slices.council.models.labels import SUGGESTIONS, TOPIC_TONES, TOPICS
from qiying.slices.council.queries import Docket

Find = Callable[[Docket], set[int]]


def _desk(docket: Docket) -> set[int]:
    return {p.pk for p in people_with(docket.actor, Role.DESK, on=queries.today(docket.now))}


def _proposer(docket: Docket) -> set[int]:
    member_id = docket.row.proposer_id
    if not member_id:
        return set()
    person_id = queries.get_member(docket.actor, member_id).person_id
    return {person_id} if person_id else set()


def _invited(docket: Docket) -> set[int]:
    wanted = {i.member_id for i in docket.invitations}
    rows = queries.members(docket.actor)
    return {m.person_id for m in rows if m.pk in wanted and m.person_id}


def _unit(docket: Docket) -> set[int]:
    units = {docket.row.unit_id} | {c.unit_id for c in docket.co_handlers}
    found: set[int] = set()
    for unit_id in units - {None}:
        held = people_with(
            docket.actor,
            Role.HANDLER,
            Role.UNIT_LEADER,
            unit_id=unit_id,
            on=queries.today(docket.now),
        )
        found |= {p.pk for p in held}
    return found


AUDIENCES: Mapping[str, tuple[str, Find]] = {
    "council.topic_proposed": ("topic", _desk),
    "council.topic_listed": ("topic", _proposer),
    "council.topic_declined": ("topic", _proposer),
    "council.topic_routed": ("topic", _proposer),
    "council.meeting_noticed": ("meeting", _invited),
    "council.meeting_put_off": ("meeting", _invited),
    "council.meeting_cancelled": ("meeting", _invited),
    "council.suggestion_handed": ("suggestion", _unit),
    "council.suggestion_sent_back": ("suggestion", _desk),
    "council.suggestion_answered": ("suggestion", _proposer),
    "council.suggestion_answered_again": ("suggestion", _proposer),
    "council.answer_judged": ("suggestion", _unit),
    "council.answer_rejected": ("suggestion", _unit),
}
SAME = {"council.suggestion_answered_again": "council.suggestion_answered"}


def url_of(entity: str, row: Any) -> str:
    return reverse(f"council:{entity}", args=[row.public_id])


def tell(event: Event) -> None:
    """Put the notice of an event before everybody it concerns, but not before who did it."""
    actor, now = system(event.tenant_id), event.occurred_at
    entity, find = AUDIENCES[event.topic]
    with tenancy.acting(actor):
        try:
            row = queries.get_record(actor, entity, event.subject_id)
        except NotFound:
            return
        people = {p for p in find(Docket(actor, entity, row, now)) if f"p{p}" != event.actor}
        kind = SAME.get(event.topic, event.topic)
        _notify(actor, entity, row, people, kind, f"e{event.pk}", now=now)


for _topic in AUDIENCES:
    events.on(_topic)(tell)


def _notify(
    actor: Actor,
    entity: str,
    row: Any,
    people: Iterable[int],
    kind: str,
    key: str,
    *,
    now: datetime,
    left: int = 0,
) -> None:
    notifications.notify(
        actor,
        people,
        kind=kind,
        subject=row,
        url=url_of(entity, row),
        params={"number": row.number, "left": left},
        effect_key=key,
        now=now,
    )


def _tell_reminder(actor: Actor, now: datetime, row: Suggestion, left: int) -> None:
    docket = Docket(actor, "suggestion", row, now)
    people = _unit(docket) | (_desk(docket) if left == 0 else set())
    kind = "council.due" if left else "council.due.over"
    key = f"c{row.pk}:{row.round}:{left}"
    _notify(actor, "suggestion", row, people, kind, key, now=now, left=left)


@jobs.sweeper("council.reminders")
def remind(actor: Actor, now: datetime) -> int:
    return operations.sweep(actor, tell=partial(_tell_reminder, actor, now), now=now)


@search.provider("council")
def find(actor: Actor, text: str, limit: int) -> list[Hit]:
    """Topics and suggestions by number or title."""
    with tenancy.reading(actor):
        return [
            Hit(
                title=f"{row.number} {row.title}",
                subtitle=str((TOPICS if entity == "topic" else SUGGESTIONS)[row.state]),
                url=url_of(entity, row),
                icon="landmark",
                group=_("Deputies' council"),
            )
            for entity, row in queries.search(actor, text, limit)
        ]


def _named(entity: str, actor: Actor, ids: Iterable[int]) -> dict[int, trail.Subject]:
    return {
        row.pk: trail.Subject(row.number, url_of(entity, row))
        for row in queries.numbered(actor, entity, ids)
    }


for _entity in ("topic", "meeting", "suggestion"):
    trail.name_subjects(f"council.{_entity}", partial(_named, _entity))


@panels.provider("calls.call")
def on_call(actor: Actor, call_id: int, _now: datetime) -> panels.Panel | None:
    """The topics that grew out of a call."""
    lines = tuple(
        panels.Line(
            row.title,
            url=url_of("topic", row),
            note=row.number,
            tone=TOPIC_TONES[row.state],
            label=TOPICS[row.state],
        )
        for row in queries.topics_of_call(actor, call_id)
    )
    actions: tuple[panels.Action, ...] = ()
    if actor.has(*operations.SECRETARIES) and not lines:
        address = f"{reverse('council:propose')}?call={call_id}"
        actions = (panels.Action(_("Propose a topic"), address, "landmark"),)
    if not lines and not actions:
        return None
    return panels.Panel(_("Deputies' council"), "landmark", lines, actions, order=50)
