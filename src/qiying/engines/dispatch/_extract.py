"""From the kernel's rows to a plan: times, chances, the parts of the cost."""

import math

import numpy as np

from qiying.engines.dispatch._board import Board
from qiying.engines.dispatch._kernel import (
    DURATION,
    HELD,
    MOVE,
    RATE,
    RELEASE,
    SAID,
    SINCE,
    SKIP,
    SLIP,
    TECH,
    VARIANCE,
)
from qiying.engines.dispatch._people import accepts
from qiying.engines.dispatch._problem import FOREVER, Job
from qiying.engines.dispatch._result import Cost, Plan, Stop, Unassigned


def plan_of(board: Board) -> Plan:
    """Read the state of a board as a plan."""
    stops: list[Stop] = []
    parts = dict.fromkeys(
        ("response", "lateness", "travel", "overtime", "stability", "cover", "unserved"), 0.0
    )
    for row in range(board.data.rows):
        stops += _row(board, row, parts)
    left = {}
    for task in range(board.data.tasks):
        if board.state.where[task] < 0:
            parts["unserved"] += float(board.data.job[task][SKIP])
            job = board.arrays.tasks[task]
            left[job.id] = Unassigned(job.id, why_not(board, task))
    stops.sort(key=lambda s: (s.technician, s.start_at, s.job))
    return Plan(tuple(stops), tuple(left[name] for name in sorted(left)), Cost(**parts))


def _row(board: Board, row: int, parts: dict[str, float]) -> list[Stop]:
    """Walk a row and add what it costs to the parts."""
    d, s, found = board.data, board.state, []
    technician = board.problem.technicians[int(d.row[row][TECH])].id
    node = row
    for k, task in enumerate(board.rows_of(row)):
        t, v = float(s.t[row][k]), float(s.v[row][k])
        start, finish, after, _pay, road = board.kernel.visit(d, row, node, t, v, task)
        distance = board.kernel.way(d, node, d.rows + task)
        earliest = max(t, float(d.job[task][RELEASE]))
        depart = _depart(board, earliest, distance, start)
        arrive = depart + distance if d.flat else board.kernel.reach(d, depart, distance)
        variance = max(after - float(d.job[task][VARIANCE]), 0.0)
        job = board.arrays.tasks[task]
        minutes = arrive - depart
        first = earliest + distance if d.flat else board.kernel.reach(d, earliest, distance)
        busy = first - earliest + float(d.job[task][DURATION])
        parts["travel"] += road
        parts["response"] += float(d.job[task][RATE]) * (start - float(d.job[task][SINCE]))
        parts["lateness"] += board.kernel.lateness(d, task, start, variance)
        parts["overtime"] += board.kernel.overtime(d, row, t, finish)
        parts["stability"] += _stability(board, row, task, start)
        parts["cover"] += float(d.cover[row][board.kernel.slot(d, start)]) * busy
        spread = math.sqrt(variance)
        chance = late_chance(job, start, spread)
        found.append(
            Stop(job.id, technician, depart, depart + minutes, start, finish, spread, chance)
        )
        node = d.rows + task
    return found


def _depart(board: Board, earliest: float, distance: float, start: float) -> float:
    """Leave so as to arrive just in time, where there is time to wait."""
    d = board.data
    if d.flat:
        return max(earliest, start - distance)
    return max(earliest, float(board.kernel.leave_by(d, start, distance)))


def _stability(board: Board, row: int, task: int, start: float) -> float:
    d = board.data
    held = int(d.job[task][HELD])
    moved = float(d.job[task][MOVE]) if held >= 0 and held != d.row[row][TECH] else 0.0
    return moved + float(d.job[task][SLIP]) * max(0.0, start - float(d.job[task][SAID]))


def deadlines(job: Job) -> tuple[float, ...]:
    """The minutes after which a job's start breaks a step or its window."""
    steps = tuple(job.released_at + step.after for step in job.promise)
    return (*steps, job.closes_at) if job.closes_at < FOREVER else steps


def late_chance(job: Job, start: float, spread: float) -> float:
    """Chance that the last deadline of a job is broken."""
    due = max(deadlines(job), default=FOREVER)
    z = start - due
    root = math.sqrt(z * z + 2.0 * spread * spread)
    return (0.5 + 0.5 * z / root) if root > 0 else 0.0


def why_not(board: Board, task: int) -> str:
    """The first reason that nobody is given a task."""
    job, counts = (
        board.arrays.tasks[task],
        exclusions(board, board.arrays.tasks[task], _candidates(board, task)),
    )
    if board.data.cand_count[task] == 0:
        for code in ("skill_missing", "certificate_expired", "part_missing", "other_provider"):
            if counts.get(code, 0) == len(board.problem.technicians):
                return code
        return max(counts, key=lambda c: counts[c]) if counts else "off_duty"
    enough = len({int(board.data.row[r][TECH]) for r in _candidates(board, task)}) >= job.crew
    return "costs_more_than_leaving_out" if enough else "crew_too_small"


def _candidates(board: Board, task: int) -> list[int]:
    return [int(r) for r in board.data.cand[task][: board.data.cand_count[task]]]


def exclusions(board: Board, job: Job, candidates: list[int]) -> dict[str, int]:
    """Why technicians are no candidates for a job: the first reason of each, counted."""
    may = {int(board.data.row[r][TECH]) for r in candidates}
    rows: dict[int, list[int]] = {}
    for r, i in enumerate(np.asarray(board.arrays.rows.technicians)):
        rows.setdefault(int(i), []).append(r)
    counts: dict[str, int] = {}
    for i in range(len(board.problem.technicians)):
        if i not in may:
            code = _exclusion(board, job, i, rows.get(i, []))
            counts[code] = counts.get(code, 0) + 1
    return counts


def _exclusion(board: Board, job: Job, technician: int, rows: list[int]) -> str:
    tech = board.problem.technicians[technician]
    held = {c.skill for c in tech.certificates}
    if not held.issuperset(job.skills):
        return "skill_missing"
    if not accepts(tech, job):
        if tech.id in job.refused_by:
            return "refused"
        is_theirs = not job.providers or tech.provider in job.providers
        return "part_missing" if is_theirs else "other_provider"
    if not rows:
        return "off_duty"
    need = board.problem.mask(job.skills)
    masks = board.arrays.rows.masks
    if all((int(masks[r]) & need) != need for r in rows):
        return "certificate_expired"
    return "too_late"
