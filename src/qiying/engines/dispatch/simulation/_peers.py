"""Other solvers asked again at every event, where they are installed; each plan is ours to check.

They are given what they can express: skills, windows, start places and times. None knows a price of
response, so a promise becomes alternatives of falling prizes (PyVRP).
"""

import importlib
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from qiying.engines.dispatch._arrays import build
from qiying.engines.dispatch._check_ways import arrival
from qiying.engines.dispatch._params import Params
from qiying.engines.dispatch._people import Rows
from qiying.engines.dispatch._problem import Job, Kind, Phase, Problem
from qiying.engines.dispatch._result import Plan, Stop, Unassigned
from qiying.engines.dispatch.simulation._policies import nearest_idle

SECONDS = 60.0
LAST = 2880.0


def is_installed(name: str) -> bool:
    """Whether a package can be imported."""
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class PyVrp:
    """PyVRP 0.14 per event: skills as load dimensions, promises as stepwise optional alternatives."""

    iterations: int = 300
    seed: int = 0
    look_ahead: float = 240.0

    def __call__(self, problem: Problem) -> Plan:
        """Plan from what is known now; people on the way keep driving, crews go by insertion order."""
        pyvrp = importlib.import_module("pyvrp")
        fixed = _fixed(problem)
        rest = _without(problem, fixed)
        arrays = build(rest, Params())
        jobs = [j for j in arrays.tasks if j.crew == 1 and self._is_soon(problem, j)]
        routes = self._routes(pyvrp, rest, arrays.rows, jobs) if jobs and arrays.rows.count else {}
        plan = _timed(rest, arrays.rows, routes, {j.id: j for j in jobs})
        spare = _left_behind(rest, plan.stops)
        stops = sorted(
            (*plan.stops, *fixed, *spare), key=lambda s: (s.technician, s.start_at, s.job)
        )
        done = {s.job for s in stops}
        left = tuple(Unassigned(j.id, "waiting") for j in problem.jobs if j.id not in done)
        return Plan(tuple(stops), left)

    def _is_soon(self, problem: Problem, job: Job) -> bool:
        return job.earliest <= problem.now + self.look_ahead

    def _routes(
        self, pyvrp: Any, problem: Problem, rows: Rows, jobs: list[Job]
    ) -> dict[int, list[str]]:
        data, names = _data(pyvrp, problem, rows, jobs)
        stop = pyvrp.stop.MaxIterations(self.iterations)
        found = pyvrp.solve(data, stop=stop, seed=self.seed, collect_stats=False, display=False)
        routes: dict[int, list[str]] = {}
        for route in found.best.routes():
            visits = [names[a.idx] for a in route if a.is_client()]
            routes[int(route.vehicle_type())] = visits
        return routes


def _fixed(problem: Problem) -> list[Stop]:
    """Crews, who go by nearest idle, and whoever waits at a job: not given to the peer."""
    waiting = {
        t.commitment.job
        for t in problem.technicians
        if t.commitment and t.commitment.phase is Phase.WAITING
    }
    kept = tuple(j for j in problem.jobs if j.crew > 1 or j.id in waiting)
    names = {j.id for j in kept}
    people = tuple(
        t
        for t in problem.technicians
        if t.commitment is None or t.commitment.phase is Phase.ON_SITE or t.commitment.job in names
    )
    part = replace(problem, jobs=kept, technicians=people, published=())
    return list(nearest_idle(part).stops)


def _left_behind(problem: Problem, stops: tuple[Stop, ...]) -> list[Stop]:
    """Emergencies that the peer leaves out go to the nearest idle person without a stop."""
    busy, done = {s.technician for s in stops}, {s.job for s in stops}
    jobs = tuple(j for j in problem.jobs if j.kind is Kind.EMERGENCY and j.id not in done)
    people = tuple(t for t in problem.technicians if t.id not in busy and t.commitment is None)
    part = replace(problem, jobs=jobs, technicians=people, published=())
    return list(nearest_idle(part).stops)


def _without(problem: Problem, fixed: list[Stop]) -> Problem:
    """What is left for the peer: people and jobs that are not fixed."""
    taken, done = {s.technician for s in fixed}, {s.job for s in fixed}
    crews = {j.id for j in problem.jobs if j.crew > 1}
    people = tuple(
        t
        for t in problem.technicians
        if t.id not in taken and not (t.commitment and t.commitment.job in crews)
    )
    jobs = tuple(j for j in problem.jobs if j.id not in done)
    return replace(problem, jobs=jobs, technicians=people, published=())


def _data(pyvrp: Any, problem: Problem, rows: Rows, jobs: list[Job]) -> tuple[Any, list[str]]:
    points = [*rows.points, *(j.at for j in jobs)]
    size = len(points) + 1
    ways = np.zeros((size, size), dtype=np.int64)
    for a, p in enumerate(points):
        for b, q in enumerate(points):
            ways[a, b] = round(SECONDS * problem.travel.distance(p, q))
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


def _timed(
    problem: Problem, rows: Rows, routes: dict[int, list[str]], jobs: dict[str, Job]
) -> Plan:
    """Give routes their times; what our rules refuse is left out."""
    stops: list[Stop] = []
    seen: set[str] = set()
    for row, names in sorted(routes.items()):
        stops += _route(problem, rows, row, [jobs[n] for n in names if n not in seen])
        seen.update(s.job for s in stops)
    stops.sort(key=lambda s: (s.technician, s.start_at, s.job))
    left = sorted({j.id for j in problem.jobs} - seen)
    return Plan(tuple(stops), tuple(Unassigned(n, "waiting") for n in left))


def _route(problem: Problem, rows: Rows, row: int, jobs: list[Job]) -> list[Stop]:
    tech = problem.technicians[int(rows.technicians[row])]
    free, place, found = float(rows.starts[row]), rows.points[row], []
    for job in jobs:
        need = problem.mask(job.skills)
        if int(rows.masks[row]) & need != need or tech.id in job.refused_by:
            continue
        there = arrival(problem, place, job.at, max(free, job.released_at))
        leave = max(free, job.released_at)
        wait = max(0.0, job.earliest - there)
        if wait and not problem.travel.speeds:
            leave, there = leave + wait, there + wait
        start = max(there, job.earliest)
        finish = start + job.duration
        if finish > rows.hard[row] or start > job.statutory_at:
            continue
        found.append(Stop(job.id, tech.id, leave, there, start, finish, 0.0, 0.0))
        free, place = finish, job.at
    return found
