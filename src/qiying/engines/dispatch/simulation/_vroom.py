"""VROOM 1.15 by pyvroom: skills, windows and priorities; the promise is a hard window while it can be."""

import importlib

import numpy as np

from qiying.engines.dispatch._people import Rows
from qiying.engines.dispatch._problem import Job, Kind, Problem
from qiying.engines.dispatch.simulation._peers import SECONDS, seconds_between

LAST = 172_800
BOOKED, ORDINARY, HEAVY = 10, 60, 100


def vroom_routes(
    problem: Problem, rows: Rows, jobs: list[Job], exploration: int
) -> dict[int, list[str]]:
    """Ask VROOM for the jobs of each row, in order, at an exploration level of 0 to 5."""
    vroom = importlib.import_module("vroom")
    asked = vroom.Input()
    ways = seconds_between(problem, [*rows.points, *(j.at for j in jobs)])
    asked.set_durations_matrix(profile="car", matrix_input=ways.astype(np.uint32))
    for r in range(rows.count):
        held = {s for s in range(len(problem.skills)) if int(rows.masks[r]) >> s & 1}
        asked.add_vehicle(
            vroom.Vehicle(r, start=r, skills=held, time_window=_shift(problem, rows, r))
        )
    for n, job in enumerate(jobs):
        asked.add_job(
            vroom.Job(
                n,
                location=rows.count + n,
                default_service=round(SECONDS * job.duration),
                skills={problem.skills.index(s) for s in job.skills},
                priority=_priority(job),
                time_windows=[_window(problem, job)],
            )
        )
    found = asked.solve(exploration_level=exploration, nb_threads=1).to_dict()
    return {
        int(route["vehicle"]): [jobs[s["id"]].id for s in route["steps"] if s["type"] == "job"]
        for route in found["routes"]
    }


def _shift(problem: Problem, rows: Rows, row: int) -> tuple[int, int]:
    first = max(0, round(SECONDS * (float(rows.starts[row]) - problem.now)))
    return first, max(first + 1, round(SECONDS * (float(rows.hard[row]) - problem.now)))


def _window(problem: Problem, job: Job) -> tuple[int, int]:
    opens = max(0, round(SECONDS * (job.earliest - problem.now)))
    if job.kind is not Kind.EMERGENCY:
        last = min(job.closes_at, problem.now + LAST / SECONDS)
        return opens, max(opens, round(SECONDS * (last - problem.now)))
    due = round(SECONDS * (job.released_at + job.promise[-1].after - problem.now))
    return opens, due if due > opens else LAST


def _priority(job: Job) -> int:
    if job.kind is not Kind.EMERGENCY:
        return BOOKED
    return HEAVY if job.weight > 1 else ORDINARY
