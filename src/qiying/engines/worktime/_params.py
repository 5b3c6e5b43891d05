"""Parameters of the clocks; nothing about data."""

from dataclasses import dataclass

VERSION = "1.0.0"


@dataclass(frozen=True, slots=True)
class Params:
    """Thresholds of the lights and the cap on pauses.

    ``yellow_share`` is a share of the net clock; ``yellow_working_days`` applies to clocks that
    run in days only. More than ``max_pauses`` pauses or ``max_paused_days`` paused working days
    are reported, so that the call goes one level up; an open pause without a planned end is
    taken to end when the cap is used up.
    """

    yellow_share: float = 0.7
    yellow_working_days: int = 1
    max_pauses: int = 3
    max_paused_days: int = 20

    def __post_init__(self) -> None:
        if not 0 < self.yellow_share <= 1:
            raise ValueError("yellow_share must be above 0 and at most 1")
        if min(self.yellow_working_days, self.max_pauses, self.max_paused_days) < 0:
            raise ValueError("numbers of days and pauses cannot be negative")


DEFAULTS = Params()
