"""An independent look at a plan: each rule and each price computed again from the instance alone."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise

from qiying.engines.dispatch._check_cost import expected_cost, expected_late_chance
from qiying.engines.dispatch._check_ways import arrival
from qiying.engines.dispatch._params import Params
from qiying.engines.dispatch._problem import (
    Certificate,
    Job,
    Phase,
    Point,
    Problem,
    Technician,
    Window,
)
from qiying.engines.dispatch._result import UNASSIGNED_CODES, Cost, Plan, Stop, Violation

CLOSE = 1e-6
VIOLATION_CODES = (
    "unknown_job",
    "unknown_technician",
    "same_seat_twice",
    "crew_size",
    "crew_apart",
    "planned_and_left_out",
    "lost",
    "code",
    "skill",
    "certificate",
    "part",
    "provider",
    "refused",
    "released",
    "before_now",
    "order",
    "overlap",
    "arrival",
    "too_early",
    "statutory_date",
    "duration",
    "off_duty",
    "after_shift",
    "fixed_moved",
    "late_chance",
    "cost",
)


def check(
    problem: Problem, plan: Plan, params: Params | None = None, *, with_cost: bool = True
) -> tuple[Violation, ...]:
    """Name each statement of a plan that does not hold; empty when it is sound.

    ``with_cost`` also compares chances and costs, which only plans of ``solve`` state.
    """
    look = _Look(problem, params or Params())
    names = tuple(look.names(plan))
    if names:
        return names
    found = [*look.seats(plan), *look.left_out(plan)]
    for tech in problem.technicians:
        found += look.route(tech, [s for s in plan.stops if s.technician == tech.id])
    if with_cost and not found:
        found += look.prices(plan)
    return tuple(found)


class _Look:
    def __init__(self, problem: Problem, params: Params) -> None:
        self.problem = problem
        self.params = params
        self.jobs = {j.id: j for j in problem.jobs}
        self.people = {t.id: t for t in problem.technicians}

    def names(self, plan: Plan) -> Iterator[Violation]:
        for stop in plan.stops:
            if stop.job not in self.jobs:
                yield Violation("unknown_job", stop.job, "", stop.technician)
            if stop.technician not in self.people:
                yield Violation("unknown_technician", stop.job, "", stop.technician)
        for left in plan.unassigned:
            if left.job not in self.jobs:
                yield Violation("unknown_job", left.job, "", left.code)

    def seats(self, plan: Plan) -> Iterator[Violation]:
        crews: dict[str, list[Stop]] = defaultdict(list)
        for stop in plan.stops:
            crews[stop.job].append(stop)
        for name, stops in crews.items():
            people = Counter(s.technician for s in stops)
            for person, count in people.items():
                if count > 1:
                    yield Violation("same_seat_twice", name, 1, (person, count))
            if len(stops) != self.jobs[name].crew:
                yield Violation("crew_size", name, self.jobs[name].crew, len(stops))
            starts = [s.start_at for s in stops]
            if max(starts) - min(starts) > CLOSE:
                yield Violation("crew_apart", name, min(starts), max(starts))

    def left_out(self, plan: Plan) -> Iterator[Violation]:
        planned = {s.job for s in plan.stops}
        left = Counter(u.job for u in plan.unassigned)
        for name in self.jobs:
            if left[name] + (name in planned) > 1:
                yield Violation("planned_and_left_out", name, 1, left[name] + (name in planned))
            if not left[name] and name not in planned:
                yield Violation("lost", name, 1, 0)
        for row in plan.unassigned:
            if row.code not in UNASSIGNED_CODES:
                yield Violation("code", row.job, UNASSIGNED_CODES, row.code)

    def route(self, tech: Technician, stops: list[Stop]) -> Iterator[Violation]:
        for before, stop in pairwise(stops):
            if stop.start_at < before.start_at - CLOSE:
                yield Violation("order", stop.job, before.start_at, stop.start_at)
            if stop.depart_at < before.finish_at - CLOSE:
                yield Violation("overlap", stop.job, before.finish_at, stop.depart_at)
        yield from self._fixed(tech, stops)
        window: Window | None = None
        place = tech.at
        for stop in stops:
            job, mine = self.jobs[stop.job], self._window(tech, stop)
            if mine != window and mine is not None:
                place = self._start_place(tech, mine)
                window = mine
            yield from self._ability(tech, job, stop, mine)
            yield from self._times(tech, job, stop)
            yield from self._ways(place, job, stop)
            place = job.at

    def _window(self, tech: Technician, stop: Stop) -> Window | None:
        """The shift in which a stop starts, or whose grace it uses."""
        for window in tech.windows:
            if window.starts_at - CLOSE <= stop.depart_at and stop.finish_at <= (
                self._last(tech, window) + CLOSE
            ):
                return window
        return None

    def _last(self, tech: Technician, window: Window) -> float:
        later = [w.starts_at for w in tech.windows if w.starts_at >= window.ends_at]
        return min([window.ends_at + self.params.grace, *later])

    def _start_place(self, tech: Technician, window: Window) -> Point:
        now, held = self.problem.now, tech.commitment
        drives = held is not None and held.phase is not Phase.ON_SITE
        begun = [w for w in tech.windows if drives and w.starts_at <= now < self._last(tech, w)]
        ahead = [w for w in tech.windows if w.ends_at > max(now, tech.free_at)]
        left = sorted({*begun, *ahead}, key=lambda w: w.starts_at)
        is_first = left[:1] in ([window], [])
        return tech.at if is_first or tech.home is None else tech.home

    def _ability(
        self, tech: Technician, job: Job, stop: Stop, window: Window | None
    ) -> Iterator[Violation]:
        held: dict[str, Certificate] = {c.skill: c for c in tech.certificates}
        for skill in job.skills:
            if skill not in held:
                yield Violation("skill", job.id, skill, tech.id)
            elif held[skill].expires_at < stop.finish_at:
                yield Violation("certificate", job.id, stop.finish_at, held[skill].expires_at)
        yield from self._terms(tech, job)
        if window is None and not self._is_under_way(tech, job):
            yield from self._no_window(tech, stop)

    def _terms(self, tech: Technician, job: Job) -> Iterator[Violation]:
        for part in job.parts:
            if part not in tech.carries:
                yield Violation("part", job.id, part, tech.id)
        if job.providers and tech.provider not in job.providers:
            yield Violation("provider", job.id, job.providers, tech.provider)
        if tech.id in job.refused_by:
            yield Violation("refused", job.id, "", tech.id)

    def _is_under_way(self, tech: Technician, job: Job) -> bool:
        """Who has left in time may come late: what has begun is not judged again."""
        return tech.commitment is not None and tech.commitment.job == job.id

    def _no_window(self, tech: Technician, stop: Stop) -> Iterator[Violation]:
        within = any(
            w.starts_at - CLOSE <= stop.depart_at < w.ends_at + self.params.grace
            for w in tech.windows
        )
        code = "after_shift" if within else "off_duty"
        yield Violation(code, stop.job, tech.windows[-1:], (stop.depart_at, stop.finish_at))

    def _times(self, tech: Technician, job: Job, stop: Stop) -> Iterator[Violation]:
        if stop.depart_at < job.released_at - CLOSE:
            yield Violation("released", job.id, job.released_at, stop.depart_at)
        earliest = max(self.problem.now, tech.free_at)
        if stop.depart_at < earliest - CLOSE:
            yield Violation("before_now", job.id, earliest, stop.depart_at)
        if stop.start_at < max(job.opens_at, job.ready_at, stop.arrive_at) - CLOSE:
            yield Violation("too_early", job.id, max(job.opens_at, job.ready_at), stop.start_at)
        late = stop.start_at > job.statutory_at + CLOSE
        if late and not self._is_under_way(tech, job):
            yield Violation("statutory_date", job.id, job.statutory_at, stop.start_at)
        if abs(stop.finish_at - stop.start_at - job.duration) > CLOSE:
            yield Violation("duration", job.id, job.duration, stop.finish_at - stop.start_at)

    def _ways(self, place: Point, job: Job, stop: Stop) -> Iterator[Violation]:
        there = arrival(self.problem, place, job.at, stop.depart_at)
        if abs(stop.arrive_at - there) > 1e-4:
            yield Violation("arrival", job.id, there, stop.arrive_at)

    def _fixed(self, tech: Technician, stops: list[Stop]) -> Iterator[Violation]:
        """Who waits at a job, or drives to one of a crew, does that first."""
        held = tech.commitment
        if held is None or held.phase is Phase.ON_SITE:
            return
        is_fixed = held.phase is Phase.WAITING or self.jobs[held.job].crew > 1
        if is_fixed and stops and stops[0].job != held.job:
            yield Violation("fixed_moved", held.job, tech.id, stops[0].job)

    def prices(self, plan: Plan) -> Iterator[Violation]:
        for stop in plan.stops:
            chance = expected_late_chance(self.jobs[stop.job], stop)
            if abs(chance - stop.late_chance) > CLOSE:
                yield Violation("late_chance", stop.job, chance, stop.late_chance)
        wanted = expected_cost(self.problem, self.params, plan)
        for part in Cost.__dataclass_fields__:
            mine, theirs = getattr(wanted, part), getattr(plan.cost, part)
            if abs(mine - theirs) > 1e-4 * max(1.0, abs(mine)):
                yield Violation("cost", part, mine, theirs)
