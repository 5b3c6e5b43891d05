"""Everything that can happen in the council; the only writer. Nothing here decides a matter."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

from qiying.kernel import events, numbering, tenancy
from qiying.kernel.access import Actor, Role
from qiying.kernel.errors import Denied, Invalid, NotFound, Refused
from qiying.kernel.people import people_with
from qiying.kernel.tenancy import operation
from qiying.kernel.words import clean
from qiying.slices.calls import public as calls
from qiying.slices.council import queries, rules
from qiying.slices.council.models import Meeting, Member, Suggestion, Topic, TopicCall
from qiying.slices.council.operations._move import begin, end
from qiying.slices.council.operations._suggestions import (
    SUGGESTION_STEPS,
    finish,
    plan_reminder,
)
from qiying.slices.council.operations._topics import (
    MEETING_STEPS,
    TOPIC_STEPS,
    choose,
    future,
)
from qiying.slices.council.rules import MAX_TEXT, MAX_TITLE, MemberKind, Source
from qiying.slices.registry import public as registry

__all__ = [
    "KEEPERS",
    "SECRETARIES",
    "STEPS",
    "add_member",
    "end_term",
    "plan_meeting",
    "propose",
    "remind",
    "sweep",
    "take",
]

SECRETARIES = (Role.DESK, Role.SUPERVISOR)
KEEPERS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
STEPS = {
    **{("topic", k): v for k, v in TOPIC_STEPS.items()},
    **{("meeting", k): v for k, v in MEETING_STEPS.items()},
    **{("suggestion", k): v for k, v in SUGGESTION_STEPS.items()},
}
Tell = Callable[[Suggestion, int], None]


def take(
    actor: Actor,
    entity: str,
    record_id: int,
    step: str,
    *,
    now: datetime,
    version: int | None = None,
    **inputs: Any,
) -> Any:
    """Take a step of the table on a ``topic``, ``meeting`` or ``suggestion``."""
    with tenancy.acting(actor):
        move = begin(actor, entity, record_id, step, inputs, now=now)
        if version is not None and version != move.record.version:
            raise Refused("council.moved_on")
        STEPS[entity, step](move)
        if entity == "suggestion":
            finish(move)
        return end(move)


@operation
def propose(
    actor: Actor,
    *,
    title: str,
    text: str,
    now: datetime,
    source: str = Source.MEMBER,
    call_ids: Sequence[int] = (),
    class_issue: str = "",
) -> Topic:
    """Propose a topic: a member in his or her name, or the desk from what firms called about."""
    me = queries.membership_of(actor, now=now)
    if me is None and not actor.has(*SECRETARIES):
        raise Denied("council.no_member")
    for call_id in call_ids:
        calls.card(actor, call_id)
    row = Topic.objects.create(
        tenant_id=actor.tenant_id,
        number=numbering.next_number(actor, "YT", now=now),
        title=clean(title, field="title", limit=MAX_TITLE),
        text=clean(text, field="text", limit=MAX_TEXT),
        source=choose(source, Source, "source"),
        class_issue=clean(class_issue, field="class_issue", limit=24, is_needed=False),
        proposer=me,
        proposed_at=now,
    )
    TopicCall.objects.bulk_create(
        TopicCall(tenant_id=actor.tenant_id, topic=row, call_id=c) for c in sorted(set(call_ids))
    )
    told: dict[str, Any] = {"source": row.source, "calls": sorted(set(call_ids))}
    events.record("council.topic_proposed", subject=row, actor=actor, now=now, **told)
    return row


@operation
def plan_meeting(actor: Actor, *, title: str, at: datetime, place: str, now: datetime) -> Meeting:
    """Prepare a meeting; members and topics follow, then notice."""
    actor.require(*SECRETARIES)
    row = Meeting.objects.create(
        tenant_id=actor.tenant_id,
        number=numbering.next_number(actor, "YS", now=now),
        title=clean(title, field="title", limit=MAX_TITLE),
        at=future(at, now),
        place=clean(place, field="place", limit=100),
        opened_at=now,
    )
    events.record("council.meeting_planned", subject=row, actor=actor, now=now)
    return row


@operation
def add_member(
    actor: Actor,
    *,
    name: str,
    kind: str,
    now: datetime,
    level: str = "",
    person_id: int | None = None,
    enterprise_id: int | None = None,
    term_from: date | None = None,
    term_to: date | None = None,
) -> Member:
    """Record a deputy or representative for a term; the name is public."""
    actor.require(*KEEPERS, Role.SYSTEM)
    term_from = term_from or queries.today(now)
    if term_to and term_to <= term_from:
        raise Invalid("input.invalid", {"term_to": "council.term"})
    if enterprise_id is not None:
        registry.enterprise(actor, enterprise_id)
    if person_id is not None:
        _check_person(actor, person_id, queries.today(now))
    row = Member.objects.create(
        tenant_id=actor.tenant_id,
        name=clean(name, field="name", limit=64),
        kind=choose(kind, MemberKind, "kind"),
        level=clean(level, field="level", limit=60, is_needed=False),
        person_id=person_id,
        enterprise_id=enterprise_id,
        term_from=term_from,
        term_to=term_to,
    )
    events.record("council.member_added", subject=row, actor=actor, now=now, kind=row.kind)
    return row


def _check_person(actor: Actor, person_id: int, on: date) -> None:
    """The person is one of the zone and a member of the council once at a time."""
    if person_id not in {p.pk for p in people_with(actor, *Role, on=on)}:
        raise NotFound("not_found")
    rows = Member.objects.visible_to(actor).filter(person_id=person_id, term_to=None)
    if rows.exists():
        raise Refused("council.member_known")


@operation
def end_term(actor: Actor, member_id: int, *, on: date, now: datetime) -> Member:
    """Say on which day a term ends."""
    actor.require(*KEEPERS, Role.SYSTEM)
    row = queries.get_member(actor, member_id)
    if on <= row.term_from:
        raise Invalid("input.invalid", {"term_to": "council.term"})
    row.term_to = on
    row.save(update_fields=["term_to"])
    events.record("council.term_ended", subject=row, actor=actor, now=now, ends=on.isoformat())
    return row


@operation
def remind(actor: Actor, suggestion_id: int, *, tell: Tell, now: datetime) -> int:
    """Remind the handling unit of an answer that is owed, each time once."""
    actor.require(Role.SYSTEM)
    row: Suggestion = queries.get_record(actor, "suggestion", suggestion_id, for_update=True)
    due = [
        (at, left)
        for at, left in (rules.reminders(row.due_at) if row.due_at else ())
        if row.reminded_until < at <= now
    ]
    if due:
        left = max(due)[1]
        tell(row, left)
        events.record("council.reminded", subject=row, actor=actor, now=now, left=left)
    row.reminded_until = now
    plan_reminder(row)
    row.save(update_fields=["reminded_until", "next_reminder_at"])
    return len(due)


def sweep(actor: Actor, *, tell: Tell, now: datetime) -> int:
    """Once a minute: answers that are owed."""
    with tenancy.reading(actor):
        ids = queries.to_remind(actor, now=now)
    return sum(remind(actor, pk, tell=tell, now=now) for pk in ids)
