"""What became of calls, one line for each change, as another system follows it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from qiying.kernel.access import Actor
from qiying.kernel.models import Event
from qiying.slices.calls.models import Call, Note, Round
from qiying.slices.calls.rules import CLOSURE_STATUS, UPDATE_STATUS, CallState

if TYPE_CHECKING:
    from django.db.models import QuerySet

FOLLOWED = (
    *("calls.accepted", "calls.info_asked", "calls.info_supplied", "calls.declined"),
    "calls.info_lapsed",
    *("calls.withdrawn", "calls.dispatched", "calls.redispatched", "calls.adjudicated"),
    *("calls.signed", "calls.scheduled", "calls.pause_approved", "calls.resumed"),
    *("calls.review_passed", "calls.callback_rejected", "calls.closed", "calls.reopened"),
    "calls.messaged",
)
"""What somebody outside may follow; an answer counts from its review."""
PREFIX = "U"


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one call. ``update_id`` never changes and never comes twice."""

    update_id: str
    number: str
    state: str
    status: str
    text: str
    at: datetime


def list_changes(
    actor: Actor,
    *,
    start: datetime,
    end: datetime,
    numbers: Sequence[str] = (),
    limit: int,
) -> list[Change]:
    """The changes of visible calls from ``start`` to ``end``, oldest first.

    Words only of the asker's own calls, and only those that left the house.
    """
    calls = Call.objects.visible_to(actor).exclude(matter_code="")
    calls = calls.filter(number__in=numbers) if numbers else calls.filter(updated_at__gte=start)
    rows = Event.objects.filter(
        tenant_id=actor.tenant_id,
        subject_type="calls.call",
        subject_id__in=calls.values("pk"),
        topic__in=FOLLOWED,
        occurred_at__gte=start,
        occurred_at__lte=end,
    ).order_by("sequence")
    found = [row for row in rows[:limit] if not row.data.get("from_firm")]
    known = {c.pk: c for c in calls.filter(pk__in={row.subject_id for row in found})}
    words = _words(actor, found)
    return [_change(row, known[row.subject_id], words) for row in found]


def _change(row: Event, call: Call, words: Mapping[int, str]) -> Change:
    state = str(row.data.get("after") or call.state)
    status = UPDATE_STATUS.get(CallState(state), "OPEN")
    if row.topic == "calls.closed":
        status = CLOSURE_STATUS.get(row.data.get("closure"), status)
    text = words.get(row.pk, "")
    return Change(f"{PREFIX}{row.sequence}", call.number, state, status, text, row.occurred_at)


def _words(actor: Actor, events: Sequence[Event]) -> dict[int, str]:
    """The words that belong to the events, by event, as far as the asker may read them."""
    noted = {row.pk: row.data["note"] for row in events if row.data.get("note")}
    passed = [row for row in events if row.topic == "calls.review_passed"]
    answers = _answers(actor, passed)
    for row in passed:
        noted[row.pk] = answers.get((row.subject_id, int(row.data.get("round", 1))), 0)
    notes: QuerySet[Note] = Note.objects.visible_to(actor).filter(pk__in=set(noted.values()))
    texts = dict(notes.values_list("pk", "text"))
    return {pk: texts[note] for pk, note in noted.items() if note in texts}


def _answers(actor: Actor, events: Sequence[Event]) -> dict[tuple[int, int], int]:
    rows = Round.objects.filter(
        tenant_id=actor.tenant_id, call_id__in={row.subject_id for row in events}
    )
    found = rows.values_list("call_id", "number", "answer_note_id")
    return {(call, number): note for call, number, note in found if note is not None}
