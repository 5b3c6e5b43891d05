"""Prices and budgets with defaults; nothing about data."""

from dataclasses import dataclass, fields

VERSION = "dispatch-1"


@dataclass(frozen=True, slots=True)
class Weights:
    """What a minute, a lateness or a change costs; the unit is one minute of an ordinary response.

    ``response`` is per minute between report and arrival, ``waiting`` per minute between the opening
    of booked work and its start (without it work is put off until it collides); ``late_fixed`` and ``late_per_min`` are
    paid beyond a promise whose steps name no price of their own; ``missed_fixed`` and
    ``missed_per_min`` beyond a window. All these are multiplied by the job's weight. ``unserved`` and
    ``unserved_window`` are paid for a job left out. ``move``, ``divert`` and ``slip`` are the price
    of another technician than published, of turning one round who is under way, and of each minute
    later than published. ``cover`` multiplies the expected loss of coverage.
    """

    response: float = 1.0
    waiting: float = 0.1
    travel: float = 1.0
    overtime: float = 0.3
    late_fixed: float = 150.0
    late_per_min: float = 20.0
    missed_fixed: float = 80.0
    missed_per_min: float = 1.0
    unserved: float = 6000.0
    unserved_window: float = 120.0
    move: float = 3.0
    divert: float = 10.0
    slip: float = 0.05
    cover: float = 0.25

    def __post_init__(self) -> None:
        if not all(0 <= getattr(self, f.name) < 1e9 for f in fields(self)):
            raise ValueError("a price is a number of 0 or more")


@dataclass(frozen=True, slots=True)
class Params:
    """How long is searched and how widely.

    ``iterations`` of ruin and recreate; ``warmest`` and ``coolest`` are the first and the last
    temperature of the annealing in units of cost; ``candidates`` is how many technicians a job is
    tried on in large instances; ``strings`` and ``string_length`` bound what one ruin takes out;
    ``grace`` is how many minutes after the end of a shift work may last; ``tail`` scales the
    uncertainty of arrivals; ``busy`` is the share of time in which a technician on duty is taken.
    """

    iterations: int = 400
    warmest: float = 15.0
    coolest: float = 0.3
    candidates: int = 40
    neighbours: int = 30
    strings: int = 4
    string_length: int = 4
    blink: float = 0.02
    grace: float = 120.0
    tail: float = 0.6
    busy: float = 0.45
    late_call_price: float = 90.0
    cover_hours: int = 24

    def __post_init__(self) -> None:
        counts = (self.candidates, self.neighbours, self.strings, self.string_length)
        if self.iterations < 0 or min(counts) < 1 or not 1 <= self.cover_hours <= 72:
            raise ValueError("budgets are whole numbers of one or more")
        if not 0 < self.coolest <= self.warmest:
            raise ValueError("temperatures fall and stay above 0")
        if not (0 <= self.blink < 1 and 0 < self.busy < 1):
            raise ValueError("shares lie between 0 and 1")
        if self.grace < 0 or self.tail < 0 or self.late_call_price < 0:
            raise ValueError("grace, tail and price are not negative")
