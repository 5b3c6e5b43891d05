"""What could have been done by somebody who knew the day: the best found, no bound by proof."""

from dataclasses import replace

from qiying.engines.dispatch._params import Params
from qiying.engines.dispatch._problem import Job, Kind, Problem
from qiying.engines.dispatch._solve import solve
from qiying.engines.dispatch.simulation._draw import ORIGIN, Day
from qiying.engines.dispatch.simulation._metrics import Tally, late_of, night_of
from qiying.engines.dispatch.simulation._run import END


def hindsight(day: Day, params: Params, *, seed: int = 0, compiled: bool | None = None) -> Tally:
    """Plan a day whose calls and durations are known; nobody leaves before the call.

    No refusal, re-work or noise on the ways; the technicians who are sick stay at home.
    """
    jobs = tuple(replace(j, duration=day.truth[j.id].duration, spread=0.0) for j in day.jobs)
    people = tuple(t for t in day.technicians if t.id not in day.sick)
    travel = replace(day.travel, noise=0.0)
    problem = Problem(ORIGIN, 0.0, day.skills, people, jobs, travel)
    plan = solve(problem, replace(params, cover_hours=1), seed=seed, compiled=compiled).plan
    started = {s.job: s.start_at for s in plan.stops}
    urgent = [j for j in jobs if j.kind is Kind.EMERGENCY]
    waits = tuple(started.get(j.id, END) - j.released_at for j in urgent)
    booked = [j for j in jobs if j.kind is Kind.INSPECTION]
    return Tally(
        jobs=len(jobs),
        responses=waits,
        late=sum(late_of(waits, urgent)),
        critical=tuple(w for w, j in zip(waits, urgent, strict=True) if j.weight > 1),
        inspections=len(booked),
        in_window=sum(_is_met(j, started) for j in booked),
        visits=len(started),
        travel=sum(s.arrive_at - s.depart_at for s in plan.stops),
        overtime=0.0,
        changes=0,
        violations=0,
        decisions=1,
        cpu=(0.0,),
        unserved=sum(j.id not in started for j in urgent),
        night=night_of(waits, urgent),
    )


def _is_met(job: Job, started: dict[str, float]) -> bool:
    return job.id in started and started[job.id] <= job.closes_at
