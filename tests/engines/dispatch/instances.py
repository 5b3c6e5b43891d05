"""Random instances, small enough to be read and rich enough to touch every rule."""

from datetime import datetime, timedelta, timezone

import numpy as np

from qiying.engines.dispatch import (
    Certificate,
    Commitment,
    Demand,
    Job,
    Kind,
    Phase,
    Point,
    Problem,
    Published,
    Step,
    Technician,
    Travel,
    Window,
)

ORIGIN = datetime(2026, 6, 1, 8, tzinfo=timezone(timedelta(hours=8)))
SKILLS = ("boiler", "lift", "crane", "power")
RUSH = (*(1.0,) * 8, 0.7, 0.7, *(1.1,) * 14)


def instance(seed: int, technicians: int = 6, jobs: int = 12, *, side: float = 20_000) -> Problem:
    """Draw an instance: shifts, certificates that expire, crews, parts, people under way."""
    r = np.random.default_rng(seed)
    people = tuple(_technician(r, k, side) for k in range(technicians))
    work = tuple(_job(r, n, side) for n in range(jobs))
    people, told = _under_way(r, people, work)
    demand = tuple(Demand(s, tuple(float(v) for v in r.uniform(0, 2, 24))) for s in SKILLS)
    travel = Travel(speeds=RUSH if r.random() < 0.5 else (), noise=float(r.choice([0.0, 0.15])))
    return Problem(ORIGIN, 0.0, SKILLS, people, work, travel, published=told, demand=demand)


def _point(r: np.random.Generator, side: float) -> Point:
    return Point(float(r.uniform(0, side)), float(r.uniform(0, side)))


def _technician(r: np.random.Generator, k: int, side: float) -> Technician:
    held = r.choice(SKILLS, size=int(r.integers(1, 4)), replace=False)
    expiry = [float(r.choice([200.0, 900.0, 1e9, 1e9])) for _ in held]
    end = float(r.choice([300.0, 420.0, 480.0]))
    windows = (Window(-60.0, end), Window(1380.0, 1800.0, on_call=True, turnout=20.0))
    is_busy = r.random() < 0.4
    return Technician(
        id=f"t{k}",
        at=_point(r, side),
        home=_point(r, side) if r.random() < 0.5 else None,
        certificates=tuple(Certificate(str(s), e) for s, e in zip(held, expiry, strict=True)),
        windows=windows,
        provider=str(r.choice(["north", "south"])),
        free_at=float(r.uniform(0, 90)) if is_busy else 0.0,
        free_spread=20.0 if is_busy else 0.0,
        carries=("valve",) if r.random() < 0.6 else (),
    )


def _job(r: np.random.Generator, n: int, side: float) -> Job:
    skills = (str(r.choice(SKILLS)),)
    at = _point(r, side)
    if r.random() < 0.55:
        steps = (Step(60.0, 20.0, 0.5), Step(120.0)) if r.random() < 0.3 else (Step(120.0),)
        return Job(
            id=f"e{n}",
            kind=Kind.EMERGENCY,
            at=at,
            skills=skills,
            released_at=float(r.uniform(-60, 30)),
            duration=70.0,
            spread=40.0,
            weight=float(r.choice([1.0, 1.0, 3.0])),
            crew=2 if r.random() < 0.15 else 1,
            promise=steps,
            parts=("valve",) if r.random() < 0.1 else (),
            providers=("north",) if r.random() < 0.1 else (),
            refused_by=("t0",) if r.random() < 0.1 else (),
        )
    opens = float(r.choice([0.0, 60.0, 120.0]))
    statutory = opens + 300.0 if r.random() < 0.3 else 1e9
    return Job(
        id=f"i{n}",
        kind=Kind.INSPECTION,
        at=at,
        skills=skills,
        released_at=-1000.0,
        duration=45.0,
        spread=14.0,
        opens_at=opens,
        closes_at=opens + 180.0,
        statutory_at=statutory,
        ready_at=float(r.choice([-1e9, 150.0])),
    )


def _under_way(
    r: np.random.Generator, people: tuple[Technician, ...], work: tuple[Job, ...]
) -> tuple[tuple[Technician, ...], tuple[Published, ...]]:
    """Let the first idle person drive to a job released before, and publish it."""
    past = [j for j in work if j.crew == 1 and j.released_at < 0 and not j.parts]
    for k, tech in enumerate(people):
        held = {c.skill for c in tech.certificates if c.expires_at > 600}
        mine = [j for j in past if held >= set(j.skills) and tech.id not in j.refused_by]
        if tech.free_at == 0 and mine and r.random() < 0.7:
            phase = Phase.EN_ROUTE if r.random() < 0.6 else Phase.WAITING
            moved = Technician(
                id=tech.id,
                at=mine[0].at if phase is Phase.WAITING else tech.at,
                home=tech.home,
                certificates=tech.certificates,
                windows=tech.windows,
                provider=tech.provider,
                commitment=Commitment(mine[0].id, phase),
                carries=tech.carries,
            )
            told = Published(mine[0].id, tech.id, 20.0)
            return (*people[:k], moved, *people[k + 1 :]), (told,)
    return people, ()
