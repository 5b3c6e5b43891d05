"""What comes out: frozen. Money is yuan with two digits; reasons are codes with numbers."""

from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, Context, Decimal

import numpy as np
from numpy.typing import NDArray

from qiying.engines.valuation._evidence import Grade
from qiying.engines.valuation._methods import Method
from qiying.engines.valuation._params import Params

Floats = NDArray[np.float64]
FEN = Decimal("0.01")
WIDE = Context(prec=80)
"""Sixty years of growth may carry a careless forecast beyond the usual 28 digits."""


def cny(value: float) -> Decimal:
    """Yuan, rounded to the fen."""
    return Decimal(repr(float(value))).quantize(FEN, ROUND_HALF_EVEN, WIDE)


def floored(value: Decimal) -> Decimal:
    """Yuan, rounded down to the fen: what is lent never exceeds what was computed."""
    return value.quantize(FEN, ROUND_DOWN, WIDE)


@dataclass(frozen=True, slots=True)
class Reason:
    """A code with numbers; interfaces put it into words."""

    code: str
    subject: str = ""
    numbers: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class Indicator:
    """An indicator of the profile; without evidence value, score, source and grade are missing."""

    code: str
    dimension: str
    value: float | None = None
    score: float | None = None
    source: str = ""
    grade: Grade | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """The three-value profile, 0 to 100; ``lowest`` and ``highest`` take the unknown at its worst
    and best, ``coverage`` is the share of indicators that are known."""

    indicators: tuple[Indicator, ...]
    score: float
    lowest: float
    highest: float
    coverage: float
    legal: float | None
    technical: float | None
    economic: float | None


@dataclass(frozen=True, slots=True)
class Range:
    """Quantiles of the simulation, in yuan. ``point`` is P50, the value when one must be said;
    ``base`` is the calculation with every input at its likely value, done again by the checker, and
    ``base_at`` the share of draws below it (ties count half)."""

    p10: Decimal
    p25: Decimal
    p50: Decimal
    p90: Decimal
    base: Decimal
    base_at: float

    @property
    def point(self) -> Decimal:
        """The central value."""
        return self.p50


@dataclass(frozen=True, slots=True)
class Input:
    """An assumption as it was used: key, range, source, grade."""

    key: str
    low: float
    likely: float
    high: float
    source: str
    grade: Grade


@dataclass(frozen=True, slots=True)
class Driver:
    """A bar of the tornado: the value with this input at its P10 and P90, all others likely, and
    the rank correlation (Spearman) of input and value over the draws."""

    key: str
    at_low: Decimal
    at_high: Decimal
    rank_correlation: float

    @property
    def swing(self) -> Decimal:
        """How far the input moves the value."""
        return abs(self.at_high - self.at_low)


@dataclass(frozen=True, slots=True)
class MethodValue:
    """A method's range, how good its evidence is, how much it counts, and how far its P50 is from
    the reconciled one (share)."""

    method: Method
    approach: str
    range: Range
    quality: float
    weight: float
    apart: float
    inputs: tuple[Input, ...]
    draws: Floats = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class OptionValue:
    """The real option, for information: never part of a value or of collateral."""

    likely: Decimal
    low: Decimal
    high: Decimal
    early: Decimal
    """With the right to begin earlier (binomial lattice)."""
    inputs: tuple[Input, ...]


@dataclass(frozen=True, slots=True)
class AssetValue:
    """An asset: remaining life in years, profile, methods, reconciled range, drivers, reasons.

    ``range`` is missing where no method could be used.
    """

    id: str
    legal_years: float | None
    years: float
    profile: Profile | None
    methods: tuple[MethodValue, ...]
    range: Range | None
    drivers: tuple[Driver, ...]
    option: OptionValue | None
    reasons: tuple[Reason, ...]
    draws: Floats = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Portfolio:
    """All assets together: what overlaps counts once."""

    range: Range
    sum_cny: Decimal
    """Of the assets' P50, as if nothing overlapped."""
    shared: tuple[tuple[str, float], ...]
    """By asset, what is left of it because shares of a stream add up to more than one."""
    draws: Floats = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Security:
    """What one asset carries: its collateral value, loan-to-value, haircut, and the product."""

    asset: str
    collateral_cny: Decimal
    loan_to_value: float
    haircut: float
    security_cny: Decimal
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Lending:
    """What may be lent against the portfolio."""

    collateral_cny: Decimal
    cap_cny: Decimal | None
    """A year's income of the streams times the multiple; missing without streams."""
    securities: tuple[Security, ...]
    security_cny: Decimal
    is_covered: bool
    needs_second_value: bool
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Valuation:
    """The result with everything that is needed to repeat it."""

    version: str
    seed: int
    params: Params
    assets: tuple[AssetValue, ...]
    portfolio: Portfolio
    lending: Lending | None
    inputs: tuple[Input, ...]
    """Every assumption that was used, with source and grade."""


@dataclass(frozen=True, slots=True)
class Violation:
    """A statement of a result that does not hold."""

    code: str
    subject: str
    expected: object
    found: object
