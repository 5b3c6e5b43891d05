"""Members, topics, meetings and suggestions by id, and their lists."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from qiying.kernel.access import Actor
from qiying.kernel.errors import NotFound
from qiying.kernel.exports import SHANGHAI
from qiying.slices.council.models import (
    Meeting,
    Member,
    Suggestion,
    Support,
    Topic,
    TopicCall,
)
from qiying.slices.council.rules import OPEN_SUGGESTIONS, MeetingState

MODELS: dict[str, Any] = {"topic": Topic, "meeting": Meeting, "suggestion": Suggestion}
TOPIC_ORDER = ("-proposed_at", "-id")
MEETING_ORDER = ("-at", "-id")
SUGGESTION_ORDER = ("-drafted_at", "-id")


def today(now: datetime) -> date:
    """The day in Shanghai."""
    return now.astimezone(SHANGHAI).date()


def get_record(actor: Actor, entity: str, pk: int, *, for_update: bool = False) -> Any:
    rows = MODELS[entity].objects.visible_to(actor)
    row = (rows.select_for_update() if for_update else rows).filter(pk=pk).first()
    if row is None:
        raise NotFound("not_found")
    return row


def get_by_public_id(actor: Actor, entity: str, public_id: UUID) -> Any:
    row = MODELS[entity].objects.visible_to(actor).filter(public_id=public_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


def _narrowed(rows: "QuerySet[Any]", state: str, q: str) -> "QuerySet[Any]":
    if state:
        rows = rows.filter(state=state)
    if q:
        rows = rows.filter(Q(number__icontains=q) | Q(title__icontains=q))
    return rows


def list_topics(actor: Actor, *, state: str = "", q: str = "") -> "QuerySet[Topic]":
    rows = Topic.objects.visible_to(actor).select_related("proposer")
    return _narrowed(rows, state, q)


def list_meetings(actor: Actor, *, state: str = "", q: str = "") -> "QuerySet[Meeting]":
    return _narrowed(Meeting.objects.visible_to(actor), state, q)


def list_suggestions(actor: Actor, *, state: str = "", q: str = "") -> "QuerySet[Suggestion]":
    rows = Suggestion.objects.visible_to(actor).select_related("proposer", "unit")
    return _narrowed(rows, state, q)


def counts_of(actor: Actor, entity: str) -> dict[str, int]:
    """How many records stand in each state."""
    rows = MODELS[entity].objects.visible_to(actor).order_by().values_list("state")
    return dict(rows.annotate(Count("pk")))


def support_counts(actor: Actor, topic_ids: Iterable[int]) -> dict[int, int]:
    rows = Support.objects.visible_to(actor).filter(topic_id__in=list(topic_ids))
    return dict(rows.order_by().values_list("topic_id").annotate(Count("pk")))


def members(actor: Actor, *, on: date | None = None) -> list[Member]:
    """The members, those in term on a day only when one is given."""
    rows = Member.objects.visible_to(actor).select_related("enterprise")
    if on is not None:
        rows = rows.filter(Q(term_to=None) | Q(term_to__gt=on), term_from__lte=on)
    return list(rows.order_by("kind", "id"))


def get_member(actor: Actor, member_id: int) -> Member:
    row = Member.objects.visible_to(actor).filter(pk=member_id).first()
    if row is None:
        raise NotFound("not_found")
    return row


def membership_of(actor: Actor, *, now: datetime) -> Member | None:
    """The membership that this person holds today."""
    if actor.person_id is None:
        return None
    day = today(now)
    rows = Member.objects.visible_to(actor).filter(person_id=actor.person_id)
    rows = rows.filter(Q(term_to=None) | Q(term_to__gt=day), term_from__lte=day)
    return rows.order_by("id").first()


def topics_of_call(actor: Actor, call_id: int) -> list[Topic]:
    ids = TopicCall.objects.visible_to(actor).filter(call_id=call_id).values("topic_id")
    rows = Topic.objects.visible_to(actor).filter(pk__in=ids)
    return list(rows.order_by("-id")[:5])


def next_meeting(actor: Actor, *, now: datetime) -> Meeting | None:
    rows = Meeting.objects.visible_to(actor).filter(
        at__gte=now, state__in=[MeetingState.PLANNED, MeetingState.NOTICED]
    )
    return rows.order_by("at", "id").first()


def meetings_in_preparation(actor: Actor) -> list[Meeting]:
    rows = Meeting.objects.visible_to(actor).filter(state=MeetingState.PLANNED)
    return list(rows.order_by("at", "id")[:20])


def to_remind(actor: Actor, *, now: datetime, limit: int = 200) -> list[int]:
    rows = Suggestion.objects.visible_to(actor).filter(
        next_reminder_at__lte=now, state__in=sorted(OPEN_SUGGESTIONS)
    )
    return list(rows.order_by("next_reminder_at", "id").values_list("id", flat=True)[:limit])


def search(actor: Actor, text: str, limit: int) -> list[tuple[str, Any]]:
    """Topics and suggestions by number or title."""
    found: list[tuple[str, Any]] = []
    for entity, rows in (
        ("topic", list_topics(actor, q=text).order_by(*TOPIC_ORDER)),
        ("suggestion", list_suggestions(actor, q=text).order_by(*SUGGESTION_ORDER)),
    ):
        found += [(entity, row) for row in rows[:limit]]
    return found[:limit]


def numbered(actor: Actor, entity: str, ids: Iterable[int]) -> list[Any]:
    """The visible records of these ids."""
    return list(MODELS[entity].objects.visible_to(actor).filter(pk__in=list(ids)))
