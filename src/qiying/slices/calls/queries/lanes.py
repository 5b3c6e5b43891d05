"""The lanes of the service desk: what waits for a decision, in one statement with all it shows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import CharField, F, QuerySet, Value

from qiying.kernel import statements
from qiying.kernel.access import Actor
from qiying.slices.calls.models import Call
from qiying.slices.calls.queries._find import open_pauses
from qiying.slices.calls.rules import OPEN, PAUSED, PURPLE_FROM, CallState
from qiying.slices.calls.rules import light as light_of

MOST = 12
LANE_STATES: Mapping[str, str] = {
    "inbox": CallState.SUBMITTED,
    "triage": CallState.TRIAGE,
    "disputed": CallState.DISPUTED,
    "refusal": CallState.REFUSAL,
    "review": CallState.ANSWERED,
}
LANES = ("inbox", "triage", "refusal", "disputed", "pauses", "review")
"""What waits for a decision, in the order of a call's life."""
LAST = datetime.max.replace(tzinfo=UTC)


class DeskCall(NamedTuple):
    """A call as a card of the desk: the columns of ``_CARDS``, in its order."""

    lane: str
    place: datetime | None
    """What the lane stands in order of: the next deadline, or since when a pause waits."""
    id: int
    public_id: UUID
    number: str
    title: str
    urgency: str
    state: str
    matter_code: str
    version: int
    needs_confirmation: bool
    decision_id: int | None
    proposed_unit_id: int | None
    lead_unit_id: int | None
    step_due_at: datetime | None
    due_at: datetime
    yellow_at: datetime
    supervision_level: int
    clock: str
    step_clock: str
    rule_kind: str | None
    """In what the promise of the round is counted."""
    names: Sequence[str | None] | None
    """Of the firm: Chinese, English."""
    said: Sequence[str | None] | None
    """What somebody wrote that is to be decided on: a code or the id of a unit, then the words."""

    @property
    def pk(self) -> int:
        return self.id

    def light(self, now: datetime) -> str:
        return light_of(
            now,
            due_at=self.due_at,
            yellow_at=self.yellow_at,
            is_running=self.state in OPEN,
            is_paused=self.state in PAUSED,
            is_posted=self.supervision_level >= PURPLE_FROM,
        )


@dataclass(frozen=True, slots=True)
class Lane:
    """Calls that wait for one kind of decision, the nearest deadline first."""

    key: str
    rows: tuple[DeskCall, ...]
    count: int
    """All of them; ``rows`` holds the first ``MOST``."""


_CARDS = """
WITH picked (lane, id, place) AS MATERIALIZED ({picked})
SELECT picked.lane, picked.place, c.id, c.public_id, c.number, c.title, c.urgency, c.state,
  c.matter_code, c.version, c.needs_confirmation, c.decision_id, c.proposed_unit_id,
  c.lead_unit_id, c.step_due_at, c.due_at, c.yellow_at, c.supervision_level, c.clock, c.step_clock,
  (SELECT r.rule_kind FROM calls_round r
    WHERE r.tenant_id = c.tenant_id AND r.call_id = c.id AND r.number = c.current_round),
  (SELECT ARRAY[e.name_zh, e.name_en] FROM registry_enterprise e WHERE e.id = c.enterprise_id),
  CASE picked.lane
  WHEN 'review' THEN
    (SELECT ARRAY[r.result, (SELECT n.text FROM calls_note n WHERE n.id = r.answer_note_id)]
    FROM calls_round r
    WHERE r.tenant_id = c.tenant_id AND r.call_id = c.id AND r.number = c.current_round)
  WHEN 'disputed' THEN
    (SELECT ARRAY[d.unit_id::text, (SELECT n.text FROM calls_note n WHERE n.id = d.reason_id)]
    FROM calls_dispute d
    WHERE d.tenant_id = c.tenant_id AND d.call_id = c.id AND d.adjudicated_at IS NULL)
  WHEN 'refusal' THEN
    (SELECT ARRAY['', n.text] FROM calls_note n
    WHERE n.tenant_id = c.tenant_id AND n.call_id = c.id AND n.kind = 'decline'
    ORDER BY n.id DESC LIMIT 1)
  WHEN 'pauses' THEN
    (SELECT ARRAY[p.reason_code, (SELECT n.text FROM calls_note n WHERE n.id = p.evidence_id)]
    FROM calls_pause p
    WHERE p.tenant_id = c.tenant_id AND p.call_id = c.id AND p.state = 'proposed'
    ORDER BY p.id DESC LIMIT 1)
  END
FROM picked JOIN calls_call c ON c.id = picked.id
"""
"""Sub-selects and no joins: the server would weigh the order of ten tables longer than it reads."""


def _picked(actor: Actor) -> list[QuerySet[Any]]:
    """Which calls stand in which lane, by ``visible_to``."""
    found: list[QuerySet[Any]] = []
    for key in LANES:
        lane = Value(key, output_field=CharField())
        if key == "pauses":
            rows: QuerySet[Any] = open_pauses(actor).order_by("proposed_at", "id")
            rows = rows.annotate(lane=lane, of=F("call_id"), place=F("proposed_at"))
            found.append(rows.values_list("lane", "of", "place")[:MOST])
            continue
        calls = Call.objects.visible_to(actor).filter(state=LANE_STATES[key])
        calls = calls.order_by("step_due_at", "due_at", "id")
        found.append(
            calls.annotate(lane=lane, place=F("step_due_at")).values_list("lane", "id", "place")[
                :MOST
            ]
        )
    return found


def _worded(actor: Actor) -> statements.Statement:
    return statements.joined(_picked(actor), _CARDS)


def cards(actor: Actor) -> dict[str, list[DeskCall]]:
    """The first calls of each lane with everything that a card shows, in one statement."""
    asked = statements.kept("calls.lanes", actor, _worded)
    found: dict[str, list[DeskCall]] = {key: [] for key in LANES}
    for row in asked.ask(person=actor.person_id):
        card = DeskCall(*row)
        found[card.lane].append(card)
    for rows in found.values():
        rows.sort(key=lambda card: (card.place or LAST, card.due_at, card.id))
    return found


def decisions_of(calls: Iterable[DeskCall]) -> list[int]:
    """The stored decisions whose reasons the cards tell."""
    early = {CallState.SUBMITTED, CallState.TRIAGE}
    return [c.decision_id for c in calls if c.decision_id and c.state in early]
