"""A roster counted again, call by call and hour by hour."""

from collections import Counter
from math import dist

from qiying.engines.dispatch._problem import Point
from qiying.engines.dispatch._result import Violation
from qiying.engines.dispatch.roster._problem import CoverPlan, CoverProblem, Duty


def check_cover(problem: CoverProblem, plan: CoverPlan) -> tuple[Violation, ...]:
    """Name each statement of a roster that does not hold; empty when it is sound."""
    found = _duties(problem, plan)
    if found:
        return tuple(found)
    lengths = {s.id: s.length / 60 for s in problem.shifts}
    most = {p.id: p.people for p in problem.profiles}
    used = Counter[str]()
    for duty in plan.duties:
        used[duty.profile] += duty.people
    found += [Violation("people", n, most[n], c) for n, c in used.items() if c > most[n]]
    hours = sum(lengths[d.shift] * d.people for d in plan.duties)
    if hours > problem.hours + 1e-6 or abs(hours - plan.hours) > 1e-6:
        found.append(Violation("hours", "", min(hours, problem.hours), plan.hours))
    covered = _covered(problem, plan)
    if abs(covered - plan.covered) > 1e-6:
        found.append(Violation("covered", "", covered, plan.covered))
    return tuple(found)


def _duties(problem: CoverProblem, plan: CoverPlan) -> list[Violation]:
    rows = (problem.profiles, problem.shifts, problem.stations)
    known = [{r.id for r in row} for row in rows]
    found = []
    for duty in plan.duties:
        named = (duty.profile, duty.shift, duty.station)
        if not all(n in k for n, k in zip(named, known, strict=True)):
            found.append(Violation("unknown_name", str(named), "", ""))
        elif not _is_allowed(problem, duty):
            found.append(Violation("not_allowed", duty.profile, "", (duty.shift, duty.station)))
    return found


def _is_allowed(problem: CoverProblem, duty: Duty) -> bool:
    profile = next(p for p in problem.profiles if p.id == duty.profile)
    if duty.people < 1 or (profile.stations and duty.station not in profile.stations):
        return False
    return not profile.shifts or duty.shift in profile.shifts


def _covered(problem: CoverProblem, plan: CoverPlan) -> float:
    total = covered = 0.0
    for calls in problem.calls:
        for hour, rate in enumerate(calls.hourly):
            people = sum(
                d.people for d in plan.duties if _reaches(problem, d, calls.at, calls.skill, hour)
            )
            total += rate
            covered += rate * (1 - problem.busy**people)
    return covered / total if total else 0.0


def _reaches(problem: CoverProblem, duty: Duty, at: Point, skill: str, hour: int) -> bool:
    profile = next(p for p in problem.profiles if p.id == duty.profile)
    shift = next(s for s in problem.shifts if s.id == duty.shift)
    station = next(s for s in problem.stations if s.id == duty.station)
    if skill not in profile.skills or (hour * 60 + 30 - shift.starts_at) % 1440 >= shift.length:
        return False
    travel = problem.travel
    if travel.matrix:
        return travel.matrix[station.at.node][at.node] <= problem.within + 1e-6
    minutes = (
        dist((station.at.x, station.at.y), (at.x, at.y)) / 1000 * travel.detour * 60 / travel.kmh
    )
    return minutes <= problem.within + 1e-6
