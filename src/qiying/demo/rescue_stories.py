"""What happens to the machines: jobs of a year, most of them repaired the same day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np

from qiying.demo.chance import stream
from qiying.demo.packaged import read_toml
from qiying.demo.plan import Plan
from qiying.demo.rescue_ground import Ground, Machine
from qiying.demo.story_rhythm import SHANGHAI

JOBS, SMALL_JOBS = 450, 48
_YEAR = 364
_SHARES: Mapping[str, float] = {
    "remote": 0.055,
    "parts": 0.03,
    "patched": 0.02,
    "refused": 0.035,
    "override": 0.02,
    "pair": 0.01,
    "referred": 0.028,
    "declined": 0.002,
    "withdrawn": 0.006,
    "false_alarm": 0.004,
}
"""Courses of jobs; ``pair`` needs two technicians, ``refused`` goes one rung up the ladder."""
_LIVE = ("whole", "remote", "refused", "override", "pair")
_REWORKS = 6
_KINDS: Mapping[str, float] = {"emergency": 0.79, "repair": 0.185, "retrofit": 0.025}
_HOURS = np.array([1, 1, 1, 1, 1, 2, 3, 5, 9, 10, 10, 8, 6, 8, 9, 9, 8, 7, 5, 4, 4, 3, 2, 1.5])
ACKNOWLEDGE = (2, 9)
Steps = tuple[tuple[str, float], ...]
_OPEN_STATES: tuple[tuple[str, str], ...] = (
    ("accept", "whole"), ("set_out", "whole"), ("set_out", "whole"), ("arrive", "pair"),
    ("diagnose", "whole"), ("quote", "whole"), ("begin", "whole"), ("begin", "whole"),
    ("try_run", "whole"), ("finish", "whole"), ("finish", "whole"), ("finish", "whole"),
    ("wait_for_parts", "parts"), ("patch", "patched"),
)  # fmt: skip
"""After which step the jobs stand that are open at the end, and their course.

Somebody has accepted each: a zone that keeps its promise has none that waits for hours, and nobody
is at the board of a demonstration to take one up.
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """What breaks, in words of the firm and of the technician."""

    title: str
    facts: str
    code: str
    cause: str
    done: str
    part: str


@dataclass(frozen=True, slots=True)
class Job:
    """A job from its report: ``steps`` with the minutes since the step before."""

    number: int
    at: datetime
    machine: int
    kind: str
    urgency: str
    channel: str
    course: str
    fault: Fault
    grade: str
    steps: Steps
    rework_of: int | None = None


def build_jobs(plan: Plan, ground: Ground, *, until: datetime | None = None) -> tuple[Job, ...]:
    """Jobs in the order of time; pure, the same for the same plan and moment.

    Parameters
    ----------
    until
        The moment at which the open jobs stand as they do; the end of the plan when not given.
    """
    told = read_toml("rescue")
    maker = _Maker(plan, ground, told, until=until)
    count = (SMALL_JOBS if plan.is_small else JOBS) - len(_OPEN_STATES) - _REWORKS
    jobs = [maker.past(number) for number in range(count)]
    jobs += [maker.rework(count + n, jobs) for n in range(_REWORKS)]
    jobs += [
        maker.open(count + _REWORKS + n, stop, course)
        for n, (stop, course) in enumerate(_OPEN_STATES)
    ]
    return tuple(sorted(jobs, key=lambda job: (job.at, job.number)))


def draw_live(plan: Plan, ground: Ground, number: int, *, at: datetime) -> Job:
    """One emergency that is over within hours, another for another number."""
    maker = _Maker(plan, ground, read_toml("rescue"), part=f"rescue live {number}")
    return maker.live(number, at)


class _Maker:
    def __init__(
        self,
        plan: Plan,
        ground: Ground,
        told: Mapping[str, Any],
        part: str = "rescue jobs",
        until: datetime | None = None,
    ) -> None:
        self._plan = plan
        self._until = until or plan.ends_at
        self._chance = stream(plan.seed, part)
        self._skills = {row["code"]: row["skill"] for row in told["classes"]}
        self._permits = {row["code"]: row["permits"] for row in told["classes"]}
        self._usual = {row["code"]: row["usual"][0] for row in told["classes"]}
        self._faults: Mapping[str, Sequence[Sequence[str]]] = told["faults"]
        self._machines = ground.machines
        self._able = [
            index for index, m in enumerate(ground.machines) if m.firm in plan.callers
        ] or list(range(len(ground.machines)))
        self._weak = self._able[:: max(len(self._able) // 30, 1)]
        self._taken: set[int] = set()
        self._courses = self._deal(SMALL_JOBS if plan.is_small else JOBS)

    def past(self, number: int) -> Job:
        chance = self._chance
        days = int(chance.integers(4, _YEAR))
        hour = int(chance.choice(24, p=_HOURS / _HOURS.sum()))
        at = datetime.combine(
            self._plan.as_of - timedelta(days=days), time(hour), tzinfo=SHANGHAI
        ) + timedelta(minutes=int(chance.integers(60)))
        course = self._courses[number % len(self._courses)]
        return self._job(number, max(at, self._plan.begins_at + timedelta(hours=1)), course)

    def _deal(self, count: int) -> list[str]:
        """Courses by their shares to the job, in a drawn order; the rest goes well at once."""
        dealt = [name for name, share in _SHARES.items() for _ in range(round(share * count))]
        dealt = (dealt + ["whole"] * count)[:count]
        return [dealt[int(index)] for index in self._chance.permutation(count)]

    def open(self, number: int, stop: str, course: str) -> Job:
        """A job of the last hours that has come as far as ``stop``."""
        job = self._job(number, self._until, course, is_open=True)
        steps, spent = [], float(self._chance.integers(3, 14))
        for name, wait in job.steps:
            steps.append((name, min(wait, 45.0)))
            spent += min(wait, 45.0)
            if name == stop:
                break
        if stop == "finish":
            spent += 120
        at = self._until - timedelta(minutes=spent)
        return _copy(job, at=at, steps=tuple(steps))

    def live(self, number: int, at: datetime) -> Job:
        course = self._one({name: _SHARES.get(name, 0.75) for name in _LIVE})
        return self._job(number, at, course, is_open=True)

    def rework(self, number: int, jobs: Sequence[Job]) -> Job:
        """A repair that did not hold: some days after a job that ended well."""
        done = [j for j in jobs if j.course == "whole" and j.kind == "emergency"]
        old = done[int(self._chance.integers(len(done)))]
        days = float(self._chance.integers(6, 40))
        at = min(old.at + timedelta(days=days), self._plan.ends_at - timedelta(days=4))
        steps = tuple(s for s in old.steps if s[0] not in ("quote", "accept_quote"))
        return _copy(old, number=number, at=at, steps=steps, rework_of=old.number)

    def _job(self, number: int, at: datetime, course: str, *, is_open: bool = False) -> Job:
        chance = self._chance
        index = self._machine(is_open=is_open)
        machine = self._machines[index]
        rows = self._faults[self._skills[machine.kind]]
        row = rows[int(chance.integers(len(rows)))]
        kind = "emergency" if is_open else self._one(_KINDS)
        urgency = "line_stopped" if machine.criticality == "stops_line" else "slowed"
        return Job(
            number=number,
            at=at,
            machine=index,
            kind=kind,
            urgency=urgency if kind == "emergency" else "not_urgent",
            channel=("button", "scan", "phone")[int(chance.choice(3, p=[0.6, 0.25, 0.15]))],
            course=course,
            fault=Fault(row[0].format(name=machine.name), *row[1:]),
            grade=("very_good", "good", "fair")[int(chance.choice(3, p=[0.72, 0.22, 0.06]))],
            steps=self._steps(course, machine),
        )

    def _machine(self, *, is_open: bool) -> int:
        """One of those that call; a few machines break again and again; one open job a machine."""
        pool = self._weak if not is_open and self._chance.random() < 0.22 else self._able
        while True:
            index = pool[int(self._chance.integers(len(pool)))]
            if index not in self._taken:
                break
            pool = self._able
        if is_open:
            self._taken.add(index)
        return index

    def _one(self, shares: Mapping[str, float]) -> str:
        names = list(shares)
        weights = np.array([shares[n] for n in names], dtype=np.float64)
        return names[int(self._chance.choice(len(names), p=weights / weights.sum()))]

    def _steps(self, course: str, machine: Machine) -> Steps:
        usual = float(self._usual[machine.kind])
        permits = [("issue_permit", self._about(3, 8))] if self._permits[machine.kind] else []
        opening = [("acknowledge", self._about(*ACKNOWLEDGE))]
        if course == "withdrawn":
            return (*opening, ("withdraw", self._about(5, 20)))
        if course == "false_alarm":
            return (*opening, ("dismiss", self._about(5, 15)))
        call = [(_ASKED.get(course, "offer"), self._about(1, 5))]
        if course == "refused":
            call.append(("refuse", self._about(2, 6)))
        call.append(("accept", self._about(2, 8)))
        if course == "pair":
            opening = [("classify", 1.0), *opening]
        if course == "remote":
            return (*opening, *call, *self._remote())
        there = [("set_out", self._about(2, 9)), ("arrive", self._about(7, 26))]
        look = [("diagnose", self._about(8, 35))]
        if course == "referred":
            return (*opening, *call, *there, *look, ("refer", self._about(10, 40)))
        offer = [("quote", self._about(4, 12))]
        if course == "declined":
            return (*opening, *call, *there, *look, *offer, ("decline_quote", 12.0))
        agreed = [*offer, ("accept_quote", self._about(3, 15)), *permits, ("begin", 3.0)]
        work = [("use_part", usual * self._about(0.3, 0.9)), ("try_run", usual * 0.3)]
        middle = self._interruption(course, there, permits)
        end = [("finish", self._about(8, 20)), ("confirm", self._about(20, 900)), ("rate", 6.0)]
        return (*opening, *call, *there, *look, *agreed, *middle, *work, *end)

    def _remote(self) -> Steps:
        return (
            ("help_remotely", self._about(2, 8)),
            ("diagnose", self._about(6, 25)),
            ("solve_remotely", self._about(4, 18)),
            ("confirm", self._about(20, 400)),
            ("rate", 5.0),
        )

    def _interruption(
        self, course: str, there: list[tuple[str, float]], permits: list[tuple[str, float]]
    ) -> list[tuple[str, float]]:
        """Parts are missing, or it is patched until a day: people leave and come back."""
        if course not in ("parts", "patched"):
            return []
        stop, on = ("wait_for_parts", "parts_came") if course == "parts" else ("patch", "resume")
        away = self._about(15 * 60, 40 * 60)
        return [(stop, self._about(20, 60)), (on, away), *there, *permits, ("begin", 3.0)]

    def _about(self, low: float, high: float) -> float:
        return round(float(self._chance.uniform(low, high)), 1)


_ASKED = {"override": "override"}


def _copy(job: Job, **changes: Any) -> Job:
    return Job(**{name: changes.get(name, getattr(job, name)) for name in Job.__slots__})
