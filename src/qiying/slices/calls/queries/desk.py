"""What the service desk and the call-back officers ask: lanes of work, and the words beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import (
    BooleanField,
    Case,
    Count,
    ExpressionWrapper,
    F,
    Q,
    QuerySet,
    Value,
    When,
)

from qiying.kernel import statements
from qiying.kernel.access import Actor, Role
from qiying.kernel.statements import NOW, Statement
from qiying.slices.calls.models import Call, CallBack, Round
from qiying.slices.calls.queries._filters import CAP, named, proposed
from qiying.slices.calls.queries._find import open_pauses
from qiying.slices.calls.queries.lanes import (
    LANE_STATES,
    LANES,
    Lane,
    cards,
)
from qiying.slices.calls.rules import FAILED, OPEN, PAUSED, PURPLE_FROM, Clock

DECIDER: Mapping[str, str] = dict.fromkeys(("refusal", "disputed", "pauses"), Role.SUPERVISOR)
"""Who decides on a lane, where it is not the desk."""
RARE = frozenset({"refusal"})
"""Lanes that are there only while something waits on them."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many open calls there are: by state, by light, what is overdue, where a pause waits."""

    states: Mapping[str, int]
    lights: Mapping[str, int]
    """By colour, then ``late_answer`` and ``late_callback``: what the overdue ones owe."""
    pauses: Mapping[str, int]
    """Pauses that wait for a decision, by state of the call."""

    def waiting(self, own: frozenset[str]) -> int:
        """How many calls wait on these lanes, counted up to ``CAP``."""
        states = {LANE_STATES[lane] for lane in own if lane in LANE_STATES}
        found = sum(self.states.get(state, 0) for state in states)
        if "pauses" in own:
            found += sum(n for state, n in self.pauses.items() if state not in states)
        return min(found, CAP)


def lanes(actor: Actor, *, now: datetime, counts: Counts | None = None) -> tuple[Lane, ...]:
    """Everything on the desk, in one statement and one for the counts."""
    counts, found = counts or count_open(actor, now=now), cards(actor)
    numbers = {key: counts.states.get(state, 0) for key, state in LANE_STATES.items()}
    numbers["pauses"] = min(sum(counts.pauses.values()), CAP)
    shown = (key for key in LANES if numbers[key] or key not in RARE)
    return tuple(Lane(key, tuple(found[key]), numbers[key]) for key in shown)


def count_open(actor: Actor, *, now: datetime) -> Counts:
    """Every number of the desk in one statement, read from an index of the open calls alone."""
    counted = statements.kept("calls.counts", actor, _counted)
    states: dict[str, int] = {}
    lights = dict.fromkeys((*COLOURS, "late_answer", "late_callback"), 0)
    waiting: dict[str, int] = {}
    for state, is_posted, owes_callback, stage, number in counted.ask(
        now=now, person=actor.person_id
    ):
        if stage == PROPOSED:
            waiting[state] = number
            continue
        states[state] = states.get(state, 0) + number
        lights[_colour(state, stage, is_posted=is_posted)] += number
        if stage == LATE and state not in PAUSED:
            lights["late_callback" if owes_callback else "late_answer"] += number
    return Counts(states, lights, waiting)


COLOURS = ("purple", "red", "yellow", "green", "grey")
LATE, SOON, EARLY, PROPOSED = 2, 1, 0, -1


def _colour(state: str, stage: int, *, is_posted: bool) -> str:
    if is_posted:
        return "purple"
    return "grey" if state in PAUSED else {LATE: "red", SOON: "yellow"}.get(stage, "green")


def _counted(actor: Actor) -> Statement:
    stage = Case(
        When(due_at__lt=NOW, then=Value(LATE)),
        When(yellow_at__lte=NOW, then=Value(SOON)),
        default=Value(EARLY),
    )
    opened = Call.objects.visible_to(actor).filter(state__in=sorted(OPEN)).order_by()
    posted, owing = Q(supervision_level__gte=int(PURPLE_FROM)), Q(clock=Clock.CALLBACK)
    opened = opened.annotate(
        is_posted=ExpressionWrapper(posted, BooleanField()),
        owes=ExpressionWrapper(owing, BooleanField()),
        stage=stage,
    )
    nothing = Value(value=False)
    pauses = (
        open_pauses(actor)
        .order_by()
        .annotate(none=nothing, neither=nothing, stage=Value(PROPOSED))
    )
    both = (
        opened.values_list("state", "is_posted", "owes", "stage").annotate(n=Count("*")),
        pauses.values_list("call__state", "none", "neither", "stage").annotate(n=Count("*")),
    )
    return statements.joined(both)


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


def light_counts(actor: Actor, *, now: datetime) -> Mapping[str, int]:
    """How many open calls show each light, and how many of the overdue ones owe what."""
    return count_open(actor, now=now).lights


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
