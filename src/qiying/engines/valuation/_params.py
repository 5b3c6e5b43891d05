"""Parameters with defaults, and where each rule comes from; nothing about data."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from qiying.engines.valuation._evidence import MOST_CNY, Grade
from qiying.engines.valuation._faults import Found
from qiying.engines.valuation._problem import Kind

VERSION = "valuation-1"
MOST_DRAWS = 1_000_000


@dataclass(frozen=True, slots=True)
class LoanToValue:
    """Of a class of assets: the share of the collateral value that is lent to firms of grades 1 to 3,
    4 to 5 and 6 to 7; nothing to others."""

    kind: Kind
    shares: tuple[float, float, float]

    def __post_init__(self) -> None:
        found = Found()
        for n, share in enumerate(self.shares):
            found.between(f"shares[{n}]", share, 0, 1)
        found.done()

    def of(self, grade: int) -> float:
        """The share for a firm of this grade."""
        for last, share in zip((3, 5, 7), self.shares, strict=True):
            if grade <= last:
                return share
        return 0.0


@dataclass(frozen=True, slots=True)
class Params:
    """How a valuation is done.

    Parameters
    ----------
    draws
        Draws of the simulation.
    dimension_weights
        Of legal, technical and economic value in the score; they add up to one.
    quality
        How much a method counts by the grade of its evidence: A, B, C, K, D.
    premium_low, premium_high
        The premium on the discount rate at a score of 100 and of 0, linear between.
    score_floor
        Below this score the licence-fee reference gives nothing.
    least_deals
        With fewer deals the market approach is not used.
    collateral_quantile, collateral_share
        Collateral value = min(this quantile, this share of P50).
    revenue_multiple
        The portfolio is no more collateral than this times a year's income of its streams.
    loan_to_value
        By class and the grade of the firm.
    short_years, short_haircut
        With less life than this the loan is multiplied by the haircut.
    margin_years
        So much of the right must be left when the loan ends.
    internal_limit_cny
        A single loan above this needs a second value.
    disagreement
        Approaches disagree when the highest P50 is more than this share above the lowest.
    bias_share
        Chosen inputs that move P50 by more than this from the defaults need a second person.
    """

    draws: int = 10_000
    dimension_weights: tuple[float, float, float] = (0.30, 0.35, 0.35)
    quality: tuple[float, float, float, float, float] = (1.0, 0.8, 0.5, 0.3, 0.2)
    premium_low: float = 0.03
    premium_high: float = 0.15
    score_floor: float = 40.0
    least_deals: int = 3
    collateral_quantile: float = 0.25
    collateral_share: float = 0.7
    revenue_multiple: float = 1.0
    loan_to_value: tuple[LoanToValue, ...] = (
        LoanToValue(Kind.INVENTION, (0.40, 0.30, 0.20)),
        LoanToValue(Kind.UTILITY_MODEL, (0.20, 0.15, 0.10)),
        LoanToValue(Kind.TRADE_MARK, (0.50, 0.40, 0.25)),
        LoanToValue(Kind.SOFTWARE_COPYRIGHT, (0.25, 0.15, 0.10)),
    )
    short_years: float = 5.0
    short_haircut: float = 0.8
    margin_years: float = 2.0
    internal_limit_cny: float = 10_000_000.0
    disagreement: float = 0.5
    bias_share: float = 0.2

    def __post_init__(self) -> None:
        found = Found()
        found.between("draws", self.draws, 100, MOST_DRAWS)
        whole = sum(self.dimension_weights)
        found.need("dimension_weights", "not_adding_to_one", f"{whole:g}", holds=self._weighs())
        for n, weight in enumerate(self.quality):
            found.between(f"quality[{n}]", weight, 0.01, 1)
        for name in ("collateral_quantile", "collateral_share", "short_haircut"):
            found.between(name, getattr(self, name), 0, 1)
        found.between("premium_low", self.premium_low, 0, self.premium_high)
        found.between("premium_high", self.premium_high, 0, 1)
        found.between("score_floor", self.score_floor, 0, 99)
        found.between("least_deals", self.least_deals, 1, 200)
        for name in ("revenue_multiple", "short_years", "margin_years"):
            found.between(name, getattr(self, name), 0, 100)
        found.between("internal_limit_cny", self.internal_limit_cny, 0, MOST_CNY)
        for name in ("disagreement", "bias_share"):
            found.between(name, getattr(self, name), 0, 10)
        kinds = [row.kind for row in self.loan_to_value]
        for n, kind in enumerate(kinds):
            found.need(f"loan_to_value[{n}].kind", "repeated", kind, holds=kind not in kinds[:n])
        found.done()

    def _weighs(self) -> bool:
        return abs(sum(self.dimension_weights) - 1) < 1e-9 and min(self.dimension_weights) >= 0

    def weight_of(self, grade: Grade) -> float:
        """How much evidence of a grade counts."""
        return self.quality[list(Grade).index(grade)]

    def lent_on(self, kind: Kind, grade: int) -> float:
        """The loan-to-value of a class for a firm's grade; nothing where no row says so."""
        return next((row.of(grade) for row in self.loan_to_value if row.kind == kind), 0.0)


@dataclass(frozen=True, slots=True)
class Rule:
    """Where a parameter comes from, in both languages, and how good that is."""

    zh: str
    en: str
    grade: Grade


_OURS = Rule("平台默认，可调整", "our default, may be changed", Grade.D)
RULES: Mapping[str, Rule] = MappingProxyType(
    {
        "draws": _OURS,
        "dimension_weights": Rule(
            "GB/T 42748-2023《专利评估指引》三维结构；权重为平台默认，待以标准质押场景权重替换",
            "three dimensions of GB/T 42748-2023; the weights are ours until those of the "
            "standard's pledge scene replace them",
            Grade.D,
        ),
        "quality": _OURS,
        "premium_low": _OURS,
        "premium_high": _OURS,
        "score_floor": _OURS,
        "least_deals": _OURS,
        "collateral_quantile": _OURS,
        "collateral_share": _OURS,
        "revenue_multiple": _OURS,
        "loan_to_value": Rule(
            "平台默认；公开做法：发明专利不超过25%、实用新型不超过15%、商标不超过50%（交通银行）",
            "our default; published practice of one bank: inventions 25 %, utility models 15 %, "
            "trade marks 50 % at most",
            Grade.D,
        ),
        "short_years": _OURS,
        "short_haircut": _OURS,
        "margin_years": Rule(
            "平台默认；质押期限超出专利权有效期的不予登记",
            "our default; a term of debt beyond the patent is a ground to refuse registration",
            Grade.D,
        ),
        "internal_limit_cny": Rule(
            "知识产权金融生态综合试点（金发[2025]10号）：单笔1000万元以下贷款可由银行内部评估"
            "或协商估值；据报道摘要，未读原文",
            "pilot on IP finance (2025, no. 10): single loans up to 10 million yuan on the bank's "
            "own or an agreed valuation; from a summary in the press, the text was not read",
            Grade.C,
        ),
        "disagreement": _OURS,
        "bias_share": _OURS,
    }
)
"""Every parameter has its source and grade here."""
