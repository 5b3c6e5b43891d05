"""What the rates count, once: the board and the list behind each number use the same tests."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Coalesce

from qiying.engines import rates as engine
from qiying.kernel.access import Actor
from qiying.slices.calls.models import Call, Dispute, Round, Task
from qiying.slices.calls.queries._said import SAID
from qiying.slices.calls.rules import RELAPSE_WITHIN, CallState, Resolved, RoundState, TaskState

SHANGHAI = ZoneInfo("Asia/Shanghai")
ROUND_ORDER = ("-due_at", "-id")
CLOSED = Q(state=RoundState.CLOSED)
SAID_YES = Q(resolved=Resolved.YES)
DENIED = Q(rating_resolved=Resolved.NO)
"""The firm itself wrote that it is not solved."""
HEARD = Q(called_back_by__isnull=False, reopened_at=None)
OWED = ~Q(state=RoundState.STOPPED)
WITHDRAWN_FROM_UNIT = Q(call__state=CallState.WITHDRAWN, call__dispatched_at__isnull=False)
"""Withdrawn after a unit had it: talking a firm into that must not help."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A share of rounds: those that count, of those that are asked about.

    ``half`` are rounds that count one half (partly solved).
    """

    name: str
    numerator: Q
    denominator: Q = OWED
    half: Q | None = None


def relapsed(tenant_id: int) -> Exists:
    """The same firm called again about the same matter: from the round's start on (a second call
    filed while the first is in hand is a return too) until 30 days after its closure."""
    again = Call.objects.filter(
        Q(received_at__gt=OuterRef("started_at")) | Q(id__gt=OuterRef("call_id")),
        tenant_id=tenant_id,
        enterprise_id=OuterRef("call__enterprise_id"),
        matter_code=OuterRef("call__matter_code"),
        received_at__gte=OuterRef("started_at"),
        received_at__lte=OuterRef("closed_at") + RELAPSE_WITHIN,
    ).exclude(matter_code="")
    return Exists(again.exclude(id=OuterRef("call_id")))


def verified(tenant_id: int) -> Q:
    """Closed as solved, so said by the firm at call-back, not denied, not re-opened, no return."""
    return CLOSED & SAID_YES & HEARD & ~DENIED & ~Q(relapsed(tenant_id))


@lru_cache(maxsize=64)
def measures(tenant_id: int) -> Mapping[str, Measure]:
    """The measures by name: what the engine `rates` counts, for the database to count.

    Verified closure has a line of its own to stand on: a call that failed is there once however
    many rounds it took, what was withdrawn from a unit stays, what we found ourselves is apart.
    """
    held = verified(tenant_id)
    in_verified = Q(call__is_proactive=False) & (Q(number=1) | held)
    rows = (
        Measure("due", Q()),
        Measure("responded", Q(contacted_at__lte=F("contact_due_at"))),
        Measure("on_time", CLOSED & Q(is_on_time=True)),
        Measure("declared", CLOSED),
        Measure("verified", held, in_verified),
        Measure("first_time", CLOSED & SAID_YES & HEARD & Q(number=1)),
        Measure("solved", SAID_YES, OWED & ~Q(resolved=""), Q(resolved=Resolved.PARTLY)),
        Measure("satisfied", Q(rating__gte=3), OWED & Q(rating__isnull=False)),
        Measure("satisfied_strictly", Q(rating__gte=4), OWED & Q(rating__isnull=False)),
        Measure("rated", Q(rating__isnull=False)),
        Measure("redone", Q(state=RoundState.REJECTED) | Q(reopened_at__isnull=False)),
    )
    return MappingProxyType({m.name: m for m in rows})


EXPLAINED = ("declared", "verified")
"""The measures whose change is taken apart by causes."""
COUNTED = "counted"
CAUSES = (
    *("unanswered", "in_review", "not_called_back", "rejected", "withdrawn"),
    *("reopened", "came_back", "unheard", "partly", "not_solved"),
)
"""Why a round does not count as closed, in the order in which it is asked: the first that holds."""


def causes(tenant_id: int, measure: str) -> dict[str, Q]:
    """The causes for which a round below the line of a measure does not count, by name."""
    found = {
        "unanswered": Q(state=RoundState.OPEN),
        "in_review": Q(state=RoundState.ANSWERED),
        "not_called_back": Q(state=RoundState.CALLBACK),
        "rejected": Q(state=RoundState.REJECTED),
    }
    if measure == "verified":
        found |= {
            "withdrawn": Q(state=RoundState.STOPPED) & WITHDRAWN_FROM_UNIT,
            "reopened": CLOSED & Q(reopened_at__isnull=False),
            "came_back": CLOSED & HEARD & SAID_YES & Q(relapsed(tenant_id)),
            "unheard": CLOSED & Q(called_back_by=None),
            "partly": CLOSED & Q(resolved=Resolved.PARTLY),
            "not_solved": CLOSED & (Q(resolved=Resolved.NO) | DENIED),
        }
    return found


def with_cause(rows: QuerySet[Round], tenant_id: int, measure: str) -> QuerySet[Any]:
    """The rounds below the line of a measure, each with its ``cause`` or ``counted``."""
    line = measures(tenant_id)[measure]
    whens = [When(line.numerator, then=Value(COUNTED))]
    whens += [When(test, then=Value(name)) for name, test in causes(tenant_id, measure).items()]
    cause = Case(*whens, default=Value(""), output_field=CharField())
    return rows.filter(line.denominator).annotate(cause=cause)


LISTED = frozenset(engine.ROUND_MEASURES)
"""The names that `listed` knows."""


def listed(tenant_id: int) -> dict[str, Measure]:
    """The measures of the board and those that only the sheet of rates shows."""
    parts = Task.objects.filter(tenant_id=tenant_id, round_id=OuterRef("pk"), is_lead=True)
    parts = parts.exclude(state=TaskState.WITHDRAWN)
    in_time = Exists(parts.filter(signed_at__lte=F("sign_due_at")))
    disputes = Dispute.objects.filter(tenant_id=tenant_id, round_id=OuterRef("pk"))
    ended = Q(state__in=[RoundState.CLOSED, RoundState.REJECTED])
    more = (
        Measure("on_time_first", CLOSED & Q(answered_at__lte=F("due_at"))),
        Measure("returned", Q(Exists(disputes))),
        Measure("signed", Q(in_time), OWED & Q(Exists(parts))),
        Measure("reached", ~Q(resolved="") & Q(called_back_by__isnull=False), ended),
        Measure("excluded", Q(pk__in=[]), ended),  # no operation leaves anybody out
    )
    return {**measures(tenant_id), **{m.name: m for m in more}}


def midnight(day: date) -> datetime:
    """The start of a day in Shanghai."""
    return datetime.combine(day, time(), tzinfo=SHANGHAI)


def population(actor: Actor, start: date, end: date, *, now: datetime) -> QuerySet[Round]:
    """Rounds due from ``start`` until before ``end`` and by now, whatever became of them.

    Overdue open ones are in; what was declined or withdrawn is not, because nothing was owed any
    more (only verified closure keeps what was withdrawn from a unit: each measure has its own
    denominator); what is not due yet is not judged yet.
    """
    return due_between(actor, midnight(start), min(midnight(end), now))


def due_between(actor: Actor, start: datetime, until: datetime) -> QuerySet[Round]:
    """As ``population``, between two moments."""
    rows = Round.objects.visible_to(actor).filter(due_at__gte=start, due_at__lt=until)
    return rows.filter(OWED | WITHDRAWN_FROM_UNIT)


@dataclass(frozen=True, slots=True)
class RoundFilters:
    """What is listed behind a number: a measure, who missed it, period, unit, matter, place."""

    start: date | None = None
    end: date | None = None
    measure: str = "due"
    missed: bool = False
    """List those in the denominator that do not count."""
    cause: str = ""
    """Why they do not count, one of ``CAUSES``."""
    said: str = ""
    """One of ``SAID``: what the firm said of them."""
    unit: str = ""
    matter: str = ""
    place: str = ""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> Self:
        """The known names of a query string; anything else is left aside."""
        return cls(
            start=_day(given.get("start")),
            end=_day(given.get("end")),
            measure=str(given.get("measure") or "due"),
            missed=str(given.get("missed") or "") in {"1", "true", "on"},
            cause=str(given.get("cause") or ""),
            said=str(given.get("said") or ""),
            unit=str(given.get("unit") or ""),
            matter=str(given.get("matter") or ""),
            place=str(given.get("place") or ""),
        )

    def as_query(self) -> dict[str, str]:
        """The filters that are set, for the URL."""
        found = {
            "start": self.start.isoformat() if self.start else "",
            "end": self.end.isoformat() if self.end else "",
            "measure": self.measure,
            "missed": "1" if self.missed else "",
            "cause": self.cause,
            "said": self.said,
            "unit": self.unit,
            "matter": self.matter,
            "place": self.place,
        }
        return {k: v for k, v in found.items() if v}


def _day(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text or ""))
    except ValueError:
        return None


def answerable_unit() -> Coalesce:
    """The unit that a round counts for: its lead, before dispatch the first receiver."""
    return Coalesce("lead_unit_id", "call__first_receiver_id")


def list_rounds(actor: Actor, filters: RoundFilters, *, now: datetime) -> QuerySet[Round]:
    """The rounds behind a number; page them with ``ROUND_ORDER``."""
    today = now.astimezone(SHANGHAI).date()
    start = filters.start or today.replace(day=1)
    rows = population(actor, start, filters.end or today + timedelta(days=1), now=now)
    found = listed(actor.tenant_id)
    measure = found.get(filters.measure, found["due"])
    rows = rows.filter(measure.denominator)
    counts = measure.numerator if measure.half is None else measure.numerator | measure.half
    if filters.cause in CAUSES and measure.name in EXPLAINED:
        told = with_cause(rows, actor.tenant_id, measure.name).filter(cause=filters.cause)
        rows = rows.filter(pk__in=told.values("pk"))
    else:
        rows = rows.exclude(pk__in=rows.filter(counts)) if filters.missed else rows.filter(counts)
    return _narrowed(rows, filters).select_related("call", "call__enterprise", "lead_unit")


def _answerable(unit: str) -> Q:
    """Rounds of one unit; "-" stands for none, what is no id for nothing."""
    if unit == "-":
        return Q(answerable=None)
    is_id = unit.isdecimal() and len(unit) < 18
    return Q(answerable=int(unit)) if is_id else Q(pk__in=[])


def _narrowed(rows: QuerySet[Round], filters: RoundFilters) -> QuerySet[Round]:
    if filters.said in SAID:
        rows = rows.filter(SAID[filters.said])
    if filters.unit:
        rows = rows.annotate(answerable=answerable_unit()).filter(_answerable(filters.unit))
    if filters.matter:
        rows = rows.filter(call__matter_code="" if filters.matter == "-" else filters.matter)
    if filters.place:
        rows = rows.filter(call__township_code="" if filters.place == "-" else filters.place)
    return rows
