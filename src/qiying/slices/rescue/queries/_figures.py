"""Rates with the jobs behind them: how fast, how well, how fairly, how dearly."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from statistics import mean

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from qiying.kernel.access import Actor
from qiying.kernel.people import SHANGHAI
from qiying.slices.rescue.models import (
    Certificate,
    Job,
    Override,
    Quote,
    Rating,
    Report,
    Seat,
)
from qiying.slices.rescue.rules import (
    MENDED,
    PRAISE,
    Kind,
    Outcome,
    QuoteState,
    SeatState,
    State,
)

Period = tuple[date, date]
"""First day and the day after the last."""
NOT_COUNTED = (State.WITHDRAWN, State.FALSE_ALARM)
"""Nobody was needed: these stand in no denominator of repairs."""


@dataclass(frozen=True, slots=True)
class JobFact:
    """What the rates need to know of a job; one row a job of the period."""

    id: int
    number: str
    kind: str
    state: str
    class_code: str
    provider_id: int | None
    reported_at: datetime
    answer_due_at: datetime
    acknowledged_min: float | None
    answered_min: float | None
    arrived_min: float | None
    running_min: float | None
    is_promise_lost: bool
    is_goal_lost: bool
    is_reopened: bool
    is_rework: bool
    outcome: str
    grade: str
    cost_cny: Decimal
    equipment_id: int | None

    @property
    def month(self) -> str:
        return f"{self.reported_at.astimezone(SHANGHAI):%Y-%m}"

    @property
    def is_counted(self) -> bool:
        return self.state not in NOT_COUNTED

    @property
    def is_mended(self) -> bool:
        """It ran again and the firm has not said otherwise."""
        return self.state in MENDED and self.outcome != Outcome.NO_FAULT


def _minutes(start: datetime, end: datetime | None) -> float | None:
    return None if end is None else (end - start).total_seconds() / 60


def midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=SHANGHAI)


def facts(actor: Actor, period: Period) -> list[JobFact]:
    """The jobs reported in a period, one query."""
    start, end = period
    rows = Job.objects.visible_to(actor).filter(
        reported_at__gte=midnight(start), reported_at__lt=midnight(end)
    )
    return [_fact(row) for row in _annotated(rows)]


def _annotated(rows: "QuerySet[Job]") -> "QuerySet[Job]":
    of_job = {"tenant_id": OuterRef("tenant_id"), "job_id": OuterRef("pk")}
    report = Report.objects.filter(is_current=True, **of_job)
    seat = Seat.objects.filter(technician__isnull=False, **of_job).order_by("position")
    quote = Quote.objects.filter(state=QuoteState.ACCEPTED, **of_job)
    rating = Rating.objects.filter(**of_job)
    return (
        rows.select_related("equipment__kind")
        .annotate(
            report_outcome=Subquery(report.values("outcome")[:1]),
            by_report=Subquery(report.values("technician__provider_id")[:1]),
            by_seat=Subquery(seat.values("technician__provider_id")[:1]),
            cost=Subquery(quote.values("total_cny")[:1]),
            grade=Subquery(rating.values("grade")[:1]),
        )
        .order_by("reported_at", "id")
    )


def _fact(row: "Job") -> JobFact:
    reported = row.reported_at
    found = row.__dict__
    return JobFact(
        id=row.pk,
        number=row.number,
        kind=row.kind,
        state=row.state,
        class_code=row.equipment.kind.code if row.equipment else "",
        provider_id=found["by_report"] or found["by_seat"],
        reported_at=reported,
        answer_due_at=row.answer_due_at,
        acknowledged_min=_minutes(reported, row.acknowledged_at),
        answered_min=_minutes(reported, row.answered_at),
        arrived_min=_minutes(reported, row.arrived_at),
        running_min=_minutes(reported, row.running_at),
        is_promise_lost=row.promise_lost_at is not None,
        is_goal_lost=row.goal_lost_at is not None,
        is_reopened=row.reopened > 0,
        is_rework=row.warranty_of_id is not None,
        outcome=found["report_outcome"] or "",
        grade=found["grade"] or "",
        cost_cny=found["cost"] or Decimal(0),
        equipment_id=row.equipment_id,
    )


@dataclass(frozen=True, slots=True)
class Share:
    """Numerator and denominator by the keys of their jobs."""

    hits: tuple[int, ...]
    of: tuple[int, ...]

    @property
    def share(self) -> float | None:
        return len(self.hits) / len(self.of) if self.of else None

    @property
    def misses(self) -> tuple[int, ...]:
        hit = set(self.hits)
        return tuple(pk for pk in self.of if pk not in hit)


@dataclass(frozen=True, slots=True)
class Times:
    """Minutes of some jobs: percentiles by the nearest rank, so that each is a real job."""

    count: int
    mean: float | None
    p50: float | None
    p90: float | None
    p99: float | None


def times(values: Iterable[float | None]) -> Times:
    """Percentiles of what happened; jobs where it has not are not counted."""
    known = sorted(v for v in values if v is not None)
    if not known:
        return Times(0, None, None, None, None)

    def rank(share: float) -> float:
        return known[max(-(-len(known) * int(share * 100) // 100) - 1, 0)]

    return Times(len(known), mean(known), rank(0.5), rank(0.9), rank(0.99))


@dataclass(frozen=True, slots=True)
class Performance:
    """The figures of one group of jobs, with their members."""

    key: str
    jobs: tuple[int, ...]
    acknowledged: Times
    answered: Times
    arrived: Times
    running: Times
    promise: Share
    """Emergencies answered in time, of those whose promise has run out or was kept: A19."""
    arrival: Share
    """Emergencies where somebody was there in time: our stricter goal."""
    success: Share
    """Repaired, of those that ended: A18."""
    praise: Share
    """Content, of those rated: A18. Unrated jobs stand in ``rated`` only."""
    rated: Share
    first_time: Share
    cost_cny: Decimal
    repeats: int
    """Machines with more than one rescue."""


def performance(
    actor: Actor, period: Period, *, now: datetime, by: str = ""
) -> tuple[Performance, ...]:
    """The figures of a period; ``by`` is "", "month", "provider", "class" or "kind". One query."""
    found = facts(actor, period)
    return tuple(measure(key, rows, now) for key, rows in _groups(found, by))


KEYS: dict[str, Callable[[JobFact], str]] = {
    "month": lambda f: f.month,
    "provider": lambda f: str(f.provider_id or ""),
    "class": lambda f: f.class_code,
    "kind": lambda f: f.kind,
}


def _groups(found: Sequence[JobFact], by: str) -> list[tuple[str, list[JobFact]]]:
    key = KEYS.get(by)
    if key is None:
        return [("", list(found))]
    groups: dict[str, list[JobFact]] = {}
    for fact in found:
        groups.setdefault(key(fact), []).append(fact)
    return sorted(groups.items())


def _share(rows: Iterable[JobFact], hit: Callable[[JobFact], bool]) -> Share:
    members = list(rows)
    return Share(tuple(f.id for f in members if hit(f)), tuple(f.id for f in members))


def measure(key: str, found: Sequence[JobFact], now: datetime) -> Performance:
    """The figures of some jobs, from the facts alone."""
    rows = [f for f in found if f.is_counted]
    urgent = [f for f in rows if f.kind == Kind.EMERGENCY]
    judged = [f for f in urgent if f.answered_min is not None or f.answer_due_at <= now]
    over = [f for f in rows if f.state in MENDED or f.state == State.REFERRED]
    mended = [f for f in over if f.state in MENDED]
    rated = [f for f in mended if f.grade]
    machines = [f.equipment_id for f in rows if f.equipment_id is not None]
    visited = [f for f in urgent if f.outcome != Outcome.REMOTE and f.state != State.REMOTE]
    return Performance(
        key=key,
        jobs=tuple(f.id for f in rows),
        acknowledged=times(f.acknowledged_min for f in urgent),
        answered=times(f.answered_min for f in urgent),
        arrived=times(f.arrived_min for f in urgent),
        running=times(f.running_min for f in urgent),
        promise=_share(judged, lambda f: not f.is_promise_lost and f.answered_min is not None),
        arrival=_share(
            (f for f in visited if f.arrived_min is not None or f.is_goal_lost),
            lambda f: not f.is_goal_lost,
        ),
        success=_share(over, lambda f: f.state in MENDED),
        praise=_share(rated, lambda f: f.grade in PRAISE),
        rated=_share(mended, lambda f: bool(f.grade)),
        first_time=_share(mended, lambda f: not f.is_reopened and not f.is_rework),
        cost_cny=sum((f.cost_cny for f in rows), Decimal(0)),
        repeats=sum(machines.count(m) > 1 for m in set(machines)),
    )


@dataclass(frozen=True, slots=True)
class FairShare:
    """Jobs of a provider against what its people on offer would let expect."""

    provider_id: int
    jobs: int
    expected: float
    overrides_for: int
    overrides_against: int


def fairness(actor: Actor, period: Period) -> tuple[FairShare, ...]:
    """Who got how much work: answered jobs by provider, what able people would let expect, and how
    often the duty chief chose for or against a provider.

    Expected is, summed over the answered jobs, the provider's share of the technicians in contract
    who hold the job's skill. Five queries.
    """
    start, end = midnight(period[0]), midnight(period[1])
    held = _held(actor, start, end)
    able = _able(actor)
    got: dict[int, int] = {}
    expected: dict[int, float] = {}
    for provider, skill in held:
        got[provider] = got.get(provider, 0) + 1
        people = able.get(skill, {})
        total = sum(people.values())
        for other, count in people.items():
            expected[other] = expected.get(other, 0.0) + count / total
    chosen = Override.objects.filter(tenant_id=actor.tenant_id, at__gte=start, at__lt=end)
    pairs = list(chosen.values_list("chosen__provider_id", "proposed__provider_id"))
    known = sorted({*got, *expected, *(p for p, _ in pairs)})
    return tuple(
        FairShare(
            provider,
            got.get(provider, 0),
            expected.get(provider, 0.0),
            sum(a == provider != b for a, b in pairs),
            sum(b == provider != a for a, b in pairs),
        )
        for provider in known
    )


def _held(actor: Actor, start: datetime, end: datetime) -> list[tuple[int, str]]:
    rows = Seat.objects.filter(
        tenant_id=actor.tenant_id,
        technician__isnull=False,
        held_at__isnull=False,
        job__reported_at__gte=start,
        job__reported_at__lt=end,
    ).exclude(state__in=[SeatState.FREE, SeatState.OFFERED])
    return list(rows.values_list("technician__provider_id", "job__skill"))


def _able(actor: Actor) -> dict[str, dict[int, int]]:
    """People in work by skill and provider."""
    rows = Certificate.objects.filter(tenant_id=actor.tenant_id, technician__left_on=None)
    pairs = rows.values_list("skill", "technician__provider_id", "technician_id").distinct()
    found: dict[str, dict[int, int]] = {}
    for skill, provider, _technician in pairs:
        people = found.setdefault(skill, {})
        people[provider] = people.get(provider, 0) + 1
    return found


def list_overrides(actor: Actor) -> "QuerySet[Override]":
    """Every manual choice against the engine; page them by ``("-at", "-id")``."""
    rows = Override.objects.visible_to(actor)
    return rows.select_related("job", "proposed__person", "chosen__person", "by")


def unrated(actor: Actor) -> "QuerySet[Job]":
    """Ended jobs that nobody has rated yet."""
    rating = Rating.objects.filter(tenant_id=OuterRef("tenant_id"), job_id=OuterRef("pk"))
    rows = Job.objects.visible_to(actor).filter(Q(state__in=sorted(MENDED)))
    return rows.filter(~Exists(rating))
