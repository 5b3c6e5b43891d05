"""How long the immediate answer takes and how fast the search is, in CPU time, by size of the zone.

Prints one object. Run by the interpreter with the compiled kernel and by one without.
"""

import json
import sys
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
    Travel,
    Window,
    is_compiled_available,
    solve,
)
from qiying.engines.dispatch.simulation import ORIGIN

TRAVEL = Travel(noise=0.15)
SIDES = {10: 20_000.0, 40: 40_000.0, 100: 63_000.0, 300: 110_000.0, 1000: 200_000.0}


def measure(people: int, jobs: int, *, asked: int, iterations: int) -> dict[str, Any]:
    """A moment in which every job of the day is open at once: more than a desk ever sees."""
    r = np.random.default_rng(1)
    side = SIDES[people]
    problem = snapshot(r, people, jobs, side)
    start = time.process_time()
    desk = Desk(problem, Params())
    ready = time.process_time() - start
    taken = []
    for n in range(asked):
        call = emergency(r, f"call{n}", side)
        start = time.process_time()
        desk.propose(call)
        taken.append(1000 * (time.process_time() - start))
    open_now = snapshot(r, people, 3 * people, side)
    spent = [_search(open_now, n) for n in (0, iterations)]
    return {
        "size": f"{people}x{jobs}",
        "desk_ready_s": round(ready, 2),
        "answer_p50_ms": round(float(np.percentile(taken, 50)), 2),
        "answer_p99_ms": round(float(np.percentile(taken, 99)), 2),
        "iterations_per_s": round(iterations / max(spent[1] - spent[0], 1e-6)),
    }


def _search(problem: Problem, iterations: int) -> float:
    start = time.process_time()
    solve(problem, Params(iterations=iterations))
    return time.process_time() - start


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
    return Problem(ORIGIN, 0.0, skills, technicians, work, TRAVEL)


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


def main(given: dict[str, Any]) -> None:
    """Measure the sizes that were asked for."""
    if is_compiled_available():
        solve(snapshot(np.random.default_rng(0), 3, 6, 9000.0), Params(iterations=5))
    rows = [
        measure(people, jobs, asked=given["asked"], iterations=given["iterations"])
        for people, jobs in given["sizes"]
    ]
    print(json.dumps({"compiled": is_compiled_available(), "rows": rows}))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
