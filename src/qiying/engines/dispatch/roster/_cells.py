"""The cover of a roster as a matrix: which duty covers which cell of place, skill and hour."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from qiying.engines.dispatch._params import VERSION
from qiying.engines.dispatch.roster._problem import CoverPlan, CoverProblem, Duty

THINNEST = 10
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Cells:
    """``covers`` has a row for each cell with calls and a column for each possible duty."""

    problem: CoverProblem
    duties: tuple[tuple[int, int, int], ...]
    """Profile, shift, station by index."""
    covers: Floats
    rates: Floats
    hours: Floats
    profile: Ints
    people: Ints
    labels: tuple[tuple[str, int], ...]

    def value(self, count: Ints) -> float:
        """Expected covered calls a day of so many people on each duty."""
        return float((self.rates * (1 - self.problem.busy ** (self.covers @ count))).sum())

    def gains(self, count: Ints) -> Floats:
        """What one more on each duty adds."""
        left = self.rates * self.problem.busy ** (self.covers @ count)
        found: Floats = (left * (1 - self.problem.busy)) @ self.covers
        return found

    def room(self, count: Ints) -> NDArray[np.bool_]:
        """Which duties one more may be given: people left of the profile, hours left."""
        used = np.bincount(self.profile, weights=count, minlength=len(self.people))
        left = self.problem.hours - float(self.hours @ count)
        found: NDArray[np.bool_] = (used < self.people)[self.profile] & (self.hours <= left + 1e-9)
        return found

    def plan(self, count: Ints, bound: float | None = None) -> CoverPlan:
        """Put numbers of people into words."""
        p, total = self.problem, max(float(self.rates.sum()), 1e-12)
        duties = tuple(
            Duty(p.profiles[g].id, p.shifts[f].id, p.stations[s].id, int(n))
            for (g, f, s), n in zip(self.duties, count, strict=True)
            if n
        )
        share = 1 - p.busy ** (self.covers @ count)
        by: dict[tuple[str, int], tuple[float, float]] = {}
        for label, rate, covered in zip(self.labels, self.rates, share, strict=True):
            had = by.get(label, (0.0, 0.0))
            by[label] = (had[0] + rate, had[1] + rate * float(covered))
        thin = sorted((c / r, *label) for label, (r, c) in by.items())[:THINNEST]
        return CoverPlan(
            duties,
            round(self.value(count) / total, 9),
            float(self.hours @ count),
            tuple((skill, hour, round(v, 6)) for v, skill, hour in thin),
            None if bound is None else round(bound / total, 9),
            VERSION,
        )


def cells_of(problem: CoverProblem) -> Cells:
    """Lay the matrix out."""
    duties = _duties(problem)
    near = _near(problem)
    cells = [(i, h) for i, c in enumerate(problem.calls) for h in range(24) if c.hourly[h] > 0]
    on = np.array([[f.holds(h) for h in range(24)] for f in problem.shifts])
    able = np.array([[c.skill in g.skills for c in problem.calls] for g in problem.profiles])
    call, hour = (np.array([c[k] for c in cells], dtype=np.int64) for k in (0, 1))
    g, f, s = (np.array([d[k] for d in duties], dtype=np.int64) for k in (0, 1, 2))
    covers = near[np.ix_(call, s)] & on[np.ix_(f, hour)].T & able[np.ix_(g, call)].T
    return Cells(
        problem,
        duties,
        covers.astype(np.float64),
        np.array([problem.calls[i].hourly[h] for i, h in cells]),
        np.array([problem.shifts[k].length / 60.0 for k in f]),
        g,
        np.array([p.people for p in problem.profiles], dtype=np.int64),
        tuple((problem.calls[i].skill, h) for i, h in cells),
    )


def _duties(problem: CoverProblem) -> tuple[tuple[int, int, int], ...]:
    return tuple(
        (g, f, s)
        for g, profile in enumerate(problem.profiles)
        for f, shift in enumerate(problem.shifts)
        for s, station in enumerate(problem.stations)
        if (not profile.stations or station.id in profile.stations)
        and (not profile.shifts or shift.id in profile.shifts)
    )


def _near(problem: CoverProblem) -> NDArray[np.bool_]:
    ways = [[problem.travel.distance(s.at, c.at) for s in problem.stations] for c in problem.calls]
    return np.array(ways, dtype=np.float64) <= problem.within + 1e-9
