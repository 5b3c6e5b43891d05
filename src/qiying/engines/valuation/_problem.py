"""What is to be valued: streams of income, assets with their history, the loan. Money is yuan."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from qiying.engines.valuation._evidence import (
    MOST_CNY,
    Assumption,
    Entry,
    Event,
    Fact,
    Grade,
)
from qiying.engines.valuation._faults import Found
from qiying.engines.valuation._methods import (
    MOST_YEARS,
    Cost,
    Excess,
    LicenceFee,
    Market,
    RealOption,
    Royalty,
    Split,
    Tree,
    span,
)

MOST_ASSETS = 500


class Kind(StrEnum):
    """Classes of assets, as the table of loan-to-value has them."""

    INVENTION = "invention"
    UTILITY_MODEL = "utility_model"
    DESIGN = "design"
    TRADE_MARK = "trade_mark"
    SOFTWARE_COPYRIGHT = "software_copyright"


class Timing(StrEnum):
    """When in a year the money is taken to come."""

    MID_YEAR = "mid_year"
    YEAR_END = "year_end"


@dataclass(frozen=True, slots=True)
class Stream:
    """Income of products a year, first the year after the valuation date.

    ``growth`` carries the last year on; without it nothing comes after the forecast. ``factor`` is
    how far the whole forecast may be off, one by default.
    """

    id: str
    income_cny: tuple[float, ...]
    source: str
    grade: Grade
    growth: Assumption | None = None
    factor: Assumption | None = None

    def __post_init__(self) -> None:
        found = Found()
        found.between("income_cny", len(self.income_cny), 1, MOST_YEARS)
        for n, income in enumerate(self.income_cny):
            found.between(f"income_cny[{n}]", income, 0, MOST_CNY)
        found.need("source", "no_source", holds=bool(self.source.strip()))
        span(found, "growth", self.growth, -1, 1)
        span(found, "factor", self.factor, 0, 10)
        found.done()


@dataclass(frozen=True, slots=True)
class Discount:
    """The rate is built up of these; without ``premium`` the score of the asset gives it."""

    risk_free: Assumption
    market: Assumption
    size: Assumption
    premium: Assumption | None = None

    def __post_init__(self) -> None:
        found = Found()
        for name in ("risk_free", "market", "size", "premium"):
            span(found, name, getattr(self, name), 0, 1)
        found.done()


@dataclass(frozen=True, slots=True)
class Asset:
    """One right: register data, what is known of it, and what each method needs.

    ``expires_on`` is the register's date; a right that can be renewed or has none leaves it out.
    ``overlap_group`` joins rights that protect the same thing (a family, one product).
    """

    id: str
    name: str
    kind: Kind
    economic_life: Assumption
    number: str = ""
    filed_on: date | None = None
    expires_on: date | None = None
    overlap_group: str = ""
    facts: tuple[Fact, ...] = ()
    history: tuple[Entry, ...] = ()
    royalty: Royalty | None = None
    excess: Excess | None = None
    split: Split | None = None
    licence_fee: LicenceFee | None = None
    tree: Tree | None = None
    market: Market | None = None
    cost: Cost | None = None
    option: RealOption | None = None

    def __post_init__(self) -> None:
        found = Found()
        found.need("id", "empty", holds=bool(self.id.strip()))
        span(found, "economic_life", self.economic_life, 0, MOST_YEARS)
        codes = [fact.code for fact in self.facts]
        for n, code in enumerate(codes):
            found.need(f"facts[{n}].code", "repeated", code, holds=code not in codes[:n])
        if self.filed_on and self.expires_on:
            late = self.expires_on > self.filed_on
            found.need("expires_on", "before_filing", self.expires_on, holds=late)
        given = any(getattr(self, name) is not None for name in METHODS)
        found.need("", "no_method", self.id, holds=given)
        found.done()

    def streams(self) -> Iterator[tuple[str, str]]:
        """The streams it draws on: (field, id)."""
        for name in ("royalty", "excess", "split"):
            method = getattr(self, name)
            if method is not None:
                yield name, method.stream

    def open_events(self) -> frozenset[Event]:
        """What of its history is not over."""
        return frozenset(entry.event for entry in self.history if entry.is_open)


METHODS = ("royalty", "excess", "split", "licence_fee", "tree", "market", "cost", "option")
"""The fields of an asset that say how it can be valued."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Of the assets of a group the most valuable counts in full, of the others this is lost."""

    group: str
    lost: Assumption

    def __post_init__(self) -> None:
        found = Found()
        span(found, "lost", self.lost, 0, 1)
        found.done()


@dataclass(frozen=True, slots=True)
class Loan:
    """What is asked for against the assets; ``firm_grade`` is 1 (best) to 10."""

    amount_cny: float
    ends_on: date
    firm_grade: int

    def __post_init__(self) -> None:
        found = Found()
        found.between("amount_cny", self.amount_cny, 0.01, MOST_CNY)
        found.between("firm_grade", self.firm_grade, 1, 10)
        found.done()


@dataclass(frozen=True, slots=True)
class Problem:
    """A portfolio to be valued on a day. Tax is a share of income.

    ``amortisation_years`` adds the tax amortisation benefit to the income methods;
    ``second_value`` is what an external or negotiated valuation came to, in yuan.
    """

    valued_on: date
    tax: Assumption
    discount: Discount
    assets: tuple[Asset, ...]
    streams: tuple[Stream, ...] = ()
    overlaps: tuple[Overlap, ...] = ()
    timing: Timing = Timing.MID_YEAR
    amortisation_years: int = 0
    loan: Loan | None = None
    second_value: Assumption | None = None

    def __post_init__(self) -> None:
        found = Found()
        span(found, "tax", self.tax, 0, 0.9)
        found.between("amortisation_years", self.amortisation_years, 0, MOST_YEARS)
        found.between("assets", len(self.assets), 1, MOST_ASSETS)
        span(found, "second_value", self.second_value, 0, MOST_CNY)
        _unique(found, "assets", [a.id for a in self.assets])
        _unique(found, "streams", [s.id for s in self.streams])
        _unique(found, "overlaps", [o.group for o in self.overlaps])
        known = {s.id for s in self.streams}
        for n, asset in enumerate(self.assets):
            for name, stream in asset.streams():
                place = f"assets[{n}].{name}.stream"
                found.need(place, "unknown_stream", stream, holds=stream in known)
            _dates(found, n, asset, self.valued_on)
        groups = {a.overlap_group for a in self.assets}
        for n, overlap in enumerate(self.overlaps):
            place = f"overlaps[{n}].group"
            found.need(place, "unknown_group", overlap.group, holds=overlap.group in groups)
        joined = {o.group for o in self.overlaps} | {""}
        for n, asset in enumerate(self.assets):
            place, group = f"assets[{n}].overlap_group", asset.overlap_group
            found.need(place, "no_overlap_given", group, holds=group in joined)
        if self.loan:
            late = self.loan.ends_on > self.valued_on
            found.need("loan.ends_on", "not_after_valuation", self.loan.ends_on, holds=late)
        found.done()

    def stream(self, name: str) -> Stream:
        """The stream of this id."""
        return next(s for s in self.streams if s.id == name)


def _unique(found: Found, place: str, ids: list[str]) -> None:
    for n, given in enumerate(ids):
        found.need(f"{place}[{n}]", "repeated_id", given, holds=given not in ids[:n])


def _dates(found: Found, n: int, asset: Asset, valued_on: date) -> None:
    if asset.filed_on:
        place = f"assets[{n}].filed_on"
        found.need(place, "after_valuation", asset.filed_on, holds=asset.filed_on <= valued_on)
    for e, entry in enumerate(asset.history):
        place = f"assets[{n}].history[{e}].on"
        found.need(place, "after_valuation", entry.on, holds=entry.on <= valued_on)
