"""Speed of answers, gap of the roster planner, price of the promise, bounds of a day, random plans."""

import json
import os
import subprocess
import sys
from math import dist
from typing import Any

import numpy as np
from _dispatch_days import HOME, ROOT, code, python, say

from qiying.engines.dispatch import Kind, Point
from qiying.engines.dispatch.roster import (
    Calls,
    CoverProblem,
    PricePoint,
    Profile,
    ShiftKind,
    Station,
    cover,
    exact,
    price_of_promise,
)
from qiying.engines.dispatch.simulation import Day, Ground, cover_problem, draw_day, world

SPEED = ROOT / "benchmarks" / "peers" / "dispatch_speed.py"
QUICKEST_WAY = 0.6
"""No way of a drawn day takes less of its usual time."""
SIZES = ((10, 50), (40, 200), (100, 600), (300, 2500), (1000, 10_000))


def speed(*, quick: bool, compiled: bool, only_kept: bool = False) -> dict[str, Any]:
    """Answers and search by size, with or without the compiled kernel; kept like the days."""
    name = f"speed-{'quick' if quick else 'full'}-{'compiled' if compiled else 'plain'}-{code()}"
    kept = HOME / "days" / f"{name}.json"
    if not kept.exists():
        if only_kept:
            return {"compiled": compiled, "rows": []}
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(_speed(quick=quick, compiled=compiled), encoding="utf-8")
    found: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    return found


def _speed(*, quick: bool, compiled: bool) -> str:
    given = {
        "sizes": SIZES[:2] if quick else SIZES,
        "asked": 50 if quick else 200,
        "iterations": 50 if not compiled else 400,
    }
    say(f"  speed, {'compiled' if compiled else 'plain'}")
    said = subprocess.run(
        [python() if compiled else sys.executable, SPEED, json.dumps(given)],
        env=os.environ | {"PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return said.splitlines()[-1]


def roster_gaps(*, cases: int) -> list[float]:
    """How far the heuristic roster is from the best of each small case."""
    gaps = []
    for seed in range(cases):
        problem = small_roster(np.random.default_rng(seed))
        best = exact(problem).covered
        gaps.append(1 - cover(problem).covered / best if best else 0.0)
    return gaps


def small_roster(r: np.random.Generator) -> CoverProblem:
    """Three stations, three kinds of people, two shifts of different length."""
    places = [Point(float(x), float(y)) for x, y in r.uniform(0, 40_000.0, size=(3, 2))]
    calls = tuple(
        Calls(str(n), at, skill, tuple(float(v) for v in r.uniform(0, 1, 24)))
        for n, at in enumerate(places)
        for skill in ("lift", "boiler")
    )
    kinds = (("lift",), ("boiler",), ("lift", "boiler"))
    return CoverProblem(
        tuple(Station(str(n), at) for n, at in enumerate(places)),
        calls,
        (ShiftKind("day", 480, 600), ShiftKind("night", 1200, 720)),
        tuple(Profile(str(n), kinds[int(r.integers(3))], 2) for n in range(3)),
        hours=float(r.choice([22.0, 32.0, 54.0])),
        within=float(r.choice([30.0, 60.0])),
    )


def prices(name: str) -> tuple[PricePoint, ...]:
    """The fewest person-hours a day that cover 90 to 99.9 per cent of a world's emergencies.

    Ten profiles as the world's people have them, as many of each as are wanted, waiting at the
    centres of the calls.
    """
    ground = Ground(world(name))
    asked = cover_problem(ground, busy=0.45, booked_share=0.0)
    places = {c.place: c.at for c in asked.calls}
    stations = tuple(Station(n, at) for n, at in places.items())
    kinds = tuple(dict.fromkeys(p.skills for p in asked.profiles))[:10]
    some = tuple(Profile(f"k{n}", skills, 200) for n, skills in enumerate(kinds))
    shifts = asked.shifts[::2]
    return price_of_promise(
        CoverProblem(stations, asked.calls, shifts, some, 1e9, 30.0, asked.busy, asked.travel)
    )


def physical_bound(name: str, *, days: int, seed: int) -> tuple[float, float]:
    """Mean response and share of late calls that no plan of anybody who waits for calls goes below.

    Nobody leaves before a call, so whoever answers comes from home or from the place of another job;
    each call is given the nearest of these, or the start of the first shift that holds its skill.
    """
    ground, waits = Ground(world(name)), list[float]()
    for number in range(days):
        waits += _least_waits(draw_day(ground, number, seed))
    found = np.array(waits)
    return float(found.mean()), float((found > ground.world.promise).mean())


def _least_waits(day: Day) -> list[float]:
    fastest = max(day.travel.speeds) * day.travel.kmh / day.travel.detour * 1000 / 60
    fastest /= QUICKEST_WAY
    found = []
    for job in (j for j in day.jobs if j.kind is Kind.EMERGENCY):
        others = [j.at for j in day.jobs if j.id != job.id]
        best = np.inf
        for tech in day.technicians:
            if tech.id in day.sick or not {c.skill for c in tech.certificates} >= set(job.skills):
                continue
            ends = [w for w in tech.windows if w.ends_at + 120 > job.released_at]
            start = min((max(w.starts_at, job.released_at) for w in ends), default=np.inf)
            way = min(dist((p.x, p.y), (job.at.x, job.at.y)) for p in (tech.at, *others))
            best = min(best, start - job.released_at + way / fastest)
        found.append(float(best))
    return found
