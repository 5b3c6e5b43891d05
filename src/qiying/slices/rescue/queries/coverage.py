"""Who is on duty for which skill at which hour, and what a promise would cost.

Places are metres on a plane around the zone's centre. Expected calls follow from the emergencies
of the past year: where and of which skill each was, and at which hours such things happen.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from django.db.models import Count, Q, QuerySet
from django.db.models.functions import ExtractHour

from qiying.engines.dispatch import Point, Travel
from qiying.engines.dispatch import roster as engine
from qiying.kernel.access import Actor
from qiying.kernel.people import SHANGHAI
from qiying.slices.registry import public as registry
from qiying.slices.rescue.models import (
    Certificate,
    EquipmentClass,
    Job,
    Seat,
    Shift,
    Station,
    Technician,
)
from qiying.slices.rescue.queries.leading import midnight
from qiying.slices.rescue.rules import HELD, Kind, Rule, SeatState

HOURS = 24
HALF_AN_HOUR = timedelta(minutes=30)
PAST = timedelta(days=365)
BUSY_PAST = timedelta(days=90)
LEAST_BUSY, MOST_BUSY = 0.02, 0.8
CELL = 1000.0
"""Calls within a square of so many metres are planned as one place."""
SHIFTS = (
    engine.ShiftKind("day", 480, 480),
    engine.ShiftKind("evening", 960, 480),
    engine.ShiftKind("night", 0, 480),
)
TARGETS = (0.90, 0.95, 0.99, 0.999)
CURVE = (0.3, 0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.925, 0.95, 0.97, 0.98, 0.99, 0.995, 0.999)
EAST, NORTH = 111_320.0, 110_574.0


# --- the next 24 hours ---


@dataclass(frozen=True, slots=True)
class Cell:
    """One skill in one hour."""

    starts_at: datetime
    people: int
    expected: float
    """Calls an hour, from the past."""


@dataclass(frozen=True, slots=True)
class Strip:
    """Skills by hours from the present one on."""

    hours: tuple[datetime, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    people: tuple[int, ...]
    """Everybody on duty, by hour."""
    covered: float | None
    """Share of the expected calls for which somebody free is on duty."""
    busy: float

    @property
    def bare(self) -> int:
        """Cells without anybody."""
        return sum(c.people == 0 for _skill, cells in self.rows for c in cells)


def strip(actor: Actor, *, now: datetime, hours: int = HOURS) -> Strip:
    """How many people on duty hold each skill in each of the next hours."""
    first = now.replace(minute=0, second=0, microsecond=0)
    each = tuple(first + timedelta(hours=n) for n in range(hours))
    shifts = _shifts(actor, first, first + timedelta(hours=hours))
    skilled = _skilled(actor)
    rates = _rates(actor, now)
    skills = sorted({skill for _pk, skill in skilled} | set(rates) | needed_skills(actor))
    rows = tuple(
        (skill, tuple(_cell(h, skill, shifts, skilled, rates.get(skill)) for h in each))
        for skill in skills
    )
    busy = busy_share(actor, now=now)
    people = tuple(len(_present(shifts, h + HALF_AN_HOUR)) for h in each)
    return Strip(each, rows, people, _covered(rows, busy), busy)


Span = tuple[datetime, datetime, int]
Skilled = Mapping[tuple[int, str], datetime | None]


def _shifts(actor: Actor, start: datetime, end: datetime) -> list[Span]:
    rows = Shift.objects.visible_to(actor).filter(
        is_published=True, starts_at__lt=end, ends_at__gt=start, technician__left_on=None
    )
    return list(rows.values_list("starts_at", "ends_at", "technician_id"))


def _skilled(actor: Actor) -> Skilled:
    """Until when each technician may use a skill; None is without end."""
    rows = Certificate.objects.visible_to(actor).filter(technician__left_on=None)
    found: dict[tuple[int, str], datetime | None] = {}
    for pk, skill, until in rows.values_list("technician_id", "skill", "until_on"):
        key = (pk, skill)
        ends = midnight(until) if until is not None else None
        known = found.get(key, ends)
        found[key] = None if ends is None or known is None else max(known, ends)
    return found


def _cell(
    hour: datetime, skill: str, shifts: Iterable[Span], skilled: Skilled, rates: list[float] | None
) -> Cell:
    middle = hour + HALF_AN_HOUR
    people = sum(_may(skilled, pk, skill, middle) for pk in _present(shifts, middle))
    rate = rates[hour.astimezone(SHANGHAI).hour] if rates else 0.0
    return Cell(hour, people, rate)


def _present(shifts: Iterable[Span], at: datetime) -> set[int]:
    return {pk for starts_at, ends_at, pk in shifts if starts_at <= at < ends_at}


def _may(skilled: Skilled, pk: int, skill: str, at: datetime) -> bool:
    if (pk, skill) not in skilled:
        return False
    until = skilled[pk, skill]
    return until is None or until > at


def _covered(rows: Sequence[tuple[str, Sequence[Cell]]], busy: float) -> float | None:
    cells = [c for _skill, row in rows for c in row]
    total = sum(c.expected for c in cells)
    if not total:
        return None
    return sum(c.expected * (1 - busy**c.people) for c in cells) / total


def needed_skills(actor: Actor) -> set[str]:
    """Skills that the classes of equipment ask for."""
    rows = EquipmentClass.objects.visible_to(actor).exclude(skill="")
    return set(rows.values_list("skill", flat=True))


def _emergencies(actor: Actor, now: datetime) -> QuerySet[Job]:
    return (
        Job.objects.visible_to(actor)
        .filter(kind=Kind.EMERGENCY, reported_at__gte=now - PAST, reported_at__lt=now)
        .exclude(skill="")
    )


def _rates(actor: Actor, now: datetime) -> dict[str, list[float]]:
    """Expected calls an hour by skill and hour of the day: how many of a skill, spread like all."""
    found: dict[str, float] = {}
    hourly = [1.0] * HOURS  # one each, so that an hour without any is not taken for impossible
    rows = _emergencies(actor, now).annotate(hour=ExtractHour("reported_at", tzinfo=SHANGHAI))
    for skill, hour, count in rows.values_list("skill", "hour").annotate(n=Count("pk")):
        found[skill] = found.get(skill, 0.0) + count
        hourly[hour] += count
    total = sum(hourly)
    return {
        skill: [count / PAST.days * h / total for h in hourly]
        for skill, count in sorted(found.items())
    }


def busy_share(actor: Actor, *, now: datetime) -> float:
    """Which share of their time on duty people spent with jobs lately."""
    since = now - BUSY_PAST
    shifts = Shift.objects.visible_to(actor).filter(
        is_published=True, ends_at__gt=since, starts_at__lt=now
    )
    on_duty = sum(
        (min(b, now) - max(a, since)).total_seconds()
        for a, b in shifts.values_list("starts_at", "ends_at")
    )
    seats = Seat.objects.visible_to(actor).filter(
        Q(state__in=sorted(HELD)) | Q(state=SeatState.LEFT), held_at__gte=since
    )
    busy = sum(
        ((left or now) - held).total_seconds()
        for held, left in seats.values_list("held_at", "left_at")
        if held is not None
    )
    return min(max(busy / on_duty if on_duty else 0.0, LEAST_BUSY), MOST_BUSY)


# --- what a promise costs ---


@dataclass(frozen=True, slots=True)
class Plan:
    """What the planner's page is drawn from."""

    problem: engine.CoverProblem
    hours: float
    """Person-hours a day of the published roster."""
    people: int


def plan(actor: Actor, rule: Rule, *, now: datetime, within: float) -> Plan:
    """The roster problem of the zone as it is: stations, expected calls, people by their skills."""
    zone = registry.zone(actor)
    centre = (zone.longitude, zone.latitude)
    stations = tuple(
        engine.Station(s.code, _point(centre, s.longitude, s.latitude))
        for s in Station.objects.visible_to(actor).order_by("code")
    )
    profiles = _profiles(actor, now)
    hours = _roster_hours(actor, now)
    problem = engine.CoverProblem(
        stations,
        _calls(actor, centre, now),
        SHIFTS,
        profiles,
        hours=hours,
        within=within,
        busy=round(busy_share(actor, now=now), 3),
        travel=Travel(kmh=float(rule.speed_kmh)),
    )
    return Plan(problem, hours, sum(p.people for p in profiles))


def station_names(actor: Actor) -> dict[str, str]:
    """Names of the stations by code, in the reader's language."""
    return {s.code: s.name for s in Station.objects.visible_to(actor)}


def _point(centre: tuple[float, float], longitude: float, latitude: float) -> Point:
    east = (longitude - centre[0]) * EAST * math.cos(math.radians(centre[1]))
    return Point(round(east, 1), round((latitude - centre[1]) * NORTH, 1))


def _calls(actor: Actor, centre: tuple[float, float], now: datetime) -> tuple[engine.Calls, ...]:
    """The past year's emergencies by square and skill."""
    squares: dict[tuple[int, int, str], int] = {}
    hourly = [1.0] * HOURS
    rows = _emergencies(actor, now).values_list("longitude", "latitude", "skill", "reported_at")
    for longitude, latitude, skill, at in rows:
        here = _point(centre, longitude, latitude)
        key = (math.floor(here.x / CELL), math.floor(here.y / CELL), skill)
        squares[key] = squares.get(key, 0) + 1
        hourly[at.astimezone(SHANGHAI).hour] += 1
    total = sum(hourly)
    return tuple(
        engine.Calls(
            f"{x}:{y}:{skill}",
            Point((x + 0.5) * CELL, (y + 0.5) * CELL),
            skill,
            tuple(count / PAST.days * h / total for h in hourly),
        )
        for (x, y, skill), count in sorted(squares.items())
    )


def _profiles(actor: Actor, now: datetime) -> tuple[engine.Profile, ...]:
    """People in force, counted by what they may do today."""
    people: dict[int, set[str]] = {
        pk: set()
        for pk in Technician.objects.visible_to(actor)
        .filter(left_on=None)
        .values_list("pk", flat=True)
    }
    for (pk, skill), until in _skilled(actor).items():
        if pk in people and (until is None or until > now):
            people[pk].add(skill)
    counted: dict[tuple[str, ...], int] = {}
    for skills in people.values():
        if skills:
            key = tuple(sorted(skills))
            counted[key] = counted.get(key, 0) + 1
    return tuple(
        engine.Profile("+".join(skills), skills, people=n) for skills, n in sorted(counted.items())
    )


def _roster_hours(actor: Actor, now: datetime) -> float:
    """Person-hours a day of what is published for the next week."""
    end = now + timedelta(days=7)
    total = sum(
        (min(b, end) - max(a, now)).total_seconds() for a, b, _pk in _shifts(actor, now, end)
    )
    return round(total / 3600 / 7, 1)


@dataclass(frozen=True, slots=True)
class Price:
    """What shares of the calls cost, the curve between them, and the best roster of now."""

    points: tuple[engine.PricePoint, ...]
    curve: tuple[engine.PricePoint, ...]
    best: engine.CoverPlan


@lru_cache(maxsize=16)
def price(problem: engine.CoverProblem, cny_per_hour: float) -> Price:
    """The same question has the same answer: kept by what was asked."""
    found = engine.price_of_promise(problem, sorted({*TARGETS, *CURVE}), cny_per_hour=cny_per_hour)
    return Price(
        tuple(p for p in found if p.target in TARGETS),
        tuple({p.hours: p for p in found if p.hours is not None}.values()),
        engine.cover(problem),
    )


@dataclass(frozen=True, slots=True)
class WhatIf:
    """The best roster of now and the one with more."""

    before: engine.CoverPlan
    after: engine.CoverPlan

    @property
    def gain(self) -> float:
        return self.after.covered - self.before.covered


@lru_cache(maxsize=32)
def what_if(
    problem: engine.CoverProblem, skills: tuple[str, ...], people: int, hours: float
) -> WhatIf:
    """More people with these skills, and so many person-hours a day more."""
    before = engine.cover(problem)
    more = (engine.Profile("more", skills, people=people),) if skills and people else ()
    asked = replace(problem, profiles=(*problem.profiles, *more), hours=problem.hours + hours)
    return WhatIf(before, engine.cover(asked))
