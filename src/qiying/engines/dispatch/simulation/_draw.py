"""A day of a world, drawn by seed: people, calls, and the truth that only time reveals.

Everything that chance decides is drawn here, before any policy acts, so that policies meet the
same day (common random numbers).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import numpy as np
from numpy.typing import NDArray

from qiying.engines.dispatch._problem import (
    Certificate,
    Demand,
    Job,
    Kind,
    Point,
    Step,
    Technician,
    Travel,
    Window,
)
from qiying.engines.dispatch._residual import shape
from qiying.engines.dispatch.simulation._world import Shift, World

ORIGIN = datetime(2026, 6, 1, tzinfo=timezone(timedelta(hours=8)))
DAY = 1440.0
OPENINGS = (540.0, 600.0, 660.0, 780.0, 840.0, 900.0)
WINDOW = 180.0
LEAST_ABLE = 2
"""So many of a shift hold each skill, where it has so many people."""
LAST_CLOSING = 1020.0
POPULAR = (0.25, 0.2, 0.15, 0.12, 0.1, 0.08, 0.06, 0.04)
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Truth:
    """What a job turns out to be: minutes of work, factor on the way, what goes wrong."""

    duration: float
    way_factor: float
    is_rework: bool
    part_missing: bool


@dataclass(frozen=True, slots=True)
class Day:
    """People, jobs and what will be true of them."""

    world: World
    number: int
    skills: tuple[str, ...]
    technicians: tuple[Technician, ...]
    jobs: tuple[Job, ...]
    truth: dict[str, Truth]
    sick: frozenset[str]
    travel: Travel
    demand: tuple[Demand, ...]
    seed: int

    def refuses(self, job: str, technician: str) -> bool:
        """Whether somebody will not come to a job; the same for every policy."""
        words = [self.seed, self.number, _number(job), _number(technician), 7]
        return bool(np.random.default_rng(words).random() < self.world.refusal)


def _number(name: str) -> int:
    return int.from_bytes(name.encode()[:12], "big")


class Ground:
    """Places of work and people of a world, the same on all its days."""

    def __init__(self, world: World) -> None:
        self.world = world
        r = np.random.default_rng([world.seed, 1])
        side = world.side_km
        self.centres = r.uniform(0.08 * side, 0.92 * side, size=(world.clusters, 2))
        self.shares = r.dirichlet(np.full(world.clusters, 2.0))
        self.skills = tuple(f"s{i}" for i in range(world.skills))
        popular = np.resize(np.array(POPULAR), world.skills)
        self.popular = popular / popular.sum()
        self.technicians = self._people(r)

    def points(self, r: np.random.Generator, count: int) -> list[Point]:
        """Draw places around the centres, in whole metres."""
        chosen = r.choice(len(self.shares), size=count, p=self.shares)
        at = self.centres[chosen] + r.normal(0, self.world.cluster_km, size=(count, 2))
        at = np.clip(at, 0, self.world.side_km) * 1000.0
        return [Point(float(round(x)), float(round(y))) for x, y in at]

    def _people(self, r: np.random.Generator) -> tuple[Technician, ...]:
        world, homes = self.world, self.points(r, self.world.technicians)
        kinds = _deal(world.shifts, world.technicians)
        held = [self._skills(r) for _ in homes]
        for kind in range(len(world.shifts)):
            mine = [k for k, other in enumerate(kinds) if other == kind]
            for skill in range(world.skills):
                able = sum(skill in held[k] for k in mine)
                others = [k for k in mine if skill not in held[k]]
                for k in r.permutation(others)[: max(LEAST_ABLE - able, 0)]:
                    held[int(k)].add(skill)
        return tuple(
            Technician(
                id=f"t{k}",
                at=homes[k],
                home=homes[k],
                provider=f"p{k % world.providers}",
                certificates=tuple(Certificate(self.skills[i]) for i in sorted(held[k])),
                windows=windows_of(world.shifts[kinds[k]]),
            )
            for k in range(world.technicians)
        )

    def _skills(self, r: np.random.Generator) -> set[int]:
        many = min(int(r.integers(2, 5)), self.world.skills)
        chance = 0.6 * self.popular + 0.4 / self.world.skills
        return {int(i) for i in r.choice(self.world.skills, size=many, replace=False, p=chance)}


def _deal(shifts: tuple[Shift, ...], people: int) -> list[int]:
    """Deal shifts out by their shares, evenly mixed."""
    given = [0.0] * len(shifts)
    found = []
    for k in range(people):
        lack = [s.share * (k + 1) - g for s, g in zip(shifts, given, strict=True)]
        best = max(range(len(shifts)), key=lambda i: (lack[i], -i))
        given[best] += 1
        found.append(best)
    return found


def windows_of(shift: Shift) -> tuple[Window, ...]:
    """The shifts of somebody that touch the day or the morning after."""
    starts = [shift.starts_at + DAY * n for n in (-1, 0, 1)]
    length = shift.ends_at - shift.starts_at
    return tuple(
        Window(s, s + length, shift.on_call, shift.turnout) for s in starts if s + length > 0
    )


def draw_day(ground: Ground, number: int, seed: int) -> Day:
    """Draw one day."""
    world = ground.world
    r = np.random.default_rng([seed, number, 2])
    weekday = world.weekdays[number % 7]
    calls = _calls(world, r, weekday)
    emergencies = _emergencies(ground, r, calls)
    inspections = _inspections(ground, r, weekday)
    jobs = (*emergencies, *inspections)
    sick = frozenset(t.id for t in ground.technicians if r.random() < world.sickness)
    travel = Travel(world.kmh, world.detour, world.speeds, world.noise)
    return Day(
        world,
        number,
        ground.skills,
        ground.technicians,
        jobs,
        _truth(world, r, jobs),
        sick,
        travel,
        demand(ground),
        seed,
    )


def demand(ground: Ground) -> tuple[Demand, ...]:
    """Return the expected emergencies an hour of each skill."""
    world = ground.world
    hourly = np.array(world.profile) / sum(world.profile)
    rates = hourly * world.jobs_per_day * world.emergency_share
    return tuple(
        Demand(skill, tuple(float(v) for v in rates * share))
        for skill, share in zip(ground.skills, ground.popular, strict=True)
    )


def _calls(world: World, r: np.random.Generator, level: float) -> list[tuple[float, int]]:
    """Minutes of calls by thinning, with the cluster of a burst or -1."""
    if world.overdispersion:
        level *= float(r.gamma(1 / world.overdispersion, world.overdispersion))
    burst = world.bursts * world.burst_size
    expected = world.jobs_per_day * world.emergency_share
    bursts = world.bursts if burst < 0.5 * expected else 0.0
    usual = (expected - burst if bursts else expected) * level
    hourly = np.array(world.profile) / sum(world.profile)
    found = []
    for hour in range(24):
        count = int(r.poisson(usual * hourly[hour]))
        found += [(float(60 * hour + 60 * u), -1) for u in r.random(count)]
    for _ in range(int(r.poisson(bursts)) if bursts else 0):
        start, place = float(r.uniform(0, DAY - 60)), int(r.integers(world.clusters))
        found += [(start + float(30 * u), place) for u in r.random(world.burst_size)]
    return sorted(found)


def _emergencies(
    ground: Ground, r: np.random.Generator, calls: list[tuple[float, int]]
) -> list[Job]:
    world, places = ground.world, ground.points(r, len(calls))
    mean, spread = _moments(world.emergency_median, world.emergency_sigma)
    found = []
    for i, (at, burst) in enumerate(calls):
        place = places[i]
        if burst >= 0:
            x, y = 1000.0 * ground.centres[burst] + r.normal(0, 300.0, 2)
            place = Point(float(round(x)), float(round(y)))
        job = Job(
            id=f"e{i}",
            kind=Kind.EMERGENCY,
            at=place,
            skills=(ground.skills[int(r.choice(world.skills, p=ground.popular))],),
            released_at=round(at, 3),
            duration=mean,
            spread=spread,
            weight=3.0 if r.random() < world.line_stopped else 1.0,
            crew=2 if r.random() < world.crew_share else 1,
            promise=(Step(world.promise),),
        )
        found.append(job)
    return found


def _inspections(ground: Ground, r: np.random.Generator, level: float) -> list[Job]:
    world = ground.world
    count = int(r.poisson(level * world.jobs_per_day * (1 - world.emergency_share)))
    mean, spread = _moments(world.inspection_median, world.inspection_sigma)
    shares = np.roll(ground.popular, 2)
    found = []
    for i, place in enumerate(ground.points(r, count)):
        opens = float(r.choice(OPENINGS))
        job = Job(
            id=f"i{i}",
            kind=Kind.INSPECTION,
            at=place,
            skills=(ground.skills[int(r.choice(world.skills, p=shares))],),
            released_at=-DAY,
            duration=mean,
            spread=spread,
            opens_at=opens,
            closes_at=min(opens + WINDOW, LAST_CLOSING),
            statutory_at=min(opens + WINDOW, LAST_CLOSING),
        )
        found.append(job)
    return found


def _moments(median: float, sigma: float) -> tuple[float, float]:
    mean = median * float(np.exp(sigma**2 / 2))
    return mean, mean * float(np.sqrt(np.expm1(sigma**2)))


def _truth(world: World, r: np.random.Generator, jobs: tuple[Job, ...]) -> dict[str, Truth]:
    found: dict[str, Truth] = {}
    for job in jobs:
        mu, sigma = shape(job.duration, job.spread)
        lasts = float(np.clip(r.lognormal(mu, sigma), 10.0, 300.0))
        factor = float(np.clip(r.normal(1.0, world.noise), 0.6, 1.8))
        again, part = r.random(2)
        is_urgent = job.kind is Kind.EMERGENCY
        found[job.id] = Truth(
            lasts, factor, bool(is_urgent and again < world.rework), part < world.part_missing
        )
    return found


def follow_up(job: Job, truth: Truth, done_at: float, words: list[Any]) -> tuple[Job, Truth]:
    """A second visit: for re-work at once, for a missing part when it has come."""
    r = np.random.default_rng(words)
    ready = done_at + (90.0 if truth.part_missing else 15.0)
    lasts = float(np.clip(r.lognormal(np.log(40.0), 0.4), 10.0, 200.0))
    visit = Job(
        id=f"{job.id}+",
        kind=Kind.RETROFIT,
        at=job.at,
        skills=job.skills,
        released_at=done_at,
        duration=43.3,
        spread=18.0,
        opens_at=ready,
        closes_at=ready + 240.0,
    )
    return visit, Truth(lasts, truth.way_factor, is_rework=False, part_missing=False)
