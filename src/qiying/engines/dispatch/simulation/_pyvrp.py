"""PyVRP 0.14: skills as load dimensions, promises as optional alternatives of falling prizes."""

import importlib
from typing import Any

import numpy as np

from qiying.engines.dispatch._people import Rows
from qiying.engines.dispatch._problem import Job, Kind, Problem
from qiying.engines.dispatch.simulation._peers import SECONDS, seconds_between

LAST = 2880.0


def pyvrp_routes(
    problem: Problem, rows: Rows, jobs: list[Job], iterations: int
) -> dict[int, list[str]]:
    """Ask PyVRP for the jobs of each row, in order, with so many iterations."""
    pyvrp = importlib.import_module("pyvrp")
    data, names = _data(pyvrp, problem, rows, jobs)
    stop = pyvrp.stop.MaxIterations(iterations)
    found = pyvrp.solve(data, stop=stop, seed=0, collect_stats=False, display=False)
    routes: dict[int, list[str]] = {}
    for route in found.best.routes():
        visits = [names[a.idx] for a in route if a.is_client()]
        routes[int(route.vehicle_type())] = visits
    return routes


def _data(pyvrp: Any, problem: Problem, rows: Rows, jobs: list[Job]) -> tuple[Any, list[str]]:
    size = rows.count + len(jobs) + 1
    ways = np.zeros((size, size), dtype=np.int64)
    ways[:-1, :-1] = seconds_between(problem, [*rows.points, *(j.at for j in jobs)])
    clients: list[Any] = []
    groups: list[Any] = []
    names: list[str] = []
    for n, job in enumerate(jobs):
        _clients(pyvrp, problem, job, rows.count + n, clients, groups, names)
    skills = len(problem.skills)
    types = [
        pyvrp.VehicleType(
            1,
            [len(jobs) if int(rows.masks[r]) >> s & 1 else 0 for s in range(skills)],
            r,
            rows.count,
            0,
            max(0, round(SECONDS * (float(rows.starts[r]) - problem.now))),
            max(1, round(SECONDS * (float(rows.hard[r]) - problem.now))),
            unit_distance_cost=1,
            unit_duration_cost=0,
            profile=0,
        )
        for r in range(rows.count)
    ]
    depots = [pyvrp.Depot(location=r) for r in range(rows.count)]
    depots.append(pyvrp.Depot(location=size - 1))
    places = [pyvrp.Location(0, 0) for _ in range(size)]
    return pyvrp.ProblemData(places, clients, depots, types, [ways], [ways], groups), names


def _clients(
    pyvrp: Any,
    problem: Problem,
    job: Job,
    node: int,
    clients: list[Any],
    groups: list[Any],
    names: list[str],
) -> None:
    """Add a job: one client with a window, or alternatives that pay less the later."""
    skills = [int(s in job.skills) for s in problem.skills]
    lasts = round(SECONDS * job.duration)
    opens = max(0, round(SECONDS * (job.earliest - problem.now)))
    if job.kind is not Kind.EMERGENCY:
        close = max(opens, round(SECONDS * (min(job.closes_at, 1e5) - problem.now)))
        prize = round(SECONDS * 240)
        clients.append(
            pyvrp.Client(node, skills, [], lasts, opens, close, 0, prize, required=False)
        )
        names.append(job.id)
        return
    due = job.released_at + job.promise[-1].after - problem.now
    top = round(SECONDS * 3000 * job.weight)
    steps = ((due - 60, 0.0), (due, 60.0), (due + 60, 960.0), (LAST, 2000.0))
    ids = []
    for until, loss in steps:
        if until >= 0:
            ids.append(len(clients))
            prize = top - round(SECONDS * loss * job.weight)
            args = (opens, round(SECONDS * until), 0, prize)
            clients.append(
                pyvrp.Client(node, skills, [], lasts, *args, required=False, group=len(groups))
            )
            names.append(job.id)
    groups.append(pyvrp.ClientGroup(ids, required=False))
