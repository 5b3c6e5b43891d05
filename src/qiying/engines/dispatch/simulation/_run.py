"""One simulated day: events in a heap, the policy asked whenever something is known anew."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from qiying.engines.dispatch._check import check
from qiying.engines.dispatch._check_ways import arrival
from qiying.engines.dispatch._params import Params
from qiying.engines.dispatch._problem import Job, Problem, Published, Window
from qiying.engines.dispatch._result import Plan, Stop
from qiying.engines.dispatch.simulation._draw import ORIGIN, Day, follow_up
from qiying.engines.dispatch.simulation._people import Doing, Person

Policy = Callable[[Problem], Plan]
"""What decides: the same object in production and here."""
END = 2520.0
REFUSED_WITHIN = 2.0
NEARLY_NOW = 0.5


@dataclass(slots=True)
class Seen:
    """What is recorded of a job."""

    job: Job
    started_at: float | None = None
    done_at: float | None = None
    changes: int = 0
    last: str = ""


@dataclass(slots=True)
class Record:
    """What is recorded of a day under one policy."""

    jobs: dict[str, Seen] = field(default_factory=dict)
    travel: float = 0.0
    overtime: float = 0.0
    decisions: int = 0
    violations: list[str] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


class Run:
    """A day under a policy. ``clock`` measures CPU seconds of decisions; without it they are 0."""

    def __init__(
        self,
        day: Day,
        policy: Policy,
        *,
        params: Params | None = None,
        clock: Callable[[], float] | None = None,
        checks: bool = True,
        publishes: bool = True,
    ) -> None:
        self.day, self.policy = day, policy
        self.params = params or Params()
        self.clock, self.checks, self.publishes = clock, checks, publishes
        self.record = Record()
        self.people = {t.id: Person(t, t.at) for t in day.technicians}
        self.truth = dict(day.truth)
        self.open: dict[str, Job] = {}
        self.crews: dict[str, list[str]] = {}
        self.plan = Plan(())
        self.events: list[tuple[float, int, str, Any]] = []
        self.count = 0
        self.woken: set[float] = set()
        self.ground = Problem(ORIGIN, 0.0, day.skills, (), (), day.travel)

    def run(self) -> Record:
        """Play the day to its end."""
        for job in self.day.jobs:
            self._at(max(job.released_at, 0.0), "release", job)
        for tech in self.day.technicians:
            for window in tech.windows:
                self._at(max(window.starts_at, 0.0), "shift", tech.id)
        while self.events and self.events[0][0] <= END:
            now, _order, kind, payload = heapq.heappop(self.events)
            asks = getattr(self, f"_on_{kind}")(now, payload)
            asks |= self._pending
            is_last = not self.events or self.events[0][0] > now
            self._pending = asks and not is_last
            if asks and is_last:
                self._decide(now)
        return self.record

    _pending = False

    def _at(self, when: float, kind: str, payload: Any) -> None:
        self.count += 1
        heapq.heappush(self.events, (when, self.count, kind, payload))

    def _on_release(self, now: float, job: Job) -> bool:
        self.open[job.id] = job
        self.record.jobs[job.id] = Seen(job)
        if now < job.earliest <= END:
            self._at(job.earliest, "wake", None)
        return True

    def _on_shift(self, now: float, name: str) -> bool:
        person = self.people[name]
        if person.doing is Doing.IDLE and person.tech.home is not None:
            person.at = person.tech.home
        return True

    def _on_wake(self, now: float, _nothing: None) -> bool:
        return True

    def _on_refused(self, now: float, pair: tuple[str, str]) -> bool:
        job = self.open.get(pair[0])
        if job is not None:
            names = (*job.refused_by, pair[1])
            self.open[job.id] = replace(job, refused_by=names)
        return job is not None

    def _on_arrive(self, now: float, payload: tuple[str, int]) -> bool:
        person = self.people[payload[0]]
        if person.doing is not Doing.DRIVING or person.drive != payload[1]:
            return False
        self.record.travel += person.there_at - person.left_at
        job = self.open[person.job]
        person.at, person.doing = job.at, Doing.WAITING
        self.crews.setdefault(job.id, []).append(payload[0])
        if len(self.crews[job.id]) < job.crew:
            return False
        if now < job.earliest:
            self._at(job.earliest, "begin", job.id)
            return False
        return self._on_begin(now, job.id)

    def _on_begin(self, now: float, name: str) -> bool:
        if name not in self.open:
            return False
        del self.open[name]
        self.record.jobs[name].started_at = now
        for member in self.crews[name]:
            person = self.people[member]
            person.doing, person.began_at = Doing.WORKING, now
        self._at(now + self.truth[name].duration, "finish", name)
        return False

    def _on_finish(self, now: float, name: str) -> bool:
        seen, truth = self.record.jobs[name], self.truth[name]
        seen.done_at = now
        for member in self.crews[name]:
            person = self.people[member]
            person.doing, person.job, person.target = Doing.IDLE, "", None
            ends = [w.ends_at for w in person.tech.windows if w.starts_at <= seen.started_at]  # type: ignore[operator]  # begun
            self.record.overtime += max(0.0, now - max(ends, default=now))
        if truth.is_rework or truth.part_missing:
            words = [self.day.seed, self.day.number, int.from_bytes(name.encode(), "big"), 9]
            job, self.truth[f"{name}+"] = follow_up(seen.job, truth, now, words)
            self._at(now, "release", job)
        return True

    # -- deciding -------------------------------------------------------------------------------

    def problem(self, now: float) -> Problem:
        """What the desk knows at a minute."""
        self.open = {n: j for n, j in self.open.items() if self._is_wanted(now, j)}
        seen = self.record.jobs
        people = []
        for name, person in self.people.items():
            job = seen[person.job].job if person.job else None
            people.append(person.seen(now, self._windows(now, name), job))
        told: tuple[Published, ...] = ()
        if self.publishes:
            kept = (s for s in self.plan.stops if s.job in self.open)
            told = tuple(Published(s.job, s.technician, s.start_at) for s in kept)
        return Problem(
            ORIGIN,
            now,
            self.day.skills,
            tuple(people),
            tuple(self.open.values()),
            self.day.travel,
            published=told,
            demand=self.day.demand,
        )

    def _is_wanted(self, now: float, job: Job) -> bool:
        """A window that has closed is missed, unless somebody is there or on the way."""
        return job.statutory_at >= now or any(p.job == job.id for p in self.people.values())

    def _windows(self, now: float, name: str) -> tuple[Window, ...]:
        windows = self.people[name].tech.windows
        if name in self.day.sick:
            return tuple(w for w in windows if w.starts_at > now)
        return windows

    def _decide(self, now: float) -> None:
        problem = self.problem(now)
        start = self.clock() if self.clock else 0.0
        plan = self.policy(problem)
        self.record.cpu.append(self.clock() - start if self.clock else 0.0)
        self.record.decisions += 1
        if self.checks:
            found = check(problem, plan, self.params, with_cost=False)
            self.record.violations += [v.code for v in found]
        self.plan = plan
        self._apply(now, problem, plan)

    def _apply(self, now: float, problem: Problem, plan: Plan) -> None:
        first: dict[str, Stop] = {}
        for stop in plan.stops:
            first.setdefault(stop.technician, stop)
            self._note(stop)
        waits = []
        for tech in problem.technicians:
            wanted = first.get(tech.id)
            person = self.people[tech.id]
            if wanted is None:
                self._abandon(now, person)
            elif person.doing in (Doing.IDLE, Doing.DRIVING) and person.job != wanted.job:
                delay = self._send(now, person, wanted)
                waits += [delay] if delay else []
        self._wake(now, waits)

    def _note(self, stop: Stop) -> None:
        seen = self.record.jobs[stop.job]
        if seen.last and seen.last != stop.technician and seen.job.crew == 1:
            seen.changes += 1
        seen.last = stop.technician

    def _abandon(self, now: float, person: Person) -> None:
        """Stop driving to a job that is somebody else's now."""
        if person.doing is Doing.DRIVING and self.open[person.job].crew == 1:
            self._halt(now, person)

    def _halt(self, now: float, person: Person) -> None:
        self.record.travel += max(0.0, min(now, person.there_at) - person.left_at)
        person.at = person.place(now)
        person.doing, person.job, person.target = Doing.IDLE, "", None

    def _send(self, now: float, person: Person, stop: Stop) -> float | None:
        """Let somebody leave, or return the minute at which it is time."""
        window = person.window(now, self._windows(now, person.tech.id))
        turnout = window.turnout if window and window.on_call else 0.0
        fresh = person.doing is Doing.IDLE
        is_off = window is None and fresh
        if is_off or stop.depart_at > now + NEARLY_NOW + turnout * fresh:
            self._abandon(now, person)
            return stop.depart_at - turnout
        if fresh and self.day.refuses(stop.job, person.tech.id):
            if person.tech.id not in self.open[stop.job].refused_by:
                self._at(now + REFUSED_WITHIN, "refused", (stop.job, person.tech.id))
            return None
        if not fresh:
            self._halt(now, person)
        self._drive(max(now, stop.depart_at), person, stop)
        return None

    def _drive(self, leave: float, person: Person, stop: Stop) -> None:
        job = self.open[stop.job]
        factor = self.truth[stop.job].way_factor
        minutes = arrival(self.ground, person.at, job.at, leave) - leave
        person.doing, person.job, person.target = Doing.DRIVING, job.id, job.at
        person.left_at, person.there_at = leave, leave + minutes * factor
        person.drive += 1
        self._at(person.there_at, "arrive", (person.tech.id, person.drive))

    def _wake(self, now: float, waits: list[float]) -> None:
        later = [w for w in waits if w > now]
        if later:
            when = round(max(min(later), now + 0.5), 3)
            if when not in self.woken:
                self.woken.add(when)
                self._at(when, "wake", None)
