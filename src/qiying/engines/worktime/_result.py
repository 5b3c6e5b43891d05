"""What a clock answers: plain values and reason codes with numbers."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Light = Literal["green", "yellow", "red", "grey", "purple"]

REASON_CODES = (
    "start_day_not_counted",
    "received_at_next_opening",
    "holidays_skipped",
    "make_up_days_counted",
    "rolled_to_working_day",
    "extended",
    "paused",
    "pause_running",
    "pause_cap_exceeded",
    "year_unknown",
)
"""Every code that a `Reason` can carry, in the order in which they are told."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a deadline is what it is: a code and the numbers that fill its sentence."""

    code: str
    numbers: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a period ends, and why.

    ``due_at`` is what the zone promises: ``promised_due_at`` (business end of the last day) when
    the rule closes at business end, else ``legal_due_at`` (24:00 of the last day, written as
    midnight of the day after). A period is kept when it is met at or before ``due_at``. For
    periods in hours the three are one moment. ``net`` is the period with its extension, ``gross``
    adds what was paused, both in the unit of the rule. ``paused_until`` is set while a pause is
    running: the moment at which it is expected to end, on which ``due_at`` then rests.
    """

    due_at: datetime
    legal_due_at: datetime
    promised_due_at: datetime
    due_on: date
    is_provisional: bool
    unknown_years: tuple[int, ...]
    paused_until: datetime | None
    gross: float
    net: float
    reasons: tuple[Reason, ...]
    calendar_version: str


@dataclass(frozen=True, slots=True)
class Elapsed:
    """How much of a clock has run, in its own unit: in all, and without excluded pauses."""

    gross: float
    net: float


@dataclass(frozen=True, slots=True)
class Violation:
    """A statement of a deadline that the independent count does not confirm."""

    code: str
    expected: object
    found: object
