"""What stands in the way of a step, by name; pure."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """What guards ask about; what a step does not need keeps its default."""

    person_id: int | None
    units: frozenset[int]
    owner_unit_id: int | None
    owner_id: int | None
    landed_by_id: int | None
    now: datetime
    window_ends_at: datetime | None = None
    is_fewer: bool = False
    milestones_open: int = 0
    evidence: int = 0
    left: int = 1
    other_takes_calls: bool = True
    call_is_free: bool = True


GUARDS: Mapping[str, Callable[[Facts], bool]] = {
    "of_the_owner_unit": lambda f: f.owner_unit_id in f.units,
    "not_the_owner": lambda f: f.person_id not in {f.owner_id, f.landed_by_id} - {None},
    "not_of_the_owner_unit": lambda f: f.owner_unit_id not in f.units,
    "window_over": lambda f: f.window_ends_at is not None and f.now >= f.window_ends_at,
    "fewer_than_before": lambda f: f.is_fewer,
    "milestones_reached": lambda f: not f.milestones_open,
    "has_evidence": lambda f: f.evidence > 0,
    "leaves_some": lambda f: f.left > 0,
    "other_takes_calls": lambda f: f.other_takes_calls,
    "call_is_free": lambda f: f.call_is_free,
}
"""True lets pass."""
OF_INPUTS = frozenset({"has_evidence", "leaves_some", "other_takes_calls", "call_is_free"})
"""Answered by what is handed in with the step, so not before it is tried."""


def blocked_by(guards: Iterable[str], facts: Facts) -> str:
    """The first guard that does not let pass, "" when all do."""
    return next((name for name in guards if not GUARDS[name](facts)), "")
