"""Policies side by side on paired days, latency of the immediate answer, gap of the roster planner.

Against nearest idle on the same days of the world 40x200: lateness, mean response, travel, and the
inspections in their windows; then the same in the world of the real size. Decisions and answers are
measured in CPU time of this machine. PyVRP is added where it is installed.
"""

import json
import time
from typing import Any

import numpy as np

from qiying.engines.dispatch import (
    Certificate,
    Desk,
    Job,
    Kind,
    Params,
    Point,
    Problem,
    Step,
    Technician,
    Window,
)
from qiying.engines.dispatch.roster import (
    Calls,
    CoverProblem,
    Profile,
    ShiftKind,
    Station,
    cover,
    exact,
)
from qiying.engines.dispatch.simulation import (
    ORIGIN,
    compare,
    is_installed,
    simulate,
    world,
)

BARS = {"late_share": 0.5, "mean_response_min": 0.7, "travel_min_per_job": 0.5}
IN_WINDOW = 0.95
LATENCY = (("40x200", 40, 200, 40_000.0, 20.0), ("1000x10000", 1000, 10_000, 200_000.0, 100.0))


def run(quick: bool) -> list[dict[str, Any]]:
    """Measure; `quick` plays fewer days."""
    rows = policies("40x200", days=2 if quick else 50, iterations=30 if quick else 100)
    rows += policies("zone", days=20 if quick else 365, iterations=30 if quick else 100)
    rows += [latency(*case, asked=50 if quick else 300) for case in LATENCY[: 1 if quick else 2]]
    rows.append(roster_gap(cases=10 if quick else 100))
    return rows


def policies(name: str, *, days: int, iterations: int) -> list[dict[str, Any]]:
    """Compare ours with nearest idle, day by day."""
    params = Params(iterations=iterations)
    clock = time.process_time
    others = ["nearest", *(["pyvrp"] if is_installed("pyvrp") else [])]
    ours = simulate(world(name), "ours", days=days, seed=1, params=params, clock=clock)
    rows = []
    for other in others:
        theirs = simulate(world(name), other, days=days, seed=1, params=params, clock=clock)
        found = compare(ours.tallies, theirs.tallies)
        rows += [
            row(
                f"dispatch_{name}_{what}",
                ours.figures[what],
                theirs.figures[what],
                f"{other} ({low:.2f} to {high:.2f}, {days} days)",
                bar=BARS.get(what, 1.0) if other == "nearest" else 1.0,
            )
            for what, (_ratio, low, high) in found.items()
        ]
    met = ours.figures["inspections_in_window"]
    rows.append(
        row(f"dispatch_{name}_inspections_in_window", met, 1.0, "all", bar=IN_WINDOW, up=True)
    )
    wrong = ours.figures["violations"]
    rows.append(row(f"dispatch_{name}_violations", wrong, 1.0, "one", bar=0.0))
    return rows


def latency(
    name: str, people: int, jobs: int, side: float, most_ms: float, *, asked: int
) -> dict[str, Any]:
    """CPU milliseconds of the immediate answer, the slowest of a hundred."""
    r = np.random.default_rng(1)
    desk = Desk(snapshot(r, people, jobs, side), Params())
    taken = []
    for n in range(asked):
        call = emergency(r, f"call{n}", side)
        start = time.process_time()
        desk.propose(call)
        taken.append(1000 * (time.process_time() - start))
    slow = float(np.percentile(taken, 99))
    return row(f"dispatch_answer_p99_ms_{name}", slow, most_ms, "promise", bar=1.0)


def snapshot(r: np.random.Generator, people: int, jobs: int, side: float) -> Problem:
    """A moment of a busy morning: half of the people at work."""
    skills = tuple(f"s{k}" for k in range(8))
    technicians = tuple(
        Technician(
            f"t{k}",
            point(r, side),
            tuple(Certificate(str(s)) for s in r.choice(skills, size=3, replace=False)),
            (Window(0.0, 480.0),),
            free_at=float(r.choice([0.0, r.uniform(0, 90)])),
            free_spread=20.0,
        )
        for k in range(people)
    )
    work = tuple(emergency(r, f"j{n}", side) for n in range(jobs))
    return Problem(ORIGIN, 0.0, skills, technicians, work)


def emergency(r: np.random.Generator, name: str, side: float) -> Job:
    """A call somewhere."""
    skill = f"s{int(r.integers(8))}"
    promise = (Step(120.0),)
    return Job(
        name, Kind.EMERGENCY, point(r, side), (skill,), duration=70, spread=45, promise=promise
    )


def point(r: np.random.Generator, side: float) -> Point:
    """A place."""
    x, y = r.uniform(0, side, 2)
    return Point(float(x), float(y))


def roster_gap(*, cases: int) -> dict[str, Any]:
    """How far the heuristic roster is from the best, the worst of some small cases."""
    gaps = []
    for seed in range(cases):
        r = np.random.default_rng(seed)
        problem = small_roster(r)
        best = exact(problem).covered
        gaps.append(1 - cover(problem).covered / best if best else 0.0)
    return row("dispatch_roster_gap", max(gaps), 0.02, "2 % of the best", bar=1.0)


def small_roster(r: np.random.Generator) -> CoverProblem:
    """Three stations, three kinds of people, two shifts of different length."""
    places = [point(r, 40_000.0) for _ in range(3)]
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


def row(
    name: str, ours: float, peer: float, peer_name: str, *, bar: float, up: bool = False
) -> dict[str, Any]:
    """One line of the table; less is better unless ``up``."""
    ratio = ours / peer if peer else float(ours > 0)
    return {
        "name": name,
        "ours": round(ours, 4),
        "peer": round(peer, 4),
        "peer_name": peer_name,
        "ratio": round(ratio, 3),
        "bar": bar,
        "holds": ratio >= bar if up else ratio <= bar,
    }


if __name__ == "__main__":
    print(json.dumps(run(quick=False), ensure_ascii=False, indent=2))
