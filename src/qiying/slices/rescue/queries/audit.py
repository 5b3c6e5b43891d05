"""Fairness: who got how many jobs against what was to be expected, and every choice by hand.

What is expected of a provider is its share of the people-hours on duty that could have taken each
job: of each job one, spread over those with its skill on a published shift when it was reported.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import islice

from django.db.models import QuerySet

from qiying.kernel.access import Actor
from qiying.kernel.people import SHANGHAI
from qiying.slices.rescue.models import Certificate, Override, Provider, Seat, Shift
from qiying.slices.rescue.queries.leading import HOLDERS, in_period, midnight
from qiying.slices.rescue.rules import ProviderKind

ORDER = ("-at", "-id")
LONGEST_SHIFT = timedelta(days=2)
FAR = 2.0
"""From so many standard deviations on a difference is marked."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One provider: jobs it got, jobs to be expected, and how far apart they are."""

    provider: Provider
    got: int
    expected: float
    spread: float
    """Standard deviation of the expected number."""
    overridden_to: int
    overridden_from: int

    @property
    def apart(self) -> float:
        """Difference in standard deviations; 0 where nothing was to be expected."""
        return (self.got - self.expected) / self.spread if self.spread > 0 else 0.0

    @property
    def is_far(self) -> bool:
        return abs(self.apart) >= FAR


@dataclass(frozen=True, slots=True)
class Fairness:
    """All providers, and how often somebody chose by hand."""

    slices: tuple[Slice, ...]
    jobs: int
    overrides: int

    @property
    def share_by_hand(self) -> float | None:
        return self.overrides / self.jobs if self.jobs else None


def list_overrides(actor: Actor, start: date, end: date) -> QuerySet[Override]:
    """Every choice by hand of a period; page them by ``ORDER``."""
    rows = Override.objects.visible_to(actor).filter(at__gte=midnight(start), at__lt=midnight(end))
    return rows.select_related(
        *("job", "by", "proposed__person", "proposed__provider"),
        *("chosen__person", "chosen__provider"),
    )


def fairness(actor: Actor, start: date, end: date) -> Fairness:
    """Six queries; a job counts for the provider of its first seat."""
    taken = _taken(actor, start, end)
    on_duty = _on_duty(actor, start, end)
    skilled = _skilled(actor)
    expected: dict[int, float] = {}
    variance: dict[int, float] = {}
    for _provider_id, at, skill in taken:
        for provider_id, share in _chances(at, skill, on_duty, skilled).items():
            expected[provider_id] = expected.get(provider_id, 0.0) + share
            variance[provider_id] = variance.get(provider_id, 0.0) + share * (1 - share)
    hands = list(
        Override.objects.visible_to(actor)
        .filter(at__gte=midnight(start), at__lt=midnight(end))
        .values_list("chosen__provider_id", "proposed__provider_id")
    )
    got = [pk for pk, _at, _skill in taken]
    rows = Provider.objects.visible_to(actor).filter(kind=ProviderKind.CONTRACTED)
    slices = [
        Slice(
            p,
            got.count(p.pk),
            expected.get(p.pk, 0.0),
            variance.get(p.pk, 0.0) ** 0.5,
            sum(a == p.pk != b for a, b in hands),
            sum(b == p.pk != a for a, b in hands),
        )
        for p in rows
    ]
    slices.sort(key=lambda s: (-abs(s.apart), s.provider.pk))
    return Fairness(tuple(slices), len(taken), len(hands))


def _taken(actor: Actor, start: date, end: date) -> list[tuple[int, datetime, str]]:
    """Provider, moment and skill of each job that somebody of a contracted provider took."""
    rows = Seat.objects.visible_to(actor).filter(
        job__in=in_period(actor, start, end).values("pk"),
        position=1,
        state__in=HOLDERS,
        technician__provider__kind=ProviderKind.CONTRACTED,
    )
    return list(rows.values_list("technician__provider_id", "job__reported_at", "job__skill"))


def _on_duty(
    actor: Actor, start: date, end: date
) -> Sequence[tuple[datetime, datetime, int, int]]:
    """Published shifts of contracted people: from, until, technician, provider."""
    rows = Shift.objects.visible_to(actor).filter(
        is_published=True,
        starts_at__lt=midnight(end),
        ends_at__gt=midnight(start),
        technician__provider__kind=ProviderKind.CONTRACTED,
    )
    found = rows.values_list("starts_at", "ends_at", "technician_id", "technician__provider_id")
    return list(found.order_by("starts_at", "id"))


def _skilled(actor: Actor) -> dict[tuple[int, str], list[tuple[date, date | None]]]:
    """When each technician might use a skill."""
    rows = Certificate.objects.visible_to(actor).values_list(
        "technician_id", "skill", "from_on", "until_on"
    )
    found: dict[tuple[int, str], list[tuple[date, date | None]]] = {}
    for pk, skill, from_on, until_on in rows:
        found.setdefault((pk, skill), []).append((from_on, until_on))
    return found


def _chances(
    at: datetime,
    skill: str,
    shifts: Sequence[tuple[datetime, datetime, int, int]],
    skilled: dict[tuple[int, str], list[tuple[date, date | None]]],
) -> dict[int, float]:
    """Share of each provider among the people who could have taken a job then."""
    on = at.astimezone(SHANGHAI).date()
    able: list[int] = []
    first = bisect_left(shifts, at - LONGEST_SHIFT, key=lambda s: s[0])
    for starts_at, ends_at, person, provider_id in islice(shifts, first, None):
        if starts_at > at:
            break
        if ends_at > at and _may(skilled.get((person, skill), ()), on):
            able.append(provider_id)
    return {pk: able.count(pk) / len(able) for pk in set(able)}


def _may(spans: Iterable[tuple[date, date | None]], on: date) -> bool:
    return any(a <= on and (b is None or b > on) for a, b in spans)
