"""A world's people with the shifts of the planner, at no more person-hours than before."""

from dataclasses import replace

import numpy as np

from qiying.engines.dispatch._problem import Point, Technician, Travel
from qiying.engines.dispatch.roster import (
    Calls,
    CoverProblem,
    Profile,
    ShiftKind,
    Station,
    cover,
)
from qiying.engines.dispatch.simulation._draw import Ground, demand, windows_of
from qiying.engines.dispatch.simulation._world import Shift

EVERY = 120.0
LENGTH = 600.0
BOOKED_HOURS = range(9, 17)
HALF = 0.5


def planned(ground: Ground, *, within: float = 60.0, busy: float = 0.7) -> Ground:
    """Return the ground with each technician on the shift that covers most; homes and skills stay.

    Shifts of ten hours may start every two hours. Nobody works longer than before.
    """
    found = cover(cover_problem(ground, within=within, busy=busy))
    shift_of = {d.profile: float(d.shift) for d in found.duties}
    other = Ground(ground.world)
    other.technicians = tuple(_moved(t, shift_of) for t in ground.technicians)
    return other


def cover_problem(
    ground: Ground, *, within: float = 60.0, busy: float = 0.7, booked_share: float = HALF
) -> CoverProblem:
    """Return the roster to be planned: one profile for each technician, waiting at home.

    Booked work counts ``booked_share`` of a call, in the hours of its windows.
    """
    world = ground.world
    booked = _booked(ground, booked_share)
    calls = tuple(
        Calls(
            str(n),
            _centre(ground, n),
            row.skill,
            tuple((v + b) * float(share) for v, b in zip(row.hourly, extra, strict=True)),
        )
        for row, extra in zip(demand(ground), booked, strict=True)
        for n, share in enumerate(ground.shares)
    )
    shifts = tuple(ShiftKind(str(EVERY * k), EVERY * k, LENGTH) for k in range(12))
    profiles = tuple(
        Profile(t.id, tuple(c.skill for c in t.certificates), 1, (t.id,))
        for t in ground.technicians
    )
    stations = tuple(Station(t.id, t.at) for t in ground.technicians)
    travel = Travel(world.kmh, world.detour)
    return CoverProblem(stations, calls, shifts, profiles, 1e9, within, busy, travel)


def _booked(ground: Ground, worth: float) -> list[tuple[float, ...]]:
    world = ground.world
    hourly = worth * world.jobs_per_day * (1 - world.emergency_share) / len(BOOKED_HOURS)
    shares = np.roll(ground.popular, 2)
    return [tuple(hourly * float(s) * (h in BOOKED_HOURS) for h in range(24)) for s in shares]


def _centre(ground: Ground, n: int) -> Point:
    x, y = np.asarray(ground.centres[n]) * 1000.0
    home = ground.technicians[0].at
    return replace(home, x=float(x), y=float(y))


def _moved(tech: Technician, shift_of: dict[str, float]) -> Technician:
    starts = shift_of.get(tech.id)
    if starts is None:
        return tech
    return replace(tech, windows=windows_of(Shift(starts, starts + LENGTH, 1.0)))
