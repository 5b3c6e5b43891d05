"""What counting gives: figures with their members, findings, sheets."""

import hashlib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from qiying.engines.rates._definitions import VERSION, Definitions
from qiying.engines.rates._records import Period

Kind = Literal["round", "task", "call"]
Z_95 = 1.959963984540054

ROUND_MEASURES = (
    "due",
    "responded",
    "on_time",
    "on_time_first",
    "declared",
    "verified",
    "first_time",
    "solved",
    "satisfied",
    "satisfied_strictly",
    "rated",
    "redone",
    "returned",
    "signed",
    "reached",
    "excluded",
)
TASK_MEASURES = ("co_settled", "co_on_time")
CALL_MEASURES = ("found_by_us", "declined")
MEASURES = (*ROUND_MEASURES, *TASK_MEASURES, *CALL_MEASURES)
"""The names of all shares, in the order in which they are shown."""
COMPOSITE = ("responded", "solved", "satisfied")
"""What the composite is made of, in the order of its weights."""
FINDINGS = (
    "provisional",
    "exclusion_without_code",
    "exclusions_over_cap",
    "called_back_by_own_unit",
    "came_back",
    "merged_kept",
    "withdrawn_kept",
    "extension_not_counted",
    "extension_near_due",
)
"""Every code that a `Finding` can carry."""


def wilson(successes: float, trials: int) -> tuple[float, float]:
    """Return the Wilson score interval of a share at 95 %; (0, 1) when nothing was counted.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference",
    Journal of the American Statistical Association 22 (1927), equation for the score interval.
    """
    if trials <= 0:
        return 0.0, 1.0
    share = successes / trials
    spread = Z_95 * math.sqrt(share * (1 - share) / trials + Z_95**2 / (4 * trials**2))
    middle, scale = share + Z_95**2 / (2 * trials), 1 + Z_95**2 / trials
    low, high = (middle - spread) / scale, (middle + spread) / scale
    return min(max(0.0, low), share), max(min(1.0, high), share)  # rounding must not cross it


def seal_of(start: datetime, end: datetime, scope: str | None, definitions: Definitions) -> str:
    """What every digest of a sheet begins with: rules, period, and whose rounds (None: all)."""
    days = f"{start.isoformat()}|{end.isoformat()}"
    return f"{VERSION}|{definitions.key}|{days}|{scope}"


def digest_of(seal: str, name: str, counted: Iterable[str], missed: Iterable[str]) -> str:
    """Return the SHA-256 of a figure from its members in words, each list by id.

    ``counted`` are pairs as `word_of` writes them, ``missed`` plain ids.
    """
    text = f"{seal}|{name}|[{', '.join(counted)}]|[{', '.join(missed)}]"
    return hashlib.sha256(text.encode()).hexdigest()


def word_of(key: int, weight: float) -> str:
    """A member that adds something, as it stands in a digest."""
    return f"({key}, {weight})"


@dataclass(frozen=True, slots=True)
class Figure:
    """A share, with exactly what it was counted from.

    ``counted`` are ids with what each adds above the line (1, or the weight of partly solved);
    ``missed`` the ids below the line that add nothing. ``digest`` is a SHA-256 of rules, period,
    unit and both lists: equal when and only when the same members were counted the same way.
    """

    name: str
    kind: Kind
    counted: tuple[tuple[int, float], ...]
    missed: tuple[int, ...]
    digest: str
    least: int

    @property
    def numerator(self) -> float:
        return sum(weight for _, weight in self.counted)

    @property
    def denominator(self) -> int:
        return len(self.counted) + len(self.missed)

    @property
    def share(self) -> float | None:
        """None when nothing was asked about."""
        return self.numerator / self.denominator if self.denominator else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson 95 % interval of the share."""
        return wilson(self.numerator, self.denominator)

    @property
    def is_ranked(self) -> bool:
        """Whether there is enough to compare with others."""
        return self.denominator >= self.least


@dataclass(frozen=True, slots=True)
class Finding:
    """What a guard noticed: a code, the rounds, and for returns the call that came after."""

    code: str
    rounds: tuple[int, ...] = ()
    calls: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Declined:
    """Calls that were not accepted for one reason and told to go to one place, of all received."""

    code: str
    told: str
    figure: Figure


@dataclass(frozen=True, slots=True)
class Sheet:
    """Every figure of one period, of one unit or (``unit`` None) of all.

    ``per_100_firms`` is 百企诉求比: calls that firms made, per hundred firms in scope and month
    of 30 days; ``composite`` the weighted sum of response, solved and satisfied. Both are None
    where something is missing. ``is_provisional``: the time in which a firm may come back has not
    ended for everything in the period.
    """

    period: Period
    unit: str | None
    figures: Mapping[str, Figure]
    per_100_firms: float | None
    composite: float | None
    is_provisional: bool
    findings: tuple[Finding, ...]
    version: str
    declined: tuple[Declined, ...] = ()
    """What was not accepted, by reason and by where the firm was told to go, most first."""
    asked: tuple[int, ...] = ()
    """The calls that firms made, which ``per_100_firms`` counts."""
    firms: int = 0
    digests: Mapping[str, str] = field(default_factory=dict)
    """The hashes of ``per_100_firms`` (its calls and how many firms there are) and of
    ``composite`` (the hashes of its three shares), by name; absent where the number is."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A statement of a sheet that the independent recount does not confirm."""

    code: str
    expected: object
    found: object
