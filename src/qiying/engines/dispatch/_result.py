"""What comes out: frozen, with codes and numbers that explain it. Times are minutes after the origin."""

from dataclasses import dataclass

REASON_CODES = (
    "nearest_free",
    "soonest_there",
    "after_current_work",
    "diverted",
    "between_stops",
    "spares_scarce_skills",
    "only_one_able",
    "late_is_likely",
    "crew",
    "cheapest_overall",
    "nobody",
)
EXCLUSION_CODES = (
    "skill_missing",
    "certificate_expired",
    "part_missing",
    "other_provider",
    "refused",
    "off_duty",
    "too_late",
)
UNASSIGNED_CODES = (
    *EXCLUSION_CODES,
    "crew_too_small",
    "costs_more_than_leaving_out",
    "waiting",
    "later",
)


@dataclass(frozen=True, slots=True)
class Stop:
    """One visit. ``late_chance`` is that of breaking the (last) promise or window."""

    job: str
    technician: str
    depart_at: float
    arrive_at: float
    start_at: float
    finish_at: float
    spread: float
    late_chance: float


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A job that nobody is given, and the first reason."""

    job: str
    code: str


@dataclass(frozen=True, slots=True)
class Cost:
    """What a plan costs, part by part."""

    response: float = 0.0
    lateness: float = 0.0
    travel: float = 0.0
    overtime: float = 0.0
    stability: float = 0.0
    cover: float = 0.0
    unserved: float = 0.0

    @property
    def total(self) -> float:
        """The sum of the parts."""
        work = self.response + self.lateness + self.travel + self.overtime
        return work + self.stability + self.cover + self.unserved


@dataclass(frozen=True, slots=True)
class Plan:
    """Stops by technician and time, and what is left out."""

    stops: tuple[Stop, ...]
    unassigned: tuple[Unassigned, ...] = ()
    cost: Cost = Cost()

    def of(self, technician: str) -> tuple[Stop, ...]:
        """The stops of one technician in order."""
        return tuple(s for s in self.stops if s.technician == technician)


@dataclass(frozen=True, slots=True)
class Result:
    """A plan and how it came. ``trace`` is the best cost after each tenth of the budget."""

    plan: Plan
    first_cost: float
    best_cost: float
    iterations: int
    trace: tuple[float, ...]
    seed: int
    digest: str
    version: str


@dataclass(frozen=True, slots=True)
class Reason:
    """A code and its numbers."""

    code: str
    numbers: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    """One way to serve a job: who, when, at which price over all."""

    technician: str
    start_at: float
    earliest_at: float
    latest_at: float
    travel: float
    position: int
    late_chance: float
    cover_loss: float
    added_cost: float


@dataclass(frozen=True, slots=True)
class Proposal:
    """The immediate answer: the best, the second best, what the difference is, and why.

    ``earliest_at`` and ``latest_at`` of an option hold the arrival with a chance of 80 %.
    ``regret`` is what the second best costs more; none without a second.
    """

    job: str
    best: tuple[Option, ...]
    second: Option | None
    regret: float | None
    reasons: tuple[Reason, ...]
    excluded: tuple[tuple[str, int], ...]
    considered: int
    digest: str
    version: str


@dataclass(frozen=True, slots=True)
class Violation:
    """A statement of a plan that does not hold."""

    code: str
    subject: str
    expected: object
    found: object
