"""OR-Tools routing: each start costs by its minute and steeply beyond the promise; guided local search."""

import importlib
from typing import Any

from qiying.engines.dispatch._people import Rows
from qiying.engines.dispatch._problem import Job, Kind, Problem
from qiying.engines.dispatch.simulation._peers import SECONDS, seconds_between

LAST = 172_800
LEFT_OUT = {Kind.EMERGENCY: 3000.0}
BOOKED = 240.0
START_AT_ZERO = False


def ortools_routes(
    problem: Problem, rows: Rows, jobs: list[Job], milliseconds: int
) -> dict[int, list[str]]:
    """Ask OR-Tools for the jobs of each row, in order, within so many milliseconds."""
    solver = importlib.import_module("ortools.constraint_solver.pywrapcp")
    enums = importlib.import_module("ortools.constraint_solver.routing_enums_pb2")
    end = rows.count + len(jobs)
    manager = solver.RoutingIndexManager(
        end + 1, rows.count, list(range(rows.count)), [end] * rows.count
    )
    routing = solver.RoutingModel(manager)
    _model(problem, rows, jobs, manager, routing)
    search = solver.DefaultRoutingSearchParameters()
    search.first_solution_strategy = enums.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    search.local_search_metaheuristic = enums.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    search.time_limit.FromMilliseconds(milliseconds)
    found = routing.SolveWithParameters(search)
    return _read(found, manager, routing, rows, jobs) if found else {}


def _model(problem: Problem, rows: Rows, jobs: list[Job], manager: Any, routing: Any) -> None:
    points = [*rows.points, *(j.at for j in jobs)]
    ways = [[*row, 0] for row in seconds_between(problem, points).tolist()]
    ways.append([0] * (len(points) + 1))
    lasts = [0] * rows.count + [round(SECONDS * j.duration) for j in jobs] + [0]

    def road(a: int, b: int) -> int:
        return int(ways[manager.IndexToNode(a)][manager.IndexToNode(b)])

    def busy(a: int, b: int) -> int:
        return road(a, b) + int(lasts[manager.IndexToNode(a)])

    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitCallback(road))
    routing.AddDimension(routing.RegisterTransitCallback(busy), LAST, LAST, START_AT_ZERO, "time")
    clock = routing.GetDimensionOrDie("time")
    for r in range(rows.count):
        first = max(0, round(SECONDS * (float(rows.starts[r]) - problem.now)))
        last = max(first + 1, round(SECONDS * (float(rows.hard[r]) - problem.now)))
        clock.CumulVar(routing.Start(r)).SetRange(first, last)
        clock.CumulVar(routing.End(r)).SetRange(first, last)
    for n, job in enumerate(jobs):
        _job(problem, rows, job, manager.NodeToIndex(rows.count + n), routing, clock)


def _job(problem: Problem, rows: Rows, job: Job, index: int, routing: Any, clock: Any) -> None:
    need = problem.mask(job.skills)
    able = [r for r in range(rows.count) if int(rows.masks[r]) & need == need]
    routing.VehicleVar(index).SetValues([-1, *able])
    left_out = LEFT_OUT.get(job.kind, BOOKED) * job.weight
    routing.AddDisjunction([index], round(SECONDS * left_out))
    opens = max(0, round(SECONDS * (job.earliest - problem.now)))
    if job.kind is not Kind.EMERGENCY:
        closes = min(LAST, round(SECONDS * (min(job.closes_at, 1e6) - problem.now)))
        clock.CumulVar(index).SetRange(opens, max(opens, closes))
        return
    clock.CumulVar(index).SetRange(opens, LAST)
    due = round(SECONDS * (job.released_at + job.promise[-1].after - problem.now))
    is_late = due <= 0
    slope = round(job.weight * (11 if is_late else 1))
    clock.SetCumulVarSoftUpperBound(index, 0, slope)


def _read(
    found: Any, manager: Any, routing: Any, rows: Rows, jobs: list[Job]
) -> dict[int, list[str]]:
    routes: dict[int, list[str]] = {}
    for r in range(rows.count):
        at, names = found.Value(routing.NextVar(routing.Start(r))), []
        while not routing.IsEnd(at):
            names.append(jobs[manager.IndexToNode(at) - rows.count].id)
            at = found.Value(routing.NextVar(at))
        routes[r] = names
    return routes
