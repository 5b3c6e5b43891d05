"""Shifts as rows, and who may do what: skills that stay valid, parts, providers, refusals."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qiying.engines.dispatch._params import Params
from qiying.engines.dispatch._problem import Job, Phase, Point, Problem, Technician, Window


@dataclass(frozen=True, slots=True)
class Rows:
    """One entry for each technician and remaining shift; times are minutes.

    ``starts`` is when leaving is possible, ``variances`` how sure that is, ``hard`` when the last
    work must be done. ``masks`` are skills whose certificate outlives the row.
    """

    technicians: NDArray[np.int64]
    starts: NDArray[np.float64]
    variances: NDArray[np.float64]
    ends: NDArray[np.float64]
    hard: NDArray[np.float64]
    masks: NDArray[np.int64]
    points: tuple[Point, ...]
    is_first: tuple[bool, ...]

    @property
    def count(self) -> int:
        """How many rows there are."""
        return len(self.points)


@dataclass(frozen=True, slots=True)
class _Row:
    technician: int
    start: float
    variance: float
    end: float
    hard: float
    mask: int
    point: Point
    is_first: bool


def row_list(problem: Problem, params: Params) -> Rows:
    """Return the rows of an instance, by technician and time."""
    found = [
        row
        for i, tech in enumerate(problem.technicians)
        for row in _rows_of(problem, params, i, tech)
    ]
    return Rows(
        np.array([r.technician for r in found], dtype=np.int64),
        np.array([r.start for r in found], dtype=np.float64),
        np.array([r.variance for r in found], dtype=np.float64),
        np.array([r.end for r in found], dtype=np.float64),
        np.array([r.hard for r in found], dtype=np.float64),
        np.array([r.mask for r in found], dtype=np.int64),
        tuple(r.point for r in found),
        tuple(r.is_first for r in found),
    )


def _rows_of(problem: Problem, params: Params, index: int, tech: Technician) -> list[_Row]:
    left = [w for w in tech.windows if _is_left(problem, params, tech, w)]
    found: list[_Row] = []
    for n, window in enumerate(left):
        start = leaving(problem, tech, window)
        follow = left[n + 1].starts_at if n + 1 < len(left) else np.inf
        hard = min(window.ends_at + params.grace, follow)
        if start >= window.ends_at and not _has_begun(problem, params, tech, window):
            continue
        held = [c.skill for c in tech.certificates if c.expires_at >= hard]
        place = tech.at if n == 0 or tech.home is None else tech.home
        variance = tech.free_spread**2 if n == 0 and start <= tech.free_at else 0.0
        mask = problem.mask(held)
        scaled = variance * params.tail**2
        row = _Row(index, start, scaled, window.ends_at, hard, mask, place, n == 0)
        found.append(row)
    return found


def _is_left(problem: Problem, params: Params, tech: Technician, window: Window) -> bool:
    """Whether work may still be planned in a shift."""
    is_ahead = window.ends_at > max(problem.now, tech.free_at)
    return is_ahead or _has_begun(problem, params, tech, window)


def _has_begun(problem: Problem, params: Params, tech: Technician, window: Window) -> bool:
    """Whether somebody left for a job within a shift that is over: that visit is still made."""
    held = tech.commitment
    if held is None or held.phase is Phase.ON_SITE:
        return False
    later = [w.starts_at for w in tech.windows if w.starts_at >= window.ends_at]
    return window.starts_at <= problem.now < min([window.ends_at + params.grace, *later])


def leaving(problem: Problem, tech: Technician, window: Window) -> float:
    """When somebody can leave within a window: free, on duty, and turned out when on call."""
    ready = max(problem.now, tech.free_at)
    if window.on_call and tech.commitment is None:
        return max(problem.now + window.turnout, window.starts_at, ready)
    return max(window.starts_at, ready)


def able(problem: Problem, rows: Rows, tasks: tuple[Job, ...]) -> NDArray[np.bool_]:
    """Which row (first axis) may serve which task (second axis)."""
    needs = np.array([problem.mask(t.skills) for t in tasks], dtype=np.int64)
    found: NDArray[np.bool_] = (rows.masks[:, None] & needs[None, :]) == needs[None, :]
    found &= rows.starts[:, None] <= np.array([t.statutory_at for t in tasks])[None, :]
    for j, task in enumerate(tasks):
        if task.parts or task.providers or task.refused_by:
            for r, i in enumerate(rows.technicians):
                found[r, j] &= accepts(problem.technicians[i], task)
    return found


def accepts(tech: Technician, job: Job) -> bool:
    """Whether parts, provider and refusals let somebody come."""
    if job.parts and not set(job.parts) <= set(tech.carries):
        return False
    if job.providers and tech.provider not in job.providers:
        return False
    return tech.id not in job.refused_by
