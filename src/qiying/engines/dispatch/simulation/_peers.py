"""Other solvers asked again at every event, where they are installed; each plan is ours to check.

They are given what they can express: skills, windows, start places and times. What they leave out of
the emergencies goes to the nearest idle, crews too.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from qiying.engines.dispatch._arrays import build
from qiying.engines.dispatch._check_ways import arrival
from qiying.engines.dispatch._params import Params
from qiying.engines.dispatch._people import Rows
from qiying.engines.dispatch._problem import Job, Kind, Phase, Point, Problem
from qiying.engines.dispatch._result import Plan, Stop, Unassigned
from qiying.engines.dispatch.simulation._policies import nearest_idle

SECONDS = 60.0
Routes = Callable[[Problem, Rows, list[Job], int], dict[int, list[str]]]
"""The jobs of each row in order, found with a budget."""


def is_installed(name: str) -> bool:
    """Whether a package can be imported."""
    try:
        importlib.import_module(name)
    except ImportError:
        return False
    return True


@dataclass(frozen=True, slots=True)
class PerEvent:
    """Another solver asked again at every event with a budget of its own kind (``effort``)."""

    routes: Routes
    effort: int
    look_ahead: float = 240.0

    def __call__(self, problem: Problem) -> Plan:
        """Plan from what is known now; people on the way keep driving, crews go by insertion order."""
        fixed = _fixed(problem)
        rest = _without(problem, fixed)
        arrays = build(rest, Params())
        jobs = [j for j in arrays.tasks if j.crew == 1 and self._is_soon(problem, j)]
        some = jobs and arrays.rows.count
        routes = self.routes(rest, arrays.rows, jobs, self.effort) if some else {}
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


def seconds_between(problem: Problem, points: list[Point]) -> NDArray[np.int64]:
    """Whole seconds between all places at the ordinary speed."""
    if problem.travel.matrix:
        nodes = [p.node for p in points]
        minutes = np.asarray(problem.travel.matrix)[np.ix_(nodes, nodes)]
    else:
        at = np.array([(p.x, p.y) for p in points])
        far = np.hypot(*(at[:, None] - at[None, :]).transpose(2, 0, 1))
        minutes = far * (problem.travel.detour * 0.06 / problem.travel.kmh)
    return np.rint(SECONDS * minutes).astype(np.int64)


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
