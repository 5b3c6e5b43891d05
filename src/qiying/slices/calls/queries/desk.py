"""What the service desk and the call-back officers ask: lanes of work, and the words beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from qiying.kernel.access import Actor, Role
from qiying.slices.calls.models import Call, CallBack, Dispute, Pause, Round
from qiying.slices.calls.queries._filters import CAP, late, lit, named, proposed
from qiying.slices.calls.queries._find import open_pauses
from qiying.slices.calls.rules import FAILED, OPEN, CallState, PauseState

MOST = 12
LANE_STATES: Mapping[str, str] = {
    "inbox": CallState.SUBMITTED,
    "triage": CallState.TRIAGE,
    "disputed": CallState.DISPUTED,
    "review": CallState.ANSWERED,
}
LANES = ("inbox", "triage", "disputed", "pauses", "review")
"""What waits for a decision, in the order of a call's life."""
DECIDER = {"disputed": Role.SUPERVISOR, "pauses": Role.SUPERVISOR}
"""Who decides on a lane, where it is not the desk."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Calls that wait for one kind of decision, the nearest deadline first."""

    key: str
    rows: tuple[Call, ...]
    count: int
    """All of them; ``rows`` holds the first ``MOST``."""


def lanes(actor: Actor, *, now: datetime) -> tuple[Lane, ...]:
    """Everything on the desk, in one query a lane and two for the counts."""
    counts = state_counts(actor)
    found = []
    for key in LANES:
        if key == "pauses":
            pauses = open_pauses(actor)
            calls = [p.call for p in pauses.order_by("proposed_at", "id")[:MOST]]
            found.append(Lane(key, tuple(calls), pauses.order_by()[:CAP].count()))
            continue
        state = LANE_STATES[key]
        rows = Call.objects.visible_to(actor).filter(state=state)
        calls = list(named(rows).order_by("step_due_at", "due_at", "id")[:MOST])
        found.append(Lane(key, tuple(calls), counts.get(state, 0)))
    return tuple(found)


def state_counts(actor: Actor) -> dict[str, int]:
    """How many open calls are in each state."""
    rows = Call.objects.visible_to(actor).filter(state__in=sorted(OPEN))
    return dict(rows.order_by().values_list("state").annotate(n=Count("id")))


def own_lanes(actor: Actor) -> frozenset[str]:
    """The lanes on which this actor decides."""
    return frozenset(lane for lane in LANES if actor.has(DECIDER.get(lane, Role.DESK)))


def waiting_count(actor: Actor) -> int:
    """How many calls wait for a decision of this actor, counted up to ``CAP``.

    The one number for the navigation and for the head of the desk.
    """
    return waiting_rows(actor).count()


def waiting_rows(actor: Actor) -> QuerySet[Call]:
    """The calls that ``waiting_count`` counts."""
    own = own_lanes(actor)
    test = Q(state__in=sorted(LANE_STATES[lane] for lane in own if lane in LANE_STATES))
    if "pauses" in own:
        test |= proposed(actor)
    return Call.objects.visible_to(actor).filter(test).order_by()[:CAP]


def numbered(actor: Actor, ids: Iterable[int]) -> list[Call]:
    """The visible calls among some ids, with number and address only."""
    return list(
        Call.objects.visible_to(actor).filter(id__in=list(ids)).only("number", "public_id")
    )


def light_counts(actor: Actor, *, now: datetime) -> dict[str, int]:
    """How many open calls show each light, and how many of the red ones owe what."""
    rows = Call.objects.visible_to(actor).filter(state__in=sorted(OPEN)).order_by()
    tests = {c: lit(c, now) for c in ("purple", "red", "yellow", "green", "grey")}
    tests |= {f"late_{what}": late(what, now) for what in ("answer", "callback")}
    counted = rows.aggregate(**{name: Count("id", filter=test) for name, test in tests.items()})
    return {name: int(counted[name]) for name in tests}


def disputes_of(actor: Actor, calls: Iterable[Call]) -> dict[int, Dispute]:
    """The dispute that waits for a decision, with its words, by call."""
    rows = Dispute.objects.visible_to(actor).filter(
        call_id__in=[c.pk for c in calls], adjudicated_at=None
    )
    return {d.call_id: d for d in rows.select_related("unit", "reason", "proposed_unit")}


def proposed_pauses_of(actor: Actor, calls: Iterable[Call]) -> dict[int, Pause]:
    """The pause that waits for a decision, with its words, by call."""
    rows = Pause.objects.visible_to(actor).filter(
        call_id__in=[c.pk for c in calls], state=PauseState.PROPOSED
    )
    return {p.call_id: p for p in rows.select_related("evidence", "proposer")}


def rounds_of(actor: Actor, calls: Iterable[Call]) -> dict[int, Round]:
    """The current round with what was answered in it, by call."""
    rows = Round.objects.visible_to(actor).filter(
        call_id__in=[c.pk for c in calls], number=F("call__current_round")
    )
    return {r.call_id: r for r in rows.select_related("answer_note", "answered_by")}


@dataclass(frozen=True, slots=True)
class Attempts:
    """Failed attempts of the current round that still count."""

    count: int
    last: CallBack | None


def attempts_by_call(actor: Actor, calls: Iterable[Call]) -> dict[int, Attempts]:
    """How often a firm was rung in vain since the last answer, by call."""
    rows = CallBack.objects.visible_to(actor).filter(
        call_id__in=[c.pk for c in calls],
        round__number=F("call__current_round"),
        superseded_by=None,
        outcome__in=sorted(FAILED),
    )
    found: dict[int, Attempts] = {}
    for row in rows.order_by("attempt"):
        before = found.get(row.call_id, Attempts(0, None))
        found[row.call_id] = Attempts(before.count + 1, row)
    return found


def open_calls_of_firm(actor: Actor, enterprise_id: int, *, limit: int = 6) -> list[Call]:
    """What a firm has open now: whoever rings may mean one of these."""
    rows = Call.objects.visible_to(actor).filter(
        enterprise_id=enterprise_id, state__in=sorted(OPEN)
    )
    return list(named(rows).order_by("-received_at", "-id")[:limit])
