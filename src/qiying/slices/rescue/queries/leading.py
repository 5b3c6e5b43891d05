"""What the leader reads: how soon, how well, at what cost; each number with the jobs behind it.

A measure is one pair of conditions, asked of the database by the figures and by the list of the
jobs behind a figure alike, so that the two cannot differ. The page, the interface and the zone's
figures A18 to A20 read the same ``performance``.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from qiying.kernel.access import Actor
from qiying.kernel.people import SHANGHAI
from qiying.slices.rescue.models import Job, Provider, Quote, Rating, Seat
from qiying.slices.rescue.models.labels import KINDS
from qiying.slices.rescue.rules import HELD, MENDED, PRAISE, Kind, QuoteState, SeatState, State

AGAIN_WITHIN = timedelta(days=30)
"""The same machine down again within so many days is a repeat fault."""
MOST = 50_000
LEAST = 5
"""Fewer jobs are shown and not compared."""
EMERGENCY = Q(kind=Kind.EMERGENCY)
NEEDED = ~Q(state__in=[State.WITHDRAWN, State.FALSE_ALARM])
RUNS = Q(state__in=sorted(MENDED))
ENDED = RUNS | Q(state=State.REFERRED)
NEED = "needed"
"""Somebody was needed: such jobs alone are counted, by every figure."""
TENTH = Decimal("0.1")
HOLDERS = sorted(HELD | {SeatState.LEFT})


@dataclass(frozen=True, slots=True)
class Measure:
    """Of the jobs under ``of`` those under ``hit``."""

    name: str
    of: Q
    hit: Q


def measures(tenant_id: int, now: datetime) -> dict[str, Measure]:
    """The shares by name; what is not due yet is not judged yet."""
    again = Job.objects.filter(
        tenant_id=tenant_id,
        kind=Kind.EMERGENCY,
        equipment_id=OuterRef("equipment_id"),
        reported_at__gt=OuterRef("running_at"),
        reported_at__lte=OuterRef("running_at") + AGAIN_WITHIN,
    ).exclude(state__in=[State.WITHDRAWN, State.FALSE_ALARM])
    reworked = Job.objects.filter(tenant_id=tenant_id, warranty_of_id=OuterRef("pk"))
    rated = Rating.objects.filter(tenant_id=tenant_id, job_id=OuterRef("pk"))
    praised = rated.filter(grade__in=sorted(PRAISE))
    is_answer_due = Q(answered_at__isnull=False) | Q(answer_due_at__lte=now)
    is_visit_due = Q(arrived_at__isnull=False) | Q(
        goal_lost_at__isnull=False, running_at=None, arrive_goal_at__lte=now
    )
    mended = Q(reopened=0, warranty_of=None) & ~Q(Exists(reworked))
    rows = (
        Measure(NEED, Q(), NEEDED),
        Measure(
            "answer",
            EMERGENCY & NEEDED & is_answer_due,
            Q(answered_at__lte=F("answer_due_at"), promise_lost_at=None),
        ),
        Measure(
            "arrival", EMERGENCY & NEEDED & is_visit_due, Q(arrived_at__lte=F("arrive_goal_at"))
        ),
        Measure("repaired", NEEDED & ENDED, RUNS),
        Measure("held", NEEDED & RUNS, mended),
        Measure("praised", NEEDED & RUNS & Q(Exists(rated)), Q(Exists(praised))),
        Measure("rated", NEEDED & RUNS, Q(Exists(rated))),
        Measure(
            "repeat",
            EMERGENCY & NEEDED & Q(running_at__isnull=False, equipment_id__isnull=False),
            Q(Exists(again)),
        ),
    )
    return {m.name: m for m in rows}


@dataclass(frozen=True, slots=True)
class Fact:
    """What the figures need of one job."""

    id: int
    reported_at: datetime
    answer_min: float | None
    arrive_min: float | None
    provider_id: int | None
    service: str
    """The kind of job: emergency, repair or retrofit."""
    kind_code: str
    kind_name: str
    cost_cny: Decimal | None
    zone_cny: Decimal | None
    of: frozenset[str]
    hit: frozenset[str]

    @property
    def month(self) -> str:
        return f"{self.reported_at.astimezone(SHANGHAI):%Y-%m}"


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    name: str
    hit: int
    of: int

    @property
    def value(self) -> float | None:
        return self.hit / self.of if self.of else None

    @property
    def percent(self) -> Decimal | None:
        """To a tenth, half up."""
        if not self.of:
            return None
        return (Decimal(self.hit) * 100 / self.of).quantize(TENTH, ROUND_HALF_UP)


@dataclass(frozen=True, slots=True)
class Line:
    """The figures of a group of jobs."""

    key: str
    label: str
    count: int
    answer: tuple[float, ...]
    """P50, P90, P99 of the minutes until the answer; empty without any."""
    arrival: tuple[float, ...]
    shares: Mapping[str, Share]
    cost_cny: Decimal | None
    """Mean of the quotes that firms accepted."""
    zone_cny: Decimal
    """What the zone pays of them in all."""
    priced: int

    @property
    def is_enough(self) -> bool:
        return self.count >= LEAST


@dataclass(frozen=True, slots=True)
class Performance:
    """The whole and its parts."""

    total: Line
    by_month: tuple[Line, ...]
    by_provider: tuple[Line, ...]
    by_kind: tuple[Line, ...]
    """By class of equipment."""
    by_service: tuple[Line, ...]

    @property
    def figures(self) -> dict[str, Decimal]:
        """The zone's figures; what has no denominator is left out.

        ``A18.jobs`` rescues that were needed, ``A18.success`` percent repaired of those that
        ended, ``A18.praise`` percent content of those rated with ``A18.rated`` percent rated
        beside it; ``A19`` percent of emergencies answered within the promise, ``A19.arrived``
        percent reached within our own goal; ``A20.emergency``, ``A20.repair`` and
        ``A20.retrofit`` jobs by service.
        """
        found = {"A18.jobs": Decimal(self.total.count)}
        for code, name in CODES.items():
            percent = self.total.shares[name].percent
            if percent is not None:
                found[code] = percent
        return found | {f"A20.{x.key}": Decimal(x.count) for x in self.by_service}


CODES = {
    "A18.success": "repaired",
    "A18.praise": "praised",
    "A18.rated": "rated",
    "A19": "answer",
    "A19.arrived": "arrival",
}


def in_period(actor: Actor, start: date, end: date) -> QuerySet[Job]:
    """Visible jobs reported from the first day until before the last."""
    return Job.objects.visible_to(actor).filter(
        reported_at__gte=midnight(start), reported_at__lt=midnight(end)
    )


def midnight(on: date) -> datetime:
    return datetime(on.year, on.month, on.day, tzinfo=SHANGHAI)


def behind(
    rows: QuerySet[Job], tenant_id: int, name: str, *, hit: bool | None, now: datetime
) -> QuerySet[Job]:
    """The jobs behind a share: all that are asked about, those that count, those that do not."""
    found = measures(tenant_id, now).get(name)
    if found is None:
        return rows
    rows = rows.filter(found.of)
    if hit is None:
        return rows
    return rows.filter(found.hit) if hit else rows.exclude(found.hit)


def of_provider(rows: QuerySet[Job], tenant_id: int, provider_id: int) -> QuerySet[Job]:
    """Jobs whose first seat somebody of this provider holds or held."""
    return rows.annotate(by=_provider(tenant_id)).filter(by=provider_id)


def performance(actor: Actor, start: date, end: date, *, now: datetime) -> Performance:
    """Everything in two queries, however many jobs there are."""
    facts = _facts(actor, in_period(actor, start, end).filter(NEEDED), now)
    providers = {p.pk: p.name for p in Provider.objects.visible_to(actor)}
    kinds = {f.kind_code: f.kind_name for f in facts}
    return Performance(
        _line("", "", facts),
        _lines(facts, lambda f: f.month, lambda key: key),
        _by_size(_lines(facts, _provider_key, lambda key: providers.get(int(key or 0), ""))),
        _by_size(_lines(facts, lambda f: f.kind_code, lambda key: kinds.get(key, ""))),
        _lines(facts, lambda f: f.service, lambda key: str(KINDS.get(key, key))),
    )


def _provider_key(fact: Fact) -> str:
    return str(fact.provider_id or "")


def _provider(tenant_id: int) -> Subquery:
    held = Seat.objects.filter(
        tenant_id=tenant_id, job_id=OuterRef("pk"), state__in=HOLDERS, technician__isnull=False
    )
    return Subquery(held.order_by("position").values("technician__provider_id")[:1])


def _facts(actor: Actor, rows: QuerySet[Job], now: datetime) -> list[Fact]:
    tenant_id = actor.tenant_id
    flags: dict[str, Any] = {}
    asked = measures(tenant_id, now)
    for name in NAMES:
        measure = asked[name]
        flags[f"of_{name}"] = _flag(measure.of)
        flags[f"hit_{name}"] = _flag(measure.of & measure.hit)
    accepted = Quote.objects.filter(
        tenant_id=tenant_id, job_id=OuterRef("pk"), state=QuoteState.ACCEPTED
    )
    found = rows.select_related("equipment__kind").annotate(
        by=_provider(tenant_id),
        cost=Subquery(accepted.values("total_cny")[:1]),
        zone=Subquery(accepted.values("zone_cny")[:1]),
        **flags,
    )
    return [_fact(job) for job in found.order_by("-reported_at", "-id")[:MOST]]


def _flag(condition: Q) -> Any:
    """Null counts as no."""
    yes = When(condition, then=Value(True))  # noqa: FBT003  a value of SQL
    return ExpressionWrapper(
        Case(yes, default=Value(False)),  # noqa: FBT003  a value of SQL
        output_field=BooleanField(),
    )


def _fact(job: Any) -> Fact:
    kind = job.equipment.kind if job.equipment else None
    is_asked = job.of_answer
    return Fact(
        job.pk,
        job.reported_at,
        _minutes(job.reported_at, job.answered_at) if is_asked else None,
        _minutes(job.reported_at, job.arrived_at) if job.of_arrival else None,
        job.by,
        job.kind,
        kind.code if kind else "",
        kind.name if kind else "",
        job.cost,
        job.zone,
        frozenset(n for n in NAMES if getattr(job, f"of_{n}")),
        frozenset(n for n in NAMES if getattr(job, f"hit_{n}")),
    )


NAMES = ("answer", "arrival", "repaired", "held", "praised", "rated", "repeat")


def _minutes(start: datetime, end: datetime | None) -> float | None:
    return (end - start).total_seconds() / 60 if end else None


def _lines(
    facts: Sequence[Fact], key: Callable[[Fact], str], label: Callable[[str], str]
) -> tuple[Line, ...]:
    groups: dict[str, list[Fact]] = {}
    for fact in facts:
        groups.setdefault(key(fact), []).append(fact)
    return tuple(_line(k, label(k), groups[k]) for k in sorted(groups))


def _by_size(lines: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(sorted(lines, key=lambda x: (-x.count, x.key)))


def _line(key: str, label: str, facts: Sequence[Fact]) -> Line:
    costs = [f.cost_cny for f in facts if f.cost_cny is not None]
    return Line(
        key,
        label,
        len(facts),
        _quantiles([f.answer_min for f in facts if f.answer_min is not None]),
        _quantiles([f.arrive_min for f in facts if f.arrive_min is not None]),
        {
            n: Share(n, sum(n in f.hit for f in facts), sum(n in f.of for f in facts))
            for n in NAMES
        },
        sum(costs, Decimal()) / len(costs) if costs else None,
        sum((f.zone_cny for f in facts if f.zone_cny is not None), Decimal()),
        len(costs),
    )


def _quantiles(values: list[float]) -> tuple[float, ...]:
    """P50, P90, P99 by the nearest rank, so that each is a real job."""
    if not values:
        return ()
    ordered = sorted(values)
    return tuple(ordered[-(-len(ordered) * percent // 100) - 1] for percent in (50, 90, 99))
