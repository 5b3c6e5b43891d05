"""Calls by the way on which they came in, and what is handed back on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q, QuerySet

from qiying.kernel.access import Actor
from qiying.slices.calls.models import Call, Round
from qiying.slices.calls.rules import OPEN, READABLE


@dataclass(frozen=True, slots=True)
class ChannelCount:
    """How many came in by a channel, and how many of them were found by the zone itself."""

    channel: str
    total: int
    found: int


@dataclass(frozen=True, slots=True)
class Answered:
    text: str = ""
    result: str = ""
    round: int = 0
    at: datetime | None = None


def visible_ids(actor: Actor) -> QuerySet[Call, Any]:
    """The ids of the calls that this actor may see, as a part of a query."""
    return Call.objects.visible_to(actor).values("pk")


def open_of_firm(actor: Actor, enterprise_id: int) -> QuerySet[Call]:
    """The open calls of a firm, the newest first."""
    rows = Call.objects.visible_to(actor).filter(enterprise_id=enterprise_id)
    rows = rows.filter(state__in=sorted(OPEN)).defer("text", "words", "ranking")
    return rows.order_by("-received_at", "-id")


def _between(actor: Actor, start: datetime, end: datetime) -> QuerySet[Call]:
    return Call.objects.visible_to(actor).filter(received_at__gte=start, received_at__lt=end)


def count_by_channel(actor: Actor, start: datetime, end: datetime) -> list[ChannelCount]:
    """One query; ``end`` is exclusive."""
    counted = (
        _between(actor, start, end)
        .order_by()
        .values_list("channel")
        .annotate(total=Count("id"), found=Count("id", filter=Q(is_proactive=True)))
    )
    rows = [ChannelCount(channel, total, found) for channel, total, found in counted]
    return sorted(rows, key=lambda row: (-row.total, row.channel))


def list_of_channel(
    actor: Actor, start: datetime, end: datetime, *, channel: str, is_found: bool
) -> QuerySet[Call]:
    """The calls behind a count: of one channel or of all, all of them or what was found."""
    rows = _between(actor, start, end)
    if channel:
        rows = rows.filter(channel=channel)
    if is_found:
        rows = rows.filter(is_proactive=True)
    return rows.select_related("enterprise").defer("text", "words", "ranking")


def last_answer(actor: Actor, call: Call) -> Answered:
    """The last answer that passed review."""
    rows = Round.objects.visible_to(actor).filter(call_id=call.pk, state__in=sorted(READABLE))
    row = rows.select_related("answer_note").order_by("-number").first()
    if row is None or row.answer_note is None:
        return Answered()
    return Answered(row.answer_note.text, row.result, row.number, row.answered_at)
