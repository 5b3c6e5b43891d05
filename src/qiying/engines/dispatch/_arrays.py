"""An instance as arrays for the kernel: one row for each technician and shift, one task for each seat."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from qiying.engines.dispatch._params import Params
from qiying.engines.dispatch._people import Rows, able, row_list
from qiying.engines.dispatch._prices import cover_prices, on_duty
from qiying.engines.dispatch._problem import FOREVER, Job, Kind, Phase, Point, Problem

MOST_DENSE = 1500
"""Above so many nodes ways are computed from coordinates each time."""
ALL_CANDIDATES = 120
"""Up to so many rows every able one is a candidate."""
Floats = NDArray[np.float64]


class Data(NamedTuple):
    """What the kernel reads. Rows come first among the nodes, then tasks; ``free`` tasks have a crew of one."""

    rows: int
    tasks: int
    free: int
    now: float
    slots: int
    flat: bool
    dense: bool
    minute_of_day: float
    scale: float
    noise2: float
    travel_price: float
    overtime_price: float
    blink: float
    strings: int
    string: int
    near_count: int
    speeds: Any
    xy: Any
    ways: Any
    row: Any
    cover: Any
    job: Any
    step: Any
    cand: Any
    cand_count: Any
    near: Any


class State(NamedTuple):
    """Rows of tasks and what is remembered at each position: time, variance, cost so far."""

    room: int
    seq: Any
    length: Any
    t: Any
    v: Any
    c: Any
    where: Any


class Work(NamedTuple):
    """Scratch of one iteration."""

    mark: Any
    rows: Any
    count: Any
    out: Any
    key: Any
    came: Any


class Arrays(NamedTuple):
    """The arrays and what their indices mean."""

    data: Data
    rows: Rows
    tasks: tuple[Job, ...]
    seats: tuple[int, ...]
    """For each task its job's index."""


def build(problem: Problem, params: Params) -> Arrays:
    """Turn an instance into arrays."""
    rows = row_list(problem, params)
    singles = [i for i, job in enumerate(problem.jobs) if job.crew == 1]
    crews = [i for i, job in enumerate(problem.jobs) if job.crew > 1 for _ in range(job.crew)]
    seats = tuple(singles + crews)
    tasks = tuple(problem.jobs[i] for i in seats)
    may = able(problem, rows, tasks)
    points = [*rows.points, *(t.at for t in tasks)]
    x, y = np.array([p.x for p in points]), np.array([p.y for p in points])
    dense = bool(problem.travel.matrix) or len(points) <= MOST_DENSE
    ways = _ways(problem, points, x, y) if dense else np.zeros((1, 1))
    cand, counts = _candidates(problem, params, rows, may, x, y)
    near = _near(params, len(singles), x[rows.count :], y[rows.count :])
    tables = _task_tables(problem, tasks)
    data = Data(
        rows=rows.count,
        tasks=len(tasks),
        free=len(singles),
        dense=dense,
        near_count=near.shape[1],
        xy=np.column_stack([x, y]),
        ways=ways,
        cand=cand,
        cand_count=counts,
        near=near,
        **_scalars(problem, params),
        row=_row_table(problem, rows),
        cover=_cover(problem, params, rows),
        job=tables["job"],
        step=tables["step"],
    )
    return Arrays(data, rows, tasks, seats)


def _scalars(problem: Problem, params: Params) -> dict[str, Any]:
    travel = problem.travel
    return {
        "now": float(problem.now),
        "slots": params.cover_hours,
        "flat": not travel.speeds,
        "minute_of_day": problem.minute_of_day,
        "scale": travel.detour * 0.06 / travel.kmh,
        "noise2": (travel.noise * params.tail) ** 2,
        "travel_price": float(problem.weights.travel),
        "overtime_price": float(problem.weights.overtime),
        "blink": float(params.blink),
        "strings": params.strings,
        "string": params.string_length,
        "speeds": np.array(travel.speeds or (1.0,) * 24),
    }


def _ways(problem: Problem, points: list[Point], x: Floats, y: Floats) -> Floats:
    if problem.travel.matrix:
        nodes = np.array([p.node for p in points], dtype=np.int64)
        return np.asarray(problem.travel.matrix, dtype=np.float64)[np.ix_(nodes, nodes)]
    scale = problem.travel.detour * 0.06 / problem.travel.kmh
    dx, dy = x[:, None] - x[None, :], y[:, None] - y[None, :]
    found: Floats = np.sqrt(dx * dx + dy * dy) * scale
    return found


def _row_table(problem: Problem, rows: Rows) -> Floats:
    locked = [_is_locked(problem, int(i)) for i in rows.technicians]
    lock = [float(a and b) for a, b in zip(locked, rows.is_first, strict=True)]
    table = np.column_stack([rows.technicians, rows.ends, rows.hard, np.array(lock)])
    return table.astype(np.float64).reshape(rows.count, 4)


def _cover(problem: Problem, params: Params, rows: Rows) -> Floats:
    duty = on_duty(rows.starts, rows.ends, problem.now, params.cover_hours)
    return cover_prices(problem, params, rows.masks, duty)


def _is_locked(problem: Problem, technician: int) -> bool:
    """Whether somebody waits at a job, or drives to one with a crew: that stays the first stop."""
    held = problem.technicians[technician].commitment
    if held is None or held.phase is Phase.ON_SITE:
        return False
    job = next(j for j in problem.jobs if j.id == held.job)
    return job.crew > 1 or held.phase is Phase.WAITING


def _task_tables(problem: Problem, tasks: tuple[Job, ...]) -> dict[str, Floats]:
    """The table of tasks by the kernel's columns, and that of the steps of their prices."""
    index = {t.id: i for i, t in enumerate(problem.technicians)}
    told = {p.job: (index[p.technician], p.start_at) for p in problem.published}
    driving = {t.commitment.job: i for i, t in enumerate(problem.technicians) if t.commitment}
    steps: list[tuple[float, float, float]] = []
    table = []
    for job in tasks:
        held = _held(problem, job, told, driving)
        row, own = task_row(problem, job, held, len(steps))
        table.append(row)
        steps += own
    return {
        "job": np.array(table, dtype=np.float64).reshape(len(tasks), 16),
        "step": np.array(steps, dtype=np.float64).reshape(len(steps), 3),
    }


def task_row(
    problem: Problem, job: Job, held: tuple[float, ...], first: int
) -> tuple[tuple[float, ...], list[tuple[float, float, float]]]:
    """Return the columns of a task whose steps begin at ``first``, and these steps."""
    steps = _steps(problem, job)
    urgent = min((s[0] for s in steps), default=FOREVER)
    end = first + len(steps)
    return (*_task(problem, job), *held, _skip(problem, job), urgent, first, end), steps


def unheld(problem: Problem) -> tuple[float, ...]:
    """Columns HELD to SLIP of a task that nobody was told about."""
    return -1.0, problem.weights.move, FOREVER, problem.weights.slip


def _task(problem: Problem, job: Job) -> tuple[float, ...]:
    """Columns RELEASE to PIN."""
    w, share = problem.weights, job.weight / job.crew
    is_urgent = job.kind is Kind.EMERGENCY
    return (
        max(job.released_at, problem.now),
        job.released_at if is_urgent else max(job.earliest, job.released_at),
        share * (w.response if is_urgent else w.waiting),
        job.earliest,
        job.statutory_at,
        job.duration,
        job.spread**2,
        -1.0,
    )


def _held(
    problem: Problem, job: Job, told: dict[str, tuple[int, float]], driving: dict[str, int]
) -> tuple[float, ...]:
    """Columns HELD to SLIP: who was published, and the price of somebody else or of a later time."""
    w = problem.weights
    if job.crew > 1:
        return unheld(problem)
    technician, said = told.get(job.id, (-1, FOREVER))
    if job.id in driving:
        return driving[job.id], w.divert, said, w.slip
    return technician, w.move, said, w.slip


def _skip(problem: Problem, job: Job) -> float:
    w = problem.weights
    price = w.unserved if job.kind is Kind.EMERGENCY else w.unserved_window
    return price * job.weight / job.crew


def _steps(problem: Problem, job: Job) -> list[tuple[float, float, float]]:
    """Steps of the price of a start: when, how much at once, how much a minute."""
    w, share = problem.weights, job.weight / job.crew
    found = []
    for step in job.promise:
        fixed = w.late_fixed if step.fixed is None else step.fixed
        slope = w.late_per_min if step.per_min is None else step.per_min
        found.append((job.released_at + step.after, fixed * share, slope * share))
    if job.closes_at < FOREVER:
        found.append((job.closes_at, w.missed_fixed * share, w.missed_per_min * share))
    return found


def _candidates(
    problem: Problem,
    params: Params,
    rows: Rows,
    may: NDArray[np.bool_],
    x: Floats,
    y: Floats,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each task the rows that may serve it, soonest there first; the soonest only, where many."""
    count, tasks = rows.count, may.shape[1]
    most = count if count <= ALL_CANDIDATES else max(params.candidates, 1)
    cand = np.zeros((tasks, max(most, 1)), dtype=np.int64)
    scale = problem.travel.detour * 0.06 / problem.travel.kmh
    for first in range(0, tasks, 1000):
        part = slice(first, min(first + 1000, tasks))
        tx, ty = x[count:][part], y[count:][part]
        far = np.hypot(tx[:, None] - x[None, :count], ty[:, None] - y[None, :count]) * scale
        there = np.where(may[:, part].T, far + rows.starts[None, :], np.inf)
        if most < count:
            few = np.sort(np.argpartition(there, most, axis=1)[:, :most], axis=1)
            by = np.argsort(np.take_along_axis(there, few, axis=1), axis=1, kind="stable")
            cand[part] = np.take_along_axis(few, by, axis=1)
        elif count:
            cand[part] = np.argsort(there, axis=1, kind="stable")
    return cand, np.minimum(may.sum(axis=0), most).astype(np.int64)


def _near(params: Params, free: int, x: Floats, y: Floats) -> NDArray[np.int64]:
    """For each task with a crew of one the nearest such tasks, itself first."""
    most = min(free, params.neighbours)
    near = np.zeros((free, max(most, 1)), dtype=np.int64)
    px, py = x[:free], y[:free]
    for first in range(0, free, 500):
        part = slice(first, min(first + 500, free))
        far = np.hypot(px[part, None] - px[None, :], py[part, None] - py[None, :])
        far[np.arange(far.shape[0]), np.arange(first, part.stop)] = -1.0
        few = np.sort(np.argpartition(far, most - 1, axis=1)[:, :most], axis=1)
        by = np.argsort(np.take_along_axis(far, few, axis=1), axis=1, kind="stable")
        near[part] = np.take_along_axis(few, by, axis=1)
    return near
