"""Best insertion, then ruin and recreate by simulated annealing, on the promise itself."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from qiying.engines.dispatch._board import Board
from qiying.engines.dispatch._crew import crew_tasks, place_crew
from qiying.engines.dispatch._digest import digest
from qiying.engines.dispatch._extract import plan_of
from qiying.engines.dispatch._params import VERSION, Params
from qiying.engines.dispatch._problem import Phase, Problem
from qiying.engines.dispatch._result import Result

CHUNKS = 10


def solve(
    problem: Problem,
    params: Params | None = None,
    *,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
    compiled: bool | None = None,
) -> Result:
    """Plan who does what, and when.

    Sets: rows (technician and shift) and tasks (seats of jobs). Each task stands in one row at most,
    at one position; all seats of a job start together. Minimised is the sum over tasks of expected
    response and expected price beyond each step of the promise or window, of travel, overtime,
    changes of what is published, marginal loss of coverage, and the price of each task left out.
    Hard are skills valid to the end of the shift, parts, providers, refusals, release, the statutory
    date, the shift with its grace, what has begun.

    The published order is taken over, the rest inserted where it is cheapest, by urgency; then
    strings of neighbouring stops are taken out and put back (Christiaens, Vanden Berghe 2020,
    "Slack induction by string removals", Transportation Science 54), accepted by annealing.
    Arrivals are uncertain: variances of work and ways add up along a row, and the price of lateness
    is expected under Student's t with two degrees of freedom, which has a closed form.

    ``stop`` is asked ten times. The same problem, parameters and seed give the same plan, compiled
    or not. Raises ``MalformedError`` on instances that mean nothing.
    """
    params = params or Params()
    found = search(problem, params, seed=seed, stop=stop, compiled=compiled)
    return replace(found, digest=digest(problem, params, seed))


def search(
    problem: Problem,
    params: Params,
    *,
    seed: int = 0,
    stop: Callable[[], bool] | None = None,
    compiled: bool | None = None,
) -> Result:
    """Solve without the digest of the instance, which takes as long as dozens of iterations."""
    board = Board(problem, params, compiled=compiled)
    construct(board, seed)
    first = board.total()
    best, trace, done = improve(board, seed=seed, stop=stop)
    return Result(
        plan=plan_of(board),
        first_cost=first,
        best_cost=best,
        iterations=done,
        trace=trace,
        seed=seed,
        digest="",
        version=VERSION,
    )


def construct(board: Board, seed: int, *, leave: tuple[int, ...] = ()) -> None:
    """Seat crews, take the published order over, insert the rest by urgency, but for ``leave``."""
    rng = board.generator(seed)
    crews = {job: tasks for job, tasks in crew_tasks(board).items() if tasks[0] not in leave}
    by_urgency = board.urgency([tasks[0] for tasks in crews.values()])
    for task in by_urgency:
        job = board.arrays.seats[task]
        place_crew(board, job, crews[job])
    _keep_waiting(board)
    _take_over(board)
    left = [j for j in range(board.data.free) if board.state.where[j] < 0 and j not in leave]
    for task in board.urgency(left):
        board.place(task, rng)


def _keep_waiting(board: Board) -> None:
    """Leave work where somebody waits for it to open."""
    names = {t.id: i for i, t in enumerate(board.arrays.tasks[: board.data.free])}
    rows = board.arrays.rows
    for row, (technician, is_first) in enumerate(
        zip(rows.technicians, rows.is_first, strict=True)
    ):
        held = board.problem.technicians[int(technician)].commitment
        task = names.get(held.job) if held and held.phase is Phase.WAITING and is_first else None
        if task is not None and row in board.data.cand[task][: board.data.cand_count[task]]:
            board.append(row, task)


def _take_over(board: Board) -> None:
    """Put published stops where they were told, in the order of their times."""
    names = {t.id: i for i, t in enumerate(board.arrays.tasks[: board.data.free])}
    people = {t.id: i for i, t in enumerate(board.problem.technicians)}
    rows: dict[int, list[int]] = {}
    for row, technician in enumerate(board.arrays.rows.technicians):
        rows.setdefault(int(technician), []).append(row)
    for told in sorted(board.problem.published, key=lambda p: (p.start_at, p.job, p.technician)):
        task = names.get(told.job)
        if task is None or board.state.where[task] >= 0:
            continue
        able = set(board.data.cand[task][: board.data.cand_count[task]])
        for row in rows.get(people[told.technician], ()):
            if row in able and board.append(row, task):
                break


def improve(
    board: Board, *, seed: int = 0, stop: Callable[[], bool] | None = None
) -> tuple[float, tuple[float, ...], int]:
    """Anneal; leaves the best state on the board and returns its cost, the trace, the iterations."""
    total = board.total()
    count = board.params.iterations
    if not count or not board.data.free or not board.data.rows:
        return total, (total,), 0
    limits = _limits(board, seed)
    costs, rng, work = (
        board.wrap(np.array([total, total])),
        board.generator(seed + 1),
        board.work(),
    )
    best, keep = board.copy(), board.copy()
    trace, done = [], 0
    for part in np.array_split(limits, CHUNKS):
        if stop is not None and stop():
            break
        _run(board, keep, best, work, rng, board.wrap(part), costs)
        done += len(part)
        trace.append(float(costs[1]))
    board.kernel.copy_all(board.data, best, board.state)
    return float(costs[1]), tuple(trace), done


def _run(board: Board, *rest: Any) -> None:
    board.kernel.anneal(board.data, board.state, *rest)


def _limits(board: Board, seed: int) -> Any:
    """How much worse each iteration may be: -T ln u with a temperature that falls geometrically."""
    params = board.params
    at = np.linspace(0.0, 1.0, params.iterations)
    heat = params.warmest * (params.coolest / params.warmest) ** at
    chance = np.random.default_rng([seed, params.iterations]).random(params.iterations)
    return heat * -np.log(np.maximum(chance, 1e-300))
