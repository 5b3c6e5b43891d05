"""Policies: first come first served, nearest idle, ours; each is called with what the desk knows."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace

from qiying.engines.dispatch._check_ways import arrival
from qiying.engines.dispatch._params import Params
from qiying.engines.dispatch._people import accepts, leaving
from qiying.engines.dispatch._problem import Job, Kind, Phase, Problem, Technician, Window
from qiying.engines.dispatch._result import Plan, Stop, Unassigned
from qiying.engines.dispatch._solve import search


@dataclass(frozen=True, slots=True)
class Idle:
    """Somebody who can leave now."""

    tech: Technician
    window: Window
    leave: float


def fifo(problem: Problem, params: Params | None = None) -> Plan:
    """Whoever called first is served first, by the first who is idle and able."""
    return _greedy(problem, params or Params(), _by_call, lambda _way: 0.0)


def nearest_idle(problem: Problem, params: Params | None = None) -> Plan:
    """The heaviest, then the oldest call goes to the idle able technician who is there soonest."""
    return _greedy(problem, params or Params(), _by_weight, lambda way: way)


def _by_call(job: Job) -> tuple[float, ...]:
    return (max(job.released_at, job.earliest),)


def _by_weight(job: Job) -> tuple[float, ...]:
    return (-job.weight if job.kind is Kind.EMERGENCY else 0.0, max(job.released_at, job.earliest))


def _greedy(
    problem: Problem,
    params: Params,
    order: Callable[[Job], tuple[float, ...]],
    rank: Callable[[float], float],
) -> Plan:
    """Send idle people to jobs that can start now, one after the other."""
    stops = list(_under_way(problem))
    gone = {s.technician for s in stops}
    seats = {j.id: sum(s.job == j.id for s in stops) for j in problem.jobs}
    idle = [p for p in _idle(problem) if p.tech.id not in gone]
    for job in sorted(problem.jobs, key=lambda j: (*order(j), j.id)):
        lack = job.crew - seats[job.id]
        if lack <= 0 or job.earliest > problem.now:
            continue
        ranked = sorted(
            (
                (rank(s.arrive_at), i, s, p.window.ends_at + params.grace)
                for i, p in enumerate(idle)
                if (s := _stop(problem, params, p, job))
            ),
            key=lambda offer: offer[:2],
        )
        there = max((s.arrive_at for s in stops if s.job == job.id), default=0.0)
        offers = _together(job, [(s, last) for _rank, _i, s, last in ranked], lack, there)
        if len(offers) == lack:
            chosen = {offer.technician for offer in offers}
            stops += offers
            seats[job.id] = job.crew
            idle = [p for p in idle if p.tech.id not in chosen]
    return _whole(problem, stops)


def _together(job: Job, offers: list[tuple[Stop, float]], lack: int, there: float) -> list[Stop]:
    """The first who can also finish in their shift once the last of the crew is there."""
    while True:
        chosen = offers[:lack]
        start = max([there, job.earliest, *(s.arrive_at for s, _last in chosen)])
        kept = [offer for offer in chosen if start + job.duration <= offer[1]]
        if len(kept) == len(chosen):
            return [stop for stop, _last in chosen]
        offers = [*kept, *offers[lack:]]


def _idle(problem: Problem) -> Iterator[Idle]:
    for tech in problem.technicians:
        if tech.commitment is None and tech.free_at <= problem.now:
            for window in tech.windows:
                if window.starts_at <= problem.now < window.ends_at:
                    yield Idle(tech, window, leaving(problem, tech, window))


def _stop(problem: Problem, params: Params, person: Idle, job: Job) -> Stop | None:
    """The visit of somebody who leaves now; nothing if that may not be."""
    held = {c.skill for c in person.tech.certificates if c.expires_at >= person.window.ends_at}
    if not held.issuperset(job.skills) or not accepts(person.tech, job):
        return None
    there = arrival(problem, person.tech.at, job.at, person.leave)
    finish = max(there, job.earliest) + job.duration
    if finish > person.window.ends_at + params.grace or there > job.statutory_at:
        return None
    return _visit(job, person.tech.id, person.leave, there, there)


def _visit(job: Job, technician: str, leave: float, there: float, start: float) -> Stop:
    start = max(start, job.earliest)
    return Stop(job.id, technician, leave, there, start, start + job.duration, 0.0, 0.0)


def _under_way(problem: Problem) -> Iterator[Stop]:
    """Visits of people who drive or wait: they go on."""
    jobs = {j.id: j for j in problem.jobs}
    for tech in problem.technicians:
        held = tech.commitment
        if held is not None and held.phase is not Phase.ON_SITE:
            leave = max(problem.now, tech.free_at)
            there = arrival(problem, tech.at, jobs[held.job].at, leave)
            yield _visit(jobs[held.job], tech.id, leave, there, there)


def _whole(problem: Problem, stops: list[Stop]) -> Plan:
    """Let crews start together and name what waits."""
    starts: dict[str, float] = {}
    for stop in stops:
        starts[stop.job] = max(starts.get(stop.job, 0.0), stop.start_at)
    jobs = {j.id: j for j in problem.jobs}
    manned = Counter(s.job for s in stops)
    starts = {n: at for n, at in starts.items() if manned[n] == jobs[n].crew}
    together = [
        _visit(jobs[s.job], s.technician, s.depart_at, s.arrive_at, starts[s.job])
        for s in stops
        if s.job in starts
    ]
    together.sort(key=lambda s: (s.technician, s.start_at, s.job))
    left = [Unassigned(n, "waiting") for n in sorted(jobs) if n not in starts]
    return Plan(tuple(together), tuple(left))


@dataclass(frozen=True, slots=True)
class Ours:
    """Insertion, then ruin and recreate: what production calls.

    ``look_ahead`` leaves work out that opens later than so many minutes from now; ``weights`` are
    prices put in the place of the problem's.
    """

    params: Params = field(default_factory=Params)
    look_ahead: float = 180.0
    seed: int = 0
    compiled: bool | None = None
    weights: tuple[tuple[str, float], ...] = ()

    def __call__(self, problem: Problem) -> Plan:
        """Plan from what is known now."""
        soon = tuple(j for j in problem.jobs if self._is_soon(problem, j))
        names = {j.id for j in soon}
        told = tuple(p for p in problem.published if p.job in names)
        weights = replace(problem.weights, **dict(self.weights))
        part = replace(problem, jobs=soon, published=told, weights=weights)
        plan = search(part, self.params, seed=self.seed, compiled=self.compiled).plan
        later = [Unassigned(j.id, "later") for j in problem.jobs if j.id not in names]
        return replace(plan, unassigned=(*plan.unassigned, *later))

    def _is_soon(self, problem: Problem, job: Job) -> bool:
        held = any(t.commitment and t.commitment.job == job.id for t in problem.technicians)
        return held or job.earliest <= problem.now + self.look_ahead
