"""What every number of a valuation stands on: low, likely and high, with source and grade."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from qiying.engines.valuation._faults import Found

MOST_CNY = 1e15


class Grade(StrEnum):
    """How good the evidence is, best first; the grades of the register of powers."""

    A = "A"
    """Read in the source itself: an extract of a register, an audited account, the text of a law."""
    B = "B"
    """A document at second hand, or two independent ones that agree."""
    C = "C"
    """One source that nobody confirmed, the firm's own word among them."""
    K = "K"
    """Known in the trade, not looked up."""
    D = "D"
    """Our own assumption."""


@dataclass(frozen=True, slots=True)
class Assumption:
    """A number with its range; without ``low`` and ``high`` it is taken for certain.

    In the simulation it is triangular over low, likely, high.
    """

    likely: float
    source: str
    grade: Grade
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        found = Found()
        for name in ("low", "likely", "high"):
            value = getattr(self, name)
            if value is not None:
                found.between(name, value, -MOST_CNY, MOST_CNY)
        ordered = self.bottom <= self.likely <= self.top
        found.need("likely", "not_between_low_and_high", f"{self.likely:g}", holds=ordered)
        found.need("source", "no_source", holds=bool(self.source.strip()))
        found.done()

    @property
    def bottom(self) -> float:
        """The lowest value held possible."""
        return self.likely if self.low is None else self.low

    @property
    def top(self) -> float:
        """The highest value held possible."""
        return self.likely if self.high is None else self.high


class Event(StrEnum):
    """What has happened to an asset."""

    EVALUATION_REPORT = "evaluation_report"
    INVALIDATION = "invalidation"
    OWNERSHIP_SUIT = "ownership_suit"
    INFRINGEMENT_SUIT = "infringement_suit"
    PRESERVATION = "preservation"
    LICENCE = "licence"
    TRANSFER = "transfer"
    PLEDGE = "pledge"
    UNPAID_ANNUITY = "unpaid_annuity"


@dataclass(frozen=True, slots=True)
class Entry:
    """One event of an asset's history; ``is_open`` while it is not over (a pledge not cancelled)."""

    event: Event
    on: date
    source: str
    grade: Grade
    is_open: bool = False
    amount_cny: float = 0.0

    def __post_init__(self) -> None:
        found = Found()
        found.between("amount_cny", self.amount_cny, 0, MOST_CNY)
        found.need("source", "no_source", holds=bool(self.source.strip()))
        found.done()


FACTS: dict[str, tuple[float, float]] = {
    "claims": (0, 10_000),
    "independent_claims": (0, 10_000),
    "claims_percentile": (0, 1),
    "forward_citations": (0, 1_000_000),
    "citations_percentile": (0, 1),
    "family_size": (0, 10_000),
    "detectability": (0, 100),
    "dependency": (0, 100),
    "substitutability": (0, 100),
    "ipc_subclasses": (0, 1000),
    "independence": (0, 100),
    "trl": (1, 9),
    "growth_gap": (-1, 10),
    "competition": (0, 100),
    "application": (0, 100),
}
"""What may be known of an asset, and between which numbers it lies. Percentiles and growth are
within the field and the year of filing; points of experts run from 0 to 100, more is better."""


@dataclass(frozen=True, slots=True)
class Fact:
    """Something known of an asset: a code of ``FACTS``, its value, where it was found."""

    code: str
    value: float
    source: str
    grade: Grade

    def __post_init__(self) -> None:
        found = Found()
        found.need("code", "unknown_fact", self.code, holds=self.code in FACTS)
        found.need("source", "no_source", holds=bool(self.source.strip()))
        if self.code in FACTS:
            found.between("value", self.value, *FACTS[self.code])
        found.done()
