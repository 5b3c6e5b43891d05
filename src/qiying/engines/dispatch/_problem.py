"""The instance: technicians, jobs, travel, what is published. Plain values, validated here.

All times are minutes after ``Problem.origin``; all lengths are metres. An error is a ``MalformedError``
with a reason code; readers of JSON put the place before it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from qiying.engines.dispatch._params import Weights

FOREVER = 1e9
"""Later than any minute of an instance."""
MOST_SKILLS = 62
MOST_STEPS = 3


class MalformedError(ValueError):
    """An instance that means nothing: where it is wrong, and a code that says why."""

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(f"{place}: {reason}" if place else reason)
        self.reason = reason
        self.place = place


def need(*, holds: bool, reason: str, place: str = "") -> None:
    """Refuse a value."""
    if not holds:
        raise MalformedError(reason, place)


def _finite(*values: float) -> bool:
    return all(math.isfinite(v) for v in values)


@dataclass(frozen=True, slots=True)
class Point:
    """A place in metres east and north; ``node`` is its row of the matrix, where there is one."""

    x: float
    y: float
    node: int = -1

    def __post_init__(self) -> None:
        need(holds=_finite(self.x, self.y), reason="not_a_number")


@dataclass(frozen=True, slots=True)
class Travel:
    """How long a way takes: a matrix of minutes, or straight line times ``detour`` at ``kmh``.

    ``speeds`` are 24 factors of the hour of the day on the speed; none means always 1. ``noise`` is
    the standard deviation of a way as a share of it.
    """

    kmh: float = 35.0
    detour: float = 1.3
    speeds: tuple[float, ...] = ()
    noise: float = 0.15
    matrix: tuple[tuple[float, ...], ...] = ()

    def __post_init__(self) -> None:
        need(holds=self.kmh > 0 and self.detour >= 1, reason="not_positive")
        need(holds=len(self.speeds) in (0, 24), reason="hours_are_24")
        need(holds=all(0.05 <= v <= 20 for v in self.speeds), reason="speed_out_of_range")
        need(holds=0 <= self.noise < 1, reason="noise_out_of_range")
        need(holds=all(len(r) == len(self.matrix) for r in self.matrix), reason="not_square")
        need(holds=all(v >= 0 for row in self.matrix for v in row), reason="negative_way")

    def distance(self, a: Point, b: Point) -> float:
        """Minutes of a way at the ordinary speed."""
        if self.matrix:
            return self.matrix[a.node][b.node]
        dx, dy = a.x - b.x, a.y - b.y
        return math.sqrt(dx * dx + dy * dy) * (self.detour * 0.06 / self.kmh)


@dataclass(frozen=True, slots=True)
class Window:
    """A time on duty. On call, ``turnout`` minutes pass between the call and leaving."""

    starts_at: float
    ends_at: float
    on_call: bool = False
    turnout: float = 0.0

    def __post_init__(self) -> None:
        need(holds=_finite(self.starts_at, self.ends_at), reason="not_a_number")
        need(holds=self.starts_at < self.ends_at, reason="ends_before_it_starts")
        need(holds=self.turnout >= 0, reason="negative_turnout")


@dataclass(frozen=True, slots=True)
class Certificate:
    """A skill and until when it may be used; expiry is exclusive."""

    skill: str
    expires_at: float = FOREVER


class Phase(StrEnum):
    """How far somebody is with a job."""

    EN_ROUTE = "en_route"
    """Under way: may be turned round, at a price."""
    WAITING = "waiting"
    """There, waiting for the rest of the crew: does not move."""
    ON_SITE = "on_site"
    """At work: does not move, the job is not planned again."""


@dataclass(frozen=True, slots=True)
class Commitment:
    """What somebody is doing now."""

    job: str
    phase: Phase


@dataclass(frozen=True, slots=True)
class Technician:
    """Somebody who can be sent.

    ``at`` is where the next way begins, at ``free_at`` at the earliest, whose standard deviation
    is ``free_spread``. Shifts after the first begin at ``home``. ``carries`` are parts in the van.
    """

    id: str
    at: Point
    certificates: tuple[Certificate, ...]
    windows: tuple[Window, ...]
    provider: str = ""
    home: Point | None = None
    free_at: float = 0.0
    free_spread: float = 0.0
    commitment: Commitment | None = None
    carries: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        need(holds=bool(self.id), reason="no_id")
        need(holds=_finite(self.free_at, self.free_spread), reason="not_a_number")
        need(holds=self.free_spread >= 0, reason="negative_spread")
        ends = [w.ends_at for w in self.windows]
        later = [w.starts_at for w in self.windows[1:]]
        need(
            holds=all(e <= s for e, s in zip(ends, later, strict=False)), reason="windows_overlap"
        )


@dataclass(frozen=True, slots=True)
class Step:
    """A step of a promise: beyond ``after`` minutes, ``fixed`` once and ``per_min`` each minute."""

    after: float
    fixed: float | None = None
    per_min: float | None = None

    def __post_init__(self) -> None:
        given = [v for v in (self.fixed, self.per_min) if v is not None]
        need(holds=_finite(self.after, *given), reason="not_a_number")
        need(holds=self.after >= 0 and min(given, default=0) >= 0, reason="negative_step")


class Kind(StrEnum):
    """What a job is."""

    EMERGENCY = "emergency"
    INSPECTION = "inspection"
    RETROFIT = "retrofit"


@dataclass(frozen=True, slots=True)
class Job:
    """Work to be done.

    An emergency counts its response from ``released_at`` and pays by ``promise``; other work is
    wanted between ``opens_at`` and ``closes_at``. Nothing starts after ``statutory_at``. Each of
    ``crew`` people holds all ``skills``, carries all ``parts`` and comes from one of ``providers``
    (any, if none is named); ``refused_by`` are technicians who will not come. ``duration`` and
    ``spread`` are the mean and the standard deviation of the work. ``ready_at`` is when it can
    start at the earliest, such as when parts arrive.
    """

    id: str
    kind: Kind
    at: Point
    skills: tuple[str, ...]
    released_at: float = 0.0
    duration: float = 60.0
    spread: float = 0.0
    weight: float = 1.0
    crew: int = 1
    promise: tuple[Step, ...] = ()
    opens_at: float = -FOREVER
    closes_at: float = FOREVER
    statutory_at: float = FOREVER
    ready_at: float = -FOREVER
    parts: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    refused_by: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        need(holds=bool(self.id), reason="no_id")
        need(holds=_finite(self.released_at, self.duration), reason="not_a_number")
        need(holds=self.duration > 0 and self.spread >= 0, reason="no_duration")
        need(holds=0 < self.weight < 1e6, reason="weight_out_of_range")
        need(holds=1 <= self.crew <= 9, reason="crew_out_of_range")
        need(holds=len(self.promise) <= MOST_STEPS, reason="too_many_steps")
        need(holds=self.opens_at < self.closes_at, reason="window_is_empty")
        need(holds=self.earliest <= self.statutory_at, reason="statutory_date_is_past")

    @property
    def earliest(self) -> float:
        """Before this nothing starts."""
        return max(self.opens_at, self.ready_at)


@dataclass(frozen=True, slots=True)
class Published:
    """A stop that people have been told: who comes, and when."""

    job: str
    technician: str
    start_at: float


@dataclass(frozen=True, slots=True)
class Demand:
    """Expected emergencies an hour that need a skill, by the hour of the day."""

    skill: str
    hourly: tuple[float, ...]

    def __post_init__(self) -> None:
        need(holds=len(self.hourly) == 24, reason="hours_are_24")
        need(holds=all(0 <= v < 1e6 for v in self.hourly), reason="negative_rate")


@dataclass(frozen=True, slots=True)
class Problem:
    """Everything known at minute ``now`` after ``origin``."""

    origin: datetime
    now: float
    skills: tuple[str, ...]
    technicians: tuple[Technician, ...]
    jobs: tuple[Job, ...]
    travel: Travel = field(default_factory=Travel)
    weights: Weights = field(default_factory=Weights)
    published: tuple[Published, ...] = ()
    demand: tuple[Demand, ...] = ()

    def __post_init__(self) -> None:
        need(holds=_finite(self.now), reason="not_a_number", place="now")
        need(holds=self.origin.tzinfo is not None, reason="no_time_zone", place="origin")
        need(holds=len(self.skills) <= MOST_SKILLS, reason="too_many_skills", place="skills")
        need(holds=len(set(self.skills)) == len(self.skills), reason="twice", place="skills")
        _check_names("technicians", [t.id for t in self.technicians])
        _check_names("jobs", [j.id for j in self.jobs])
        self._check_skills()
        self._check_commitments()
        self._check_nodes()

    @property
    def minute_of_day(self) -> float:
        """The local minute of the day at the origin."""
        return self.origin.hour * 60.0 + self.origin.minute + self.origin.second / 60.0

    def mask(self, skills: Sequence[str]) -> int:
        """Skills as bits."""
        return sum(1 << self.skills.index(s) for s in set(skills))

    def _check_skills(self) -> None:
        known = set(self.skills)
        for i, tech in enumerate(self.technicians):
            for n, held in enumerate(tech.certificates):
                place = f"technicians[{i}].certificates[{n}].skill"
                need(holds=held.skill in known, reason="unknown_skill", place=place)
        for i, job in enumerate(self.jobs):
            need(holds=known.issuperset(job.skills), reason="unknown_skill", place=f"jobs[{i}]")
        for i, row in enumerate(self.demand):
            need(holds=row.skill in known, reason="unknown_skill", place=f"demand[{i}].skill")

    def _check_commitments(self) -> None:
        jobs = {j.id for j in self.jobs}
        people = {t.id for t in self.technicians}
        for i, tech in enumerate(self.technicians):
            held = tech.commitment
            if held is not None:
                open_work = held.phase is not Phase.ON_SITE
                place = f"technicians[{i}].commitment.job"
                need(holds=(held.job in jobs) == open_work, reason="unknown_job", place=place)
        for i, row in enumerate(self.published):
            known = row.job in jobs and row.technician in people
            need(holds=known, reason="unknown_name", place=f"published[{i}]")

    def _check_nodes(self) -> None:
        size = len(self.travel.matrix)
        if not size:
            return
        for i, tech in enumerate(self.technicians):
            nodes = [tech.at.node, tech.home.node if tech.home else 0]
            holds = all(0 <= n < size for n in nodes)
            need(holds=holds, reason="no_such_node", place=f"technicians[{i}].at.node")
        for i, job in enumerate(self.jobs):
            holds = 0 <= job.at.node < size
            need(holds=holds, reason="no_such_node", place=f"jobs[{i}].at.node")


def _check_names(place: str, names: Sequence[str]) -> None:
    seen: set[str] = set()
    for i, name in enumerate(names):
        need(holds=name not in seen, reason="twice", place=f"{place}[{i}].id")
        seen.add(name)
