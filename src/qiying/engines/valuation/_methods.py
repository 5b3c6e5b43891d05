"""What each method needs; the names are those of the standards of valuation."""

from dataclasses import dataclass
from enum import StrEnum

from qiying.engines.valuation._evidence import MOST_CNY, Assumption, Grade
from qiying.engines.valuation._faults import Found

MOST_YEARS = 60.0
MOST_DEALS = 200
MOST_NODES = 200


class Method(StrEnum):
    """The methods, each of one of the three approaches."""

    RELIEF_FROM_ROYALTY = "relief_from_royalty"
    EXCESS_EARNINGS = "excess_earnings"
    PROFIT_SPLIT = "profit_split"
    LICENCE_FEE = "licence_fee"
    DECISION_TREE = "decision_tree"
    MARKET = "market"
    COST = "cost"


def span(found: Found, place: str, given: Assumption | None, low: float, high: float) -> None:
    """Note an assumption whose range leaves what the formula can take."""
    if given is not None:
        found.between(f"{place}.low", given.bottom, low, high)
        found.between(f"{place}.high", given.top, low, high)


@dataclass(frozen=True, slots=True)
class Royalty:
    """Relief from royalty: the stream's revenue × contribution × rate, after tax.

    ``decay`` is by what share of itself the contribution falls each year (obsolescence).
    """

    stream: str
    share: Assumption
    rate: Assumption
    decay: Assumption | None = None

    def __post_init__(self) -> None:
        found = Found()
        for name in ("share", "rate", "decay"):
            span(found, name, getattr(self, name), 0, 1)
        found.done()


@dataclass(frozen=True, slots=True)
class Charge:
    """A contributory asset: what it is worth and the return on it that others would ask, after tax."""

    name: str
    base: Assumption
    required: Assumption

    def __post_init__(self) -> None:
        found = Found()
        span(found, "base", self.base, 0, MOST_CNY)
        span(found, "required", self.required, 0, 1)
        found.done()


@dataclass(frozen=True, slots=True)
class Excess:
    """Multi-period excess earnings: revenue × margin after tax, less contributory asset charges."""

    stream: str
    margin: Assumption
    charges: tuple[Charge, ...] = ()
    decay: Assumption | None = None

    def __post_init__(self) -> None:
        found = Found()
        span(found, "margin", self.margin, 0, 1)
        span(found, "decay", self.decay, 0, 1)
        found.done()


@dataclass(frozen=True, slots=True)
class Split:
    """Profit split by equivalent investment (约当投资量) of a stream of profits after tax.

    ``invested`` and ``other`` are replacement costs in yuan of the technology and of the other
    assets, ``margin`` and ``other_margin`` the profit on each.
    """

    stream: str
    invested: Assumption
    margin: Assumption
    other: Assumption
    other_margin: Assumption

    def __post_init__(self) -> None:
        found = Found()
        span(found, "invested", self.invested, 0, MOST_CNY)
        span(found, "other", self.other, 1, MOST_CNY)
        span(found, "margin", self.margin, 0, 100)
        span(found, "other_margin", self.other_margin, 0, 100)
        found.done()


@dataclass(frozen=True, slots=True)
class LicenceFee:
    """Fee a patent and year of the industry's licences, scaled by the score, for ``years``."""

    fee: Assumption
    years: Assumption

    def __post_init__(self) -> None:
        found = Found()
        span(found, "fee", self.fee, 0, MOST_CNY)
        span(found, "years", self.years, 0, MOST_YEARS)
        found.done()


@dataclass(frozen=True, slots=True)
class Branch:
    """Where a node may lead: with which probability, and after how many years."""

    to: str
    probability: Assumption
    years: float = 0.0

    def __post_init__(self) -> None:
        found = Found()
        span(found, "probability", self.probability, 0, 1)
        found.between("years", self.years, 0, MOST_YEARS)
        found.done()


@dataclass(frozen=True, slots=True)
class Node:
    """A node of a decision tree: what it costs to go on, what it pays, where it leads.

    At a choice (``is_choice``) the best branch is taken and its probability is that of success; else
    chance decides, and what its probabilities leave of one is failure and pays nothing.
    """

    id: str
    cost: Assumption | None = None
    payoff: Assumption | None = None
    branches: tuple[Branch, ...] = ()
    is_choice: bool = False

    def __post_init__(self) -> None:
        found = Found()
        span(found, "cost", self.cost, 0, MOST_CNY)
        span(found, "payoff", self.payoff, 0, MOST_CNY)
        whole = sum(b.probability.top for b in self.branches)
        holds = self.is_choice or whole <= 1 + 1e-9
        found.need("branches", "probabilities_over_one", f"{whole:g}", holds=holds)
        found.done()


@dataclass(frozen=True, slots=True)
class Tree:
    """A decision tree, its first node the root; the owner may stop at every node."""

    nodes: tuple[Node, ...]

    def __post_init__(self) -> None:
        found = Found()
        found.between("nodes", len(self.nodes), 1, MOST_NODES)
        at = {node.id: n for n, node in enumerate(self.nodes)}
        found.need("nodes", "repeated_id", holds=len(at) == len(self.nodes))
        for n, node in enumerate(self.nodes):
            for b, branch in enumerate(node.branches):
                place = f"nodes[{n}].branches[{b}].to"
                found.need(place, "unknown_node", branch.to, holds=branch.to in at)
                forward = at.get(branch.to, n + 1) > n
                found.need(place, "leads_back", branch.to, holds=forward)
        found.done()


@dataclass(frozen=True, slots=True)
class RealOption:
    """The right to commercialise later: worth of the project, what it costs, volatility a year.

    Without ``years`` the option runs as long as the asset.
    """

    worth: Assumption
    price: Assumption
    volatility: Assumption
    years: Assumption | None = None

    def __post_init__(self) -> None:
        found = Found()
        span(found, "worth", self.worth, 1, MOST_CNY)
        span(found, "price", self.price, 1, MOST_CNY)
        span(found, "volatility", self.volatility, 0.01, 3)
        span(found, "years", self.years, 0, MOST_YEARS)
        found.done()


@dataclass(frozen=True, slots=True)
class Adjustment:
    """By what a price is multiplied for a difference: score, date, size."""

    name: str
    factor: float

    def __post_init__(self) -> None:
        found = Found()
        found.between("factor", self.factor, 0.01, 100)
        found.done()


@dataclass(frozen=True, slots=True)
class Deal:
    """A sale of something comparable."""

    name: str
    price_cny: float
    source: str
    grade: Grade
    adjustments: tuple[Adjustment, ...] = ()

    def __post_init__(self) -> None:
        found = Found()
        found.between("price_cny", self.price_cny, 0, MOST_CNY)
        found.need("source", "no_source", holds=bool(self.source.strip()))
        found.done()


@dataclass(frozen=True, slots=True)
class Market:
    """Market approach: the median of adjusted prices."""

    deals: tuple[Deal, ...]

    def __post_init__(self) -> None:
        found = Found()
        found.between("deals", len(self.deals), 1, MOST_DEALS)
        found.done()


@dataclass(frozen=True, slots=True)
class Outlay:
    """What was spent, and the price index then and now."""

    name: str
    amount_cny: float
    index_then: float
    index_now: float
    source: str
    grade: Grade

    def __post_init__(self) -> None:
        found = Found()
        found.between("amount_cny", self.amount_cny, 0, MOST_CNY)
        found.between("index_then", self.index_then, 0.001, 1e6)
        found.between("index_now", self.index_now, 0.001, 1e6)
        found.need("source", "no_source", holds=bool(self.source.strip()))
        found.done()


@dataclass(frozen=True, slots=True)
class Cost:
    """Cost approach: outlays at today's prices with a margin, less what has been used up."""

    outlays: tuple[Outlay, ...]
    margin: Assumption
    used_years: Assumption

    def __post_init__(self) -> None:
        found = Found()
        found.between("outlays", len(self.outlays), 1, MOST_DEALS)
        span(found, "margin", self.margin, 0, 100)
        span(found, "used_years", self.used_years, 0, MOST_YEARS)
        found.done()
