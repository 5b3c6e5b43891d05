"""What a clock is asked: the rule of a period, and the ledger of its pauses."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, Self, get_args

Kind = Literal["working_days", "natural_days", "hours", "working_hours"]
KINDS: tuple[Kind, ...] = get_args(Kind)
DAY_KINDS: tuple[Kind, ...] = ("working_days", "natural_days")
LEAST, MOST = 1 / 3600, 1_000_000


@dataclass(frozen=True, slots=True)
class Rule:
    """How long a period is, in which unit, and when its last day ends.

    Working days, natural days and hours are never mixed: the amount is in the unit of ``kind``.
    With ``closes_at_business_end`` a period in days is due when business closes on its last day,
    else at 24:00; periods in hours are due to the minute either way.

    Raises ValueError for an unknown kind, an amount under one second in hours or above a million,
    and for parts of a day in a period of days.
    """

    kind: Kind
    amount: float
    closes_at_business_end: bool = True

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of period: {self.kind!r}")
        if not LEAST <= self.amount <= MOST:
            raise ValueError(f"amount is out of range: {self.amount!r}")
        if self.is_in_days and self.amount != int(self.amount):
            raise ValueError("a period in days needs a whole amount")

    @property
    def is_in_days(self) -> bool:
        """Whether the period is counted in days, not in hours."""
        return self.kind in DAY_KINDS

    def extended_by(self, amount: float) -> Self:
        """Return the rule with an extension, in the rule's own unit."""
        if amount <= 0:
            raise ValueError("an extension must be positive")
        return replace(self, amount=self.amount + amount)


@dataclass(frozen=True, slots=True)
class Pause:
    """One row of the pause ledger.

    Parameters
    ----------
    from_at, to_at
        Aware datetimes; the pause includes its start and not its end. ``to_at`` is None while
        the pause is running.
    reason
        Reason code of the slice that keeps the ledger.
    is_excluded
        Whether it stops the net clock. A row that does not (waiting for a superior's approval)
        is visible and changes nothing.
    expected_to_at
        When a running pause is planned to end; without it the cap on pauses tells.

    Raises
    ------
    ValueError
        For a naive datetime or an end before the start.
    """

    from_at: datetime
    to_at: datetime | None
    reason: str
    is_excluded: bool = True
    expected_to_at: datetime | None = None

    def __post_init__(self) -> None:
        require_aware(self.from_at)
        for end in (self.to_at, self.expected_to_at):
            if end is not None and require_aware(end) < self.from_at:
                raise ValueError("a pause cannot end before it starts")

    def covers(self, at: datetime) -> bool:
        """Say whether the pause is running at a moment."""
        return self.from_at <= at and (self.to_at is None or at < self.to_at)


def require_aware(at: datetime) -> datetime:
    """Return the datetime unchanged; raise ValueError when it has no time zone."""
    if at.tzinfo is None:
        raise ValueError("a datetime needs a time zone")
    return at
