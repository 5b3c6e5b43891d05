"""The price of a plan, computed for the checker from its stops and the instance."""

from collections import defaultdict
from math import hypot

from qiying.engines.dispatch._check_ways import arrival
from qiying.engines.dispatch._params import Params
from qiying.engines.dispatch._problem import (
    FOREVER,
    Job,
    Kind,
    Phase,
    Point,
    Problem,
    Technician,
    Window,
)
from qiying.engines.dispatch._result import Cost, Plan, Stop


def expected_late_chance(job: Job, stop: Stop) -> float:
    """Chance that the last deadline is broken, by Student's t with two degrees of freedom."""
    last = [job.released_at + s.after for s in job.promise]
    last += [job.closes_at] if job.closes_at < FOREVER else []
    if not last:
        return 0.0 if stop.start_at <= FOREVER or stop.spread else 0.5
    return _chance(stop.start_at - max(last), stop.spread)


def _chance(over: float, spread: float) -> float:
    size = hypot(over, spread * 2**0.5)
    return 0.5 * (1 + over / size) if size else 0.0


def _expected_minutes(over: float, spread: float) -> float:
    return 0.5 * (over + hypot(over, spread * 2**0.5))


def expected_cost(problem: Problem, params: Params, plan: Plan) -> Cost:
    """Price each part; spreads are taken from the stops, everything else from the instance."""
    parts: dict[str, float] = defaultdict(float)
    jobs = {j.id: j for j in problem.jobs}
    for tech in problem.technicians:
        _price_route(problem, params, tech, [(jobs[s.job], s) for s in plan.of(tech.id)], parts)
    for row in plan.unassigned:
        job = jobs[row.job]
        w = problem.weights
        is_emergency = job.kind is Kind.EMERGENCY
        parts["unserved"] += job.weight * (w.unserved if is_emergency else w.unserved_window)
    return Cost(**parts)


def _price_route(
    problem: Problem,
    params: Params,
    tech: Technician,
    route: list[tuple[Job, Stop]],
    parts: dict[str, float],
) -> None:
    free: dict[Window, float] = {}
    windows = _windows(problem, params, tech)
    for job, stop in route:
        within = (w for w in windows if stop.finish_at <= _last(params, tech, w) + 1e-6)
        # who is on the way finishes what was begun, however long after the shift
        window = next(within, windows[-1])
        ready = free.get(window, _ready(problem, tech, window))
        leave = max(ready, job.released_at, problem.now)
        place = _place(tech, windows, window, route, stop)
        minutes = arrival(problem, place, job.at, leave) - leave
        share = job.weight / job.crew
        parts["travel"] += problem.weights.travel * minutes
        parts["response"] += _response(problem, job, stop) * share
        parts["lateness"] += _late(problem, job, stop) * share
        late = max(0.0, stop.finish_at - window.ends_at) - max(0.0, ready - window.ends_at)
        parts["overtime"] += problem.weights.overtime * max(0.0, late)
        parts["stability"] += _stability(problem, tech, job, stop)
        parts["cover"] += (minutes + job.duration) * _cover(problem, params, tech, window, stop)
        free[window] = stop.finish_at


def _windows(problem: Problem, params: Params, tech: Technician) -> list[Window]:
    """Shifts ahead, and one that is over but from which somebody is still on the way."""
    drives = tech.commitment is not None and tech.commitment.phase is not Phase.ON_SITE
    return [
        w
        for w in tech.windows
        if w.ends_at > max(problem.now, tech.free_at)
        or (drives and w.starts_at <= problem.now < _last(params, tech, w))
    ]


def _last(params: Params, tech: Technician, window: Window) -> float:
    later = [w.starts_at for w in tech.windows if w.starts_at >= window.ends_at]
    return min([window.ends_at + params.grace, *later])


def _ready(problem: Problem, tech: Technician, window: Window) -> float:
    called = window.turnout if window.on_call and tech.commitment is None else 0.0
    return max(problem.now + called, window.starts_at, tech.free_at)


def _place(
    tech: Technician,
    windows: list[Window],
    window: Window,
    route: list[tuple[Job, Stop]],
    stop: Stop,
) -> Point:
    """Where the way to a stop begins."""
    before = [(j, s) for j, s in route if s.finish_at <= stop.depart_at + 1e-6 and s is not stop]
    within = [(j, s) for j, s in before if s.depart_at >= window.starts_at - 1e-6]
    if within:
        return within[-1][0].at
    return tech.at if window == windows[0] or tech.home is None else tech.home


def _response(problem: Problem, job: Job, stop: Stop) -> float:
    if job.kind is not Kind.EMERGENCY:
        open_from = max(job.opens_at, job.ready_at, job.released_at)
        return problem.weights.waiting * (stop.start_at - open_from)
    return problem.weights.response * (stop.start_at - job.released_at)


def _late(problem: Problem, job: Job, stop: Stop) -> float:
    w, pay = problem.weights, 0.0
    for step in job.promise:
        over = stop.start_at - job.released_at - step.after
        fixed = w.late_fixed if step.fixed is None else step.fixed
        slope = w.late_per_min if step.per_min is None else step.per_min
        pay += fixed * _chance(over, stop.spread) + slope * _expected_minutes(over, stop.spread)
    if job.closes_at < FOREVER:
        over = stop.start_at - job.closes_at
        pay += w.missed_fixed * _chance(over, stop.spread)
        pay += w.missed_per_min * _expected_minutes(over, stop.spread)
    return pay


def _stability(problem: Problem, tech: Technician, job: Job, stop: Stop) -> float:
    if job.crew > 1:
        return 0.0
    told = {p.job: p for p in problem.published}.get(job.id)
    driver = [t.id for t in problem.technicians if t.commitment and t.commitment.job == job.id]
    w, pay = problem.weights, 0.0
    if driver:
        pay += w.divert * (driver[-1] != tech.id)
    elif told:
        pay += w.move * (told.technician != tech.id)
    return pay + (w.slip * max(0.0, stop.start_at - told.start_at) if told else 0.0)


def _cover(
    problem: Problem, params: Params, tech: Technician, window: Window, stop: Stop
) -> float:
    """Expected calls lost by a minute of this person in the hour of the stop, times their price."""
    hour = min(max(int((stop.start_at - problem.now) / 60), 0), params.cover_hours - 1)
    middle = problem.now + 60 * hour + (30 if hour else 1)
    clock = int(((problem.minute_of_day + problem.now) / 60 + hour) % 24)
    if not _is_on_duty(problem, tech, window, middle):
        return 0.0
    price = 0.0
    for row in problem.demand:
        if row.skill not in _lasting(params, tech, window):
            continue
        others = sum(
            row.skill in _lasting(params, other, w) and _is_on_duty(problem, other, w, middle)
            for other in problem.technicians
            for w in _windows(problem, params, other)
        )
        price += row.hourly[clock] * (1 - params.busy) * params.busy ** (others - 1)
    return price * problem.weights.cover * params.late_call_price / 60


def _lasting(params: Params, tech: Technician, window: Window) -> set[str]:
    last = _last(params, tech, window)
    return {c.skill for c in tech.certificates if c.expires_at >= last}


def _is_on_duty(problem: Problem, tech: Technician, window: Window, middle: float) -> bool:
    ready = _ready(problem, tech, window)
    return ready < window.ends_at and ready <= middle + 30 and middle < window.ends_at
